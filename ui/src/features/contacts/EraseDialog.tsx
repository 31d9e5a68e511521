import { useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote, Skeleton } from "../../components/feedback";
import { TextField } from "../../components/fields";
import { Dialog } from "../../components/overlays";
import { readablePhone } from "../../components/phoneNumber";
import { useT } from "../../i18n/t";
import { useCommand, useCommandMutation } from "../../ipc/queries";

/** Says in numbers what goes and what stays, and wants the name typed: there is no way back. */
export function EraseDialog({
  contactId,
  onClose,
  onErased,
}: {
  contactId: string;
  onClose: () => void;
  onErased: () => void;
}) {
  const t = useT();
  const preview = useCommand("contact_erase_preview", { id: contactId }, { tags: ["contacts", "inbox"] });
  const erase = useCommandMutation("contact_erase");
  const [typed, setTyped] = useState("");
  const [note, setNote] = useState("");
  const what = preview.data;
  const shown = what ? readablePhone(what.name) : "";
  const same = (text: string) =>
    text
      .replace(/[\s()-]+/g, " ")
      .trim()
      .toLocaleLowerCase();
  const ready = what !== undefined && same(typed) !== "" && [what.name, shown].some((n) => same(n) === same(typed));
  const submit = () => {
    if (!ready || !what || erase.isPending) return;
    erase.mutate({ id: contactId, typed: what.name, note: note.trim() }, { onSuccess: onErased });
  };
  return (
    <Dialog
      role="alertdialog"
      size="small"
      isOpen
      onClose={onClose}
      title={t("rights.erase.title", { name: shown || "…" })}
      footer={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button variant="danger" isDisabled={!ready} isPending={erase.isPending} onPress={submit}>
            {t("rights.erase.confirm")}
          </Button>
        </>
      }
    >
      {preview.error && <ErrorNote error={preview.error} />}
      {!what && !preview.error && <Skeleton rows={4} className="h-4" />}
      {what && (
        <div className="space-y-3 text-ink-2 text-sm">
          <p>{t("rights.erase.goes", { messages: what.messages, media: what.media, waiting: what.waiting })}</p>
          <p>{t("rights.erase.stays", { campaigns: what.campaigns, entries: what.entries })}</p>
          <p className="font-medium text-ink">{t("rights.erase.forbidden")}</p>
          <p>{t("rights.erase.files")}</p>
          <form
            className="space-y-3 pt-1"
            onSubmit={(event) => {
              event.preventDefault();
              submit();
            }}
          >
            <TextField
              label={t("rights.erase.note")}
              placeholder={t("rights.erase.notePlaceholder")}
              value={note}
              onChange={setNote}
            />
            <TextField label={t("rights.erase.typed", { name: shown })} value={typed} onChange={setTyped} autoFocus />
          </form>
        </div>
      )}
      {erase.error && <ErrorNote error={erase.error} className="mt-3" />}
    </Dialog>
  );
}
