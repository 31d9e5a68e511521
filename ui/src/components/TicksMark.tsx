import { Check, CheckCheck, CircleAlert, CircleHelp, Clock, PauseCircle } from "lucide-react";
import { useT } from "../i18n/t";
import type { Ticks } from "../ipc/ipc";
import { cx } from "./cx";

const looks = {
  pending: { icon: Clock, tone: "text-ink-3" },
  accepted: { icon: Clock, tone: "text-ink-3" },
  held: { icon: PauseCircle, tone: "text-attention" },
  sent: { icon: Check, tone: "text-ink-3" },
  delivered: { icon: CheckCheck, tone: "text-ink-3" },
  read: { icon: CheckCheck, tone: "text-[light-dark(#0277b5,#53bdeb)]" },
  failed: { icon: CircleAlert, tone: "text-trouble" },
  unknown: { icon: CircleHelp, tone: "text-attention" },
} as const;

/** The ticks under a message of ours, with their meaning in words. */
export function TicksMark({ ticks, size = 15 }: { ticks: Ticks; size?: number }) {
  const t = useT();
  const { icon: Icon, tone } = looks[ticks];
  const meaning = t(`ticks.${ticks}`);
  return (
    <span role="img" aria-label={meaning} title={meaning} className={cx("inline-flex shrink-0", tone)}>
      <Icon aria-hidden size={size} />
    </span>
  );
}
