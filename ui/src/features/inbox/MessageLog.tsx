// The bubbles of a thread. Keeps the place where one reads when older messages come in above, follows the newest
// one while one is at the end, and otherwise only says that something new is below.
import { ArrowDown } from "lucide-react";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { useT } from "../../i18n/t";
import type { ThreadMessage } from "../../ipc/ipc";
import { DayText } from "./DayText";
import { MessageBubble } from "./MessageBubble";
import type { Outgoing } from "./outgoing";
import { PendingBubble } from "./PendingBubble";
import { threadLines } from "./thread-model";

/** So close to the end counts as being there. */
const END_SLACK_PX = 60;
/** So close to the top the older page is fetched before one arrives. */
const OLDER_AHEAD_PX = 500;

export function MessageLog({
  contactId,
  name,
  messages,
  outgoing,
  hasOlder,
  loadingOlder,
  onLoadOlder,
  onQuote,
}: {
  contactId: string;
  name: string;
  messages: readonly ThreadMessage[];
  outgoing: readonly Outgoing[];
  hasOlder: boolean;
  loadingOlder: boolean;
  onLoadOlder: () => void;
  onQuote?: ((message: ThreadMessage) => void) | undefined;
}) {
  const t = useT();
  const box = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const lastTop = useRef(0);
  const before = useRef<{ firstId: string | undefined; height: number }>({ firstId: undefined, height: 0 });
  const [unseen, setUnseen] = useState(false);
  const [announced, setAnnounced] = useState("");
  const lines = useMemo(() => threadLines(messages), [messages]);
  const firstId = messages[0]?.id;
  const newest = messages.at(-1);
  const newestId = newest?.id;
  const pending = outgoing.length;

  const toEnd = () => {
    const element = box.current;
    if (element) element.scrollTop = element.scrollHeight;
    setUnseen(false);
  };

  // Older messages came in above: what one reads stays where it is. (The browser's own anchoring is off, where there is
  // one at all, or both would move it.)
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the first message changes
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const { firstId: oldFirst, height } = before.current;
    if (atEnd.current) element.scrollTop = element.scrollHeight;
    else if (oldFirst !== undefined && oldFirst !== firstId) element.scrollTop += element.scrollHeight - height;
    before.current = { firstId, height: element.scrollHeight };
  }, [firstId, messages.length, pending]);

  // Something new below.
  const seenNewest = useRef(newestId);
  useEffect(() => {
    if (seenNewest.current === newestId) return;
    seenNewest.current = newestId;
    if (newest?.direction === "in") setAnnounced(t("inbox.newMessageFrom", { name, text: newest.text }));
    if (!atEnd.current && newest?.direction === "in") setUnseen(true);
  }, [newestId, newest, name, t]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: writing oneself leads to the end
  useEffect(() => {
    if (pending === 0) return;
    atEnd.current = true;
    toEnd();
  }, [pending]);

  // The box or a picture changes its size: stay at the end.
  useEffect(() => {
    const inner = content.current;
    const element = box.current;
    if (!inner || !element || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
      before.current.height = element.scrollHeight;
    });
    observer.observe(inner);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const onScroll = () => {
    const element = box.current;
    if (!element) return;
    // Only going up leaves the end: a box that shrinks, or a message that grows, leaves one there.
    const wentUp = element.scrollTop < lastTop.current - 1;
    lastTop.current = element.scrollTop;
    if (element.scrollHeight - element.scrollTop - element.clientHeight < END_SLACK_PX) atEnd.current = true;
    else if (wentUp) atEnd.current = false;
    if (atEnd.current && unseen) setUnseen(false);
    if (element.scrollTop < OLDER_AHEAD_PX && hasOlder) onLoadOlder();
  };

  return (
    <div className="relative min-h-0 flex-1">
      <section
        ref={box}
        aria-label={t("inbox.messagesWith", { name })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        onScroll={onScroll}
        className="focus-inset relative h-full overflow-y-auto [overflow-anchor:none] overscroll-contain bg-phone-wall px-6 py-4"
      >
        <div ref={content} className="mx-auto max-w-3xl">
          {hasOlder && (
            <div className="mb-3 text-center">
              <Button size="small" isPending={loadingOlder} onPress={onLoadOlder}>
                {loadingOlder ? t("common.loading") : t("inbox.older")}
              </Button>
            </div>
          )}
          <ol>
            {lines.map((line) =>
              line.kind === "day" ? (
                <li key={line.key} className="my-4 flex justify-center">
                  <span className="rounded-full bg-surface/90 px-3 py-1 font-medium text-ink-2 text-xs shadow-card">
                    <DayText atMs={line.at_ms} />
                  </span>
                </li>
              ) : (
                <MessageBubble
                  key={line.key}
                  message={line.message}
                  name={name}
                  first={line.first}
                  last={line.last}
                  onQuote={onQuote}
                />
              ),
            )}
            {outgoing.map((message) => (
              <PendingBubble key={message.key} contactId={contactId} message={message} />
            ))}
          </ol>
        </div>
      </section>
      {unseen && (
        <div className="absolute inset-x-0 bottom-4 flex justify-center">
          <Button variant="primary" size="small" icon={ArrowDown} className="rounded-full shadow-float" onPress={toEnd}>
            {t("inbox.newBelow")}
          </Button>
        </div>
      )}
      <p aria-live="polite" className="sr-only">
        {announced}
      </p>
    </div>
  );
}
