// A day from midnight to midnight: when messages leave and when they wait.
import { Moon } from "lucide-react";
import { useIntl } from "react-intl";
import { useT } from "../i18n/t";
import type { Hours } from "../ipc/ipc";
import { cx } from "./cx";

const DAY = 1440;

const holds = ({ from_minute, to_minute }: Hours, minute: number): boolean =>
  from_minute < to_minute ? minute >= from_minute && minute < to_minute : minute >= from_minute || minute < to_minute;

/** The stretches of a day in which something holds, in minutes; one that goes past midnight stands at both ends. */
export function stretches(isOpen: (minute: number) => boolean): [number, number][] {
  const found: [number, number][] = [];
  for (let minute = 0; minute < DAY; minute += 1) {
    const last = found.at(-1);
    if (!isOpen(minute)) continue;
    if (last && last[1] === minute) last[1] = minute + 1;
    else found.push([minute, minute + 1]);
  }
  return found;
}

/** When messages leave on a day with quiet hours and hours of the campaign's own. */
export function openHours(quiet: Hours | null, window: Hours | null): [number, number][] {
  return stretches((minute) => !(quiet && holds(quiet, minute)) && (!window || holds(window, minute)));
}

export function DayStrip({
  quiet,
  window,
  className,
}: {
  quiet: Hours | null;
  window: Hours | null;
  className?: string;
}) {
  const t = useT();
  const intl = useIntl();
  const open = openHours(quiet, window);
  const clock = (minute: number) =>
    intl.formatTime(Date.UTC(2026, 0, 1, Math.floor(minute / 60) % 24, minute % 60), {
      hour: "numeric",
      ...(minute % 60 === 0 ? {} : { minute: "2-digit" }),
      timeZone: "UTC",
    });
  // A stretch past midnight is one for people.
  const first = open[0];
  const last = open.at(-1);
  const said =
    open.length > 1 && first && last && first[0] === 0 && last[1] === DAY
      ? [...open.slice(1, -1), [last[0], first[1]] as [number, number]]
      : open;
  const text =
    said.length === 0
      ? t("day.never")
      : t("day.open", {
          hours: intl.formatList(said.map(([from, to]) => t("day.stretch", { from: clock(from), to: clock(to) }))),
        });
  return (
    <figure className={cx("max-w-xl", className)}>
      <div aria-hidden className="relative h-7 overflow-hidden rounded-control bg-line">
        {open.map(([from, to]) => (
          <span
            key={from}
            className="absolute inset-y-0 bg-accent-fill"
            style={{ insetInlineStart: `${(from / DAY) * 100}%`, width: `${((to - from) / DAY) * 100}%` }}
          />
        ))}
        {quiet ? (
          <Moon
            size={14}
            className="absolute top-1/2 -translate-y-1/2 text-ink-3"
            style={{ insetInlineStart: `calc(${(middle(quiet) / DAY) * 100}% - 7px)` }}
          />
        ) : null}
      </div>
      <div aria-hidden className="relative mt-1 h-4 text-ink-3 text-xs">
        {[0, 6, 12, 18].map((hour) => (
          <span key={hour} className="absolute" style={{ insetInlineStart: `${(hour / 24) * 100}%` }}>
            {clock(hour * 60)}
          </span>
        ))}
      </div>
      <figcaption className="mt-1 text-ink-2 text-sm">{text}</figcaption>
    </figure>
  );
}

/** The middle of the longer part of quiet hours on one day: where the moon stands. */
function middle({ from_minute, to_minute }: Hours): number {
  if (from_minute < to_minute) return (from_minute + to_minute) / 2;
  return to_minute >= DAY - from_minute ? to_minute / 2 : (from_minute + DAY) / 2;
}
