// Questions of the inbox. A thread is read in pages from its newest message backwards; every page is asked again
// when something under "inbox" changes, each from where the page before it now ends, so that none falls in between.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { useIpc } from "../../ipc/context";
import type { CallError, ThreadDetail } from "../../ipc/ipc";

const THREAD_PAGE = 60;

/**
 * Where the page before this one ends. One past its oldest message, since several messages can share a millisecond;
 * what is read twice is shown once.
 */
export function nextOlder(page: ThreadDetail): number | undefined {
  const oldest = page.messages[0];
  if (!page.has_older || !oldest) return undefined;
  return oldest.at_ms === page.messages.at(-1)?.at_ms ? oldest.at_ms : oldest.at_ms + 1;
}

/** A thread, newest page first. */
export function useThread(contactId: string) {
  const ipc = useIpc();
  const query = useInfiniteQuery<ThreadDetail, CallError, { pages: ThreadDetail[] }, unknown[], number | null>({
    queryKey: ["thread_get", contactId],
    queryFn: ({ pageParam }) =>
      ipc.call("thread_get", { contact_id: contactId, before_ms: pageParam, limit: THREAD_PAGE }),
    initialPageParam: null,
    getNextPageParam: nextOlder,
    meta: { tags: ["inbox", "contacts", "consent", "templates"] },
  });
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = query;
  const loadOlder = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, hasNextPage, isFetchingNextPage]);
  return { ...query, loadOlder };
}
