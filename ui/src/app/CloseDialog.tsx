import { useEffect, useState } from "react";
import { Button } from "../components/Button";
import { ErrorNote } from "../components/feedback";
import { Checkbox, RadioGroup } from "../components/fields";
import { Dialog } from "../components/overlays";
import { useT } from "../i18n/t";
import { useIpc } from "../ipc/context";
import { useCommandMutation } from "../ipc/queries";

/** Asked once when the window closes while something runs. */
export function CloseDialog() {
  const t = useT();
  const ipc = useIpc();
  const [running, setRunning] = useState<number | null>(null);
  const [choice, setChoice] = useState<"tray" | "pause_and_quit">("tray");
  const [remember, setRemember] = useState(false);
  const decide = useCommandMutation("window_close_decide");
  useEffect(() => ipc.on("close-requested", (asked) => setRunning(asked?.running ?? 1)), [ipc]);
  return (
    <Dialog
      role="alertdialog"
      size="small"
      title={t("close.title")}
      isOpen={running !== null}
      onClose={() => setRunning(null)}
      footer={
        <>
          <Button onPress={() => setRunning(null)}>{t("close.stay")}</Button>
          <Button
            variant="primary"
            isPending={decide.isPending}
            onPress={() => decide.mutate({ choice, remember }, { onSuccess: () => setRunning(null) })}
          >
            {t(`close.confirm.${choice}`)}
          </Button>
        </>
      }
    >
      <p className="mb-4 text-ink-2">{t("close.body", { count: running ?? 1 })}</p>
      <RadioGroup
        label={t("close.choice")}
        hideLabel
        value={choice}
        onChange={setChoice}
        options={[
          { value: "tray", label: t("close.tray"), description: t("close.tray.hint") },
          { value: "pause_and_quit", label: t("close.pause"), description: t("close.pause.hint") },
        ]}
      />
      <Checkbox isSelected={remember} onChange={setRemember} className="mt-4">
        {t("close.remember")}
      </Checkbox>
      {decide.isError ? <ErrorNote error={decide.error} className="mt-4" /> : null}
    </Dialog>
  );
}
