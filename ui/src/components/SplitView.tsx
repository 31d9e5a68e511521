import type { ReactNode } from "react";
import { cx } from "./cx";

/** List at the start, the thing itself beside it. On a narrow window (or at 200 %) only one is shown. */
export function SplitView({
  list,
  detail,
  listLabel,
  detailLabel,
  hasDetail,
}: {
  list: ReactNode;
  detail: ReactNode;
  listLabel: string;
  detailLabel: string;
  /** Something is open in the detail; decides which one a narrow window shows. */
  hasDetail: boolean;
}) {
  return (
    <div className="flex h-full min-h-0">
      <section
        aria-label={listLabel}
        className={cx(
          "min-h-0 w-full flex-col border-line lg:flex lg:w-88 lg:shrink-0 lg:border-e",
          hasDetail ? "hidden" : "flex",
        )}
      >
        {list}
      </section>
      <section
        aria-label={detailLabel}
        className={cx("min-h-0 min-w-0 flex-1 flex-col lg:flex", hasDetail ? "flex" : "hidden")}
      >
        {detail}
      </section>
    </div>
  );
}
