// Draws the window, or one screen of it, on the fake core.
import { QueryClient } from "@tanstack/react-query";
import { createMemoryHistory } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { App } from "../app/App";
import { faultOptions } from "../app/faults";
import { makeRouter } from "../app/router";
import { createFakeIpc, type FakeIpc } from "../ipc/fake";
import { createQueryClientOptions } from "../ipc/queries";

/** The whole window at an address: `await openAt("/contacts")`. */
export async function openAt(path: string, ipc: FakeIpc = createFakeIpc()) {
  const router = makeRouter(createMemoryHistory({ initialEntries: [path] }));
  const client = new QueryClient(createQueryClientOptions());
  const { onCaughtError } = faultOptions(ipc);
  const view = render(<App ipc={ipc} router={router} client={client} />, { onCaughtError });
  // No pause between keys: a person's typing speed tests nothing here.
  return { ...view, ipc, router, client, user: userEvent.setup({ delay: null }) };
}

/** Accessibility faults that axe finds, as `rule: element` lines; an empty list is what a test wants. */
export async function axeFaults(root: Element = document.body): Promise<string[]> {
  // React Aria empties its announcer in a way that axe takes for a picture without a name.
  const { violations } = await axe.run(
    { include: [root], exclude: [["[data-live-announcer]"]] },
    {
      // jsdom has no layout, so contrast is looked at in the pictures instead.
      rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
    },
  );
  return violations.flatMap((fault) => fault.nodes.map((node) => `${fault.id}: ${node.html.slice(0, 160)}`));
}
