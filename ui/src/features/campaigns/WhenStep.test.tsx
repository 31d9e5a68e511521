import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createFakeIpc } from "../../ipc/fake";
import { axeFaults, openAt } from "../../testing/render";

async function whenStep(ipc = createFakeIpc()) {
  const view = await openAt("/campaigns/campaign-planned/edit", ipc);
  const step = await screen.findByRole("button", { name: /When and rules/ });
  await waitFor(() => expect(step).toBeEnabled());
  await view.user.click(step);
  await screen.findByRole("heading", { name: "When" });
  return view;
}

it("plans a start with its zone and says what happens if the computer is off", async () => {
  const { user, ipc } = await whenStep();
  expect(screen.getByText(/^Toronto, Eastern Time, also when/)).toBeInTheDocument();
  await user.click(screen.getByRole("radio", { name: /Ask me/ }));
  await waitFor(() =>
    expect(ipc.calls.filter(({ name }) => name === "campaign_draft_save").at(-1)?.request).toMatchObject({
      rules: { schedule: { start: { local: "2026-12-18T09:00", zone: "America/Toronto" }, late: "ask" } },
    }),
  );
  expect(await axeFaults()).toEqual([]);
});

it("changes a time by keyboard alone", async () => {
  const { user, ipc } = await whenStep();
  const hour = within(screen.getByRole("group", { name: "Date and time" })).getByRole("spinbutton", { name: /hour/ });
  hour.focus();
  await user.keyboard("{ArrowUp}");
  await waitFor(() =>
    expect(ipc.calls.filter(({ name }) => name === "campaign_draft_save").at(-1)?.request).toMatchObject({
      rules: { schedule: { start: { local: "2026-12-18T10:00" } } },
    }),
  );
});

it("shows the rules of all campaigns beside those of this one", async () => {
  await whenStep();
  expect(screen.getByText(/At most 2 marketing messages to a person in 7 days/)).toBeInTheDocument();
  expect(screen.getByRole("textbox", { name: "Budget in USD" })).toHaveValue("40.00");
});

it("shows what it costs at most, with prices that are labelled as demo data", async () => {
  const { user } = await whenStep();
  await user.click(screen.getByRole("button", { name: "Next" }));
  const cost = await screen.findByRole("region", { name: "What it costs" });
  expect(cost).toHaveTextContent("Demo prices");
  expect(cost).toHaveTextContent(/At most USD/);
  expect(within(cost).getByRole("rowheader", { name: "North America" })).toBeInTheDocument();
  expect(cost).toHaveTextContent(/Answers: about \d+ people will write back.*Measured by your campaigns/);
  expect(screen.getByRole("figure", { name: "How it goes, hour by hour" })).toHaveTextContent(/760/);
});

it("keeps a planned campaign apart from one that sends, and takes it back to a draft", async () => {
  const { user, router } = await openAt("/campaigns/campaign-planned");
  expect(await screen.findByText(/^Planned for/)).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Back to a draft" }));
  expect(await screen.findByRole("link", { name: "Edit the draft" })).toBeInTheDocument();
  expect(router.state.location.pathname).toBe("/campaigns/campaign-planned");
});

it("raises a budget where the cost is shown", async () => {
  const { user, ipc } = await openAt("/campaigns/campaign-running");
  await user.click(await screen.findByRole("button", { name: "Set a budget" }));
  const dialog = await screen.findByRole("dialog", { name: "Budget" });
  await user.type(within(dialog).getByRole("textbox"), "75");
  await user.keyboard("{Enter}");
  await waitFor(() =>
    expect(ipc.calls.find(({ name }) => name === "campaign_set_budget")?.request).toMatchObject({ budget: "75" }),
  );
});
