import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { faultOptions } from "./app/faults";
import { rememberedZoom } from "./app/look";
import type { Ipc } from "./ipc/ipc";
import { createRealIpc } from "./ipc/real";
import "./styles/index.css";

/** In a browser (`npm run dev`) there is no core: the fake of the tests stands in. A build for release has none. */
async function openDoor(): Promise<Ipc> {
  if ((import.meta.env.DEV || import.meta.env.MODE === "fake") && !("__TAURI_INTERNALS__" in window)) {
    const { createFakeIpc } = await import("./ipc/fake");
    // `?world=first-start|empty|real&relay=unreachable&theme=dark&language=en-XA&density=compact` for looking at states.
    const asked = new URLSearchParams(location.search);
    const world = asked.get("world");
    const fake = createFakeIpc({
      live: asked.get("live") !== "0",
      firstStart: world === "first-start",
      empty: world === "empty",
      kind: world === "real" ? "real" : "practice",
    });
    // The router keeps its place in the hash and would take these for its own.
    history.replaceState(null, "", location.pathname + location.hash);
    const { settings } = fake.world;
    fake.world.settings = {
      ...settings,
      theme: asked.get("theme") === "dark" ? "dark" : asked.get("theme") === "light" ? "light" : settings.theme,
      density: asked.get("density") === "compact" ? "compact" : settings.density,
      language: asked.get("language") ?? settings.language,
    };
    const { relayTroubles } = await import("./ipc/fake/relay-troubles");
    Object.assign(fake.world.relay, relayTroubles[asked.get("relay") ?? ""]);
    return fake;
  }
  return createRealIpc();
}

const host = document.getElementById("root");
if (host) {
  const ipc = await openDoor();
  ipc.setZoom(rememberedZoom());
  createRoot(host, faultOptions(ipc)).render(
    <StrictMode>
      <App ipc={ipc} />
    </StrictMode>,
  );
}
