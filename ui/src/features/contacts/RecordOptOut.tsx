import { useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/feedback";
import { TextField } from "../../components/fields";
import { Dialog } from "../../components/overlays";
import { useT } from "../../i18n/t";
import { useCommandMutation } from "../../ipc/queries";

/** The operator heard it elsewhere: at the counter, by phone, by letter. */
export function RecordOptOut({
  contactId,
  name,
  isOpen,
  onClose,
}: {
  contactId: string;
  name: string;
  isOpen: boolean;
  onClose: () => void;
}) {
  return isOpen ? <OpenDialog contactId={contactId} name={name} onClose={onClose} /> : null;
}

function OpenDialog({ contactId, name, onClose }: { contactId: string; name: string; onClose: () => void }) {
  const t = useT();
  const [note, setNote] = useState("");
  const optOut = useCommandMutation("contact_opt_out");
  const ready = note.trim() !== "";
  const submit = () => {
    if (ready && !optOut.isPending) optOut.mutate({ id: contactId, note: note.trim() }, { onSuccess: onClose });
  };
  return (
    <Dialog
      role="alertdialog"
      size="small"
      isOpen
      onClose={onClose}
      title={t("contacts.optOut.title", { name })}
      footer={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button variant="danger" isDisabled={!ready} isPending={optOut.isPending} onPress={submit}>
            {t("contacts.optOut.confirm")}
          </Button>
        </>
      }
    >
      <p className="text-ink-2">{t("contacts.optOut.consequence")}</p>
      <p className="mt-2 text-ink-2">{t("contacts.optOut.lifted")}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <TextField
          autoFocus
          isRequired
          label={t("contacts.optOut.note")}
          description={t("contacts.optOut.noteHelp")}
          placeholder={t("contacts.optOut.notePlaceholder")}
          value={note}
          onChange={setNote}
          className="mt-4"
        />
      </form>
      {optOut.error && <ErrorNote error={optOut.error} className="mt-3" />}
    </Dialog>
  );
}
