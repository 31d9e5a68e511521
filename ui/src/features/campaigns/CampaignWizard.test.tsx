import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createFakeIpc } from "../../ipc/fake";
import { axeFaults, openAt } from "../../testing/render";

const next = () => screen.getByRole("button", { name: "Next" });

async function toReview(kind: "practice" | "real" = "practice") {
  const opened = await openAt("/campaigns/new", createFakeIpc({ kind }));
  const { user } = opened;
  await user.click(await screen.findByRole("radio", { name: "saturday_bread, en_US" }));
  await waitFor(() => expect(next()).toBeEnabled());
  await user.click(next());
  await screen.findByRole("radio", { name: /Everybody in my contacts/ });
  await user.click(next());
  const discount = await screen.findByRole("region", { name: "Text: discount" });
  expect(next()).toBeDisabled();
  // Before the values are there the summary shows how many it would be, and what is still missing.
  const summary = screen.getByRole("complementary", { name: "Summary" });
  await waitFor(() => expect(summary).toHaveTextContent(/Audience\s*1,240.*Would get it\s*828/));
  const missing = within(summary).getByRole("region", { name: "Still missing" });
  expect(missing).toHaveTextContent("The values of the template");
  await user.type(within(discount).getByLabelText("Text"), "15 %");
  await waitFor(() => expect(next()).toBeEnabled());
  await user.click(next());
  await screen.findByRole("heading", { name: "When" });
  await user.click(next());
  return opened;
}

it("goes from template to review with the summary in sight", async () => {
  const { ipc } = await toReview();
  const summary = screen.getByRole("complementary", { name: "Summary" });
  await waitFor(() => expect(summary).toHaveTextContent(/Will get it\s*828/));
  expect(within(summary).queryByRole("region", { name: "Still missing" })).toBeNull();
  expect(summary).toHaveTextContent("Left out412");
  expect(await screen.findByText("in the audience", { exact: false })).toHaveTextContent("of 1,240 in the audience");
  const previews = screen.getByRole("region", { name: "How it will look" });
  await waitFor(() => expect(within(previews).getAllByRole("figure")[0]).toHaveTextContent("15 % off every loaf"));
  expect(within(previews).getAllByRole("figure")).toHaveLength(3);
  expect(ipc.calls.filter(({ name }) => name === "campaign_draft_save").length).toBeGreaterThan(1);
  expect(new Set(ipc.world.campaigns.filter(({ state }) => state === "draft").map(({ id }) => id)).size).toBe(2);
  expect(await axeFaults()).toEqual([]);
});

it("opens the people who are left out, by reason", async () => {
  const { user } = await toReview();
  const excluded = await screen.findByRole("region", { name: "Not sent by us" });
  await user.click(within(excluded).getByRole("button", { name: /Opted out/ }));
  const dialog = await screen.findByRole("dialog", { name: "Opted out" });
  const grid = await within(dialog).findByRole("grid", { name: "People" });
  await waitFor(() => expect(grid).toHaveAttribute("aria-rowcount", "104"));
});

it("launches once, only after the number of people was typed, and can be undone", async () => {
  const { user, ipc, router } = await toReview();
  const launch = await screen.findByRole("button", { name: "Practice: send from +1 416 555 0188 to 828 people" });
  await waitFor(() => expect(launch).toBeEnabled());
  await user.click(launch);
  const dialog = await screen.findByRole("alertdialog", { name: "Send to 828 people?" });
  const confirm = within(dialog).getByRole("button", { name: /^Practice: send from/ });
  expect(confirm).toBeDisabled();
  expect(await axeFaults(dialog)).toEqual([]);
  await user.type(within(dialog).getByLabelText("Type 828 to confirm"), "829");
  expect(confirm).toBeDisabled();
  await user.clear(within(dialog).getByLabelText("Type 828 to confirm"));
  await user.type(within(dialog).getByLabelText("Type 828 to confirm"), "828");
  await user.dblClick(confirm);
  await waitFor(() => expect(router.state.location.pathname).toMatch(/^\/campaigns\/campaign-\d+$/));
  const keys = ipc.calls
    .filter(({ name }) => name === "campaign_launch")
    .map(({ request }) => (request as { idempotency_key: string }).idempotency_key);
  expect(new Set(keys).size).toBe(1);
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  expect(await screen.findByRole("link", { name: "Edit the draft" })).toBeInTheDocument();
});

