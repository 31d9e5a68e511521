// The import is being written: progress, and a way to stop. It survives leaving this screen.
import { useEffect, useRef } from "react";
import { Button } from "../../components/Button";
import { ErrorNote, ProgressBar } from "../../components/feedback";
import { Card } from "../../components/Page";
import { useT } from "../../i18n/t";
import type { ImportCommit } from "../../ipc/ipc";
import { useCommand, useCommandMutation } from "../../ipc/queries";
import { useJobProgress } from "../../ipc/useJobProgress";

export function Writing({
  commit: request,
  rows,
  onBack,
  onDone,
}: {
  commit: ImportCommit;
  /** Rows in the file; the core may not tell how many there are. */
  rows: number;
  onBack: () => void;
  onDone: (importId: string, alreadyImported: boolean) => void;
}) {
  const t = useT();
  const commit = useCommandMutation("consent_import_commit");
  const cancel = useCommandMutation("consent_import_cancel");
  const started = useRef(false);
  const { mutate } = commit;
  useEffect(() => {
    if (started.current) return;
    started.current = true;
    mutate(request);
  }, [mutate, request]);
  const progress = useJobProgress(commit.data?.import_id ?? null);
  const imports = useCommand("consent_import_list", {}, { tags: ["imports"] });
  // The answer may come at once with the import still running, or only at its end.
  const importId = commit.data?.import_id ?? null;
  const state = imports.data?.items.find((one) => one.import_id === importId)?.state ?? commit.data?.state;
  const finished = importId !== null && state !== undefined && state !== "committing";
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once, when it has finished
  useEffect(() => {
    if (finished && importId) onDone(importId, commit.data?.already_imported ?? false);
  }, [finished, importId]);

  const stopId = importId ?? progress?.job ?? null;
  if (commit.isError)
    return (
      <ErrorNote
        error={commit.error}
        onRetry={() => mutate(request)}
        action={
          <Button size="small" onPress={onBack}>
            {t("common.back")}
          </Button>
        }
      />
    );
  return (
    <Card className="p-6">
      <ProgressBar
        label={progress?.phase === "reading" ? t("import.phase.reading") : t("import.phase.writing")}
        done={progress?.done ?? 0}
        total={progress ? (progress.total ?? rows) : null}
      />
      {cancel.isError ? <ErrorNote error={cancel.error} className="mt-4" /> : null}
      <div className="mt-5 flex justify-end">
        <Button
          isDisabled={stopId === null}
          isPending={cancel.isPending}
          onPress={() => {
            if (stopId) cancel.mutate({ id: stopId });
          }}
        >
          {t("import.stop")}
        </Button>
      </div>
    </Card>
  );
}
