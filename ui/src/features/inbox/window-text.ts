// The time left in a window, in words.
import { useDurationText } from "../../components/values";
import { useT } from "../../i18n/t";

/** "3 h 12 min left", or that it is closed. */
export function useWindowText(): (closesAtMs: number | null, nowMs: number) => string {
  const t = useT();
  const duration = useDurationText();
  return (closesAtMs, nowMs) => {
    const left = closesAtMs === null ? 0 : closesAtMs - nowMs;
    return left <= 0 ? t("inbox.window.closed") : t("inbox.window.left", { left: duration(left) });
  };
}
