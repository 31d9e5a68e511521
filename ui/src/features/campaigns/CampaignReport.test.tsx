import { screen, waitFor, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { createFakeIpc } from "../../ipc/fake";
import { axeFaults, openAt } from "../../testing/render";

it("sets what came beside what was planned, and asks anew for other days of replies", async () => {
  const { user, ipc } = await openAt("/campaigns/campaign-done/report");
  const plan = await screen.findByRole("region", { name: "As planned, and as it came" });
  expect(within(plan).getByRole("rowheader", { name: "Cost" })).toBeInTheDocument();
  const reach = screen.getByRole("region", { name: "How far it came" });
  expect(reach).toHaveTextContent("184");
  expect(await axeFaults()).toEqual([]);
  await user.click(within(reach).getByRole("button", { name: /Replies count for/ }));
  await user.click(await screen.findByRole("option", { name: "One day" }));
  await waitFor(() =>
    expect(ipc.calls.filter(({ name }) => name === "campaign_report").at(-1)?.request).toMatchObject({
      reply_days: 1,
    }),
  );
});

it("is printed by the system's own dialog", async () => {
  const print = vi.spyOn(window, "print").mockImplementation(() => undefined);
  const { user } = await openAt("/campaigns/campaign-done/report");
  await user.click(await screen.findByRole("button", { name: "Print" }));
  expect(print).toHaveBeenCalledOnce();
});

it("says that a draft has no report and leads back", async () => {
  await openAt("/campaigns/campaign-draft/report");
  expect(await screen.findByText(/no report of a campaign that was not launched/)).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Back to the campaign" })).toBeInTheDocument();
});

it("saves the people as a table where the operator wants it", async () => {
  const ipc = createFakeIpc();
  ipc.dialogs.savePath = "/home/shop/people.csv";
  const { user } = await openAt("/campaigns/campaign-done/report", ipc);
  await user.click(await screen.findByRole("button", { name: "Save as a table" }));
  expect(await screen.findByText(/people saved in \/home\/shop\/people.csv/)).toBeInTheDocument();
});

it("tries again only what is safe, says how many, and why not the others", async () => {
  const { user, ipc } = await openAt("/campaigns/campaign-done");
  const retry = await screen.findByRole("region", { name: "Try again" });
  const offer = await ipc.call("campaign_retry_offer", { id: "campaign-done" });
  expect(offer.count).toBeGreaterThan(0);
  for (const group of offer.groups.filter(({ retries }) => !retries)) expect(retry).toHaveTextContent(group.why);
  const button = within(retry).getByRole("button", { name: /^Try again for/ });
  expect(button.textContent).toMatch(offer.count === 1 ? /one person/ : new RegExp(`${offer.count} people`));
  await user.click(button);
  const dialog = await screen.findByRole("alertdialog");
  await user.click(within(dialog).getByRole("button", { name: /^Try again for/ }));
  await waitFor(() => expect(ipc.calls.some(({ name }) => name === "campaign_retry")).toBe(true));
});
