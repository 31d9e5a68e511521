// Toasts tell only what happened elsewhere; what happened here is told beside its cause.
import { X } from "lucide-react";
import {
  Text,
  UNSTABLE_Toast as Toast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from "react-aria-components";
import { useT } from "../i18n/t";
import { IconButton } from "./Button";

export interface ToastMessage {
  title: string;
  description?: string;
}

const queue = new ToastQueue<ToastMessage>({ maxVisibleToasts: 3 });

/** Tells about something that happened on another screen. */
export function toast(message: ToastMessage): void {
  queue.add(message, { timeout: 8_000 });
}

export function Toasts() {
  const t = useT();
  return (
    <ToastRegion queue={queue} className="fixed end-4 bottom-12 z-50 flex flex-col gap-2 outline-none">
      {({ toast: entry }) => (
        <Toast
          toast={entry}
          className="flex w-80 items-start gap-3 rounded-card border border-line bg-raised p-3 text-sm shadow-float"
        >
          <ToastContent className="min-w-0 flex-1">
            <Text slot="title" className="block font-semibold">
              {entry.content.title}
            </Text>
            {entry.content.description ? (
              <Text slot="description" className="block text-ink-2">
                {entry.content.description}
              </Text>
            ) : null}
          </ToastContent>
          <IconButton slot="close" size="small" icon={X} label={t("common.close")} />
        </Toast>
      )}
    </ToastRegion>
  );
}
