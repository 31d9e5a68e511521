// A list that scrolls over a million rows: TanStack Virtual over the row count, pages fetched by range as they come
// into sight, and the roles of an ARIA grid on plain elements. React Aria's Table builds its whole collection
// (5,000 items: 1.8 s before the first paint), which is why it is not used here. Rows are placed freely, so they cannot be <tr>: the a11y rules that ask for
// table elements are off for this file in biome.json.
import { keepPreviousData, useQueries } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useT } from "../i18n/t";
import type { CallError, ChangeTag } from "../ipc/ipc";
import { cx } from "./cx";
import { ErrorNote } from "./feedback";

export interface GridColumn<Row> {
  id: string;
  header: string;
  /** Track of the CSS grid, `2fr`, `minmax(8rem,1fr)`, `6rem`. */
  width: string;
  align?: "start" | "end";
  render: (row: Row) => ReactNode;
}

export interface GridPage<Row> {
  rows: Row[];
  total: number;
}

/** Where rows come from. `key` holds all that filters them; another key starts at the top. */
export interface GridSource<Row> {
  key: readonly unknown[];
  tags: ChangeTag[];
  fetchPage: (offset: number, limit: number) => Promise<GridPage<Row>>;
}

const PAGE = 100;

export interface DataGridProps<Row> {
  label: string;
  source: GridSource<Row>;
  columns: readonly GridColumn<Row>[];
  rowId: (row: Row) => string;
  onOpen?: (row: Row) => void;
  selectedId?: string | null;
  /** Shown when there is not a single row. */
  empty: ReactNode;
  /** Told whenever the number of rows is known. */
  onTotal?: (total: number) => void;
  /** Height of a row in px; by default that of the density. */
  rowHeight?: number;
  hideHeader?: boolean;
  className?: string;
}

function densityRowHeight(): number {
  const value = getComputedStyle(document.documentElement).getPropertyValue("--row").trim();
  const rem = Number.parseFloat(value);
  const base = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  return Number.isFinite(rem) && rem > 0 ? rem * base : 44;
}

export function DataGrid<Row>(props: DataGridProps<Row>) {
  // Another filter is another grid: scroll position and focus start anew.
  return <Grid key={JSON.stringify(props.source.key)} {...props} />;
}

