// The app is killed in the middle of a campaign and started again: everybody gets it once.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  finishImport,
  launchCampaign,
  onPracticeAccount,
  prepareCampaign,
  shownCampaign,
  untilAtRest,
} from "../lib/flows.mjs";
import { journey } from "../lib/journey.mjs";
import { list } from "../lib/people.mjs";
import { until } from "../lib/processes.mjs";

const FAST = { SWITCHBOARD_PRACTICE_SPEED: "600" };

journey(
  "after a kill in mid-campaign the rest goes out, and nobody gets two",
  { app: { env: FAST } },
  async ({ desktop, app, startApp }) => {
    const file = join(desktop.home, "many.csv");
    writeFileSync(file, list(1_500, { troubles: false }).csv);
    let { page } = app;
    await onPracticeAccount(page);
    const start = await page.ask("practice_ledger_summary");
    await page.visit(`/import?file=${encodeURIComponent(file)}`);
    await finishImport(page, { timeoutMs: 120_000 });
    await page.press("link", "New campaign for them");
    await prepareCampaign(page, { template: "autumn_sale, en_US", everybody: false });
    const people = await launchCampaign(page);
    const id = await shownCampaign(page);
    await until(
      "the campaign to be under way",
      async () => {
        const sent = (await page.ask("practice_ledger_summary")).sent - start.sent;
        return sent > 50 && sent < people;
      },
      { timeoutMs: 90_000, everyMs: 50 },
    );
    await app.kill();

    const again = await startApp({ args: ["--practice"] });
    page = again.page;
    await onPracticeAccount(page);
    const { row } = await page.ask("campaign_get", { id });
    if (row.state === "paused") {
      await page.visit(`/campaigns/${id}`);
      await page.press("button", "Resume");
    }
    const { counts } = await untilAtRest(page, id, { timeoutMs: 240_000 });
    const ledger = await page.ask("practice_ledger_summary");
    assert.equal(ledger.twice, 0, "nobody got two");
    assert.equal(counts.audience - counts.excluded, people, "nobody was lost");
    assert.equal(counts.queued + counts.sending, 0, "nobody was skipped");
    // What was on the wire when the power went is unclear until its status comes; at most a few.
    assert.ok(counts.unknown <= 50, `${counts.unknown} unclear`);
    assert.ok(ledger.sent - start.sent >= people - counts.unknown - counts.cancelled - counts.failed);
    assert.ok(ledger.sent - start.sent <= people);
  },
);
