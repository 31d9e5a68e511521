// Importing: choose a file, see what it is, what each row proves, decide about rows that prove nothing, write.
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "../../components/Button";
import { Page } from "../../components/Page";
import { Stepper } from "../../components/Stepper";
import { useT } from "../../i18n/t";
import type { ImportCommit, ImportInspection, ImportPreviewRequest } from "../../ipc/ipc";
import { ChooseFile } from "./ChooseFile";
import { Columns } from "./Columns";
import { ImportSummaryView } from "./ImportSummaryView";
import { Inspecting } from "./Inspecting";
import { Preview } from "./Preview";
import { Writing } from "./Writing";

export function ImportScreen() {
  const { file } = useSearch({ from: "/import" });
  // Another file is another import: nothing of the last one may linger.
  return file ? <ImportFile key={file} path={file} /> : <ChooseFile />;
}

type Stage =
  | { at: "inspect" }
  | { at: "columns"; inspection: ImportInspection }
  | { at: "preview"; inspection: ImportInspection; request: ImportPreviewRequest }
  | { at: "write"; inspection: ImportInspection; commit: ImportCommit }
  | { at: "done"; inspection: ImportInspection; importId: string; alreadyImported: boolean };

/** As the file was understood, for lists that need no help. */
function asRead(inspection: ImportInspection): ImportPreviewRequest {
  return {
    path: inspection.path,
    mapping: inspection.columns.map(({ index, role }) => ({ index, role })),
    region: inspection.suggested_region,
    has_header: inspection.has_header,
  };
}

function ImportFile({ path }: { path: string }) {
  const t = useT();
  const navigate = useNavigate();
  const [stage, setStage] = useState<Stage>({ at: "inspect" });
  const [request, setRequest] = useState<ImportPreviewRequest | null>(null);
  const inspection = stage.at === "inspect" ? null : stage.inspection;
  const busy = stage.at === "write" || stage.at === "done";
  return (
    <Page
      width="wide"
      scrollKey={stage.at}
      title={inspection?.file_name ?? t("import.title")}
      subtitle={
        <Stepper
          label={t("import.steps")}
          current={stage.at === "inspect" ? "columns" : stage.at === "done" ? "write" : stage.at}
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
          path={path}
          onInspected={(seen) => {
            // A form that was recognised goes straight on; the columns can still be changed.
            if (seen.recognised_as) {
              const plain = asRead(seen);
              setRequest(plain);
              setStage({ at: "preview", inspection: seen, request: plain });
            } else setStage({ at: "columns", inspection: seen });
          }}
        />
      ) : null}
      {stage.at === "columns" ? (
        <Columns
          inspection={stage.inspection}
          initial={request ?? asRead(stage.inspection)}
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
