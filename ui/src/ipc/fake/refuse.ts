import { CallError, type UiErrorCode } from "../ipc";

/** Refuses like the core does. */
export function refuse(code: UiErrorCode, message: string, remedy: string): never {
  throw new CallError({ code, message, remedy, retryable: false, details: null });
}

export function found<T>(thing: T | undefined, what: string): T {
  return thing ?? refuse("not_found", `This ${what} does not exist any more.`, "Go back to the list.");
}
