// The very first screen: two doors, one safe to try.
import { useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, Plug, Sprout } from "lucide-react";
import { useId, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { Button } from "../../components/Button";
import { ErrorNote, ProgressBar } from "../../components/feedback";
import { Mark } from "../../components/Mark";
import { useT } from "../../i18n/t";
import type { ProfileSummary, UiError } from "../../ipc/ipc";
import { useCommandMutation } from "../../ipc/queries";
import { ConnectWizard } from "../settings/ConnectWizard";

export function FirstStart({ profiles, failure }: { profiles: ProfileSummary[]; failure: UiError | null }) {
  const t = useT();
  const client = useQueryClient();
  const [connecting, setConnecting] = useState(false);
  const practice = useCommandMutation("practice_open");
  const open = useCommandMutation("profile_open");
  const opened = { onSuccess: () => void client.invalidateQueries() };
  if (connecting)
    return (
      <main className="relative h-full overflow-y-auto">
        <div className="mx-auto max-w-2xl px-6 py-10">
          <Button variant="quiet" icon={ArrowLeft} onPress={() => setConnecting(false)} className="mb-6 -ms-3">
            {t("first.back")}
          </Button>
          <ConnectWizard onConnected={() => void client.invalidateQueries()} />
        </div>
      </main>
    );
  const openAgain = (profile: ProfileSummary) =>
    profile.kind === "practice" ? practice.mutate({}, opened) : open.mutate({ name: profile.name }, opened);
  const isOpening = practice.isPending || open.isPending;
  const only = profiles.length === 1 ? profiles[0] : undefined;
  // What was tried last counts; while it is tried again, nothing has failed.
  const error = isOpening ? null : (practice.error ?? open.error ?? failure);
  if (failure && profiles.length > 0)
    return (
      <main className="relative flex h-full flex-col items-center overflow-y-auto px-6">
        <div className="my-auto w-full max-w-2xl py-10">
          <Mark size={52} />
          <h1 className="mt-6 font-semibold text-2xl leading-8 tracking-tight">{t("first.failed")}</h1>
          {error ? (
            <ErrorNote error={error} onRetry={only ? () => openAgain(only) : undefined} className="mt-5" />
          ) : (
            <ProgressBar label={t("shell.opening")} done={0} total={null} className="mt-5" />
          )}
          <p className="mt-5 text-ink-2">{t("first.failed.body")}</p>
          <div className="mt-5 flex flex-wrap gap-2">
            {only
              ? null
              : profiles.map((profile) => (
                  <Button key={profile.name} isDisabled={isOpening} onPress={() => openAgain(profile)}>
                    {t("account.others.open", { name: profile.business_name ?? profile.name })}
                  </Button>
                ))}
            {profiles.some(({ kind }) => kind === "practice") ? null : (
              <Button isDisabled={isOpening} onPress={() => practice.mutate({}, opened)}>
                {t("account.switch.practice")}
              </Button>
            )}
            <Button isDisabled={isOpening} onPress={() => setConnecting(true)}>
              {t("first.failed.connect")}
            </Button>
          </div>
        </div>
      </main>
    );
  return (
    <main className="relative flex h-full flex-col items-center overflow-y-auto px-6">
      <div className="my-auto w-full max-w-3xl py-10">
        <Mark size={52} />
        <h1 className="mt-6 font-semibold text-3xl leading-10 tracking-tight">{t("first.title")}</h1>
        <p className="mt-3 max-w-xl text-base text-ink-2">{t("first.lead")}</p>
        <div className="mt-9 grid gap-4 sm:grid-cols-2">
          <Door
            icon={Sprout}
            title={t("first.practice")}
            body={t("first.practice.body")}
            note={t("first.practice.note")}
            primary
            isDisabled={practice.isPending}
            onPress={() => practice.mutate({}, opened)}
          />
          <Door
            icon={Plug}
            title={t("first.real")}
            body={t("first.real.body")}
            note={t("first.real.note")}
            isDisabled={practice.isPending}
            onPress={() => setConnecting(true)}
          />
        </div>
        {practice.isPending ? <ProgressBar label={t("first.opening")} done={0} total={null} className="mt-6" /> : null}
        {error ? <ErrorNote error={error} className="mt-6" /> : null}
        {profiles.length > 0 ? (
          <section aria-label={t("first.open")} className="mt-10">
            <h2 className="mb-2 font-semibold text-sm">{t("first.open")}</h2>
            <div className="flex flex-wrap gap-2">
              {profiles.map((profile) => (
                <Button key={profile.name} isDisabled={isOpening} onPress={() => openAgain(profile)}>
                  {profile.business_name ?? profile.name}
                </Button>
              ))}
            </div>
          </section>
        ) : null}
        <p className="mt-10 text-ink-3 text-xs">{t("first.independent")}</p>
      </div>
    </main>
  );
}

function Door({
  icon: Icon,
  title,
  body,
  note,
  primary,
  isDisabled,
  onPress,
}: {
  icon: typeof Plug;
  title: string;
  body: string;
  note: string;
  primary?: boolean;
  isDisabled: boolean;
  onPress: () => void;
}) {
  const bodyId = useId();
  // The button is the title; its area is the whole card, so that its name stays short.
  return (
    <div
      className={`relative flex flex-col rounded-2xl border p-6 text-start shadow-card transition-colors ${
        primary
          ? "border-accent bg-accent-soft hover:border-accent-strong"
          : "border-line bg-surface hover:border-control"
      }`}
    >
      <span
        className={`mb-4 flex size-10 items-center justify-center rounded-full ${primary ? "bg-accent-fill text-on-accent" : "bg-sunken text-ink-2"}`}
      >
        <Icon aria-hidden size={20} />
      </span>
      <AriaButton
        isDisabled={isDisabled}
        onPress={onPress}
        aria-describedby={bodyId}
        className="text-start font-semibold text-base after:absolute after:inset-0 after:rounded-2xl after:content-[''] data-disabled:opacity-60 data-focus-visible:outline-none data-focus-visible:after:outline-2 data-focus-visible:after:outline-accent data-focus-visible:after:outline-offset-2"
      >
        {title}
      </AriaButton>
      <p id={bodyId} className="mt-1.5 text-ink-2 text-sm">
        {body}
      </p>
      <p className="mt-4 text-ink-3 text-xs">{note}</p>
    </div>
  );
}
