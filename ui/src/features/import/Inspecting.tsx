import { useEffect } from "react";
import { ErrorNote, ProgressBar } from "../../components/feedback";
import { useT } from "../../i18n/t";
import type { ImportInspection } from "../../ipc/ipc";
import { useCommand } from "../../ipc/queries";
import { useJobProgress } from "../../ipc/useJobProgress";

/** Looks at the file; a file that cannot be read says why and what to do. */
export function Inspecting({
  path,
  sheet,
  encoding,
  onInspected,
}: {
  path: string;
  /** As the operator chose; none = as it looks. */
  sheet: string | null;
  encoding: string | null;
  onInspected: (seen: ImportInspection) => void;
}) {
  const t = useT();
  const inspection = useCommand("consent_import_inspect", { path, sheet, encoding }, { tags: [], fresh: true });
  const progress = useJobProgress(null);
  const seen = inspection.data;
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once per answer, not per drawing of the parent
  useEffect(() => {
    if (seen) onInspected(seen);
  }, [seen]);
  if (inspection.isError) return <ErrorNote error={inspection.error} onRetry={() => void inspection.refetch()} />;
  const file = path.split(/[\\/]/).pop() ?? path;
  return (
    <ProgressBar label={t("import.reading", { file })} done={progress?.done ?? 0} total={progress?.total ?? null} />
  );
}
