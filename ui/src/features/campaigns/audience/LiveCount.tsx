// How many people an audience would be, as one builds it: asked a moment after the last change, never in the way.
import { useEffect, useState } from "react";
import { ErrorNote } from "../../../components/feedback";
import { Count } from "../../../components/values";
import { T, useT } from "../../../i18n/t";
import type { Audience } from "../../../ipc/ipc";
import { useCommand } from "../../../ipc/queries";
import { isChosen } from "./model";

const AFTER_MS = 250;

/** The value as it was a moment ago, when it has rested since. */
export function useRested<V>(value: V, afterMs = AFTER_MS): V {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), afterMs);
    return () => clearTimeout(timer);
  }, [value, afterMs]);
  return rested;
}

export function LiveCount({ audience }: { audience: Audience }) {
  const t = useT();
  const rested = useRested(audience);
  const chosen = isChosen(audience);
  const counted = useCommand(
    "audience_count",
    { audience: rested, some: 4 },
    { tags: ["contacts", "imports"], enabled: isChosen(rested), keepPrevious: true },
  );
  const isStale = rested !== audience || counted.isPlaceholderData;
  const found = chosen && isChosen(rested) ? counted.data : undefined;
  return (
    <section
      aria-label={t("audience.count")}
      className="flex flex-wrap items-baseline gap-x-3 gap-y-1 rounded-card border border-line bg-surface px-5 py-4"
    >
      <p role="status" aria-busy={isStale} className={isStale ? "text-ink-3" : undefined}>
        {!chosen ? <span className="text-ink-2">{t("audience.count.unfinished")}</span> : null}
        {found?.problem ? <span className="text-attention">{found.problem}</span> : null}
        {found && !found.problem ? (
          <>
            <b className="tabular font-semibold text-2xl">
              <Count value={found.people} />
            </b>{" "}
            <span className="text-ink-2">
              <T id="audience.count.people" values={{ people: found.people, marketing: found.may_market }} />
            </span>
          </>
        ) : null}
        {chosen && !found && !counted.isError ? (
          <span className="text-ink-3">{t("audience.count.counting")}</span>
        ) : null}
      </p>
      {found && found.some.length > 0 ? (
        <p className="w-full truncate text-ink-3 text-xs">
          {t("audience.count.some", {
            names: found.some.map(({ name }) => name).join(", "),
            more: found.people - found.some.length,
          })}
        </p>
      ) : null}
      {counted.isError && counted.error.ui.code !== "cancelled" ? (
        <ErrorNote error={counted.error} onRetry={() => void counted.refetch()} className="w-full" />
      ) : null}
    </section>
  );
}
