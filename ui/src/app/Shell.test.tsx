import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { createFakeIpc } from "../ipc/fake";
import type { WindowFault } from "../ipc/ipc";
import { axeFaults, openAt } from "../testing/render";

it("stands around every screen: stripe, rail with unread chats, status bar, title", async () => {
  const { ipc } = await openAt("/");
  expect(await screen.findByText("Practice account: nothing leaves this computer")).toBeInTheDocument();
  const rail = screen.getByRole("navigation", { name: "Main" });
  expect(within(rail).getByRole("link", { name: /Today/ })).toHaveAttribute("aria-current", "page");
  expect(await within(rail).findByRole("link", { name: /Inbox.*unread chats/ })).toBeInTheDocument();
  const bar = screen.getByRole("region", { name: "Status" });
  expect(await within(bar).findByText("Limit at least 1,240 / 2,000")).toBeInTheDocument();
  expect(within(bar).getByText("Relay connected")).toBeInTheDocument();
  expect(ipc.title).toBe("Switchboard · Practice account");
  expect(await axeFaults()).toEqual([]);
});

it("has no practice stripe on a real account and names it in the title", async () => {
  const { ipc } = await openAt("/", createFakeIpc({ kind: "real" }));
  await screen.findByRole("navigation", { name: "Main" });
  expect(screen.queryByText(/nothing leaves this computer/)).toBeNull();
  expect(ipc.title).toMatch(/^Switchboard · Lantern/);
});

it("goes anywhere by the palette, finding people and campaigns by name", async () => {
  const { router } = await openAt("/");
  // A field that goes away while it has the focus takes a breath between keys, or its last event meets React at work.
  const user = userEvent.setup();
  await screen.findByRole("navigation", { name: "Main" });
  await user.keyboard("{Control>}k{/Control}");
  const field = await screen.findByRole("searchbox", { name: /Search for a person/ });
  expect(await axeFaults()).toEqual([]);
  await user.type(field, "Amélie B");
  await screen.findByRole("menuitem", { name: /Amélie Bouchard/ });
  await user.clear(field);
  await user.type(field, "sourdough");
  await screen.findByRole("menuitem", { name: "Saturday sourdough" });
  await user.keyboard("{ArrowDown}{Enter}");
  await waitFor(() => expect(router.state.location.pathname).toBe("/campaigns/campaign-done"));
});

it("moves with Ctrl and a digit, and `/` goes to the search of the screen", async () => {
  const { user, router } = await openAt("/");
  await screen.findByRole("navigation", { name: "Main" });
  await user.keyboard("{Control>}5{/Control}");
  await waitFor(() => expect(router.state.location.pathname).toBe("/contacts"));
  await screen.findByRole("grid");
  await user.keyboard("/");
  expect(screen.getByRole("main").querySelector("input[data-search]")).toHaveFocus();
});

