import { windowLeft } from "./thread-model";

const RADIUS = 11;
const LENGTH = 2 * Math.PI * RADIUS;
/** Below this share of the 24 hours the ring warns. */
const CLOSING = 3 / 24;

/** How much of a customer service window is left, as a thin ring round whatever stands in it. Says it in words, too. */
export function WindowRing({
  closesAtMs,
  nowMs,
  label,
  size = 24,
}: {
  closesAtMs: number | null;
  nowMs: number;
  label: string;
  size?: number;
}) {
  const left = windowLeft(closesAtMs, nowMs);
  const tone = left === 0 ? "text-line" : left < CLOSING ? "text-attention" : "text-accent";
  return (
    <svg viewBox="0 0 24 24" width={size} height={size} role="img" aria-label={label} className={`shrink-0 ${tone}`}>
      <circle cx="12" cy="12" r={RADIUS} fill="none" className="stroke-line" strokeWidth="1.25" />
      {left > 0 && (
        <circle
          cx="12"
          cy="12"
          r={RADIUS}
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          strokeLinecap="round"
          strokeDasharray={`${LENGTH * left} ${LENGTH}`}
          transform="rotate(-90 12 12)"
        />
      )}
    </svg>
  );
}
