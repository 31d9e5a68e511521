// A campaign from the template to the last tick, held against what the practice account really accepted.
import assert from "node:assert/strict";
import {
  importSampleList,
  launchCampaign,
  onPracticeAccount,
  prepareCampaign,
  shownCampaign,
  untilAtRest,
} from "../lib/flows.mjs";
import { journey } from "../lib/journey.mjs";

journey(
  "a campaign goes out, is delivered and read, and its counts are those of the practice ledger",
  { app: { env: { SWITCHBOARD_PRACTICE_SPEED: "600" } } },
  async ({ page }) => {
    await onPracticeAccount(page);
    const before = await page.ask("practice_ledger_summary");
    await importSampleList(page);
    await page.press("link", "New campaign for them");
    await prepareCampaign(page, { template: "autumn_sale, en_US", everybody: false });
    const people = await launchCampaign(page);
    const id = await shownCampaign(page);

    const { counts } = await untilAtRest(page, id);
    const { audience, ...states } = counts;
    const sum = Object.values(states).reduce((all, count) => all + count, 0);
    assert.equal(sum, audience, "every person is in exactly one state");
    assert.equal(audience - counts.excluded, people, "as many as the review said");
    assert.equal(counts.queued + counts.sending + counts.unknown, 0);

    const after = await page.ask("practice_ledger_summary");
    assert.equal(after.twice, 0, "nobody got two");
    assert.equal(after.sent - before.sent, people - counts.cancelled, "as many as the practice account accepted");

    const read = await page.find("button", new RegExp(`^Read ${counts.read.toLocaleString("en")}\\b`));
    await page.click(read);
    await page.find("grid", "People");
  },
);

journey("ten seconds of undo take a launch back before anything leaves", {}, async ({ page }) => {
  await onPracticeAccount(page);
  await importSampleList(page);
  await page.press("link", "New campaign for them");
  await prepareCampaign(page, { template: "autumn_sale, en_US", everybody: false });
  const before = await page.ask("practice_ledger_summary");
  await launchCampaign(page);
  const id = await shownCampaign(page);
  await page.press("button", "Undo");
  await page.press("link", "Edit the draft");
  assert.equal((await page.ask("campaign_get", { id })).row.state, "draft");
  assert.equal((await page.ask("practice_ledger_summary")).sent, before.sent);
});
