// A campaign for people put together by what is known of them: checked with Meta, rehearsed, sent, and its report held
// against the core's own counts.
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
  "an audience of conditions is checked, rehearsed and sent, and the report stands beside the plan",
  { app: { env: { SWITCHBOARD_PRACTICE_SPEED: "600" } } },
  async ({ page }) => {
    await onPracticeAccount(page);
    await importSampleList(page);
    await page.press("link", "New campaign for them");
    const before = await page.ask("practice_ledger_summary");
    await prepareCampaign(page, {
      template: "autumn_sale, en_US",
      everybody: false,
      look: async (step) => {
        if (step !== "audience") return;
        await page.press("radio", /^People who/);
        await page.press("button", "Never heard from you");
        await page.press("button", "Add a condition");
        await page.press("menuitem", "Their consent");
        await page.waitForText("and have as consent: agreed, with evidence.");
      },
    });
    await page.waitForText(/Template: in order|Template: good to know/);

    await page.press("radio", "None");
    await page.press("button", "Rehearse");
    await page.waitForText("Rehearsed without trouble", { timeoutMs: 120_000 });
    assert.equal((await page.ask("practice_ledger_summary")).sent, before.sent, "a rehearsal sends nothing here");

    const people = await launchCampaign(page);
    const id = await shownCampaign(page);
    const { counts } = await untilAtRest(page, id);
    await page.press("link", "Report");
    await page.find("region", "As planned, and as it came");
    const report = await page.ask("campaign_report", { id, reply_days: 7 });
    assert.equal(report.plan.will_receive, people, "the plan is what the review said");
    const [planned, came] = await page.browser.execute(() =>
      [...document.querySelectorAll("section[aria-label^='As planned'] tbody tr:first-child td")].map(
        ({ textContent }) => Number(textContent.replaceAll(",", "")),
      ),
    );
    assert.deepEqual([planned, came], [people, report.reach.sent], "the first line shows both");
    const after = await page.ask("practice_ledger_summary");
    assert.equal(after.twice, 0, "nobody got two");
    assert.equal(after.sent - before.sent, people - counts.cancelled, "as many as the practice account accepted");
    assert.deepEqual(await page.axe(), []);
  },
);
