/** Answers for the pretend phone and the practice settings. */
import type { LedgerSummary, PhoneBlock, PhoneById, PhoneConversation, PhoneCustomer, PhoneCustomers, PhoneCustomersRequest, PhoneMessage, PhonePreference, PhoneSend, PhoneTapButton, PracticeSettings } from '../generated';
import type { FakePerson } from './people';

const MINUTE = 60_000;
/** A warm square, standing for a photo. */
export const FAKE_PHOTO =
  'data:image/svg+xml;utf8,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240"><rect width="320" height="240" fill="#e9d8c0"/><ellipse cx="160" cy="140" rx="110" ry="60" fill="#b9773b"/><path d="M90 120q30-30 60 0M140 110q30-30 60 0M190 118q20-20 40 0" stroke="#7c4a1e" stroke-width="8" fill="none" stroke-linecap="round"/></svg>',
  );

function phoneMessage(id: string, at: number, fromCustomer: boolean, text: string, rest: Partial<PhoneMessage> = {}): PhoneMessage {
  return { id, from_customer: fromCustomer, text, header: null, footer: null, buttons: [], image_data_url: null, ticks: fromCustomer ? 'read' : null, at_ms: at, ...rest };
}

/** The phone commands on these people. */
export function phoneFakes(people: readonly FakePerson[], now: () => number, notFound: (what: string) => Error) {
  const started = now();
  let counter = 0;
  const chats = new Map<string, PhoneConversation>();
  const customer = (p: FakePerson, index: number): PhoneCustomer => ({
    id: p.row.id,
    name: p.row.name,
    address: p.row.phone ?? (p.row.username ? `@${p.row.username}` : p.row.id),
    last_line: index < 12 ? 'Hi, the sourdough is back.' : null,
    last_at_ms: index < 12 ? started - index * 17 * MINUTE : null,
  });
  const chat = (id: string): PhoneConversation => {
    const known = chats.get(id);
    if (known) return known;
    const index = people.findIndex((p) => p.row.id === id);
    const person = people[index];
    if (!person) throw notFound('customer');
    const fresh: PhoneConversation = {
      customer: customer(person, index),
      business_name: 'Lantern Street Bakery (pretend)',
      messages:
        index < 12
          ? [
              phoneMessage(`${id}-p1`, started - 26 * 60 * MINUTE, true, 'Do you have anything without nuts?'),
              phoneMessage(`${id}-p2`, started - 25 * 60 * MINUTE, false, 'Yes! The oat loaf and the olive bread never meet a nut.'),
              phoneMessage(`${id}-p3`, started - index * 17 * MINUTE - 2 * MINUTE, false, 'Hi, the sourdough is back.\n\n*15 % off* every loaf until noon, while it is warm. 🍞', {
                header: 'Fresh this Saturday',
                footer: 'Write STOP to get no more offers',
                buttons: ['Keep me a loaf', 'Stop offers'],
              }),
            ]
          : [],
      marketing_stopped: person.row.consent === 'marketing_stopped',
      blocked: false,
    };
    chats.set(id, fresh);
    return fresh;
  };
  const add = (c: PhoneConversation, text: string, rest: Partial<PhoneMessage> = {}) => {
    counter += 1;
    c.messages.push(phoneMessage(`phone-${counter}`, now(), true, text, rest));
    c.customer.last_line = text;
    c.customer.last_at_ms = now();
    return structuredClone(c);
  };
  let practice: PracticeSettings = { auto: true, mood: 'mild', speed: 1 };
  return {
    phone_customers: (request: PhoneCustomersRequest): PhoneCustomers => {
      const words = (request.search ?? '').toLowerCase();
      const items = people.map(customer).filter((c) => c.name.toLowerCase().includes(words) || c.address.includes(words));
      return { items: items.slice(0, request.limit), total: items.length };
    },
    phone_conversation: (request: PhoneById): PhoneConversation => structuredClone(chat(request.customer_id)),
    phone_send: (request: PhoneSend): PhoneConversation => add(chat(request.customer_id), request.text, request.photo ? { image_data_url: FAKE_PHOTO } : {}),
    phone_tap_button: (request: PhoneTapButton): PhoneConversation => {
      const c = chat(request.customer_id);
      const label = c.messages.find((m) => m.id === request.message_id)?.buttons[request.button];
      if (label === undefined) throw notFound('button');
      return add(c, label);
    },
    phone_preference: (request: PhonePreference): PhoneConversation => {
      const c = chat(request.customer_id);
      c.marketing_stopped = request.stop;
      return structuredClone(c);
    },
    phone_block: (request: PhoneBlock): PhoneConversation => {
      const c = chat(request.customer_id);
      c.blocked = request.block;
      return structuredClone(c);
    },
    practice_settings_get: (): PracticeSettings => practice,
    practice_settings_update: (request: PracticeSettings): PracticeSettings => {
      practice = request;
      return practice;
    },
    practice_ledger_summary: (): LedgerSummary => ({ sent: 312, delivered: 301, read: 214, replied: 38, failed: 6, withheld: 5, stopped: 4, twice: 0 }),
  };
}
