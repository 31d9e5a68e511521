// One condition as a sentence with its words to choose: "did not write to you · in the last 30 days".
import { Upload, X } from "lucide-react";
import type { ReactNode } from "react";
import { Button, IconButton } from "../../../components/Button";
import { ErrorNote } from "../../../components/feedback";
import { Select, TextField } from "../../../components/fields";
import { type Suggestion, TokenField } from "../../../components/TokenField";
import { useT } from "../../../i18n/t";
import { useIpc } from "../../../ipc/context";
import type { AudienceItem, AudienceTest, AudienceValueTest, CampaignPart, ConsentWord } from "../../../ipc/ipc";
import { useCommand, useCommandMutation } from "../../../ipc/queries";
import { valueTest } from "./model";
import type { Choices } from "./useChoices";
import { OPPOSITES, PARTS, periodText } from "./words";

type Of<K extends AudienceTest["kind"]> = Extract<AudienceTest, { kind: K }>;
type Props<K extends AudienceTest["kind"]> = {
  item: AudienceItem;
  test: Of<K>;
  choices: Choices;
  onChange: (item: AudienceItem) => void;
};

export function ConditionRow({
  item,
  choices,
  label,
  onChange,
  onRemove,
}: {
  item: AudienceItem;
  choices: Choices;
  /** The condition in words: names the row for who cannot see it. */
  label: string;
  onChange: (item: AudienceItem) => void;
  onRemove: () => void;
}) {
  const t = useT();
  return (
    <fieldset
      aria-label={label}
      className="flex min-w-0 items-start gap-2 rounded-card border border-line bg-surface py-2 ps-3 pe-2 shadow-card"
    >
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-2">
        <Words item={item} choices={choices} onChange={onChange} />
      </div>
      <IconButton size="small" icon={X} label={t("audience.remove", { condition: label })} onPress={onRemove} />
    </fieldset>
  );
}

function Words({
  item,
  choices,
  onChange,
}: {
  item: AudienceItem;
  choices: Choices;
  onChange: (item: AudienceItem) => void;
}) {
  const { test } = item;
  const rest = { item, choices, onChange };
  switch (test.kind) {
    case "tag":
      return <TagWords {...rest} test={test} />;
    case "attribute":
      return <ColumnWords {...rest} test={test} />;
    case "consent":
      return <ConsentWords {...rest} test={test} />;
    case "import":
      return <ImportWords {...rest} test={test} />;
    case "list":
      return <ListWords {...rest} test={test} />;
    case "campaign":
      return <CampaignWords {...rest} test={test} />;
    case "people":
      return <PeopleWords {...rest} test={test} />;
    case "contacted":
    case "wrote":
    case "added":
      return <TimeWords {...rest} test={test} />;
    case "group":
      return null;
  }
}

/** The verb: as it is, or turned around. */
function Verb({
  item,
  yes,
  not,
  onChange,
}: {
  item: AudienceItem;
  yes: string;
  not: string;
  onChange: (item: AudienceItem) => void;
}) {
  const t = useT();
  return (
    <Select<"yes" | "not">
      hideLabel
      label={t("audience.verb")}
      className="w-auto max-w-full"
      value={item.not ? "not" : "yes"}
      onChange={(way) => onChange({ ...item, not: way === "not" })}
      options={[
        { value: "yes", label: yes },
        { value: "not", label: not },
      ]}
    />
  );
}

function TagWords({ item, test, choices, onChange }: Props<"tag">) {
  const t = useT();
  return (
    <>
      <Verb item={item} yes={t("audience.verb.tag")} not={t("audience.verb.tag.not")} onChange={onChange} />
      <TokenField
        label={t("audience.tags")}
        placeholder={t("audience.tags.add")}
        values={test.tags}
        suggestions={choices.tags.map(({ tag, people }) => ({ value: tag, people }))}
        onChange={(tags) => onChange({ ...item, test: { ...test, tags } })}
      />
    </>
  );
}

const OPS: readonly AudienceValueTest["op"][] = ["is", "contains", "present", "at_least", "at_most", "since", "before"];

