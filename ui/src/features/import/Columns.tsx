// Saying by hand what each column means, with its first values beside it.
import { useId, useState } from "react";
import { Button } from "../../components/Button";
import { Note } from "../../components/feedback";
import { Checkbox, Select, TextField } from "../../components/fields";
import { Card } from "../../components/Page";
import { useBytesText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { ColumnRole, ImportColumn, ImportInspection, ImportPreviewRequest } from "../../ipc/ipc";
import { type ReadAs, ReadAsChoices } from "./ReadAsChoices";

const ROLES: ColumnRole[] = [
  "phone",
  "other_phone",
  "country",
  "first_name",
  "last_name",
  "full_name",
  "consent_state",
  "consent_question",
  "opted_out",
  "consent_at",
  "consent_source",
  "consent_wording",
  "consent_purpose",
  "consent_confirmed",
  "consent_language",
  "consent_business",
  "consent_ip",
  "other_consent",
  "attribute",
  "bsuid",
  "username",
  "ignore",
];
/** These may stand on several columns; each of the others on one only. */
const REPEATABLE: ColumnRole[] = ["opted_out", "other_phone", "other_consent", "attribute", "ignore"];

export function FileLine({ inspection, says }: { inspection: ImportInspection; says?: string }) {
  const t = useT();
  const size = useBytesText()(inspection.size_bytes);
  const kind = inspection.kind === "text" ? inspection.encoding : t(`import.kind.${inspection.kind}`);
  return (
    <div className="min-w-0 flex-1 space-y-3">
      <p className="font-medium text-base">{says ?? inspection.recognised_as ?? t("import.unrecognised")}</p>
      <p className="-mt-2 text-ink-3 text-xs">{t("import.file", { rows: inspection.rows, size, encoding: kind })}</p>
      {inspection.understood ? (
        <p className="text-ink-2 text-sm">
          <bdi>{inspection.understood}</bdi>
        </p>
      ) : null}
      {inspection.notes.length > 0 ? (
        <ul className="list-disc space-y-0.5 ps-5 text-ink-2 text-sm">
          {inspection.notes.map((note) => (
            <li key={note}>
              <bdi>{note}</bdi>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

const samplesOf = ({ samples }: ImportColumn) => samples.filter(Boolean).join(" · ") || "–";

export function Columns({
  inspection,
  initial,
  onJudge,
  onReadAs,
}: {
  inspection: ImportInspection;
  initial: ImportPreviewRequest;
  onJudge: (request: ImportPreviewRequest) => void;
  onReadAs: (next: ReadAs) => void;
}) {
  const t = useT();
  const [mapping, setMapping] = useState(initial.mapping);
  const [hasHeader, setHasHeader] = useState(initial.has_header);
  const [region, setRegion] = useState(initial.region ?? "");
  const tableId = useId();
  const roleOf = (index: number) => mapping.find((one) => one.index === index)?.role ?? "ignore";
  const setRole = (index: number, role: ColumnRole) =>
    setMapping(
      mapping.map((one) => {
        if (one.index === index) return { ...one, role };
        // A role that only one column can have moves over. What is left is kept, not left out: nobody decided that.
        return one.role === role && !REPEATABLE.includes(role) ? { ...one, role: "attribute" } : one;
      }),
    );
  const identified = mapping.some(({ role }) => role === "phone" || role === "bsuid");
  const regionOk = region === "" || /^[A-Za-z]{2}$/.test(region);
  return (
    <>
      <div className="mb-5 space-y-4">
        <FileLine inspection={inspection} />
        <ReadAsChoices inspection={inspection} onReadAs={onReadAs} />
      </div>
      <Card className="overflow-x-auto">
        <table className="w-full table-fixed text-sm" aria-labelledby={tableId}>
          <caption id={tableId} className="sr-only">
            {t("import.columns")}
          </caption>
          <thead className="text-ink-3 text-xs">
            <tr>
              <th scope="col" className="px-4 py-2.5 text-start font-medium">
                {t("import.column")}
              </th>
              <th scope="col" className="hidden px-4 py-2.5 text-start font-medium @3xl/main:table-cell">
                {t("import.samples")}
              </th>
              <th scope="col" className="w-1/2 px-4 py-2.5 text-start font-medium @3xl/main:w-64">
                {t("import.role")}
              </th>
            </tr>
          </thead>
          <tbody>
            {inspection.columns.map((column) => (
              <tr key={column.index} className="border-line border-t">
                <th scope="row" className="px-4 py-2 text-start font-medium">
                  <span className="block truncate" title={column.header}>
                    {column.header}
                  </span>
                  {/* Beside an open phone there is no room for a column of their own. */}
                  <span className="block truncate font-normal text-ink-3 text-xs @3xl/main:hidden">
                    {samplesOf(column)}
                  </span>
                </th>
                <td className="hidden truncate px-4 py-2 text-ink-2 @3xl/main:table-cell">{samplesOf(column)}</td>
                <td className="px-4 py-2">
                  <Select
                    hideLabel
                    label={t("import.role.for", { column: column.header })}
                    value={roleOf(column.index)}
                    onChange={(role) => setRole(column.index, role)}
                    options={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Card>
      <div className="mt-5 grid items-start gap-5 @lg/main:grid-cols-2">
        <TextField
          label={t("import.region")}
          description={t("import.region.help")}
          value={region}
          onChange={setRegion}
          maxLength={2}
          isInvalid={!regionOk}
        />
        <Checkbox isSelected={hasHeader} onChange={setHasHeader} className="@lg/main:mt-8">
          {t("import.header")}
        </Checkbox>
      </div>
      {identified ? null : (
        <Note tone="attention" className="mt-5">
          {t("import.needPhone")}
        </Note>
      )}
      <div className="mt-6 flex justify-end">
        <Button
          variant="primary"
          isDisabled={!identified || !regionOk}
          onPress={() =>
            onJudge({
              ...initial,
              path: inspection.path,
              mapping,
              region: region === "" ? null : region.toUpperCase(),
              has_header: hasHeader,
            })
          }
        >
          {t("import.judge")}
        </Button>
      </div>
    </>
  );
}
