import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createFakeIpc } from "../../ipc/fake";
import { axeFaults, openAt } from "../../testing/render";

it("shows how far a campaign came and goes on as the core tells", async () => {
  const { ipc } = await openAt("/campaigns/campaign-running");
  const funnel = await screen.findByRole("region", { name: "How far it came" });
  const sent = within(funnel).getByRole("button", { name: /^Sent / });
  const before = sent.textContent;
  expect(screen.getByRole("progressbar", { name: "Sending" })).toBeInTheDocument();
  expect(await axeFaults()).toEqual([]);
  act(() => ipc.advance(5_000));
  await waitFor(() => expect(sent.textContent).not.toBe(before));
});

it("keeps three words apart and opens exactly the people it counted", async () => {
  const { user, ipc } = await openAt("/campaigns/campaign-done");
  const outside = await screen.findByRole("region", { name: "What did not arrive" });
  for (const word of ["Not sent by us", "Held back by Meta", "Failed"])
    expect(within(outside).getByRole("heading", { name: word })).toBeInTheDocument();
  const [detail] = await Promise.all([ipc.call("campaign_get", { id: "campaign-done" })]);
  const held = detail.row.counts.withheld;
  await user.click(within(outside).getByRole("button", { name: `Not delivered by Meta ${held}` }));
  const grid = await screen.findByRole("grid", { name: "People" });
  await waitFor(() => expect(grid).toHaveAttribute("aria-rowcount", String(held + 1)));
  expect(within(grid).getAllByText("Held back by Meta")).toHaveLength(held);
  expect(await axeFaults()).toEqual([]);
});

it("groups failures with the remedy", async () => {
  const { user, router } = await openAt("/campaigns/campaign-done");
  const reasons = await screen.findByRole("region", { name: "Why messages did not arrive" });
  const first = within(reasons).getAllByRole("button")[0] as HTMLElement;
  expect(first).toHaveTextContent("left out of campaigns for 30 days");
  await user.click(first);
  await waitFor(() => expect(router.state.location.search).toEqual({ reason: "131026" }));
});

it("pauses, resumes and cancels, saying whom a cancel leaves out", async () => {
  const { user } = await openAt("/campaigns/campaign-running");
  await user.click(await screen.findByRole("button", { name: "Pause" }));
  await user.click(await screen.findByRole("button", { name: "Resume" }));
  await user.click(await screen.findByRole("button", { name: "Cancel the rest" }));
  const dialog = await screen.findByRole("alertdialog", { name: "Cancel what has not left?" });
  expect(dialog).toHaveTextContent(/\d+ people have not been sent to yet/);
  await user.click(within(dialog).getByRole("button", { name: "Cancel the rest" }));
  expect(await screen.findByText("Cancelled")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Pause" })).toBeNull();
});

it("says why nothing leaves while the relay is silent", async () => {
  const ipc = createFakeIpc();
  ipc.world.relay.state = "unreachable";
  await openAt("/campaigns/campaign-running", ipc);
  expect(await screen.findByText(/Waiting for the relay/)).toBeInTheDocument();
});

it("shows the rate as a picture with the same numbers as a table", async () => {
  const { user } = await openAt("/campaigns/campaign-done");
  const figure = await screen.findByRole("figure", { name: "Messages over time" });
  expect(within(figure).getAllByRole("row")).toHaveLength(41);
  await user.click(within(figure).getByRole("button", { name: "Show as a table" }));
  expect(within(figure).getByRole("button", { name: "Show as a picture" })).toBeInTheDocument();
});

it("lists campaigns with progress and leads an empty account to its first one", async () => {
  const { unmount } = await openAt("/campaigns");
  const link = await screen.findByRole("link", { name: "Advent pre-orders" });
  expect(link).toHaveAttribute("href", expect.stringContaining("/campaigns/campaign-running"));
  expect(await axeFaults()).toEqual([]);
  unmount();
  await openAt("/campaigns", createFakeIpc({ empty: true }));
  expect(await screen.findByText("No campaign yet")).toBeInTheDocument();
});

it("deletes a draft at once and brings it back on undo", async () => {
  const { user } = await openAt("/campaigns");
  await user.click(await screen.findByRole("button", { name: "Delete the draft Thank you, early birds" }));
  await waitFor(() => expect(screen.queryByRole("link", { name: "Thank you, early birds" })).toBeNull());
  await user.click(screen.getByRole("button", { name: "Undo" }));
  expect(await screen.findByRole("link", { name: "Thank you, early birds" })).toBeInTheDocument();
});
