import { Chip, ErrorNote, Note, Skeleton } from "../../components/feedback";
import { Card } from "../../components/Page";
import { relayWord } from "../../components/relayWord";
import { Count, TimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import { useCommand } from "../../ipc/queries";
import { Facts, SectionTitle } from "./parts";
import { RelayDevices } from "./RelayDevices";
import { OfferedLinkNote, RelayLeave, RelayPairing } from "./RelayPairing";
import { RelayWebhooks } from "./RelayWebhooks";

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
          {relay.data.url !== null ? <OfferedLinkNote /> : null}
          <Card className="space-y-5 p-5">
            <Chip tone={relayWord(relay.data).tone}>{t(relayWord(relay.data).id, { behind: relay.data.behind })}</Chip>
            {relay.data.trouble ? <Note tone="trouble">{relay.data.trouble}</Note> : null}
            {relay.data.silence ? <Note tone="trouble">{relay.data.silence}</Note> : null}
            {relay.data.words ? (
              <Note tone="attention">
                <p>{t("relay.words")}</p>
                <p className="mt-2 font-semibold text-lg">{relay.data.words}</p>
              </Note>
            ) : null}
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
          {relay.data.url === null ? <RelayPairing /> : null}
          {relay.data.url !== null && relay.data.state !== "waiting" && relay.data.state !== "refused" ? (
            <RelayDevices sender={relay.data.sender} takingOver={relay.data.taking_over} />
          ) : null}
          {practice || relay.data.state === "refused" ? null : <RelayWebhooks />}
          {relay.data.state === "refused" ? <p className="text-ink-2 text-sm">{t("relay.refused")}</p> : null}
          {relay.data.url !== null && !practice ? <RelayLeave /> : null}
        </div>
      ) : null}
    </>
  );
}
