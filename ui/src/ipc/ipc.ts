// The one door to the core. Nothing else in the window imports the shell's API, so that every screen runs the
// same against the real core and against the fake of the tests.
import type { Changes, CommandName, Commands, Progress, UiError } from "./generated";

export type * from "./generated";

export type RequestOf<C extends CommandName> = Commands[C]["request"];
export type ResponseOf<C extends CommandName> = Commands[C]["response"];

/** What a file on its way into the window is doing. */
export type FileDrag = { state: "over" } | { state: "leave" } | { state: "drop"; path: string };

/** What the core or the shell tells without being asked. */
export interface Events {
  /** Something in the store changed. */
  changes: Changes;
  /** A long task went on. */
  progress: Progress;
  /** A file was handed to the program (command line, second start). */
  "open-file": { path: string };
  /** The operator wants to close the window while something runs. */
  "close-requested": { running: number };
  /** A file is dragged over the window. */
  "file-drag": FileDrag;
}
export type EventName = keyof Events;

export interface FileFilter {
  name: string;
  extensions: string[];
}

export interface Ipc {
  /** Asks the core. Rejects with a {@link CallError} only. */
  call<C extends CommandName>(name: C, request: RequestOf<C>): Promise<ResponseOf<C>>;
  /** Listens until the returned function is called. */
  on<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void;
  /** Native "open file"; null if the operator closed it. */
  chooseFile(options: { title: string; filters: FileFilter[] }): Promise<string | null>;
  /** Native "save as"; null if the operator closed it. */
  chooseSavePath(options: { title: string; suggestedName: string; filters: FileFilter[] }): Promise<string | null>;
  /** Opens a page in the operator's own browser. */
  openLink(url: string): Promise<void>;
  /** Title of the window's frame. */
  setTitle(title: string): void;
  /** Size of everything in the window, percent. */
  setZoom(percent: number): void;
  /** Address under which a kept media file can be shown. */
  mediaUrl(mediaFileId: string): string;
}

/** A {@link UiError} on its way through promises. */
export class CallError extends Error {
  readonly ui: UiError;
  constructor(ui: UiError) {
    super(ui.message);
    this.name = "CallError";
    this.ui = ui;
  }
}

function isUiError(value: unknown): value is UiError {
  return typeof value === "object" && value !== null && "code" in value && "message" in value && "remedy" in value;
}

/** Whatever was thrown, as an error a person can read. */
export function toUiError(thrown: unknown): UiError {
  if (thrown instanceof CallError) return thrown.ui;
  if (isUiError(thrown)) return thrown;
  return {
    code: "internal",
    message: "Switchboard could not finish this.",
    remedy: "Try again; if it happens again, Settings > Diagnostics shows the log to report.",
    retryable: true,
    details: { thrown: thrown instanceof Error ? thrown.name : typeof thrown },
  };
}
