// How a campaign that takes longer will go: people hour by hour, or day by day, with the nights in between.
import { useIntl } from "react-intl";
import { Count } from "../../components/values";
import { useT } from "../../i18n/t";
import type { CampaignReview, CoursePoint } from "../../ipc/ipc";

const HOUR = 3_600_000;
/** More hours than this are shown as days. */
const MOST_HOURS = 48;
/** Less than this is no picture. */
const FEWEST = 3;

export interface CourseBar {
  key: string;
  people: number;
  atMs: number;
  /** Begins a day (of hours), or a week (of days): named below. */
  named: boolean;
}

/** Bars without gaps: hours in which nothing leaves stand as empty ones. */
export function barsOf(points: CoursePoint[], zone: string): { unit: "hour" | "day"; bars: CourseBar[] } {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return { unit: "hour", bars: [] };
  const people = new Map(points.map((point) => [point.at_ms, point.people]));
  const hours = Array.from({ length: (last.at_ms - first.at_ms) / HOUR + 1 }, (_, at) => first.at_ms + at * HOUR);
  const dayOf = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
  const days = hours.map((at) => dayOf.format(at));
  if (hours.length <= MOST_HOURS)
    return {
      unit: "hour",
      bars: hours.map((atMs, at) => ({
        key: String(atMs),
        people: people.get(atMs) ?? 0,
        atMs,
        // A day that ends right after the start has no room for its name.
        named: at === 0 ? days[0] === days[Math.min(5, hours.length - 1)] : days[at] !== days[at - 1],
      })),
    };
  const byDay = new Map<string, CourseBar>();
  hours.forEach((atMs, at) => {
    const key = days[at] ?? "";
    const bar = byDay.get(key) ?? { key, people: 0, atMs, named: false };
    bar.people += people.get(atMs) ?? 0;
    byDay.set(key, bar);
  });
  const bars = [...byDay.values()];
  return { unit: "day", bars: bars.map((bar, at) => ({ ...bar, named: bars.length <= 10 || at % 7 === 0 })) };
}

export function Course({ review }: { review: CampaignReview }) {
  const t = useT();
  const intl = useIntl();
  const { unit, bars } = barsOf(review.course, review.zone);
  if (bars.length < FEWEST) return null;
  const most = Math.max(1, ...bars.map((bar) => bar.people));
  const title = t(unit === "hour" ? "course.hours" : "course.days");
  const day = (atMs: number) =>
    intl.formatDate(atMs, { weekday: "short", day: "numeric", month: "short", timeZone: review.zone });
  const moment = (atMs: number) =>
    unit === "day" ? day(atMs) : `${day(atMs)}, ${intl.formatTime(atMs, { hour: "numeric", timeZone: review.zone })}`;
  return (
    <figure aria-label={title} className="rounded-card border border-line bg-surface p-5 shadow-card">
      <figcaption className="flex flex-wrap items-baseline justify-between gap-3">
        <span className="font-semibold">{title}</span>
        <span className="text-ink-3 text-xs">
          {t(unit === "hour" ? "course.most.hour" : "course.most.day", { count: most })}
        </span>
      </figcaption>
      <ol className="mt-3 flex items-end gap-px">
        {bars.map((bar) => (
          <li key={bar.key} className="min-w-0 flex-1" title={`${moment(bar.atMs)}: ${intl.formatNumber(bar.people)}`}>
            <span className="sr-only">
              {moment(bar.atMs)}: <Count value={bar.people} />
            </span>
            <span aria-hidden className="flex h-20 items-end border-line border-b">
              {bar.people > 0 ? (
                <span
                  className="block w-full rounded-t bg-accent-fill"
                  style={{ height: `${Math.max(4, (bar.people / most) * 100)}%` }}
                />
              ) : null}
            </span>
            <span aria-hidden className="mt-1 block h-4 whitespace-nowrap text-ink-3 text-xs">
              {bar.named ? day(bar.atMs) : ""}
            </span>
          </li>
        ))}
      </ol>
    </figure>
  );
}
