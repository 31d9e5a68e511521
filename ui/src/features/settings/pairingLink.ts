// A pairing link that the program was opened with, until Settings has shown where it leads. Not in the address: the code
// in it is good for ten minutes, and addresses are remembered.
import { useSyncExternalStore } from "react";
import type { OfferedLink } from "../../ipc/ipc";

let waiting: string | null = null;
let newest = 0;
const listeners = new Set<() => void>();

function set(link: string | null): void {
  waiting = link;
  for (const listener of listeners) listener();
}

/** Takes a link that was opened, once; whether it is new. */
export function takePairingLink({ link, number }: OfferedLink): boolean {
  if (number <= newest) return false;
  newest = number;
  set(link);
  return true;
}

/** It was shown, or is not wanted. */
export function forgetPairingLink(): void {
  set(null);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The link that waits; null if none does. */
export function usePairingLink(): string | null {
  return useSyncExternalStore(subscribe, () => waiting);
}
