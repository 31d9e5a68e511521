import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";
import { createFakeIpc } from "../../ipc/fake";
import { customerWrites } from "../../ipc/fake/inbox";
import { axeFaults, openAt } from "../../testing/render";
import { clearDrafts } from "./drafts";
import { clearOutgoing } from "./outgoing";

beforeEach(() => {
  clearDrafts();
  clearOutgoing();
});

const list = () => screen.findByRole("grid", { name: "Conversations" });
const log = (name: string) => screen.findByRole("region", { name: `Messages with ${name}` });
const field = (name: string) => screen.findByRole("textbox", { name: `Message to ${name}` });

it("lists conversations with their last line, unread count and time left", async () => {
  await openAt("/inbox");
  const row = await within(await list()).findByRole("row", { name: /Amélie Bouchard/ });
  expect(row).toHaveTextContent("Is there somewhere to park nearby?");
  expect(within(row).getByText("1 unread message")).toBeInTheDocument();
  expect(within(row).getByRole("img", { name: /^Window: .* left$/ })).toBeInTheDocument();
  expect(await axeFaults()).toEqual([]);
});

it("opens a conversation with the keyboard, lets one answer, and Esc leads back", async () => {
  const { user, ipc, router } = await openAt("/inbox");
  const first = await within(await list()).findByRole("row", { name: /Amélie Bouchard/ });
  first.focus();
  await user.keyboard("{Enter}");
  const answer = await field("Amélie Bouchard");
  await waitFor(() => expect(answer).toHaveFocus());
  await user.keyboard("Behind the church.{Shift>}{Enter}{/Shift}It is free.{Enter}");
  const sent = ipc.calls.find(({ name }) => name === "message_reply");
  expect(sent?.request).toMatchObject({ contact_id: "contact-0", text: "Behind the church.\nIt is free." });
  await within(await log("Amélie Bouchard")).findByText(/Behind the church/);
  await user.keyboard("{Escape}");
  await waitFor(() => expect(router.state.location.pathname).toBe("/inbox"));
});

it("marks a conversation read when it is looked at", async () => {
  const { ipc } = await openAt("/inbox/contact-0");
  await log("Amélie Bouchard");
  await waitFor(() => expect(ipc.calls).toContainEqual({ name: "thread_mark_read", request: { id: "contact-0" } }));
  const row = await within(await list()).findByRole("row", { name: /Amélie Bouchard/ });
  await waitFor(() => expect(within(row).queryByText(/unread message/)).toBeNull());
});

it("shows bubbles with quotes, reactions, failures and files in every state", async () => {
  await openAt("/inbox/contact-0");
  const bubbles = await log("Amélie Bouchard");
  expect(within(bubbles).getByText(/reacted with/)).toBeInTheDocument();
  expect(within(bubbles).getByText(/the phone could not be reached for a while/)).toBeInTheDocument();
  expect(within(bubbles).getByText("On its way from Meta")).toBeInTheDocument();
  expect(within(bubbles).getByText(/Meta no longer has it/)).toBeInTheDocument();
  expect(within(bubbles).getByRole("img", { name: "Photo: One like this please" })).toBeInTheDocument();
  expect(await axeFaults()).toEqual([]);
});

it("opens and saves a document, and warns before it opens what may be a program", async () => {
  const { ipc, user } = await openAt("/inbox/contact-0");
  const bubbles = await log("Amélie Bouchard");
  await user.click(within(bubbles).getByRole("button", { name: "Open allergies.pdf" }));
  expect(ipc.calls).toContainEqual({
    name: "media_open",
    request: { media_file_id: "fake-list", even_a_program: false },
  });
  ipc.dialogs.savePath = "/home/shop/allergies.pdf";
  await user.click(within(bubbles).getByRole("button", { name: "Save allergies.pdf" }));
  expect(await within(bubbles).findByText("Saved")).toBeInTheDocument();
  expect(ipc.calls).toContainEqual({
    name: "media_save",
    request: { media_file_id: "fake-list", path: "/home/shop/allergies.pdf" },
  });
  await user.click(within(bubbles).getByRole("button", { name: "Open menu.pdf.exe" }));
  const warning = await screen.findByRole("alertdialog", { name: "This file may be a program" });
  expect(within(warning).getByRole("button", { name: "Leave it" })).toHaveFocus();
  expect(await axeFaults(warning)).toEqual([]);
  await user.click(within(warning).getByRole("button", { name: "Open it all the same" }));
  await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
  expect(ipc.calls).toContainEqual({
    name: "media_open",
    request: { media_file_id: "fake-program", even_a_program: true },
  });
});

