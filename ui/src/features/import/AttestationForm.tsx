import { Checkbox, TextArea, TextField } from "../../components/fields";
import { useT } from "../../i18n/t";
import type { Attestation } from "../../ipc/ipc";

export type AttestationDraft = Attestation;

export const emptyAttestation: AttestationDraft = {
  wording: "",
  place: "",
  date_from: "",
  date_to: "",
  purposes: ["marketing"],
};

const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;

export function isComplete(draft: AttestationDraft): boolean {
  return (
    draft.wording.trim() !== "" &&
    draft.place.trim() !== "" &&
    ISO_DATE.test(draft.date_from) &&
    ISO_DATE.test(draft.date_to) &&
    draft.date_from <= draft.date_to &&
    draft.purposes.length > 0
  );
}

/** Typed once per import and kept as typed. */
export function AttestationForm({
  value,
  onChange,
  className,
}: {
  value: AttestationDraft;
  onChange: (next: AttestationDraft) => void;
  className?: string;
}) {
  const t = useT();
  const set = (field: "wording" | "place" | "date_from" | "date_to") => (text: string) =>
    onChange({ ...value, [field]: text });
  const purpose = (name: string) => (isSelected: boolean) =>
    onChange({
      ...value,
      purposes: isSelected ? [...value.purposes, name] : value.purposes.filter((one) => one !== name),
    });
  return (
    <div className={className}>
      <div className="grid gap-4 @lg/main:grid-cols-2">
        <TextArea
          className="@lg/main:col-span-2"
          rows={2}
          label={t("import.attest.wording")}
          description={t("import.attest.wording.help")}
          value={value.wording}
          onChange={set("wording")}
        />
        <TextField
          className="@lg/main:col-span-2"
          label={t("import.attest.place")}
          description={t("import.attest.place.help")}
          value={value.place}
          onChange={set("place")}
        />
        <TextField type="date" label={t("import.attest.from")} value={value.date_from} onChange={set("date_from")} />
        <TextField type="date" label={t("import.attest.to")} value={value.date_to} onChange={set("date_to")} />
      </div>
      <fieldset className="mt-4">
        <legend className="mb-2 font-medium text-sm">{t("import.attest.purposes")}</legend>
        <div className="flex flex-wrap gap-5">
          <Checkbox isSelected={value.purposes.includes("marketing")} onChange={purpose("marketing")}>
            {t("import.attest.marketing")}
          </Checkbox>
          <Checkbox isSelected={value.purposes.includes("utility")} onChange={purpose("utility")}>
            {t("import.attest.utility")}
          </Checkbox>
        </div>
      </fieldset>
    </div>
  );
}
