import { useEffect, useState } from "react";
import { useIpc } from "./context";
import type { Progress } from "./ipc";

/** The newest progress of a job; without an id, of whatever runs (its id is only known once it has answered). */
export function useJobProgress(job: string | null): Progress | null {
  const ipc = useIpc();
  const [progress, setProgress] = useState<Progress | null>(null);
  useEffect(
    () =>
      ipc.on("progress", (news) => {
        if (job === null || news.job === job) setProgress(news);
      }),
    [ipc, job],
  );
  return progress;
}
