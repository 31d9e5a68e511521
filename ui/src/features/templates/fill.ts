// A template's texts with values in place of its placeholders, as `domain::template::fill` does it in the core.
import type { BubbleContent } from "../../components/TemplateBubble";
import type { TemplateRow } from "../../ipc/ipc";

const PLACEHOLDER = /\{\{\s*(\w+)\s*\}\}/g;

/** The key of a media header's file among a template's variables. */
export const MEDIA_KEY = "header.media";

export function fillText(text: string, place: string, values: ReadonlyMap<string, string>): string {
  return text.replace(PLACEHOLDER, (whole, name: string) => values.get(`${place}.${name}`) || whole);
}

/** What the person will see; a variable without a value stays as it is written. */
export function filledBubble(template: TemplateRow, values: ReadonlyMap<string, string>): BubbleContent {
  return {
    headerFormat: template.header_format,
    header: template.header_text === null ? null : fillText(template.header_text, "header", values),
    body: fillText(template.body, "body", values),
    footer: template.footer,
    buttons: template.buttons,
    cards: template.cards.map((card, at) => ({
      headerFormat: card.header_format,
      body: fillText(card.body, `card${at}.body`, values),
      buttons: card.buttons,
    })),
  };
}

/** Samples as Meta keeps them, by variable key. */
export function sampleValues(template: TemplateRow): Map<string, string> {
  return new Map(template.variables.map((key, i) => [key, template.samples[i] ?? ""]));
}

/** All that is to be filled in, files first. */
export function keysOf(template: TemplateRow): string[] {
  return [...template.media.map(({ key }) => key), ...template.variables];
}

/** A variable's own name: `first_name` of `body.first_name`. */
export function variableName(key: string): string {
  return key.slice(key.indexOf(".") + 1);
}
