import { LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { type EChartsType, init, use as register } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import type { ChartData, ChartSeries } from "./Chart";

register([LineChart, GridComponent, TooltipComponent, SVGRenderer]);

const tokenOf: Record<ChartSeries["tone"], string> = {
  accent: "--accent",
  good: "--good",
  attention: "--attention",
  trouble: "--trouble",
  neutral: "--ink-3",
};

/** echarts wants plain colours; tokens are pairs, so an element is asked what they come to. */
function resolve(element: HTMLElement, token: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  element.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

export default function ChartDrawing({ data, height }: { data: ChartData; height: number }) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const drawing = init(element, null, { renderer: "svg" });
    chart.current = drawing;
    const observer = new ResizeObserver(() => drawing.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      drawing.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    const element = host.current;
    const drawing = chart.current;
    if (!element || !drawing) return;
    const draw = () => {
      const ink = resolve(element, "--ink-3");
      const line = resolve(element, "--line");
      drawing.setOption(
        {
          animation: false,
          textStyle: { fontFamily: getComputedStyle(element).fontFamily },
          grid: { left: 4, right: 8, top: 12, bottom: 4, outerBoundsMode: "same" },
          tooltip: {
            trigger: "axis",
            backgroundColor: resolve(element, "--raised"),
            borderColor: line,
            textStyle: { color: resolve(element, "--ink"), fontSize: 12 },
          },
          xAxis: {
            type: "category",
            data: data.labels,
            boundaryGap: false,
            axisLine: { lineStyle: { color: line } },
            axisTick: { show: false },
            axisLabel: { color: ink, fontSize: 11, hideOverlap: true },
          },
          yAxis: {
            type: "value",
            minInterval: 1,
            splitNumber: 3,
            splitLine: { lineStyle: { color: line } },
            axisLabel: { color: ink, fontSize: 11 },
          },
          series: data.series.map((series) => {
            const color = resolve(element, tokenOf[series.tone]);
            return {
              type: "line",
              name: series.name,
              data: series.values,
              showSymbol: false,
              lineStyle: { width: 2, color },
              itemStyle: { color },
              areaStyle: { color, opacity: 0.1 },
            };
          }),
        },
        { notMerge: true },
      );
    };
    draw();
    // The theme can change while the chart is on screen.
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const observer = new MutationObserver(draw);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    dark.addEventListener("change", draw);
    return () => {
      observer.disconnect();
      dark.removeEventListener("change", draw);
    };
  }, [data]);

  return <div ref={host} style={{ height, width: "100%" }} />;
}
