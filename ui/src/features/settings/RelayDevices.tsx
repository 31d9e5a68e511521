import { useState } from "react";
import { Button } from "../../components/Button";
import { Chip, ErrorNote, Note, type Tone } from "../../components/feedback";
import { ConfirmDialog } from "../../components/overlays";
import { Card } from "../../components/Page";
import { TimeText } from "../../components/values";
import { useT } from "../../i18n/t";
import type { RelayDevice, RelayDeviceState, RelaySender } from "../../ipc/ipc";
import { useCommand, useCommandMutation } from "../../ipc/queries";
import { Facts } from "./parts";

const TONES: Record<RelayDeviceState, Tone> = { pending: "attention", active: "good", revoked: "neutral" };

/** The consoles of the desk: who they are, letting one in after comparing words, removing one, who sends. */
export function RelayDevices({ sender, takingOver }: { sender: RelaySender; takingOver: boolean }) {
  const t = useT();
  const devices = useCommand("relay_devices", {}, { tags: ["relay"], everyMs: 10_000 });
  const newLink = useCommandMutation("relay_new_link");
  const approve = useCommandMutation("relay_device_approve");
  const remove = useCommandMutation("relay_device_remove");
  const takeOver = useCommandMutation("relay_take_over");
  const [comparing, setComparing] = useState<RelayDevice | null>(null);
  const [removing, setRemoving] = useState<RelayDevice | null>(null);
  const [asking, setAsking] = useState(false);
  const again = () => void devices.refetch();
  const failed = [newLink, approve, remove, takeOver].find((one) => one.isError)?.error;
  return (
    <Card className="space-y-4 p-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h3 className="font-semibold">{t("relay.consoles")}</h3>
        <Button isPending={newLink.isPending} onPress={() => newLink.mutate({})}>
          {t("relay.newLink")}
        </Button>
      </div>
      <p className="text-ink-2 text-sm">{t(`relay.sender.${sender}`)}</p>
      {takingOver ? <Note>{t("relay.takingOver")}</Note> : null}
      {sender === "elsewhere" && !takingOver ? (
        <Button isPending={takeOver.isPending} onPress={() => setAsking(true)}>
          {t("relay.takeOver")}
        </Button>
      ) : null}
      {failed ? <ErrorNote error={failed} /> : null}
      {newLink.data ? (
        <Note tone="attention">
          <p>{t("relay.newLink.text")}</p>
          <p className="my-2 break-all font-mono text-xs">{newLink.data.link}</p>
          <Facts
            items={[
              { name: t("relay.fingerprint"), value: <code>{newLink.data.fingerprint}</code> },
              {
                name: t("relay.newLink.until"),
                value: <TimeText atMs={newLink.data.expires_at_ms} style="relative" />,
              },
            ]}
          />
        </Note>
      ) : null}
      {devices.isError ? <ErrorNote error={devices.error} onRetry={again} /> : null}
      <ul className="divide-y divide-line">
        {(devices.data?.items ?? []).map((device) => (
          <li key={device.id} className="flex flex-wrap items-center gap-3 py-3">
            <div className="min-w-0 flex-1">
              <p className="font-medium">
                {device.name} {device.is_self ? <span className="text-ink-3">{t("relay.thisConsole")}</span> : null}
              </p>
              <p className="text-ink-3 text-xs">
                {device.is_connected ? (
                  t("relay.connectedNow")
                ) : device.seen_at_ms ? (
                  <TimeText atMs={device.seen_at_ms} style="relative" />
                ) : (
                  t("relay.neverSeen")
                )}
              </p>
            </div>
            <Chip tone={TONES[device.state]}>{t(`relay.device.${device.state}`)}</Chip>
            {device.state === "pending" ? (
              <Button size="small" variant="primary" onPress={() => setComparing(device)}>
                {t("relay.letIn")}
              </Button>
            ) : null}
            {device.state !== "revoked" && !device.is_self ? (
              <Button size="small" onPress={() => setRemoving(device)}>
                {t("relay.remove")}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      <ConfirmDialog
        isOpen={asking}
        title={t("relay.takeOver.title")}
        confirmLabel={t("relay.takeOver")}
        onConfirm={() => {
          setAsking(false);
          takeOver.mutate({});
        }}
        onClose={() => setAsking(false)}
      >
        {t("relay.takeOver.text")}
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={comparing !== null}
        title={t("relay.letIn.title", { name: comparing?.name ?? "" })}
        confirmLabel={t("relay.letIn.same")}
        onConfirm={() => {
          if (comparing) approve.mutate({ id: comparing.id, words: comparing.words }, { onSettled: again });
          setComparing(null);
        }}
        onClose={() => setComparing(null)}
      >
        <p>{t("relay.letIn.text")}</p>
        <p className="my-3 font-semibold text-lg">{comparing?.words}</p>
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={removing !== null}
        title={t("relay.remove.title", { name: removing?.name ?? "" })}
        confirmLabel={t("relay.remove")}
        danger
        onConfirm={() => {
          if (removing) remove.mutate({ id: removing.id }, { onSettled: again });
          setRemoving(null);
        }}
        onClose={() => setRemoving(null)}
      >
        {t("relay.remove.text")}
      </ConfirmDialog>
    </Card>
  );
}
