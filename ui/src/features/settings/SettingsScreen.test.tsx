import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createFakeIpc } from "../../ipc/fake";
import { relayDevice } from "../../ipc/fake/account";
import { axeFaults, openAt } from "../../testing/render";

const real = () => createFakeIpc({ kind: "real" });

it("names what Meta still wants, with links and a step the operator confirms", async () => {
  const { user, ipc } = await openAt("/settings/account", real());
  const list = await screen.findByRole("region", { name: "What Meta wants" });
  expect(screen.getByText("3 things are left to do")).toBeInTheDocument();
  const payment = within(list).getByRole("heading", { name: "Payment method" }).closest("li") as HTMLElement;
  await user.click(within(payment).getByRole("button", { name: "Open at Meta" }));
  expect(ipc.openedLinks[0]).toMatch(/^https:\/\/business\.facebook\.com\//);
  expect(await axeFaults()).toEqual([]);
  await user.click(within(payment).getByRole("button", { name: "I did this" }));
  expect(await screen.findByText("2 things are left to do")).toBeInTheDocument();
});

it("replaces the token without keeping it", async () => {
  const { user, ipc } = await openAt("/settings/account", real());
  await user.click(await screen.findByRole("button", { name: "Replace the token" }));
  const dialog = await screen.findByRole("dialog", { name: "Replace the token" });
  await user.type(within(dialog).getByLabelText("System User token"), "EAAcanarytoken");
  await user.click(within(dialog).getByRole("button", { name: "Replace the token" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(ipc.calls.some(({ name }) => name === "account_replace_token")).toBe(true);
  expect(document.body.innerHTML).not.toContain("canarytoken");
});

it("takes practice contacts along to a real account", async () => {
  const ipc = real();
  ipc.world.profiles.push({ name: "practice", kind: "practice", business_name: null, display_phone_number: null });
  const { user } = await openAt("/settings/account", ipc);
  await user.click(await screen.findByRole("button", { name: "Take them along" }));
  expect(await screen.findByText(/1,240 people taken along/)).toBeInTheDocument();
});

it("shows where a pairing link leads before it pairs, and says why it could not", async () => {
  const ipc = real();
  ipc.world.relay = { ...ipc.world.relay, url: null, state: "not_configured" };
  const { user } = await openAt("/settings/relay", ipc);
  const link = await screen.findByLabelText("Pairing link");
  await user.type(link, "https://relay.example");
  await user.click(screen.getByRole("button", { name: "See where it leads" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("not a pairing link");
  await user.clear(link);
  await user.type(
    link,
    "switchboard://pair?relay=https%3A%2F%2Frelay.example&desk=shop&code=1a2b&fingerprint=0011223344556677",
  );
  await user.click(screen.getByRole("button", { name: "See where it leads" }));
  expect(await screen.findByText("0011223344556677")).toBeInTheDocument();
  expect(ipc.world.relay.url).toBeNull();
  await user.type(screen.getByLabelText("Name of this computer there"), "Counter");
  await user.click(screen.getByRole("button", { name: "Pair" }));
  expect(await screen.findByText("Computers of this desk")).toBeInTheDocument();
  expect(ipc.world.relay.url).toBe("https://relay.example");
  expect(await axeFaults()).toEqual([]);
});

it("lets another computer in only after its words were compared", async () => {
  const ipc = real();
  ipc.world.relayDevices = [
    relayDevice("console-1", "Counter", "active", ipc.world.nowMs, true),
    relayDevice("console-2", "Office", "pending", ipc.world.nowMs),
  ];
  const { user } = await openAt("/settings/relay", ipc);
  await user.click(await screen.findByRole("button", { name: "Let in" }));
  const dialog = await screen.findByRole("alertdialog");
  expect(dialog).toHaveTextContent("basket copper lantern mirror river tulip");
  expect(ipc.world.relayDevices[1]?.state).toBe("pending");
  await user.click(screen.getByRole("button", { name: "The words are the same" }));
  await waitFor(() => expect(ipc.world.relayDevices[1]?.state).toBe("active"));
});

it("takes sending over only after it was asked", async () => {
  const ipc = real();
  ipc.world.relay.sender = "elsewhere";
  const { user } = await openAt("/settings/relay", ipc);
  await user.click(await screen.findByRole("button", { name: "Send from this computer" }));
  const dialog = await screen.findByRole("alertdialog");
  expect(ipc.calls.some(({ name }) => name === "relay_take_over")).toBe(false);
  await user.click(within(dialog).getByRole("button", { name: "Send from this computer" }));
  expect(await screen.findByText(/waits until the other one has answers/)).toBeInTheDocument();
});

it("says where webhooks go, subscribes the app, and what only the dashboard can set", async () => {
  const ipc = real();
  ipc.world.isSubscribed = false;
  const { user } = await openAt("/settings/relay", ipc);
  expect(await screen.findByText(/until then Meta sends it nothing/)).toBeInTheDocument();
  expect(screen.getByText(/user_preferences, account_update/)).toBeInTheDocument();
  expect(await axeFaults()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Subscribe the app to the account" }));
  expect(await screen.findByText("Messages and statuses go to the relay")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "The app’s address must stay as it is" }));
  await user.type(screen.getByLabelText(/^Verify token/), "canary-verify");
  await user.click(screen.getByRole("button", { name: "Set the relay’s address for this account" }));
  await waitFor(() =>
    expect(ipc.calls).toContainEqual({
      name: "webhook_subscribe",
      request: { level: "account", phone_number_id: null, verify_token: "canary-verify" },
    }),
  );
  expect(document.body.innerHTML).not.toContain("canary-verify");
});

it("changes colours, rows and language at once", async () => {
  const { user } = await openAt("/settings/appearance");
  await user.click(await screen.findByRole("radio", { name: "Dark" }));
  await waitFor(() => expect(document.documentElement.dataset.theme).toBe("dark"));
  await user.click(screen.getByRole("radio", { name: "Tight" }));
  await waitFor(() => expect(document.documentElement.dataset.density).toBe("compact"));
  expect(await axeFaults()).toEqual([]);
});

it("saves sending rules and refuses what is no number", async () => {
  const { user, ipc } = await openAt("/settings/sending");
  const rate = await screen.findByLabelText("Never faster than");
  await user.type(rate, "fast");
  expect(screen.getByRole("button", { name: "Save" })).toBeDisabled();
  await user.clear(rate);
  await user.type(rate, "20");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Saved")).toBeInTheDocument();
  expect(ipc.world.settings.max_send_rate).toBe(20);
  expect(await axeFaults()).toEqual([]);
});

it("sets how the practice crowd behaves and shows what the practice account saw", async () => {
  const { user, ipc } = await openAt("/settings/practice");
  await user.click(await screen.findByRole("radio", { name: /Trouble of every kind/ }));
  await waitFor(() => expect(ipc.world.practice.mood).toBe("rough"));
  expect(await screen.findByText("Got one twice")).toBeInTheDocument();
  expect(await axeFaults()).toEqual([]);
});
