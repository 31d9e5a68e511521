// The main job without a mouse: nothing here presses an element, everything is keys.
import assert from "node:assert/strict";
import { onPracticeAccount } from "../lib/flows.mjs";
import { journey } from "../lib/journey.mjs";
import { until } from "../lib/processes.mjs";

/** What has the focus, as a screen reader would say it. */
const focus = async (page) => {
  const element = await page.browser.$(await page.browser.getActiveElement()).getElement();
  const name = await element.getComputedLabel().catch(() => "");
  return { name, role: await element.getComputedRole().catch(() => "") };
};

/** Tab until the focus is on something with this name. */
async function tabTo(page, name, { key = ["Tab"], most = 60 } = {}) {
  const seen = [];
  for (let step = 0; step < most; step += 1) {
    const here = await focus(page);
    if (name.test(here.name)) return here;
    seen.push(here.name || here.role);
    await page.keys(...key);
  }
  throw new Error(`Tab never came to ${name}; it passed ${seen.join(", ")}`);
}

async function byPalette(page, words) {
  await page.keys("Control", "k");
  await page.find("searchbox", "Search for a person, a campaign, a screen");
  await page.type(words);
  await page.find("menuitem", new RegExp(words));
  await page.keys("Enter");
  await page.gone("searchbox", "Search for a person, a campaign, a screen");
}

journey(
  "import, campaign and the inbox with the keyboard alone",
  { app: { env: { SWITCHBOARD_PRACTICE_SPEED: "600" } } },
  async ({ page }) => {
    await onPracticeAccount(page);

    await byPalette(page, "Import a list");
    await page.find("button", "Use the sample list");
    await tabTo(page, /^Use the sample list$/);
    await page.keys("Enter");
    await until(
      "the list to be read",
      async () => (await page.has("button", "See what it proves")) || (await page.has("radio", /^Leave them out/)),
    );
    if (await page.has("button", "See what it proves")) {
      await tabTo(page, /^See what it proves$/);
      await page.keys("Enter");
    }
    await page.find("radio", /^Leave them out/, { timeoutMs: 30_000 });
    await tabTo(page, /^(I attest|Take them along|Leave them out)/);
    await page.keys(" ");
    for (let step = 0; step < 3; step += 1) {
      if (/^Leave them out/.test((await focus(page)).name)) break;
      await page.keys("ArrowDown");
    }
    await tabTo(page, /^Import \d+ people$/);
    await page.keys("Enter");
    await page.find("heading", "The list is in", { timeoutMs: 60_000 });
    await tabTo(page, /^New campaign for them$/);
    await page.keys("Enter");

    await page.find("radio", /^autumn_sale, en_US/, { timeoutMs: 30_000 });
    await tabTo(page, /, (en_US|fr_CA|en|fr)$/);
    await page.keys(" ");
    for (let step = 0; step < 12; step += 1) {
      if (/^autumn_sale, en_US/.test((await focus(page)).name)) break;
      await page.keys("ArrowDown");
    }
    await tabTo(page, /^Next$/);
    await page.keys("Enter");
    await page.find("radiogroup", "Who should get it?");
    await tabTo(page, /^Next$/);
    await page.keys("Enter");
    for (const field of await page.all("textbox", "Text")) {
      if ((await field.getValue()) !== "") continue;
      await until("the focus on the empty field", async () => {
        await page.keys("Tab");
        const active = await page.browser.getActiveElement();
        return page.browser.execute((one, other) => one === other, field, await page.browser.$(active).getElement());
      });
      await page.type("this Sunday");
    }
    await tabTo(page, /^Next$/);
    await page.keys("Enter");
    await page.find("heading", "When");
    await tabTo(page, /^Next$/);
    await page.keys("Enter");
    await page.find("button", /^Practice: send from/, { timeoutMs: 30_000 });
    await tabTo(page, /^Practice: send from/);
    const before = await page.ask("practice_ledger_summary");
    await page.keys("Enter");
    const dialog = await page.find("alertdialog", /^Send to/);
    const people = /Send to ([\d,]+) people/.exec(await dialog.getText())?.[1].replaceAll(",", "");
    assert.ok(people, "the dialog names the number of people");
    if ((await page.all("textbox", /^Type [\d,]+ to confirm/, dialog)).length > 0) {
      await tabTo(page, /^Type [\d,]+ to confirm/);
      await page.type(people);
    }
    await tabTo(page, /^Practice: send from/);
    await page.keys("Enter");
    await page.find("region", "How far it came", { timeoutMs: 30_000 });
    await until("messages to leave", async () => (await page.ask("practice_ledger_summary")).sent > before.sent, {
      timeoutMs: 60_000,
    });

    await page.keys("Control", "2");
    await page.find("heading", "Inbox");
    await page.find("row", undefined, { timeoutMs: 60_000 });
    await page.keys("/");
    assert.match((await focus(page)).name, /Search name or words/);
  },
);
