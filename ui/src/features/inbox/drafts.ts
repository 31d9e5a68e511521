/**
 * What is typed but not sent, per thread. Kept in memory only: a customer's words never enter the web view's storage
 * (architecture.md P6), so a draft survives moving about the window but not closing it.
 */
import { useSyncExternalStore } from "react";

const drafts = new Map<string, string>();
const listeners = new Set<() => void>();

function emit() {
  for (const listener of listeners) listener();
}

/** Sets or, with an empty text, forgets a draft. */
export function setDraft(contactId: string, text: string) {
  if (text === "") drafts.delete(contactId);
  else drafts.set(contactId, text);
  emit();
}

/** The draft of a thread as it is now. */
export function getDraft(contactId: string): string {
  return drafts.get(contactId) ?? "";
}

/** Forgets every draft, for example when another account is opened. */
export function clearDrafts() {
  drafts.clear();
  emit();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** The draft of a thread, live. */
export function useDraft(contactId: string): string {
  return useSyncExternalStore(subscribe, () => getDraft(contactId));
}