it("enlarges a photo, which can be saved from there", async () => {
  const { user } = await openAt("/inbox/contact-0");
  const bubbles = await log("Amélie Bouchard");
  await user.click(within(bubbles).getByRole("button", { name: /^Enlarge/ }));
  const dialog = await screen.findByRole("dialog", { name: "Photo" });
  expect(within(dialog).getByRole("button", { name: "Save photo.png" })).toBeInTheDocument();
});

it("keeps a failed answer with its reason; trying again uses the same key", async () => {
  const ipc = createFakeIpc();
  const { user } = await openAt("/inbox/contact-0", ipc);
  ipc.failNext("message_reply", { code: "graph_unreachable", message: "Meta could not be reached.", retryable: true });
  await user.type(await field("Amélie Bouchard"), "Come before six{Enter}");
  expect(await screen.findByText(/Meta could not be reached\./)).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.queryByText(/Meta could not be reached\./)).toBeNull());
  const keys = ipc.calls
    .filter(({ name }) => name === "message_reply")
    .map(({ request }) => (request as { idempotency_key: string }).idempotency_key);
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size).toBe(1);
  expect(within(await log("Amélie Bouchard")).getAllByText("Come before six")).toHaveLength(1);
});

it("keeps a draft per conversation while one moves about", async () => {
  const { user, router } = await openAt("/inbox/contact-0");
  await user.type(await field("Amélie Bouchard"), "Half a sentence");
  await router.navigate({ to: "/inbox/$contactId", params: { contactId: "contact-3" } });
  expect(await field("Óscar Núñez")).toHaveValue("");
  expect(await within(await list()).findByText("Half a sentence")).toBeInTheDocument();
  await router.navigate({ to: "/inbox/$contactId", params: { contactId: "contact-0" } });
  expect(await field("Amélie Bouchard")).toHaveValue("Half a sentence");
});

it("keeps what was typed when the window closes meanwhile, and offers a template", async () => {
  const { user, ipc } = await openAt("/inbox/contact-0");
  await user.type(await field("Amélie Bouchard"), "One moment");
  ipc.world.nowMs += 25 * 3_600_000;
  ipc.world.changed("inbox");
  ipc.world.flush();
  expect(await screen.findByRole("button", { name: "Choose a template" })).toBeInTheDocument();
  expect(screen.getByText("Your draft is kept until the window opens again:")).toBeInTheDocument();
  expect(screen.getAllByText("One moment").length).toBeGreaterThan(0);
});

it("quotes a certain message with the keyboard, and Esc lets go of it first", async () => {
  const { user, ipc, router } = await openAt("/inbox/contact-0");
  await user.click(await field("Amélie Bouchard"));
  await user.keyboard("{Control>}{ArrowUp}{ArrowUp}{/Control}");
  expect(await screen.findByText("Answering your own message")).toBeInTheDocument();
  await user.keyboard("{Control>}{ArrowDown}{/Control}");
  expect(await screen.findByText("Answering Amélie Bouchard")).toBeInTheDocument();
  await user.keyboard("{Escape}");
  expect(screen.queryByText("Answering Amélie Bouchard")).toBeNull();
  expect(router.state.location.pathname).toBe("/inbox/contact-0");
  await user.keyboard("{Control>}{ArrowUp}{/Control}Behind the church{Enter}");
  await waitFor(() =>
    expect(ipc.calls.find(({ name }) => name === "message_reply")?.request).toMatchObject({
      quote_message_id: "contact-0-m11",
    }),
  );
});

