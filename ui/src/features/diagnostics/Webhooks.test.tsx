import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createFakeIpc } from "../../ipc/fake";
import { axeFaults, openAt } from "../../testing/render";

const PAYLOAD = JSON.stringify({
  entry: [
    {
      changes: [
        { field: "account_review_update", value: { decision: "APPROVED" } },
        { field: "a_field_of_2027", value: { colour: "mauve" } },
      ],
    },
  ],
});

it("explains a pasted webhook event by event and marks what is not understood", async () => {
  const { user, ipc } = await openAt("/settings/diagnostics");
  const explainer = await screen.findByRole("region", { name: "Explain a webhook" });
  const field = within(explainer).getByRole("textbox", { name: "Payload" });
  expect(within(explainer).getByRole("button", { name: "Explain" })).toBeDisabled();
  await user.click(field);
  await user.paste(PAYLOAD);
  await user.click(within(explainer).getByRole("button", { name: "Explain" }));
  const result = await screen.findByRole("region", { name: "What it says" });
  expect(within(result).getByRole("status")).toHaveTextContent("2 events, 1 not understood");
  const [approved, unknown] = within(result).getAllByRole("listitem");
  expect(approved).toHaveTextContent("Meta approved the account.");
  expect(approved).not.toHaveTextContent("Not understood");
  expect(unknown).toHaveTextContent("Not understood: an unknown field");
  expect(unknown).toHaveTextContent('{"colour":"mauve"}');
  await waitFor(() => expect(result.parentElement).toHaveFocus());
  expect(ipc.calls.findLast(({ name }) => name === "webhook_explain")?.request).toMatchObject({ text: PAYLOAD });
  expect(await axeFaults()).toEqual([]);
});

it("tells what is wrong with a payload beside it", async () => {
  const { user } = await openAt("/settings/diagnostics");
  await user.click(await screen.findByRole("textbox", { name: "Payload" }));
  await user.paste("{");
  await user.click(screen.getByRole("button", { name: "Explain" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("at line 1, column 1");
});

it("opens a webhook that was kept, by keyboard", async () => {
  const { user, ipc } = await openAt("/settings/diagnostics");
  const kept = await screen.findByRole("table", { name: "Webhooks kept as they came" });
  const row = within(kept).getByRole("row", { name: /a_field_of_2027/ });
  expect(row).toHaveTextContent("an unknown field");
  within(row)
    .getByRole("button", { name: /^Explain: a_field_of_2027/ })
    .focus();
  await user.keyboard("{Enter}");
  expect(await screen.findByText("2 events, 1 not understood")).toBeInTheDocument();
  expect(ipc.calls.find(({ name }) => name === "kept_event_get")?.request).toEqual({ id: "7" });
});

it("explains a JSON file that is dropped on the window, and still imports a list", async () => {
  const ipc = createFakeIpc();
  const { router } = await openAt("/contacts", ipc);
  await screen.findByRole("heading", { level: 1 });
  ipc.emit("file-drag", { state: "drop", path: "/tmp/webhook.json" });
  expect(await screen.findByText("2 events, 1 not understood")).toBeInTheDocument();
  expect(ipc.calls.find(({ name }) => name === "webhook_explain")?.request).toMatchObject({
    path: "/tmp/webhook.json",
    text: null,
  });
  ipc.emit("file-drag", { state: "drop", path: "/tmp/people.csv" });
  await waitFor(() => expect(router.state.location.pathname).toBe("/import"));
});
