/** Answers for the contact commands: opting out and deciding change the person as the core would. */
import type { ContactDetail } from "../ipc";
import { notFound } from "./not-found";
import { type FakePerson, fakeVerdicts } from "./people";
import { shopOf } from "./shop";
import type { Handlers } from "./types";
import type { World } from "./world";

function optOut(person: FakePerson, now: number, note: string) {
  const id = `${person.row.id}-operator-${now}`;
  person.timeline.unshift({
    id,
    at_ms: now,
    recorded_at_ms: now,
    kind: "opt_out",
    text: "You recorded an opt-out.",
    purposes: [],
    source: note,
    wording: null,
    file: null,
  });
  person.row.consent = "opted_out";
  person.row.marketing = "no";
  person.row.consent_at_ms = now;
  person.to_decide = [];
  person.may_receive = fakeVerdicts("opted_out", id).map((v) => ({
    ...v,
    sentence: "You recorded that this person opted out, so nothing is sent to them by template.",
  }));
}

const find = (world: World, id: string): FakePerson => {
  const person = shopOf(world).people.find((p) => p.row.id === id);
  if (!person) throw notFound("person");
  return person;
};
const copy = (person: FakePerson): ContactDetail => structuredClone(person);

export const contactHandlers = {
  contact_list: (world, request) => {
    const words = (request.search ?? "").toLowerCase();
    const rows = shopOf(world)
      .people.map((p) => p.row)
      .filter((r) => words === "" || [r.name, r.phone, r.username].some((t) => t?.toLowerCase().includes(words)))
      .filter((r) => {
        switch (request.filter) {
          case "marketing":
            return r.marketing === "yes";
          case "opted_out":
            return r.consent === "opted_out" || r.consent === "marketing_stopped";
          case "no_consent":
            return r.consent === "no_evidence";
          case "to_decide":
            return r.consent === "to_decide";
          default:
            return true;
        }
      });
    return { rows: rows.slice(request.offset, request.offset + request.limit), total: rows.length };
  },
  contact_get: (world, request) => copy(find(world, request.id)),
  contact_opt_out: (world, request) => {
    const person = find(world, request.id);
    optOut(person, world.nowMs, request.note);
    world.changed("contacts", "consent");
    return copy(person);
  },
  consent_why: (world, request) => {
    const verdict = find(world, request.id).may_receive.find((v) => v.category === request.category);
    if (!verdict) throw notFound("category");
    return verdict;
  },
  opt_out_decide: (world, request) => {
    const person = shopOf(world).people.find((p) => p.to_decide.some((e) => e.id === request.event_id));
    if (!person) throw notFound("opt-out to decide");
    if (request.is_opt_out) {
      optOut(person, world.nowMs, request.note);
    } else {
      const id = `${request.event_id}-decided`;
      person.timeline.unshift({
        id,
        at_ms: world.nowMs,
        recorded_at_ms: world.nowMs,
        kind: "not_an_opt_out",
        text: "You decided that this was not an opt-out.",
        purposes: [],
        source: request.note,
        wording: null,
        file: null,
      });
      person.to_decide = [];
      person.row.consent = "opted_in";
      person.row.marketing = "yes";
      person.may_receive = fakeVerdicts("opted_in", person.timeline.find((e) => e.kind === "opt_in")?.id ?? null);
    }
    world.changed("contacts", "consent");
    return copy(person);
  },
  consent_verify: (world) => ({
    entries: shopOf(world).people.reduce((sum, person) => sum + person.timeline.length, 0),
    holds: true,
    cancelled: false,
    broken: null,
    erased: 0,
    head: "7d1f0c64b5a9e3827d1f0c64b5a9e3827d1f0c64b5a9e3827d1f0c64b5a9e382",
    anchored_entry: shopOf(world).people.reduce((sum, person) => sum + person.timeline.length, 0),
    anchor_problem: null,
    proof_mark: "7D1F-0C64-B5A9-E382",
    verified_at_ms: world.nowMs,
    took_ms: 340,
  }),
  consent_verify_cancel: () => ({}),
  contact_erase_preview: (world, request) => {
    const person = find(world, request.id);
    return {
      id: person.row.id,
      name: person.row.name,
      identifiers: person.identifiers.length,
      messages: person.messages,
      media: person.messages > 3 ? 2 : 0,
      waiting: 0,
      campaigns: 2,
      entries: person.timeline.length,
    };
  },
  contact_erase: (world, request) => {
    const person = find(world, request.id);
    const { people } = shopOf(world);
    people.splice(people.indexOf(person), 1);
    world.changed("contacts", "consent", "inbox");
    return { messages: person.messages, media: 0, waiting: 0, evidence: 1, elsewhere: 0, files_left: 0 };
  },
  consent_prove: (_, request) => ({ path: request.path, rows: 3 }),
  contact_export: (_, request) => ({ path: request.path, rows: 12 }),
  contact_opt_in: (world, request) => copy(find(world, request.id)),
  suppression_export: (world, request) => ({
    path: request.path,
    rows: shopOf(world).people.filter((p) => p.row.consent === "opted_out").length,
  }),
  suppression_import: () => ({ added: 14, known: 3, unreadable: 1 }),
} satisfies Partial<Handlers>;
