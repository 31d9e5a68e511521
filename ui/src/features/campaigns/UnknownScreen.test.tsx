import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createFakeIpc } from "../../ipc/fake";
import { axeFaults, openAt } from "../../testing/render";

const cards = () => screen.findAllByRole("article");

it("shows who, what and the evidence of each send in doubt", async () => {
  await openAt("/campaigns/unknown");
  const first = (await cards())[0] as HTMLElement;
  expect(within(first).getByText("The request went out")).toBeInTheDocument();
  expect(within(first).getByText(/No answer from Meta in time/)).toBeInTheDocument();
  expect(within(first).getByRole("link", { name: /Advent|Winter|Saturday/ })).toBeInTheDocument();
  expect(await axeFaults()).toEqual([]);
});

it("leaves one with an undo, by keyboard", async () => {
  const { user, ipc } = await openAt("/campaigns/unknown");
  const before = (await cards()).length;
  const leave = within((await cards())[0] as HTMLElement).getByRole("button", { name: /^Leave the message/ });
  leave.focus();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(screen.getAllByRole("article")).toHaveLength(before - 1));
  await user.click(screen.getByRole("button", { name: "Undo" }));
  await waitFor(() => expect(screen.getAllByRole("article")).toHaveLength(before));
  expect(ipc.calls.filter(({ name }) => name === "unknown_settle").map(({ request }) => request)).toMatchObject([
    { decision: "leave" },
    { decision: "take_back" },
  ]);
});

it("says the risk before a send is treated as not sent, and asks for nothing else", async () => {
  const { user } = await openAt("/campaigns/unknown");
  await user.click(within((await cards())[0] as HTMLElement).getByRole("button", { name: /as not sent$/ }));
  const dialog = await screen.findByRole("alertdialog", { name: "Treat this message as not sent?" });
  expect(dialog).toHaveTextContent("It may have arrived.");
  expect(dialog).toHaveTextContent("they may get it twice");
  expect(dialog).toHaveTextContent("Nothing is sent by this");
  await user.click(within(dialog).getByRole("button", { name: "Treat as not sent" }));
  expect(await screen.findByText(/Treated as not sent\. Nothing was sent|Nothing was sent\./)).toBeInTheDocument();
  await user.click(screen.getByRole("tab", { name: /Decided by you/ }));
  expect(await screen.findByRole("button", { name: /^Take back what was decided/ })).toBeInTheDocument();
});

it("says that statuses may be waiting while the relay is silent", async () => {
  const ipc = createFakeIpc();
  ipc.world.relay.state = "unreachable";
  await openAt("/campaigns/unknown", ipc);
  expect(await screen.findByText(/settled as soon as it is back/)).toBeInTheDocument();
});

it("is calm when nothing is in doubt", async () => {
  await openAt("/campaigns/unknown", createFakeIpc({ empty: true }));
  expect(await screen.findByText("No message is in doubt")).toBeInTheDocument();
});

it("is where Today leads", async () => {
  const { user, router } = await openAt("/");
  const line = (await screen.findByText(/The outcome of \d+ messages is unknown/)).closest("li") as HTMLElement;
  await user.click(within(line).getByRole("button"));
  await waitFor(() => expect(router.state.location.pathname).toBe("/campaigns/unknown"));
});
