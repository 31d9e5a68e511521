import { screen, waitFor, within } from "@testing-library/react";
import { expect } from "vitest";
import { createFakeIpc } from "../ipc/fake";
import { openAt } from "./render";

const next = () => screen.getByRole("button", { name: "Next" });

/** Goes through the wizard to its last step; `name` is the region that is waited for there. */
export async function toReview(name: string, ipc = createFakeIpc()) {
  const opened = await openAt("/campaigns/new", ipc);
  const { user } = opened;
  await user.click(await screen.findByRole("radio", { name: "saturday_bread, en_US" }));
  await waitFor(() => expect(next()).toBeEnabled());
  await user.click(next());
  await screen.findByRole("radio", { name: /Everybody in my contacts/ });
  await user.click(next());
  await user.type(within(await screen.findByRole("region", { name: "Text: discount" })).getByLabelText("Text"), "15 %");
  await waitFor(() => expect(next()).toBeEnabled());
  await user.click(next());
  await screen.findByRole("heading", { name: "When" });
  await user.click(next());
  return { ...opened, region: await screen.findByRole("region", { name }) };
}
