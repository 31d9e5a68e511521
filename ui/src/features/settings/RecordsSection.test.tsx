import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { createFakeIpc } from "../../ipc/fake";
import { axeFaults, openAt } from "../../testing/render";

it("checks the ledger and says in one sentence that it holds", async () => {
  const { user } = await openAt("/settings/records");
  await user.click(await screen.findByRole("button", { name: "Check the ledger" }));
  expect(await screen.findByText(/Every entry holds: [\d,]+ entries checked, none missing/)).toBeInTheDocument();
  expect(screen.getByText(/^up to entry [\d,]+$/)).toBeInTheDocument();
  expect(screen.getByText("7D1F-0C64-B5A9-E382")).toBeInTheDocument();
  expect(await axeFaults()).toEqual([]);
});

it("takes a list of opt-outs from elsewhere and says what it did", async () => {
  const ipc = createFakeIpc();
  ipc.dialogs.openPath = "/home/ana/stop.csv";
  const { user } = await openAt("/settings/records", ipc);
  await user.click(await screen.findByRole("button", { name: "Read a list…" }));
  expect(await screen.findByText(/14 people are opted out now; 3 people had been before/)).toBeInTheDocument();
  await waitFor(() => expect(ipc.calls.some(({ name }) => name === "suppression_import")).toBe(true));
});
