// Statuses that no webhook brought, and what Meta's message history told of them.
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/feedback";
import { Card } from "../../components/Page";
import { Count, TimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { StatusAudit } from "../../ipc/ipc";
import { useCommandMutation } from "../../ipc/queries";

export function StatusAuditCard({ audit, onDone }: { audit: StatusAudit; onDone: () => void }) {
  const t = useT();
  const run = useCommandMutation("status_audit_run");
  const facts = [
    { name: t("diagnostics.audit.overdue"), value: <Count value={audit.overdue} /> },
    { name: t("diagnostics.audit.lookedUp"), value: <Count value={audit.looked_up} /> },
    { name: t("diagnostics.audit.found"), value: <Count value={audit.found} /> },
    {
      name: t("diagnostics.audit.last"),
      value:
        audit.last_at_ms === null ? (
          t("diagnostics.audit.never")
        ) : (
          <TimeText atMs={audit.last_at_ms} style="relative" />
        ),
    },
  ];
  return (
    <Card className="space-y-3 p-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="font-semibold text-base">{t("diagnostics.audit")}</h2>
        <Button
          size="small"
          isPending={run.isPending}
          onPress={() => run.mutate({ overdue_minutes: null }, { onSettled: onDone })}
        >
          {t("diagnostics.audit.run")}
        </Button>
      </div>
      <p className="max-w-prose text-ink-2 text-sm">{t("diagnostics.audit.lead")}</p>
      <dl className="grid gap-4 sm:grid-cols-4">
        {facts.map(({ name, value }) => (
          <div key={name}>
            <dt className="text-ink-3 text-xs">{name}</dt>
            <dd className="tabular mt-0.5 font-medium">{value}</dd>
          </div>
        ))}
      </dl>
      {run.isError ? <ErrorNote error={run.error} /> : null}
      {run.data ? (
        <p role="status" className="text-ink-2 text-sm">
          {t("diagnostics.audit.result", { lookedUp: run.data.looked_up, found: run.data.found })}
        </p>
      ) : null}
    </Card>
  );
}
