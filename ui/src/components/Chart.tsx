// A picture of numbers with the same numbers as a table beside it, for those who cannot or would rather not read
// pictures. The drawing code (echarts, SVG) is loaded only where a chart is shown.
import { ChartLine, Table2 } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import { useIntl } from "react-intl";
import { useT } from "../i18n/t";
import { Boundary } from "./Boundary";
import { Button, IconButton } from "./Button";
import { cx } from "./cx";
import { Note, Skeleton } from "./feedback";
import { useScrollStop } from "./ScrollRegion";

export interface ChartSeries {
  name: string;
  tone: "accent" | "good" | "attention" | "trouble" | "neutral";
  values: number[];
}

export interface ChartData {
  /** What the points stand for, one per value. */
  labels: string[];
  series: ChartSeries[];
}

const dot: Record<ChartSeries["tone"], string> = {
  accent: "bg-accent",
  good: "bg-good",
  attention: "bg-attention",
  trouble: "bg-trouble",
  neutral: "bg-ink-3",
};

const ChartDrawing = lazy(() => import("./ChartDrawing"));

export function Chart({ title, data, height = 180 }: { title: string; data: ChartData; height?: number }) {
  const t = useT();
  const intl = useIntl();
  const [asTable, setAsTable] = useState(false);
  const table = useRef<HTMLDivElement>(null);
  useScrollStop(table);
  return (
    <figure aria-label={title} className="min-w-0">
      <figcaption className="mb-2 flex items-center justify-between gap-3">
        <span className="font-semibold text-sm">{title}</span>
        <IconButton
          size="small"
          icon={asTable ? ChartLine : Table2}
          label={asTable ? t("common.showChart") : t("common.showTable")}
          onPress={() => setAsTable(!asTable)}
        />
      </figcaption>
      {asTable || data.series.length < 2 ? null : (
        <ul aria-hidden className="mb-1 flex flex-wrap gap-x-4 text-ink-2 text-xs">
          {data.series.map(({ name, tone }) => (
            <li key={name} className="flex items-center gap-1.5">
              <span className={cx("h-0.5 w-4 rounded-full", dot[tone])} />
              {name}
            </li>
          ))}
        </ul>
      )}
      {asTable ? null : (
        <Boundary
          fallback={(retry) => (
            <Note
              action={
                <Button size="small" onPress={retry}>
                  {t("common.retry")}
                </Button>
              }
            >
              {t("common.chartUndrawn")}
            </Note>
          )}
        >
          <div aria-hidden style={{ height }}>
            <Suspense fallback={<Skeleton className="h-full" />}>
              <ChartDrawing data={data} height={height} />
            </Suspense>
          </div>
        </Boundary>
      )}
      <div
        ref={table}
        className={cx(asTable ? "overflow-auto rounded-control border border-line" : "sr-only")}
        style={asTable ? { maxHeight: height } : undefined}
      >
        <table className="w-full text-sm">
          <caption className="sr-only">{title}</caption>
          <thead className="text-ink-3 text-xs">
            <tr>
              <td />
              {data.series.map((series) => (
                <th key={series.name} scope="col" className="px-3 py-1.5 text-end font-medium">
                  {series.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.labels.map((label, row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: labels may repeat; the place is the identity
              <tr key={row} className="border-line border-t">
                <th scope="row" className="px-3 py-1 text-start font-normal">
                  {label}
                </th>
                {data.series.map((series) => (
                  <td key={series.name} className="px-3 py-1 text-end">
                    {intl.formatNumber(series.values[row] ?? 0)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
