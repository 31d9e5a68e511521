// A filter as the builder changes it. The words of the core stay here; screens speak in sentences (words.ts).
import type {
  Audience,
  AudienceFilter,
  AudienceGroup,
  AudienceItem,
  AudienceTest,
  AudienceValueTest,
} from "../../../ipc/ipc";

export const FILTER_VERSION = 1;
/** Brackets in brackets in brackets are as far as a sentence can be followed. */
export const MOST_DEPTH = 3;

export const emptyFilter: AudienceFilter = { v: FILTER_VERSION, group: { join: "all", items: [] } };

export const everybody: Audience = { kind: "everybody", import_ids: [], contact_ids: [], filter: null };

export const filterOf = (audience: Audience): AudienceFilter => audience.filter ?? emptyFilter;

/** Nothing is left to fill in. */
export function isFinished(test: AudienceTest): boolean {
  switch (test.kind) {
    case "group":
      return test.group.items.every((item) => isFinished(item.test));
    case "tag":
      return test.tags.length > 0;
    case "attribute":
      return test.name !== "" && isValueFinished(test.value);
    case "consent":
      return test.any_of.length > 0;
    case "import":
      return test.import_ids.length > 0;
    case "people":
      return test.contact_ids.length > 0;
    default:
      return true;
  }
}

function isValueFinished(value: AudienceValueTest): boolean {
  switch (value.op) {
    case "present":
      return true;
    case "is":
      return value.values.length > 0;
    case "contains":
      return value.text.trim() !== "";
    case "at_least":
    case "at_most":
      return value.number.trim() !== "";
    case "before":
    case "since":
      return value.day !== "";
  }
}

export function saysSomething(group: AudienceGroup): boolean {
  return group.items.some(({ test }) => test.kind !== "group" || saysSomething(test.group));
}

/** Somebody can be in it, and nothing is half said. */
export function isChosen(audience: Audience): boolean {
  if (audience.kind === "imports") return audience.import_ids.length > 0;
  if (audience.kind === "contacts") return audience.contact_ids.length > 0;
  if (audience.kind === "filter") {
    const { group } = filterOf(audience);
    return saysSomething(group) && group.items.every((item) => isFinished(item.test));
  }
  return true;
}

export const replaced = (items: readonly AudienceItem[], at: number, next: AudienceItem): AudienceItem[] =>
  items.map((item, index) => (index === at ? next : item));

export const without = (items: readonly AudienceItem[], at: number): AudienceItem[] =>
  items.filter((_, index) => index !== at);

/** A value test of another kind that keeps what was typed as far as it fits. */
export function valueTest(op: AudienceValueTest["op"], before: AudienceValueTest): AudienceValueTest {
  const typed =
    before.op === "is"
      ? (before.values[0] ?? "")
      : before.op === "contains"
        ? before.text
        : before.op === "at_least" || before.op === "at_most"
          ? before.number
          : "";
  const day = before.op === "before" || before.op === "since" ? before.day : "";
  switch (op) {
    case "present":
      return { op };
    case "is":
      return { op, values: typed ? [typed] : [] };
    case "contains":
      return { op, text: typed };
    case "at_least":
    case "at_most":
      return { op, number: /^[\d.,-]*$/.test(typed) ? typed : "" };
    case "before":
    case "since":
      return { op, day };
  }
}
