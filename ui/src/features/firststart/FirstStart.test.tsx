import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { createFakeIpc } from "../../ipc/fake";
import { axeFaults, openAt } from "../../testing/render";

it("opens the practice account with one press and lands on Today", async () => {
  const { user } = await openAt("/", createFakeIpc({ firstStart: true }));
  const door = await screen.findByRole("button", { name: "Try it on a practice account" });
  expect(await axeFaults()).toEqual([]);
  await user.click(door);
  expect(await screen.findByRole("heading", { name: "Today" })).toBeInTheDocument();
  expect(screen.getByText("Practice account: nothing leaves this computer")).toBeInTheDocument();
});

it("connects a real account: token, number, connect", async () => {
  const { user, ipc, client } = await openAt("/", createFakeIpc({ firstStart: true }));
  await user.click(await screen.findByRole("button", { name: "Connect my account" }));
  const token = await screen.findByLabelText("System User token");
  expect(token).toHaveAttribute("type", "password");
  await user.type(token, "wrong");
  await user.click(screen.getByRole("button", { name: "Look what it reaches" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("The token was refused");
  await user.clear(token);
  await user.type(token, "EAAcanarytoken");
  await user.click(screen.getByRole("button", { name: "Look what it reaches" }));
  await user.click(await screen.findByRole("radio", { name: /514 555 0110/ }));
  expect(await axeFaults()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Next" }));
  expect(screen.getByLabelText("Name on this computer")).toHaveValue("lantern-street-bakery-mo");
  await user.click(screen.getByRole("button", { name: "Check and connect" }));
  expect(await screen.findByRole("heading", { name: "Today" })).toBeInTheDocument();
  expect(ipc.calls.find(({ name }) => name === "account_connect")?.request).toMatchObject({
    phone_number_id: "106540352242923",
  });
  // Handed over once: nothing on the page or in the caches still holds it.
  expect(document.body.innerHTML).not.toContain("canarytoken");
  expect(
    JSON.stringify(
      client
        .getMutationCache()
        .getAll()
        .map(({ state }) => state),
    ),
  ).not.toContain("canarytoken");
  expect(
    JSON.stringify(
      client
        .getQueryCache()
        .getAll()
        .map(({ state }) => state.data),
    ),
  ).not.toContain("canarytoken");
});

it("asks for the WABA id when a token does not tell what it reaches", async () => {
  const { user } = await openAt("/", createFakeIpc({ firstStart: true }));
  await user.click(await screen.findByRole("button", { name: "Connect my account" }));
  await user.type(await screen.findByLabelText("System User token"), "EAANOSCOPES");
  await user.click(screen.getByRole("button", { name: "Look what it reaches" }));
  expect(await screen.findByText(/does not say what it reaches/)).toBeInTheDocument();
  expect(screen.getByText(/whatsapp_business_management/)).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Next" })).toBeDisabled();
});
