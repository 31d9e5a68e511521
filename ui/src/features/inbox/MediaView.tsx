// A file in a bubble: a box of known size in every state, so that nothing jumps when the file arrives.
import { FileText, FileX, Image as ImageIcon, LoaderCircle, Music, RotateCw, Sticker, Video } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/overlays";
import { useT } from "../../i18n/t";
import { useIpc } from "../../ipc/context";
import type { MessageMedia } from "../../ipc/ipc";
import { FileActions } from "./FileActions";

const ICONS = { image: ImageIcon, video: Video, audio: Music, document: FileText, sticker: Sticker } as const;
const KINDS = ["image", "video", "audio", "document", "sticker"] as const;
type Kind = (typeof KINDS)[number];

function kindOf(media: MessageMedia): Kind {
  return KINDS.find((kind) => kind === media.kind) ?? "document";
}

/** "PDF", "DOCX": what people call a kind of file. */
function fileKind({ save_as }: MessageMedia): string | null {
  const ending = save_as.split(".").at(-1) ?? "";
  return ending === "" || ending === "bin" ? null : ending.toLocaleUpperCase();
}

export function MediaView({ media, caption }: { media: MessageMedia; caption: string }) {
  const t = useT();
  const ipc = useIpc();
  const [attempt, setAttempt] = useState(0);
  const [broken, setBroken] = useState(false);
  const [enlarged, setEnlarged] = useState(false);
  const kind = kindOf(media);
  const what = t(`inbox.media.${kind}`);
  const Icon = ICONS[kind];

  if (media.state !== "here" || broken) {
    const text = broken
      ? t("inbox.media.broken")
      : t(`inbox.media.${media.state === "here" ? "fetching" : media.state}`);
    const lost = media.state === "lost";
    const StateIcon = lost || broken ? FileX : media.state === "fetching" ? LoaderCircle : RotateCw;
    return (
      <div
        className={`flex items-center gap-3 rounded-lg bg-sunken/60 p-3 text-phone-ink ${kind === "image" || kind === "video" ? "h-36 w-64 max-w-full flex-col justify-center text-center" : "w-64 max-w-full"}`}
      >
        <span className="relative">
          <Icon aria-hidden size={26} className="text-phone-ink-2" />
          <StateIcon
            aria-hidden
            size={14}
            className={`absolute -end-2 -bottom-1 rounded-full bg-phone-bubble ${lost || broken ? "text-trouble" : "text-phone-ink-2 motion-safe:animate-spin"}`}
          />
        </span>
        <span className="min-w-0">
          <span className="block truncate font-medium">{media.file_name ?? what}</span>
          <span className="block text-phone-ink-2 text-xs">{text}</span>
        </span>
        {broken && (
          <Button
            size="small"
            onPress={() => {
              setBroken(false);
              setAttempt((n) => n + 1);
            }}
          >
            {t("common.retry")}
          </Button>
        )}
      </div>
    );
  }

  const url = ipc.mediaUrl(media.media_file_id);
  const alt = caption === "" ? t("inbox.media.photoAlt") : t("inbox.media.photoAltCaption", { caption });
  switch (kind) {
    case "image":
    case "sticker":
      return (
        <>
          <button
            type="button"
            onClick={() => setEnlarged(true)}
            aria-label={t("inbox.media.enlarge", { what: alt })}
            className={`block overflow-hidden rounded-lg bg-sunken/60 ${kind === "sticker" ? "size-32" : "h-48 w-64 max-w-full"}`}
          >
            <img
              key={attempt}
              src={url}
              alt={alt}
              className={`size-full ${kind === "sticker" ? "object-contain" : "object-cover"}`}
              onError={() => setBroken(true)}
            />
          </button>
          <Dialog isOpen={enlarged} onClose={() => setEnlarged(false)} title={what} size="large">
            <img src={url} alt={alt} className="mx-auto mb-4 max-h-[64vh] max-w-full rounded-lg object-contain" />
            <FileActions media={media} />
          </Dialog>
        </>
      );
    case "video":
      return (
        // biome-ignore lint/a11y/useMediaCaption: a customer's own film has no captions
        <video
          key={attempt}
          src={url}
          controls
          preload="metadata"
          aria-label={what}
          className="h-48 w-64 max-w-full rounded-lg bg-black"
          onError={() => setBroken(true)}
        />
      );
    case "audio":
      return (
        // biome-ignore lint/a11y/useMediaCaption: a customer's own voice message has no captions
        <audio
          key={attempt}
          src={url}
          controls
          preload="metadata"
          aria-label={what}
          className="w-64 max-w-full"
          onError={() => setBroken(true)}
        />
      );
    default:
      return (
        <div className="w-72 max-w-full rounded-lg bg-sunken/60 p-3">
          <div className="mb-2.5 flex items-center gap-3">
            <FileText aria-hidden size={26} className="shrink-0 text-phone-ink-2" />
            <span className="min-w-0">
              <span className="block truncate font-medium" title={media.save_as}>
                <bdi>{media.file_name ?? what}</bdi>
              </span>
              <span className="block text-phone-ink-2 text-xs">{fileKind(media) ?? what}</span>
            </span>
          </div>
          <FileActions media={media} />
        </div>
      );
  }
}
