// The message on the operator's own phones, before anybody else gets it.
import { Link } from "@tanstack/react-router";
import { Smartphone } from "lucide-react";
import { useState } from "react";
import { Button, buttonClass } from "../../components/Button";
import { ErrorNote } from "../../components/feedback";
import { Checkbox } from "../../components/fields";
import { Card } from "../../components/Page";
import { TimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import { useCommand, useCommandMutation } from "../../ipc/queries";
import { asCountName } from "./counts";

export function TestSends({ campaignId, isDisabled }: { campaignId: string; isDisabled: boolean }) {
  const t = useT();
  const tests = useCommand("campaign_test_list", { id: campaignId }, { tags: ["campaigns", "inbox", "settings"] });
  const send = useCommandMutation("campaign_test_send");
  const [left, setLeft] = useState<string[]>([]);
  const phones = tests.data?.items ?? [];
  const chosen = phones.map(({ phone }) => phone).filter((phone) => !left.includes(phone));
  return (
    <section aria-label={t("test.title")}>
      <h2 className="font-semibold">{t("test.title")}</h2>
      <p className="mb-2 text-ink-2">
        {tests.data?.as_for ? t("test.lead.for", { name: tests.data.as_for }) : t("test.lead")}
      </p>
      {tests.isError ? <ErrorNote error={tests.error} onRetry={() => void tests.refetch()} /> : null}
      {tests.data && phones.length === 0 ? (
        <Card className="flex flex-wrap items-center justify-between gap-3 p-4">
          <p className="flex items-center gap-3 text-ink-2">
            <Smartphone aria-hidden size={18} className="text-ink-3" />
            {t("test.none")}
          </p>
          <Link to="/settings/$section" params={{ section: "sending" }} className={buttonClass("secondary", "small")}>
            {t("test.settings")}
          </Link>
        </Card>
      ) : null}
      {phones.length > 0 ? (
        <Card>
          <ul className="divide-y divide-line">
            {phones.map(({ phone, state, reason, at_ms, contact_id }) => {
              const name = asCountName(state ?? undefined);
              return (
                <li key={phone} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
                  <Checkbox
                    isSelected={!left.includes(phone)}
                    onChange={(on) => setLeft(on ? left.filter((one) => one !== phone) : [...left, phone])}
                  >
                    <bdi className="tabular">{phone}</bdi>
                  </Checkbox>
                  <span className="ms-auto flex min-w-0 items-center gap-3 text-ink-2 text-sm">
                    {name && at_ms !== null ? (
                      <>
                        <span className={name === "failed" || name === "excluded" ? "text-trouble" : ""}>
                          {t(`count.${name}`)}
                        </span>
                        <TimeText atMs={at_ms} className="text-ink-3" />
                      </>
                    ) : (
                      t("test.never")
                    )}
                    {contact_id ? (
                      <Link to="/inbox/$contactId" params={{ contactId: contact_id }} className="text-accent underline">
                        {t("test.open")}
                      </Link>
                    ) : null}
                  </span>
                  {reason ? (
                    <p className="w-full text-ink-2 text-sm">
                      <bdi>{reason}</bdi>
                    </p>
                  ) : null}
                </li>
              );
            })}
          </ul>
          <div className="flex flex-wrap items-center gap-3 border-line border-t px-4 py-3">
            <Button
              icon={Smartphone}
              isDisabled={isDisabled || chosen.length === 0}
              isPending={send.isPending}
              onPress={() =>
                send.mutate(
                  { id: campaignId, phones: chosen, idempotency_key: crypto.randomUUID() },
                  { onSettled: () => void tests.refetch() },
                )
              }
            >
              {t("test.send", { count: chosen.length })}
            </Button>
            <p className="text-ink-3 text-xs">{t("test.rules")}</p>
          </div>
        </Card>
      ) : null}
      {send.isError ? <ErrorNote error={send.error} className="mt-3" /> : null}
    </section>
  );
}
