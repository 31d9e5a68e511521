import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createFakeIpc } from "../../ipc/fake";
import { axeFaults, openAt } from "../../testing/render";

it("labels demo prices and takes Meta's list in their place", async () => {
  const ipc = createFakeIpc();
  ipc.dialogs.openPath = "/home/shop/rates-usd.csv";
  const { user } = await openAt("/settings/prices", ipc);
  expect(await screen.findByText(/Demo prices in USD/)).toBeInTheDocument();
  expect(await axeFaults()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Import a list" }));
  expect(await screen.findByText("In use")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Remove rates-usd.csv" }));
  expect(await screen.findByText(/Demo prices in USD/)).toBeInTheDocument();
});

it("asks for the day where the file names none", async () => {
  const ipc = createFakeIpc();
  ipc.failNext("rate_card_import", {
    code: "invalid_input",
    message: "The file does not say from which day its prices hold.",
    details: { field: "effective_from" },
  });
  const { user } = await openAt("/settings/prices", ipc);
  await user.click(await screen.findByRole("button", { name: "Import a list" }));
  await user.type(await screen.findByRole("textbox", { name: "Holds from" }), "2027-01-01");
  expect(screen.getByRole("button", { name: "Import with this day" })).toBeEnabled();
});

it("saves the rules of all campaigns and the limits of a number", async () => {
  const { user, ipc } = await openAt("/settings/sending");
  const rules = await screen.findByRole("region", { name: "Rules for campaigns" });
  await user.click(within(rules).getByRole("switch", { name: /Quiet hours/ }));
  await user.click(screen.getAllByRole("button", { name: "Save" })[0] as HTMLElement);
  await waitFor(() =>
    expect(ipc.calls.find(({ name }) => name === "settings_update")?.request).toMatchObject({ quiet_hours: null }),
  );
  const own = screen.getByRole("region", { name: "Limits of your own" });
  expect(within(own).getByText("Today")).toBeInTheDocument();
  expect(await axeFaults()).toEqual([]);
});