function Grid<Row>({
  label,
  source,
  columns,
  rowId,
  onOpen,
  selectedId,
  empty,
  onTotal,
  rowHeight,
  hideHeader,
  className,
}: DataGridProps<Row>) {
  const t = useT();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const [total, setTotal] = useState<number | null>(null);
  const height = rowHeight ?? densityRowHeight();

  const virtual = useVirtualizer({
    count: total ?? 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    // Without a layout (tests) one screen's worth is drawn.
    initialRect: { width: 800, height: 640 },
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items[items.length - 1]?.index ?? 0;
  const firstPage = Math.floor(first / PAGE);
  const pageCount = Math.floor(last / PAGE) - firstPage + 1;

  const pages = useQueries({
    queries: Array.from({ length: pageCount }, (_, at) => {
      const page = firstPage + at;
      return {
        queryKey: ["grid", ...source.key, page],
        queryFn: () => source.fetchPage(page * PAGE, PAGE),
        meta: { tags: source.tags },
        placeholderData: keepPreviousData,
      };
    }),
  });

  const { byIndex, known, error, retry } = useMemo(() => {
    const rows = new Map<number, Row>();
    let newest: number | null = null;
    let failure: CallError | null = null;
    let again: (() => void) | undefined;
    pages.forEach((query, at) => {
      const data = query.data as GridPage<Row> | undefined;
      if (data && !query.isPlaceholderData) {
        newest = data.total;
        data.rows.forEach((row, index) => {
          rows.set((firstPage + at) * PAGE + index, row);
        });
      }
      if (query.error) {
        failure = query.error as CallError;
        again = () => void query.refetch();
      }
    });
    return { byIndex: rows, known: newest as number | null, error: failure as CallError | null, retry: again };
  }, [pages, firstPage]);

  useEffect(() => {
    if (known === null) return;
    setTotal(known);
    onTotal?.(known);
  }, [known, onTotal]);

  // Tab must find a row even when the active one has been scrolled away.
  const stop = items.some(({ index }) => index === active) ? active : (items[0]?.index ?? active);
  const template = columns.map((column) => column.width).join(" ");

  const focusRow = (index: number) => {
    const count = total ?? 0;
    if (count === 0) return;
    const next = Math.max(0, Math.min(count - 1, index));
    setActive(next);
    virtual.scrollToIndex(next);
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus({ preventScroll: true });
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? height * 10) / height) - 1);
    const moves: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: (total ?? 1) - 1,
    };
    const target = moves[event.key];
    if (target !== undefined) {
      event.preventDefault();
      focusRow(target);
    } else if (event.key === "Enter" || event.key === " ") {
      const row = byIndex.get(active);
      if (row && onOpen) {
        event.preventDefault();
        onOpen(row);
      }
    }
  };

  if (error && total === null) return <ErrorNote error={error} onRetry={retry} className="m-4" />;
  if (total === 0) return <>{empty}</>;

  return (
    <div
      role="grid"
      aria-label={label}
      aria-rowcount={(total ?? -1) + (total === null || hideHeader ? 0 : 1)}
      aria-colcount={columns.length}
      aria-busy={total === null}
      className={cx("flex h-full min-h-0 flex-col", className)}
    >
      {hideHeader ? null : (
        <div
          role="row"
          aria-rowindex={1}
          className="grid shrink-0 gap-3 border-line border-b px-4 py-2 font-medium text-ink-3 text-xs"
          style={{ gridTemplateColumns: template, scrollbarGutter: "stable" }}
        >
          {columns.map((column) => (
            <div key={column.id} role="columnheader" className={cx("truncate", column.align === "end" && "text-end")}>
              {column.header}
            </div>
          ))}
        </div>
      )}
      <div
        ref={scroller}
        onKeyDown={onKeyDown}
        role="presentation"
        // Until there are rows to stop at, the list itself is the stop.
        tabIndex={total === null ? 0 : undefined}
        className="min-h-0 flex-1 overflow-y-auto"
      >
        <div
          role="presentation"
          className="relative w-full"
          style={{ height: Math.max(virtual.getTotalSize(), height) }}
        >
          {total === null
            ? Array.from({ length: 8 }, (_, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: placeholders are all alike
                <RowSkeleton key={at} top={at * height} height={height} label={t("common.rowsLoading")} />
              ))
            : items.map((item) => {
                const row = byIndex.get(item.index);
                const isSelected = row !== undefined && selectedId != null && rowId(row) === selectedId;
                return (
                  <div
                    key={item.key}
                    role="row"
                    data-row={item.index}
                    aria-rowindex={item.index + (hideHeader ? 1 : 2)}
                    aria-selected={selectedId === undefined ? undefined : isSelected}
                    tabIndex={item.index === stop ? 0 : -1}
                    onFocus={() => setActive(item.index)}
                    onClick={() => {
                      setActive(item.index);
                      if (row) onOpen?.(row);
                    }}
                    className={cx(
                      "focus-inset absolute inset-x-0 top-0 grid items-center gap-3 border-line border-b px-4 text-sm",
                      onOpen && "hover:bg-hover",
                      isSelected && "bg-accent-soft hover:bg-accent-soft",
                    )}
                    style={{
                      gridTemplateColumns: template,
                      height: item.size,
                      transform: `translateY(${item.start}px)`,
                    }}
                  >
                    {columns.map((column) => (
                      <div
                        key={column.id}
                        role="gridcell"
                        tabIndex={-1}
                        className={cx("min-w-0 truncate", column.align === "end" && "text-end")}
                      >
                        {row ? column.render(row) : <span className="skeleton block h-3.5 rounded bg-sunken" />}
                      </div>
                    ))}
                  </div>
                );
              })}
        </div>
      </div>
    </div>
  );
}

function RowSkeleton({ top, height, label }: { top: number; height: number; label: string }) {
  return (
    <div role="row" className="absolute inset-x-0 flex items-center border-line border-b px-4" style={{ top, height }}>
      <span role="gridcell" className="block w-full">
        <span className="sr-only">{label}</span>
        <span aria-hidden className="skeleton block h-3.5 rounded bg-sunken" />
      </span>
    </div>
  );
}
