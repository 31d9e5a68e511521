import type { Audience } from "../../ipc/ipc";
import { useCommand } from "../../ipc/queries";

/** Column names that people of this audience have, read off a few of them; others can be typed. */
export function useAttributeNames(audience: Audience): string[] {
  const importId = audience.kind === "imports" ? (audience.import_ids[0] ?? null) : null;
  const people = useCommand(
    "contact_list",
    { search: null, filter: "all", import_id: importId, offset: 0, limit: 1 },
    { tags: ["contacts"], enabled: audience.kind !== "contacts" },
  );
  const id = audience.kind === "contacts" ? audience.contact_ids[0] : people.data?.rows[0]?.id;
  const person = useCommand("contact_get", { id: id ?? "" }, { tags: ["contacts"], enabled: id !== undefined });
  return person.data?.attributes.map(({ name }) => name) ?? [];
}
