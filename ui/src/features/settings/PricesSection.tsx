// Meta's price lists by currency and day, and the month's budget that is kept with them.
import { CircleCheck, FileSpreadsheet, Trash2, Upload } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../../components/Button";
import { Chip, ErrorNote, Note, Skeleton } from "../../components/feedback";
import { TextField } from "../../components/fields";
import { Card } from "../../components/Page";
import { useTimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import { useIpc } from "../../ipc/context";
import type { RateCardList, Settings } from "../../ipc/ipc";
import { useCommand, useCommandMutation } from "../../ipc/queries";
import { useDayText, useMoneyText } from "../campaigns/when";
import { SectionTitle } from "./parts";

export function PricesSection() {
  const t = useT();
  const cards = useCommand("rate_card_list", {}, { tags: ["settings", "account", "campaigns"] });
  const settings = useCommand("settings_get", {}, { tags: ["settings"] });
  return (
    <>
      <SectionTitle title={t("prices.title")} lead={t("prices.lead")} />
      {cards.isError ? <ErrorNote error={cards.error} onRetry={() => void cards.refetch()} /> : null}
      {cards.data && settings.data ? (
        <div className="space-y-6">
          <InUse cards={cards.data} />
          <Lists cards={cards.data} />
          <MonthBudget cards={cards.data} settings={settings.data} />
        </div>
      ) : cards.isError ? null : (
        <Skeleton rows={3} className="h-20" />
      )}
    </>
  );
}

function InUse({ cards: { in_use } }: { cards: RateCardList }) {
  const t = useT();
  const day = useDayText();
  if (in_use.currency === null) return <Note tone="attention">{t("prices.noCurrency")}</Note>;
  if (in_use.from === null) return <Note tone="attention">{t("prices.none", { currency: in_use.currency })}</Note>;
  return in_use.demo ? (
    <Note tone="attention">{t("prices.demo", { currency: in_use.currency, from: day(in_use.from) })}</Note>
  ) : (
    <Note tone="good" icon={CircleCheck}>
      {t("prices.own", { currency: in_use.currency, from: day(in_use.from), end: day(in_use.may_end ?? "") })}
    </Note>
  );
}

function Lists({ cards }: { cards: RateCardList }) {
  const t = useT();
  const ipc = useIpc();
  const time = useTimeText();
  const dayText = useDayText();
  const add = useCommandMutation("rate_card_import");
  const remove = useCommandMutation("rate_card_remove");
  const [path, setPath] = useState<string | null>(null);
  const [day, setDay] = useState("");
  const wantsDay = (add.error?.ui.details as { field?: string } | null)?.field === "effective_from";
  const choose = async () => {
    const chosen = await ipc.chooseFile({ title: t("prices.choose"), filters: [{ name: "CSV", extensions: ["csv"] }] });
    if (!chosen) return;
    setPath(chosen);
    add.mutate({ path: chosen, effective_from: null });
  };
  return (
    <section aria-label={t("prices.lists")}>
      <div className="mb-3 flex flex-wrap items-end justify-between gap-3">
        <h3 className="font-semibold">{t("prices.lists")}</h3>
        <Button icon={Upload} isPending={add.isPending} onPress={() => void choose()}>
          {t("prices.import")}
        </Button>
      </div>
      {add.isError && !wantsDay ? <ErrorNote error={add.error} className="mb-3" /> : null}
      {wantsDay && path ? (
        <form
          className="mb-3 flex flex-wrap items-end gap-3 rounded-card bg-attention-soft p-4"
          onSubmit={(event) => {
            event.preventDefault();
            add.mutate({ path, effective_from: day });
          }}
        >
          <TextField
            className="w-56"
            label={t("prices.day")}
            description={add.error?.ui.message}
            placeholder="2026-10-01"
            value={day}
            onChange={setDay}
          />
          <Button type="submit" variant="primary" isDisabled={!/^\d{4}-\d{2}-\d{2}$/.test(day)}>
            {t("prices.importDay")}
          </Button>
        </form>
      ) : null}
      {remove.isError ? <ErrorNote error={remove.error} className="mb-3" /> : null}
      {cards.items.length === 0 ? (
        <Card className="flex items-start gap-4 p-5">
          <FileSpreadsheet aria-hidden size={22} className="shrink-0 text-ink-3" />
          <p className="text-ink-2">{t("prices.empty")}</p>
        </Card>
      ) : (
        <Card>
          <ul className="divide-y divide-line">
            {cards.items.map((card) => (
              <li key={card.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-3">
                <span className="min-w-0 flex-1">
                  <span className="flex flex-wrap items-center gap-2 font-medium">
                    {t(card.tiers ? "prices.tiers" : "prices.rates", {
                      currency: card.currency,
                      from: dayText(card.effective_from),
                    })}
                    {card.in_use ? <Chip tone="good">{t("prices.inUse")}</Chip> : null}
                  </span>
                  <span className="block truncate text-ink-3 text-xs">
                    {t("prices.file", {
                      file: card.file_name,
                      markets: card.markets,
                      when: time(card.imported_at_ms, "date"),
                    })}
                  </span>
                </span>
                <IconButton
                  icon={Trash2}
                  size="small"
                  label={t("prices.remove", { file: card.file_name })}
                  onPress={() => remove.mutate({ id: card.id })}
                />
              </li>
            ))}
          </ul>
        </Card>
      )}
    </section>
  );
}

function MonthBudget({ cards, settings }: { cards: RateCardList; settings: Settings }) {
  const t = useT();
  const money = useMoneyText();
  const dayText = useDayText();
  const [text, setText] = useState(settings.month_budget ?? "");
  const save = useCommandMutation("settings_update");
  const ok = text.trim() === "" || /^\d+([.,]\d{1,6})?$/.test(text.trim());
  const currency = cards.in_use.currency;
  const share = settings.month_budget ? Number(cards.month_spent) / Number(settings.month_budget) : null;
  return (
    <section aria-label={t("prices.month")}>
      <h3 className="mb-3 font-semibold">{t("prices.month")}</h3>
      <Card className="p-5">
        <p className="mb-4 text-ink-2">
          {t("prices.month.spent", { month: dayText(cards.month), spent: money(cards.month_spent, currency) })}
        </p>
        {share === null ? null : (
          <div aria-hidden className="mb-4 h-1.5 overflow-hidden rounded-full bg-sunken">
            <div
              className={share >= 0.95 ? "h-full bg-attention" : "h-full bg-accent-fill"}
              style={{ width: `${Math.min(100, share * 100)}%` }}
            />
          </div>
        )}
        <form
          className="flex flex-col items-start gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate({ ...settings, month_budget: text.trim() === "" ? null : text.trim() });
          }}
        >
          <TextField
            className="w-full max-w-96"
            label={t("prices.month.budget", { currency: currency ?? "none" })}
            description={t("prices.month.help")}
            value={text}
            onChange={(value) => {
              setText(value);
              save.reset();
            }}
            inputMode="decimal"
            isInvalid={!ok}
          />
          <div className="flex items-center gap-3">
            <Button type="submit" variant="primary" isDisabled={!ok} isPending={save.isPending}>
              {t("sending.save")}
            </Button>
            <span role="status" className="text-good text-sm">
              {save.isSuccess ? t("settings.saved") : ""}
            </span>
          </div>
        </form>
        {save.isError ? <ErrorNote error={save.error} className="mt-3" /> : null}
      </Card>
    </section>
  );
}
