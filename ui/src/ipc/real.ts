// The real door: commands and events of the shell.
import { convertFileSrc, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { getCurrentWindow } from "@tauri-apps/api/window";
import { open, save } from "@tauri-apps/plugin-dialog";
import { CallError, type EventName, type Events, type FileDrag, type Ipc, toUiError } from "./ipc";

/** Turns a promise of an "unlisten" into one that can be called at once, in any order. */
function subscription(started: Promise<() => void>): () => void {
  let ended = false;
  let stop: (() => void) | null = null;
  started.then((unlisten) => {
    if (ended) unlisten();
    else stop = unlisten;
  });
  return () => {
    ended = true;
    stop?.();
  };
}

function onFileDrag(listener: (payload: FileDrag) => void): () => void {
  return subscription(
    getCurrentWebview().onDragDropEvent(({ payload }) => {
      if (payload.type === "drop") {
        const path = payload.paths[0];
        listener(path ? { state: "drop", path } : { state: "leave" });
      } else if (payload.type === "leave") listener({ state: "leave" });
      else if (payload.type === "enter") listener({ state: "over" });
    }),
  );
}

export function createRealIpc(): Ipc {
  let zoom = 100;
  return {
    async call(name, request) {
      try {
        return await invoke(name, { request });
      } catch (thrown) {
        throw new CallError(toUiError(thrown));
      }
    },
    on<E extends EventName>(event: E, listener: (payload: Events[E]) => void) {
      if (event === "file-drag") return onFileDrag(listener as (payload: FileDrag) => void);
      return subscription(listen<Events[E]>(event, ({ payload }) => listener(payload)));
    },
    async chooseFile({ title, filters }) {
      const chosen = await open({ title, filters, multiple: false, directory: false });
      return typeof chosen === "string" ? chosen : null;
    },
    chooseSavePath: ({ title, suggestedName, filters }) => save({ title, filters, defaultPath: suggestedName }),
    async openLink(url) {
      await invoke("plugin:opener|open_url", { url });
    },
    setTitle(title) {
      document.title = title;
      void getCurrentWindow()
        .setTitle(title)
        .catch(() => undefined);
    },
    setZoom(percent) {
      if (percent === zoom) return;
      zoom = percent;
      void getCurrentWebview()
        .setZoom(percent / 100)
        .catch(() => undefined);
    },
    mediaUrl: (id) => convertFileSrc(id, "media"),
  };
}
