// Variables of a template as the wizard speaks of them.
import type { FormatKind, TemplateRow, ValueFormat, ValueSource, VariableValue } from "../../ipc/ipc";
import { keysOf } from "../templates/fill";

export interface VariableName {
  part: "header" | "body" | "button" | "coupon" | "media";
  /** For buttons, counted from one. */
  button: number | null;
  /** For cards of a carousel, counted from one. */
  card: number | null;
  name: string;
}

/** `body.first_name`, `header.1`, `button0.coupon_code`, `card1.button0.1` → where it stands and what it is called. */
export function readVariable(key: string): VariableName {
  const [first = "body", ...after] = key.split(".");
  const isCard = /^card\d+$/.test(first);
  const card = isCard ? Number(first.slice(4)) + 1 : null;
  const [place = "body", ...rest] = isCard ? after : [first, ...after];
  const name = rest.join(".") || place;
  if (name === "media" || place === "media") return { part: "media", button: null, card, name: "media" };
  if (place.startsWith("button")) {
    const part = name === "coupon_code" ? "coupon" : "button";
    return { part, button: Number(place.slice(6)) + 1, card, name };
  }
  return { part: place === "header" ? "header" : "body", button: null, card, name };
}

/** Has enough for Meta to accept the message; people without a value are another matter. */
export function isFilled(value: VariableValue | undefined): boolean {
  if (!value) return false;
  return value.source === "first_name" || value.source === "full_name" || value.value.trim() !== "";
}

/** Everything that the template wants is decided. */
export function isComplete(template: TemplateRow, values: readonly VariableValue[]): boolean {
  return keysOf(template).every((key) => isFilled(values.find((value) => value.key === key)));
}

/** A first guess per variable, so that the common case needs no typing. */
export function suggestValues(template: TemplateRow, known: readonly VariableValue[]): VariableValue[] {
  return keysOf(template).map((key) => {
    const kept = known.find((value) => value.key === key);
    if (kept) return kept;
    const { part, name } = readVariable(key);
    const isName = part !== "media" && (/name|prénom|nombre|vorname/i.test(name) || key === "body.1");
    const source: ValueSource = isName ? "first_name" : "fixed";
    return { key, source, value: "", fallback: null, format: null };
  });
}

export const asIs: ValueFormat = { kind: "as_is", language: null, currency: null };

/** Ways of writing that make sense for what a person is called, and for what stands in a column. */
export function formatsFor(source: ValueSource): readonly FormatKind[] {
  if (source === "fixed") return [];
  const words: FormatKind[] = ["as_is", "capitalised", "upper"];
  if (source === "first_name") return words;
  if (source === "full_name") return [...words, "first_word"];
  return [...words, "first_word", "number", "currency", "date_long", "date_medium"];
}
