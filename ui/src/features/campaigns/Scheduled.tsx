// A campaign that is launched and waits for its hour: until then it can go back to being a draft.
import { CalendarClock } from "lucide-react";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/feedback";
import { useTimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { CampaignDetail } from "../../ipc/ipc";
import { useCommandMutation } from "../../ipc/queries";
import { useMomentText } from "./when";

/** Further ahead than the ten seconds of a launch: planned. */
export const isPlanned = ({ row }: Pick<CampaignDetail, "row">, nowMs = Date.now()): boolean =>
  (row.state === "running" || row.state === "launching") && (row.starts_at_ms ?? 0) > nowMs + 15_000;

export function Scheduled({ campaign }: { campaign: CampaignDetail }) {
  const t = useT();
  const moment = useMomentText();
  const time = useTimeText();
  const undo = useCommandMutation("campaign_undo_launch");
  const { row, draft } = campaign;
  const { schedule } = draft.rules;
  const at = row.starts_at_ms ?? 0;
  return (
    <div className="rounded-card border border-accent bg-accent-soft p-5">
      <div className="flex flex-wrap items-start justify-between gap-4">
        <p className="flex min-w-0 gap-3" role="status">
          <CalendarClock aria-hidden size={20} className="mt-0.5 shrink-0 text-accent" />
          <span>
            <b className="block font-semibold text-base">
              {t("live.planned", { when: moment(at, schedule?.start.zone) })}
            </b>
            <span className="text-ink-2">
              {time(at, "relative")}.{" "}
              {schedule ? t(`live.planned.${schedule.late}`, { hours: schedule.late_hours }) : null}
            </span>
          </span>
        </p>
        <Button isPending={undo.isPending} onPress={() => undo.mutate({ id: row.id })}>
          {t("live.planned.undo")}
        </Button>
      </div>
      {undo.isError ? <ErrorNote error={undo.error} className="mt-3" /> : null}
    </div>
  );
}
