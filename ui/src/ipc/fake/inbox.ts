/** Fake threads: every kind of bubble, tick, window and lock that the inbox must show. */
import type { ById, ChatStart, Composer, MessageReply, MessageSendTemplate, TemplateRow, ThreadDetail, ThreadGet, ThreadListRequest, ThreadMessage, ThreadPage, ThreadRow, Ticks } from '../generated';
import type { FakePerson } from './people';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface FakeThread {
  person: FakePerson;
  messages: ThreadMessage[];
  unread: number;
}

function message(id: string, at: number, direction: 'in' | 'out', text: string, rest: Partial<ThreadMessage> = {}): ThreadMessage {
  return {
    id,
    direction,
    kind: 'text',
    text,
    header: null,
    footer: null,
    buttons: [],
    media: null,
    quoted: null,
    reaction: null,
    ticks: direction === 'out' ? 'read' : null,
    failure: null,
    campaign: null,
    at_ms: at,
    opt_out: false,
    ...rest,
  };
}

const OFFER = {
  kind: 'template',
  header: 'Fresh this Saturday',
  footer: 'Write STOP to get no more offers',
  buttons: ['Keep me a loaf', 'See the menu', 'Stop offers'],
  campaign: 'Saturday bread',
} as const;

function offer(id: string, at: number, name: string, ticks: Ticks = 'read'): ThreadMessage {
  return message(id, at, 'out', `Hi ${name}, the sourdough is back.\n\n*15 % off* every loaf until noon, while it is warm. 🍞`, { ...OFFER, buttons: [...OFFER.buttons], ticks });
}

/** The showcase thread: media in every state, a quote, a reaction, a failure. */
function showcase(p: FakePerson, now: number): ThreadMessage[] {
  const m = (n: number) => `${p.row.id}-m${n}`;
  return [
    message(m(1), now - 3 * DAY, 'in', 'Do you have anything without nuts?'),
    message(m(2), now - 3 * DAY + 8 * MINUTE, 'out', 'Yes! The oat loaf and the olive bread never meet a nut.', { quoted: { direction: 'in', text: 'Do you have anything without nuts?' }, reaction: '❤️' }),
    offer(m(3), now - 1 * DAY - 2 * HOUR, 'Amélie'),
    message(m(4), now - 3 * HOUR, 'in', 'Keep me a loaf', { kind: 'button', quoted: { direction: 'out', text: 'Hi Amélie, the sourdough is back.' } }),
    message(m(5), now - 3 * HOUR + 2 * MINUTE, 'in', 'One like this please', { kind: 'image', media: { media_file_id: 'fake-bread', kind: 'image', mime_type: 'image/png', file_name: null, state: 'here' } }),
    message(m(6), now - 2 * HOUR, 'in', '', { kind: 'image', media: { media_file_id: 'fake-fetching', kind: 'image', mime_type: 'image/jpeg', file_name: null, state: 'fetching' } }),
    message(m(7), now - 2 * HOUR + MINUTE, 'in', '', { kind: 'document', media: { media_file_id: 'fake-retrying', kind: 'document', mime_type: 'application/pdf', file_name: 'order-for-the-office-party.pdf', state: 'retrying' } }),
    message(m(8), now - 100 * MINUTE, 'in', '', { kind: 'video', media: { media_file_id: 'fake-lost', kind: 'video', mime_type: 'video/mp4', file_name: null, state: 'lost' } }),
    message(m(9), now - 90 * MINUTE, 'out', 'Put aside for you. Pick it up any time before six.', { ticks: 'delivered' }),
    message(m(10), now - 89 * MINUTE, 'out', 'It is the one with the darker crust.', { ticks: 'failed', failure: 'Not delivered: the phone could not be reached for a while. Try again, or call.' }),
    message(m(11), now - 4 * MINUTE, 'in', 'Lovely, thank you! Is there somewhere to park nearby?'),
  ];
}

