// The gallery: every template as the customer will see it, languages of one name together, with what Meta thinks of it.
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { LayoutTemplate, RefreshCw } from "lucide-react";
import { useMemo, useState } from "react";
import { Button } from "../../components/Button";
import { cx } from "../../components/cx";
import { EmptyState, ErrorNote, Note, Skeleton } from "../../components/feedback";
import { SearchField } from "../../components/fields";
import { SegmentedControl } from "../../components/SegmentedControl";
import { PaneTitle } from "../../components/SplitView";
import { TimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { TemplateRow } from "../../ipc/ipc";
import { useCommand, useCommandMutation } from "../../ipc/queries";
import { groupTemplates, type TemplateGroup } from "./groups";
import { TemplateCard } from "./TemplateCard";
import { TemplateDetailPane } from "./TemplateDetailPane";

const FILTERS = ["all", "sendable", "marketing", "utility", "authentication", "trouble"] as const;
type Filter = (typeof FILTERS)[number];

function matches(row: TemplateRow, filter: Filter): boolean {
  switch (filter) {
    case "all":
      return true;
    case "sendable":
      return row.sendable;
    case "trouble":
      return !row.sendable || row.quality === "RED" || row.quality === "YELLOW" || row.correct_category !== null;
    default:
      return row.category === filter;
  }
}

export function TemplatesScreen() {
  const t = useT();
  const navigate = useNavigate();
  const { templateId } = useParams({ strict: false });
  const address = useSearch({ strict: false });
  const filter = FILTERS.find((one) => one === address.filter) ?? "all";
  const search = address.search ?? "";
  const list = useCommand("template_list", { search: null, sendable_only: false }, { tags: ["templates"] });
  const sync = useCommandMutation("template_sync");
  const groups = useMemo(() => {
    const words = search.trim().toLowerCase();
    return groupTemplates(
      (list.data?.items ?? []).filter(
        (row) => matches(row, filter) && (words === "" || `${row.name} ${row.body}`.toLowerCase().includes(words)),
      ),
    );
  }, [list.data, filter, search]);

  const show = (next: { filter?: Filter; search?: string }) => {
    const merged = { filter, search, ...next };
    void navigate({
      to: templateId ? "/templates/$templateId" : "/templates",
      params: { templateId: templateId ?? "" },
      search: {
        ...(merged.filter === "all" ? {} : { filter: merged.filter }),
        ...(merged.search === "" ? {} : { search: merged.search }),
      },
      replace: true,
    });
  };
  const open = (id: string) =>
    void navigate({ to: "/templates/$templateId", params: { templateId: id }, search: address });
  const close = () => {
    const id = templateId;
    void navigate({ to: "/templates", search: address }).then(() => {
      if (id) document.querySelector<HTMLElement>(`[data-template="${CSS.escape(id)}"]`)?.focus();
    });
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Esc closes the open template from anywhere in it
    <div
      className="@container/split h-full"
      onKeyDown={(event) => {
        if (event.key === "Escape" && templateId && !event.defaultPrevented) close();
      }}
    >
      <div className="flex h-full min-h-0">
        <section
          aria-label={t("templates.list")}
          className={cx(
            "relative min-h-0 min-w-0 flex-1 flex-col overflow-y-auto",
            templateId ? "hidden @min-[52rem]/split:flex" : "flex",
          )}
        >
          <header className={cx("space-y-4 pt-7 pb-4", templateId ? "px-6" : "px-8")}>
            <div className="flex flex-wrap items-end gap-4">
              <div className="min-w-0 flex-1">
                <h1 className="font-semibold text-2xl leading-8 tracking-tight">{t("templates.title")}</h1>
                <p className="mt-1 text-ink-2">
                  {list.data ? (
                    <>
                      {t("templates.count", { count: list.data.items.length })}
                      {list.data.synced_at_ms !== null && (
                        <>
                          {" · "}
                          {t("templates.synced")} <TimeText atMs={list.data.synced_at_ms} style="relative" />
                        </>
                      )}
                    </>
                  ) : (
                    t("common.loading")
                  )}
                </p>
              </div>
              <Button icon={RefreshCw} isPending={sync.isPending} onPress={() => sync.mutate({})}>
                {sync.isPending ? t("templates.syncing") : t("templates.sync")}
              </Button>
            </div>
            <div className="flex flex-wrap gap-3">
              <SearchField
                label={t("templates.search")}
                value={search}
                onChange={(text) => show({ search: text })}
                className="w-72 max-w-full"
              />
              <SegmentedControl
                label={t("templates.filter")}
                options={FILTERS.map((value) => ({ value, label: t(`templates.filter.${value}`) }))}
                value={filter}
                onChange={(value) => show({ filter: value })}
              />
            </div>
            <div aria-live="polite">
              {sync.data && (
                <Note tone="good" icon={RefreshCw}>
                  {t("templates.syncResult", { ...sync.data })}
                </Note>
              )}
              {sync.error && <ErrorNote error={sync.error} onRetry={() => sync.mutate({})} />}
            </div>
          </header>
          <div className={cx("pb-10", templateId ? "px-6" : "px-8")}>
            {list.error && !list.data ? (
              <ErrorNote error={list.error} onRetry={() => void list.refetch()} />
            ) : list.isPending ? (
              <div className="grid grid-cols-[repeat(auto-fill,minmax(min(17rem,100%),1fr))] gap-5">
                {[1, 2, 3, 4, 5, 6].map((n) => (
                  <Skeleton key={n} className="h-72 rounded-card" />
                ))}
              </div>
            ) : groups.length === 0 ? (
              <NoTemplates
                filtered={list.data?.items.length !== 0}
                onShowAll={() => show({ filter: "all", search: "" })}
                onSync={() => sync.mutate({})}
              />
            ) : (
              <Gallery groups={groups} selectedId={templateId ?? null} onOpen={open} />
            )}
          </div>
        </section>
        {templateId && (
          <section
            aria-label={t("templates.detail")}
            className="relative min-h-0 min-w-0 flex-1 overflow-y-auto border-line bg-surface @min-[52rem]/split:w-[26rem] @min-[52rem]/split:flex-none @min-[52rem]/split:border-s @min-[72rem]/split:w-136"
          >
            <PaneTitle className="@min-[52rem]/split:hidden">{t("templates.title")}</PaneTitle>
            <TemplateDetailPane
              key={templateId}
              templateId={templateId}
              siblings={list.data?.items ?? []}
              onOpen={open}
              onClose={close}
            />
          </section>
        )}
      </div>
    </div>
  );
}

/** So many cards are drawn at first; more on demand, since an account may have thousands. */
const CARDS = 60;

function Gallery({
  groups,
  selectedId,
  onOpen,
}: {
  groups: readonly TemplateGroup[];
  selectedId: string | null;
  onOpen: (id: string) => void;
}) {
  const t = useT();
  const [shown, setShown] = useState(CARDS);
  const rest = groups.length - shown;
  return (
    <>
      <ul
        onKeyDown={(event) => {
          const next = neighbour(event.key, event.currentTarget);
          if (!next) return;
          event.preventDefault();
          next.focus();
        }}
        className="grid grid-cols-[repeat(auto-fill,minmax(min(17rem,100%),1fr))] gap-5"
      >
        {groups.slice(0, shown).map((group) => (
          <TemplateCard key={group.name} group={group} selectedId={selectedId} onOpen={onOpen} />
        ))}
      </ul>
      {rest > 0 && (
        <div className="mt-6 text-center">
          <Button onPress={() => setShown(shown + CARDS)}>{t("templates.more", { count: rest })}</Button>
        </div>
      )}
    </>
  );
}

/** The card an arrow leads to: beside the focused one, or in its column of the next row. */
function neighbour(key: string, gallery: HTMLElement): HTMLElement | undefined {
  const cards = [...gallery.querySelectorAll<HTMLElement>("[data-template]")];
  const at = cards.indexOf(document.activeElement as HTMLElement);
  const here = cards[at]?.getBoundingClientRect();
  if (!here) return undefined;
  const rtl = getComputedStyle(gallery).direction === "rtl";
  switch (key) {
    case "ArrowRight":
      return cards[at + (rtl ? -1 : 1)];
    case "ArrowLeft":
      return cards[at + (rtl ? 1 : -1)];
    case "ArrowDown":
      return cards.slice(at + 1).find((card) => Math.abs(card.getBoundingClientRect().left - here.left) < 4);
    case "ArrowUp":
      return cards.slice(0, at).findLast((card) => Math.abs(card.getBoundingClientRect().left - here.left) < 4);
    default:
      return undefined;
  }
}

function NoTemplates({
  filtered,
  onShowAll,
  onSync,
}: {
  filtered: boolean;
  onShowAll: () => void;
  onSync: () => void;
}) {
  const t = useT();
  if (filtered) {
    return (
      <EmptyState
        icon={LayoutTemplate}
        title={t("templates.nothing")}
        action={<Button onPress={onShowAll}>{t("templates.showAll")}</Button>}
      >
        {t("templates.nothingHelp")}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={LayoutTemplate}
      title={t("templates.empty")}
      action={
        <Button variant="primary" icon={RefreshCw} onPress={onSync}>
          {t("templates.sync")}
        </Button>
      }
    >
      {t("templates.emptyHelp")}
    </EmptyState>
  );
}
