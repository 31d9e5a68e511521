// What a campaign has cost: charged, free, and set aside for what is not yet known to be delivered. A budget that
// stopped it is raised here.
import { Coins } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/feedback";
import { TextField } from "../../components/fields";
import { Dialog } from "../../components/overlays";
import { Card } from "../../components/Page";
import { useT } from "../../i18n/t";
import type { CampaignDetail } from "../../ipc/ipc";
import { useCommandMutation } from "../../ipc/queries";
import { useMoneyText } from "./when";

export function Costs({ campaign: { row, cost } }: { campaign: CampaignDetail }) {
  const t = useT();
  const money = useMoneyText();
  const [asking, setAsking] = useState(false);
  const used = Number(cost.actual) + Number(cost.reserved);
  if (used === 0 && cost.budget === null && cost.free + cost.unpriced === 0) return null;
  const share = cost.budget === null || Number(cost.budget) === 0 ? null : used / Number(cost.budget);
  const figures = [
    { label: t("costs.actual"), value: money(cost.actual, cost.currency) },
    { label: t("costs.reserved"), value: money(cost.reserved, cost.currency) },
    ...(cost.budget === null ? [] : [{ label: t("costs.budget"), value: money(cost.budget, cost.currency) }]),
  ];
  const open = row.state === "running" || row.state === "paused" || row.state === "launching";
  return (
    <section aria-label={t("costs.title")}>
      <Card className="p-5">
        <div className="flex flex-wrap items-center gap-3">
          <h2 className="flex items-center gap-2 font-semibold">
            <Coins aria-hidden size={17} className="text-accent" />
            {t("costs.title")}
          </h2>
          {open ? (
            <Button size="small" className="ms-auto" onPress={() => setAsking(true)}>
              {t(cost.budget === null ? "costs.setBudget" : "costs.changeBudget")}
            </Button>
          ) : null}
        </div>
        <dl className="mt-3 flex flex-wrap gap-x-8 gap-y-2">
          {figures.map(({ label, value }) => (
            <div key={label}>
              <dt className="text-ink-3 text-xs">{label}</dt>
              <dd className="tabular font-semibold text-lg">{value}</dd>
            </div>
          ))}
        </dl>
        {share === null ? null : (
          <div aria-hidden className="mt-3 h-1.5 overflow-hidden rounded-full bg-sunken">
            <div
              className={share >= 0.95 ? "h-full bg-attention" : "h-full bg-accent-fill"}
              style={{ width: `${Math.min(100, share * 100)}%` }}
            />
          </div>
        )}
        <p className="mt-2 text-ink-3 text-xs">
          {t("costs.charged", { charged: cost.charged, free: cost.free })}
          {cost.unpriced > 0 ? ` ${t("costs.unpriced", { count: cost.unpriced })}` : ""}
        </p>
      </Card>
      {asking ? (
        <BudgetDialog
          campaign={row.id}
          budget={cost.budget}
          currency={cost.currency}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </section>
  );
}

function BudgetDialog({
  campaign,
  budget,
  currency,
  onClose,
}: {
  campaign: string;
  budget: string | null;
  currency: string | null;
  onClose: () => void;
}) {
  const t = useT();
  const [text, setText] = useState(budget ?? "");
  const set = useCommandMutation("campaign_set_budget");
  const ok = text.trim() === "" || /^\d+([.,]\d{1,6})?$/.test(text.trim());
  const save = () =>
    ok && set.mutate({ id: campaign, budget: text.trim() === "" ? null : text.trim() }, { onSuccess: onClose });
  return (
    <Dialog
      size="small"
      title={t("costs.budget")}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button variant="primary" isDisabled={!ok} isPending={set.isPending} onPress={save}>
            {t("costs.save")}
          </Button>
        </>
      }
    >
      <TextField
        autoFocus
        label={t("when.budget.amount", { currency: currency ?? "none" })}
        description={t("costs.budget.help")}
        value={text}
        onChange={setText}
        inputMode="decimal"
        isInvalid={!ok}
        onKeyDown={(event) => {
          if (event.key === "Enter") save();
        }}
      />
      {set.isError ? <ErrorNote error={set.error} className="mt-3" /> : null}
    </Dialog>
  );
}
