// Where each variable gets its value, with three real recipients beside it.
import { FolderOpen } from "lucide-react";
import { Button } from "../../../components/Button";
import { Select, TextField } from "../../../components/fields";
import { Card } from "../../../components/Page";
import { useT } from "../../../i18n/t";
import { useIpc } from "../../../ipc/context";
import type { CampaignReview, TemplateRow, ValueSource, VariableValue } from "../../../ipc/ipc";
import { ColumnField } from "../ColumnField";
import { Previews } from "../Previews";
import { useAttributeNames } from "../useAttributeNames";
import type { DraftHandle } from "../useDraft";
import { readVariable, suggestValues } from "../values";

const SOURCES: ValueSource[] = ["first_name", "full_name", "attribute", "fixed"];

export function ValuesStep({
  handle: { draft, change },
  template,
  review,
}: {
  handle: DraftHandle;
  template: TemplateRow;
  review: CampaignReview | undefined;
}) {
  const t = useT();
  const columns = useAttributeNames(draft.audience);
  const values = suggestValues(template, draft.values);
  const set = (next: VariableValue) =>
    change({ values: values.map((value) => (value.key === next.key ? next : value)) });
  return (
    <div className="space-y-6">
      {values.length === 0 ? <p className="text-ink-2">{t("wizard.values.none")}</p> : null}
      {values.map((value, index) => (
        <Variable
          key={value.key}
          value={value}
          sample={template.samples[index] ?? ""}
          columns={columns}
          onChange={set}
        />
      ))}
      <Previews template={template} review={review} />
    </div>
  );
}

function useVariableLabel(): (key: string) => string {
  const t = useT();
  return (key) => {
    const { part, button, name } = readVariable(key);
    const where = part === "button" ? t("wizard.values.button", { number: button }) : t(`wizard.values.${part}`);
    return t("wizard.values.variable", { part: where, name });
  };
}

function Variable({
  value,
  sample,
  columns,
  onChange,
}: {
  value: VariableValue;
  sample: string;
  columns: readonly string[];
  onChange: (value: VariableValue) => void;
}) {
  const t = useT();
  const label = useVariableLabel()(value.key);
  if (value.key === "header.media") return <MediaVariable value={value} onChange={onChange} />;
  return (
    <Card label={label} className="p-5">
      <h2 className="font-semibold">{label}</h2>
      {sample ? <p className="text-ink-3 text-xs">{t("wizard.values.sample", { sample })}</p> : null}
      <div className="mt-3 grid items-start gap-4 @lg/main:grid-cols-3">
        <Select
          label={t("wizard.values.source")}
          value={value.source}
          onChange={(source) => onChange({ ...value, source, value: "" })}
          options={SOURCES.map((source) => ({ value: source, label: t(`wizard.source.${source}`) }))}
        />
        {value.source === "fixed" ? (
          <TextField
            className="@lg/main:col-span-2"
            label={t("wizard.values.text")}
            value={value.value}
            onChange={(text) => onChange({ ...value, value: text })}
          />
        ) : null}
        {value.source === "attribute" ? (
          <ColumnField
            label={t("wizard.values.column")}
            names={columns}
            value={value.value}
            onChange={(name) => onChange({ ...value, value: name })}
          />
        ) : null}
        {value.source === "fixed" ? null : (
          <TextField
            label={t("wizard.values.fallback")}
            description={t("wizard.values.fallback.help")}
            value={value.fallback ?? ""}
            onChange={(fallback) => onChange({ ...value, fallback: fallback === "" ? null : fallback })}
          />
        )}
      </div>
    </Card>
  );
}

function MediaVariable({ value, onChange }: { value: VariableValue; onChange: (value: VariableValue) => void }) {
  const t = useT();
  const ipc = useIpc();
  const choose = async () => {
    const path = await ipc.chooseFile({
      title: t("wizard.values.media"),
      filters: [{ name: t("wizard.values.media"), extensions: ["jpg", "jpeg", "png", "mp4", "3gp", "pdf"] }],
    });
    if (path) onChange({ ...value, source: "fixed", value: path });
  };
  return (
    <Card label={t("wizard.values.media")} className="flex flex-wrap items-center justify-between gap-4 p-5">
      <div className="min-w-0">
        <h2 className="font-semibold">{t("wizard.values.media")}</h2>
        <p className="truncate text-ink-2">{value.value.split(/[\\/]/).pop() || "–"}</p>
      </div>
      <Button icon={FolderOpen} onPress={() => void choose()}>
        {t("wizard.values.media.choose")}
      </Button>
    </Card>
  );
}
