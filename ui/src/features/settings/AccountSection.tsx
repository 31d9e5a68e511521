// The connected account: what Meta wants and how it stands, the numbers, the token.
import { Link } from "@tanstack/react-router";
import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleHelp,
  ExternalLink,
  type LucideIcon,
  RefreshCw,
  UserCheck,
} from "lucide-react";
import { useState } from "react";
import { Button, buttonClass } from "../../components/Button";
import { cx } from "../../components/cx";
import { Chip, ErrorNote, Note, Skeleton, type Tone } from "../../components/feedback";
import { TextField } from "../../components/fields";
import { Dialog } from "../../components/overlays";
import { Card } from "../../components/Page";
import { useTimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { AccountOverview, ChecklistStep, OwnNumber, StepState } from "../../ipc/ipc";
import { useCommand, useCommandMutation } from "../../ipc/queries";
import { OtherAccounts } from "./OtherAccounts";
import { Facts, SectionTitle } from "./parts";
import { useOpenLink } from "./useOpenLink";

const STATES: Record<StepState, { icon: LucideIcon; tone: Tone; text: string }> = {
  done: { icon: CircleCheck, tone: "good", text: "text-good" },
  todo: { icon: CircleDashed, tone: "trouble", text: "text-trouble" },
  attention: { icon: CircleAlert, tone: "attention", text: "text-attention" },
  confirm: { icon: UserCheck, tone: "attention", text: "text-attention" },
  unknown: { icon: CircleHelp, tone: "neutral", text: "text-ink-3" },
};

export function AccountSection() {
  const t = useT();
  const status = useCommand("app_status", {}, { tags: ["account"] });
  const overview = useCommand("account_overview", {}, { tags: ["account"] });
  const recheck = useCommandMutation("account_recheck");
  const practice = status.data?.profile?.kind === "practice";
  return (
    <>
      <SectionTitle
        title={t("settings.account")}
        lead={practice ? t("account.subtitle.practice") : null}
        action={
          <Button icon={RefreshCw} isPending={recheck.isPending} onPress={() => recheck.mutate({})}>
            {t("account.recheck")}
          </Button>
        }
      />
      {recheck.isError ? <ErrorNote error={recheck.error} className="mb-4" /> : null}
      {overview.isError ? <ErrorNote error={overview.error} onRetry={() => void overview.refetch()} /> : null}
      {overview.isPending ? <Skeleton rows={6} className="h-14" /> : null}
      {overview.data ? <Overview account={overview.data} practice={practice} /> : null}
    </>
  );
}

function Overview({ account, practice }: { account: AccountOverview; practice: boolean }) {
  const t = useT();
  const time = useTimeText();
  const open = account.checklist.filter(({ state }) => state !== "done" && state !== "unknown").length;
  return (
    <div className="space-y-8">
      <Note tone={open === 0 ? "good" : "attention"} icon={open === 0 ? CircleCheck : CircleAlert}>
        <p className="font-semibold">{open === 0 ? t("account.ready") : t("account.todo", { count: open })}</p>
        <p className="text-ink-2">{open === 0 ? t("account.ready.body") : t("account.todo.body")}</p>
      </Note>
      <Card label={t("account.checklist")}>
        <h3 className="px-5 pt-4 pb-1 font-semibold">{t("account.checklist")}</h3>
        <ol className="divide-y divide-line">
          {account.checklist.map((step) => (
            <Step key={step.key} step={step} />
          ))}
        </ol>
      </Card>
      <section aria-label={t("account.numbers")}>
        <h3 className="mb-2 font-semibold">{t("account.numbers")}</h3>
        <div className="grid gap-3 @lg/main:grid-cols-2">
          {account.numbers.map((number) => (
            <NumberCard
              key={number.phone_number_id}
              number={number}
              sends={number.phone_number_id === account.phone_number_id}
            />
          ))}
        </div>
      </section>
      <section aria-label={t("account.facts")}>
        <h3 className="mb-3 font-semibold">{t("account.facts")}</h3>
        <Facts
          items={[
            { name: t("account.fact.waba"), value: `${account.waba_name ?? ""} ${account.waba_id}`.trim() },
            { name: t("account.fact.currency"), value: account.currency ?? "–" },
            { name: t("account.fact.graph"), value: account.graph },
            {
              name: t("account.fact.token"),
              value: account.token_expires_at_ms ? time(account.token_expires_at_ms, "date") : t("account.fact.never"),
            },
          ]}
        />
        {practice ? null : <ReplaceToken />}
      </section>
      {practice ? (
        <Card className="flex flex-wrap items-center justify-between gap-4 p-5">
          <div className="min-w-0">
            <h3 className="font-semibold">{t("account.connect.invite")}</h3>
            <p className="mt-0.5 text-ink-2">{t("account.connect.invite.body")}</p>
          </div>
          <Link to="/settings/$section" params={{ section: "connect" }} className={buttonClass("primary")}>
            {t("account.connect.go")}
          </Link>
        </Card>
      ) : null}
      <OtherAccounts />
    </div>
  );
}

function Step({ step }: { step: ChecklistStep }) {
  const t = useT();
  const time = useTimeText();
  const openLink = useOpenLink();
  const confirm = useCommandMutation("account_confirm_step");
  const { icon: Icon, tone, text } = STATES[step.state];
  const isDone = step.state === "done";
  return (
    <li className="flex gap-4 px-5 py-4">
      <Icon aria-hidden size={20} className={cx("mt-0.5 shrink-0", text)} />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-2">
          <h4 className="font-medium">{step.title}</h4>
          {isDone ? (
            <span className="sr-only">{t("account.step.done")}</span>
          ) : (
            <Chip tone={tone}>{t(`account.step.${step.state}`)}</Chip>
          )}
        </div>
        <p className="mt-0.5 text-ink-2">{step.detail}</p>
        <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-2 empty:hidden">
          {step.state === "confirm" ? (
            <Button
              size="small"
              variant="primary"
              isPending={confirm.isPending}
              onPress={() => confirm.mutate({ key: step.key, done: true })}
            >
              {t("account.step.confirmDone")}
            </Button>
          ) : null}
          {step.link && !isDone ? (
            <Button size="small" icon={ExternalLink} onPress={() => openLink(step.link ?? "")}>
              {t("account.step.open")}
            </Button>
          ) : null}
          {isDone && ["payment", "verification"].includes(step.key) ? (
            <Button size="small" variant="quiet" onPress={() => confirm.mutate({ key: step.key, done: false })}>
              {t("account.step.takeBack")}
            </Button>
          ) : null}
        </div>
        {confirm.isError ? <ErrorNote error={confirm.error} className="mt-2" /> : null}
      </div>
      {step.checked_at_ms ? (
        <span className="shrink-0 text-ink-3 text-xs @max-lg/main:hidden">
          {t("account.step.checked", { when: time(step.checked_at_ms, "relative") })}
        </span>
      ) : null}
    </li>
  );
}

const QUALITY_TONE: Record<string, Tone> = { GREEN: "good", YELLOW: "attention", RED: "trouble" };

function NumberCard({ number, sends }: { number: OwnNumber; sends: boolean }) {
  const t = useT();
  const rating = number.quality_rating ?? "";
  const word = rating === "GREEN" || rating === "YELLOW" || rating === "RED" ? rating : "other";
  return (
    <Card className="p-4">
      <div className="flex items-start justify-between gap-3">
        <p className="tabular font-semibold">{number.display_phone_number}</p>
        {sends ? <Chip tone="accent">{t("account.number.sends")}</Chip> : null}
      </div>
      <p className="text-ink-2">{number.verified_name}</p>
      <div className="mt-3 flex flex-wrap gap-1.5">
        <Chip tone={QUALITY_TONE[rating] ?? "neutral"}>
          {t("status.quality", { rating: t(`status.quality.${word}`) })}
        </Chip>
        {number.status ? (
          <Chip tone={number.status === "CONNECTED" ? "good" : "attention"}>{number.status}</Chip>
        ) : null}
        {number.messaging_limit ? <Chip>{t("account.number.limit", { limit: number.messaging_limit })}</Chip> : null}
        {number.throughput_mps ? <Chip>{t("account.number.throughput", { mps: number.throughput_mps })}</Chip> : null}
      </div>
    </Card>
  );
}

function ReplaceToken() {
  const t = useT();
  const [isOpen, setOpen] = useState(false);
  const [token, setToken] = useState("");
  const replace = useCommandMutation("account_replace_token");
  const close = () => {
    setOpen(false);
    setToken("");
    replace.reset();
  };
  return (
    <>
      <Button className="mt-4" onPress={() => setOpen(true)}>
        {t("account.token.replace")}
      </Button>
      <Dialog
        size="small"
        title={t("account.token.replace")}
        isOpen={isOpen}
        onClose={close}
        footer={
          <>
            <Button onPress={close}>{t("common.cancel")}</Button>
            <Button
              variant="primary"
              isDisabled={token.trim() === ""}
              isPending={replace.isPending}
              onPress={() => replace.mutate({ token: token.trim() }, { onSuccess: close })}
            >
              {t("account.token.replace")}
            </Button>
          </>
        }
      >
        <p className="mb-4 text-ink-2">{t("account.token.replace.body")}</p>
        <TextField
          type="password"
          autoComplete="off"
          autoFocus
          label={t("connect.token")}
          value={token}
          onChange={setToken}
        />
        {replace.isError ? <ErrorNote error={replace.error} className="mt-3" /> : null}
      </Dialog>
    </>
  );
}
