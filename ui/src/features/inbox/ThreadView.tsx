// One conversation: who, how long one may answer freely, the bubbles, and where one answers.
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import {
  ArrowLeft,
  CircleSlash,
  EllipsisVertical,
  LayoutTemplate,
  MessageSquareDashed,
  Smartphone,
  UserRound,
} from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { Avatar } from "../../components/Avatar";
import { IconButton } from "../../components/Button";
import { cx } from "../../components/cx";
import { Chip, EmptyState, ErrorNote, Skeleton } from "../../components/feedback";
import { Menu } from "../../components/overlays";
import { readablePhone } from "../../components/phoneNumber";
import { onlyOnePane } from "../../components/SplitView";
import { useNow } from "../../components/useNow";
import { useT } from "../../i18n/t";
import { useIpc } from "../../ipc/context";
import type { ThreadDetail, ThreadMessage } from "../../ipc/ipc";
import { useCommand } from "../../ipc/queries";
import { pretendPhone } from "../phone/phone-store";
import { Composer } from "./Composer";
import { MessageLog } from "./MessageLog";
import { dropOutgoing, useOutgoing } from "./outgoing";
import { useThread } from "./queries";
import { SendTemplateDialog } from "./SendTemplateDialog";
import { furtherTicks, mergePages } from "./thread-model";
import { WindowRing } from "./WindowRing";
import { useWindowText } from "./window-text";

/** Timers of the browser overflow beyond this. */
const LONGEST_TIMER_MS = 2_000_000_000;

export function ThreadView({
  contactId,
  focusOnOpen,
  onClose,
  onPerson,
}: {
  contactId: string;
  /** The keyboard opened it: the cursor goes where one answers. */
  focusOnOpen: boolean;
  onClose: () => void;
  onPerson: () => void;
}) {
  const t = useT();
  const thread = useThread(contactId);
  const detail = thread.data?.pages[0];

  if (thread.error && !detail) {
    return (
      <div className="p-6">
        <ErrorNote error={thread.error} onRetry={() => void thread.refetch()} />
      </div>
    );
  }
  if (!detail || !thread.data) {
    return (
      <div className="flex flex-1 flex-col gap-4 p-6">
        <Skeleton className="h-10 w-64" />
        <Skeleton rows={4} className="h-16 max-w-md rounded-2xl" />
        <span className="sr-only">{t("common.loading")}</span>
      </div>
    );
  }
  return (
    <OpenThread
      key={contactId}
      detail={detail}
      pages={thread.data.pages}
      hasOlder={thread.hasNextPage}
      loadingOlder={thread.isFetchingNextPage}
      onLoadOlder={thread.loadOlder}
      focusOnOpen={focusOnOpen}
      onClose={onClose}
      onPerson={onPerson}
    />
  );
}

function OpenThread({
  detail,
  pages,
  hasOlder,
  loadingOlder,
  onLoadOlder,
  focusOnOpen,
  onClose,
  onPerson,
}: {
  detail: ThreadDetail;
  pages: readonly ThreadDetail[];
  hasOlder: boolean;
  loadingOlder: boolean;
  onLoadOlder: () => void;
  focusOnOpen: boolean;
  onClose: () => void;
  onPerson: () => void;
}) {
  const t = useT();
  const { row, composer } = detail;
  const contactId = row.contact_id;
  const field = useRef<HTMLTextAreaElement>(null);
  const [quoted, setQuoted] = useState<ThreadMessage | null>(null);
  const [choosing, setChoosing] = useState(false);
  const messages = useForwardTicks(useMemo(() => mergePages(pages), [pages]));
  const outgoing = useVisibleOutgoing(contactId, messages);
  useMarkRead(contactId, row.unread, messages.at(-1)?.id);
  useAskAgainWhenClosed(contactId, row.window_closes_at_ms);

  useEffect(() => {
    if (focusOnOpen) field.current?.focus();
  }, [focusOnOpen]);

  return (
    <>
      <ThreadHeader detail={detail} onClose={onClose} onPerson={onPerson} onTemplate={() => setChoosing(true)} />
      {messages.length === 0 && outgoing.length === 0 ? (
        <div className="min-h-0 flex-1 overflow-y-auto">
          <EmptyState icon={MessageSquareDashed} title={t("inbox.noMessages")}>
            {t("inbox.noMessagesHelp")}
          </EmptyState>
        </div>
      ) : (
        <MessageLog
          contactId={contactId}
          name={row.name}
          messages={messages}
          outgoing={outgoing}
          hasOlder={hasOlder}
          loadingOlder={loadingOlder}
          onLoadOlder={onLoadOlder}
          onQuote={
            composer.mode === "open"
              ? (message) => {
                  setQuoted(message);
                  field.current?.focus();
                }
              : undefined
          }
        />
      )}
      <Composer
        contactId={contactId}
        name={row.name}
        state={composer}
        noNumber={detail.phone === null}
        quoted={quoted}
        onUnquote={() => setQuoted(null)}
        onQuoteStep={(step) => setQuoted((now) => quoteStep(messages, now, step))}
        onTemplate={() => setChoosing(true)}
        onLeave={onClose}
        field={field}
      />
      <SendTemplateDialog
        target={{ contactId, name: row.name, verdicts: composer.templates }}
        isOpen={choosing}
        onClose={() => setChoosing(false)}
      />
    </>
  );
}

