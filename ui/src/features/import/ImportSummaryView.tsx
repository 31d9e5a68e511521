import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleSlash, Download, Undo2 } from "lucide-react";
import { useState } from "react";
import { Button, buttonClass } from "../../components/Button";
import { ErrorNote, Note, Skeleton } from "../../components/feedback";
import { ConfirmDialog } from "../../components/overlays";
import { Card } from "../../components/Page";
import { Count, useTimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import { useIpc } from "../../ipc/context";
import { useCommand, useCommandMutation } from "../../ipc/queries";

const WORKBOOK = /\.(xlsx|xlsm|xlsb|xls|ods)$/i;

export function ImportSummaryView({ importId, alreadyImported }: { importId: string; alreadyImported: boolean }) {
  const t = useT();
  const time = useTimeText();
  const ipc = useIpc();
  const imports = useCommand("consent_import_list", {}, { tags: ["imports"] });
  const save = useCommandMutation("consent_import_rejected_save");
  const undo = useCommandMutation("consent_import_undo");
  const [asking, setAsking] = useState(false);
  const summary = imports.data?.items.find((one) => one.import_id === importId);
  if (imports.isError) return <ErrorNote error={imports.error} onRetry={() => void imports.refetch()} />;
  if (!summary) return <Skeleton rows={3} className="h-16" />;
  const saveRows = async () => {
    // What came as a workbook goes back as one.
    const kind = WORKBOOK.test(summary.file_name)
      ? ({ name: "Excel", extension: "xlsx" } as const)
      : ({ name: "CSV", extension: "csv" } as const);
    const path = await ipc.chooseSavePath({
      title: t("import.done.save"),
      suggestedName: summary.file_name.replace(/(\.\w+)?$/, `-left-out.${kind.extension}`),
      filters: [{ name: kind.name, extensions: [kind.extension] }],
    });
    if (path) save.mutate({ import_id: importId, path });
  };
  const whole = summary.state === "committed";
  const figures = [
    { label: t("import.done.people"), value: summary.contacts_added },
    { label: t("import.done.consents"), value: summary.consents_recorded },
    { label: t("import.done.optouts"), value: summary.opt_outs_recorded },
    { label: t("import.done.left"), value: summary.rows_left_out },
  ];
  return (
    <div className="space-y-6">
      <Card className="p-6">
        <div role="status" className="flex items-center gap-3">
          {whole ? (
            <CircleCheck aria-hidden size={24} className="text-good" />
          ) : (
            <CircleSlash aria-hidden size={24} className="text-attention" />
          )}
          <h2 className="font-semibold text-lg">
            {whole ? t(alreadyImported ? "import.done.already" : "import.done") : t(`import.state.${summary.state}`)}
          </h2>
        </div>
        {alreadyImported ? (
          <p className="mt-2 text-ink-2">{t("import.done.already.body", { date: time(summary.at_ms, "date") })}</p>
        ) : null}
        {summary.state === "cancelled" ? <p className="mt-2 text-ink-2">{t("import.stopped")}</p> : null}
        {summary.state === "undoing" ? <p className="mt-2 text-ink-2">{t("import.undo.running")}</p> : null}
        {summary.undone ? (
          <p className="mt-2 max-w-prose text-ink-2">
            {t("import.undo.done", {
              entries: summary.undone.entries,
              removed: summary.undone.people_removed,
              kept: summary.undone.people_kept,
            })}
          </p>
        ) : null}
        {summary.state === "interrupted" ? <p className="mt-2 text-ink-2">{t("import.interrupted")}</p> : null}
        <dl className="mt-5 grid grid-cols-2 gap-4 @4xl/main:grid-cols-4">
          {figures.map(({ label, value }) => (
            <div key={label} className="flex flex-col-reverse justify-end">
              <dt className="text-ink-2">{label}</dt>
              <dd className="font-semibold text-2xl">
                <Count value={value} />
              </dd>
            </div>
          ))}
        </dl>
        <div className="mt-6 flex flex-wrap gap-2">
          {summary.state !== "undone" && (summary.contacts_added > 0 || whole) ? (
            <>
              <Link to="/campaigns/new" search={{ import: importId }} className={buttonClass("primary")}>
                {t("import.done.campaign")}
              </Link>
              <Link to="/contacts" search={{ import: importId }} className={buttonClass()}>
                {t("import.done.contacts")}
              </Link>
            </>
          ) : null}
          {summary.rows_left_out > 0 ? (
            <Button icon={Download} isPending={save.isPending} onPress={() => void saveRows()}>
              {t("import.done.save")}
            </Button>
          ) : null}
          {summary.can_undo ? (
            <Button icon={Undo2} variant="quiet" isPending={undo.isPending} onPress={() => setAsking(true)}>
              {t("import.undo")}
            </Button>
          ) : null}
        </div>
      </Card>
      <ConfirmDialog
        isOpen={asking}
        danger
        title={t("import.undo.title", { file: summary.file_name })}
        confirmLabel={t("import.undo")}
        onConfirm={() => {
          setAsking(false);
          undo.mutate({ id: importId });
        }}
        onClose={() => setAsking(false)}
      >
        <p>
          {t("import.undo.text", {
            people: summary.contacts_added,
            consents: summary.consents_recorded,
            optOuts: summary.opt_outs_recorded,
          })}
        </p>
        <p className="mt-3">{t("import.undo.stays")}</p>
      </ConfirmDialog>
      {undo.isError ? <ErrorNote error={undo.error} /> : null}
      {save.isError ? <ErrorNote error={save.error} /> : null}
      {save.data ? (
        <Note tone="good">
          {t("import.done.saved", { rows: save.data.rows ?? summary.rows_left_out, path: save.data.path })}
        </Note>
      ) : null}
      <Link to="/import" className={buttonClass("quiet")}>
        {t("import.again")}
      </Link>
    </div>
  );
}
