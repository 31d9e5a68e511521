// The inbox: conversations at the start, the open one beside them.
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ArrowDownUp, Check, Inbox, MessageSquareText, SquarePen } from "lucide-react";
import { useCallback, useState } from "react";
import { Button, IconButton } from "../../components/Button";
import { EmptyState } from "../../components/feedback";
import { SearchField } from "../../components/fields";
import { Menu } from "../../components/overlays";
import { SegmentedControl } from "../../components/SegmentedControl";
import { SplitView } from "../../components/SplitView";
import { useNow } from "../../components/useNow";
import { useT } from "../../i18n/t";
import type { ThreadFilter, ThreadRow, ThreadSort } from "../../ipc/ipc";
import { NewChatDialog } from "./NewChatDialog";
import { ThreadList } from "./ThreadList";
import { ThreadView } from "./ThreadView";

const FILTERS = ["all", "unread", "open"] as const satisfies readonly ThreadFilter[];
const SORTS = ["newest", "closing_soonest"] as const satisfies readonly ThreadSort[];

export function InboxScreen() {
  const t = useT();
  const navigate = useNavigate();
  const { contactId } = useParams({ strict: false });
  const address = useSearch({ strict: false });
  const filter = FILTERS.find((one) => one === address.filter) ?? "all";
  const sort = SORTS.find((one) => one === address.sort) ?? "newest";
  const search = address.search ?? "";
  const now = useNow();
  const [total, setTotal] = useState<number | undefined>(undefined);
  const [starting, setStarting] = useState(false);
  const [openedHere, setOpenedHere] = useState<string | null>(null);

  const show = (next: { filter?: ThreadFilter; sort?: ThreadSort; search?: string }) => {
    const merged = { filter, sort, search, ...next };
    void navigate({
      to: contactId ? "/inbox/$contactId" : "/inbox",
      params: { contactId: contactId ?? "" },
      search: {
        ...(merged.filter === "all" ? {} : { filter: merged.filter }),
        ...(merged.sort === "newest" ? {} : { sort: merged.sort }),
        ...(merged.search === "" ? {} : { search: merged.search }),
      },
      replace: true,
    });
  };
  const open = (id: string) => {
    setOpenedHere(id);
    void navigate({ to: "/inbox/$contactId", params: { contactId: id }, search: address });
  };
  const close = useCallback(() => {
    const id = contactId;
    void navigate({ to: "/inbox", search: address }).then(() => {
      // Focus goes back to the row one came from.
      if (id) document.querySelector<HTMLElement>('[role=grid] [role=row][tabindex="0"]')?.focus();
    });
  }, [navigate, contactId, address]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Esc closes the conversation from anywhere in it
    <div
      className="h-full"
      onKeyDown={(event) => {
        if (event.key === "Escape" && contactId && !event.defaultPrevented) close();
      }}
    >
      <SplitView
        title={t("inbox.title")}
        listLabel={t("inbox.list")}
        detailLabel={t("inbox.thread")}
        hasDetail={contactId !== undefined}
        list={
          <>
            <div className="space-y-3 border-line border-b px-4 pt-5 pb-3">
              <div className="flex items-center gap-2">
                <h1 className="flex-1 font-semibold text-xl tracking-tight">{t("inbox.title")}</h1>
                <IconButton label={t("inbox.newChat")} icon={SquarePen} onPress={() => setStarting(true)} />
              </div>
              <SearchField label={t("inbox.search")} value={search} onChange={(text) => show({ search: text })} />
              <SegmentedControl
                label={t("inbox.filter")}
                options={FILTERS.map((value) => ({ value, label: t(`inbox.filter.${value}`) }))}
                value={filter}
                onChange={(value) => show({ filter: value })}
              />
              <div className="flex items-center justify-between gap-2 text-ink-3 text-xs">
                <span aria-live="polite">{total === undefined ? "" : t("inbox.count", { count: total })}</span>
                <Menu
                  label={t("inbox.sort")}
                  trigger={
                    <Button size="small" variant="quiet" icon={ArrowDownUp} className="-me-2">
                      <span className="sr-only">{t("inbox.sort")}: </span>
                      {t(`inbox.sort.${sort}`)}
                    </Button>
                  }
                  items={SORTS.map((value) => ({
                    id: value,
                    label: t(`inbox.sort.${value}`),
                    ...(value === sort ? { icon: Check } : {}),
                    onAction: () => show({ sort: value }),
                  }))}
                />
              </div>
            </div>
            <div className="min-h-0 flex-1">
              <ThreadList
                query={{ filter, sort, search }}
                selectedId={contactId ?? null}
                nowMs={now}
                onOpen={(row: ThreadRow) => open(row.contact_id)}
                onTotal={setTotal}
                empty={
                  <NoThreads
                    filter={filter}
                    search={search}
                    onShowAll={() => show({ filter: "all", search: "" })}
                    onNew={() => setStarting(true)}
                  />
                }
              />
            </div>
          </>
        }
        detail={
          contactId ? (
            <ThreadView
              key={contactId}
              contactId={contactId}
              focusOnOpen={openedHere === contactId}
              onClose={close}
              onPerson={() => void navigate({ to: "/contacts/$contactId", params: { contactId } })}
            />
          ) : (
            <div className="m-auto">
              <EmptyState icon={MessageSquareText} title={t("inbox.pick")}>
                {t("inbox.pickHelp")}
              </EmptyState>
            </div>
          )
        }
      />
      <NewChatDialog
        isOpen={starting}
        onClose={() => setStarting(false)}
        onStarted={(id) => {
          setStarting(false);
          open(id);
        }}
      />
    </div>
  );
}

function NoThreads({
  filter,
  search,
  onShowAll,
  onNew,
}: {
  filter: ThreadFilter;
  search: string;
  onShowAll: () => void;
  onNew: () => void;
}) {
  const t = useT();
  if (search.trim() !== "") {
    return (
      <EmptyState
        title={t("inbox.emptySearch", { search })}
        action={<Button onPress={onShowAll}>{t("inbox.showAll")}</Button>}
      >
        {t("inbox.emptySearchHelp")}
      </EmptyState>
    );
  }
  if (filter !== "all") {
    const unread = filter === "unread";
    return (
      <EmptyState
        icon={Inbox}
        title={t(unread ? "inbox.emptyUnread" : "inbox.emptyOpen")}
        action={<Button onPress={onShowAll}>{t("inbox.showAll")}</Button>}
      >
        {t(unread ? "inbox.emptyUnreadHelp" : "inbox.emptyOpenHelp")}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={Inbox}
      title={t("inbox.empty")}
      action={
        <Button variant="primary" icon={SquarePen} onPress={onNew}>
          {t("inbox.newChat")}
        </Button>
      }
    >
      {t("inbox.emptyHelp")}
    </EmptyState>
  );
}
