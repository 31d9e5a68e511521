// Variables of a template as the wizard speaks of them.
import type { TemplateRow, ValueSource, VariableValue } from "../../ipc/ipc";

export interface VariableName {
  part: "header" | "body" | "button";
  /** For buttons, counted from one. */
  button: number | null;
  name: string;
}

/** `body.first_name`, `header.1`, `button0.code` → where it stands and what it is called. */
export function readVariable(key: string): VariableName {
  const [place = "body", ...rest] = key.split(".");
  const name = rest.join(".") || place;
  if (place.startsWith("button")) return { part: "button", button: Number(place.slice(6)) + 1, name };
  return { part: place === "header" ? "header" : "body", button: null, name };
}

/** Has enough for Meta to accept the message; people without a value are another matter. */
export function isFilled(value: VariableValue | undefined): boolean {
  if (!value) return false;
  return value.source === "first_name" || value.source === "full_name" || value.value.trim() !== "";
}

/** A first guess per variable, so that the common case needs no typing. */
export function suggestValues(template: TemplateRow, known: readonly VariableValue[]): VariableValue[] {
  return template.variables.map((key) => {
    const kept = known.find((value) => value.key === key);
    if (kept) return kept;
    const { name } = readVariable(key);
    const source: ValueSource = /name|prénom|nombre|vorname/i.test(name) || key === "body.1" ? "first_name" : "fixed";
    return { key, source, value: "", fallback: null };
  });
}