/** The message before (-1) or after (+1) the quoted one; from none, the newest; past the newest, none. */
export function quoteStep(
  messages: readonly ThreadMessage[],
  quoted: ThreadMessage | null,
  step: -1 | 1,
): ThreadMessage | null {
  const at = quoted ? messages.findIndex((message) => message.id === quoted.id) : messages.length;
  return messages[Math.max(0, at + step)] ?? null;
}

function ThreadHeader({
  detail,
  onClose,
  onPerson,
  onTemplate,
}: {
  detail: ThreadDetail;
  onClose: () => void;
  onPerson: () => void;
  onTemplate: () => void;
}) {
  const t = useT();
  const now = useNow();
  const windowText = useWindowText();
  const { row, phone, composer } = detail;
  const practice = useCommand("app_status", {}, { tags: ["account"] }).data?.profile?.kind === "practice";
  const open = row.window_closes_at_ms !== null && row.window_closes_at_ms > now;
  const left = windowText(row.window_closes_at_ms, now);
  const standing = open ? t("inbox.window.openHeader", { left }) : t("inbox.window.closedHeader");
  return (
    <header className="@container/head border-line border-b bg-surface">
      <div className="flex items-center gap-3 px-4 py-2.5 @min-[40rem]/head:px-6">
        <IconButton
          label={t("inbox.back")}
          icon={ArrowLeft}
          onPress={onClose}
          className={cx(onlyOnePane, "rtl:-scale-x-100")}
        />
        <Avatar name={row.name} />
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-semibold text-base leading-5">
            <Link
              to="/contacts/$contactId"
              params={{ contactId: row.contact_id }}
              title={t("inbox.person")}
              className="rounded hover:underline"
            >
              <bdi>{readablePhone(row.name)}</bdi>
            </Link>
          </h2>
          {phone && phone !== row.name && (
            <p className="truncate text-ink-3 text-xs">
              <bdi className="tabular">{readablePhone(phone)}</bdi>
            </p>
          )}
        </div>
        {row.opted_out && (
          <Chip tone="attention" icon={CircleSlash}>
            {t("inbox.optedOut")}
          </Chip>
        )}
        <div className="flex items-center gap-2 text-ink-2 text-xs" title={standing}>
          <WindowRing closesAtMs={row.window_closes_at_ms} nowMs={now} label={standing} size={22} />
          <span aria-hidden className="hidden @min-[30rem]/head:inline">
            {open ? left : t("inbox.window.closed")}
          </span>
        </div>
        <Menu
          label={t("inbox.more")}
          trigger={<IconButton label={t("inbox.more")} icon={EllipsisVertical} />}
          items={[
            { id: "person", label: t("inbox.person"), icon: UserRound, onAction: onPerson },
            {
              id: "template",
              label: t("inbox.sendTemplate"),
              icon: LayoutTemplate,
              isDisabled: composer.mode === "locked",
              onAction: onTemplate,
            },
            ...(practice && phone
              ? [
                  {
                    id: "phone",
                    label: t("inbox.bePerson"),
                    icon: Smartphone,
                    onAction: () => pretendPhone.openFor(phone),
                  },
                ]
              : []),
          ]}
        />
      </div>
    </header>
  );
}

/** Ticks as far as they ever were seen here: a late answer never takes one back. */
function useForwardTicks(messages: readonly ThreadMessage[]): readonly ThreadMessage[] {
  const seen = useRef(new Map<string, ThreadMessage["ticks"]>());
  return useMemo(
    () =>
      messages.map((message) => {
        const ticks = furtherTicks(seen.current.get(message.id), message.ticks);
        seen.current.set(message.id, ticks);
        return ticks === message.ticks ? message : { ...message, ticks };
      }),
    [messages],
  );
}

/** Pending bubbles that the thread does not show itself yet. */
function useVisibleOutgoing(contactId: string, messages: readonly ThreadMessage[]) {
  const outgoing = useOutgoing(contactId);
  const visible = useMemo(() => {
    const shown = new Set(messages.map((message) => message.id));
    return outgoing.filter((one) => !(one.taken && shown.has(one.taken.id)));
  }, [outgoing, messages]);
  useEffect(() => {
    const gone = outgoing.filter((one) => !visible.includes(one)).map((one) => one.key);
    dropOutgoing(contactId, gone);
  }, [contactId, outgoing, visible]);
  return visible;
}

/** What is on screen is read, once somebody can see the window. */
function useMarkRead(contactId: string, unread: number, newestId: string | undefined) {
  const ipc = useIpc();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a newer message is read anew
  useEffect(() => {
    if (unread === 0) return;
    const mark = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", mark);
      // The thread stays unread if this fails, and the next message tries again.
      ipc.call("thread_mark_read", { id: contactId }).catch(() => undefined);
    };
    document.addEventListener("visibilitychange", mark);
    mark();
    return () => document.removeEventListener("visibilitychange", mark);
  }, [ipc, contactId, unread, newestId]);
}

/** Nothing in the store changes when a window closes, so the clock asks. */
function useAskAgainWhenClosed(contactId: string, closesAtMs: number | null) {
  const client = useQueryClient();
  useEffect(() => {
    if (closesAtMs === null) return;
    const wait = closesAtMs - Date.now();
    if (wait <= 0 || wait > LONGEST_TIMER_MS) return;
    const timer = setTimeout(() => void client.invalidateQueries({ queryKey: ["thread_get", contactId] }), wait + 250);
    return () => clearTimeout(timer);
  }, [client, contactId, closesAtMs]);
}
