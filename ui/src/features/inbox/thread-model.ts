/** What a thread looks like, worked out from its messages alone: days, runs of bubbles, ticks that never go back. */
import type { ThreadMessage, Ticks } from "../../ipc/generated";

/** How far a message has come; a later reading with a lower rank is ignored (architecture.md P5). */
const RANK: Record<Ticks, number> = {
  pending: 0,
  accepted: 1,
  held: 1,
  unknown: 1,
  sent: 2,
  failed: 3,
  delivered: 4,
  read: 5,
};

/** The further of two readings of one message's ticks. `failed` never overrides `delivered`. */
export function furtherTicks(before: Ticks | null | undefined, now: Ticks | null): Ticks | null {
  if (!before || !now) return now ?? before ?? null;
  return RANK[now] >= RANK[before] ? now : before;
}

/** A line of the thread: a rule with the day, or a bubble and where it stands in its run. */
export type ThreadLine =
  | { kind: "day"; key: string; at_ms: number }
  | { kind: "message"; key: string; message: ThreadMessage; first: boolean; last: boolean };

/** Bubbles of one writer closer together than this belong to one run. */
const RUN_GAP_MS = 5 * 60_000;

/** The calendar day of a time where the operator sits, such as `2026-11-22`. */
export function localDay(atMs: number): string {
  const d = new Date(atMs);
  return `${d.getFullYear()}-${d.getMonth() + 1}-${d.getDate()}`;
}

/** Messages, oldest first, as lines with day rules between them. */
export function threadLines(messages: readonly ThreadMessage[]): ThreadLine[] {
  const lines: ThreadLine[] = [];
  messages.forEach((message, i) => {
    const before = messages[i - 1];
    const after = messages[i + 1];
    const day = localDay(message.at_ms);
    const newDay = !before || localDay(before.at_ms) !== day;
    if (newDay) lines.push({ kind: "day", key: `day-${day}-${message.id}`, at_ms: message.at_ms });
    const joins = (a: ThreadMessage | undefined, b: ThreadMessage | undefined) =>
      a !== undefined &&
      b !== undefined &&
      a.direction === b.direction &&
      b.at_ms - a.at_ms < RUN_GAP_MS &&
      localDay(a.at_ms) === localDay(b.at_ms);
    lines.push({
      kind: "message",
      key: message.id,
      message,
      first: !joins(before, message),
      last: !joins(message, after),
    });
  });
  return lines;
}

/** Pages of a thread (newest page first, each oldest first) as one list, oldest first, each message once. */
export function mergePages(pages: ReadonlyArray<{ messages: ThreadMessage[] }>): ThreadMessage[] {
  const seen = new Map<string, ThreadMessage>();
  for (const page of [...pages].reverse()) {
    for (const message of page.messages) seen.set(message.id, message);
  }
  return [...seen.values()].sort((a, b) => a.at_ms - b.at_ms);
}

/** How much of a 24 h window is left: from 1 (just opened) to 0 (closed). */
export function windowLeft(closesAtMs: number | null, nowMs: number): number {
  if (closesAtMs === null) return 0;
  return Math.min(1, Math.max(0, (closesAtMs - nowMs) / 86_400_000));
}

/** WhatsApp's limit for a text message (messages.md §4), counted in characters as people count them. */
export const TEXT_LIMIT = 4096;

/** Characters of a text as Meta counts them: code points. */
export function textLength(text: string): number {
  let n = 0;
  for (const _ of text) n += 1;
  return n;
}
