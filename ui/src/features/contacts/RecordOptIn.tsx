import { useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/feedback";
import { TextArea, TextField } from "../../components/fields";
import { Dialog } from "../../components/overlays";
import { useT } from "../../i18n/t";
import { useCommandMutation } from "../../ipc/queries";

/** A documented, dated opt-in of one person: the one way, besides their own words, to lift an opt-out. */
export function RecordOptIn({ contactId, name, onClose }: { contactId: string; name: string; onClose: () => void }) {
  const t = useT();
  const [wording, setWording] = useState("");
  const [source, setSource] = useState("");
  const [at, setAt] = useState("");
  const record = useCommandMutation("contact_opt_in");
  const atMs = at === "" ? Number.NaN : new Date(at).getTime();
  const ready = wording.trim() !== "" && source.trim() !== "" && Number.isFinite(atMs);
  const submit = () => {
    if (!ready || record.isPending) return;
    record.mutate(
      { id: contactId, at_ms: atMs, wording: wording.trim(), source: source.trim(), purposes: [] },
      { onSuccess: onClose },
    );
  };
  return (
    <Dialog
      role="alertdialog"
      size="small"
      isOpen
      onClose={onClose}
      title={t("rights.optIn.title", { name })}
      footer={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button variant="primary" isDisabled={!ready} isPending={record.isPending} onPress={submit}>
            {t("rights.optIn.confirm")}
          </Button>
        </>
      }
    >
      <p className="mb-4 text-ink-2 text-sm">{t("rights.optIn.help")}</p>
      <div className="space-y-3">
        <TextArea label={t("rights.optIn.wording")} value={wording} onChange={setWording} isRequired autoFocus />
        <TextField
          label={t("rights.optIn.source")}
          placeholder={t("rights.optIn.sourcePlaceholder")}
          value={source}
          onChange={setSource}
          isRequired
        />
        <TextField label={t("rights.optIn.at")} type="datetime-local" value={at} onChange={setAt} isRequired />
      </div>
      {record.error && <ErrorNote error={record.error} className="mt-3" />}
    </Dialog>
  );
}
