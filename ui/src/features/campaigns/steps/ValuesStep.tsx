// Where each variable gets its value and how it is written, with real recipients beneath it.
import { FolderOpen } from "lucide-react";
import { Button } from "../../../components/Button";
import { Note } from "../../../components/feedback";
import { Select, TextField } from "../../../components/fields";
import { Card } from "../../../components/Page";
import { useT } from "../../../i18n/t";
import { useIpc } from "../../../ipc/context";
import type { CampaignReview, FormatKind, TemplateRow, ValueSource, VariableValue } from "../../../ipc/ipc";
import { ColumnField } from "../ColumnField";
import { Previews } from "../Previews";
import { useAttributeNames } from "../useAttributeNames";
import type { DraftHandle } from "../useDraft";
import { asIs, formatsFor, readVariable, suggestValues } from "../values";

const SOURCES: ValueSource[] = ["first_name", "full_name", "attribute", "fixed"];
/** What the core calls people whose message cannot be filled. */
const UNFILLED = ["missing_value", "unreadable_value", "value_too_long", "bad_coupon_code"];

export function ValuesStep({
  handle: { draft, savedId, change },
  template,
  review,
}: {
  handle: DraftHandle;
  template: TemplateRow;
  review: CampaignReview | undefined;
}) {
  const t = useT();
  const columns = useAttributeNames();
  const values = suggestValues(template, draft.values);
  const set = (next: VariableValue) =>
    change({ values: values.map((value) => (value.key === next.key ? next : value)) });
  const samples = new Map(template.variables.map((key, at) => [key, template.samples[at] ?? ""]));
  return (
    <div className="space-y-6">
      {values.length === 0 ? <p className="text-ink-2">{t("wizard.values.none")}</p> : null}
      {values.map((value) => (
        <Variable
          key={value.key}
          value={value}
          sample={samples.get(value.key) ?? ""}
          columns={columns}
          language={template.language}
          onChange={set}
        />
      ))}
      <Unfilled review={review} />
      <Previews campaignId={savedId} template={template} />
    </div>
  );
}

/** Who is left out because of a value, before anything is launched. */
function Unfilled({ review }: { review: CampaignReview | undefined }) {
  const t = useT();
  const reasons = [
    ...(review?.blockers.filter(({ code }) => code === "column_gone") ?? []),
    ...(review?.excluded.filter(({ code }) => UNFILLED.includes(code)) ?? []),
  ];
  return reasons.map(({ code, sentence, remedy, count }) => (
    <Note key={`${code}-${sentence}`} tone="attention">
      <b className="font-semibold">{sentence}</b>{" "}
      {code === "column_gone" ? "" : `${t("wizard.values.leftOut", { count })} `}
      {remedy}
    </Note>
  ));
}

function useVariableLabel(): (key: string) => string {
  const t = useT();
  return (key) => {
    const { part, button, card, name } = readVariable(key);
    const place =
      part === "button" || part === "coupon"
        ? t(`wizard.values.${part}`, { number: button ?? 0 })
        : t(part === "media" ? "wizard.values.media" : `wizard.values.${part}`);
    const where = card === null ? place : t("wizard.values.card", { number: card, part: place });
    return part === "coupon" || part === "media" ? where : t("wizard.values.variable", { part: where, name });
  };
}

function Variable({
  value,
  sample,
  columns,
  language,
  onChange,
}: {
  value: VariableValue;
  sample: string;
  columns: readonly string[];
  language: string;
  onChange: (value: VariableValue) => void;
}) {
  const t = useT();
  const label = useVariableLabel()(value.key);
  if (readVariable(value.key).part === "media")
    return <MediaVariable label={label} value={value} onChange={onChange} />;
  return (
    <Card label={label} className="p-5">
      <h2 className="font-semibold">{label}</h2>
      {sample ? <p className="text-ink-3 text-xs">{t("wizard.values.sample", { sample })}</p> : null}
      <div className="mt-3 grid items-start gap-4 @lg/main:grid-cols-3">
        <Select
          label={t("wizard.values.source")}
          value={value.source}
          onChange={(source) => onChange({ ...value, source, value: "", format: null })}
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
          <>
            <FormatFields value={value} language={language} onChange={onChange} />
            <TextField
              label={t("wizard.values.fallback")}
              description={t("wizard.values.fallback.help")}
              value={value.fallback ?? ""}
              onChange={(fallback) => onChange({ ...value, fallback: fallback === "" ? null : fallback })}
            />
          </>
        )}
      </div>
    </Card>
  );
}

const WITH_LANGUAGE: readonly FormatKind[] = ["number", "currency", "date_long", "date_medium"];

function FormatFields({
  value,
  language,
  onChange,
}: {
  value: VariableValue;
  language: string;
  onChange: (value: VariableValue) => void;
}) {
  const t = useT();
  const format = value.format ?? asIs;
  return (
    <>
      <Select
        label={t("wizard.values.format")}
        value={format.kind}
        onChange={(kind) => onChange({ ...value, format: kind === "as_is" ? null : { ...format, kind } })}
        options={formatsFor(value.source).map((kind) => ({
          value: kind,
          label: t(`wizard.format.${kind}`),
          description: t(`wizard.format.${kind}.example`),
        }))}
      />
      {format.kind === "currency" ? (
        <TextField
          label={t("wizard.values.currency")}
          description={t("wizard.values.currency.help")}
          maxLength={3}
          value={format.currency ?? ""}
          onChange={(currency) =>
            onChange({ ...value, format: { ...format, currency: currency.toUpperCase() || null } })
          }
        />
      ) : null}
      {WITH_LANGUAGE.includes(format.kind) ? (
        <TextField
          label={t("wizard.values.language")}
          description={t("wizard.values.language.help", { language })}
          maxLength={10}
          value={format.language ?? ""}
          onChange={(tag) => onChange({ ...value, format: { ...format, language: tag.trim() || null } })}
        />
      ) : null}
    </>
  );
}

function MediaVariable({
  label,
  value,
  onChange,
}: {
  label: string;
  value: VariableValue;
  onChange: (value: VariableValue) => void;
}) {
  const t = useT();
  const ipc = useIpc();
  const choose = async () => {
    const path = await ipc.chooseFile({
      title: label,
      filters: [{ name: t("wizard.values.media"), extensions: ["jpg", "jpeg", "png", "mp4", "3gp", "pdf"] }],
    });
    if (path) onChange({ ...value, source: "fixed", value: path });
  };
  return (
    <Card label={label} className="flex flex-wrap items-center justify-between gap-4 p-5">
      <div className="min-w-0">
        <h2 className="font-semibold">{label}</h2>
        <p className="truncate text-ink-2">{value.value.split(/[\\/]/).pop() || t("wizard.values.media.none")}</p>
      </div>
      <Button
        icon={FolderOpen}
        aria-label={`${t("wizard.values.media.choose")}: ${label}`}
        onPress={() => void choose()}
      >
        {t("wizard.values.media.choose")}
      </Button>
    </Card>
  );
}
