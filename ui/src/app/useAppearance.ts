import { useEffect } from "react";
import type { Locale } from "../i18n/locales";
import type { Density, Theme } from "../ipc/ipc";

/** Puts theme, density, language and direction where the tokens look for them. */
export function useAppearance(theme: Theme, density: Density, locale: Locale): void {
  useEffect(() => {
    const root = document.documentElement;
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    root.dataset.density = density;
    root.lang = locale.tag;
    root.dir = locale.direction;
  }, [theme, density, locale]);
}
