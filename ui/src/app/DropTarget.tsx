import { useNavigate } from "@tanstack/react-router";
import { FileDown } from "lucide-react";
import { useEffect, useState } from "react";
import { useT } from "../i18n/t";
import { useIpc } from "../ipc/context";

/** A file can be dropped anywhere on the window. */
export function DropTarget() {
  const t = useT();
  const ipc = useIpc();
  const navigate = useNavigate();
  const [over, setOver] = useState(false);
  useEffect(
    () =>
      ipc.on("file-drag", (drag) => {
        setOver(drag.state === "over");
        if (drag.state !== "drop") return;
        // A list of people is to be imported; JSON is a webhook that somebody wants explained.
        if (/\.(json|jsonl|ndjson)$/i.test(drag.path)) {
          void navigate({
            to: "/settings/$section",
            params: { section: "diagnostics" },
            search: { payload: drag.path },
          });
        } else void navigate({ to: "/import", search: { file: drag.path } });
      }),
    [ipc, navigate],
  );
  if (!over) return null;
  return (
    <div className="pointer-events-none fixed inset-0 z-50 flex items-center justify-center bg-scrim p-6">
      <div className="flex flex-col items-center gap-3 rounded-2xl border-2 border-accent border-dashed bg-raised px-14 py-12 text-center shadow-float">
        <FileDown aria-hidden size={36} className="text-accent" />
        <p className="font-semibold text-lg">{t("shell.drop")}</p>
        <p className="text-ink-2">{t("shell.drop.hint")}</p>
      </div>
    </div>
  );
}
