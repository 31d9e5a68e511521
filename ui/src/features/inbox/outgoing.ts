// Messages on their way to the core: shown as pending bubbles until the thread itself shows them, kept with their
// failure if the core refused. A repeat uses the same key, so that pressing twice never sends twice (P3).
import { useSyncExternalStore } from "react";
import type { Ipc, ThreadMessage, UiError } from "../../ipc/ipc";
import { toUiError } from "../../ipc/ipc";

export interface Outgoing {
  key: string;
  text: string;
  quoteMessageId: string | null;
  quoteText: string | null;
  startedAtMs: number;
  /** What the core made of it; until the thread shows that message this bubble stands for it. */
  taken: ThreadMessage | null;
  error: UiError | null;
}

const NONE: readonly Outgoing[] = [];
const byContact = new Map<string, readonly Outgoing[]>();
const listeners = new Set<() => void>();

function update(contactId: string, change: (list: readonly Outgoing[]) => readonly Outgoing[]) {
  const next = change(byContact.get(contactId) ?? NONE);
  if (next.length === 0) byContact.delete(contactId);
  else byContact.set(contactId, next);
  for (const listener of listeners) listener();
}

async function deliver(ipc: Ipc, contactId: string, message: Outgoing): Promise<void> {
  const patch = (part: Partial<Outgoing>) =>
    update(contactId, (list) => list.map((one) => (one.key === message.key ? { ...one, ...part } : one)));
  patch({ error: null });
  try {
    const taken = await ipc.call("message_reply", {
      contact_id: contactId,
      text: message.text,
      quote_message_id: message.quoteMessageId,
      idempotency_key: message.key,
    });
    patch({ taken });
  } catch (thrown) {
    patch({ error: toUiError(thrown) });
  }
}

/** Hands a text to the core. */
export function sendReply(
  ipc: Ipc,
  contactId: string,
  text: string,
  quote: { id: string; text: string } | null,
): Promise<void> {
  const message: Outgoing = {
    key: crypto.randomUUID(),
    text,
    quoteMessageId: quote?.id ?? null,
    quoteText: quote?.text ?? null,
    startedAtMs: Date.now(),
    taken: null,
    error: null,
  };
  update(contactId, (list) => [...list, message]);
  return deliver(ipc, contactId, message);
}

/** Hands the same text to the core again, under the same key. */
export function repeatReply(ipc: Ipc, contactId: string, key: string): Promise<void> {
  const message = (byContact.get(contactId) ?? NONE).find((one) => one.key === key);
  return message ? deliver(ipc, contactId, message) : Promise.resolve();
}

/** Takes a bubble away: the thread shows the message now, or the operator gave it up. */
export function dropOutgoing(contactId: string, keys: readonly string[]) {
  if (keys.length > 0) update(contactId, (list) => list.filter((one) => !keys.includes(one.key)));
}

/** Forgets all, for example when another account is opened. */
export function clearOutgoing() {
  byContact.clear();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** What is on its way to a person. */
export function useOutgoing(contactId: string): readonly Outgoing[] {
  return useSyncExternalStore(subscribe, () => byContact.get(contactId) ?? NONE);
}
