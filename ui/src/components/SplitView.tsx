import type { ReactNode } from "react";
import { cx } from "./cx";

/**
 * List at the start, the thing itself beside it. Where there is no room for both (a narrow window, 200 %, the pretend
 * phone beside it) only one is shown: it goes by its own width, not the window's.
 */
export function SplitView({
  title,
  list,
  detail,
  listLabel,
  detailLabel,
  hasDetail,
}: {
  /** Name of the screen, spoken where its list, which shows it, has no room. */
  title: string;
  list: ReactNode;
  detail: ReactNode;
  listLabel: string;
  detailLabel: string;
  /** Something is open in the detail; decides which one is shown where there is room for one. */
  hasDetail: boolean;
}) {
  return (
    <div className="@container/split h-full">
      <div className="flex h-full min-h-0">
        <section
          aria-label={listLabel}
          className={cx(
            "min-h-0 w-full flex-col border-line @min-[42rem]/split:flex @min-[42rem]/split:w-72 @min-[42rem]/split:shrink-0 @min-[42rem]/split:border-e @min-[58rem]/split:w-88",
            hasDetail ? "hidden" : "flex",
          )}
        >
          {list}
        </section>
        <section
          aria-label={detailLabel}
          className={cx("min-h-0 min-w-0 flex-1 flex-col @min-[42rem]/split:flex", hasDetail ? "flex" : "hidden")}
        >
          {hasDetail ? <PaneTitle className={onlyOnePane}>{title}</PaneTitle> : null}
          {detail}
        </section>
      </div>
    </div>
  );
}

/** For what only makes sense where one pane is shown, such as "back to the list". */
export const onlyOnePane = "@min-[42rem]/split:hidden";

/** The screen's heading for ears alone, while the list that shows it is hidden. */
export function PaneTitle({ children, className }: { children: string; className: string }) {
  return <h1 className={cx("sr-only", className)}>{children}</h1>;
}
