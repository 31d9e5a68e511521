import { Plus, X } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { Avatar } from "../../../components/Avatar";
import { Button, IconButton } from "../../../components/Button";
import { ErrorNote } from "../../../components/feedback";
import { Checkbox, RadioGroup, SearchField } from "../../../components/fields";
import { Card } from "../../../components/Page";
import { useTimeText } from "../../../components/values";
import { useT } from "../../../i18n/t";
import type { AudienceKind } from "../../../ipc/ipc";
import { useCommand } from "../../../ipc/queries";
import { AudienceBuilder } from "../audience/AudienceBuilder";
import { LiveCount } from "../audience/LiveCount";
import { filterOf } from "../audience/model";
import type { DraftHandle } from "../useDraft";

const KINDS: AudienceKind[] = ["everybody", "imports", "filter", "contacts"];

export function AudienceStep({ handle }: { handle: DraftHandle }) {
  const t = useT();
  const { draft, change } = handle;
  const { audience } = draft;
  return (
    <div className="space-y-6">
      <RadioGroup
        label={t("wizard.audience")}
        value={audience.kind}
        onChange={(kind) => change({ audience: { kind, import_ids: [], contact_ids: [], filter: null } })}
        options={KINDS.map((value) => ({
          value,
          label: t(`wizard.audience.${value}`),
          description: t(`wizard.audience.${value}.help`),
        }))}
      />
      {audience.kind === "imports" ? <PickImports handle={handle} /> : null}
      {audience.kind === "contacts" ? <PickPeople handle={handle} /> : null}
      {audience.kind === "filter" ? (
        <AudienceBuilder
          filter={filterOf(audience)}
          onChange={(filter) => change({ audience: { ...audience, filter } })}
        />
      ) : null}
      <LiveCount audience={audience} />
    </div>
  );
}

function PickImports({ handle: { draft, change } }: { handle: DraftHandle }) {
  const t = useT();
  const time = useTimeText();
  const imports = useCommand("consent_import_list", {}, { tags: ["imports"] });
  const { audience } = draft;
  if (imports.isError) return <ErrorNote error={imports.error} onRetry={() => void imports.refetch()} />;
  const items = imports.data?.items ?? [];
  return (
    <Card className="p-5">
      <fieldset>
        <legend className="mb-3 font-medium">{t("wizard.audience.pickImports")}</legend>
        {imports.data && items.length === 0 ? <p className="text-ink-2">{t("wizard.audience.noImports")}</p> : null}
        <div className="space-y-3">
          {items.map((one) => (
            <Checkbox
              key={one.import_id}
              isSelected={audience.import_ids.includes(one.import_id)}
              onChange={(isSelected) =>
                change({
                  audience: {
                    ...audience,
                    import_ids: isSelected
                      ? [...audience.import_ids, one.import_id]
                      : audience.import_ids.filter((id) => id !== one.import_id),
                  },
                })
              }
              description={`${time(one.at_ms, "date")} · ${t("import.past.people", { count: one.contacts_added })}`}
            >
              {one.file_name}
            </Checkbox>
          ))}
        </div>
      </fieldset>
    </Card>
  );
}

function PickPeople({ handle: { draft, change } }: { handle: DraftHandle }) {
  const t = useT();
  const [search, setSearch] = useState("");
  const wanted = useDeferredValue(search.trim());
  const found = useCommand(
    "contact_list",
    { search: wanted, filter: "all", import_id: null, offset: 0, limit: 8 },
    { tags: ["contacts"], enabled: wanted.length > 1, keepPrevious: true },
  );
  const { audience } = draft;
  const set = (contact_ids: string[]) => change({ audience: { ...audience, contact_ids } });
  const results =
    wanted.length > 1 ? (found.data?.rows ?? []).filter(({ id }) => !audience.contact_ids.includes(id)) : [];
  return (
    <Card className="space-y-4 p-5">
      <SearchField label={t("wizard.audience.search")} value={search} onChange={setSearch} />
      {found.isError ? <ErrorNote error={found.error} /> : null}
      <ul className="space-y-1">
        {results.map((row) => (
          <li key={row.id} className="flex items-center gap-3">
            <Avatar name={row.name} size="small" />
            <span className="min-w-0 flex-1 truncate">{row.name}</span>
            <span className="tabular text-ink-3 text-xs">{row.phone ?? (row.username ? `@${row.username}` : "")}</span>
            <Button
              size="small"
              icon={Plus}
              aria-label={t("wizard.audience.add", { name: row.name })}
              onPress={() => set([...audience.contact_ids, row.id])}
            >
              {t("common.add")}
            </Button>
          </li>
        ))}
      </ul>
      {audience.contact_ids.length > 0 ? (
        <section aria-label={t("wizard.audience.chosen")}>
          <h2 className="mb-2 font-medium">{t("wizard.audience.chosen")}</h2>
          <ul className="space-y-1">
            {audience.contact_ids.map((id) => (
              <Chosen key={id} id={id} onRemove={() => set(audience.contact_ids.filter((one) => one !== id))} />
            ))}
          </ul>
        </section>
      ) : null}
    </Card>
  );
}

function Chosen({ id, onRemove }: { id: string; onRemove: () => void }) {
  const t = useT();
  const person = useCommand("contact_get", { id }, { tags: ["contacts"] });
  const name = person.data?.row.name ?? id;
  return (
    <li className="flex items-center gap-3">
      <Avatar name={name} size="small" />
      <span className="min-w-0 flex-1 truncate">{name}</span>
      <IconButton size="small" icon={X} label={t("wizard.audience.remove", { name })} onPress={onRemove} />
    </li>
  );
}
