import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { axeFaults, openAt } from "../../testing/render";

it("says what every task did last, and which is in trouble", async () => {
  await openAt("/settings/diagnostics");
  const tasks = await screen.findByRole("table", { name: "What runs in the background" });
  const media = within(tasks).getByRole("row", { name: /Fetching photos and files/ });
  expect(within(media).getByText("In trouble")).toBeInTheDocument();
  expect(within(media).getByText(/Tried again in 2 minutes/)).toBeInTheDocument();
  expect(within(tasks).getByRole("row", { name: /Tidying up/ })).toHaveTextContent("Not run yet");
  expect(screen.getByText(/2 events are kept as received/)).toBeInTheDocument();
  expect(await axeFaults()).toEqual([]);
});
