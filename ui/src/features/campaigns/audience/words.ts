// A filter as a sentence: what the builder reads out, and what a screen reader hears instead of boxes and lines.
import { useIntl } from "react-intl";
import type { MessageId } from "../../../i18n/messages";
import { useT, type Values } from "../../../i18n/t";
import type { AudienceFilter, AudienceGroup, AudienceItem, AudienceTest, CampaignPart } from "../../../ipc/ipc";
import { saysSomething } from "./model";
import type { Choices } from "./useChoices";

type Say = (id: MessageId, values?: Values) => string;

export const PARTS: readonly CampaignPart[] = [
  "included",
  "delivered",
  "not_read",
  "read",
  "read_not_replied",
  "replied",
  "failed",
  "withheld",
  "left_out",
];
/** Parts whose opposite people ask for, too. */
export const OPPOSITES: readonly CampaignPart[] = ["included", "delivered", "read", "replied"];

const nameOf = (list: readonly { id: string; name: string }[], id: string, otherwise: string) =>
  list.find((one) => one.id === id)?.name ?? otherwise;

export function periodText(t: Say, days: number | null): string {
  return days === null ? t("audience.ever") : t("audience.withinDays", { days });
}

function phrase(t: Say, or: (words: string[]) => string, choices: Choices, { not, test }: AudienceItem): string {
  const way = not ? "not" : "yes";
  const quoted = (words: readonly string[]) => or(words.map((word) => t("audience.quoted", { word })));
  switch (test.kind) {
    case "group":
      return t(not ? "audience.say.group.not" : "audience.say.group", {
        group: groupPhrase(t, or, choices, test.group),
      });
    case "tag":
      return t(`audience.say.tag.${way}`, { tags: quoted(test.tags) });
    case "attribute":
      return valuePhrase(t, quoted, test, not);
    case "consent":
      return t(`audience.say.consent.${way}`, {
        words: or(test.any_of.map((word) => t(`audience.consent.${word}`))),
      });
    case "import":
      return t(`audience.say.import.${way}`, {
        imports: quoted(test.import_ids.map((id) => nameOf(choices.imports, id, t("audience.gone")))),
      });
    case "list": {
      const list = choices.lists.find(({ id }) => id === test.list_id);
      return t(`audience.say.list.${way}`, { list: list?.file_name ?? t("audience.gone") });
    }
    case "people":
      return t(`audience.say.people.${way}`, { count: test.contact_ids.length });
    case "campaign":
      return t(`audience.say.campaign.${way}`, {
        part: t(not ? `audience.part.not.${test.part}` : `audience.part.${test.part}`),
        campaign: nameOf(choices.campaigns, test.campaign_id, t("audience.gone")),
      });
    case "contacted":
      return t(`audience.say.contacted.${way}`, { period: periodText(t, test.within_days) });
    case "wrote":
      return t(`audience.say.wrote.${way}`, { period: periodText(t, test.within_days) });
    case "added":
      return t(`audience.say.added.${way}`, { period: periodText(t, test.within_days) });
  }
}

function valuePhrase(
  t: Say,
  quoted: (words: readonly string[]) => string,
  { name, value }: Extract<AudienceTest, { kind: "attribute" }>,
  not: boolean,
): string {
  const way = not ? "not" : "yes";
  switch (value.op) {
    case "present":
      return t(`audience.say.present.${way}`, { name });
    case "is":
      return t(`audience.say.is.${way}`, { name, values: quoted(value.values) });
    case "contains":
      return t(`audience.say.contains.${way}`, { name, text: value.text });
    case "at_least":
    case "at_most":
      return t(`audience.say.${value.op}.${way}`, { name, number: value.number });
    case "before":
    case "since":
      return t(`audience.say.${value.op}.${way}`, { name, day: value.day });
  }
}

function groupPhrase(t: Say, or: (words: string[]) => string, choices: Choices, group: AudienceGroup): string {
  const phrases = group.items
    .filter((item) => item.test.kind !== "group" || saysSomething(item.test.group))
    .map((item) => phrase(t, or, choices, item));
  return phrases.join(t(group.join === "all" ? "audience.say.and" : "audience.say.or"));
}

/** The whole filter as one sentence, or nothing while it says nothing. */
export function useFilterSentence(filter: AudienceFilter, choices: Choices): string | null {
  const t = useT();
  const intl = useIntl();
  const or = (words: string[]) => intl.formatList(words, { type: "disjunction" });
  if (!saysSomething(filter.group)) return null;
  return t("audience.say.people", { who: groupPhrase(t, or, choices, filter.group) });
}
