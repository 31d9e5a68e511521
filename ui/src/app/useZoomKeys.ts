import { useEffect, useRef } from "react";
import { nextZoom } from "../components/zoom";
import { useIpc } from "../ipc/context";
import type { Settings } from "../ipc/ipc";
import { useCommandMutation } from "../ipc/queries";
import { rememberedZoom, rememberLook } from "./look";

/** Ctrl/Cmd with + and - makes everything larger and smaller, with 0 as it was; remembered in the settings. */
export function useZoomKeys(settings: Settings | undefined): void {
  const ipc = useIpc();
  const { mutate } = useCommandMutation("settings_update");
  const latest = useRef(settings);
  const zoom = useRef(settings?.zoom_percent ?? rememberedZoom());
  useEffect(() => {
    latest.current = settings;
    if (settings) zoom.current = settings.zoom_percent;
  }, [settings]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const step = stepOf(event);
      if (step === null) return;
      event.preventDefault();
      const next = nextZoom(zoom.current, step);
      if (next === zoom.current) return;
      zoom.current = next;
      // At once; the settings follow, so that several presses in a row are not slowed by the store.
      ipc.setZoom(next);
      rememberLook({ zoom_percent: next });
      if (latest.current) mutate({ ...latest.current, zoom_percent: next });
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [ipc, mutate]);
}

function stepOf({ key, code }: KeyboardEvent): -1 | 0 | 1 | null {
  if (key === "+" || key === "=" || code === "NumpadAdd") return 1;
  if (key === "-" || key === "_" || code === "NumpadSubtract") return -1;
  if (key === "0" || code === "Numpad0") return 0;
  return null;
}
