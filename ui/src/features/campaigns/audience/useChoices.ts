import type { AudienceChoices } from "../../../ipc/ipc";
import { useCommand } from "../../../ipc/queries";

export interface Choices extends AudienceChoices {
  imports: { id: string; name: string }[];
  campaigns: { id: string; name: string }[];
}

/** What an audience can be built from; drafts have no people yet and are no choice. */
export function useChoices(): Choices {
  const choices = useCommand("audience_choices", {}, { tags: ["contacts", "imports"] });
  const imports = useCommand("consent_import_list", {}, { tags: ["imports"] });
  const campaigns = useCommand("campaign_list", {}, { tags: ["campaigns"] });
  return {
    tags: choices.data?.tags ?? [],
    columns: choices.data?.columns ?? [],
    lists: choices.data?.lists ?? [],
    imports: (imports.data?.items ?? []).map(({ import_id, file_name }) => ({ id: import_id, name: file_name })),
    campaigns: (campaigns.data?.items ?? [])
      .filter(({ state }) => state !== "draft")
      .map(({ id, name }) => ({ id, name })),
  };
}
