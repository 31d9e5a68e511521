import { type ReactNode, useEffect, useRef } from "react";
import { cx } from "./cx";
import { useScrollStop } from "./ScrollRegion";

/** A screen with its title, what it is about in a line, and its main action. */
export function Page({
  title,
  subtitle,
  actions,
  children,
  width = "normal",
  scrollKey,
}: {
  title: ReactNode;
  subtitle?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  width?: "normal" | "wide" | "full";
  /** Another step of the same page starts at the top. */
  scrollKey?: string;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is the reason to scroll
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [scrollKey]);
  useScrollStop(scroller);
  return (
    <div ref={scroller} className={cx("relative flex h-full min-h-0 flex-col", width !== "full" && "overflow-y-auto")}>
      <header
        className={cx(
          "mx-auto flex w-full flex-wrap items-end gap-x-4 gap-y-3 px-8 pt-7 pb-5",
          width === "normal" && "max-w-4xl",
          width === "wide" && "max-w-6xl",
        )}
      >
        <div className="min-w-0 flex-1 basis-72">
          <h1 className="font-semibold text-2xl leading-8 tracking-tight">{title}</h1>
          {subtitle ? <div className="mt-1 text-ink-2 text-sm">{subtitle}</div> : null}
        </div>
        {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
      </header>
      <div
        className={cx(
          "mx-auto w-full px-8 pb-10",
          width === "normal" && "max-w-4xl",
          width === "wide" && "max-w-6xl",
          width === "full" && "min-h-0 flex-1",
        )}
      >
        {children}
      </div>
    </div>
  );
}

export function Card({ children, className, label }: { children: ReactNode; className?: string; label?: string }) {
  return (
    <section aria-label={label} className={cx("rounded-card border border-line bg-surface shadow-card", className)}>
      {children}
    </section>
  );
}
