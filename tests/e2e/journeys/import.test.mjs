// From the very first start to people in the address book.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { finishImport, onPracticeAccount } from "../lib/flows.mjs";
import { journey } from "../lib/journey.mjs";
import { list } from "../lib/people.mjs";

journey(
  "the first start leads to the practice account, the sample list into the address book",
  { app: { args: [] } },
  async ({ page }) => {
    await page.press("button", "Try it on a practice account", { timeoutMs: 60_000 });
    await onPracticeAccount(page);
    await page.go("Contacts");
    await page.press("button", "Import a list");
    await page.press("button", "Use the sample list");
    await finishImport(page, { unproven: "leave" });

    const { items } = await page.ask("consent_import_list");
    assert.equal(items.length, 1);
    const [summary] = items;
    assert.ok(summary.contacts_added > 150, `${summary.contacts_added} people of a list of 200`);
    assert.ok(summary.opt_outs_recorded >= 2, "the rows that say no are on record");
    assert.ok(summary.rows_left_out > 0, "the rows that prove nothing stay out");

    await page.press("link", "Look at these people");
    await page.waitForText(/\d+ people/);
    const { total } = await page.ask("contact_list", {
      search: null,
      filter: "all",
      import_id: summary.import_id,
      offset: 0,
      limit: 1,
    });
    await page.waitForText(`${total} people`);
  },
);

journey(
  "a list named at the start opens in the import, and a second time adds nobody",
  { app: { args: [] } },
  async ({ desktop, app, startApp }) => {
    const file = join(desktop.home, "customers.csv");
    const { csv, expected } = list(100);
    writeFileSync(file, csv);
    await app.stop();

    const { page } = await startApp({ args: ["--practice", file] });
    await page.find("heading", "customers.csv", { timeoutMs: 60_000 });
    await finishImport(page, { unproven: "without" });
    const [first] = (await page.ask("consent_import_list")).items;
    assert.equal(first.opt_outs_recorded, expected.optedOut);
    assert.ok(first.rows_left_out >= expected.unreadable, "rows without a phone are left out and counted");
    const people = async () =>
      (await page.ask("contact_list", { search: null, filter: "all", import_id: null, offset: 0, limit: 1 })).total;
    const before = await people();

    await page.go("Contacts");
    await page.find("heading", "Contacts");
    await page.visit(`/import?file=${encodeURIComponent(file)}`);
    await page.find("heading", "You imported this file already");
    assert.equal(await page.has("button", /^Import (one person|[\d,]+ people)/), false, "nothing is offered again");
    assert.equal(await people(), before);
    assert.equal((await page.ask("consent_import_list")).items.length, 1);
  },
);

journey("a file that is no list says so, and nothing is written", {}, async ({ desktop, page }) => {
  await onPracticeAccount(page);
  const file = join(desktop.home, "prices.csv");
  writeFileSync(file, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", "latin1");
  await page.visit(`/import?file=${encodeURIComponent(file)}`);
  const alert = await page.find("alert");
  assert.match(await alert.getText(), /PDF/);
  assert.equal((await page.ask("consent_import_list")).items.length, 0);
});
