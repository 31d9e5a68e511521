// For the day something is wrong: which task did what, what was understood, and where things are on this machine.
import { CircleCheck, CircleX, Clock4, Copy, Moon } from "lucide-react";
import { useState } from "react";
import { useIntl } from "react-intl";
import { Button } from "../../components/Button";
import { Chip, ErrorNote, Note, Skeleton } from "../../components/feedback";
import { Card } from "../../components/Page";
import { ScrollRegion } from "../../components/ScrollRegion";
import { Count, TimeText, useDurationText } from "../../components/values";
import type { MessageId } from "../../i18n/messages";
import { useT } from "../../i18n/t";
import type { Diagnostics, TaskStatus } from "../../ipc/ipc";
import { useCommand } from "../../ipc/queries";
import { readable } from "../templates/words";
import { StatusAuditCard } from "./StatusAuditCard";
import { Webhooks } from "./Webhooks";

/** While one looks, every so often; nothing in the store changes when a task runs. */
const POLL_MS = 3_000;
/** A clock further off than this makes times in the window wrong, and Meta's signatures fail later. */
const SKEW_LIMIT_MS = 30_000;

const TASKS: Record<string, MessageId> = {
  sender: "diagnostics.task.sender",
  relay_pull: "diagnostics.task.relay_pull",
  template_sync: "diagnostics.task.template_sync",
  media_fetch: "diagnostics.task.media_fetch",
  reconcile: "diagnostics.task.reconcile",
  housekeeping: "diagnostics.task.housekeeping",
  status_audit: "diagnostics.task.status_audit",
  account_check: "diagnostics.task.account_check",
};

export function DiagnosticsSection() {
  const t = useT();
  const diagnostics = useCommand("diagnostics_get", {}, { tags: ["settings", "account", "relay"], everyMs: POLL_MS });
  if (diagnostics.error && !diagnostics.data) {
    return <ErrorNote error={diagnostics.error} onRetry={() => void diagnostics.refetch()} />;
  }
  if (!diagnostics.data) return <Skeleton rows={4} className="h-20 rounded-card" />;
  const data = diagnostics.data;
  return (
    <div className="space-y-6">
      <Tasks tasks={data.tasks} />
      <Events data={data} />
      <StatusAuditCard audit={data.audit} onDone={() => void diagnostics.refetch()} />
      <Webhooks />
      <Places data={data} />
      <p className="text-ink-3 text-xs">{t("diagnostics.privacy")}</p>
    </div>
  );
}

