// "Does anything need me?": what needs one first, then what runs, then yesterday in four numbers.
import { Link, useNavigate } from "@tanstack/react-router";
import { CircleAlert, CircleCheck, FilePlus2, Info, type LucideIcon, Plus, TriangleAlert } from "lucide-react";
import { useIntl } from "react-intl";
import { Button, buttonClass } from "../../components/Button";
import { cx } from "../../components/cx";
import { EmptyState, ErrorNote, Skeleton } from "../../components/feedback";
import { Card, Page } from "../../components/Page";
import { Count } from "../../components/values";
import { useT } from "../../i18n/t";
import type { Severity, Today, TodayItem } from "../../ipc/ipc";
import { useCommand } from "../../ipc/queries";
import { CampaignCard } from "../campaigns/CampaignCard";

const LOOKS: Record<Severity, { icon: LucideIcon; tone: string }> = {
  calm: { icon: Info, tone: "bg-sunken text-ink-2" },
  attention: { icon: CircleAlert, tone: "bg-attention-soft text-attention" },
  trouble: { icon: TriangleAlert, tone: "bg-trouble-soft text-trouble" },
};

export function TodayScreen() {
  const t = useT();
  const intl = useIntl();
  const today = useCommand(
    "today_get",
    {},
    {
      tags: ["account", "templates", "contacts", "consent", "imports", "campaigns", "inbox", "relay"],
      everyMs: 60_000,
    },
  );
  return (
    <Page
      title={t("today.title")}
      subtitle={intl.formatDate(Date.now(), { weekday: "long", day: "numeric", month: "long" })}
      actions={
        <>
          <Link to="/import" className={buttonClass("secondary")}>
            <FilePlus2 aria-hidden size={16} />
            {t("today.empty.action")}
          </Link>
          <Link to="/campaigns/new" className={buttonClass("primary")}>
            <Plus aria-hidden size={16} />
            {t("today.first.action")}
          </Link>
        </>
      }
    >
      {today.isError ? <ErrorNote error={today.error} onRetry={() => void today.refetch()} /> : null}
      {today.isPending ? <Skeleton rows={5} className="h-14" /> : null}
      {today.data ? <Lines today={today.data} /> : null}
    </Page>
  );
}

/** Fewer people than this, and no campaign yet, is an account that has only just begun. */
const BEGINNING = 20;

function Lines({ today }: { today: Today }) {
  const t = useT();
  const everSent = today.yesterday_sent + today.today_sent > 0 || today.running.length > 0;
  const beginning = !everSent && today.contacts < BEGINNING;
  // An empty address book is told once: by the big card where it stands.
  const items = today.items.filter(({ kind }) => !(beginning && kind === "no_contacts"));
  const needs = items.some(({ severity }) => severity !== "calm");
  return (
    <div className="space-y-8">
      {needs ? null : (
        <p className="flex items-center gap-3 rounded-card bg-good-soft px-4 py-3.5">
          <CircleCheck aria-hidden size={20} className="text-good" />
          <span>
            <b className="font-semibold">{t("today.calm")}</b> {t("today.calm.body")}
          </span>
        </p>
      )}
      {items.length > 0 ? (
        <section aria-label={needs ? t("today.needs") : t("today.news")}>
          <Card>
            <ul className="divide-y divide-line">
              {items.map((item, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two lines of one kind are told apart by their place
                <Line key={`${item.kind}:${item.target_id}:${at}`} item={item} />
              ))}
            </ul>
          </Card>
        </section>
      ) : null}
      {beginning ? (
        <Card>
          <EmptyState
            icon={FilePlus2}
            title={t("today.empty")}
            action={
              <div className="flex flex-wrap justify-center gap-2">
                <Link to="/import" className={buttonClass("primary", "large")}>
                  {t("today.empty.action")}
                </Link>
                <FromPractice />
              </div>
            }
          >
            {t("today.empty.body")}
          </EmptyState>
        </Card>
      ) : null}
      {!everSent && !beginning ? (
        <Card>
          <EmptyState
            icon={Plus}
            title={t("today.first")}
            action={
              <Link to="/campaigns/new" className={buttonClass("primary", "large")}>
                {t("today.first.action")}
              </Link>
            }
          >
            {t("today.first.body")}
          </EmptyState>
        </Card>
      ) : null}
      {today.running.length > 0 ? (
        <section aria-label={t("today.running")}>
          <h2 className="mb-2.5 font-semibold">{t("today.running")}</h2>
          <div className="space-y-3">
            {today.running.map((campaign) => (
              <CampaignCard key={campaign.id} campaign={campaign} />
            ))}
          </div>
        </section>
      ) : null}
      {everSent ? (
        <div className="grid gap-8 @3xl/main:grid-cols-2">
          <Figures
            title={t("today.sofar")}
            sent={today.today_sent}
            delivered={today.today_delivered}
            read={today.today_read}
            replied={today.today_replied}
          />
          <Figures
            title={t("today.yesterday")}
            sent={today.yesterday_sent}
            delivered={today.yesterday_delivered}
            read={today.yesterday_read}
            replied={today.yesterday_replied}
          />
        </div>
      ) : null}
    </div>
  );
}

