import { toast } from "../../components/toasts";
import { useT } from "../../i18n/t";
import { useIpc } from "../../ipc/context";

/** Opens a page in the browser; where that is not possible the address goes to the clipboard and says so. */
export function useOpenLink(): (url: string) => void {
  const ipc = useIpc();
  const t = useT();
  return (url) => {
    ipc.openLink(url).catch(async () => {
      await navigator.clipboard?.writeText(url).catch(() => undefined);
      toast({ title: t("account.link.copied", { url }) });
    });
  };
}
