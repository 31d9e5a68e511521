import { within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createFakeIpc } from "../../ipc/fake";
import { toReview } from "../../testing/campaignReview";
import { axeFaults } from "../../testing/render";

const open = async (ipc = createFakeIpc()) => {
  const { region, ...opened } = await toReview("Rehearse it", ipc);
  return { ...opened, stage: region };
};

it("rehearses with the chosen trouble and sets the figures beside the plan", async () => {
  const { user, ipc, stage } = await open();
  await user.click(within(stage).getByRole("radio", { name: "Much" }));
  await user.click(within(stage).getByRole("button", { name: "Rehearse" }));
  expect(await within(stage).findByText("Rehearsed with much trouble")).toBeInTheDocument();
  expect(ipc.calls.find(({ name }) => name === "campaign_rehearse")?.request).toMatchObject({ trouble: "much" });
  const people = within(stage).getByRole("row", { name: /People written to/ });
  expect(people).toHaveTextContent(/828\s*825/);
  expect(within(stage).getByText("Webhooks came twice.")).toBeInTheDocument();
  expect(await axeFaults(stage)).toEqual([]);
});

it("says that the campaign was changed since", async () => {
  const { user, ipc, stage } = await open();
  await user.click(within(stage).getByRole("button", { name: "Rehearse" }));
  await within(stage).findByText("Rehearsed with some trouble");
  const draft = ipc.world.campaigns.find(({ rehearsal }) => rehearsal !== undefined);
  if (draft) draft.draft.rules.budget = "12.00";
  ipc.world.changed("campaigns");
  ipc.world.flush();
  expect(await within(stage).findByText("The campaign was changed since")).toBeInTheDocument();
});

it("says why it could not be rehearsed, next to the button", async () => {
  const ipc = createFakeIpc();
  const { user, stage } = await open(ipc);
  ipc.failNext("campaign_rehearse", {
    code: "disk",
    message: "The disk is full.",
    remedy: "Free some space.",
    retryable: true,
    details: null,
  });
  await user.click(within(stage).getByRole("button", { name: "Rehearse" }));
  expect(await within(stage).findByText("The disk is full.")).toBeInTheDocument();
});
