import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { openAt } from "../testing/render";

vi.mock("./ChartDrawing", () => ({
  default: () => {
    throw new RangeError("no picture today");
  },
}));

it("leaves the screen and the table standing when the picture of a chart cannot be drawn", async () => {
  const { ipc } = await openAt("/campaigns/campaign-done");
  expect(await screen.findByText(/picture could not be drawn/)).toBeInTheDocument();
  expect(screen.getByRole("region", { name: "How far it came" })).toBeInTheDocument();
  expect(screen.getAllByRole("table", { name: /./ }).length).toBeGreaterThan(0);
  expect(ipc.calls.find(({ name }) => name === "window_fault_note")?.request).toMatchObject({ error: "RangeError" });
});
