import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";
import { createFakeIpc } from "../../ipc/fake";
import { axeFaults, openAt } from "../../testing/render";
import { pretendPhone } from "./phone-store";

beforeEach(() => {
  pretendPhone.be(null);
  pretendPhone.close();
});

const phone = () => screen.findByRole("complementary", { name: "Pretend phone" });

async function becomeAmelie() {
  const view = await openAt("/templates");
  pretendPhone.open();
  const panel = await phone();
  await view.user.click(await within(panel).findByRole("option", { name: /Amélie Bouchard/ }));
  await within(panel).findByText("You are Amélie Bouchard");
  return { ...view, panel };
}

it("lets one pick whom to be, and shows what arrived", async () => {
  const { panel } = await becomeAmelie();
  expect(within(panel).getByText("Fresh this Saturday")).toBeInTheDocument();
  expect(await axeFaults(panel)).toEqual([]);
});

it("taps a quick reply, answers, and sends a photo", async () => {
  const { user, ipc, panel } = await becomeAmelie();
  await user.click(within(panel).getByRole("button", { name: "Keep me a loaf" }));
  await waitFor(() =>
    expect(ipc.calls).toContainEqual({
      name: "phone_tap_button",
      request: { customer_id: "contact-0", message_id: "contact-0-p3", button: 0 },
    }),
  );
  await user.type(within(panel).getByRole("textbox", { name: "Message" }), "Two please{Enter}");
  expect(await within(panel).findByText("Two please")).toBeInTheDocument();
  await user.click(within(panel).getByRole("button", { name: "Send a photo" }));
  expect(await within(panel).findByRole("img", { name: "A photo" })).toBeInTheDocument();
});

it("says STOP with one tap, in the platform's own word", async () => {
  const { user, ipc, panel } = await becomeAmelie();
  await user.click(within(panel).getByRole("button", { name: "STOP" }));
  await waitFor(() =>
    expect(ipc.calls).toContainEqual({
      name: "phone_send",
      request: { customer_id: "contact-0", text: "STOP", photo: false },
    }),
  );
});

it("stops marketing and blocks in the chat menu, and takes both back", async () => {
  const { user, panel } = await becomeAmelie();
  const menu = within(panel).getByRole("button", { name: "Chat menu" });
  await user.click(menu);
  await user.click(await screen.findByRole("menuitem", { name: "Stop offers and news" }));
  expect(await within(panel).findByText(/You stopped offers and news/)).toBeInTheDocument();
  await user.click(menu);
  await user.click(await screen.findByRole("menuitem", { name: "Block this business" }));
  expect(await within(panel).findByText(/You blocked this business/)).toBeInTheDocument();
  expect(within(panel).queryByRole("textbox", { name: "Message" })).toBeNull();
  await user.click(within(panel).getByRole("button", { name: "Unblock this business" }));
  expect(await within(panel).findByRole("textbox", { name: "Message" })).toBeInTheDocument();
});

it("gives back what was typed when it did not go out, and says why", async () => {
  const { user, ipc, panel } = await becomeAmelie();
  ipc.failNext("phone_send", { code: "practice_only", message: "Only on the practice account." });
  const field = within(panel).getByRole("textbox", { name: "Message" });
  await user.type(field, "Hello?{Enter}");
  expect(await within(panel).findByRole("alert")).toHaveTextContent("Only on the practice account.");
  expect(field).toHaveValue("Hello?");
});

it("is not there on a real account", async () => {
  pretendPhone.open();
  await openAt("/templates", createFakeIpc({ kind: "real" }));
  await screen.findByRole("heading", { name: "Templates" });
  expect(screen.queryByRole("complementary", { name: "Pretend phone" })).toBeNull();
});