function long(p: FakePerson, now: number): ThreadMessage[] {
  const out: ThreadMessage[] = [];
  for (let n = 0; n < 240; n += 1) {
    const at = now - 20 * DAY + n * 2 * HOUR;
    out.push(message(`${p.row.id}-l${n}`, at, n % 3 === 0 ? 'in' : 'out', n % 3 === 0 ? `Question ${n}: is the rye in today?` : `Answer ${n}: it is, and it is still warm.`));
  }
  out.push(message(`${p.row.id}-lz`, now - 23 * HOUR - 20 * MINUTE, 'in', 'Good, see you tomorrow then'));
  return out;
}

function makeThreads(people: readonly FakePerson[], now: number): FakeThread[] {
  return people.slice(0, 60).map((person, i) => {
    const id = person.row.id;
    const first = person.row.name.split(' ')[0] ?? '';
    if (i === 0) return { person, messages: showcase(person, now), unread: 1 };
    if (i === 1) return { person, messages: long(person, now), unread: 0 };
    const base = offer(`${id}-o`, now - DAY - i * 31 * MINUTE, first, (['read', 'delivered', 'sent', 'accepted'] as const)[i % 4] ?? 'sent');
    if (person.row.consent === 'opted_out') {
      return { person, messages: [base, message(`${id}-stop`, now - DAY, 'in', 'STOP', { opt_out: true })], unread: i < 10 ? 1 : 0 };
    }
    if (person.row.consent === 'to_decide') {
      return { person, messages: [base, message(`${id}-maybe`, now - 5 * HOUR, 'in', 'please dont send me these')], unread: 1 };
    }
    if (i % 3 === 0) return { person, messages: [base, message(`${id}-q`, now - i * 41 * MINUTE, 'in', 'Is the bakery open on Monday? My sister is visiting, and she will not believe me about the cardamom buns until she has had one.')], unread: i % 2 };
    if (i === 8) return { person, messages: [base, message(`${id}-u`, now - HOUR, 'out', 'We close at six.', { ticks: 'unknown', failure: 'It is unclear whether Meta took this message. It settles by itself when Meta reports on it.' })], unread: 0 };
    return { person, messages: [base], unread: 0 };
  });
}

