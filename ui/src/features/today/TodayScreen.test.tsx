import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createFakeIpc } from "../../ipc/fake";
import { axeFaults, openAt } from "../../testing/render";

it("says what needs one, each line with its one action that leads there", async () => {
  const { user, router } = await openAt("/");
  const needs = await screen.findByRole("region", { name: "Needs you" });
  expect(within(needs).getByText(/wait for an answer/)).toBeInTheDocument();
  const paused = within(needs)
    .getByText(/“Winter opening hours” is paused/)
    .closest("li");
  expect(paused).not.toBeNull();
  expect(within(paused as HTMLElement).getByRole("img", { name: "Trouble" })).toBeInTheDocument();
  expect(await axeFaults()).toEqual([]);
  await user.click(within(paused as HTMLElement).getByRole("button", { name: "Look at it" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/campaigns/campaign-paused"));
});

it("stays calm in one line and teaches the first step where nothing is there yet", async () => {
  const { user, router } = await openAt("/", createFakeIpc({ empty: true }));
  expect(await screen.findByText("Nothing needs you.")).toBeInTheDocument();
  expect(screen.queryByRole("region", { name: "Yesterday" })).toBeNull();
  // An empty address book is told once.
  expect(screen.queryByText("There is nobody in the address book yet.")).toBeNull();
  expect(screen.queryByRole("region", { name: "Good to know" })).toBeNull();
  expect(await axeFaults()).toEqual([]);
  const [, big] = screen.getAllByRole("link", { name: "Import a list" });
  await user.click(big as HTMLElement);
  await waitFor(() => expect(router.state.location.pathname).toBe("/import"));
});

it("counts today and yesterday in four numbers", async () => {
  await openAt("/");
  const yesterday = await screen.findByRole("region", { name: "Yesterday" });
  expect(yesterday).toHaveTextContent("1,862");
  expect(yesterday).toHaveTextContent("Replied");
});
