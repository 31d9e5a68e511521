// A core that lives in the page: for tests and for `npm run dev` in a browser. It keeps a small believable world,
// changes it on commands like the real core would, and lets time pass when told to (tests) or by itself (`live`).
import {
  CallError,
  type CommandName,
  type EventName,
  type Events,
  type Ipc,
  type RequestOf,
  type ResponseOf,
} from "../ipc";
import { answer } from "./handlers";
import { makeWorld, type World, type WorldOptions } from "./world";

export interface FakeOptions extends WorldOptions {
  /** Time passes by itself, once a second. */
  live?: boolean;
}

export interface FakeIpc extends Ipc {
  world: World;
  /** Every call in order, for tests. */
  calls: { name: CommandName; request: unknown }[];
  /** Lets the world live on for so long: campaigns send, customers read and reply. */
  advance(ms: number): void;
  /** The next call of this command fails like this. */
  failNext(name: CommandName, error: Partial<CallError["ui"]> & Pick<CallError["ui"], "code">): void;
  /** What the native dialogs will answer. */
  dialogs: { openPath: string | null; savePath: string | null };
  /** As if the shell had said so. */
  emit<E extends EventName>(event: E, payload: Events[E]): void;
  openedLinks: string[];
  title: string;
  zoom: number;
}

export function createFakeIpc(options: FakeOptions = {}): FakeIpc {
  const listeners = new Map<EventName, Set<(payload: never) => void>>();
  const failures = new Map<CommandName, CallError["ui"]>();
  const emit = <E extends EventName>(event: E, payload: Events[E]) => {
    for (const listener of listeners.get(event) ?? []) (listener as (payload: Events[E]) => void)(payload);
  };
  const world = makeWorld(options, emit);
  const fake: FakeIpc = {
    world,
    calls: [],
    dialogs: { openPath: "/home/shop/customers.csv", savePath: "/home/shop/left-out.csv" },
    openedLinks: [],
    title: "",
    zoom: 100,
    emit,
    advance: (ms) => world.advance(ms),
    failNext(name, error) {
      failures.set(name, {
        message: "It did not work.",
        remedy: "Do it differently.",
        retryable: false,
        details: null,
        ...error,
      });
    },
    async call<C extends CommandName>(name: C, request: RequestOf<C>): Promise<ResponseOf<C>> {
      fake.calls.push({ name, request });
      // As over a real door: never in the same turn, and nothing shared between the two sides.
      await new Promise((resolve) => setTimeout(resolve, options.live ? 25 : 0));
      const failure = failures.get(name);
      if (failure) {
        failures.delete(name);
        throw new CallError(failure);
      }
      const result = answer(world, name, structuredClone(request));
      world.flush();
      return structuredClone(result);
    },
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      set.add(listener as (payload: never) => void);
      listeners.set(event, set);
      return () => set.delete(listener as (payload: never) => void);
    },
    chooseFile: async () => fake.dialogs.openPath,
    chooseSavePath: async () => fake.dialogs.savePath,
    openLink: async (url) => {
      fake.openedLinks.push(url);
    },
    setTitle(title) {
      fake.title = title;
      document.title = title;
    },
    setZoom(percent) {
      fake.zoom = percent;
    },
    mediaUrl: (id) => `/icon.png#${id}`,
  };
  if (options.live) setInterval(() => world.advance(1_000), 1_000);
  return fake;
}
