import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createFakeIpc } from "../../ipc/fake";
import { axeFaults, openAt } from "../../testing/render";

it("saves the proof of consent in two clicks", async () => {
  const ipc = createFakeIpc();
  ipc.dialogs.savePath = "/home/ana/proof.csv";
  const { user } = await openAt("/contacts/contact-0", ipc);
  await user.click(await screen.findByRole("button", { name: "Prove consent" }));
  await user.click(await screen.findByRole("menuitem", { name: "As a table (CSV)" }));
  expect(await screen.findByText("Saved to /home/ana/proof.csv")).toBeInTheDocument();
  expect(ipc.calls).toContainEqual({
    name: "consent_prove",
    request: { id: "contact-0", format: "csv", path: "/home/ana/proof.csv" },
  });
});

it("erases nobody until the name is typed, and says before what goes and what stays", async () => {
  const { user, ipc, router } = await openAt("/contacts/contact-0");
  await user.click(await screen.findByRole("button", { name: "More" }));
  await user.click(await screen.findByRole("menuitem", { name: "Erase…" }));
  const dialog = await screen.findByRole("alertdialog", { name: "Erase Amélie Bouchard?" });
  expect(await within(dialog).findByText(/They cannot be messaged again/)).toBeInTheDocument();
  const confirm = within(dialog).getByRole("button", { name: "Erase for good" });
  expect(confirm).toBeDisabled();
  expect(await axeFaults()).toEqual([]);
  await user.type(within(dialog).getByLabelText("Type Amélie Bouchard to erase them"), "Amélie");
  expect(confirm).toBeDisabled();
  await user.type(within(dialog).getByLabelText("Type Amélie Bouchard to erase them"), " bouchard");
  await user.click(confirm);
  await waitFor(() => expect(router.state.location.pathname).toBe("/contacts"));
  expect(ipc.calls.find(({ name }) => name === "contact_erase")?.request).toMatchObject({ typed: "Amélie Bouchard" });
});

it("records an opt-in only with wording, place and day", async () => {
  const { user, ipc } = await openAt("/contacts/contact-0");
  await user.click(await screen.findByRole("button", { name: "More" }));
  await user.click(await screen.findByRole("menuitem", { name: "Record an opt-in…" }));
  const dialog = await screen.findByRole("alertdialog");
  const confirm = within(dialog).getByRole("button", { name: "Record the opt-in" });
  await user.type(within(dialog).getByLabelText(/What they agreed to/), "Yes, write to me");
  await user.type(within(dialog).getByLabelText(/Where/), "Counter");
  expect(confirm).toBeDisabled();
  await user.type(within(dialog).getByLabelText(/When/), "2026-11-03T14:30");
  await user.click(confirm);
  await waitFor(() => expect(ipc.calls.some(({ name }) => name === "contact_opt_in")).toBe(true));
});
