// Questions to the core as hooks. Each names the change tags it depends on; when the core tells that something
// under a tag changed, exactly those are asked again.
import {
  keepPreviousData,
  type QueryClient,
  queryOptions,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useIpc } from "./context";
import type { CallError, ChangeTag, CommandName, Ipc, RequestOf, ResponseOf } from "./ipc";

export interface CommandOptions {
  /** Ask again when one of these changes. */
  tags: ChangeTag[];
  /** False waits, for example for an id. */
  enabled?: boolean;
  /** Shows the last answer while a new request (another page, another search) is under way. */
  keepPrevious?: boolean;
  /** Asks again every so often while the window is visible; at least 1,000 ms. */
  everyMs?: number;
  /** Asks anew each time the screen opens, for answers that the core keeps only for a while. */
  fresh?: boolean;
}

export function commandQuery<C extends CommandName>(
  ipc: Ipc,
  name: C,
  request: RequestOf<C>,
  { tags, enabled, keepPrevious, everyMs, fresh }: CommandOptions,
) {
  return queryOptions<ResponseOf<C>, CallError>({
    queryKey: [name, request],
    queryFn: () => ipc.call(name, request),
    meta: { tags },
    enabled,
    placeholderData: keepPrevious ? (keepPreviousData as never) : undefined,
    ...(fresh ? { gcTime: 0 } : {}),
    refetchInterval: everyMs ? Math.max(1_000, everyMs) : false,
  });
}

/** Asks the core and keeps the answer fresh. */
export function useCommand<C extends CommandName>(
  name: C,
  request: RequestOf<C>,
  options: CommandOptions,
): UseQueryResult<ResponseOf<C>, CallError> {
  return useQuery(commandQuery(useIpc(), name, request, options));
}

/** Tells the core to do something. What it changed comes back by the change tags. */
export function useCommandMutation<C extends CommandName>(
  name: C,
): UseMutationResult<ResponseOf<C>, CallError, RequestOf<C>> {
  const ipc = useIpc();
  return useMutation<ResponseOf<C>, CallError, RequestOf<C>>({
    mutationKey: [name],
    mutationFn: (request) => ipc.call(name, request),
    // A secret handed in must not stay in the cache of mutations.
    gcTime: 0,
  });
}

/** Asks everything on screen again that depends on one of these tags. */
export function invalidateTags(client: QueryClient, tags: readonly ChangeTag[]): Promise<void> {
  return client.invalidateQueries({
    predicate: ({ meta }) => {
      const own = meta?.tags as ChangeTag[] | undefined;
      return own?.some((tag) => tags.includes(tag)) ?? false;
    },
  });
}

/** At most this often are screens asked again, however fast a campaign runs. */
const SETTLE_MS = 250;

/**
 * Follows the change log. The event is only a bell: the tags are read from the log since our own last number, so
 * that a missed event costs nothing, and a log that no longer reaches back means "ask everything again".
 */
export function useChanges(startSeq: number | undefined): void {
  const ipc = useIpc();
  const client = useQueryClient();
  // Only the first number counts: later ones are newer than what the screens have seen.
  const [firstSeq, setFirstSeq] = useState(startSeq);
  if (firstSeq === undefined && startSeq !== undefined) setFirstSeq(startSeq);
  useEffect(() => {
    if (firstSeq === undefined) return;
    let seq = firstSeq;
    let running = false;
    let again = false;
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const catchUp = async () => {
      if (running || stopped || document.hidden) {
        again = true;
        return;
      }
      running = true;
      again = false;
      try {
        const changes = await ipc.call("changes_since", { seq });
        if (stopped) return;
        const wentBack = changes.seq < seq;
        seq = changes.seq;
        if (changes.refetch_all || wentBack) await client.invalidateQueries();
        else if (changes.tags.length > 0) await invalidateTags(client, changes.tags);
      } catch {
        // The screens' own questions tell the operator what is wrong; the next bell tries again.
      } finally {
        timer = setTimeout(() => {
          running = false;
          if (again) void catchUp();
        }, SETTLE_MS);
      }
    };
    const off = ipc.on("changes", (news) => {
      if (news.refetch_all) {
        // Another account is open, with a log of its own.
        seq = news.seq;
        client.removeQueries({ type: "inactive" });
        void client.invalidateQueries();
      } else void catchUp();
    });
    const onVisible = () => {
      if (!document.hidden) void catchUp();
    };
    document.addEventListener("visibilitychange", onVisible);
    void catchUp();
    return () => {
      stopped = true;
      clearTimeout(timer);
      off();
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, [ipc, client, firstSeq]);
}

export function createQueryClientOptions() {
  return {
    defaultOptions: {
      queries: {
        // Truth comes by change tags; until one arrives an answer is fresh.
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 5 * 60_000,
        retry: false,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: "always" as const,
      },
      mutations: { retry: false, networkMode: "always" as const },
    },
  };
}