function ColumnWords({ item, test, choices, onChange }: Props<"attribute">) {
  const t = useT();
  const { value } = test;
  const way = item.not ? "not" : "yes";
  const set = (next: AudienceValueTest) => onChange({ ...item, test: { ...test, value: next } });
  const columns =
    choices.columns.includes(test.name) || test.name === "" ? choices.columns : [test.name, ...choices.columns];
  return (
    <>
      <span>{t("audience.whose")}</span>
      <Select
        hideLabel
        label={t("audience.column")}
        className="w-auto max-w-60"
        value={test.name || null}
        placeholder={t("audience.column.choose")}
        onChange={(name) =>
          onChange({ ...item, test: { ...test, name, value: valueTest(value.op, { op: "present" }) } })
        }
        options={columns.map((name) => ({ value: name, label: name }))}
      />
      <Select
        hideLabel
        label={t("audience.comparison")}
        className="w-auto"
        value={`${value.op}:${way}`}
        onChange={(chosen) => {
          const [op, not] = chosen.split(":") as [AudienceValueTest["op"], string];
          onChange({ ...item, not: not === "not", test: { ...test, value: valueTest(op, value) } });
        }}
        options={OPS.flatMap((op) =>
          op === "is" || op === "contains" || op === "present" || item.not
            ? [
                { value: `${op}:yes`, label: t(`audience.op.${op}`) },
                { value: `${op}:not`, label: t(`audience.op.${op}.not`) },
              ]
            : [{ value: `${op}:yes`, label: t(`audience.op.${op}`) }],
        )}
      />
      {value.op === "is" ? (
        <ColumnValues test={test} values={value.values} onChange={(values) => set({ op: "is", values })} />
      ) : null}
      {value.op === "contains" ? (
        <TextField
          hideLabel
          className="w-48"
          label={t("audience.text")}
          value={value.text}
          onChange={(text) => set({ op: "contains", text })}
        />
      ) : null}
      {value.op === "at_least" || value.op === "at_most" ? (
        <TextField
          hideLabel
          className="w-28"
          label={t("audience.number")}
          inputMode="decimal"
          value={value.number}
          onChange={(number) => set({ op: value.op, number })}
        />
      ) : null}
      {value.op === "before" || value.op === "since" ? (
        <TextField
          hideLabel
          className="w-40"
          label={t("audience.day")}
          type="date"
          value={value.day}
          onChange={(day) => set({ op: value.op, day })}
        />
      ) : null}
    </>
  );
}

function ColumnValues({
  test,
  values,
  onChange,
}: {
  test: Of<"attribute">;
  values: string[];
  onChange: (values: string[]) => void;
}) {
  const t = useT();
  const found = useCommand(
    "audience_column_values",
    { name: test.name },
    { tags: ["contacts"], enabled: test.name !== "" },
  );
  return (
    <TokenField
      label={t("audience.values")}
      placeholder={t("audience.values.add")}
      values={values}
      suggestions={found.data?.values ?? []}
      onChange={onChange}
    />
  );
}

const CONSENT: readonly ConsentWord[] = [
  "opted_in",
  "attested",
  "no_evidence",
  "to_decide",
  "marketing_stopped",
  "opted_out",
];

function ConsentWords({ item, test, onChange }: Props<"consent">) {
  const t = useT();
  return (
    <>
      <Verb item={item} yes={t("audience.verb.consent")} not={t("audience.verb.consent.not")} onChange={onChange} />
      <TokenField
        onlySuggested
        label={t("audience.consent")}
        placeholder={t("audience.consent.add")}
        values={test.any_of}
        suggestions={CONSENT.map((word) => ({ value: word, label: t(`audience.consent.${word}`) }))}
        onChange={(any_of) => onChange({ ...item, test: { ...test, any_of: any_of as ConsentWord[] } })}
      />
    </>
  );
}

function ImportWords({ item, test, choices, onChange }: Props<"import">) {
  const t = useT();
  const suggestions: Suggestion[] = choices.imports.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <>
      <Verb item={item} yes={t("audience.verb.import")} not={t("audience.verb.import.not")} onChange={onChange} />
      <TokenField
        onlySuggested
        label={t("audience.imports")}
        placeholder={t("audience.imports.add")}
        values={test.import_ids}
        suggestions={suggestions}
        onChange={(import_ids) => onChange({ ...item, test: { ...test, import_ids } })}
      />
    </>
  );
}

