// The report of a campaign: what became of it beside what was foretold. Made to be read, and to be printed.
import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft, Printer } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useIntl } from "react-intl";
import { Button, buttonClass } from "../../components/Button";
import { Chart } from "../../components/Chart";
import { Chip, ErrorNote, Skeleton } from "../../components/feedback";
import { Select } from "../../components/fields";
import { Card, Page } from "../../components/Page";
import { Count, TimeText, useDurationText, useTimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { CampaignReport, CountedReason } from "../../ipc/ipc";
import { useCommand } from "../../ipc/queries";
import { ExportPeople } from "./ExportPeople";
import { PlannedTable } from "./PlannedTable";
import { stateLook } from "./stateLook";
import { useMoneyText } from "./when";

const DAYS = ["1", "3", "7", "14", "30"] as const;

export function CampaignReportScreen() {
  const t = useT();
  const { campaignId } = useParams({ from: "/campaigns/$campaignId/report" });
  const [days, setDays] = useState<(typeof DAYS)[number]>("7");
  const report = useCommand(
    "campaign_report",
    { id: campaignId, reply_days: Number(days) },
    { tags: ["campaigns", "inbox", "consent"], keepPrevious: true },
  );
  if (report.isError)
    return (
      <Page title={t("report.title")}>
        <ErrorNote
          error={report.error}
          onRetry={() => void report.refetch()}
          action={
            <Link to="/campaigns/$campaignId" params={{ campaignId }} search={{}} className={buttonClass()}>
              {t("report.back")}
            </Link>
          }
        />
      </Page>
    );
  if (!report.data)
    return (
      <Page title={t("report.title")}>
        <Skeleton rows={4} className="h-24" />
      </Page>
    );
  return <Report report={report.data} days={days} onDays={setDays} />;
}

function Report({
  report,
  days,
  onDays,
}: {
  report: CampaignReport;
  days: (typeof DAYS)[number];
  onDays: (days: (typeof DAYS)[number]) => void;
}) {
  const t = useT();
  const time = useTimeText();
  const { row } = report;
  const { tone, icon } = stateLook[row.state];
  return (
    <Page
      width="wide"
      title={
        <span className="flex flex-wrap items-center gap-3">
          {row.name}
          <Chip tone={tone} icon={icon}>
            {t(`campaigns.state.${row.state}`)}
          </Chip>
        </span>
      }
      subtitle={[
        t("report.title"),
        row.template,
        t("report.from", { number: report.from_display_phone_number }),
        t("report.made", { when: time(report.made_at_ms, "full") }),
      ]
        .filter(Boolean)
        .join(" · ")}
      actions={
        <div className="flex gap-2 print:hidden">
          <Link to="/campaigns/$campaignId" params={{ campaignId: row.id }} search={{}} className={buttonClass()}>
            <ArrowLeft aria-hidden size={16} className="rtl:rotate-180" />
            {t("report.back")}
          </Link>
          <Button icon={Printer} onPress={() => window.print()}>
            {t("report.print")}
          </Button>
        </div>
      }
    >
      <div className="space-y-8">
        <Reach report={report} days={days} onDays={onDays} />
        <div className="grid gap-8 @4xl/main:grid-cols-2">
          <Planned report={report} />
          <Money report={report} />
        </div>
        <OverTime report={report} />
        <div className="grid gap-8 @4xl/main:grid-cols-2">
          <Causes title={t("report.failures")} reasons={report.failures} none={t("report.failures.none")} />
          <Causes title={t("live.notSent")} reasons={report.excluded} none={t("review.excluded.none")} />
        </div>
        <Timeline report={report} />
        <ExportPeople campaignId={row.id} name={row.name} />
      </div>
    </Page>
  );
}

/** The four steps as large numbers with their share of the one before, and the replies. */
function Reach({
  report: { reach, reply_days, replies_may_come },
  days,
  onDays,
}: {
  report: CampaignReport;
  days: (typeof DAYS)[number];
  onDays: (days: (typeof DAYS)[number]) => void;
}) {
  const t = useT();
  const intl = useIntl();
  const steps = [
    { id: "sent", count: reach.sent, of: null },
    { id: "delivered", count: reach.delivered, of: reach.sent },
    { id: "read", count: reach.read, of: reach.delivered },
    { id: "replied", count: reach.replied, of: reach.delivered },
    { id: "opted_out", count: reach.opted_out, of: reach.delivered },
  ] as const;
  return (
    <section aria-label={t("report.reach")}>
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-card border border-line bg-line @2xl/main:grid-cols-5">
        {steps.map(({ id, count, of }) => {
          const share = of ? count / of : 0;
          return (
            <div
              key={id}
              className="flex min-w-0 flex-col bg-surface px-4 pt-3.5 pb-4 last:col-span-2 @2xl/main:last:col-span-1"
            >
              <dt className="text-ink-2">{t(`report.reach.${id}`)}</dt>
              <dd className="flex flex-1 flex-col">
                <span className="tabular block font-semibold text-3xl leading-10 tracking-tight">
                  {intl.formatNumber(count)}
                </span>
                <span className="mb-3 block min-h-4 text-ink-3 text-xs">
                  {of
                    ? t(of === reach.sent && id === "delivered" ? "report.share.sent" : "report.share.delivered", {
                        share: intl.formatNumber(share, {
                          style: "percent",
                          maximumFractionDigits: share < 0.1 ? 1 : 0,
                        }),
                      })
                    : ""}
                </span>
                <span aria-hidden className="mt-auto block h-1.5 overflow-hidden rounded-full bg-sunken">
                  <span
                    className={`block h-full rounded-full ${id === "opted_out" ? "bg-attention" : "bg-accent-fill"}`}
                    style={{ width: `${of === null ? 100 : Math.min(100, share * 100)}%` }}
                  />
                </span>
              </dd>
            </div>
          );
        })}
      </dl>
      <div className="mt-3 flex flex-wrap items-end justify-between gap-3">
        <p className="max-w-prose text-ink-2 text-sm">
          {t("report.replies.to", { count: reach.replied_to_it, days: reply_days })}{" "}
          {replies_may_come ? t("report.replies.more") : null} {t("report.read.note")}
        </p>
        <Select
          className="w-44 print:hidden"
          label={t("report.days")}
          value={days}
          onChange={onDays}
          options={DAYS.map((value) => ({ value, label: t("report.days.value", { days: Number(value) }) }))}
        />
      </div>
    </section>
  );
}

function Planned({ report: { plan, row, reach, sending_seconds, cost } }: { report: CampaignReport }) {
  const t = useT();
  const money = useMoneyText();
  const duration = useDurationText();
  const time = useTimeText();
  const planned = plan?.finish_at_ms ? duration(Math.max(1_000, plan.finish_at_ms - plan.starts_at_ms)) : "–";
  const lines = [
    { id: "people", planned: plan ? <Count value={plan.will_receive} /> : "–", came: <Count value={reach.sent} /> },
    {
      id: "leftOut",
      planned: plan ? <Count value={plan.audience - plan.will_receive} /> : "–",
      came: <Count value={row.counts.excluded} />,
    },
    {
      id: "start",
      planned: plan ? time(plan.starts_at_ms) : "–",
      came: row.starts_at_ms ? time(row.starts_at_ms) : "–",
    },
    {
      id: "duration",
      planned,
      came: sending_seconds === null ? "–" : duration(Math.max(1_000, sending_seconds * 1_000)),
    },
    {
      id: "cost",
      planned: plan?.cost_most ? t("cost.most", { most: money(plan.cost_most, plan.currency) }) : "–",
      came: money(cost.actual, cost.currency),
    },
  ] as const;
  return (
    <section aria-label={t("report.plan")}>
      <h2 className="mb-2 font-semibold">{t("report.plan")}</h2>
      <Card className="px-5 py-3">
        <PlannedTable
          cameTitle={t("report.plan.came")}
          lines={lines.map((line) => ({ ...line, name: t(`report.plan.${line.id}`) }))}
        />
      </Card>
    </section>
  );
}

function Money({ report: { cost, charges } }: { report: CampaignReport }) {
  const t = useT();
  const money = useMoneyText();
  return (
    <section aria-label={t("costs.title")}>
      <h2 className="mb-2 font-semibold">{t("costs.title")}</h2>
      <Card className="p-5">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className="tabular font-semibold text-2xl tracking-tight">{money(cost.actual, cost.currency)}</span>
          <span className="text-ink-2 text-sm">{t("report.cost.delivered")}</span>
        </p>
        {charges.length > 0 ? (
          <table className="tabular mt-3 w-full text-sm">
            <tbody className="divide-y divide-line">
              {charges.map(({ kind, category, messages, amount }) => (
                <tr key={`${kind} ${category}`}>
                  <th scope="row" className="py-1.5 text-start font-normal text-ink-2">
                    {t(`report.charge.${kind as "charged" | "free" | "unpriced"}`)}
                    {category ? ` · ${category.replaceAll("_", " ")}` : ""}
                  </th>
                  <td className="py-1.5 text-end">
                    <Count value={messages} />
                  </td>
                  <td className="py-1.5 text-end">{kind === "unpriced" ? "–" : money(amount, cost.currency)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : null}
        {Number(cost.reserved) > 0 ? (
          <p className="mt-3 text-ink-2 text-sm">
            {t("report.cost.reserved", { amount: money(cost.reserved, cost.currency) })}
          </p>
        ) : null}
        <p className="mt-3 text-ink-3 text-xs">{t("report.cost.note")}</p>
      </Card>
    </section>
  );
}

function OverTime({ report: { intervals } }: { report: CampaignReport }) {
  const t = useT();
  const intl = useIntl();
  if (intervals.length < 2) return null;
  const days = (intervals.at(-1)?.at_ms ?? 0) - (intervals[0]?.at_ms ?? 0) > 86_400_000;
  return (
    <Card className="p-5">
      <Chart
        title={t("report.overTime")}
        height={220}
        data={{
          labels: intervals.map(({ at_ms }) =>
            days
              ? intl.formatDate(at_ms, { weekday: "short", hour: "numeric", minute: "2-digit" })
              : intl.formatTime(at_ms, { hour: "numeric", minute: "2-digit" }),
          ),
          series: [
            { name: t("report.reach.sent"), tone: "neutral", values: intervals.map(({ sent }) => sent) },
            { name: t("report.reach.delivered"), tone: "accent", values: intervals.map(({ delivered }) => delivered) },
            { name: t("report.reach.read"), tone: "good", values: intervals.map(({ read }) => read) },
            { name: t("report.replies"), tone: "attention", values: intervals.map(({ replies }) => replies) },
          ],
        }}
      />
    </Card>
  );
}

function Causes({ title, reasons, none }: { title: string; reasons: CountedReason[]; none: string }) {
  return (
    <section aria-label={title}>
      <h2 className="mb-2 font-semibold">{title}</h2>
      {reasons.length === 0 ? (
        <p className="text-ink-2">{none}</p>
      ) : (
        <Card>
          <ul className="divide-y divide-line">
            {reasons.map(({ code, sentence, remedy, count }) => (
              <li key={code} className="flex gap-4 px-4 py-3">
                <span className="w-12 shrink-0 text-end font-semibold">
                  <Count value={count} />
                </span>
                <span className="min-w-0 flex-1 break-words">
                  <bdi>{sentence}</bdi>
                  {remedy ? (
                    <span className="block text-ink-3 text-xs">
                      <bdi>{remedy}</bdi>
                    </span>
                  ) : null}
                </span>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </section>
  );
}

const STEPS = [
  "test",
  "launched",
  "undone",
  "first_sent",
  "last_sent",
  "paused",
  "resumed",
  "retried",
  "done",
  "cancelled",
] as const;
type Step = (typeof STEPS)[number];

function Timeline({ report: { steps } }: { report: CampaignReport }) {
  const t = useT();
  const word = (kind: string): ReactNode =>
    STEPS.includes(kind as Step) ? t(`report.step.${kind as Step}`) : kind.replaceAll("_", " ");
  return (
    <section aria-label={t("report.timeline")}>
      <h2 className="mb-3 font-semibold">{t("report.timeline")}</h2>
      <ol className="border-line border-s-2 ps-5">
        {steps.map((step, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps never move, and two may be of one moment
          <li key={at} className="relative pb-4 last:pb-0">
            <span aria-hidden className="-start-[1.6rem] absolute top-1.5 size-2.5 rounded-full bg-accent-fill" />
            <span className="font-medium">{word(step.kind)}</span>{" "}
            <TimeText atMs={step.at_ms} style="full" className="text-ink-3 text-sm" />
            {step.reason ? (
              <span className="block text-ink-2 text-sm">
                <bdi>{step.reason}</bdi>
              </span>
            ) : null}
          </li>
        ))}
      </ol>
    </section>
  );
}
