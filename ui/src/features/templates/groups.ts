import type { TemplateRow } from "../../ipc/ipc";

/** The languages of one name. */
export interface TemplateGroup {
  name: string;
  languages: TemplateRow[];
}

/** Templates under their names, in the order they came; those that can be sent first within a name. */
export function groupTemplates(rows: readonly TemplateRow[]): TemplateGroup[] {
  const groups = new Map<string, TemplateRow[]>();
  for (const row of rows) groups.set(row.name, [...(groups.get(row.name) ?? []), row]);
  return [...groups].map(([name, languages]) => ({
    name,
    languages: languages.sort((a, b) => Number(b.sendable) - Number(a.sendable)),
  }));
}
