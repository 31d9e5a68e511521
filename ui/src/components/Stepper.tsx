import { Check } from "lucide-react";
import { useT } from "../i18n/t";
import { cx } from "./cx";

export interface Step<Id extends string> {
  id: Id;
  label: string;
  /** Can be gone to now. */
  reachable: boolean;
  done: boolean;
}

/** Where one is in a wizard. Steps already reachable can be gone to directly. */
export function Stepper<Id extends string>({
  label,
  steps,
  current,
  onSelect,
}: {
  label: string;
  steps: readonly Step<Id>[];
  current: Id;
  onSelect: (id: Id) => void;
}) {
  const t = useT();
  return (
    <nav aria-label={label}>
      <ol className="flex flex-wrap items-center gap-x-1 gap-y-2">
        {steps.map((step, index) => {
          const isCurrent = step.id === current;
          const isDone = step.done && !isCurrent;
          return (
            <li key={step.id} className="flex items-center gap-1">
              {index > 0 ? <span aria-hidden className="mx-1 h-px w-6 bg-line" /> : null}
              <button
                type="button"
                disabled={!step.reachable}
                aria-current={isCurrent ? "step" : undefined}
                onClick={() => onSelect(step.id)}
                className={cx(
                  "flex items-center gap-2 rounded-full py-1 ps-1 pe-3 text-sm",
                  isCurrent ? "font-semibold text-ink" : "text-ink-2 enabled:hover:bg-hover disabled:text-ink-3",
                )}
              >
                <span
                  aria-hidden
                  className={cx(
                    "tabular flex size-6 items-center justify-center rounded-full font-semibold text-xs",
                    isCurrent && "bg-accent-fill text-on-accent",
                    isDone && "bg-accent-soft text-accent-strong",
                    !isCurrent && !isDone && "border border-control/60 text-ink-2",
                  )}
                >
                  {isDone ? <Check size={13} strokeWidth={3} /> : index + 1}
                </span>
                {step.label}
                {isDone ? <span className="sr-only">({t("common.stepDone")})</span> : null}
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
