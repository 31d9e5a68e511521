// How a screen says that it is empty, busy, or in trouble.
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { ProgressBar as AriaProgressBar, Label } from "react-aria-components";
import { useIntl } from "react-intl";
import { useT } from "../i18n/t";
import { errorLooks } from "../ipc/errors";
import { toUiError } from "../ipc/ipc";
import { Button } from "./Button";
import { cx } from "./cx";

export type Tone = "neutral" | "accent" | "good" | "attention" | "trouble";

const tones: Record<Tone, string> = {
  neutral: "bg-sunken text-ink-2",
  accent: "bg-accent-soft text-accent-strong",
  good: "bg-good-soft text-good",
  attention: "bg-attention-soft text-attention",
  trouble: "bg-trouble-soft text-trouble",
};

/** A word about a state. The icon or the word carries the meaning, never the colour alone. */
export function Chip({
  tone = "neutral",
  icon: Icon,
  children,
  className,
}: {
  tone?: Tone;
  icon?: LucideIcon | undefined;
  children: ReactNode;
  className?: string;
}) {
  return (
    <span
      className={cx(
        "inline-flex items-center gap-1 whitespace-nowrap rounded-full px-2 py-0.5 font-medium text-xs",
        tones[tone],
        className,
      )}
    >
      {Icon ? <Icon aria-hidden size={12} /> : null}
      {children}
    </span>
  );
}

/** An empty screen teaches the next step, with one button. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  action,
}: {
  icon?: LucideIcon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="mx-auto flex max-w-sm flex-col items-center px-6 py-16 text-center">
      {Icon ? (
        <span className="mb-4 flex size-12 items-center justify-center rounded-full bg-accent-soft text-accent">
          <Icon aria-hidden size={22} />
        </span>
      ) : null}
      <h2 className="font-semibold text-base">{title}</h2>
      {children ? <div className="mt-1 text-ink-2 text-sm">{children}</div> : null}
      {action ? <div className="mt-5">{action}</div> : null}
    </div>
  );
}

/** Stands where content will be, in its shape. */
export function Skeleton({ className, rows = 1 }: { className?: string; rows?: number }) {
  const t = useT();
  return (
    <div role="status" aria-label={t("common.loading")} className="space-y-3">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move
        <div key={row} className={cx("skeleton rounded-control bg-sunken", className ?? "h-5")} />
      ))}
    </div>
  );
}

/** What happened and what to do next, beside its cause. */
export function ErrorNote({
  error,
  onRetry,
  action,
  className,
}: {
  error: unknown;
  onRetry?: (() => void) | undefined;
  action?: ReactNode;
  className?: string;
}) {
  const t = useT();
  const ui = toUiError(error);
  const { icon: Icon, severity, title } = errorLooks[ui.code];
  return (
    <div
      role="alert"
      className={cx(
        "flex gap-3 rounded-card p-4 text-sm",
        severity === "trouble" ? "bg-trouble-soft" : "bg-attention-soft",
        className,
      )}
    >
      <Icon
        aria-hidden
        size={18}
        className={cx("mt-0.5 shrink-0", severity === "trouble" ? "text-trouble" : "text-attention")}
      />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{t(title)}</p>
        <p className="mt-0.5 break-words text-ink-2">
          <bdi>{ui.message}</bdi>
        </p>
        <p className="mt-0.5 break-words text-ink-2">
          <bdi>{ui.remedy}</bdi>
        </p>
        {onRetry || action ? (
          <div className="mt-3 flex gap-2">
            {onRetry ? (
              <Button size="small" onPress={onRetry}>
                {t("common.retry")}
              </Button>
            ) : null}
            {action}
          </div>
        ) : null}
      </div>
    </div>
  );
}

/** A sentence with a tone: what one should know, not an error. */
export function Note({
  tone = "neutral",
  icon: Icon,
  children,
  action,
  className,
}: {
  tone?: Tone;
  icon?: LucideIcon;
  children: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  return (
    <div className={cx("flex items-start gap-3 rounded-card p-3 text-sm", tones[tone], className)}>
      {Icon ? <Icon aria-hidden size={17} className="mt-0.5 shrink-0" /> : null}
      <div className="min-w-0 flex-1 text-ink">{children}</div>
      {action}
    </div>
  );
}

/** Progress of long work; spoken as it goes. Without a total it only says that it works. */
export function ProgressBar({
  label,
  done,
  total,
  className,
}: {
  label: string;
  done: number;
  total: number | null;
  className?: string;
}) {
  const intl = useIntl();
  const t = useT();
  const share = total ? Math.min(1, done / total) : 0;
  return (
    <AriaProgressBar
      value={share * 100}
      isIndeterminate={total === null}
      valueLabel={total === null ? intl.formatNumber(done) : t("common.of", { done, total })}
      className={cx("block", className)}
    >
      {({ valueText }) => (
        <>
          <div className="mb-1.5 flex justify-between gap-4 text-sm">
            <Label className="font-medium">{label}</Label>
            <span className="tabular text-ink-2" aria-live="polite">
              {valueText}
            </span>
          </div>
          <div className="h-2 overflow-hidden rounded-full bg-sunken">
            <div
              className={cx(
                "h-full rounded-full bg-accent-fill transition-[width] duration-300",
                total === null && "skeleton",
              )}
              style={{ width: total === null ? "40%" : `${share * 100}%` }}
            />
          </div>
        </>
      )}
    </AriaProgressBar>
  );
}
