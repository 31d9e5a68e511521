// A campaign while it runs and after: how far it came, what did not arrive and why, and the brakes.
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { CalendarClock, FileChartColumn, Hourglass, Pause, Play, UserMinus } from "lucide-react";
import { useState } from "react";
import { useIntl } from "react-intl";
import { Button, buttonClass } from "../../components/Button";
import { Chart } from "../../components/Chart";
import { Chip, ErrorNote, Note, ProgressBar, Skeleton } from "../../components/feedback";
import { ConfirmDialog } from "../../components/overlays";
import { Card, Page } from "../../components/Page";
import { useTimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { CampaignDetail, Stall } from "../../ipc/ipc";
import { useCommand, useCommandMutation } from "../../ipc/queries";
import { useJobProgress } from "../../ipc/useJobProgress";
import { Costs } from "./Costs";
import { addressed, asCountName, type CountName, reachedMeta, settled } from "./counts";
import { Funnel } from "./Funnel";
import { Outside } from "./Outside";
import { Reasons } from "./Reasons";
import { Retry } from "./Retry";
import { Rows } from "./Rows";
import { isPlanned, Scheduled } from "./Scheduled";
import { stateLook } from "./stateLook";
import { UndoLaunch } from "./UndoLaunch";

export function CampaignLive() {
  const t = useT();
  const { campaignId } = useParams({ from: "/campaigns/$campaignId" });
  const campaign = useCommand("campaign_get", { id: campaignId }, { tags: ["campaigns"] });
  if (campaign.isError)
    return (
      <Page title={t("campaigns.title")}>
        <ErrorNote error={campaign.error} onRetry={() => void campaign.refetch()} />
      </Page>
    );
  if (!campaign.data)
    return (
      <Page title={t("campaigns.title")}>
        <Skeleton rows={4} className="h-24" />
      </Page>
    );
  return <Live campaign={campaign.data} />;
}

function Live({ campaign }: { campaign: CampaignDetail }) {
  const t = useT();
  const intl = useIntl();
  const time = useTimeText();
  const navigate = useNavigate();
  const search = useSearch({ from: "/campaigns/$campaignId" });
  const state = asCountName(search.state);
  const { row } = campaign;
  const progress = useJobProgress(row.id);
  const { tone, icon } = stateLook[row.state];
  const open = (wanted: CountName | null, reason: string | null = null) =>
    void navigate({
      to: "/campaigns/$campaignId",
      params: { campaignId: row.id },
      search: { ...(wanted ? { state: wanted } : {}), ...(reason ? { reason } : {}) },
      replace: true,
    });
  const when = [
    row.template,
    row.launched_at_ms
      ? t(isPlanned(campaign) ? "live.launched" : "live.started", { when: time(row.launched_at_ms) })
      : null,
    row.finished_at_ms ? t("live.finished", { when: time(row.finished_at_ms) }) : null,
  ].filter(Boolean);
  return (
    <Page
      width="wide"
      title={
        <span className="flex flex-wrap items-center gap-3">
          {row.name || t("campaigns.unnamed")}
          <Chip tone={tone} icon={isPlanned(campaign) ? CalendarClock : icon}>
            {t(isPlanned(campaign) ? "campaigns.state.planned" : `campaigns.state.${row.state}`)}
          </Chip>
        </span>
      }
      subtitle={when.join(" · ")}
      actions={<Brakes campaign={campaign} />}
    >
      <div className="space-y-7">
        {isPlanned(campaign) ? (
          <Scheduled campaign={campaign} />
        ) : campaign.can_undo ? (
          <UndoLaunch campaign={row} />
        ) : null}
        {row.state === "launching" && !campaign.can_undo ? (
          <ProgressBar label={t("live.preparing")} done={progress?.done ?? 0} total={progress?.total ?? null} />
        ) : null}
        {campaign.stall && !isPlanned(campaign) ? (
          <Stalled stall={campaign.stall} paused={row.state === "paused"} />
        ) : null}
        {row.state === "draft" ? (
          <Link to="/campaigns/$campaignId/edit" params={{ campaignId: row.id }} className={buttonClass("primary")}>
            {t("live.edit")}
          </Link>
        ) : null}
        <div className="space-y-4">
          <Funnel campaign={row} selected={state} onOpen={open} />
          {(row.state === "running" || row.state === "paused") && !isPlanned(campaign) ? (
            <div className="space-y-1.5">
              <ProgressBar
                label={t(`campaigns.state.${row.state}`)}
                done={settled(row.counts)}
                total={addressed(row.counts)}
              />
              {campaign.per_second !== null ? <Speed campaign={campaign} /> : null}
            </div>
          ) : null}
        </div>
        <Costs campaign={campaign} />
        <Outside campaign={row} selected={state} onOpen={open} />
        {row.opted_out > 0 ? (
          <p>
            <Link
              to="/contacts"
              search={{ filter: "opted_out" }}
              className="inline-flex items-center gap-1.5 text-accent underline"
            >
              <UserMinus aria-hidden size={14} />
              {t("live.optedOut", { count: row.opted_out })}
            </Link>
          </p>
        ) : null}
        {state || search.reason ? (
          <Rows
            campaign={row}
            state={state}
            reason={search.reason ?? null}
            onSelect={(wanted) => open(wanted)}
            onClose={() => open(null)}
          />
        ) : null}
        {row.state === "draft" ? null : <Retry campaign={campaign} />}
        <div className="grid gap-6 @4xl/main:grid-cols-2">
          <Reasons failures={campaign.failures} excluded={campaign.excluded} onOpen={open} />
          {reachedMeta(row.counts) > 0 && campaign.rate.length > 1 ? (
            <Card className="p-5">
              <Chart
                title={t("live.rate")}
                data={{
                  labels: campaign.rate.map(({ at_ms }) =>
                    intl.formatTime(at_ms, { hour: "numeric", minute: "2-digit" }),
                  ),
                  series: [
                    {
                      name: t("live.rate.accepted"),
                      tone: "accent",
                      values: campaign.rate.map(({ accepted }) => accepted),
                    },
                    { name: t("live.rate.failed"), tone: "trouble", values: campaign.rate.map(({ failed }) => failed) },
                  ],
                }}
              />
            </Card>
          ) : null}
        </div>
      </div>
    </Page>
  );
}

/** Why nothing leaves, until when, and what can be done. */
function Stalled({ stall, paused }: { stall: Stall; paused: boolean }) {
  const t = useT();
  return (
    <Note tone="attention" icon={paused ? Pause : Hourglass}>
      <b className="font-semibold">{t(paused ? "live.paused" : "live.waiting")}</b> <bdi>{stall.sentence}</bdi>{" "}
      {stall.remedy ? (
        <span className="text-ink-2">
          <bdi>{stall.remedy}</bdi>
        </span>
      ) : null}
    </Note>
  );
}

function Speed({ campaign: { per_second, done_at_ms } }: { campaign: CampaignDetail }) {
  const t = useT();
  const time = useTimeText();
  return (
    <p className="text-ink-2 text-sm">
      {t("live.speed", { rate: per_second ?? 0 })}{" "}
      {done_at_ms === null ? null : t("live.speed.done", { when: time(done_at_ms) })}
    </p>
  );
}

function Brakes({ campaign: { row } }: { campaign: CampaignDetail }) {
  const t = useT();
  const pause = useCommandMutation("campaign_pause");
  const resume = useCommandMutation("campaign_resume");
  const cancel = useCommandMutation("campaign_cancel");
  const [asking, setAsking] = useState(false);
  const runs = row.state === "running" || row.state === "launching";
  const left = row.counts.queued;
  const error = pause.error ?? resume.error;
  const launched = row.state !== "draft" && row.state !== "launching";
  const report = launched ? (
    <Link to="/campaigns/$campaignId/report" params={{ campaignId: row.id }} className={buttonClass()}>
      <FileChartColumn aria-hidden size={16} />
      {t("live.report")}
    </Link>
  ) : null;
  if (!runs && row.state !== "paused") return report;
  return (
    <div>
      <div className="flex flex-wrap gap-2">
        {report}
        {runs ? (
          <Button icon={Pause} isPending={pause.isPending} onPress={() => pause.mutate({ id: row.id })}>
            {t("live.pause")}
          </Button>
        ) : (
          <Button
            variant="primary"
            icon={Play}
            isPending={resume.isPending}
            onPress={() => resume.mutate({ id: row.id })}
          >
            {t("live.resume")}
          </Button>
        )}
        <Button onPress={() => setAsking(true)}>{t("live.cancel")}</Button>
      </div>
      {error ? <ErrorNote error={error} className="mt-2 max-w-sm" /> : null}
      <ConfirmDialog
        danger
        title={t("live.cancel.title")}
        isOpen={asking}
        onClose={() => setAsking(false)}
        confirmLabel={t("live.cancel")}
        isPending={cancel.isPending}
        onConfirm={() => cancel.mutate({ id: row.id }, { onSuccess: () => setAsking(false) })}
      >
        <p>{t("live.cancel.body", { count: left })}</p>
        {cancel.isError ? <ErrorNote error={cancel.error} /> : null}
      </ConfirmDialog>
    </div>
  );
}
