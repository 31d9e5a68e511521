// Answers for the inbox commands.
import type { Composer, ThreadDetail, ThreadMessage, ThreadRow } from "../ipc";
import { notFound } from "./not-found";
import { shopOf } from "./shop";
import { type FakeThread, message } from "./threads";
import type { Handlers } from "./types";
import type { World } from "./world";

const DAY = 86_400_000;

function closesAt(t: FakeThread): number | null {
  const heard = t.messages.filter((m) => m.direction === "in").at(-1);
  return heard ? heard.at_ms + DAY : null;
}

function isOpen(world: World, t: FakeThread): boolean {
  return (closesAt(t) ?? 0) > world.nowMs;
}

function rowOf(world: World, t: FakeThread): ThreadRow {
  const last = t.messages.at(-1);
  return {
    contact_id: t.person.row.id,
    name: t.person.row.name,
    last_line: last ? last.text || (last.media?.kind === "video" ? "Video" : "Photo") : "",
    last_direction: last?.direction ?? "in",
    last_ticks: last?.ticks ?? null,
    last_at_ms: last?.at_ms ?? world.nowMs,
    unread: t.unread,
    window_closes_at_ms: closesAt(t),
    opted_out: t.person.row.consent === "opted_out",
  };
}

function composer(world: World, t: FakeThread): Composer {
  const templates = t.person.may_receive;
  const stopped = t.person.row.consent === "opted_out";
  if (isOpen(world, t)) {
    const sentence = stopped
      ? "They wrote STOP, so no templates. You may still answer while this window is open."
      : "They wrote to you, so you can answer freely.";
    return { mode: "open", sentence, templates };
  }
  if (stopped) {
    return {
      mode: "locked",
      sentence: "They wrote STOP, so nothing can be sent until they write to you again.",
      templates,
    };
  }
  return {
    mode: "template_only",
    sentence: "The 24 hours since their last message are over. A template starts the conversation again.",
    templates,
  };
}

function find(world: World, contactId: string): FakeThread {
  const { threads, people } = shopOf(world);
  const known = threads.find((t) => t.person.row.id === contactId);
  if (known) return known;
  const person = people.find((p) => p.row.id === contactId);
  if (!person) throw notFound("person");
  const fresh: FakeThread = { person, messages: [], unread: 0 };
  threads.push(fresh);
  return fresh;
}

function detail(world: World, t: FakeThread, request: { before_ms: number | null; limit: number }): ThreadDetail {
  const before = request.before_ms ?? Number.POSITIVE_INFINITY;
  const older = t.messages.filter((m) => m.at_ms < before);
  return {
    row: rowOf(world, t),
    phone: t.person.row.phone,
    messages: older.slice(-request.limit),
    has_older: older.length > request.limit,
    composer: composer(world, t),
  };
}

function write(world: World, t: FakeThread, key: string, make: (id: string) => ThreadMessage): ThreadMessage {
  const { sentOnce } = shopOf(world);
  const already = sentOnce.get(key);
  if (already) return already;
  const sent = make(`sent-${sentOnce.size + 1}`);
  sentOnce.set(key, sent);
  t.messages.push(sent);
  world.changed("inbox");
  return sent;
}

/** A customer writes, as if it had come through the relay. */
export function customerWrites(world: World, contactId: string, text: string, rest: Partial<ThreadMessage> = {}): void {
  const t = find(world, contactId);
  t.messages.push(message(`in-${contactId}-${t.messages.length}`, world.nowMs, "in", text, rest));
  t.unread += 1;
  world.changed("inbox");
}

export const inboxHandlers = {
  thread_list: (world, request) => {
    const words = (request.search ?? "").toLowerCase();
    const rows = shopOf(world)
      .threads.filter((t) => t.messages.length > 0)
      .filter((t) => request.filter !== "unread" || t.unread > 0)
      .filter((t) => request.filter !== "open" || isOpen(world, t))
      .map((t) => rowOf(world, t))
      .filter((r) => `${r.name} ${r.last_line}`.toLowerCase().includes(words));
    const soonest = (r: ThreadRow) =>
      r.window_closes_at_ms !== null && r.window_closes_at_ms > world.nowMs
        ? r.window_closes_at_ms
        : Number.MAX_SAFE_INTEGER;
    rows.sort((a, b) =>
      request.sort === "newest" ? b.last_at_ms - a.last_at_ms : soonest(a) - soonest(b) || b.last_at_ms - a.last_at_ms,
    );
    return { rows: rows.slice(request.offset, request.offset + request.limit), total: rows.length };
  },
  thread_get: (world, request) => detail(world, find(world, request.contact_id), request),
  thread_mark_read: (world, request) => {
    const t = find(world, request.id);
    if (t.unread > 0) {
      t.unread = 0;
      world.changed("inbox");
    }
    return {};
  },
  message_reply: (world, request) => {
    const t = find(world, request.contact_id);
    const quoted = t.messages.find((m) => m.id === request.quote_message_id);
    return write(world, t, request.idempotency_key, (id) =>
      message(id, world.nowMs, "out", request.text, {
        ticks: "accepted",
        quoted: quoted ? { direction: quoted.direction, text: quoted.text } : null,
      }),
    );
  },
  message_send_template: (world, request) => {
    const template = shopOf(world).templates.find((x) => x.id === request.template_id);
    if (!template) throw notFound("template");
    const t = find(world, request.contact_id);
    const value = (key: string) => request.values.find((v) => v.name === key)?.value ?? "";
    const body = template.body.replace(/\{\{(\w+)\}\}/g, (_, name: string) => value(`body.${name}`));
    return write(world, t, request.idempotency_key, (id) =>
      message(id, world.nowMs, "out", body, {
        kind: "template",
        header: template.header_text,
        footer: template.footer,
        buttons: template.buttons.map((b) => b.text),
        ticks: "accepted",
      }),
    );
  },
  media_open: (world, request) => {
    const file = shopOf(world)
      .threads.flatMap((t) => t.messages)
      .find((m) => m.media?.media_file_id === request.media_file_id)?.media;
    if (!file) throw notFound("file");
    return { opened: request.even_a_program || !file.save_as.endsWith(".exe"), file_name: file.save_as };
  },
  media_save: (_world, request) => ({ path: request.path, rows: null }),
  chat_start: (world, request) => {
    const person = shopOf(world).people.find((p) =>
      request.contact_id ? p.row.id === request.contact_id : p.row.phone === request.phone?.replace(/[^+\d]/g, ""),
    );
    if (!person) throw notFound("person");
    return detail(world, find(world, person.row.id), { before_ms: null, limit: 50 });
  },
} satisfies Partial<Handlers>;
