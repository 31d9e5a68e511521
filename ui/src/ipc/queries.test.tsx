import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, it } from "vitest";
import { IpcProvider } from "./context";
import { createFakeIpc, type FakeIpc } from "./fake";
import { createQueryClientOptions, useChanges, useCommand } from "./queries";

function setup(ipc: FakeIpc) {
  const client = new QueryClient(createQueryClientOptions());
  const wrapper = ({ children }: { children: ReactNode }) => (
    <IpcProvider value={ipc}>
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </IpcProvider>
  );
  const asked = (name: string) => ipc.calls.filter((call) => call.name === name).length;
  renderHook(
    () => {
      useChanges(0);
      useCommand("settings_get", {}, { tags: ["settings"] });
      useCommand("campaign_list", {}, { tags: ["campaigns"] });
    },
    { wrapper },
  );
  return { asked };
}

it("asks again exactly what depends on the tags that changed", async () => {
  const ipc = createFakeIpc();
  const { asked } = setup(ipc);
  await waitFor(() => expect(asked("campaign_list")).toBe(1));
  await waitFor(() => expect(asked("settings_get")).toBe(1));
  act(() => {
    ipc.world.changed("campaigns");
    ipc.world.flush();
  });
  await waitFor(() => expect(asked("campaign_list")).toBe(2));
  expect(asked("settings_get")).toBe(1);
});

it("asks everything again when another account is open or the log no longer reaches back", async () => {
  const ipc = createFakeIpc();
  const { asked } = setup(ipc);
  await waitFor(() => expect(asked("settings_get")).toBe(1));
  act(() => ipc.emit("changes", { seq: 0, tags: [], refetch_all: true }));
  await waitFor(() => expect(asked("settings_get")).toBe(2));
  await waitFor(() => expect(asked("campaign_list")).toBe(2));
});
