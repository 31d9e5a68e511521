import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createFakeIpc } from "../../ipc/fake";
import { axeFaults, openAt } from "../../testing/render";

const fileAt = (name: string) => `/import?file=${encodeURIComponent(`/home/shop/${name}`)}`;

it("imports the sample list: what it is, what it proves, commit with progress, summary", async () => {
  const { user, ipc } = await openAt("/import", createFakeIpc({ empty: true }));
  expect(await axeFaults()).toEqual([]);
  await user.click(await screen.findByRole("button", { name: "Use the sample list" }));
  expect(await screen.findByText("This is the sample list of the practice shop.")).toBeInTheDocument();
  expect(await screen.findByText(/rows show that people agreed to marketing/)).toBeInTheDocument();
  const commit = screen.getByRole("button", { name: /^Import \d+ people$/ });
  expect(commit).toBeDisabled();
  await user.click(screen.getByRole("radio", { name: /Take them along without marketing/ }));
  expect(await axeFaults()).toEqual([]);
  expect(commit).toBeEnabled();
  await user.click(commit);
  expect(await screen.findByRole("progressbar", { name: "Writing people and consent" })).toBeInTheDocument();
  expect(await screen.findByRole("heading", { name: "The list is in" })).toBeInTheDocument();
  expect(ipc.calls.find(({ name }) => name === "consent_import_commit")?.request).toMatchObject({
    unproven: "without_marketing",
    attestation: null,
  });
  expect(screen.getByRole("link", { name: "New campaign for them" })).toBeInTheDocument();
  expect(await axeFaults()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Save the left-out rows" }));
  expect(await screen.findByText(/saved to \/home\/shop\/left-out.csv/)).toBeInTheDocument();
});

it("asks for wording, place, dates and purpose before rows without proof are attested", async () => {
  const { user, ipc } = await openAt(fileAt("nothing.csv"));
  await user.click(await screen.findByRole("radio", { name: /I attest that they agreed/ }));
  const commit = screen.getByRole("button", { name: /^Import \d+ people$/ });
  expect(commit).toBeDisabled();
  await user.type(screen.getByLabelText("The words they agreed to"), "Yes, send me offers.");
  await user.type(screen.getByLabelText("Where"), "Shop counter");
  await user.type(screen.getByLabelText("First day"), "2026-05-01");
  await user.type(screen.getByLabelText("Last day"), "2026-05-31");
  await user.click(screen.getByRole("checkbox", { name: /Utility/ }));
  expect(commit).toBeEnabled();
  await user.click(commit);
  await screen.findByRole("heading", { name: "The list is in" });
  expect(ipc.calls.find(({ name }) => name === "consent_import_commit")?.request).toMatchObject({
    unproven: "attest",
    attestation: {
      wording: "Yes, send me offers.",
      place: "Shop counter",
      date_from: "2026-05-01",
      date_to: "2026-05-31",
      purposes: ["marketing", "utility"],
    },
  });
});

it("opens the rows behind each count", async () => {
  const { user } = await openAt(fileAt("sample.csv"));
  await user.click(await screen.findByRole("button", { name: /^Rejected \d+$/ }));
  const rows = await screen.findByRole("grid", { name: "Rows" });
  await waitFor(() => expect(within(rows).getAllByText("No phone number in this row.").length).toBeGreaterThan(0));
  expect(within(rows).queryByText("Accepted")).toBeNull();
});

it("lets one say by hand what the columns of an unknown list mean", async () => {
  const { user, ipc } = await openAt(fileAt("strange.csv"));
  expect(await screen.findByText(/not one we know/)).toBeInTheDocument();
  const judge = screen.getByRole("button", { name: "See what it proves" });
  expect(judge).toBeDisabled();
  expect(await axeFaults()).toEqual([]);
  await user.click(screen.getByRole("button", { name: /Meaning of Column 1/ }));
  await user.click(await screen.findByRole("option", { name: "Phone number" }));
  await user.click(judge);
  expect(await screen.findByRole("button", { name: "Change columns" })).toBeInTheDocument();
  expect(ipc.calls.find(({ name }) => name === "consent_import_preview")?.request).toMatchObject({
    mapping: [
      { index: 0, role: "phone" },
      { index: 1, role: "attribute" },
      { index: 2, role: "ignore" },
    ],
    region: "CA",
  });
});

it("says why a file is none and what to do", async () => {
  await openAt(fileAt("prices.pdf"));
  const note = await screen.findByRole("alert");
  expect(note).toHaveTextContent("“prices.pdf” is a PDF, not a table.");
  expect(note).toHaveTextContent("Export the list as CSV");
  expect(screen.getByRole("button", { name: "Another file" })).toBeEnabled();
});

it("can be stopped while it writes, and says what stays", async () => {
  const { user } = await openAt(fileAt("nothing.csv"));
  await user.click(await screen.findByRole("radio", { name: /without marketing/ }));
  await user.click(screen.getByRole("button", { name: /^Import \d/ }));
  const stop = await screen.findByRole("button", { name: "Stop" });
  await waitFor(() => expect(stop).toBeEnabled());
  await user.click(stop);
  expect(await screen.findByText(/What was written stays/)).toBeInTheDocument();
});

it("lets several columns tell of opt-outs, and leaves out no column by itself", async () => {
  const { user, ipc } = await openAt(fileAt("strange.csv"));
  const mean = async (column: string, role: string) => {
    await user.click(await screen.findByRole("button", { name: new RegExp(`Meaning of ${column}`) }));
    await user.click(await screen.findByRole("option", { name: role }));
  };
  await mean("Column 2", "Opted out or not");
  await mean("Column 3", "Opted out or not");
  await mean("Column 2", "Phone number");
  await mean("Column 1", "Phone number");
  await user.click(screen.getByRole("button", { name: "See what it proves" }));
  await screen.findByRole("button", { name: "Change columns" });
  expect(ipc.calls.find(({ name }) => name === "consent_import_preview")?.request).toMatchObject({
    mapping: [
      { index: 0, role: "phone" },
      { index: 1, role: "attribute" },
      { index: 2, role: "opted_out" },
    ],
  });
});

it("tells the size of a small file in bytes", async () => {
  await openAt(fileAt("small.csv"));
  expect(await screen.findByText(/· 412 bytes ·/)).toBeInTheDocument();
});

it("says that a file was imported before instead of offering it again, and shows what that did", async () => {
  const { user, router } = await openAt(fileAt("nothing.csv"));
  await user.click(await screen.findByRole("radio", { name: /without marketing/ }));
  await user.click(screen.getByRole("button", { name: /^Import \d/ }));
  expect(await screen.findByRole("heading", { name: "The list is in" }, { timeout: 5_000 })).toBeInTheDocument();
  await router.navigate({ to: "/import" });
  await screen.findByRole("button", { name: "Choose a file" });
  await router.navigate({ to: "/import", search: { file: "/home/shop/nothing.csv" } });
  expect(await screen.findByRole("heading", { name: "You imported this file already" })).toBeInTheDocument();
  expect(screen.getByText(/Importing it again changes nothing\./)).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /^Import \d/ })).toBeNull();
  expect(await axeFaults()).toEqual([]);
  // Who decides as before is told so as well.
  await user.click(screen.getByRole("button", { name: /Decide differently/ }));
  await user.click(await screen.findByRole("radio", { name: /without marketing/ }));
  expect(screen.getByRole("button", { name: /nothing would change/ })).toBeDisabled();
  await user.click(screen.getByRole("radio", { name: /Leave them out/ }));
  expect(screen.queryByRole("button", { name: /nothing would change/ })).toBeNull();
});

