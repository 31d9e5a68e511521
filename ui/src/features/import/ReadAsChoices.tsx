// How the file itself is read: another sheet of a workbook, another encoding of a text. Shown where there is a choice.
import { Select } from "../../components/fields";
import { useT } from "../../i18n/t";
import type { ImportInspection } from "../../ipc/ipc";

const ENCODINGS = [
  "UTF-8",
  "windows-1252",
  "macintosh",
  "windows-1250",
  "windows-1251",
  "Shift_JIS",
  "GBK",
  "Big5",
  "EUC-KR",
];

export type ReadAs = { sheet: string | null; encoding: string | null };

export function ReadAsChoices({
  inspection,
  onReadAs,
}: {
  inspection: ImportInspection;
  onReadAs: (next: ReadAs) => void;
}) {
  const t = useT();
  const taken = inspection.sheets.find((sheet) => sheet.taken)?.name ?? null;
  const several = inspection.sheets.length > 1;
  const doubtful = inspection.kind === "text" && !inspection.encoding_is_sure;
  if (!several && !doubtful) return null;
  const encodings = ENCODINGS.includes(inspection.encoding) ? ENCODINGS : [inspection.encoding, ...ENCODINGS];
  return (
    <div className="grid gap-4 @lg/main:grid-cols-2">
      {several ? (
        <Select
          label={t("import.sheet")}
          value={taken}
          onChange={(sheet) => onReadAs({ sheet, encoding: null })}
          options={inspection.sheets.map(({ name, hidden }) => ({
            value: name,
            label: hidden ? t("import.sheet.hidden", { name }) : name,
          }))}
        />
      ) : null}
      {doubtful ? (
        <Select
          label={t("import.encoding")}
          description={
            inspection.encoding_samples.length > 0
              ? t("import.encoding.samples", { samples: inspection.encoding_samples.join(" · ") })
              : t("import.encoding.help")
          }
          value={inspection.encoding}
          onChange={(encoding) => onReadAs({ sheet: null, encoding })}
          options={encodings.map((value) => ({ value, label: value }))}
        />
      ) : null}
    </div>
  );
}
