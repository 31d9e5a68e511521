/** Answers for the contact commands: opting out and deciding change the person as the core would. */
import type { ById, ConsentVerdict, ConsentWhyRequest, ContactDetail, ContactListRequest, ContactOptOut, ContactPage, OptOutDecide } from '../generated';
import { type FakePerson, fakeVerdicts } from './people';

function optOut(person: FakePerson, now: number, note: string) {
  const id = `${person.row.id}-operator-${now}`;
  person.timeline.unshift({ id, at_ms: now, recorded_at_ms: now, kind: 'opt_out', text: 'You recorded an opt-out.', purposes: [], source: note, wording: null, file: null });
  person.row.consent = 'opted_out';
  person.row.marketing = 'no';
  person.row.consent_at_ms = now;
  person.to_decide = [];
  person.may_receive = fakeVerdicts('opted_out', id).map((v) => ({ ...v, sentence: 'You recorded that this person opted out, so nothing is sent to them by template.' }));
}

/** The contact commands on these people. */
export function contactFakes(people: readonly FakePerson[], now: () => number, notFound: (what: string) => Error, changed: (...tags: Array<'contacts' | 'consent'>) => void) {
  const find = (id: string): FakePerson => {
    const person = people.find((p) => p.row.id === id);
    if (!person) throw notFound('person');
    return person;
  };
  const copy = (person: FakePerson): ContactDetail => structuredClone(person);
  return {
    contact_list: (request: ContactListRequest): ContactPage => {
      const words = (request.search ?? '').toLowerCase();
      const rows = people
        .map((p) => p.row)
        .filter((r) => words === '' || [r.name, r.phone, r.username].some((t) => t?.toLowerCase().includes(words)))
        .filter((r) => {
          switch (request.filter) {
            case 'marketing':
              return r.marketing === 'yes';
            case 'opted_out':
              return r.consent === 'opted_out' || r.consent === 'marketing_stopped';
            case 'no_consent':
              return r.consent === 'no_evidence';
            case 'to_decide':
              return r.consent === 'to_decide';
            default:
              return true;
          }
        });
      return { rows: rows.slice(request.offset, request.offset + request.limit), total: rows.length };
    },
    contact_get: (request: ById): ContactDetail => copy(find(request.id)),
    contact_opt_out: (request: ContactOptOut): ContactDetail => {
      const person = find(request.id);
      optOut(person, now(), request.note);
      changed('contacts', 'consent');
      return copy(person);
    },
    consent_why: (request: ConsentWhyRequest): ConsentVerdict => {
      const verdict = find(request.id).may_receive.find((v) => v.category === request.category);
      if (!verdict) throw notFound('category');
      return verdict;
    },
    opt_out_decide: (request: OptOutDecide): ContactDetail => {
      const person = people.find((p) => p.to_decide.some((e) => e.id === request.event_id));
      if (!person) throw notFound('opt-out to decide');
      if (request.is_opt_out) {
        optOut(person, now(), request.note);
      } else {
        const id = `${request.event_id}-decided`;
        person.timeline.unshift({ id, at_ms: now(), recorded_at_ms: now(), kind: 'not_an_opt_out', text: 'You decided that this was not an opt-out.', purposes: [], source: request.note, wording: null, file: null });
        person.to_decide = [];
        person.row.consent = 'opted_in';
        person.row.marketing = 'yes';
        person.may_receive = fakeVerdicts('opted_in', person.timeline.find((e) => e.kind === 'opt_in')?.id ?? null);
      }
      changed('contacts', 'consent');
      return copy(person);
    },
  };
}