it("takes a file that is dropped or handed over straight to the import", async () => {
  const { ipc, router } = await openAt("/");
  await screen.findByRole("navigation", { name: "Main" });
  act(() => ipc.emit("file-drag", { state: "over" }));
  expect(screen.getByText("Drop the list to import it")).toBeInTheDocument();
  act(() => ipc.emit("file-drag", { state: "drop", path: "/home/shop/list.csv" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/import"));
  expect(router.state.location.search).toEqual({ file: "/home/shop/list.csv" });
  act(() => ipc.emit("open-file", { path: "/home/shop/other.csv" }));
  await waitFor(() => expect(router.state.location.search).toEqual({ file: "/home/shop/other.csv" }));
});

it("shows where a pairing link leads that the system opened, and pairs nothing over", async () => {
  const link = "switchboard://pair?relay=https%3A%2F%2Fr.example&desk=shop&code=1a&fingerprint=0011223344556677";
  const free = createFakeIpc({ kind: "real" });
  free.world.relay = { ...free.world.relay, url: null, state: "not_configured" };
  free.world.pendingLink = { link, number: 1 };
  const { router } = await openAt("/", free);
  expect(await screen.findByText("0011223344556677")).toBeInTheDocument();
  expect(router.state.location.pathname).toBe("/settings/relay");
  expect(free.calls.some(({ name }) => name === "relay_pair")).toBe(false);
});

it("says that a paired account is not paired over when a link is opened", async () => {
  const paired = createFakeIpc({ kind: "real" });
  const link = "switchboard://pair?relay=https%3A%2F%2Fr.example&desk=shop&code=1a&fingerprint=0011223344556677";
  paired.world.pendingLink = { link, number: 2 };
  const { user } = await openAt("/", paired);
  const note = await screen.findByText(/never paired over/);
  expect(paired.calls.some(({ name }) => name === "relay_pairing_inspect")).toBe(false);
  await user.click(screen.getByRole("button", { name: "Forget the link" }));
  await waitFor(() => expect(note).not.toBeInTheDocument());
});

it("tells in the status bar what is wrong at the relay", async () => {
  const said = async (change: Partial<ReturnType<typeof createFakeIpc>["world"]["relay"]>) => {
    const ipc = createFakeIpc({ kind: "real" });
    ipc.world.relay = { ...ipc.world.relay, ...change };
    const { unmount } = await openAt("/", ipc);
    const bar = await screen.findByRole("region", { name: "Status" });
    const text = await within(bar).findByText(/relay|webhooks/i);
    expect(await axeFaults(bar)).toEqual([]);
    const found = text.textContent;
    unmount();
    return found;
  };
  expect(await said({ state: "unreachable" })).toBe("Relay unreachable");
  expect(await said({ state: "catching_up", behind: 1_204 })).toBe("Behind the relay by 1,204");
  expect(await said({ refusing: true, trouble: "No room." })).toBe("Relay has no room");
  expect(await said({ silence: "No webhook has come for 5 hours." })).toBe("No webhooks come");
  expect(await said({ state: "refused" })).toBe("Relay refused this computer");
});

it("asks once when the window closes while a campaign runs", async () => {
  const { ipc, user } = await openAt("/");
  await screen.findByRole("navigation", { name: "Main" });
  act(() => ipc.emit("close-requested", { running: 1 }));
  const dialog = await screen.findByRole("alertdialog", { name: "A campaign is still running" });
  expect(await axeFaults(dialog)).toEqual([]);
  await user.click(within(dialog).getByRole("radio", { name: /Pause and quit/ }));
  await user.click(within(dialog).getByRole("checkbox", { name: /Do not ask again/ }));
  await user.click(within(dialog).getByRole("button", { name: "Pause and quit" }));
  await waitFor(() =>
    expect(ipc.calls).toContainEqual({
      name: "window_close_decide",
      request: { choice: "pause_and_quit", remember: true },
    }),
  );
  await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
});

it("says what happened and what to do when the core refuses to start", async () => {
  const ipc = createFakeIpc();
  ipc.failNext("app_status", {
    code: "newer_database",
    message: "The data was written by a newer Switchboard.",
    remedy: "Install the newest version.",
  });
  const { user } = await openAt("/", ipc);
  const note = await screen.findByRole("alert");
  expect(note).toHaveTextContent("This data belongs to a newer version");
  expect(note).toHaveTextContent("Install the newest version.");
  await user.click(within(note).getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("heading", { name: "Today" })).toBeInTheDocument();
});

it("waits while the account of the start opens, and says why if it could not", async () => {
  const ipc = createFakeIpc();
  const profile = ipc.world.profile;
  ipc.world.profile = null;
  ipc.world.opening = true;
  await openAt("/", ipc);
  expect(await screen.findByText(/If the system asks for the password of the keychain/)).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /practice account/ })).toBeNull();
  ipc.world.opening = false;
  ipc.world.startFailure = {
    code: "newer_database",
    message: "This profile was last used with a newer Switchboard.",
    remedy: "Install the newest Switchboard; the file was not touched.",
    retryable: false,
    details: null,
  };
  act(() => ipc.emit("changes", { seq: 0, tags: [], refetch_all: true }));
  expect(await screen.findByRole("heading", { name: "Your account could not be opened" })).toBeInTheDocument();
  expect(screen.getByRole("alert")).toHaveTextContent("Install the newest Switchboard");
  expect(await axeFaults()).toEqual([]);
  ipc.world.startFailure = null;
  ipc.world.profile = profile;
  act(() => ipc.emit("changes", { seq: 0, tags: [], refetch_all: true }));
  expect(await screen.findByRole("heading", { name: "Today" })).toBeInTheDocument();
});

it("keeps standing when a screen cannot be drawn, notes the fault without data, and tries again", async () => {
  const ipc = createFakeIpc();
  const { user } = await openAt("/", ipc);
  await screen.findByRole("navigation", { name: "Main" });
  // A core that answers nonsense stands for any fault while drawing.
  const call = ipc.call;
  ipc.call = ((name: string, request: never) =>
    name === "template_list"
      ? Promise.resolve({ items: [null] })
      : call(name as "template_list", request)) as typeof call;
  await user.click(screen.getByRole("link", { name: "Templates" }));
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("This page could not be shown");
  expect(alert).toHaveFocus();
  expect(await axeFaults()).toEqual([]);
  expect(screen.getByRole("navigation", { name: "Main" })).toBeInTheDocument();
  const note = ipc.calls.find(({ name }) => name === "window_fault_note")?.request as WindowFault;
  expect(note.error).toBe("TypeError");
  expect(note.components).toMatch(/TemplatesScreen/);
  expect(JSON.stringify(note)).not.toMatch(/null|reading/);
  ipc.call = call;
  await user.click(within(alert).getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("heading", { name: "Templates", level: 1 })).toBeInTheDocument();
});

it("starts in the size that the settings say; Ctrl with + or - changes it, and 0 goes back", async () => {
  const ipc = createFakeIpc();
  ipc.world.settings.zoom_percent = 110;
  const { user } = await openAt("/", ipc);
  await waitFor(() => expect(ipc.zoom).toBe(110));
  await user.keyboard("{Control>}++{/Control}");
  expect(ipc.zoom).toBe(150);
  await waitFor(() => expect(ipc.world.settings.zoom_percent).toBe(150));
  await user.keyboard("{Control>}-{/Control}");
  await waitFor(() => expect(ipc.world.settings.zoom_percent).toBe(125));
  await user.keyboard("{Control>}0{/Control}");
  await waitFor(() => expect(ipc.world.settings.zoom_percent).toBe(100));
  expect(ipc.zoom).toBe(100);
});

it("turns right-to-left and longer in the languages for tests", async () => {
  const ipc = createFakeIpc();
  ipc.world.settings.language = "ar-XB";
  const { unmount } = await openAt("/", ipc);
  await waitFor(() => expect(document.documentElement.dir).toBe("rtl"));
  unmount();
  const long = createFakeIpc();
  long.world.settings.language = "en-XA";
  await openAt("/", long);
  expect(await screen.findByRole("heading", { name: /^\[Ţöðáý/, level: 1 })).toBeInTheDocument();
  expect(document.documentElement.dir).toBe("ltr");
});
