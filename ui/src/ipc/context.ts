import { createContext, use } from "react";
import type { Ipc } from "./ipc";

const IpcContext = createContext<Ipc | null>(null);

export const IpcProvider = IpcContext.Provider;

export function useIpc(): Ipc {
  const ipc = use(IpcContext);
  if (!ipc) throw new Error("a screen was drawn outside <IpcProvider>");
  return ipc;
}
