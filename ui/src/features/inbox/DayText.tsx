import { TimeText } from "../../components/values";
import { useT } from "../../i18n/t";

/** "Today", "Yesterday", or the day. */
export function DayText({ atMs }: { atMs: number }) {
  const t = useT();
  const day = new Date(atMs).toDateString();
  const now = Date.now();
  if (day === new Date(now).toDateString()) return t("inbox.today");
  if (day === new Date(now - 86_400_000).toDateString()) return t("inbox.yesterday");
  return <TimeText atMs={atMs} style="date" />;
}
