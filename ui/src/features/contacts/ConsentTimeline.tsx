import { Gavel } from "lucide-react";
import { cx } from "../../components/cx";
import { Chip } from "../../components/feedback";
import { TimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { ConsentEntry } from "../../ipc/ipc";
import { useCategoryText } from "../templates/words";
import { useEventLook } from "./words";

const MARKS = {
  good: "bg-good-soft text-good",
  attention: "bg-attention-soft text-attention",
  trouble: "bg-trouble-soft text-trouble",
  accent: "bg-accent-soft text-accent",
  neutral: "bg-sunken text-ink-2",
} as const;

/** What this person ever said about being written to, newest first, with its evidence. */
export function ConsentTimeline({
  entries,
  deciding,
  shown,
}: {
  entries: readonly ConsentEntry[];
  /** Events that decide something now. */
  deciding: ReadonlySet<string | null>;
  /** The event somebody asked for. */
  shown: string | null;
}) {
  const t = useT();
  const look = useEventLook();
  const category = useCategoryText();
  if (entries.length === 0) return <p className="text-ink-2">{t("contacts.noTimeline")}</p>;
  return (
    <ol>
      {entries.map((entry, index) => {
        const { text, tone, icon: Icon } = look(entry.kind);
        const late = Math.abs(entry.recorded_at_ms - entry.at_ms) > 60_000;
        return (
          <li
            key={entry.id}
            data-event={entry.id}
            tabIndex={-1}
            className={cx("relative flex gap-4 rounded-card p-2 pb-5", shown === entry.id && "bg-accent-soft")}
          >
            {index < entries.length - 1 && (
              <span aria-hidden className="absolute start-6 top-11 bottom-0 w-px bg-line" />
            )}
            <span className={cx("z-10 flex size-8 shrink-0 items-center justify-center rounded-full", MARKS[tone])}>
              <Icon aria-hidden size={16} />
            </span>
            <div className="min-w-0 flex-1">
              <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
                <span className="font-medium">{text}</span>
                {deciding.has(entry.id) && (
                  <Chip tone="accent" icon={Gavel}>
                    {t("contacts.decides")}
                  </Chip>
                )}
                <TimeText atMs={entry.at_ms} style="date" className="ms-auto text-ink-3 text-xs" />
              </div>
              <p className="mt-0.5 text-ink-2">{entry.text}</p>
              {entry.wording && (
                <blockquote dir="auto" className="mt-2 rounded-control bg-sunken px-3 py-2 text-ink-2 italic">
                  {entry.wording}
                </blockquote>
              )}
              <dl className="mt-1.5 flex flex-wrap gap-x-4 gap-y-0.5 text-xs">
                {entry.purposes.length > 0 && (
                  <Fact
                    name={t("contacts.purposes")}
                    value={entry.purposes.map((purpose) => category(purpose)).join(", ")}
                  />
                )}
                {entry.source && <Fact name={t("contacts.source")} value={entry.source} />}
                {entry.file && <Fact name={t("contacts.file")} value={entry.file} />}
                {late && (
                  <div className="flex gap-1">
                    <dt className="text-ink-3">{t("contacts.recorded")}</dt>
                    <dd className="text-ink-2">
                      <TimeText atMs={entry.recorded_at_ms} style="date" />
                    </dd>
                  </div>
                )}
              </dl>
            </div>
          </li>
        );
      })}
    </ol>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div className="flex min-w-0 gap-1">
      <dt className="shrink-0 text-ink-3">{name}</dt>
      <dd className="min-w-0 break-words text-ink-2">
        <bdi>{value}</bdi>
      </dd>
    </div>
  );
}
