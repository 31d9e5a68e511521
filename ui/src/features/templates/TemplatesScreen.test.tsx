import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createFakeIpc } from "../../ipc/fake";
import { axeFaults, openAt } from "../../testing/render";
import { fillText } from "./fill";
import { prettyJson } from "./TemplateDetailPane";

const card = async (name: string) => {
  const title = await screen.findByRole("button", { name });
  return title.closest("li") as HTMLElement;
};

it("shows languages under one name, with a preview filled with samples", async () => {
  const { user } = await openAt("/templates");
  const bread = await card("saturday_bread");
  expect(within(bread).getByRole("figure")).toHaveTextContent("Hi Amélie, the sourdough is back.");
  expect(within(bread).getByText("Good quality")).toBeInTheDocument();
  await user.click(within(bread).getByRole("button", { name: "French" }));
  expect(within(bread).getByRole("figure")).toHaveTextContent("Bonjour Amélie");
  expect(await axeFaults()).toEqual([]);
});

it("says why a template cannot be sent", async () => {
  await openAt("/templates");
  const paused = await card("clearance_event");
  expect(within(paused).getByText("Paused")).toBeInTheDocument();
  expect(within(paused).getByText(/people reported it/)).toBeInTheDocument();
});

it("opens one with its history and JSON, and Esc leads back to its card", async () => {
  const { user, router } = await openAt("/templates");
  await user.click(await screen.findByRole("button", { name: "order_ready" }));
  const pane = await screen.findByRole("region", { name: "Template" });
  expect(await within(pane).findByText("body.2")).toBeInTheDocument();
  await user.click(within(pane).getByRole("tab", { name: "History" }));
  expect(within(pane).getByText("First seen in this account.")).toBeInTheDocument();
  await user.click(within(pane).getByRole("tab", { name: "JSON" }));
  expect(within(pane).getByText(/"type": "BODY"/)).toBeInTheDocument();
  expect(await axeFaults()).toEqual([]);
  await user.keyboard("{Escape}");
  await waitFor(() => expect(router.state.location.pathname).toBe("/templates"));
  expect(screen.getByRole("button", { name: "order_ready" })).toHaveFocus();
});

it("filters to those that need a look", async () => {
  const { user } = await openAt("/templates");
  await user.click(await screen.findByRole("radio", { name: "Need a look" }));
  await waitFor(() => expect(screen.queryByRole("button", { name: "order_ready" })).toBeNull());
  expect(screen.getByRole("button", { name: "order_delayed" })).toBeInTheDocument();
});

it("reads the list from Meta again and says what it found", async () => {
  const { user } = await openAt("/templates");
  await user.click(await screen.findByRole("button", { name: "Read from Meta again" }));
  expect(await screen.findByText(/11 templates at Meta: none new, 1 changed, none gone/)).toBeInTheDocument();
});

it("teaches the next step when there are none", async () => {
  await openAt("/templates", createFakeIpc({ empty: true }));
  expect(await screen.findByRole("heading", { name: "No templates yet" })).toBeInTheDocument();
});

it("leaves a placeholder without a value as it is written", () => {
  const values = new Map([["body.1", "Noah"]]);
  expect(fillText("Hello {{1}}, {{ 2 }} is ready", "body", values)).toBe("Hello Noah, {{ 2 }} is ready");
});

it("shows JSON that cannot be read as it came", () => {
  expect(prettyJson("[not json")).toBe("[not json");
});