function Tasks({ tasks }: { tasks: readonly TaskStatus[] }) {
  const t = useT();
  return (
    <ScrollRegion
      label={t("diagnostics.tasks")}
      className="overflow-x-auto rounded-card border border-line bg-surface shadow-card"
    >
      <table className="w-full">
        <caption className="px-5 pt-4 pb-2 text-start font-semibold text-base">{t("diagnostics.tasks")}</caption>
        <thead>
          <tr className="border-line border-b text-ink-3 text-xs">
            {(
              [
                "diagnostics.column.task",
                "diagnostics.column.state",
                "diagnostics.column.result",
                "diagnostics.column.ran",
              ] as const
            ).map((id) => (
              <th key={id} scope="col" className="px-5 py-2 text-start font-medium">
                {t(id)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {tasks.map((task) => {
            const name = TASKS[task.name];
            return (
              <tr key={task.name} className="border-line border-b align-top last:border-b-0">
                <th scope="row" className="whitespace-nowrap px-5 py-3 text-start font-medium">
                  {name ? t(name) : readable(task.name)}
                </th>
                <td className="px-5 py-3">
                  <TaskState task={task} />
                </td>
                <td className="px-5 py-3 text-ink-2">{task.last_result ?? t("diagnostics.nothingYet")}</td>
                <td className="whitespace-nowrap px-5 py-3 text-ink-2">
                  {task.last_run_at_ms === null ? "–" : <TimeText atMs={task.last_run_at_ms} style="relative" />}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function TaskState({ task }: { task: TaskStatus }) {
  const t = useT();
  if (task.failed) {
    return (
      <Chip tone="trouble" icon={CircleX}>
        {t("diagnostics.state.failed")}
      </Chip>
    );
  }
  if (task.last_run_at_ms === null) {
    return <Chip icon={Moon}>{t("diagnostics.state.waiting")}</Chip>;
  }
  return (
    <Chip tone="good" icon={CircleCheck}>
      {t("diagnostics.state.fine")}
    </Chip>
  );
}

function Events({ data }: { data: Diagnostics }) {
  const t = useT();
  const intl = useIntl();
  const duration = useDurationText();
  const skew = data.clock_skew_ms;
  const off = skew !== null && Math.abs(skew) > SKEW_LIMIT_MS;
  return (
    <div className="space-y-3">
      <div className="grid gap-4 sm:grid-cols-3">
        <Figure label={t("diagnostics.eventsApplied")} value={<Count value={data.events_applied} />} />
        <Figure label={t("diagnostics.eventsUnknown")} value={<Count value={data.events_unknown} />} />
        <Figure
          label={t("diagnostics.clock")}
          value={
            skew === null
              ? t("diagnostics.clockUnknown")
              : Math.abs(skew) < 1_000
                ? t("diagnostics.clockRight")
                : `${skew < 0 ? "−" : "+"}${duration(Math.abs(skew))}`
          }
        />
      </div>
      {data.events_unknown > 0 && <Note>{t("diagnostics.unknownHelp", { count: data.events_unknown })}</Note>}
      {off && (
        <Note tone="attention" icon={Clock4}>
          {t("diagnostics.clockOff", { seconds: intl.formatNumber(Math.round(Math.abs(skew) / 1_000)) })}
        </Note>
      )}
    </div>
  );
}

function Figure({ label, value }: { label: string; value: React.ReactNode }) {
  return (
    <Card className="p-4">
      <p className="text-ink-3 text-xs">{label}</p>
      <p className="mt-1 font-semibold text-xl tabular">{value}</p>
    </Card>
  );
}

const SECRETS: Record<string, MessageId> = {
  keychain: "diagnostics.secrets.keychain",
  file: "diagnostics.secrets.file",
  practice: "diagnostics.secrets.practice",
};

function Places({ data }: { data: Diagnostics }) {
  const t = useT();
  const secrets = SECRETS[data.secret_store];
  const rows: { label: MessageId; value: string; copy?: boolean }[] = [
    { label: "diagnostics.version", value: data.version },
    { label: "diagnostics.schema", value: String(data.schema_version) },
    { label: "diagnostics.graph", value: data.graph, copy: true },
    { label: "diagnostics.dataDir", value: data.data_dir, copy: true },
    { label: "diagnostics.logDir", value: data.log_dir, copy: true },
    { label: "diagnostics.secretStore", value: secrets ? t(secrets) : data.secret_store },
  ];
  return (
    <Card className="p-5">
      <h2 className="mb-3 font-semibold text-base">{t("diagnostics.places")}</h2>
      <dl className="divide-y divide-line">
        {rows.map(({ label, value, copy }) => (
          <div key={label} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5">
            <dt className="w-44 shrink-0 text-ink-3">{t(label)}</dt>
            <dd className="min-w-0 flex-1 break-all">
              <bdi>{value}</bdi>
            </dd>
            {copy && (
              <dd>
                <CopyButton what={t(label)} text={value} />
              </dd>
            )}
          </div>
        ))}
      </dl>
    </Card>
  );
}

function CopyButton({ what, text }: { what: string; text: string }) {
  const t = useT();
  const [copied, setCopied] = useState(false);
  return (
    <Button
      size="small"
      variant="quiet"
      icon={Copy}
      aria-label={t("diagnostics.copy", { what })}
      onPress={() =>
        void navigator.clipboard.writeText(text).then(
          () => setCopied(true),
          () => setCopied(false),
        )
      }
    >
      {copied ? t("common.copied") : t("common.copy")}
    </Button>
  );
}
