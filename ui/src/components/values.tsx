// Numbers and times as people read them in their own locale.
import { useIntl } from "react-intl";

export function Count({ value }: { value: number }) {
  const intl = useIntl();
  return <span className="tabular">{intl.formatNumber(value)}</span>;
}

export type TimeStyle = "short" | "time" | "date" | "full" | "relative";

/** A time with its zone on hover. `short` is the hour today, the day before that. */
export function useTimeText(): (atMs: number, style?: TimeStyle, nowMs?: number) => string {
  const intl = useIntl();
  return (atMs, style = "short", nowMs = Date.now()) => {
    switch (style) {
      case "time":
        return intl.formatTime(atMs, { hour: "numeric", minute: "2-digit" });
      case "date":
        return intl.formatDate(atMs, { day: "numeric", month: "short", year: "numeric" });
      case "full":
        return intl.formatDate(atMs, { dateStyle: "full", timeStyle: "long" });
      case "relative":
        return relative(intl, atMs - nowMs);
      default: {
        const sameDay = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
        if (sameDay) return intl.formatTime(atMs, { hour: "numeric", minute: "2-digit" });
        const sameYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
        return intl.formatDate(atMs, { day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }) });
      }
    }
  };
}

function relative(intl: ReturnType<typeof useIntl>, deltaMs: number): string {
  const minutes = Math.round(deltaMs / 60_000);
  if (Math.abs(minutes) < 60) return intl.formatRelativeTime(minutes, "minute", { numeric: "auto" });
  const hours = Math.round(minutes / 60);
  if (Math.abs(hours) < 36) return intl.formatRelativeTime(hours, "hour", { numeric: "auto" });
  return intl.formatRelativeTime(Math.round(hours / 24), "day", { numeric: "auto" });
}

export function TimeText({
  atMs,
  style = "short",
  className,
}: {
  atMs: number;
  style?: TimeStyle;
  className?: string;
}) {
  const text = useTimeText();
  return (
    <time dateTime={new Date(atMs).toISOString()} title={text(atMs, "full")} className={className}>
      {text(atMs, style)}
    </time>
  );
}

/** The size of a file: bytes as long as they are few, then kB and MB with a decimal where it says something. */
export function useBytesText(): (bytes: number) => string {
  const intl = useIntl();
  return (bytes) => {
    const unit = (value: number, name: "byte" | "kilobyte" | "megabyte") =>
      intl.formatNumber(value, {
        style: "unit",
        unit: name,
        unitDisplay: name === "byte" ? "long" : "short",
        maximumFractionDigits: name !== "byte" && value < 10 ? 1 : 0,
      });
    if (bytes < 1_000) return unit(bytes, "byte");
    return bytes < 999_500 ? unit(bytes / 1_000, "kilobyte") : unit(bytes / 1_000_000, "megabyte");
  };
}

/** A span of time in the two units that matter: "3 h 20 min". */
export function useDurationText(): (ms: number) => string {
  const intl = useIntl();
  return (ms) => {
    const unit = (value: number, name: "second" | "minute" | "hour" | "day") =>
      intl.formatNumber(value, { style: "unit", unit: name, unitDisplay: "short" });
    const seconds = Math.max(0, Math.round(ms / 1_000));
    if (seconds < 90) return unit(seconds, "second");
    const minutes = Math.round(seconds / 60);
    if (minutes < 90) return unit(minutes, "minute");
    const hours = Math.floor(minutes / 60);
    if (hours >= 48) return unit(Math.round(hours / 24), "day");
    return minutes % 60 === 0 ? unit(hours, "hour") : `${unit(hours, "hour")} ${unit(minutes % 60, "minute")}`;
  };
}
