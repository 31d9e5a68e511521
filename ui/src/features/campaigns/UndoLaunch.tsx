import { Undo2 } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/feedback";
import { useT } from "../../i18n/t";
import type { CampaignRow } from "../../ipc/ipc";
import { useCommandMutation } from "../../ipc/queries";

/** The seconds before the first message leaves. */
export function UndoLaunch({ campaign }: { campaign: CampaignRow }) {
  const t = useT();
  const undo = useCommandMutation("campaign_undo_launch");
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil(((campaign.starts_at_ms ?? now) - now) / 1_000));
  return (
    <div className="rounded-card border border-accent bg-accent-soft p-5">
      <div className="flex flex-wrap items-center justify-between gap-4">
        <p role="status">
          <b className="block font-semibold text-base">{t("live.undo.title")}</b>
          <span aria-hidden className="tabular text-ink-2">
            {seconds > 0 ? t("live.undo.body", { seconds }) : t("live.undo.starting")}
          </span>
        </p>
        <Button size="large" icon={Undo2} isPending={undo.isPending} onPress={() => undo.mutate({ id: campaign.id })}>
          {t("live.undo")}
        </Button>
      </div>
      {undo.isError ? <ErrorNote error={undo.error} className="mt-3" /> : null}
    </div>
  );
}
