import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createFakeIpc } from "../../../ipc/fake";
import { axeFaults, openAt } from "../../../testing/render";

async function builder(ipc = createFakeIpc()) {
  const view = await openAt("/campaigns/campaign-planned/edit", ipc);
  const step = await screen.findByRole("button", { name: /Audience/ });
  await waitFor(() => expect(step).toBeEnabled());
  await view.user.click(step);
  await view.user.click(await screen.findByRole("radio", { name: /People who …/ }));
  await screen.findByRole("region", { name: "People put together by what you know of them" });
  const add = async (what: string) => {
    await view.user.click(screen.getAllByRole("button", { name: "Add a condition" }).at(-1) as HTMLElement);
    await view.user.click(await screen.findByRole("menuitem", { name: what }));
  };
  const count = () => screen.getByRole("region", { name: "How many it would be" });
  const saved = () => ipc.calls.filter(({ name }) => name === "campaign_draft_save").at(-1)?.request;
  return { ...view, ipc, add, count, saved };
}

it("counts people as conditions are added, and says the whole in one sentence", async () => {
  const { user, add, count, saved } = await builder();
  expect(count()).toHaveTextContent("Finish the conditions");
  await add("A tag");
  await user.type(screen.getByRole("combobox", { name: "Tags" }), "regular{Enter}{Escape}");
  expect(await screen.findByRole("row", { name: "regular" })).toBeInTheDocument();
  await waitFor(() => expect(count()).toHaveTextContent(/207 people/));
  await add("When you last sent them something");
  expect(
    screen.getByText(/^People who have the tag “regular”, and got nothing from you in the last 30 days\.$/),
  ).toBeInTheDocument();
  await waitFor(() =>
    expect(saved()).toMatchObject({
      audience: {
        kind: "filter",
        filter: {
          v: 1,
          group: {
            join: "all",
            items: [
              { not: false, test: { kind: "tag", tags: ["regular"] } },
              { not: true, test: { kind: "contacted", within_days: 30 } },
            ],
          },
        },
      },
    }),
  );
  expect(await axeFaults()).toEqual([]);
});

it("starts with one press from what shops ask for most, and goes on only when nothing is half said", async () => {
  const { user, add, saved } = await builder();
  const next = () => screen.getByRole("button", { name: "Next" });
  expect(next()).toBeDisabled();
  await user.click(screen.getByRole("button", { name: "Never heard from you" }));
  await waitFor(() => expect(next()).toBeEnabled());
  expect(screen.queryByRole("heading", { name: "Often asked for" })).toBeNull();
  await add("A tag");
  expect(next()).toBeDisabled();
  const unfinished = screen.getByRole("group", { name: /have the tag/ });
  await user.click(within(unfinished).getByRole("button", { name: /^Take out/ }));
  expect(next()).toBeEnabled();
  await waitFor(() =>
    expect(saved()).toMatchObject({
      audience: { filter: { group: { items: [{ not: true, test: { kind: "contacted", within_days: null } }] } } },
    }),
  );
});

it("turns a condition around and joins them by any", async () => {
  const { user, add, saved } = await builder();
  await user.click(screen.getByRole("button", { name: "Wrote in the last 30 days" }));
  const row = screen.getByRole("group", { name: /wrote to you/ });
  await user.click(within(row).getByRole("button", { name: /As it is, or the opposite/ }));
  await user.click(await screen.findByRole("option", { name: "did not write to you" }));
  await add("Since when you know them");
  await user.click(screen.getByRole("button", { name: /All or any/ }));
  await user.click(await screen.findByRole("option", { name: "any of these" }));
  expect(
    screen.getByText(
      "People who did not write to you in the last 30 days, or became known to you in the last 30 days.",
    ),
  ).toBeInTheDocument();
  await waitFor(() =>
    expect(saved()).toMatchObject({
      audience: { filter: { group: { join: "any", items: [{ not: true }, { not: false }] } } },
    }),
  );
});

it("puts conditions in brackets", async () => {
  const { user, add, saved } = await builder();
  await user.click(screen.getByRole("button", { name: "Wrote in the last 30 days" }));
  await add("A group in brackets");
  const bracket = screen.getByRole("group", { name: "A group in brackets" });
  await user.click(within(bracket).getByRole("button", { name: "Add a condition" }));
  await user.click(await screen.findByRole("menuitem", { name: "Their consent" }));
  await waitFor(() =>
    expect(saved()).toMatchObject({
      audience: {
        filter: {
          group: {
            items: [
              { test: { kind: "wrote" } },
              {
                test: {
                  kind: "group",
                  group: { join: "any", items: [{ test: { kind: "consent", any_of: ["opted_in"] } }] },
                },
              },
            ],
          },
        },
      },
    }),
  );
});

it("chooses people by an uploaded list and says who of it is known", async () => {
  const ipc = createFakeIpc();
  ipc.dialogs.openPath = "/home/shop/guests.csv";
  const { user, saved, count } = await builder(ipc);
  await user.click(screen.getByRole("button", { name: "Upload a list of numbers" }));
  expect(
    await screen.findByText(/69 rows: 62 people you know, 5 numbers nobody here has, 2 rows without a number/),
  ).toBeInTheDocument();
  await waitFor(() => expect(count()).toHaveTextContent(/62 people/));
  await waitFor(() =>
    expect(saved()).toMatchObject({ audience: { filter: { group: { items: [{ test: { kind: "list" } }] } } } }),
  );
});
