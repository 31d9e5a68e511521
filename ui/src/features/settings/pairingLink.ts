// A pairing link that the program was opened with, until Settings has shown where it leads. Not in the address: the code
// in it is good for ten minutes, and addresses are remembered.
import { useSyncExternalStore } from "react";

let link: string | null = null;
const listeners = new Set<() => void>();

export function offerPairingLink(offered: string | null): void {
  link = offered;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The link that waits; null if none does. */
export function usePairingLink(): string | null {
  return useSyncExternalStore(subscribe, () => link);
}