it("counts down near the limit and does not send beyond it", async () => {
  const { user, ipc } = await openAt("/inbox/contact-0");
  const input = await field("Amélie Bouchard");
  await user.click(input);
  await user.paste("x".repeat(4_000));
  expect(await screen.findByText("96 characters left")).toBeInTheDocument();
  await user.paste("x".repeat(100));
  expect(await screen.findByText("4 characters too many")).toBeInTheDocument();
  await user.keyboard("{Enter}");
  expect(ipc.calls.some(({ name }) => name === "message_reply")).toBe(false);
});

it("says why nothing can be sent to somebody who opted out", async () => {
  await openAt("/inbox/contact-4");
  expect(await screen.findByText(/They wrote STOP, so nothing can be sent/)).toBeInTheDocument();
  expect(screen.getByText(/Read as an opt-out/)).toBeInTheDocument();
  expect(screen.queryByRole("textbox", { name: /^Message to/ })).toBeNull();
});

it("offers a template when the window is closed, and says what consent allows before sending", async () => {
  const { user, ipc } = await openAt("/inbox/contact-2");
  await user.click(await screen.findByRole("button", { name: "Choose a template" }));
  await user.click(await screen.findByRole("option", { name: /order_ready/ }));
  const dialog = await screen.findByRole("dialog");
  const send = within(dialog).getByRole("button", { name: "Send template" });
  expect(send).toBeDisabled();
  await user.type(within(dialog).getByRole("textbox", { name: "Value for “1”" }), "Priya");
  await user.type(within(dialog).getByRole("textbox", { name: "Value for “2”" }), "LSB-7");
  expect(within(dialog).getByRole("figure")).toHaveTextContent("Hello Priya, your order LSB-7 is packed");
  expect(await axeFaults()).toEqual([]);
  await user.click(send);
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(ipc.calls.find(({ name }) => name === "message_send_template")?.request).toMatchObject({
    contact_id: "contact-2",
    template_id: "1010",
    values: [
      { name: "body.1", value: "Priya" },
      { name: "body.2", value: "LSB-7" },
    ],
  });
});

it("does not send a marketing template to somebody who stopped marketing", async () => {
  const { user } = await openAt("/inbox/contact-6");
  await user.click(await screen.findByRole("button", { name: "Send a template" }));
  await user.click((await screen.findAllByRole("option", { name: /saturday_bread/ }))[0] as HTMLElement);
  const dialog = await screen.findByRole("dialog");
  expect(within(dialog).getByText(/switched off marketing/)).toBeInTheDocument();
  expect(within(dialog).getByRole("button", { name: "Send template" })).toBeDisabled();
});

it("starts a chat with somebody from the address book", async () => {
  const { user, router } = await openAt("/inbox");
  await user.click(await screen.findByRole("button", { name: "New chat" }));
  await user.type(await screen.findByRole("searchbox", { name: "Name or number" }), "Tomasz");
  await user.click(await screen.findByRole("option", { name: /Tomasz/ }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/inbox/contact-6"));
});

it("shows what a customer writes as soon as the core says that something changed", async () => {
  const { ipc } = await openAt("/inbox/contact-0");
  const bubbles = await log("Amélie Bouchard");
  customerWrites(ipc.world, "contact-0", "Found it, thanks!");
  ipc.world.flush();
  expect(await within(bubbles).findByText("Found it, thanks!")).toBeInTheDocument();
});

it("teaches the next step when there is nothing", async () => {
  await openAt("/inbox", createFakeIpc({ empty: true }));
  expect(await screen.findByRole("heading", { name: "No conversations yet" })).toBeInTheDocument();
  expect(await axeFaults()).toEqual([]);
});
