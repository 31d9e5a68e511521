import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import type { Ipc } from "./ipc/ipc";
import "./styles/index.css";

/** In a browser (`npm run dev`) there is no core: the fake of the tests stands in. A build for release has none. */
async function openDoor(): Promise<Ipc> {
  if (import.meta.env.DEV && !("__TAURI_INTERNALS__" in window)) {
    const { createFakeIpc } = await import("./ipc/fake");
    return createFakeIpc({ live: true });
  }
  const { createRealIpc } = await import("./ipc/real");
  return createRealIpc();
}

const host = document.getElementById("root");
if (host) {
  const ipc = await openDoor();
  createRoot(host).render(
    <StrictMode>
      <App ipc={ipc} />
    </StrictMode>,
  );
}