it("takes an import back after saying what goes and what stays", async () => {
  const { user, ipc } = await openAt(fileAt("nothing.csv"));
  await user.click(await screen.findByRole("radio", { name: /without marketing/ }));
  await user.click(screen.getByRole("button", { name: /^Import \d/ }));
  await screen.findByRole("heading", { name: "The list is in" }, { timeout: 5_000 });
  await user.click(screen.getByRole("button", { name: "Take this import back" }));
  const dialog = await screen.findByRole("alertdialog");
  expect(dialog).toHaveTextContent(/removed unless something else is known of them/);
  await user.click(within(dialog).getByRole("button", { name: "Take this import back" }));
  expect(await screen.findByText(/people were removed/)).toBeInTheDocument();
  expect(screen.queryByRole("link", { name: "New campaign for them" })).toBeNull();
  expect(ipc.calls.some(({ name }) => name === "consent_import_undo")).toBe(true);
});

it("asks what a list of nothing but numbers is", async () => {
  const { user, ipc } = await openAt(fileAt("stop.csv"));
  expect(await screen.findByRole("radio", { name: /They do not want messages/ })).toBeChecked();
  expect(await axeFaults()).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Continue" }));
  await screen.findByRole("button", { name: "Change columns" });
  expect(ipc.calls.find(({ name }) => name === "consent_import_preview")?.request).toMatchObject({
    meaning: "opt_outs",
  });
});

it("asks once how a date is meant that can be read in two ways", async () => {
  const { user, ipc } = await openAt(fileAt("dates.csv"));
  await user.click(await screen.findByRole("radio", { name: /April 3, 2026|3 April 2026/ }));
  await waitFor(() =>
    expect(ipc.calls.filter(({ name }) => name === "consent_import_preview").at(-1)?.request).toMatchObject({
      date_order: "day_first",
    }),
  );
});
