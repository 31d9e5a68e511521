// What could not be drawn leaves a trace in the log: the kind of screen, the error's name and our own components. Never
// the error's message, an address with an id, or anything that was on the screen.
import type { Ipc } from "../ipc/ipc";

/** A screen that fails again and again must not flood the log. */
const MOST = 20;

/** `#/contacts/019a…?search=x` is a screen of the kind `/contacts/$`. */
export function kindOfPlace(hash: string): string {
  const path = hash.replace(/^#/, "").split("?")[0] ?? "";
  return path.replace(/\/[^/]*\d[^/]*/g, "/$");
}

/** Takes notes of faults until there are too many. */
export function faultNotes(ipc: Ipc): (error: unknown, components: string | null | undefined) => void {
  let left = MOST;
  return (error, components) => {
    if (left === 0) return;
    left -= 1;
    const fault = {
      place: kindOfPlace(location.hash),
      error: error instanceof Error ? error.name : typeof error,
      components: components ?? "",
    };
    // Without a core there is no log either.
    ipc.call("window_fault_note", fault).catch(() => undefined);
  };
}

/** For React's root: faults that a boundary caught, and those that none did. */
export function faultOptions(ipc: Ipc) {
  const note = faultNotes(ipc);
  const take = (error: unknown, { componentStack }: { componentStack?: string | null | undefined }) =>
    note(error, componentStack);
  return { onCaughtError: take, onUncaughtError: take };
}
