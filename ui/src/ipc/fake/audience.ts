// Audiences of the fake: the same questions as the core answers with SQL, asked of each person here.
import type { Audience, AudienceGroup, AudienceItem, AudienceList, AudienceValueTest, CampaignPart } from "../ipc";
import { notFound } from "./not-found";
import type { FakePerson } from "./people";
import { refuse } from "./refuse";
import { shopOf } from "./shop";
import type { Handlers } from "./types";
import type { World } from "./world";

const DAY = 86_400_000;
const lists = new WeakMap<World, { list: AudienceList; ids: Set<string> }[]>();

function listsOf(world: World) {
  const known = lists.get(world) ?? [];
  lists.set(world, known);
  return known;
}

/** Every fourteenth person came with the second list. */
export function importOf(at: number): string {
  return at % 14 === 0 ? "import-market" : "import-shop";
}

const key = (text: string) => text.trim().replace(/\s+/g, " ").toLocaleLowerCase();

function valueHolds(held: string, test: AudienceValueTest): boolean {
  switch (test.op) {
    case "present":
      return true;
    case "is":
      return test.values.some((value) => key(value) === key(held));
    case "contains":
      return key(held).includes(key(test.text));
    case "at_least":
      return Number(held) >= Number(test.number);
    case "at_most":
      return Number(held) <= Number(test.number);
    case "before":
      return Date.parse(held) < Date.parse(test.day);
    case "since":
      return Date.parse(held) >= Date.parse(test.day);
  }
}

function partHolds(world: World, person: FakePerson, campaignId: string, part: CampaignPart): boolean {
  const campaign = world.campaigns.find(({ id }) => id === campaignId);
  const recipient = campaign?.recipients.find((one) => one.person.row.id === person.row.id);
  if (!campaign || !recipient) return false;
  const replied = recipient.state === "read" && (person.row.last_activity_at_ms ?? 0) > (campaign.launchedAtMs ?? 0);
  switch (part) {
    case "included":
      return true;
    case "sent":
      return ["accepted", "sent", "delivered", "read"].includes(recipient.state);
    case "delivered":
      return recipient.state === "delivered" || recipient.state === "read";
    case "read":
      return recipient.state === "read";
    case "not_read":
      return recipient.state === "delivered";
    case "replied":
      return replied;
    case "read_not_replied":
      return recipient.state === "read" && !replied;
    case "failed":
      return recipient.state === "failed";
    case "withheld":
      return recipient.state === "withheld";
    case "left_out":
      return recipient.state === "excluded";
  }
}

function within(world: World, at: number | null, days: number | null): boolean {
  return at !== null && (days === null || at > world.nowMs - days * DAY);
}

function contactedAt(world: World, person: FakePerson): number | null {
  const times = world.campaigns.flatMap(({ recipients }) =>
    recipients
      .filter((one) => one.person.row.id === person.row.id && !["excluded", "queued", "cancelled"].includes(one.state))
      .map(({ atMs }) => atMs),
  );
  return times.length > 0 ? Math.max(...times) : null;
}

function itemHolds(world: World, person: FakePerson, at: number, { not, test }: AudienceItem): boolean {
  const holds = (): boolean => {
    switch (test.kind) {
      case "group":
        return groupHolds(world, person, at, test.group);
      case "tag":
        return test.tags.some((tag) => person.tags.some((one) => key(one) === key(tag)));
      case "attribute": {
        const held = person.attributes.find(({ name }) => name === test.name)?.value;
        return held !== undefined && valueHolds(held, test.value);
      }
      case "consent":
        return test.any_of.some((word) => word === person.row.consent);
      case "import":
        return test.import_ids.includes(importOf(at));
      case "list":
        return listsOf(world).some(({ list, ids }) => list.id === test.list_id && ids.has(person.row.id));
      case "people":
        return test.contact_ids.includes(person.row.id);
      case "campaign":
        return partHolds(world, person, test.campaign_id, test.part);
      case "contacted":
        return within(world, contactedAt(world, person), test.within_days);
      case "wrote":
        return within(world, person.row.last_activity_at_ms, test.within_days);
      case "added":
        return within(world, person.identifiers[0]?.since_ms ?? 0, test.within_days);
    }
  };
  return holds() !== not;
}

function groupHolds(world: World, person: FakePerson, at: number, group: AudienceGroup): boolean {
  if (group.items.length === 0) return false;
  const holds = (item: AudienceItem) => itemHolds(world, person, at, item);
  return group.join === "all" ? group.items.every(holds) : group.items.some(holds);
}

/** The people of an audience. */
export function peopleOf(world: World, audience: Audience): FakePerson[] {
  const { people } = shopOf(world);
  switch (audience.kind) {
    case "imports":
      return people.filter((_, at) => audience.import_ids.includes(importOf(at)));
    case "contacts":
      return people.filter(({ row }) => audience.contact_ids.includes(row.id));
    case "filter": {
      const group = audience.filter?.group ?? { join: "all" as const, items: [] };
      return people.filter((person, at) => groupHolds(world, person, at, group));
    }
    default:
      return people;
  }
}

const counted = <T>(values: readonly T[]) => {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
};

export const audienceHandlers = {
  audience_count(world, { audience, some }) {
    const people = peopleOf(world, audience);
    return {
      people: people.length,
      may_market: people.filter(({ row }) => row.marketing === "yes").length,
      some: people
        .slice(0, some)
        .map(({ row }) => ({ contact_id: row.id, name: row.name, address: row.phone ?? `@${row.username}` })),
      problem: null,
    };
  },
  audience_choices(world) {
    const { people } = shopOf(world);
    return {
      tags: counted(people.flatMap(({ tags }) => tags)).map(([tag, count]) => ({ tag, people: count })),
      columns: [...new Set(people.flatMap(({ attributes }) => attributes.map(({ name }) => name)))].sort(),
      lists: listsOf(world).map(({ list }) => list),
    };
  },
  audience_column_values(world, { name }) {
    const held = shopOf(world).people.flatMap(({ attributes }) =>
      attributes.filter((one) => one.name === name).map(({ value }) => value),
    );
    return {
      values: counted(held)
        .slice(0, 50)
        .map(([value, people]) => ({ value, people })),
    };
  },
  audience_list_add(world, { path }) {
    const fileName = path.split(/[\\/]/).pop() ?? path;
    if (fileName.includes("nothing"))
      refuse("invalid_input", "No column is marked as the phone number.", "Choose the column with the phone numbers.");
    const ids = new Set(
      shopOf(world)
        .people.filter((_, at) => at % 20 === 0)
        .map(({ row }) => row.id),
    );
    const list: AudienceList = {
      id: world.newId("list"),
      file_name: fileName,
      rows: ids.size + 7,
      people: ids.size,
      unknown: 5,
      unreadable: 2,
      at_ms: world.nowMs,
    };
    listsOf(world).unshift({ list, ids });
    world.changed("imports");
    return list;
  },
  contact_tag(world, { ids, tag, on }) {
    for (const id of ids) {
      const person = shopOf(world).people.find(({ row }) => row.id === id);
      if (!person) throw notFound("person");
      const others = person.tags.filter((one) => key(one) !== key(tag));
      person.tags = (on ? [...others, tag] : others).sort();
    }
    world.changed("contacts");
    return {};
  },
} satisfies Partial<Handlers>;
