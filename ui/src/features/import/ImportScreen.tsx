// Importing: choose a file, see what it is, what each row proves, decide about rows that prove nothing, write.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "../../components/Button";
import { Page } from "../../components/Page";
import { Stepper } from "../../components/Stepper";
import { useT } from "../../i18n/t";
import type { ImportCommit, ImportInspection, ImportPreviewRequest, ImportSummary } from "../../ipc/ipc";
import { useCommand } from "../../ipc/queries";
import { ChooseFile } from "./ChooseFile";
import { Columns } from "./Columns";
import { ImportedBefore } from "./ImportedBefore";
import { ImportSummaryView } from "./ImportSummaryView";
import { Inspecting } from "./Inspecting";
import { Meaning } from "./Meaning";
import { Preview } from "./Preview";
import { Writing } from "./Writing";

export function ImportScreen() {
  const { file, done } = useSearch({ from: "/import" });
  // Another file is another import: nothing of the last one may linger.
  if (file) return <ImportFile key={file} path={file} />;
  return done ? <PastImport key={done} importId={done} /> : <ChooseFile />;
}

/** What an earlier import did, and taking it back. */
function PastImport({ importId }: { importId: string }) {
  const t = useT();
  const imports = useCommand("consent_import_list", {}, { tags: ["imports"] });
  const name = imports.data?.items.find((one) => one.import_id === importId)?.file_name;
  return (
    <Page width="wide" title={name ?? t("import.title")}>
      <ImportSummaryView importId={importId} alreadyImported={false} />
    </Page>
  );
}

type Stage =
  | { at: "inspect"; sheet: string | null; encoding: string | null }
  | { at: "before"; inspection: ImportInspection; before: ImportSummary }
  | { at: "meaning"; inspection: ImportInspection }
  | { at: "columns"; inspection: ImportInspection }
  | { at: "preview"; inspection: ImportInspection; request: ImportPreviewRequest }
  | { at: "write"; inspection: ImportInspection; commit: ImportCommit }
  | { at: "done"; inspection: ImportInspection; importId: string; alreadyImported: boolean };

/** How the file itself is read, as the operator chose or as it looks. */
type ReadAs = { sheet: string | null; encoding: string | null };

/** As the file was understood, for lists that need no help. */
function asRead(inspection: ImportInspection, readAs: ReadAs): ImportPreviewRequest {
  return {
    ...readAs,
    meaning: inspection.asks_meaning ? inspection.suggested_meaning : null,
    date_order: null,
    path: inspection.path,
    mapping: inspection.columns.map(({ index, role }) => ({ index, role })),
    region: inspection.suggested_region,
    has_header: inspection.has_header,
  };
}

function ImportFile({ path }: { path: string }) {
  const t = useT();
  const navigate = useNavigate();
  const [readAs, setReadAs] = useState<ReadAs>({ sheet: null, encoding: null });
  const [stage, setStage] = useState<Stage>({ at: "inspect", sheet: null, encoding: null });
  const [request, setRequest] = useState<ImportPreviewRequest | null>(null);
  const inspection = stage.at === "inspect" ? null : stage.inspection;
  const busy = stage.at === "write" || stage.at === "done";
  /** A form that was recognised goes straight on; the columns can still be changed. */
  const goOn = (seen: ImportInspection) => {
    if (seen.asks_meaning) setStage({ at: "meaning", inspection: seen });
    else if (seen.recognised_as && seen.columns.some(({ role }) => role === "phone" || role === "bsuid")) {
      const plain = asRead(seen, readAs);
      setRequest(plain);
      setStage({ at: "preview", inspection: seen, request: plain });
    } else setStage({ at: "columns", inspection: seen });
  };
  const readAgain = (next: ReadAs) => {
    setReadAs(next);
    setRequest(null);
    setStage({ at: "inspect", ...next });
  };
  return (
    <Page
      width="wide"
      scrollKey={stage.at}
      title={inspection?.file_name ?? t("import.title")}
      subtitle={
        <Stepper
          label={t("import.steps")}
          current={
            stage.at === "inspect" || stage.at === "before" || stage.at === "meaning"
              ? "columns"
              : stage.at === "done"
                ? "write"
                : stage.at
          }
          onSelect={(id) => {
            if (!inspection) return;
            if (id === "columns") setStage({ at: "columns", inspection });
            else if (id === "preview" && request) setStage({ at: "preview", inspection, request });
          }}
          steps={[
            {
              id: "columns",
              label: t("import.step.columns"),
              reachable: inspection !== null && !busy,
              done: request !== null,
            },
            { id: "preview", label: t("import.step.preview"), reachable: request !== null && !busy, done: busy },
            { id: "write", label: t("import.step.write"), reachable: false, done: stage.at === "done" },
          ]}
        />
      }
      actions={
        stage.at === "write" ? null : (
          <Button onPress={() => void navigate({ to: "/import" })}>{t("import.other")}</Button>
        )
      }
    >
      {stage.at === "inspect" ? (
        <Inspecting
          key={`${stage.sheet} ${stage.encoding}`}
          path={path}
          sheet={stage.sheet}
          encoding={stage.encoding}
          onInspected={(seen) => {
            // Nothing would change: say so before anything is offered.
            if (seen.imported_before) setStage({ at: "before", inspection: seen, before: seen.imported_before });
            else goOn(seen);
          }}
        />
      ) : null}
      {stage.at === "before" ? (
        <ImportedBefore before={stage.before} onReadAgain={() => goOn(stage.inspection)} />
      ) : null}
      {stage.at === "meaning" ? (
        <Meaning
          inspection={stage.inspection}
          onAnswer={(meaning) => {
            const plain = { ...asRead(stage.inspection, readAs), meaning };
            setRequest(plain);
            setStage({ at: "preview", inspection: stage.inspection, request: plain });
          }}
        />
      ) : null}
      {stage.at === "columns" ? (
        <Columns
          inspection={stage.inspection}
          initial={request ?? asRead(stage.inspection, readAs)}
          onReadAs={readAgain}
          onJudge={(asked) => {
            setRequest(asked);
            setStage({ at: "preview", inspection: stage.inspection, request: asked });
          }}
        />
      ) : null}
      {stage.at === "preview" ? (
        <Preview
          inspection={stage.inspection}
          request={stage.request}
          onChangeColumns={() => setStage({ at: "columns", inspection: stage.inspection })}
          onRequest={(asked) => {
            setRequest(asked);
            setStage({ at: "preview", inspection: stage.inspection, request: asked });
          }}
          onReadAs={readAgain}
          onCommit={(commit) => setStage({ at: "write", inspection: stage.inspection, commit })}
        />
      ) : null}
      {stage.at === "write" ? (
        <Writing
          commit={stage.commit}
          rows={stage.inspection.rows}
          onBack={() => {
            if (request) setStage({ at: "preview", inspection: stage.inspection, request });
          }}
          onDone={(importId, alreadyImported) =>
            setStage({ at: "done", inspection: stage.inspection, importId, alreadyImported })
          }
        />
      ) : null}
      {stage.at === "done" ? (
        <ImportSummaryView importId={stage.importId} alreadyImported={stage.alreadyImported} />
      ) : null}
    </Page>
  );
}
