import { Download } from "lucide-react";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/feedback";
import { useT } from "../../i18n/t";
import { useIpc } from "../../ipc/context";
import { useCommandMutation } from "../../ipc/queries";
import type { CountName } from "./counts";

/** Saves the people behind a count, or everybody, as a table. */
export function ExportPeople({
  campaignId,
  name,
  state = null,
  reason = null,
}: {
  campaignId: string;
  name: string;
  state?: CountName | null;
  reason?: string | null;
}) {
  const t = useT();
  const ipc = useIpc();
  const save = useCommandMutation("campaign_recipients_save");
  const choose = async () => {
    const path = await ipc.chooseSavePath({
      title: t("export.title"),
      suggestedName: `${name.replace(/[^\p{L}\p{N} _-]/gu, "").trim() || "campaign"}.csv`,
      filters: [{ name: "CSV", extensions: ["csv"] }],
    });
    if (path) save.mutate({ id: campaignId, state: state === "audience" ? null : state, reason, path });
  };
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-3 print:hidden">
      <Button icon={Download} isPending={save.isPending} onPress={() => void choose()}>
        {t("export.button")}
      </Button>
      <p role="status" className="min-w-0 truncate text-ink-2 text-sm">
        {save.data ? t("export.done", { count: save.data.rows ?? 0, path: save.data.path }) : null}
      </p>
      {save.isError ? <ErrorNote error={save.error} className="w-full" /> : null}
    </div>
  );
}
