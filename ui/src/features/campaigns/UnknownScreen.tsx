// Sends whose outcome is unknown: what is known of each, and what the operator makes of it. Nothing here sends.
import { Link, useSearch } from "@tanstack/react-router";
import { CircleCheck, CircleHelp, Radio } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { EmptyState, ErrorNote, Note, Skeleton } from "../../components/feedback";
import { ConfirmDialog } from "../../components/overlays";
import { Page } from "../../components/Page";
import { Tabs } from "../../components/Tabs";
import { useTimeText } from "../../components/values";
import { T, useT } from "../../i18n/t";
import type { UnknownDecision, UnknownFilter, UnknownPage } from "../../ipc/ipc";
import { useCommand, useCommandMutation } from "../../ipc/queries";
import { UnknownCard } from "./UnknownCard";

const PAGE = 50;

export function UnknownScreen() {
  const t = useT();
  const search = useSearch({ strict: false }) as { campaign?: string };
  const [filter, setFilter] = useState<UnknownFilter>("open");
  const campaign_id = search.campaign ?? null;
  const head = useCommand("unknown_list", { filter: "open", campaign_id, offset: 0, limit: 1 }, { tags: TAGS });
  const name = head.data?.rows[0]?.campaign_name;
  return (
    <Page
      title={t("unknown.title")}
      subtitle={
        campaign_id ? (
          <>
            {name ? <bdi>{name} · </bdi> : null}
            <Link to="/campaigns/unknown" search={{}} className="text-accent underline">
              {t("unknown.all")}
            </Link>
          </>
        ) : (
          t("unknown.lead")
        )
      }
    >
      {head.isError ? <ErrorNote error={head.error} onRetry={() => void head.refetch()} /> : null}
      {head.data ? <Heard page={head.data} /> : null}
      <Tabs
        label={t("unknown.title")}
        selected={filter}
        onSelect={(id) => setFilter(id === "decided" ? "decided" : "open")}
        className="mt-5"
        tabs={(["open", "decided"] as const).map((id) => ({
          id,
          label: t(`unknown.filter.${id}`),
          count: head.data?.[id],
          content: <List key={`${id} ${campaign_id}`} filter={id} campaignId={campaign_id} />,
        }))}
      />
    </Page>
  );
}

const TAGS = ["campaigns" as const, "inbox" as const];

/** A status can only come while the relay is heard: how that stands is part of the evidence. */
function Heard({ page }: { page: UnknownPage }) {
  const t = useT();
  const time = useTimeText();
  if (page.open === 0) return null;
  const silent = page.relay_heard_at_ms === null || Date.now() - page.relay_heard_at_ms > 120_000;
  const when = page.relay_heard_at_ms === null ? t("unknown.never") : time(page.relay_heard_at_ms, "relative");
  return (
    <Note icon={Radio} tone={silent || page.relay_behind > 0 ? "attention" : "neutral"}>
      {page.relay_behind > 0
        ? t("unknown.behind", { count: page.relay_behind })
        : t(silent ? "unknown.silent" : "unknown.heard", { when })}
    </Note>
  );
}

function List({ filter, campaignId }: { filter: UnknownFilter; campaignId: string | null }) {
  const t = useT();
  const [limit, setLimit] = useState(PAGE);
  const [asking, setAsking] = useState<string[] | null>(null);
  const [done, setDone] = useState<{ ids: string[]; decision: UnknownDecision } | null>(null);
  const settle = useCommandMutation("unknown_settle");
  const sends = useCommand(
    "unknown_list",
    { filter, campaign_id: campaignId, offset: 0, limit },
    { tags: TAGS, keepPrevious: true, everyMs: 60_000 },
  );
  const decide = (ids: string[], decision: UnknownDecision) =>
    settle.mutate(
      { ids, decision },
      {
        onSuccess: () => {
          setAsking(null);
          setDone(decision === "take_back" ? null : { ids, decision });
        },
      },
    );
  if (sends.isError) return <ErrorNote error={sends.error} onRetry={() => void sends.refetch()} />;
  if (!sends.data) return <Skeleton rows={3} className="h-36" />;
  const { rows, total } = sends.data;
  const ids = rows.map(({ id }) => id);
  return (
    <div className="space-y-4">
      {done ? (
        <Note
          tone="good"
          icon={CircleCheck}
          action={
            <Button size="small" onPress={() => decide(done.ids, "take_back")}>
              {t("common.undo")}
            </Button>
          }
        >
          <span role="status">{t(`unknown.done.${done.decision}`, { count: done.ids.length })}</span>
        </Note>
      ) : null}
      {settle.isError && asking === null ? <ErrorNote error={settle.error} /> : null}
      {rows.length === 0 ? (
        <EmptyState icon={filter === "open" ? CircleCheck : CircleHelp} title={t(`unknown.empty.${filter}`)}>
          {t(`unknown.empty.${filter}.body`)}
        </EmptyState>
      ) : null}
      {filter === "open" && rows.length > 1 ? (
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="text-ink-2">{t("unknown.shown", { count: rows.length, total })}</p>
          <div className="flex flex-wrap gap-2">
            <Button isPending={settle.isPending} onPress={() => decide(ids, "leave")}>
              {t("unknown.leaveAll", { count: rows.length })}
            </Button>
            <Button isPending={settle.isPending} onPress={() => setAsking(ids)}>
              {t("unknown.notSentAll", { count: rows.length })}
            </Button>
          </div>
        </div>
      ) : null}
      <ul className="space-y-3">
        {rows.map((send) => (
          <li key={send.id}>
            <UnknownCard
              send={send}
              isPending={settle.isPending}
              onLeave={() => decide([send.id], "leave")}
              onNotSent={() => setAsking([send.id])}
              onTakeBack={() => decide([send.id], "take_back")}
            />
          </li>
        ))}
      </ul>
      {total > rows.length && limit < 200 ? (
        <Button onPress={() => setLimit(Math.min(200, limit + PAGE))}>
          {t("unknown.more", { count: total - rows.length })}
        </Button>
      ) : null}
      {total > rows.length && limit >= 200 ? <p className="text-ink-3">{t("unknown.rest", { total })}</p> : null}
      <ConfirmDialog
        title={t("unknown.confirm.title", { count: asking?.length ?? 0 })}
        isOpen={asking !== null}
        onClose={() => setAsking(null)}
        onConfirm={() => asking && decide(asking, "not_sent")}
        confirmLabel={t("unknown.notSent")}
        isPending={settle.isPending}
      >
        <p>
          <T
            id="unknown.confirm.risk"
            values={{ count: asking?.length ?? 0, b: (chunks) => <b key="b">{chunks}</b> }}
          />
        </p>
        <p>{t("unknown.confirm.nothing")}</p>
        <p>{t("unknown.confirm.status")}</p>
        {settle.isError ? <ErrorNote error={settle.error} /> : null}
      </ConfirmDialog>
    </div>
  );
}
