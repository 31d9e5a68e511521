import { ChevronRight } from "lucide-react";
import { Card } from "../../components/Page";
import { Count } from "../../components/values";
import { useT } from "../../i18n/t";
import type { CountedReason } from "../../ipc/ipc";
import type { CountName } from "./counts";

/** Why messages did not arrive, most frequent first, each with what to do about it. */
export function Reasons({
  failures,
  excluded,
  onOpen,
}: {
  failures: CountedReason[];
  excluded: CountedReason[];
  onOpen: (state: CountName | null, reason: string) => void;
}) {
  const t = useT();
  if (failures.length + excluded.length === 0) return null;
  const groups: { label: string; reasons: CountedReason[]; state: CountName | null }[] = [
    { label: t("live.reasons"), reasons: failures, state: null },
    { label: t("live.notSent"), reasons: excluded, state: null },
  ];
  return (
    <div className="space-y-6">
      {groups
        .filter(({ reasons }) => reasons.length > 0)
        .map(({ label, reasons, state }) => (
          <section key={label} aria-label={label}>
            <h2 className="mb-2 font-semibold">{label}</h2>
            <Card>
              <ul className="divide-y divide-line">
                {reasons.map((reason) => (
                  <li key={reason.code}>
                    <button
                      type="button"
                      onClick={() => onOpen(state, reason.code)}
                      className="focus-inset flex w-full items-center gap-4 px-4 py-3 text-start hover:bg-hover"
                    >
                      <span className="w-12 shrink-0 text-end font-semibold">
                        <Count value={reason.count} />
                      </span>
                      <span className="min-w-0 flex-1">
                        <span className="block">
                          <bdi>{reason.sentence}</bdi>
                        </span>
                        {reason.remedy ? (
                          <span className="block text-ink-3 text-xs">
                            <bdi>{reason.remedy}</bdi>
                          </span>
                        ) : null}
                      </span>
                      <ChevronRight aria-hidden size={16} className="shrink-0 text-ink-3 rtl:rotate-180" />
                    </button>
                  </li>
                ))}
              </ul>
            </Card>
          </section>
        ))}
    </div>
  );
}
