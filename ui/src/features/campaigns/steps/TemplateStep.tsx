import { Link } from "@tanstack/react-router";
import { LayoutTemplate } from "lucide-react";
import { useEffect, useState } from "react";
import { RadioGroup as AriaRadioGroup, Label, Radio } from "react-aria-components";
import { buttonClass } from "../../../components/Button";
import { Chip, EmptyState, ErrorNote, Skeleton } from "../../../components/feedback";
import { SearchField, Select, TextField } from "../../../components/fields";
import { useTimeText } from "../../../components/values";
import { useT } from "../../../i18n/t";
import type { TemplateRow } from "../../../ipc/ipc";
import { useCommand } from "../../../ipc/queries";
import type { DraftHandle } from "../useDraft";
import { suggestValues } from "../values";

/** Codes go one to one when a person asks for one, never by campaign. */
const forCampaigns = (row: TemplateRow) => row.sendable && row.category !== "authentication";

export function TemplateStep({ handle: { draft, change } }: { handle: DraftHandle }) {
  const t = useT();
  const time = useTimeText();
  const [search, setSearch] = useState("");
  const templates = useCommand("template_list", { search: null, sendable_only: false }, { tags: ["templates"] });
  const account = useCommand("account_overview", {}, { tags: ["account"] });
  const all = templates.data?.items ?? [];
  const usable = all.filter(forCampaigns);
  const shown = usable.filter((row) =>
    `${row.name} ${row.body}`.toLocaleLowerCase().includes(search.toLocaleLowerCase()),
  );
  const hidden = all.length - usable.length;

  // The number that sends by default is a choice already made.
  const preset = account.data?.phone_number_id;
  useEffect(() => {
    if (!draft.phone_number_id && preset) change({ phone_number_id: preset }, true);
  }, [draft.phone_number_id, preset, change]);

  const choose = (id: string, byItself = false) => {
    const template = usable.find((row) => row.id === id);
    if (!template) return;
    const suggested = t("wizard.name.suggest", {
      template: template.name.replaceAll("_", " "),
      date: time(Date.now(), "date"),
    });
    change(
      {
        template_id: id,
        values: suggestValues(template, draft.values),
        ...(draft.name === "" ? { name: suggested.charAt(0).toLocaleUpperCase() + suggested.slice(1) } : {}),
      },
      byItself,
    );
  };
  // Came here from a template: its values still need a first guess.
  const arrived = draft.template_id && draft.name === "" ? draft.template_id : null;
  const ready = usable.length > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the templates are there
  useEffect(() => {
    if (arrived && ready) choose(arrived, true);
  }, [arrived, ready]);

  if (templates.isError) return <ErrorNote error={templates.error} onRetry={() => void templates.refetch()} />;
  if (templates.isPending) return <Skeleton rows={4} className="h-20" />;
  if (usable.length === 0)
    return (
      <EmptyState
        icon={LayoutTemplate}
        title={t("wizard.template.none")}
        action={
          <Link to="/templates" className={buttonClass("primary")}>
            {t("wizard.template.look")}
          </Link>
        }
      >
        {t("wizard.template.none.body")}
      </EmptyState>
    );
  return (
    <div className="space-y-6">
      <div className="grid gap-4 @lg/main:grid-cols-2">
        <TextField
          label={t("wizard.name")}
          description={t("wizard.name.help")}
          value={draft.name}
          onChange={(name) => change({ name })}
          maxLength={120}
        />
        <Select
          label={t("wizard.from")}
          value={draft.phone_number_id}
          onChange={(id) => change({ phone_number_id: id })}
          options={(account.data?.numbers ?? []).map((number) => ({
            value: number.phone_number_id,
            label: number.display_phone_number,
            description: number.verified_name ?? "",
          }))}
        />
      </div>
      <AriaRadioGroup value={draft.template_id} onChange={(id) => choose(id)}>
        <div className="mb-2 flex flex-wrap items-center justify-between gap-3">
          <Label className="font-medium">{t("wizard.template")}</Label>
          {usable.length > 4 ? (
            <SearchField label={t("wizard.template.search")} value={search} onChange={setSearch} className="w-60" />
          ) : null}
        </div>
        <div className="grid gap-3 @lg/main:grid-cols-2">
          {shown.map((row) => (
            <TemplateChoice key={row.id} row={row} />
          ))}
        </div>
      </AriaRadioGroup>
      {hidden > 0 ? (
        <p className="text-ink-3 text-xs">
          {t("wizard.template.hidden", { count: hidden })}{" "}
          <Link to="/templates" className="text-accent underline">
            {t("wizard.template.look")}
          </Link>
        </p>
      ) : null}
    </div>
  );
}

function TemplateChoice({ row }: { row: TemplateRow }) {
  return (
    <Radio
      value={row.id}
      aria-label={`${row.name}, ${row.language}`}
      className="flex flex-col rounded-card border border-line bg-surface p-4 text-sm data-hovered:border-control data-selected:border-accent data-selected:bg-accent-soft data-focus-visible:outline-2 data-focus-visible:outline-accent data-focus-visible:outline-offset-2"
    >
      <span className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate font-semibold">{row.name}</span>
        <span className="text-ink-3 text-xs">{row.language}</span>
      </span>
      <span dir="auto" className="mt-1.5 line-clamp-3 whitespace-pre-line text-ink-2">
        {row.body}
      </span>
      <span className="mt-3">
        <Chip>{row.category}</Chip>
      </span>
    </Radio>
  );
}