it("names number and people on the button of a real account without the word practice", async () => {
  await toReview("real");
  expect(await screen.findByRole("button", { name: "Send from +1 416 555 0188 to 828 people" })).toBeInTheDocument();
});

it("takes the people of an import that it was opened for", async () => {
  const { user, ipc } = await openAt("/campaigns/new?import=import-market");
  await user.click(await screen.findByRole("radio", { name: "saturday_bread, en_US" }));
  await waitFor(() => expect(next()).toBeEnabled());
  await user.click(next());
  expect(await screen.findByRole("checkbox", { name: /market-stall-signups.csv/ })).toBeChecked();
  await waitFor(() =>
    expect(ipc.calls.find(({ name }) => name === "campaign_draft_save")?.request).toMatchObject({
      audience: { kind: "imports", import_ids: ["import-market"] },
    }),
  );
});

it("chooses single people by name", async () => {
  const { user, ipc } = await openAt("/campaigns/new");
  await user.click(await screen.findByRole("radio", { name: "saturday_bread, en_US" }));
  await waitFor(() => expect(next()).toBeEnabled());
  await user.click(next());
  await user.click(await screen.findByRole("radio", { name: /People I choose/ }));
  expect(next()).toBeDisabled();
  await user.type(screen.getByRole("searchbox", { name: /Search people/ }), "Amélie B");
  await user.click(await screen.findByRole("button", { name: "Add Amélie Bouchard" }));
  expect(await screen.findByRole("button", { name: "Take Amélie Bouchard out" })).toBeInTheDocument();
  expect(next()).toBeEnabled();
  await waitFor(() =>
    expect(ipc.world.campaigns.find(({ draft }) => draft.audience.contact_ids.includes("contact-0"))).toBeDefined(),
  );
});

it("goes on with a saved draft", async () => {
  await openAt("/campaigns/campaign-draft/edit");
  expect(await screen.findByLabelText("Name")).toHaveValue("Thank you, early birds");
});

it("leaves no draft behind when one only looks in", async () => {
  const { ipc, router } = await openAt("/campaigns/new");
  await screen.findByRole("radio", { name: "saturday_bread, en_US" });
  await waitFor(() => expect(screen.getByRole("complementary", { name: "Summary" })).toHaveTextContent("+1 416"));
  await router.navigate({ to: "/campaigns" });
  await screen.findByRole("heading", { name: "Campaigns" });
  expect(ipc.calls.some(({ name }) => name === "campaign_draft_save")).toBe(false);
});

it("leaves no draft behind when one only looks in from a template, and keeps it on going on", async () => {
  const { user, ipc, router } = await openAt("/campaigns/new?template=%221001%22");
  const saves = () => ipc.calls.filter(({ name }) => name === "campaign_draft_save").length;
  await waitFor(() => expect(screen.getByLabelText("Name")).not.toHaveValue(""));
  await waitFor(() => expect(screen.getByRole("complementary", { name: "Summary" })).toHaveTextContent("+1 416"));
  await router.navigate({ to: "/campaigns" });
  await screen.findByRole("heading", { name: "Campaigns" });
  expect(saves()).toBe(0);
  await router.navigate({ to: "/campaigns/new", search: { template: "1001" } });
  await waitFor(() => expect(next()).toBeEnabled());
  await user.click(next());
  await waitFor(() => expect(saves()).toBe(1));
});
