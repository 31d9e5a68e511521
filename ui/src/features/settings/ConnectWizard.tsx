// Connecting a real account: paste the token, see what it reaches, pick a number, connect. The token lives in one
// field of this component until it is handed over, and nowhere after that.
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton, Disclosure, DisclosurePanel, Heading } from "react-aria-components";
import { Button } from "../../components/Button";
import { ErrorNote, Note, ProgressBar } from "../../components/feedback";
import { RadioGroup, TextField } from "../../components/fields";
import { Card } from "../../components/Page";
import { Stepper } from "../../components/Stepper";
import { useTimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { DiscoveredAccounts } from "../../ipc/ipc";
import { useCommandMutation } from "../../ipc/queries";

type StepId = "token" | "number" | "name";
const PROFILE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/;

function suggestName(verifiedName: string | null): string {
  const plain = (verifiedName ?? "")
    .normalize("NFD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return plain.slice(0, 24) || "main";
}

export function ConnectWizard({ onConnected }: { onConnected: () => void }) {
  const t = useT();
  const time = useTimeText();
  const [step, setStep] = useState<StepId>("token");
  const [token, setToken] = useState("");
  const [wabaId, setWabaId] = useState("");
  const [graphUrl, setGraphUrl] = useState("");
  const [found, setFound] = useState<DiscoveredAccounts | null>(null);
  const [numberId, setNumberId] = useState<string | null>(null);
  const [name, setName] = useState("");
  const discover = useCommandMutation("account_discover");
  const connect = useCommandMutation("account_connect");
  const number = found?.numbers.find((one) => one.phone_number_id === numberId);

  const look = () =>
    discover.mutate(
      { token: token.trim(), waba_id: wabaId.trim() || null, graph_url: graphUrl.trim() || null },
      {
        onSuccess: (accounts) => {
          setFound(accounts);
          const only = accounts.numbers.find(({ status }) => status === "CONNECTED") ?? accounts.numbers[0];
          setNumberId(only?.phone_number_id ?? null);
          setName(suggestName(only?.verified_name ?? null));
          setStep("number");
          discover.reset();
        },
      },
    );
  const finish = () => {
    if (!number) return;
    connect.mutate(
      {
        profile: name,
        token: token.trim(),
        waba_id: number.waba_id,
        phone_number_id: number.phone_number_id,
        graph_url: graphUrl.trim() || null,
        graph_version: null,
      },
      {
        onSuccess: () => {
          setToken("");
          connect.reset();
          onConnected();
        },
      },
    );
  };

  return (
    <div>
      <h1 className="font-semibold text-2xl tracking-tight">{t("connect.title")}</h1>
      <p className="mt-1 mb-6 text-ink-2">{t("connect.lead")}</p>
      <Stepper
        label={t("connect.steps")}
        current={step}
        onSelect={setStep}
        steps={[
          { id: "token", label: t("connect.step.token"), reachable: true, done: found !== null },
          { id: "number", label: t("connect.step.number"), reachable: found !== null, done: step === "name" },
          { id: "name", label: t("connect.step.name"), reachable: Boolean(number), done: false },
        ]}
      />
      <Card className="mt-5 p-6">
        {step === "token" ? (
          <form
            className="space-y-5"
            onSubmit={(event) => {
              event.preventDefault();
              look();
            }}
          >
            <TextField
              type="password"
              autoComplete="off"
              label={t("connect.token")}
              description={t("connect.token.help")}
              value={token}
              onChange={setToken}
              autoFocus
            />
            <TextField
              label={t("connect.waba")}
              description={t("connect.waba.help")}
              value={wabaId}
              onChange={setWabaId}
              inputMode="numeric"
            />
            <Disclosure>
              <Heading level={2} className="text-sm">
                <AriaButton slot="trigger" className="font-medium text-accent data-hovered:underline">
                  {t("connect.advanced")}
                </AriaButton>
              </Heading>
              <DisclosurePanel>
                <TextField
                  className="pt-3"
                  label={t("connect.graph")}
                  description={t("connect.graph.help")}
                  value={graphUrl}
                  onChange={setGraphUrl}
                />
              </DisclosurePanel>
            </Disclosure>
            {discover.isError ? <ErrorNote error={discover.error} /> : null}
            <Button
              type="submit"
              variant="primary"
              icon={KeyRound}
              isDisabled={token.trim() === ""}
              isPending={discover.isPending}
            >
              {t("connect.look")}
            </Button>
          </form>
        ) : null}
        {step === "number" && found ? (
          <div className="space-y-5">
            {found.missing_scopes.length > 0 ? (
              <Note tone="trouble">{t("connect.missing", { scopes: found.missing_scopes.join(", ") })}</Note>
            ) : null}
            {found.expires_at_ms ? (
              <Note tone="attention">{t("connect.expires", { date: time(found.expires_at_ms, "date") })}</Note>
            ) : null}
            {found.numbers.length > 0 ? (
              <RadioGroup
                label={t("connect.pick")}
                value={numberId}
                onChange={(id) => {
                  setNumberId(id);
                  const picked = found.numbers.find((one) => one.phone_number_id === id);
                  setName(suggestName(picked?.verified_name ?? null));
                }}
                options={found.numbers.map((one) => ({
                  value: one.phone_number_id,
                  label: one.display_phone_number,
                  description: [one.verified_name, one.waba_name, one.status].filter(Boolean).join(" · "),
                }))}
              />
            ) : (
              <Note tone="attention">{t("connect.none")}</Note>
            )}
            <div className="flex gap-2">
              <Button onPress={() => setStep("token")}>{t("connect.again")}</Button>
              <Button
                variant="primary"
                isDisabled={!number || found.missing_scopes.length > 0}
                onPress={() => setStep("name")}
              >
                {t("common.next")}
              </Button>
            </div>
          </div>
        ) : null}
        {step === "name" && number ? (
          <form
            className="space-y-5"
            onSubmit={(event) => {
              event.preventDefault();
              finish();
            }}
          >
            <TextField
              label={t("connect.name")}
              description={t("connect.name.help")}
              value={name}
              onChange={setName}
              isInvalid={!PROFILE_NAME.test(name)}
            />
            <div className="text-sm">
              <p className="text-ink-2">{t("connect.check")}</p>
              <p className="tabular mt-1 font-semibold">
                {number.display_phone_number} · {number.verified_name}
              </p>
            </div>
            {connect.isPending ? <ProgressBar label={t("connect.working")} done={0} total={null} /> : null}
            {connect.isError ? <ErrorNote error={connect.error} /> : null}
            <div className="flex gap-2">
              <Button onPress={() => setStep("number")}>{t("common.back")}</Button>
              <Button
                type="submit"
                variant="primary"
                isDisabled={!PROFILE_NAME.test(name)}
                isPending={connect.isPending}
              >
                {t("connect.go")}
              </Button>
            </div>
          </form>
        ) : null}
      </Card>
    </div>
  );
}
