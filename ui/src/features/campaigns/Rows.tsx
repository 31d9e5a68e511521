import { X } from "lucide-react";
import { useEffect, useRef } from "react";
import { IconButton } from "../../components/Button";
import { Select } from "../../components/fields";
import { Card } from "../../components/Page";
import { useT } from "../../i18n/t";
import type { CampaignRow } from "../../ipc/ipc";
import type { CountName } from "./counts";
import { ExportPeople } from "./ExportPeople";
import { RecipientGrid } from "./RecipientGrid";

/** The people behind what was opened. */
export function Rows({
  campaign,
  state,
  reason,
  onSelect,
  onClose,
}: {
  campaign: CampaignRow;
  state: CountName | null;
  reason: string | null;
  onSelect: (state: CountName) => void;
  onClose: () => void;
}) {
  const t = useT();
  const section = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was asked for comes into sight
  useEffect(() => {
    section.current?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }, [state, reason]);
  const names = (Object.keys(campaign.counts) as CountName[]).filter(
    (name) => name === state || campaign.counts[name] > 0,
  );
  return (
    <section ref={section} aria-label={t("live.rows")}>
      <div className="mb-2 flex flex-wrap items-end justify-between gap-4">
        <Select
          className="w-60"
          label={t("live.rows.filter")}
          value={state ?? "audience"}
          onChange={onSelect}
          options={names.map((name) => ({
            value: name,
            label: `${name === "audience" ? t("live.rows.all") : t(`count.${name}`)} (${campaign.counts[name]})`,
          }))}
        />
        <div className="ms-auto">
          <ExportPeople campaignId={campaign.id} name={campaign.name} state={state} reason={reason} />
        </div>
        <IconButton icon={X} label={t("live.rows.close")} onPress={onClose} />
      </div>
      <Card className="h-96 overflow-hidden">
        <RecipientGrid campaignId={campaign.id} state={state === "audience" ? null : state} reason={reason} />
      </Card>
    </section>
  );
}