/** Somebody who practised first has a list here already. */
function FromPractice() {
  const t = useT();
  const { data: status } = useCommand("app_status", {}, { tags: ["account"] });
  const practised = status?.profiles.some(({ kind }) => kind === "practice");
  if (status?.profile?.kind !== "real" || !practised) return null;
  return (
    <Link to="/settings/$section" params={{ section: "account" }} className={buttonClass("secondary", "large")}>
      {t("today.empty.fromPractice")}
    </Link>
  );
}

function Line({ item }: { item: TodayItem }) {
  const t = useT();
  const go = useGo();
  const { icon: Icon, tone } = LOOKS[item.severity];
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <span className={cx("flex size-8 shrink-0 items-center justify-center rounded-full", tone)}>
        <Icon role="img" aria-label={t(`severity.${item.severity}`)} size={17} />
      </span>
      <span className="min-w-48 flex-1">
        <bdi>{item.text}</bdi>
      </span>
      <Button size="small" onPress={() => go(item)}>
        <bdi>{item.action}</bdi>
      </Button>
    </li>
  );
}

/** Every line leads somewhere. */
function useGo(): (item: TodayItem) => void {
  const navigate = useNavigate();
  return ({ target, target_id }) => {
    switch (target) {
      case "inbox_waiting":
        return void navigate({ to: "/inbox", search: { filter: "unread" } });
      case "inbox_closing":
        return void navigate({ to: "/inbox", search: { filter: "open", sort: "closing_soonest" } });
      case "campaign":
        return void (target_id
          ? navigate({ to: "/campaigns/$campaignId", params: { campaignId: target_id } })
          : navigate({ to: "/campaigns" }));
      case "templates":
        return void navigate({ to: "/templates" });
      case "contact":
        return void (target_id
          ? navigate({ to: "/contacts/$contactId", params: { contactId: target_id } })
          : navigate({ to: "/contacts", search: { filter: "to_decide" } }));
      case "account":
        return void navigate({ to: "/settings/$section", params: { section: "account" } });
      case "relay":
        return void navigate({ to: "/settings/$section", params: { section: "relay" } });
      case "import":
        return void navigate({ to: "/import" });
      case "unknown_sends":
        return void navigate({ to: "/campaigns/unknown", search: {} });
    }
  };
}

function Figures({
  title,
  sent,
  delivered,
  read,
  replied,
}: {
  title: string;
  sent: number;
  delivered: number;
  read: number;
  replied: number;
}) {
  const t = useT();
  const intl = useIntl();
  const share = (value: number) => (sent > 0 ? intl.formatNumber(value / sent, { style: "percent" }) : "");
  const figures = [
    { label: t("today.sent"), value: sent, aside: "" },
    { label: t("today.delivered"), value: delivered, aside: share(delivered) },
    { label: t("today.read"), value: read, aside: share(read) },
    { label: t("today.replied"), value: replied, aside: share(replied) },
  ];
  return (
    <section aria-label={title}>
      <h2 className="mb-2.5 font-semibold">{title}</h2>
      <Card className="p-1">
        <dl className="grid grid-cols-4">
          {figures.map(({ label, value, aside }) => (
            <div key={label} className="flex flex-col-reverse justify-end px-3 py-3">
              <dt className="truncate text-ink-3 text-xs">{label}</dt>
              <dd>
                <span className="font-semibold text-xl">
                  <Count value={value} />
                </span>
                <span className="tabular ms-1.5 text-ink-3 text-xs">{aside}</span>
              </dd>
            </div>
          ))}
        </dl>
      </Card>
    </section>
  );
}
