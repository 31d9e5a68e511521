import { Link, useNavigate } from "@tanstack/react-router";
import { FileDown, FolderOpen, Sprout } from "lucide-react";
import { Button } from "../../components/Button";
import { Chip, ErrorNote, type Tone } from "../../components/feedback";
import { Card, Page } from "../../components/Page";
import { TimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import { useIpc } from "../../ipc/context";
import type { ImportState, ImportSummary } from "../../ipc/ipc";
import { useCommand, useCommandMutation } from "../../ipc/queries";

export function ChooseFile() {
  const t = useT();
  const ipc = useIpc();
  const navigate = useNavigate();
  const status = useCommand("app_status", {}, { tags: ["account"] });
  const imports = useCommand("consent_import_list", {}, { tags: ["imports"] });
  const sample = useCommandMutation("sample_list_path");
  const open = (file: string) => void navigate({ to: "/import", search: { file } });
  const choose = async () => {
    const path = await ipc.chooseFile({
      title: t("import.dialog"),
      filters: [
        {
          name: t("import.filter"),
          extensions: ["csv", "tsv", "txt", "xlsx", "xls", "xlsb", "ods", "zip", "vcf", "json", "ndjson", "jsonl"],
        },
      ],
    });
    if (path) open(path);
  };
  return (
    <Page title={t("import.title")} subtitle={<p className="max-w-prose">{t("import.lead")}</p>}>
      <div className="flex flex-col items-center rounded-2xl border-2 border-control/50 border-dashed bg-surface px-6 py-14 text-center">
        <span className="mb-4 flex size-14 items-center justify-center rounded-full bg-accent-soft text-accent">
          <FileDown aria-hidden size={26} />
        </span>
        <p className="font-semibold text-base">{t("import.drop")}</p>
        <p className="mt-1 text-ink-2">{t("import.drop.hint")}</p>
        <div className="mt-6 flex flex-wrap justify-center gap-3">
          <Button variant="primary" size="large" icon={FolderOpen} onPress={() => void choose()}>
            {t("import.choose")}
          </Button>
          {status.data?.profile?.kind === "practice" ? (
            <Button
              size="large"
              icon={Sprout}
              isPending={sample.isPending}
              onPress={() => sample.mutate({}, { onSuccess: ({ path }) => open(path) })}
            >
              {t("import.sample")}
            </Button>
          ) : null}
        </div>
        {sample.isError ? <ErrorNote error={sample.error} className="mt-5 text-start" /> : null}
      </div>
      {imports.data && imports.data.items.length > 0 ? (
        <section aria-label={t("import.past")} className="mt-10">
          <h2 className="mb-2.5 font-semibold">{t("import.past")}</h2>
          <Card>
            <ul className="divide-y divide-line">
              {imports.data.items.map((summary) => (
                <PastImport key={summary.import_id} summary={summary} />
              ))}
            </ul>
          </Card>
        </section>
      ) : null}
    </Page>
  );
}

const TONES: Record<ImportState, Tone> = {
  committing: "accent",
  committed: "good",
  cancelled: "neutral",
  interrupted: "attention",
  undoing: "attention",
  undone: "neutral",
};

function PastImport({ summary }: { summary: ImportSummary }) {
  const t = useT();
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3">
      <div className="min-w-48 flex-1">
        <Link
          to="/import"
          search={{ done: summary.import_id }}
          className="block truncate font-medium underline-offset-4 hover:underline"
        >
          {summary.file_name}
        </Link>
        <p className="text-ink-3 text-xs">
          {t("import.past.people", { count: summary.contacts_added })} ·{" "}
          {t("import.past.left", { count: summary.rows_left_out })}
        </p>
      </div>
      <Chip tone={TONES[summary.state]}>{t(`import.state.${summary.state}`)}</Chip>
      <TimeText atMs={summary.at_ms} style="date" className="text-ink-3 text-xs" />
    </li>
  );
}
