import { useCommand } from "../../ipc/queries";

/** Names of the columns that people came with; others can be typed. */
export function useAttributeNames(): string[] {
  const choices = useCommand("audience_choices", {}, { tags: ["contacts", "imports"] });
  return choices.data?.columns ?? [];
}
