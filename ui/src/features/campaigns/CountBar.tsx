import { useIntl } from "react-intl";
import { useT } from "../../i18n/t";
import type { CampaignCounts } from "../../ipc/ipc";
import { addressed } from "./counts";

const PARTS = [
  { name: "read", class: "bg-accent-fill" },
  { name: "delivered", class: "bg-accent-fill opacity-70" },
  { name: "sent", class: "bg-accent-fill opacity-45" },
  { name: "accepted", class: "bg-accent-fill opacity-30" },
  { name: "withheld", class: "bg-attention" },
  { name: "failed", class: "bg-trouble-fill" },
] as const;

/** How far a campaign is, as one line. The words are in its name. */
export function CountBar({ counts }: { counts: CampaignCounts }) {
  const t = useT();
  const intl = useIntl();
  const total = addressed(counts);
  const words = PARTS.filter(({ name }) => counts[name] > 0)
    .map(({ name }) => `${t(`count.${name}`)} ${intl.formatNumber(counts[name])}`)
    .join(", ");
  // Before the first message leaves everybody waits.
  const name = words || `${t("count.queued")} ${intl.formatNumber(counts.queued)}`;
  return (
    <div role="img" aria-label={name} title={name} className="flex h-2 w-full overflow-hidden rounded-full bg-sunken">
      {PARTS.map(({ name: part, class: look }) => (
        <span key={part} className={look} style={{ width: `${total === 0 ? 0 : (counts[part] / total) * 100}%` }} />
      ))}
    </div>
  );
}
