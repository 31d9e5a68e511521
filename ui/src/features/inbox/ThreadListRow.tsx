import { CircleSlash } from "lucide-react";
import { Avatar } from "../../components/Avatar";
import { cx } from "../../components/cx";
import { readablePhone } from "../../components/phoneNumber";
import { TicksMark } from "../../components/TicksMark";
import { TimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { ThreadRow } from "../../ipc/ipc";
import { useDraft } from "./drafts";
import { WindowRing } from "./WindowRing";
import { useWindowText } from "./window-text";

/** One conversation: who, the last line, whether it waits for us, and how long we may still answer freely. */
export function ThreadListRow({ row, nowMs }: { row: ThreadRow; nowMs: number }) {
  const t = useT();
  const windowText = useWindowText();
  const draft = useDraft(row.contact_id);
  const open = row.window_closes_at_ms !== null && row.window_closes_at_ms > nowMs;
  const unread = row.unread > 0;
  return (
    <div className="flex items-center gap-3">
      <span className="relative flex size-11 shrink-0 items-center justify-center">
        <Avatar name={row.name} />
        {open && (
          <span className="absolute inset-0">
            <WindowRing
              closesAtMs={row.window_closes_at_ms}
              nowMs={nowMs}
              size={44}
              label={t("inbox.window.ring", { left: windowText(row.window_closes_at_ms, nowMs) })}
            />
          </span>
        )}
      </span>
      <div className="min-w-0 flex-1">
        <div className="flex items-baseline gap-2">
          <span className={cx("min-w-0 flex-1 truncate", unread ? "font-semibold" : "font-medium")}>
            <bdi>{readablePhone(row.name)}</bdi>
          </span>
          <TimeText
            atMs={row.last_at_ms}
            className={cx("shrink-0 text-xs", unread ? "font-medium text-accent" : "text-ink-3")}
          />
        </div>
        <div className="mt-0.5 flex items-center gap-1.5 text-ink-2">
          {draft !== "" ? (
            <span className="min-w-0 flex-1 truncate">
              <span className="font-medium text-attention">{t("inbox.draft")}</span> <bdi>{draft}</bdi>
            </span>
          ) : (
            <>
              {row.last_direction === "out" && row.last_ticks && <TicksMark ticks={row.last_ticks} />}
              <span className={cx("min-w-0 flex-1 truncate", unread && "font-medium text-ink")}>
                <bdi>{row.last_line === "" ? t("inbox.noWords") : row.last_line}</bdi>
              </span>
            </>
          )}
          {row.opted_out && (
            <span className="inline-flex shrink-0 items-center gap-1 text-attention text-xs">
              <CircleSlash aria-hidden size={13} />
              {t("inbox.optedOut")}
            </span>
          )}
          {unread && (
            <span className="min-w-5 shrink-0 rounded-full bg-accent-fill px-1.5 text-center font-semibold text-on-accent text-xs leading-5">
              <span aria-hidden className="tabular">
                {row.unread > 99 ? "99+" : row.unread}
              </span>
              <span className="sr-only">{t("inbox.unreadCount", { count: row.unread })}</span>
            </span>
          )}
        </div>
      </div>
    </div>
  );
}
