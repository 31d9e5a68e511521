import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createFakeIpc } from "../../ipc/fake";
import { toReview } from "../../testing/campaignReview";
import { axeFaults } from "../../testing/render";

const open = async (ipc = createFakeIpc()) => {
  const { region, ...opened } = await toReview("Before it leaves", ipc);
  return { ...opened, list: region };
};

it("asks Meta when the review opens and shows each check with its state in words", async () => {
  const { list, ipc } = await open();
  await waitFor(() => expect(within(list).getAllByRole("listitem").length).toBeGreaterThanOrEqual(8));
  expect(within(list).getByRole("heading", { name: "Template: in order" })).toBeInTheDocument();
  expect(within(list).getByRole("heading", { name: "Time: good to know" })).toBeInTheDocument();
  expect(list).toHaveTextContent("It can be launched; one thing to know first.");
  expect(ipc.calls.filter(({ name }) => name === "campaign_preflight").length).toBe(1);
  expect(await axeFaults(list)).toEqual([]);
});

it("shows Meta's own word about the number with its remedy, and does not offer the launch", async () => {
  const ipc = createFakeIpc();
  ipc.world.health.number = [
    { code: "141000", sentence: "The number is not registered.", remedy: "Register it again.", count: 1 },
  ];
  const { list, user } = await open(ipc);
  await within(list).findByText("Register it again.");
  const launch = screen.getByRole("button", { name: /^Practice: send from/ });
  expect(launch).toBeDisabled();
  ipc.world.health.number = [];
  await user.click(within(list).getByRole("button", { name: "Check again" }));
  await waitFor(() => expect(launch).toBeEnabled());
});

it("tries the message on one's own phone", async () => {
  const { user, ipc } = await open();
  const tests = await screen.findByRole("region", { name: "Try it on your own phone" });
  await user.click(await within(tests).findByRole("button", { name: "Send a test to one phone" }));
  expect(await within(tests).findByText("Delivered")).toBeInTheDocument();
  expect(ipc.calls.find(({ name }) => name === "campaign_test_send")?.request).toMatchObject({
    phones: ["+14165550123"],
  });
  await user.click(within(tests).getByRole("checkbox", { name: "+14165550123" }));
  expect(within(tests).getByRole("button", { name: /^Send a test to/ })).toBeDisabled();
});

it("leads to the settings where no test phone is registered", async () => {
  const ipc = createFakeIpc();
  ipc.world.settings.test_phones = [];
  await open(ipc);
  expect(await screen.findByRole("link", { name: "Add one in Settings" })).toHaveAttribute(
    "href",
    expect.stringContaining("/settings/sending"),
  );
});

it("launches what was reviewed: the template's hash goes along", async () => {
  const { user, ipc } = await open();
  const launch = await screen.findByRole("button", { name: /^Practice: send from/ });
  await waitFor(() => expect(launch).toBeEnabled());
  await user.click(launch);
  const dialog = await screen.findByRole("alertdialog");
  await user.type(within(dialog).getByRole("textbox"), "828");
  await user.click(within(dialog).getByRole("button", { name: /^Practice: send from/ }));
  await waitFor(() =>
    expect(ipc.calls.find(({ name }) => name === "campaign_launch")?.request).toMatchObject({
      template_hash: expect.stringMatching(/^hash-/),
    }),
  );
});
