// Everything about one person; above all what they may receive now, and which event decides that.
import { useNavigate } from "@tanstack/react-router";
import { ArrowLeft, CircleSlash, LayoutTemplate, MessageSquareText } from "lucide-react";
import { useRef, useState } from "react";
import { Avatar } from "../../components/Avatar";
import { Button, IconButton } from "../../components/Button";
import { ErrorNote, Skeleton } from "../../components/feedback";
import { Card } from "../../components/Page";
import { readablePhone } from "../../components/phoneNumber";
import { TimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { ContactDetail } from "../../ipc/ipc";
import { useCommand } from "../../ipc/queries";
import { SendTemplateDialog } from "../inbox/SendTemplateDialog";
import { ConsentTimeline } from "./ConsentTimeline";
import { DecideOptOut } from "./DecideOptOut";
import { MayReceive } from "./MayReceive";
import { usePersonRights } from "./PersonRights";
import { RecordOptOut } from "./RecordOptOut";
import { Tags } from "./Tags";
import { addressOf } from "./words";

export function PersonPage({ contactId, onClose }: { contactId: string; onClose: () => void }) {
  const person = useCommand("contact_get", { id: contactId }, { tags: ["contacts", "consent", "inbox"] });
  if (person.error && !person.data) {
    return (
      <div className="p-8">
        <ErrorNote error={person.error} onRetry={() => void person.refetch()} />
      </div>
    );
  }
  if (!person.data) {
    return (
      <div className="space-y-6 p-8">
        <Skeleton className="h-14 w-72" />
        <Skeleton className="h-36 rounded-card" />
        <Skeleton className="h-64 rounded-card" />
      </div>
    );
  }
  return <Person detail={person.data} onClose={onClose} />;
}

function Person({ detail, onClose }: { detail: ContactDetail; onClose: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  const { row } = detail;
  const [sending, setSending] = useState(false);
  const [optingOut, setOptingOut] = useState(false);
  const [shownEvent, setShownEvent] = useState<string | null>(null);
  const timeline = useRef<HTMLDivElement>(null);
  const stopped = row.consent === "opted_out";
  const rights = usePersonRights(detail, onClose);

  const showEvent = (id: string) => {
    setShownEvent(id);
    const entry = timeline.current?.querySelector<HTMLElement>(`[data-event="${CSS.escape(id)}"]`);
    entry?.scrollIntoView({ block: "center", behavior: "smooth" });
    entry?.focus({ preventScroll: true });
  };

  return (
    <div className="@container/person relative h-full overflow-y-auto">
      <div className="mx-auto max-w-4xl space-y-5 px-6 py-6">
        <header className="flex flex-wrap items-center gap-4">
          <IconButton
            label={t("contacts.back")}
            icon={ArrowLeft}
            onPress={onClose}
            className="-ms-2 rtl:-scale-x-100"
          />
          <Avatar name={row.name} size="large" />
          <div className="min-w-48 flex-1">
            <h2 className="break-words font-semibold text-2xl leading-8 tracking-tight">
              <bdi>{readablePhone(row.name)}</bdi>
            </h2>
            <p className="text-ink-2">
              <bdi className="tabular">{addressOf(row) ?? t("contacts.noNumber")}</bdi>
            </p>
          </div>
          {rights.more}
          <div className="flex flex-wrap gap-2">
            <Button
              variant="primary"
              icon={MessageSquareText}
              onPress={() => void navigate({ to: "/inbox/$contactId", params: { contactId: row.id } })}
            >
              {t("contacts.openChat")}
            </Button>
            <Button icon={LayoutTemplate} isDisabled={stopped} onPress={() => setSending(true)}>
              {t("contacts.sendTemplate")}
            </Button>
            {!stopped && (
              <Button icon={CircleSlash} onPress={() => setOptingOut(true)}>
                {t("contacts.recordOptOut")}
              </Button>
            )}
            {rights.prove}
          </div>
        </header>
        {rights.below}

        {detail.to_decide.map((entry) => (
          <DecideOptOut key={entry.id} entry={entry} name={row.name} />
        ))}

        <MayReceive verdicts={detail.may_receive} timeline={detail.timeline} onShowEvent={showEvent} />

        <div className="grid items-start gap-5 @min-[46rem]/person:grid-cols-[minmax(0,1fr)_16rem]">
          <Card className="p-5">
            <h3 className="mb-4 font-semibold text-base">{t("contacts.timeline")}</h3>
            <div ref={timeline}>
              <ConsentTimeline
                entries={detail.timeline}
                deciding={new Set(detail.may_receive.map((verdict) => verdict.event_id))}
                shown={shownEvent}
              />
            </div>
          </Card>
          <div className="space-y-5">
            <Tags detail={detail} />
            <Facts detail={detail} />
          </div>
        </div>
      </div>
      <SendTemplateDialog
        target={{ contactId: row.id, name: row.name, verdicts: detail.may_receive }}
        isOpen={sending}
        onClose={() => setSending(false)}
      />
      <RecordOptOut contactId={row.id} name={row.name} isOpen={optingOut} onClose={() => setOptingOut(false)} />
    </div>
  );
}

const IDENTIFIERS = {
  phone: "contacts.identifier.phone",
  wa_id: "contacts.identifier.wa_id",
  bsuid: "contacts.identifier.bsuid",
  username: "contacts.identifier.username",
} as const;

function Facts({ detail }: { detail: ContactDetail }) {
  const t = useT();
  return (
    <>
      <Card className="p-5">
        <h3 className="mb-3 font-semibold text-base">{t("contacts.identifiers")}</h3>
        <dl className="space-y-3">
          {detail.identifiers.map((identifier) => {
            const known = IDENTIFIERS[identifier.kind as keyof typeof IDENTIFIERS];
            return (
              <div key={`${identifier.kind} ${identifier.value}`}>
                <dt className="text-ink-3 text-xs">{known ? t(known) : identifier.kind}</dt>
                <dd>
                  <bdi className="tabular break-all">
                    {identifier.kind === "username" ? `@${identifier.value}` : readablePhone(identifier.value)}
                  </bdi>
                  <span className="block text-ink-3 text-xs">
                    {t("contacts.since")} <TimeText atMs={identifier.since_ms} style="date" />
                  </span>
                </dd>
              </div>
            );
          })}
        </dl>
      </Card>
      <Card className="p-5">
        <h3 className="mb-3 font-semibold text-base">{t("contacts.details")}</h3>
        <dl className="space-y-3">
          {detail.attributes.map((attribute) => (
            <div key={attribute.name}>
              <dt className="text-ink-3 text-xs">
                <bdi>{attribute.name}</bdi>
              </dt>
              <dd className="break-words">
                <bdi>{attribute.value}</bdi>
              </dd>
            </div>
          ))}
          <div>
            <dt className="text-ink-3 text-xs">{t("contacts.messages")}</dt>
            <dd className="tabular">{t("contacts.messageCount", { count: detail.messages })}</dd>
          </div>
          {detail.row.last_activity_at_ms !== null && (
            <div>
              <dt className="text-ink-3 text-xs">{t("contacts.column.heard")}</dt>
              <dd>
                <TimeText atMs={detail.row.last_activity_at_ms} style="relative" />
              </dd>
            </div>
          )}
        </dl>
      </Card>
    </>
  );
}
