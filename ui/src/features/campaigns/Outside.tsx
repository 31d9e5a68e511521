// What did not arrive. Three words that are never mixed: not sent by us, held back by Meta, failed.
import { Link } from "@tanstack/react-router";
import { CircleHelp, CircleX, Hand, type LucideIcon, ShieldMinus } from "lucide-react";
import { cx } from "../../components/cx";
import { Count } from "../../components/values";
import { useT } from "../../i18n/t";
import type { CampaignRow } from "../../ipc/ipc";
import type { CountName } from "./counts";

type OutsideState = "excluded" | "cancelled" | "withheld" | "held" | "failed" | "unknown";

interface Part {
  id: "notSent" | "heldBack" | "failed" | "unknown";
  icon: LucideIcon;
  tone: string;
  /** The states it is made of; each opens its own rows. */
  states: OutsideState[];
}

const PARTS: Part[] = [
  { id: "notSent", icon: ShieldMinus, tone: "text-ink-2", states: ["excluded", "cancelled"] },
  { id: "heldBack", icon: Hand, tone: "text-attention", states: ["withheld", "held"] },
  { id: "failed", icon: CircleX, tone: "text-trouble", states: ["failed"] },
  { id: "unknown", icon: CircleHelp, tone: "text-attention", states: ["unknown"] },
];

export function Outside({
  campaign: { id: campaignId, counts },
  selected,
  onOpen,
}: {
  campaign: CampaignRow;
  selected: CountName | null;
  onOpen: (state: CountName) => void;
}) {
  const t = useT();
  return (
    <section aria-label={t("live.outside")} className="grid gap-3 @lg/main:grid-cols-2 @5xl/main:grid-cols-4">
      {PARTS.map(({ id, icon: Icon, tone, states }) => {
        const total = states.reduce((sum, state) => sum + counts[state], 0);
        const parts = states.filter((state) => counts[state] > 0);
        return (
          <div key={id} className="rounded-card border border-line bg-surface p-4">
            <div className="flex items-center gap-2">
              <Icon aria-hidden size={16} className={total === 0 ? "text-ink-3" : tone} />
              <h2 className="font-medium">{t(`live.${id}`)}</h2>
              <span className="ms-auto font-semibold text-lg">
                <Count value={total} />
              </span>
            </div>
            <p className="mt-1 text-ink-3 text-xs">{t(`live.${id}.help`)}</p>
            {parts.length > 0 ? (
              <div className="mt-2 flex flex-wrap gap-1.5">
                {parts.map((state) => (
                  <button
                    key={state}
                    type="button"
                    aria-pressed={selected === state}
                    onClick={() => onOpen(state)}
                    className={cx(
                      "rounded-full border px-2.5 py-0.5 text-xs",
                      selected === state
                        ? "border-accent bg-accent-soft font-semibold text-accent-strong"
                        : "border-line text-ink-2 hover:border-control",
                    )}
                  >
                    {t(`live.part.${state}`)} <Count value={counts[state]} />
                  </button>
                ))}
                {id === "unknown" ? (
                  <Link
                    to="/campaigns/unknown"
                    search={{ campaign: campaignId }}
                    className="rounded px-1 py-0.5 text-accent text-xs underline"
                  >
                    {t("live.unknown.look")}
                  </Link>
                ) : null}
              </div>
            ) : null}
          </div>
        );
      })}
    </section>
  );
}