function ListWords({ item, test, choices, onChange }: Props<"list">) {
  const t = useT();
  const list = choices.lists.find(({ id }) => id === test.list_id);
  return (
    <>
      <Verb item={item} yes={t("audience.verb.list")} not={t("audience.verb.list.not")} onChange={onChange} />
      <Select
        hideLabel
        label={t("audience.list")}
        className="w-auto max-w-72"
        value={test.list_id}
        onChange={(list_id) => onChange({ ...item, test: { ...test, list_id } })}
        options={choices.lists.map(({ id, file_name, people }) => ({
          value: id,
          label: file_name,
          description: t("audience.people", { count: people }),
        }))}
      />
      {list ? (
        <p className="w-full text-ink-3 text-xs">
          {t("audience.list.found", {
            rows: list.rows,
            people: list.people,
            unknown: list.unknown,
            unreadable: list.unreadable,
          })}
        </p>
      ) : null}
    </>
  );
}

/** Reads a file of numbers and hands its list over. */
export function UploadList({ onUploaded }: { onUploaded: (id: string) => void }) {
  const t = useT();
  const ipc = useIpc();
  const add = useCommandMutation("audience_list_add");
  const choose = async () => {
    const path = await ipc.chooseFile({
      title: t("audience.list.choose"),
      filters: [{ name: t("audience.list.files"), extensions: ["csv", "tsv", "txt"] }],
    });
    if (path) add.mutate({ path, region: null }, { onSuccess: (list) => onUploaded(list.id) });
  };
  return (
    <>
      <Button size="small" icon={Upload} isPending={add.isPending} onPress={() => void choose()}>
        {t("audience.list.upload")}
      </Button>
      {add.error ? <ErrorNote error={add.error} className="w-full" /> : null}
    </>
  );
}

function CampaignWords({ item, test, choices, onChange }: Props<"campaign">) {
  const t = useT();
  const chosen = `${test.part}:${item.not ? "not" : "yes"}`;
  const ways = PARTS.flatMap((part) => [
    { value: `${part}:yes`, label: t(`audience.part.${part}`) },
    ...(OPPOSITES.includes(part) || chosen === `${part}:not`
      ? [{ value: `${part}:not`, label: t(`audience.part.not.${part}`) }]
      : []),
  ]);
  const known = choices.campaigns.some(({ id }) => id === test.campaign_id);
  return (
    <>
      <Select
        hideLabel
        label={t("audience.verb")}
        className="w-auto max-w-full"
        value={chosen}
        onChange={(way) => {
          const [part, not] = way.split(":") as [CampaignPart, string];
          onChange({ not: not === "not", test: { ...test, part } });
        }}
        options={ways}
      />
      <Select
        hideLabel
        label={t("audience.campaign")}
        className="w-auto max-w-72"
        value={test.campaign_id}
        onChange={(campaign_id) => onChange({ ...item, test: { ...test, campaign_id } })}
        options={[
          ...(known ? [] : [{ value: test.campaign_id, label: t("audience.gone") }]),
          ...choices.campaigns.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
    </>
  );
}

function PeopleWords({ item, test, onChange }: Props<"people">) {
  const t = useT();
  return (
    <>
      <Verb item={item} yes={t("audience.verb.people")} not={t("audience.verb.people.not")} onChange={onChange} />
      <span>{t("audience.chosenPeople", { count: test.contact_ids.length })}</span>
    </>
  );
}

const PERIODS = [1, 7, 14, 30, 60, 90, 180, 365];

function TimeWords({ item, test, onChange }: Props<"contacted" | "wrote" | "added">) {
  const t = useT();
  const periods: (number | null)[] = test.kind === "added" ? PERIODS : [null, ...PERIODS];
  if (!periods.includes(test.within_days)) periods.push(test.within_days);
  const set = (days: number | null) => {
    if (test.kind === "added") onChange({ ...item, test: { kind: "added", within_days: days ?? 30 } });
    else onChange({ ...item, test: { kind: test.kind, within_days: days } });
  };
  return (
    <>
      <Verb
        item={item}
        yes={t(`audience.verb.${test.kind}`)}
        not={t(`audience.verb.${test.kind}.not`)}
        onChange={onChange}
      />
      <Select
        hideLabel
        label={t("audience.period")}
        className="w-auto"
        value={String(test.within_days ?? "ever")}
        onChange={(period) => set(period === "ever" ? null : Number(period))}
        options={periods.map((days) => ({ value: String(days ?? "ever"), label: periodText(t, days) }))}
      />
    </>
  );
}

/** For what is drawn around conditions. */
export function Joiner({ children }: { children: ReactNode }) {
  return <span className="w-12 shrink-0 pt-3.5 text-end font-medium text-ink-3 text-xs">{children}</span>;
}
