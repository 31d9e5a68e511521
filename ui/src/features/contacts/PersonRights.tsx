import { BadgeCheck, EllipsisVertical, Eraser, FileArchive, FileJson, Handshake, Sheet } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../../components/Button";
import { ErrorNote } from "../../components/feedback";
import { Menu } from "../../components/overlays";
import { useT } from "../../i18n/t";
import { useIpc } from "../../ipc/context";
import type { ContactDetail } from "../../ipc/ipc";
import { useCommandMutation } from "../../ipc/queries";
import { EraseDialog } from "./EraseDialog";
import { RecordOptIn } from "./RecordOptIn";

const FORMATS = [
  { id: "csv", icon: Sheet, label: "rights.prove.csv", kind: "CSV" },
  { id: "json", icon: FileJson, label: "rights.prove.json", kind: "JSON" },
] as const;

/** What a person may ask for: the proof of their consent, everything that is on record, and to be erased. */
export function usePersonRights(detail: ContactDetail, onErased: () => void) {
  const t = useT();
  const ipc = useIpc();
  const { id, name } = detail.row;
  const prove = useCommandMutation("consent_prove");
  const everything = useCommandMutation("contact_export");
  const [asking, setAsking] = useState<"erase" | "opt_in" | null>(null);
  const plainName = name.replace(/[^\p{L}\p{N} _-]/gu, "").trim() || "person";
  const close = () => setAsking(null);

  const saveProof = async (format: (typeof FORMATS)[number]) => {
    const path = await ipc.chooseSavePath({
      title: t("rights.prove.title"),
      suggestedName: `${t("rights.prove.name", { name: plainName })}.${format.id}`,
      filters: [{ name: format.kind, extensions: [format.id] }],
    });
    if (path) prove.mutate({ id, format: format.id, path });
  };
  const saveEverything = async () => {
    const path = await ipc.chooseSavePath({
      title: t("rights.export.title"),
      suggestedName: `${t("rights.export.name", { name: plainName })}.zip`,
      filters: [{ name: "ZIP", extensions: ["zip"] }],
    });
    if (path) everything.mutate({ id, path });
  };

  const saved = everything.data ?? prove.data;
  const error = everything.error ?? prove.error;
  return {
    prove: (
      <Menu
        label={t("rights.prove")}
        trigger={
          <Button icon={BadgeCheck} isPending={prove.isPending}>
            {t("rights.prove")}
          </Button>
        }
        items={FORMATS.map((format) => ({
          id: format.id,
          label: t(format.label),
          icon: format.icon,
          onAction: () => void saveProof(format),
        }))}
      />
    ),
    more: (
      <Menu
        label={t("rights.more")}
        trigger={<IconButton label={t("rights.more")} icon={EllipsisVertical} />}
        items={[
          { id: "opt_in", label: t("rights.optIn"), icon: Handshake, onAction: () => setAsking("opt_in") },
          { id: "export", label: t("rights.export"), icon: FileArchive, onAction: () => void saveEverything() },
          { id: "erase", label: t("rights.erase"), icon: Eraser, danger: true, onAction: () => setAsking("erase") },
        ]}
      />
    ),
    below: (
      <>
        <p role="status" className={saved ? "break-words text-ink-2 text-sm" : "sr-only"}>
          {saved ? t("rights.saved", { path: saved.path }) : null}
        </p>
        {error ? <ErrorNote error={error} /> : null}
        {asking === "erase" && <EraseDialog contactId={id} onClose={close} onErased={onErased} />}
        {asking === "opt_in" && <RecordOptIn contactId={id} name={name} onClose={close} />}
      </>
    ),
  };
}
