import { Link } from "@tanstack/react-router";
import { CalendarClock, Trash2 } from "lucide-react";
import { IconButton } from "../../components/Button";
import { Chip } from "../../components/feedback";
import { TimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { CampaignRow } from "../../ipc/ipc";
import { CountBar } from "./CountBar";
import { addressed, settled } from "./counts";
import { isPlanned } from "./Scheduled";
import { stateLook } from "./stateLook";
import { useMomentText } from "./when";

/** A campaign in a list: what it is, how far it is, what came back. The whole card opens it. */
export function CampaignCard({ campaign, onDelete }: { campaign: CampaignRow; onDelete?: () => void }) {
  const t = useT();
  const { tone, icon } = stateLook[campaign.state];
  const moment = useMomentText();
  const isDraft = campaign.state === "draft";
  const planned = isPlanned({ row: campaign });
  const facts = [
    planned && campaign.starts_at_ms !== null ? t("campaigns.starts", { when: moment(campaign.starts_at_ms) }) : null,
    !planned && campaign.waits_until_at_ms !== null
      ? t("campaigns.waits", { when: moment(campaign.waits_until_at_ms) })
      : null,
    campaign.template,
    campaign.replied > 0 ? t("campaigns.replied", { count: campaign.replied }) : null,
    campaign.opted_out > 0 ? t("campaigns.optedOut", { count: campaign.opted_out }) : null,
  ].filter(Boolean);
  return (
    <article className="relative rounded-card border border-line bg-surface px-5 py-4 shadow-card transition-colors hover:border-control">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Link
          to={isDraft ? "/campaigns/$campaignId/edit" : "/campaigns/$campaignId"}
          params={{ campaignId: campaign.id }}
          className="min-w-0 flex-1 truncate rounded font-semibold after:absolute after:inset-0 after:content-['']"
        >
          {campaign.name || t("campaigns.unnamed")}
        </Link>
        <Chip tone={tone} icon={planned ? CalendarClock : icon}>
          {t(planned ? "campaigns.state.planned" : `campaigns.state.${campaign.state}`)}
        </Chip>
        {isDraft && onDelete ? (
          <IconButton
            size="small"
            icon={Trash2}
            label={t("campaigns.deleteDraft", { name: campaign.name || t("campaigns.unnamed") })}
            onPress={onDelete}
            className="relative z-10"
          />
        ) : null}
        <TimeText
          atMs={campaign.launched_at_ms ?? campaign.created_at_ms}
          className="w-16 text-end text-ink-3 text-xs"
        />
      </div>
      {isDraft ? null : (
        <div className="mt-3 flex items-center gap-4">
          <CountBar counts={campaign.counts} />
          <span className="tabular shrink-0 text-ink-2 text-xs">
            {t("campaigns.progress", { done: settled(campaign.counts), total: addressed(campaign.counts) })}
          </span>
        </div>
      )}
      {campaign.paused_reason ? (
        <p className="mt-2 text-attention text-sm">
          <bdi>{campaign.paused_reason}</bdi>
        </p>
      ) : null}
      {facts.length > 0 ? <p className="mt-1.5 text-ink-3 text-xs">{facts.join(" · ")}</p> : null}
    </article>
  );
}
