// What a fake world holds of people, chats and templates. Made on first sight of a world, and kept with it.
import type { PhoneConversation, TemplateRow, ThreadMessage } from "../ipc";
import { type FakePerson, fakePerson } from "./people";
import { fakeTemplates } from "./template-rows";
import { type FakeThread, makeThreads } from "./threads";
import type { World } from "./world";

export interface Shop {
  startedAtMs: number;
  people: FakePerson[];
  threads: FakeThread[];
  templates: TemplateRow[];
  syncedAtMs: number;
  /** What was sent under which idempotency key. */
  sentOnce: Map<string, ThreadMessage>;
  /** Chats as the customers see them. */
  chats: Map<string, PhoneConversation>;
}

const PEOPLE = 1_240;
const shops = new WeakMap<World, Shop>();

export function shopOf(world: World): Shop {
  const known = shops.get(world);
  if (known) return known;
  const now = world.nowMs;
  const people = Array.from({ length: world.options.empty ? 0 : PEOPLE }, (_, index) => fakePerson(index, now));
  const shop: Shop = {
    startedAtMs: now,
    people,
    threads: makeThreads(people, now),
    templates: world.options.empty ? [] : fakeTemplates(now),
    syncedAtMs: now - 14 * 60_000,
    sentOnce: new Map(),
    chats: new Map(),
  };
  shops.set(world, shop);
  return shop;
}
