import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useIpc } from "../../ipc/context";
import type { CampaignDraft } from "../../ipc/ipc";

/** Deletes a draft at once and can bring it back: what it held is read first and saved anew. */
export function useDraftRemoval() {
  const ipc = useIpc();
  const [removed, setRemoved] = useState<CampaignDraft | null>(null);
  const remove = useMutation({
    mutationFn: async (id: string) => {
      const { draft } = await ipc.call("campaign_get", { id });
      await ipc.call("campaign_draft_delete", { id });
      return draft;
    },
    onSuccess: setRemoved,
  });
  const restore = useMutation({
    mutationFn: (draft: CampaignDraft) => ipc.call("campaign_draft_save", { ...draft, id: null }),
    onSuccess: () => setRemoved(null),
  });
  return {
    removed,
    error: remove.error ?? restore.error,
    remove: (id: string) => remove.mutate(id),
    undo: () => {
      if (removed) restore.mutate(removed);
    },
  };
}
