import { CallError } from "../ipc";

/** What the core says of an id that is not there (any more). */
export function notFound(what: string): CallError {
  return new CallError({
    code: "not_found",
    message: `This ${what} is not here any more.`,
    remedy: "Go back to the list; it shows what there is now.",
    retryable: false,
    details: null,
  });
}
