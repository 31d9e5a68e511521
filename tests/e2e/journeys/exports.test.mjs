// Files as a marketer has them: nothing to map, a verdict for every row, and every one of them can be taken back.
// With SWITCHBOARD_E2E_LOOK set, each step is kept as a picture in both themes.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { germanExcel, hubspot, mailchimp, shopify, workbook } from "../lib/exports.mjs";
import { onPracticeAccount } from "../lib/flows.mjs";
import { journey } from "../lib/journey.mjs";
import { until } from "../lib/processes.mjs";

const out = process.env.SWITCHBOARD_E2E_OUT ?? "target/e2e";
const COMMIT = /^Import (one person|[\d,]+ people)|^Record/;

async function look(page, name) {
  if (!process.env.SWITCHBOARD_E2E_LOOK) return;
  for (const theme of ["light", "dark"]) {
    await page.browser.execute((theme) => {
      document.documentElement.dataset.theme = theme;
    }, theme);
    await page.settled({ timeoutMs: 3_000 }).catch(() => undefined);
    await page.screenshot(join(out, `import-${name}-${theme}.png`));
  }
}

async function drop(page, desktop, name, content) {
  const file = join(desktop.home, name);
  writeFileSync(file, content);
  await page.visit(`/import?file=${encodeURIComponent(file)}`);
  return file;
}

/** What the file proves, without a word about its columns. */
async function proves(page, name) {
  await page.find("button", /^Import |^Record|^Nothing to import|^Decide first/, { timeoutMs: 60_000 });
  assert.equal(await page.has("button", "See what it proves"), false, `${name}: nothing to map`);
  await look(page, name);
}

async function commit(page) {
  const go = await page.find("button", COMMIT);
  await until("the decision to be taken", () => go.isEnabled());
  await page.press("button", COMMIT);
  await page.find("heading", "The list is in", { timeoutMs: 60_000 });
  const { items } = await page.ask("consent_import_list");
  return items[0];
}

const WITHOUT = /^Take them along without marketing/;

journey("exports of Shopify, HubSpot and Mailchimp need no click to be understood", {}, async ({ desktop, page }) => {
  await onPracticeAccount(page);

  await drop(page, desktop, "customers_export.csv", shopify());
  await proves(page, "shopify");
  await page.waitForText("This looks like a Shopify customer export");
  await page.press("radio", WITHOUT);
  const fromShop = await commit(page);
  assert.equal(fromShop.contacts_added, 2);
  assert.equal(fromShop.consents_recorded, 0, "e-mail and SMS consent is none for WhatsApp");

  await drop(page, desktop, "hubspot.xlsx", hubspot());
  await proves(page, "hubspot");
  await page.waitForText("Read from the sheet “hubspot-crm-exports”.");
  await page.press("radio", WITHOUT);
  assert.equal((await commit(page)).contacts_added, 2);

  await drop(page, desktop, "audience_export.zip", mailchimp());
  await proves(page, "mailchimp");
  await page.press("radio", WITHOUT);
  const fromMail = await commit(page);
  assert.deepEqual([fromMail.contacts_added, fromMail.opt_outs_recorded], [4, 1]);
  await look(page, "done");

  await page.press("button", "Take this import back");
  await page.find("alertdialog", /^Take back the import of/);
  await look(page, "undo");
  await page.press("button", "Take this import back", { within: await page.find("alertdialog") });
  await page.find("heading", "Taken back", { timeoutMs: 60_000 });
  await look(page, "taken-back");
  const broughtBy = async ({ import_id }) =>
    (await page.ask("contact_list", { search: null, filter: "all", import_id, offset: 0, limit: 1 })).total;
  assert.deepEqual([await broughtBy(fromMail), await broughtBy(fromShop)], [0, 2], "the others stay");
});

journey(
  "a German Excel is read as it was written, and what is broken in it comes back as a file",
  {},
  async ({ desktop, page }) => {
    await onPracticeAccount(page);
    await drop(page, desktop, "Kundenliste.csv", germanExcel());
    await proves(page, "german-excel");
    await page.waitForText("2 rows show that the person agreed");
    const done = await commit(page);
    assert.deepEqual(
      [done.contacts_added, done.consents_recorded, done.opt_outs_recorded, done.rows_left_out],
      [3, 2, 1, 1],
    );
    const saved = await page.ask("consent_import_rejected_save", { import_id: done.import_id, path: null });
    const text = readFileSync(saved.path, "utf8");
    assert.match(text, /Vorname;Nachname;Handynummer;/, "with the semicolons of the original");
    assert.match(text, /Uwe;Schäfer;4,91714E\+11;/);
  },
);

journey("what nobody can tell but who made the file is asked, once and plainly", {}, async ({ desktop, page }) => {
  await onPracticeAccount(page);

  await drop(page, desktop, "STOP.csv", "STOP\n+14165550123\n+16045550145\n");
  await page.find("radiogroup", /^This list holds 2 numbers/, { timeoutMs: 60_000 });
  await look(page, "suppression");
  await page.press("button", "Continue");
  await page.find("button", /^Record 2 opt-outs/);
  await look(page, "suppression-preview");
  assert.equal((await commit(page)).opt_outs_recorded, 2);

  const dated = "phone,opt-in,opt-in date,source\n+14165550101,yes,03/04/2026,till\n+14165550102,yes,05/06/2026,till\n";
  await drop(page, desktop, "dates.csv", dated);
  await page.find("radiogroup", "Which day is meant by 03/04/2026?", { timeoutMs: 60_000 });
  await look(page, "dates");
  await page.press("radio", /3 April 2026|April 3, 2026/);
  await page.waitForText("2 rows show that the person agreed");
  await look(page, "dates-answered");

  const sheets = [
    {
      name: "Spring",
      rows: [
        ["Phone", "Name"],
        ["+14165550106", "Ida"],
      ],
    },
    {
      name: "Autumn",
      rows: [
        ["Phone", "Name", "Opt-in", "Opt-in date", "Source"],
        ["+14165550107", "Jo", "yes", "2026-09-01", "till"],
      ],
    },
  ];
  await drop(page, desktop, "seasons.xlsx", workbook(sheets));
  await proves(page, "sheets");
  await page.waitForText("Read from the sheet “Autumn”.");
  await page.choose(/Sheet of the workbook/, "Spring");
  await page.waitForText("Read from the sheet “Spring”.", { timeoutMs: 60_000 });

  await drop(page, desktop, "empty.csv", "");
  await page.waitForText("The file is empty", { timeoutMs: 30_000 });
  await look(page, "empty");
  await drop(page, desktop, "broken.xlsx", hubspot().subarray(0, 700));
  await page.find("alert", undefined, { timeoutMs: 30_000 });
  await look(page, "broken");
  await drop(page, desktop, "strange.csv", "A1,B7,C3\n4165550108,Kim,x\n4165550109,Lou,y\n");
  await page.find("button", "See what it proves", { timeoutMs: 60_000 });
  await look(page, "strange");
});
