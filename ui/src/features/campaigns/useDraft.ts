// The draft as the wizard keeps it. It is saved by itself shortly after each change, so that the review is always
// about what stands on the screen and nothing is lost when the window closes.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { useIpc } from "../../ipc/context";
import { type CampaignDraft, type CampaignRules, toUiError, type UiError } from "../../ipc/ipc";
import { invalidateTags } from "../../ipc/queries";
import { everybody } from "./audience/model";

const SAVE_AFTER_MS = 350;

export const noRules: CampaignRules = {
  schedule: null,
  window: null,
  ends: null,
  not_written_days: null,
  not_in_conversation: false,
  budget: null,
};

export const emptyDraft: CampaignDraft = {
  id: null,
  name: "",
  template_id: null,
  phone_number_id: null,
  audience: everybody,
  values: [],
  rules: noRules,
};

export interface DraftHandle {
  draft: CampaignDraft;
  /** Its id once it has been saved for the first time. */
  savedId: string | null;
  isSaving: boolean;
  error: UiError | null;
  /** `byItself` marks what the wizard fills in without being asked: that alone makes no draft. */
  change: (part: Partial<CampaignDraft>, byItself?: boolean) => void;
  /** Saves what is not saved yet and waits for it. Going on with what was filled in is a choice too. */
  flush: () => Promise<string | null>;
}

/** Only to have opened the wizard makes no draft: the first choice does, once there is a template. */
const isWorthSaving = (chosen: boolean, draft: CampaignDraft) =>
  draft.id !== null || (chosen && draft.template_id !== null);

export function useDraft(initial: CampaignDraft): DraftHandle {
  const ipc = useIpc();
  const client = useQueryClient();
  const [draft, setDraft] = useState(initial);
  const [savedId, setSavedId] = useState(initial.id);
  const [isSaving, setSaving] = useState(false);
  const [error, setError] = useState<UiError | null>(null);
  const newest = useRef(initial);
  const dirty = useRef(false);
  const chosen = useRef(initial.id !== null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const chain = useRef<Promise<void>>(Promise.resolve());

  const save = useCallback(() => {
    clearTimeout(timer.current);
    // One after another: two saves at once could make two drafts.
    chain.current = chain.current.then(async () => {
      if (!dirty.current || !isWorthSaving(chosen.current, newest.current)) return;
      dirty.current = false;
      setSaving(true);
      try {
        const saved = await ipc.call("campaign_draft_save", newest.current);
        newest.current = { ...newest.current, id: saved.row.id };
        setSavedId(saved.row.id);
        setError(null);
        await invalidateTags(client, ["campaigns"]);
      } catch (thrown) {
        dirty.current = true;
        setError(toUiError(thrown));
      } finally {
        setSaving(false);
      }
    });
    return chain.current;
  }, [ipc, client]);

  const change = useCallback(
    (part: Partial<CampaignDraft>, byItself = false) => {
      newest.current = { ...newest.current, ...part };
      dirty.current = true;
      if (!byItself) chosen.current = true;
      setDraft(newest.current);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void save(), SAVE_AFTER_MS);
    },
    [save],
  );

  const flush = useCallback(async () => {
    chosen.current = true;
    await save();
    return newest.current.id;
  }, [save]);

  // Leaving the screen must not lose the last keystrokes.
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      if (dirty.current && isWorthSaving(chosen.current, newest.current))
        void ipc.call("campaign_draft_save", newest.current).catch(() => {});
    },
    [ipc],
  );

  return { draft, savedId, isSaving, error, change, flush };
}
