import { CircleCheck } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { Chip, ErrorNote, Note, Skeleton } from "../../components/feedback";
import { TextField } from "../../components/fields";
import { Card } from "../../components/Page";
import { useT } from "../../i18n/t";
import type { NumberCallback, WebhookSubscription } from "../../ipc/ipc";
import { useCommand, useCommandMutation } from "../../ipc/queries";
import { Facts } from "./parts";
import { useOpenLink } from "./useOpenLink";

/** Where Meta sends this account's webhooks: read from Meta, changed there, and what only its dashboard can change. */
export function RelayWebhooks() {
  const t = useT();
  const found = useCommand("webhook_subscription_get", {}, { tags: ["account"] });
  return (
    <Card className="space-y-4 p-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h3 className="font-semibold">{t("webhooks.title")}</h3>
        <Button size="small" isPending={found.isFetching} onPress={() => void found.refetch()}>
          {t("webhooks.check")}
        </Button>
      </div>
      <p className="max-w-prose text-ink-2 text-sm">{t("webhooks.lead")}</p>
      {found.isError ? <ErrorNote error={found.error} onRetry={() => void found.refetch()} /> : null}
      {found.isPending ? <Skeleton rows={3} className="h-8" /> : null}
      {found.data ? <Found found={found.data} refetch={() => void found.refetch()} /> : null}
    </Card>
  );
}

function Found({ found, refetch }: { found: WebhookSubscription; refetch: () => void }) {
  const t = useT();
  const openLink = useOpenLink();
  const subscribe = useCommandMutation("webhook_subscribe");
  const change = (request: Parameters<typeof subscribe.mutate>[0]) => subscribe.mutate(request, { onSuccess: refetch });
  const nearer = found.numbers.find(({ level }) => level === "account" || level === "number");
  return (
    <>
      {found.to_do.map((sentence) => (
        <Note key={sentence} tone="attention">
          {sentence}
        </Note>
      ))}
      {found.to_do.length === 0 ? (
        <Chip tone="good" icon={CircleCheck}>
          {t("webhooks.fine")}
        </Chip>
      ) : null}
      <Facts
        items={[
          { name: t("webhooks.app"), value: found.app_name ?? found.app_id ?? "–" },
          { name: t("webhooks.callback"), value: found.callback_url ?? "–" },
          ...found.numbers.map((number) => ({ name: number.display_phone_number, value: <Goes number={number} /> })),
        ]}
      />
      {subscribe.isError ? <ErrorNote error={subscribe.error} /> : null}
      <div className="flex flex-wrap gap-2">
        {found.is_subscribed ? null : (
          <Button
            variant="primary"
            isPending={subscribe.isPending}
            onPress={() => change({ level: "app", phone_number_id: null, verify_token: null })}
          >
            {t("webhooks.subscribe")}
          </Button>
        )}
        {nearer ? (
          <Button
            isPending={subscribe.isPending}
            onPress={() =>
              change({
                level: nearer.level === "number" ? "number" : "app",
                phone_number_id: nearer.phone_number_id,
                verify_token: null,
              })
            }
          >
            {t("webhooks.removeNearer")}
          </Button>
        ) : null}
        <Button onPress={() => openLink(found.dashboard_link)}>{t("webhooks.dashboard")}</Button>
      </div>
      <section aria-label={t("webhooks.dashboardFields")}>
        <p className="max-w-prose text-ink-2 text-sm">{t("webhooks.dashboardFields.lead")}</p>
        <p className="mt-1 break-words text-ink-3 text-xs">
          {[...found.override_fields, ...found.dashboard_fields].join(", ")}
        </p>
      </section>
      {found.callback_url ? <OwnAddress isPending={subscribe.isPending} onSet={change} /> : null}
    </>
  );
}

function Goes({ number }: { number: NumberCallback }) {
  const t = useT();
  if (number.level === null || number.callback_url === null) return t("webhooks.unknown");
  return t(number.is_relay ? "webhooks.toRelay" : "webhooks.elsewhere", {
    level: t(`webhooks.level.${number.level}`),
    url: number.callback_url,
  });
}

/** For an app whose own address must stay as it is: messages and statuses of this account come here all the same. */
function OwnAddress({
  isPending,
  onSet,
}: {
  isPending: boolean;
  onSet: (request: { level: "account"; phone_number_id: null; verify_token: string }) => void;
}) {
  const t = useT();
  const [isOpen, setIsOpen] = useState(false);
  const [token, setToken] = useState("");
  if (!isOpen)
    return (
      <Button size="small" variant="quiet" onPress={() => setIsOpen(true)}>
        {t("webhooks.own")}
      </Button>
    );
  return (
    <form
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault();
        onSet({ level: "account", phone_number_id: null, verify_token: token });
        setToken("");
        setIsOpen(false);
      }}
    >
      <p className="max-w-prose text-ink-2 text-sm">{t("webhooks.own.lead")}</p>
      <TextField
        type="password"
        autoComplete="off"
        label={t("webhooks.verifyToken")}
        value={token}
        onChange={setToken}
      />
      <Button type="submit" isDisabled={token.trim() === ""} isPending={isPending}>
        {t("webhooks.own.set")}
      </Button>
    </form>
  );
}
