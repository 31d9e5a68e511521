// The operator's own lower limits of each number, and the warm-up of a new one as a row of growing days.
import { Gauge } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { cx } from "../../components/cx";
import { ErrorNote, Skeleton } from "../../components/feedback";
import { Select, Switch, TextField } from "../../components/fields";
import { Card } from "../../components/Page";
import { Count } from "../../components/values";
import { useT } from "../../i18n/t";
import type { NumberLimitsRow, WarmUpStages } from "../../ipc/ipc";
import { useCommand, useCommandMutation } from "../../ipc/queries";

export function NumberLimits() {
  const t = useT();
  const limits = useCommand("number_limits_list", {}, { tags: ["account", "campaigns"] });
  if (limits.isError) return <ErrorNote error={limits.error} onRetry={() => void limits.refetch()} />;
  if (!limits.data) return <Skeleton rows={2} className="h-16" />;
  if (limits.data.items.length === 0) return null;
  return (
    <section aria-label={t("numbers.title")} className="mt-8">
      <h3 className="flex items-center gap-2.5 font-semibold">
        <Gauge aria-hidden size={17} className="text-accent" />
        {t("numbers.title")}
      </h3>
      <p className="mt-0.5 mb-3 text-ink-3 text-xs">{t("numbers.lead")}</p>
      <div className="space-y-3">
        {limits.data.items.map((row) => (
          <NumberCard key={row.phone_number_id} row={row} />
        ))}
      </div>
    </section>
  );
}

/** People on each day of a warm-up. */
export function stagesOf({ first_day, percent, days }: Pick<WarmUpStages, "first_day" | "percent" | "days">): number[] {
  return Array.from({ length: Math.min(60, days) }, (_, day) => Math.floor(first_day * (percent / 100) ** day));
}

const digits = (text: string) => text.replace(/\D/g, "");

function NumberCard({ row }: { row: NumberLimitsRow }) {
  const t = useT();
  const [form, setForm] = useState(() => ({
    per_second: row.per_second?.toString() ?? "",
    per_day: row.per_day?.toString() ?? "",
    warm_up: row.warm_up,
  }));
  const save = useCommandMutation("number_limits_set");
  const change = (part: Partial<typeof form>) => {
    setForm({ ...form, ...part });
    save.reset();
  };
  const warm = form.warm_up;
  return (
    <Card className="p-5">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({
            phone_number_id: row.phone_number_id,
            per_second: form.per_second === "" ? null : Number(form.per_second),
            per_day: form.per_day === "" ? null : Number(form.per_day),
            warm_up: warm,
          });
        }}
      >
        <div className="flex flex-wrap items-baseline justify-between gap-3">
          <h4 className="font-medium">
            <bdi dir="ltr">{row.display_phone_number}</bdi>
          </h4>
          <span className="text-ink-3 text-xs">{t("numbers.reached", { count: row.reached })}</span>
        </div>
        <div className="grid gap-4 @lg/main:grid-cols-2">
          <TextField
            label={t("numbers.perSecond")}
            description={t("numbers.empty")}
            value={form.per_second}
            onChange={(text) => change({ per_second: digits(text) })}
            inputMode="numeric"
            isInvalid={form.per_second === "0"}
          />
          <TextField
            label={t("numbers.perDay")}
            description={t("numbers.empty")}
            value={form.per_day}
            onChange={(text) => change({ per_day: digits(text) })}
            inputMode="numeric"
            isInvalid={form.per_day === "0"}
          />
        </div>
        <Switch
          isSelected={warm !== null}
          onChange={(on) =>
            change({
              warm_up: on
                ? (row.warm_up ?? { first_day: 50, percent: 200, days: 6, day_now: null, people_now: null })
                : null,
            })
          }
          description={t("numbers.warm.help")}
        >
          {t("numbers.warm")}
        </Switch>
        {warm ? (
          <>
            <div className="flex flex-wrap gap-4">
              <Select
                className="w-36"
                label={t("numbers.warm.first")}
                value={String(warm.first_day)}
                onChange={(value) => change({ warm_up: { ...warm, first_day: Number(value) } })}
                options={["20", "50", "100", "200", "500"].map((value) => ({
                  value,
                  label: t("numbers.people", { count: Number(value) }),
                }))}
              />
              <Select
                className="w-44"
                label={t("numbers.warm.growth")}
                value={String(warm.percent)}
                onChange={(value) => change({ warm_up: { ...warm, percent: Number(value) } })}
                options={["125", "150", "200", "300"].map((value) => ({
                  value,
                  label: t("numbers.warm.times", { times: Number(value) / 100 }),
                }))}
              />
              <Select
                className="w-36"
                label={t("numbers.warm.days")}
                value={String(warm.days)}
                onChange={(value) => change({ warm_up: { ...warm, days: Number(value) } })}
                options={["3", "4", "5", "6", "7", "10", "14"].map((value) => ({
                  value,
                  label: t("when.days", { days: Number(value) }),
                }))}
              />
            </div>
            <Stages stages={stagesOf(warm)} today={row.warm_up === warm ? warm.day_now : null} />
          </>
        ) : null}
        {save.isError ? <ErrorNote error={save.error} /> : null}
        <div className="flex items-center gap-3">
          <Button type="submit" isPending={save.isPending} isDisabled={form.per_second === "0" || form.per_day === "0"}>
            {t("numbers.save")}
          </Button>
          <span role="status" className="text-good text-sm">
            {save.isSuccess ? t("settings.saved") : ""}
          </span>
        </div>
      </form>
    </Card>
  );
}

function Stages({ stages, today }: { stages: number[]; today: number | null }) {
  const t = useT();
  const most = Math.max(1, ...stages);
  return (
    <ol aria-label={t("numbers.warm.stages")} className="flex items-end gap-1.5 overflow-x-auto pt-1">
      {stages.map((people, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a day is its place in the row
        <li key={at} aria-current={today === at + 1 ? "date" : undefined} className="min-w-12 flex-1 text-center">
          <span className="tabular block text-xs">
            <Count value={people} />
          </span>
          <span aria-hidden className="mt-1 flex h-14 items-end">
            <span
              className={cx("block w-full rounded-t", today === at + 1 ? "bg-accent-fill" : "bg-accent-soft")}
              style={{ height: `${Math.max(6, (people / most) * 100)}%` }}
            />
          </span>
          <span
            className={cx("mt-1 block text-xs", today === at + 1 ? "font-semibold text-accent-strong" : "text-ink-3")}
          >
            {t(today === at + 1 ? "numbers.warm.today" : "numbers.warm.day", { day: at + 1 })}
          </span>
        </li>
      ))}
    </ol>
  );
}
