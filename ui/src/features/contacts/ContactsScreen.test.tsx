import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createFakeIpc } from "../../ipc/fake";
import { axeFaults, openAt } from "../../testing/render";
import { groupVerdicts } from "./MayReceive";

const person = (name: string) => screen.findByRole("heading", { level: 2, name });
const may = () => screen.findByRole("region", { name: "What they may receive now" });

it("lists everybody with number and consent, and opens a person by keyboard", async () => {
  const { user, router } = await openAt("/contacts");
  const grid = await screen.findByRole("grid", { name: "Contacts" });
  const row = await within(grid).findByRole("row", { name: /Amélie Bouchard/ });
  expect(row).toHaveTextContent("+1 416 555 0100");
  expect(row).toHaveTextContent("Opted in");
  expect(await axeFaults()).toEqual([]);
  row.focus();
  await user.keyboard("{ArrowDown}{Enter}");
  await waitFor(() => expect(router.state.location.pathname).toBe("/contacts/contact-1"));
});

it("finds people and keeps the filter in the address", async () => {
  const { user, router } = await openAt("/contacts");
  await user.click(await screen.findByRole("radio", { name: "To decide" }));
  await waitFor(() => expect(router.state.location.search).toMatchObject({ filter: "to_decide" }));
  await user.type(screen.getByRole("searchbox"), "Kofi");
  const grid = await screen.findByRole("grid", { name: "Contacts" });
  expect(await within(grid).findByRole("row", { name: /Kofi Mensah/ })).toBeInTheDocument();
  expect(await screen.findByText("1 person")).toBeInTheDocument();
});

it("says why somebody gets no marketing, by which event, and what would change it", async () => {
  const { user } = await openAt("/contacts/contact-6");
  await person("Tomasz Brzęczyszczykiewicz");
  const verdicts = await may();
  expect(within(verdicts).getByRole("heading", { name: "Marketing: no" })).toBeInTheDocument();
  expect(within(verdicts).getByText(/switched off marketing in WhatsApp’s own chat menu/)).toBeInTheDocument();
  expect(within(verdicts).getByText(/Only they can switch it on again/)).toBeInTheDocument();
  await user.click(within(verdicts).getByRole("button", { name: /Show it: the event that decides about Marketing/ }));
  expect(document.activeElement).toHaveTextContent("Switched off marketing in WhatsApp’s chat menu.");
  expect(await axeFaults()).toEqual([]);
});

it("records an opt-out with how the operator knows", async () => {
  const { user, ipc } = await openAt("/contacts/contact-0");
  await user.click(await screen.findByRole("button", { name: "Record an opt-out" }));
  const dialog = await screen.findByRole("alertdialog");
  const confirm = within(dialog).getByRole("button", { name: "Record the opt-out" });
  expect(confirm).toBeDisabled();
  await user.type(within(dialog).getByRole("textbox", { name: /How do you know/ }), "Asked at the counter");
  expect(await axeFaults()).toEqual([]);
  await user.click(confirm);
  await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
  expect(ipc.calls).toContainEqual({
    name: "contact_opt_out",
    request: { id: "contact-0", note: "Asked at the counter" },
  });
  expect(await within(await may()).findByRole("heading", { name: /Marketing.*: no/ })).toBeInTheDocument();
});

it("lets the operator say that a probable opt-out was none, with a reason", async () => {
  const { user, ipc } = await openAt("/contacts/contact-9");
  const question = await screen.findByRole("region", { name: "Was this an opt-out?" });
  const none = within(question).getByRole("button", { name: "No, it was not" });
  expect(none).toBeDisabled();
  await user.type(within(question).getByRole("textbox"), "They meant the photos");
  await user.click(none);
  await waitFor(() => expect(screen.queryByRole("region", { name: "Was this an opt-out?" })).toBeNull());
  expect(ipc.calls.find(({ name }) => name === "opt_out_decide")?.request).toMatchObject({
    is_opt_out: false,
    note: "They meant the photos",
  });
  expect(await screen.findByText("You decided that this was not an opt-out.")).toBeInTheDocument();
});

it("says what happened and what to do when a person is gone", async () => {
  await openAt("/contacts/nobody");
  expect(await screen.findByRole("alert")).toHaveTextContent("This is not here any more");
});

it("teaches the import when the address book is empty", async () => {
  await openAt("/contacts", createFakeIpc({ empty: true }));
  expect(await screen.findByRole("heading", { name: "Nobody here yet" })).toBeInTheDocument();
  expect(screen.getAllByRole("button", { name: "Import a list" }).length).toBeGreaterThan(0);
});

it("says one answer once when it holds for all categories", () => {
  const verdict = (category: string, reason: string) => ({
    category,
    may_receive: "no" as const,
    reason,
    sentence: "s",
    remedy: null,
    event_id: "e",
  });
  const groups = groupVerdicts([verdict("utility", "a"), verdict("marketing", "a"), verdict("authentication", "b")]);
  expect(groups.map(({ categories }) => categories)).toEqual([["marketing", "utility"], ["authentication"]]);
});
