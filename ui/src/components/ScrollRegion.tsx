import { type ReactNode, type RefObject, useEffect, useRef } from "react";

const STOPS = "a[href], button:not([disabled]), input, select, textarea, [tabindex='0']";

/**
 * Makes a box that scrolls a stop of the Tab key while it overflows and nothing in it can take the focus; otherwise
 * nobody without a mouse would see its end.
 */
export function useScrollStop(box: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => {
      const { scrollHeight, clientHeight, scrollWidth, clientWidth } = element;
      const scrolls = scrollHeight > clientHeight + 1 || scrollWidth > clientWidth + 1;
      if (scrolls && !element.querySelector(STOPS)) element.tabIndex = 0;
      else if (document.activeElement !== element) element.removeAttribute("tabindex");
    };
    const sizes = new ResizeObserver(look);
    const watch = () => {
      sizes.disconnect();
      sizes.observe(element);
      for (const child of element.children) sizes.observe(child);
      look();
    };
    const contents = new MutationObserver(watch);
    contents.observe(element, { childList: true, subtree: true });
    watch();
    return () => {
      sizes.disconnect();
      contents.disconnect();
    };
  }, [box]);
}

/** A part of a screen that scrolls by itself, by mouse and by keyboard. */
export function ScrollRegion({
  label,
  className,
  children,
}: {
  label: string;
  className: string;
  children: ReactNode;
}) {
  const box = useRef<HTMLElement>(null);
  useScrollStop(box);
  return (
    <section ref={box} aria-label={label} className={`focus-inset relative ${className}`}>
      {children}
    </section>
  );
}
