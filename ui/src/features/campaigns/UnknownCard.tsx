// One send whose outcome is unknown: who, what, and the evidence in the order in which it came.
import { Link } from "@tanstack/react-router";
import { CircleHelp, Clock, type LucideIcon, MessageCircleReply, Send, Smartphone, Unplug } from "lucide-react";
import type { ReactNode } from "react";
import { useIntl } from "react-intl";
import { Button } from "../../components/Button";
import { cx } from "../../components/cx";
import { Chip } from "../../components/feedback";
import { useTimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { UnknownSend } from "../../ipc/ipc";

const CAUSES = [
  "timeout",
  "connection_broken",
  "unreadable_answer",
  "server_error",
  "redirect",
  "interrupted",
  "repeated_wamid",
] as const;
type Cause = (typeof CAUSES)[number];
const isCause = (word: string): word is Cause => (CAUSES as readonly string[]).includes(word);

export function UnknownCard({
  send,
  isPending,
  onLeave,
  onNotSent,
  onTakeBack,
}: {
  send: UnknownSend;
  isPending: boolean;
  onLeave: () => void;
  onNotSent: () => void;
  onTakeBack: () => void;
}) {
  const t = useT();
  const time = useTimeText();
  const name = send.name || send.address || t("unknown.nobody");
  const what = send.template ?? t("unknown.reply");
  return (
    <article aria-label={name} className="rounded-card border border-line bg-surface p-5 shadow-card">
      <header className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h2 className="min-w-0 font-semibold">
          <Link
            to="/contacts/$contactId"
            params={{ contactId: send.contact_id }}
            className="rounded hover:text-accent hover:underline"
          >
            <bdi>{name}</bdi>
          </Link>
        </h2>
        {send.address && send.address !== name ? (
          <bdi dir="auto" className="tabular text-ink-3 text-sm">
            {send.address}
          </bdi>
        ) : null}
        <span className="ms-auto">
          <State send={send} />
        </span>
      </header>
      <p className="mt-0.5 text-ink-2 text-sm">
        <bdi>{what}</bdi>
        {send.campaign_id ? (
          <>
            {" · "}
            <Link
              to="/campaigns/$campaignId"
              params={{ campaignId: send.campaign_id }}
              className="text-accent underline"
            >
              <bdi>{send.campaign_name || t("campaigns.unnamed")}</bdi>
            </Link>
          </>
        ) : null}
        {send.tries > 1 ? ` · ${t("unknown.tries", { count: send.tries })}` : null}
      </p>
      <ol className="mt-3 space-y-1.5 text-sm">
        <Evidence icon={Send} atMs={send.attempted_at_ms}>
          {t("unknown.attempted")}
        </Evidence>
        <Evidence icon={Unplug} atMs={send.noticed_at_ms} tone="text-attention">
          {isCause(send.cause) ? t(`unknown.cause.${send.cause}`) : <bdi>{send.detail}</bdi>}
          {send.graph_code ? ` (${send.graph_code})` : null}
        </Evidence>
        {send.other_reached_at_ms ? (
          <Evidence icon={Smartphone} atMs={send.other_reached_at_ms}>
            {t("unknown.otherReached")}
          </Evidence>
        ) : null}
        {send.person_wrote_at_ms ? (
          <Evidence icon={MessageCircleReply} atMs={send.person_wrote_at_ms}>
            {t("unknown.wrote")}
          </Evidence>
        ) : null}
        <Evidence icon={Clock} atMs={null}>
          {send.unresolved
            ? t("unknown.unresolved")
            : t("unknown.noStatus", { until: time(send.waits_until_at_ms, "date") })}
        </Evidence>
      </ol>
      <footer className="mt-4 flex flex-wrap items-center gap-2">
        {send.decision ? (
          <>
            <span className="text-ink-2 text-sm">
              {t(`unknown.decided.${send.decision === "not_sent" ? "not_sent" : "leave"}`, {
                when: time(send.decided_at_ms ?? 0),
              })}
            </span>
            <Button
              size="small"
              isDisabled={isPending}
              onPress={onTakeBack}
              aria-label={t("unknown.takeBackOf", { name })}
            >
              {t("unknown.takeBack")}
            </Button>
          </>
        ) : (
          <>
            <Button size="small" isDisabled={isPending} onPress={onLeave} aria-label={t("unknown.leaveOf", { name })}>
              {t("unknown.leave")}
            </Button>
            <Button
              size="small"
              isDisabled={isPending}
              onPress={onNotSent}
              aria-label={t("unknown.notSentOf", { name })}
            >
              {t("unknown.notSent")}
            </Button>
          </>
        )}
      </footer>
    </article>
  );
}

function State({ send }: { send: UnknownSend }) {
  const t = useT();
  const time = useTimeText();
  const age = time(send.attempted_at_ms, "relative");
  return (
    <Chip tone={send.unresolved ? "neutral" : "attention"} icon={CircleHelp}>
      {t(send.unresolved ? "unknown.chip.unresolved" : "unknown.chip.open", { age })}
    </Chip>
  );
}

function Evidence({
  icon: Icon,
  atMs,
  tone = "text-ink-3",
  children,
}: {
  icon: LucideIcon;
  atMs: number | null;
  tone?: string;
  children: ReactNode;
}) {
  const intl = useIntl();
  const time = useTimeText();
  return (
    <li className="flex items-baseline gap-2.5">
      <Icon aria-hidden size={14} className={cx("shrink-0 translate-y-0.5", tone)} />
      <span className="min-w-0 flex-1">{children}</span>
      {atMs === null ? null : (
        <time
          dateTime={new Date(atMs).toISOString()}
          title={time(atMs, "full")}
          className="tabular shrink-0 text-ink-3 text-xs"
        >
          {intl.formatDate(atMs, {
            day: "numeric",
            month: "short",
            hour: "numeric",
            minute: "2-digit",
            second: "2-digit",
          })}
        </time>
      )}
    </li>
  );
}
