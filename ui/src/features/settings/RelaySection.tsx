import { useState } from "react";
import { Button } from "../../components/Button";
import { Chip, ErrorNote, Note, Skeleton, type Tone } from "../../components/feedback";
import { TextField } from "../../components/fields";
import { Card } from "../../components/Page";
import { Count, TimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { RelayState } from "../../ipc/ipc";
import { useCommand, useCommandMutation } from "../../ipc/queries";
import { Facts, SectionTitle } from "./parts";

const TONES: Record<RelayState, Tone> = {
  not_configured: "attention",
  catching_up: "attention",
  connected: "good",
  unreachable: "trouble",
  refused: "trouble",
};

export function RelaySection() {
  const t = useT();
  const status = useCommand("app_status", {}, { tags: ["account"] });
  const relay = useCommand("relay_status", {}, { tags: ["relay"], everyMs: 5_000 });
  const practice = status.data?.profile?.kind === "practice";
  return (
    <>
      <SectionTitle title={t("relay.title")} lead={`${t("relay.lead")} ${practice ? t("relay.lead.practice") : ""}`} />
      {relay.isError ? <ErrorNote error={relay.error} onRetry={() => void relay.refetch()} /> : null}
      {relay.isPending ? <Skeleton rows={4} className="h-8" /> : null}
      {relay.data ? (
        <div className="space-y-6">
          <Card className="space-y-5 p-5">
            <Chip tone={TONES[relay.data.state]}>
              {t(`status.relay.${relay.data.state}`, { behind: relay.data.behind })}
            </Chip>
            {relay.data.trouble ? <Note tone="trouble">{relay.data.trouble}</Note> : null}
            {relay.data.state === "not_configured" ? <Note tone="attention">{t("relay.noListening")}</Note> : null}
            <Facts
              items={[
                {
                  name: t("relay.heard"),
                  value: relay.data.last_heard_at_ms ? (
                    <TimeText atMs={relay.data.last_heard_at_ms} style="relative" />
                  ) : (
                    "–"
                  ),
                },
                { name: t("relay.url"), value: relay.data.url ?? "–" },
                { name: t("relay.desk"), value: relay.data.desk ?? "–" },
                {
                  name: t("relay.cursor"),
                  value: t("relay.position", { cursor: relay.data.cursor, head: relay.data.head }),
                },
                { name: t("relay.signatures"), value: <Count value={relay.data.bad_signatures} /> },
              ]}
            />
          </Card>
          {practice ? null : <Pair isPaired={relay.data.url !== null} desk={relay.data.desk} url={relay.data.url} />}
        </div>
      ) : null}
    </>
  );
}

function Pair({ isPaired, url, desk }: { isPaired: boolean; url: string | null; desk: string | null }) {
  const t = useT();
  const [form, setForm] = useState({ url: url ?? "wss://", desk: desk ?? "", device: "", token: "" });
  const pair = useCommandMutation("relay_configure");
  const set = (field: keyof typeof form) => (value: string) => setForm({ ...form, [field]: value });
  const complete = Object.values(form).every((value) => value.trim() !== "");
  return (
    <Card className="p-5">
      <h3 className="mb-4 font-semibold">{isPaired ? t("relay.reconfigure") : t("relay.configure")}</h3>
      <form
        className="grid gap-4 @lg/main:grid-cols-2"
        onSubmit={(event) => {
          event.preventDefault();
          pair.mutate(form, {
            onSuccess: () => {
              setForm({ ...form, token: "" });
              pair.reset();
            },
          });
        }}
      >
        <TextField label={t("relay.url")} description={t("relay.url.help")} value={form.url} onChange={set("url")} />
        <TextField label={t("relay.desk")} value={form.desk} onChange={set("desk")} />
        <TextField label={t("relay.device")} value={form.device} onChange={set("device")} />
        <TextField
          type="password"
          autoComplete="off"
          label={t("relay.token")}
          description={t("relay.token.help")}
          value={form.token}
          onChange={set("token")}
        />
        {pair.isError ? <ErrorNote error={pair.error} className="@lg/main:col-span-2" /> : null}
        <div className="@lg/main:col-span-2">
          <Button type="submit" variant="primary" isDisabled={!complete} isPending={pair.isPending}>
            {t("relay.pair")}
          </Button>
        </div>
      </form>
    </Card>
  );
}
