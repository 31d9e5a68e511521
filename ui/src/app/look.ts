// How the window looked last, kept on this machine so that the next start begins so: colours and sizes alone, nothing
// of an account. The settings decide as soon as they are read.
import { nearestZoom } from "../components/zoom";
import type { Settings } from "../ipc/ipc";

export type Look = Pick<Settings, "theme" | "density" | "zoom_percent">;

/** `public/first-look.js` reads the same entry before anything is drawn. */
const KEY = "switchboard.look";

export function rememberLook(look: Partial<Look>): void {
  try {
    const last: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    localStorage.setItem(KEY, JSON.stringify({ ...(last as object), ...look }));
  } catch {
    // A full or forbidden storage costs a flash at the next start, nothing else.
  }
}

/** The size that the last start left; 100 if there was none. */
export function rememberedZoom(): number {
  try {
    const look: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    const zoom = typeof look === "object" && look !== null && "zoom_percent" in look ? look.zoom_percent : 100;
    return typeof zoom === "number" ? nearestZoom(zoom) : 100;
  } catch {
    return 100;
  }
}
