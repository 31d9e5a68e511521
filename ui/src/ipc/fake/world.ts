import type { ChangeTag, EventName, Events } from "../ipc";

export interface WorldOptions {
  /** Nothing was ever opened here. */
  firstStart?: boolean;
  /** Practice (default) or a real account. */
  kind?: "practice" | "real";
  /** An address book and chats, or an empty profile. */
  empty?: boolean;
  nowMs?: number;
}

export interface World {
  options: WorldOptions;
  nowMs: number;
  changed(...tags: ChangeTag[]): void;
  /** Rings the bell for what changed since the last flush. */
  flush(): void;
  advance(ms: number): void;
}

export function makeWorld(
  options: WorldOptions,
  _emit: <E extends EventName>(event: E, payload: Events[E]) => void,
): World {
  return { options, nowMs: Date.now(), changed() {}, flush() {}, advance() {} };
}