/** Answers for the inbox commands, on threads that change when one writes. */
export function inboxFakes(people: readonly FakePerson[], templates: readonly TemplateRow[], now: () => number, notFound: (what: string) => Error, changed: (...tags: Array<'inbox' | 'contacts'>) => void) {
  const threads = makeThreads(people, now());
  const sentOnce = new Map<string, ThreadMessage>();
  let counter = 0;

  const closesAt = (t: FakeThread): number | null => {
    const heard = t.messages.filter((m) => m.direction === 'in').at(-1);
    return heard ? heard.at_ms + DAY : null;
  };
  const row = (t: FakeThread): ThreadRow => {
    const last = t.messages.at(-1);
    return {
      contact_id: t.person.row.id,
      name: t.person.row.name,
      last_line: last ? last.text || (last.media?.kind === 'video' ? 'Video' : 'Photo') : '',
      last_direction: last?.direction ?? 'in',
      last_ticks: last?.ticks ?? null,
      last_at_ms: last?.at_ms ?? now(),
      unread: t.unread,
      window_closes_at_ms: closesAt(t),
      opted_out: t.person.row.consent === 'opted_out',
    };
  };
  const isOpen = (t: FakeThread) => (closesAt(t) ?? 0) > now();
  const composer = (t: FakeThread): Composer => {
    const may = t.person.may_receive;
    const stopped = t.person.row.consent === 'opted_out';
    if (isOpen(t)) {
      return { mode: 'open', sentence: stopped ? 'They wrote STOP: no templates. You may still answer while this window is open.' : 'They wrote to you, so you can answer freely.', templates: may };
    }
    if (stopped) return { mode: 'locked', sentence: 'They wrote STOP, so nothing can be sent until they write to you again.', templates: may };
    return { mode: 'template_only', sentence: 'The 24 hours since their last message are over. A template starts the conversation again.', templates: may };
  };
  const find = (contactId: string): FakeThread => {
    const known = threads.find((t) => t.person.row.id === contactId);
    if (known) return known;
    const person = people.find((p) => p.row.id === contactId);
    if (!person) throw notFound('person');
    const fresh: FakeThread = { person, messages: [], unread: 0 };
    threads.push(fresh);
    return fresh;
  };
  const detail = (t: FakeThread, request: { before_ms: number | null; limit: number }): ThreadDetail => {
    const before = request.before_ms ?? Number.POSITIVE_INFINITY;
    const older = t.messages.filter((m) => m.at_ms < before);
    return { row: row(t), phone: t.person.row.phone, messages: older.slice(-request.limit), has_older: older.length > request.limit, composer: composer(t) };
  };
  const write = (t: FakeThread, key: string, make: (id: string) => ThreadMessage): ThreadMessage => {
    const already = sentOnce.get(key);
    if (already) return already;
    counter += 1;
    const sent = make(`sent-${counter}`);
    sentOnce.set(key, sent);
    t.messages.push(sent);
    changed('inbox');
    return sent;
  };

  return {
    thread_list: (request: ThreadListRequest): ThreadPage => {
      const words = (request.search ?? '').toLowerCase();
      const rows = threads
        .filter((t) => t.messages.length > 0)
        .filter((t) => request.filter !== 'unread' || t.unread > 0)
        .filter((t) => request.filter !== 'open' || isOpen(t))
        .map(row)
        .filter((r) => r.name.toLowerCase().includes(words) || r.last_line.toLowerCase().includes(words));
      const soonest = (r: ThreadRow) => (r.window_closes_at_ms !== null && r.window_closes_at_ms > now() ? r.window_closes_at_ms : Number.MAX_SAFE_INTEGER);
      rows.sort((a, b) => (request.sort === 'newest' ? b.last_at_ms - a.last_at_ms : soonest(a) - soonest(b) || b.last_at_ms - a.last_at_ms));
      return { rows: rows.slice(request.offset, request.offset + request.limit), total: rows.length };
    },
    thread_get: (request: ThreadGet): ThreadDetail => detail(find(request.contact_id), request),
    thread_mark_read: (request: ById) => {
      const t = find(request.id);
      if (t.unread > 0) {
        t.unread = 0;
        changed('inbox');
      }
      return {};
    },
    message_reply: (request: MessageReply): ThreadMessage => {
      const t = find(request.contact_id);
      const quoted = t.messages.find((m) => m.id === request.quote_message_id);
      return write(t, request.idempotency_key, (id) => message(id, now(), 'out', request.text, { ticks: 'accepted', quoted: quoted ? { direction: quoted.direction, text: quoted.text } : null }));
    },
    message_send_template: (request: MessageSendTemplate): ThreadMessage => {
      const template = templates.find((x) => x.id === request.template_id);
      if (!template) throw notFound('template');
      const t = find(request.contact_id);
      const value = (key: string) => request.values.find((v) => v.name === key)?.value ?? '';
      const body = template.body.replace(/\{\{(\w+)\}\}/g, (_, name: string) => value(`body.${name}`));
      return write(t, request.idempotency_key, (id) => message(id, now(), 'out', body, { kind: 'template', header: template.header_text, footer: template.footer, buttons: template.buttons.map((b) => b.text), ticks: 'accepted' }));
    },
    chat_start: (request: ChatStart): ThreadDetail => {
      const person = people.find((p) => (request.contact_id ? p.row.id === request.contact_id : p.row.phone === request.phone?.replace(/[^+\d]/g, '')));
      if (!person) throw notFound('person');
      return detail(find(person.row.id), { before_ms: null, limit: 50 });
    },
  };
}
