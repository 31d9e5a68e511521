// What one can do with a file that somebody sent: open it with the system's program, or save it. A file that may run a
// program is opened only after saying so.
import { Download, ExternalLink } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/feedback";
import { Dialog } from "../../components/overlays";
import { useT } from "../../i18n/t";
import { useIpc } from "../../ipc/context";
import type { MessageMedia } from "../../ipc/ipc";
import { useCommandMutation } from "../../ipc/queries";

export function FileActions({ media, canOpen = true }: { media: MessageMedia; canOpen?: boolean }) {
  const t = useT();
  const ipc = useIpc();
  const [program, setProgram] = useState<string | null>(null);
  const [saved, setSaved] = useState(false);
  const open = useCommandMutation("media_open");
  const save = useCommandMutation("media_save");

  const openFile = (evenAProgram: boolean) => {
    save.reset();
    open.mutate(
      { media_file_id: media.media_file_id, even_a_program: evenAProgram },
      { onSuccess: ({ opened, file_name }) => setProgram(opened ? null : file_name) },
    );
  };
  const saveFile = async () => {
    setProgram(null);
    setSaved(false);
    open.reset();
    const path = await ipc.chooseSavePath({
      title: t("inbox.file.saveTitle"),
      suggestedName: media.save_as,
      filters: [],
    });
    if (path) save.mutate({ media_file_id: media.media_file_id, path }, { onSuccess: () => setSaved(true) });
  };
  const error = open.error ?? save.error;
  return (
    <>
      <div className="flex flex-wrap gap-2">
        {canOpen ? (
          <Button
            size="small"
            icon={ExternalLink}
            isPending={open.isPending}
            aria-label={t("inbox.file.openNamed", { name: media.save_as })}
            onPress={() => openFile(false)}
          >
            {t("inbox.file.open")}
          </Button>
        ) : null}
        <Button
          size="small"
          icon={Download}
          isPending={save.isPending}
          aria-label={t("inbox.file.saveNamed", { name: media.save_as })}
          onPress={() => void saveFile()}
        >
          {t("inbox.file.save")}
        </Button>
        <span aria-live="polite" className="self-center text-phone-ink-2 text-xs">
          {saved ? t("inbox.file.saved") : ""}
        </span>
      </div>
      {error ? <ErrorNote error={error} className="mt-2" /> : null}
      <Dialog
        role="alertdialog"
        size="small"
        title={t("inbox.file.program")}
        isOpen={program !== null}
        onClose={() => setProgram(null)}
        footer={
          <>
            <Button autoFocus onPress={() => setProgram(null)}>
              {t("inbox.file.program.leave")}
            </Button>
            <Button onPress={() => void saveFile()}>{t("inbox.file.program.save")}</Button>
            <Button variant="danger" isPending={open.isPending} onPress={() => openFile(true)}>
              {t("inbox.file.program.open")}
            </Button>
          </>
        }
      >
        <p className="break-words text-ink-2">
          <bdi className="font-medium text-ink">{program}</bdi>
        </p>
        <p className="mt-2 text-ink-2">{t("inbox.file.program.body")}</p>
      </Dialog>
    </>
  );
}
