// "People who … and who … not …": conditions that read as a sentence, and how many people it would be while one builds.
import {
  Brackets,
  Clock,
  Columns3,
  FileSpreadsheet,
  ListChecks,
  Megaphone,
  MessageSquare,
  Plus,
  ShieldCheck,
  Sparkles,
  Tag,
  UserPlus,
  X,
} from "lucide-react";
import { useIntl } from "react-intl";
import { Button, IconButton } from "../../../components/Button";
import { Select } from "../../../components/fields";
import { Menu, type MenuEntry } from "../../../components/overlays";
import { useT } from "../../../i18n/t";
import type { AudienceFilter, AudienceGroup, AudienceItem, AudienceTest } from "../../../ipc/ipc";
import { ConditionRow, Joiner, UploadList } from "./ConditionRow";
import { MOST_DEPTH, replaced, without } from "./model";
import { type Choices, useChoices } from "./useChoices";
import { useFilterSentence } from "./words";

export function AudienceBuilder({
  filter,
  onChange,
}: {
  filter: AudienceFilter;
  onChange: (filter: AudienceFilter) => void;
}) {
  const t = useT();
  const choices = useChoices();
  const sentence = useFilterSentence(filter, choices);
  const set = (group: AudienceGroup) => onChange({ ...filter, group });
  return (
    <section aria-label={t("audience.builder")} className="space-y-4">
      {filter.group.items.length === 0 ? <Starts choices={choices} onStart={set} /> : null}
      <GroupBox group={filter.group} depth={1} choices={choices} onChange={set} />
      {sentence ? (
        <p className="rounded-card bg-sunken px-4 py-3 text-ink-2 text-sm">
          <span className="sr-only">{t("audience.sentence")} </span>
          {sentence}
        </p>
      ) : null}
    </section>
  );
}

/** What shops ask for most, with one press. */
function Starts({ choices, onStart }: { choices: Choices; onStart: (group: AudienceGroup) => void }) {
  const t = useT();
  const [campaign] = choices.campaigns;
  const start = (...items: AudienceItem[]) => onStart({ join: "all", items });
  const offers: { id: string; label: string; items: AudienceItem[] }[] = [
    ...(campaign
      ? [
          {
            id: "read",
            label: t("audience.start.readNotReplied", { campaign: campaign.name }),
            items: [
              { not: false, test: { kind: "campaign", campaign_id: campaign.id, part: "read_not_replied" } as const },
            ],
          },
        ]
      : []),
    {
      id: "never",
      label: t("audience.start.never"),
      items: [{ not: true, test: { kind: "contacted", within_days: null } }],
    },
    {
      id: "wrote",
      label: t("audience.start.wrote"),
      items: [{ not: false, test: { kind: "wrote", within_days: 30 } }],
    },
    {
      id: "new",
      label: t("audience.start.new"),
      items: [
        { not: false, test: { kind: "added", within_days: 14 } },
        { not: true, test: { kind: "contacted", within_days: null } },
      ],
    },
  ];
  return (
    <div>
      <h3 className="mb-2 flex items-center gap-1.5 text-ink-2 text-sm">
        <Sparkles aria-hidden size={14} />
        {t("audience.start")}
      </h3>
      <div className="flex flex-wrap gap-2">
        {offers.map(({ id, label, items }) => (
          <Button
            key={id}
            size="small"
            className="h-auto min-h-8 whitespace-normal rounded-full py-1 text-start"
            onPress={() => start(...items)}
          >
            {label}
          </Button>
        ))}
      </div>
    </div>
  );
}

function GroupBox({
  group,
  depth,
  choices,
  onChange,
}: {
  group: AudienceGroup;
  depth: number;
  choices: Choices;
  onChange: (group: AudienceGroup) => void;
}) {
  const t = useT();
  const { items } = group;
  return (
    <div className="space-y-2">
      <div className="flex flex-wrap items-center gap-2 text-sm">
        <span className="font-medium">
          {t(
            items.length < 2
              ? depth === 1
                ? "audience.peopleWho.short"
                : "audience.group.short"
              : depth === 1
                ? "audience.peopleWho"
                : "audience.group",
          )}
        </span>
        {items.length > 1 ? (
          <Select<AudienceGroup["join"]>
            hideLabel
            label={t("audience.join")}
            className="w-auto"
            value={group.join}
            onChange={(join) => onChange({ ...group, join })}
            options={[
              { value: "all", label: t("audience.join.all") },
              { value: "any", label: t("audience.join.any") },
            ]}
          />
        ) : null}
      </div>
      <ol className="space-y-2">
        {items.map((item, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no name but their place and kind
          <li key={`${at}-${item.test.kind}`} className="flex items-start gap-2">
            <Joiner>{at === 0 ? "" : t(group.join === "all" ? "audience.and" : "audience.or")}</Joiner>
            <div className="min-w-0 flex-1">
              <OneItem
                item={item}
                depth={depth}
                choices={choices}
                onChange={(next) => onChange({ ...group, items: replaced(items, at, next) })}
                onRemove={() => onChange({ ...group, items: without(items, at) })}
              />
            </div>
          </li>
        ))}
      </ol>
      <div className="ms-14 flex flex-wrap items-center gap-2">
        <AddMenu depth={depth} choices={choices} onAdd={(item) => onChange({ ...group, items: [...items, item] })} />
        <UploadList
          onUploaded={(list_id) =>
            onChange({ ...group, items: [...items, { not: false, test: { kind: "list", list_id } }] })
          }
        />
      </div>
    </div>
  );
}

