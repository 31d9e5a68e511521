// A rehearsal: the campaign on a practice account of its own, with its real audience. Its figures stand beside the plan.
import { CircleCheck, Drama, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useIntl } from "react-intl";
import { Button } from "../../components/Button";
import { Chip, ErrorNote, Note, ProgressBar } from "../../components/feedback";
import { Card } from "../../components/Page";
import { SegmentedControl } from "../../components/SegmentedControl";
import { Count, TimeText, useDurationText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { CountedReason, Rehearsal as Figures, Trouble } from "../../ipc/ipc";
import { useCommand, useCommandMutation } from "../../ipc/queries";
import { useJobProgress } from "../../ipc/useJobProgress";
import { PlannedTable } from "./PlannedTable";
import { useMoneyText } from "./when";

const TROUBLES = ["none", "some", "much"] as const;

export function Rehearsal({ campaignId, isDisabled = false }: { campaignId: string; isDisabled?: boolean }) {
  const t = useT();
  const newest = useCommand("campaign_rehearsal_get", { id: campaignId }, { tags: ["campaigns"] });
  const rehearse = useCommandMutation("campaign_rehearse");
  const stop = useCommandMutation("campaign_rehearse_cancel");
  const [trouble, setTrouble] = useState<Trouble>("some");
  const progress = useJobProgress(`rehearsal:${campaignId}`);
  const found = newest.data?.rehearsal ?? null;
  const cancelled = rehearse.error?.ui.code === "cancelled";
  return (
    <section aria-label={t("rehearsal.title")}>
      <h2 className="font-semibold">{t("rehearsal.title")}</h2>
      <p className="mb-2 max-w-prose text-ink-2">{t("rehearsal.lead")}</p>
      <Card>
        <div className="flex flex-wrap items-center gap-3 p-4">
          <span id="rehearsal-trouble" className="text-ink-2 text-sm">
            {t("rehearsal.trouble")}
          </span>
          <SegmentedControl<Trouble>
            label={t("rehearsal.trouble")}
            value={trouble}
            onChange={setTrouble}
            options={TROUBLES.map((value) => ({ value, label: t(`rehearsal.trouble.${value}`) }))}
          />
          <p className="min-w-40 flex-1 text-ink-3 text-xs">{t(`rehearsal.trouble.${trouble}.help`)}</p>
          {rehearse.isPending ? (
            <Button isPending={stop.isPending} onPress={() => stop.mutate({ id: campaignId })}>
              {t("rehearsal.stop")}
            </Button>
          ) : (
            <Button
              icon={Drama}
              isDisabled={isDisabled}
              onPress={() => rehearse.mutate({ id: campaignId, trouble }, { onSettled: () => void newest.refetch() })}
            >
              {t(found ? "rehearsal.again" : "rehearsal.start")}
            </Button>
          )}
        </div>
        {rehearse.isPending ? (
          <div className="border-line border-t p-4">
            <ProgressBar
              label={t(`rehearsal.phase.${phaseOf(progress?.phase)}`)}
              done={progress?.done ?? 0}
              total={progress?.total ?? null}
            />
          </div>
        ) : found ? (
          <Outcome found={found} />
        ) : null}
      </Card>
      {rehearse.isError && !cancelled ? <ErrorNote error={rehearse.error} className="mt-3" /> : null}
      {newest.isError ? (
        <ErrorNote error={newest.error} onRetry={() => void newest.refetch()} className="mt-3" />
      ) : null}
    </section>
  );
}

type Phase = "reading" | "writing" | "rehearsing" | "settling";

function phaseOf(phase: string | undefined): Phase {
  return phase === "writing" || phase === "rehearsing" || phase === "settling" ? phase : "reading";
}

function Outcome({ found }: { found: Figures }) {
  const t = useT();
  const money = useMoneyText();
  const duration = useDurationText();
  const intl = useIntl();
  const { planned, rehearsed, counts } = found;
  const time = (seconds: number | null) => (seconds === null ? "–" : duration(Math.max(1_000, seconds * 1_000)));
  const cost = (amount: string | null) => (amount === null ? "–" : money(amount, found.currency));
  const delivered = counts.delivered + counts.read;
  const whole = Math.max(1, rehearsed.people);
  const parts = [
    { id: "delivered", count: delivered, share: true },
    { id: "read", count: counts.read, share: true },
    { id: "replied", count: found.replied, share: true },
    { id: "opted_out", count: found.opted_out, share: true },
    { id: "failed", count: counts.failed, share: false },
    { id: "withheld", count: counts.withheld + counts.held, share: false },
    { id: "unknown", count: counts.unknown, share: false },
    { id: "notSent", count: counts.cancelled + counts.queued, share: false },
  ] as const;
  return (
    <div className="space-y-4 border-line border-t p-4">
      <p role="status" className="flex flex-wrap items-center gap-2">
        {found.paused_reason === null && found.nobody_twice ? (
          <CircleCheck aria-hidden size={18} className="text-good" />
        ) : (
          <TriangleAlert aria-hidden size={18} className="text-attention" />
        )}
        <b className="font-semibold">{t(`rehearsal.done.${found.trouble}`)}</b>
        <TimeText atMs={found.at_ms} className="text-ink-3 text-sm" />
        <span className="text-ink-3 text-sm">
          {t("rehearsal.took", { duration: duration(found.took_seconds * 1_000) })}
        </span>
        {found.outdated ? <Chip tone="attention">{t("rehearsal.outdated")}</Chip> : null}
      </p>
      {found.paused_reason ? (
        <Note tone="attention">
          <b className="font-semibold">{t("rehearsal.paused")}</b> <bdi>{found.paused_reason}</bdi>
        </Note>
      ) : null}
      {found.nobody_twice ? null : <Note tone="trouble">{t("rehearsal.twice")}</Note>}
      <div className="grid gap-x-10 gap-y-5 @6xl/main:grid-cols-2">
        <PlannedTable
          cameTitle={t("rehearsal.rehearsed")}
          lines={[
            {
              id: "people",
              name: t("report.plan.people"),
              planned: <Count value={planned.people} />,
              came: <Count value={rehearsed.people} />,
            },
            {
              id: "duration",
              name: t("rehearsal.duration"),
              planned: time(planned.seconds),
              came: time(rehearsed.seconds),
            },
            {
              id: "cost",
              name: t("report.plan.cost"),
              planned: planned.cost === null ? "–" : t("cost.most", { most: cost(planned.cost) }),
              came: cost(rehearsed.cost),
            },
          ]}
        />
        <dl className="grid grid-cols-1 gap-x-8 text-sm @md/main:grid-cols-2">
          {parts.map(({ id, count, share }) => (
            <div key={id} className="flex items-baseline justify-between gap-2 border-line border-b py-1">
              <dt className="text-ink-2">{t(`rehearsal.part.${id}`)}</dt>
              <dd className="tabular text-end">
                <Count value={count} />
                {share ? (
                  <span className="ms-1 text-ink-3 text-xs">
                    {intl.formatNumber(count / whole, { style: "percent" })}
                  </span>
                ) : null}
              </dd>
            </div>
          ))}
        </dl>
      </div>
      <Lines title={t("rehearsal.failures")} reasons={found.failures} />
      <Lines title={t("rehearsal.obstacles")} reasons={found.obstacles} />
      <p className="text-ink-3 text-xs">{t("rehearsal.note")}</p>
    </div>
  );
}

function Lines({ title, reasons }: { title: string; reasons: CountedReason[] }) {
  if (reasons.length === 0) return null;
  return (
    <div>
      <h3 className="mb-1 font-medium text-sm">{title}</h3>
      <ul className="text-ink-2 text-sm">
        {reasons.map(({ code, sentence, count }) => (
          <li key={`${code} ${sentence}`} className="flex gap-3 py-0.5">
            <span className="w-10 shrink-0 text-end font-medium text-ink">
              <Count value={count} />
            </span>
            <bdi className="min-w-0 break-words">{sentence}</bdi>
          </li>
        ))}
      </ul>
    </div>
  );
}
