import { useEffect } from "react";
import type { Locale } from "../i18n/locales";
import { useIpc } from "../ipc/context";
import type { Settings } from "../ipc/ipc";
import { rememberLook } from "./look";

/**
 * Puts theme, density, size, language and direction where the tokens look for them. Until the settings are read the
 * window keeps the look it had last.
 */
export function useAppearance(settings: Settings | undefined, locale: Locale): void {
  const ipc = useIpc();
  useEffect(() => {
    if (!settings) return;
    const { theme, density, zoom_percent } = settings;
    const root = document.documentElement;
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    root.dataset.density = density;
    ipc.setZoom(zoom_percent);
    rememberLook({ theme, density, zoom_percent });
  }, [ipc, settings]);
  useEffect(() => {
    const root = document.documentElement;
    root.lang = locale.tag;
    root.dir = locale.direction;
  }, [locale]);
}