function OneItem({
  item,
  depth,
  choices,
  onChange,
  onRemove,
}: {
  item: AudienceItem;
  depth: number;
  choices: Choices;
  onChange: (item: AudienceItem) => void;
  onRemove: () => void;
}) {
  const t = useT();
  const sentence = useFilterSentence({ v: 1, group: { join: "all", items: [item] } }, choices);
  const label = sentence ?? t("audience.add.group");
  if (item.test.kind !== "group")
    return <ConditionRow item={item} choices={choices} label={label} onChange={onChange} onRemove={onRemove} />;
  return (
    <fieldset
      aria-label={label}
      className="flex items-start gap-2 rounded-card border border-control/60 border-dashed p-3"
    >
      <div className="min-w-0 flex-1 space-y-2">
        <Select<"yes" | "not">
          hideLabel
          label={t("audience.verb")}
          className="w-auto max-w-full"
          value={item.not ? "not" : "yes"}
          onChange={(way) => onChange({ ...item, not: way === "not" })}
          options={[
            { value: "yes", label: t("audience.verb.group") },
            { value: "not", label: t("audience.verb.group.not") },
          ]}
        />
        <GroupBox
          group={item.test.group}
          depth={depth + 1}
          choices={choices}
          onChange={(group) => onChange({ ...item, test: { kind: "group", group } })}
        />
      </div>
      <IconButton size="small" icon={X} label={t("audience.remove", { condition: label })} onPress={onRemove} />
    </fieldset>
  );
}

function AddMenu({ depth, choices, onAdd }: { depth: number; choices: Choices; onAdd: (item: AudienceItem) => void }) {
  const t = useT();
  const intl = useIntl();
  const add =
    (test: AudienceTest, not = false) =>
    () =>
      onAdd({ not, test });
  const [campaign] = choices.campaigns;
  const [list] = choices.lists;
  const [column] = choices.columns;
  const entries: (MenuEntry | false | undefined)[] = [
    { id: "tag", icon: Tag, label: t("audience.add.tag"), onAction: add({ kind: "tag", tags: [] }) },
    {
      id: "attribute",
      icon: Columns3,
      label: t("audience.add.attribute"),
      isDisabled: choices.columns.length === 0,
      onAction: add({ kind: "attribute", name: column ?? "", value: { op: "is", values: [] } }),
    },
    {
      id: "campaign",
      icon: Megaphone,
      label: t("audience.add.campaign"),
      isDisabled: campaign === undefined,
      onAction: add({ kind: "campaign", campaign_id: campaign?.id ?? "", part: "read" }),
    },
    {
      id: "contacted",
      icon: Clock,
      label: t("audience.add.contacted"),
      onAction: add({ kind: "contacted", within_days: 30 }, true),
    },
    {
      id: "wrote",
      icon: MessageSquare,
      label: t("audience.add.wrote"),
      onAction: add({ kind: "wrote", within_days: 30 }),
    },
    { id: "added", icon: UserPlus, label: t("audience.add.added"), onAction: add({ kind: "added", within_days: 30 }) },
    {
      id: "consent",
      icon: ShieldCheck,
      label: t("audience.add.consent"),
      onAction: add({ kind: "consent", any_of: ["opted_in"] }),
    },
    {
      id: "import",
      icon: FileSpreadsheet,
      label: t("audience.add.import"),
      isDisabled: choices.imports.length === 0,
      onAction: add({ kind: "import", import_ids: choices.imports.slice(0, 1).map(({ id }) => id) }),
    },
    list && {
      id: "list",
      icon: ListChecks,
      label: t("audience.add.list"),
      onAction: add({ kind: "list", list_id: list.id }),
    },
    depth < MOST_DEPTH && {
      id: "group",
      icon: Brackets,
      label: t("audience.add.group"),
      onAction: add({ kind: "group", group: { join: "any", items: [] } }),
    },
  ];
  return (
    <Menu
      label={t("audience.add")}
      trigger={
        <Button size="small" variant="primary" icon={Plus} lang={intl.locale}>
          {t("audience.add")}
        </Button>
      }
      items={entries.filter((entry): entry is MenuEntry => Boolean(entry))}
    />
  );
}
