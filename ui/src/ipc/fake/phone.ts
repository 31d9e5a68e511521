/** Answers for the pretend phone and the practice settings. */
import type { PhoneConversation, PhoneCustomer, PhoneMessage } from "../ipc";
import { customerWrites } from "./inbox";
import { notFound } from "./not-found";
import type { FakePerson } from "./people";
import { shopOf } from "./shop";
import type { Handlers } from "./types";
import type { World } from "./world";

const MINUTE = 60_000;
/** A warm square, standing for a photo. */
export const FAKE_PHOTO =
  "data:image/svg+xml;utf8," +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240"><rect width="320" height="240" fill="#e9d8c0"/><ellipse cx="160" cy="140" rx="110" ry="60" fill="#b9773b"/><path d="M90 120q30-30 60 0M140 110q30-30 60 0M190 118q20-20 40 0" stroke="#7c4a1e" stroke-width="8" fill="none" stroke-linecap="round"/></svg>',
  );

function phoneMessage(
  id: string,
  at: number,
  fromCustomer: boolean,
  text: string,
  rest: Partial<PhoneMessage> = {},
): PhoneMessage {
  return {
    id,
    from_customer: fromCustomer,
    text,
    header: null,
    footer: null,
    buttons: [],
    image_data_url: null,
    ticks: fromCustomer ? "read" : null,
    at_ms: at,
    ...rest,
  };
}

function customerOf(world: World, p: FakePerson, index: number): PhoneCustomer {
  const chat = shopOf(world).chats.get(p.row.id);
  const last = chat?.messages.at(-1);
  const started = shopOf(world).startedAtMs;
  return {
    id: p.row.id,
    name: p.row.name,
    address: p.row.phone ?? (p.row.username ? `@${p.row.username}` : p.row.id),
    last_line: last?.text ?? (index < 12 ? "Hi, the sourdough is back." : null),
    last_at_ms: last?.at_ms ?? (index < 12 ? started - index * 17 * MINUTE : null),
  };
}

function chatOf(world: World, id: string): PhoneConversation {
  const { chats, people, startedAtMs } = shopOf(world);
  const known = chats.get(id);
  if (known) return known;
  const index = people.findIndex((p) => p.row.id === id);
  const person = people[index];
  if (!person) throw notFound("customer");
  const fresh: PhoneConversation = {
    customer: customerOf(world, person, index),
    business_name: "Lantern Street Bakery",
    messages:
      index < 12
        ? [
            phoneMessage(`${id}-p1`, startedAtMs - 26 * 60 * MINUTE, true, "Do you have anything without nuts?"),
            phoneMessage(
              `${id}-p2`,
              startedAtMs - 25 * 60 * MINUTE,
              false,
              "Yes! The oat loaf and the olive bread never meet a nut.",
            ),
            phoneMessage(
              `${id}-p3`,
              startedAtMs - index * 17 * MINUTE,
              false,
              "Hi, the sourdough is back.\n\n*15 % off* every loaf until noon, while it is warm. 🍞",
              {
                header: "Fresh this Saturday",
                footer: "Write STOP to get no more offers",
                buttons: ["Keep me a loaf", "Stop offers"],
              },
            ),
          ]
        : [],
    marketing_stopped: person.row.consent === "marketing_stopped",
    blocked: false,
  };
  chats.set(id, fresh);
  return fresh;
}

function add(world: World, chat: PhoneConversation, text: string, rest: Partial<PhoneMessage> = {}): PhoneConversation {
  chat.messages.push(phoneMessage(`phone-${chat.customer.id}-${chat.messages.length}`, world.nowMs, true, text, rest));
  chat.customer.last_line = text;
  chat.customer.last_at_ms = world.nowMs;
  if (!chat.blocked) customerWrites(world, chat.customer.id, text, { opt_out: /^\s*stop\s*$/i.test(text) });
  return structuredClone(chat);
}

export const phoneHandlers = {
  phone_customers: (world, request) => {
    const words = (request.search ?? "").toLowerCase();
    const items = shopOf(world)
      .people.map((p, index) => customerOf(world, p, index))
      .filter((c) => `${c.name} ${c.address}`.toLowerCase().includes(words))
      .sort((a, b) => (b.last_at_ms ?? 0) - (a.last_at_ms ?? 0));
    return { items: items.slice(0, request.limit), total: items.length };
  },
  phone_conversation: (world, request) => structuredClone(chatOf(world, request.customer_id)),
  phone_send: (world, request) =>
    add(world, chatOf(world, request.customer_id), request.text, request.photo ? { image_data_url: FAKE_PHOTO } : {}),
  phone_tap_button: (world, request) => {
    const chat = chatOf(world, request.customer_id);
    const label = chat.messages.find((m) => m.id === request.message_id)?.buttons[request.button];
    if (label === undefined) throw notFound("button");
    return add(world, chat, label);
  },
  phone_preference: (world, request) => {
    const chat = chatOf(world, request.customer_id);
    chat.marketing_stopped = request.stop;
    return structuredClone(chat);
  },
  phone_block: (world, request) => {
    const chat = chatOf(world, request.customer_id);
    chat.blocked = request.block;
    return structuredClone(chat);
  },
} satisfies Partial<Handlers>;
