// Closing the window while a campaign runs asks once; in the background it goes on, and a second start brings it back.
import assert from "node:assert/strict";
import { importSampleList, launchCampaign, onPracticeAccount, prepareCampaign, shownCampaign } from "../lib/flows.mjs";
import { journey } from "../lib/journey.mjs";
import { until } from "../lib/processes.mjs";

/** As a person closes it: by the window manager. */
function closeWindow(desktop) {
  const [window] = desktop.windows("Switchboard");
  desktop.run("xdotool", ["windowactivate", "--sync", window]);
  desktop.run("xdotool", ["key", "--clearmodifiers", "alt+F4"]);
}

async function runCampaign(page) {
  await onPracticeAccount(page);
  await importSampleList(page);
  await page.press("link", "New campaign for them");
  await prepareCampaign(page, { template: "autumn_sale, en_US", everybody: false });
  await launchCampaign(page);
  return shownCampaign(page);
}

journey("closing while a campaign runs asks; it goes on in the background and comes back", {}, async (parts) => {
  const { desktop, app, page } = parts;
  const id = await runCampaign(page);
  closeWindow(desktop);
  const dialog = await page.find("alertdialog", "A campaign is still running");
  await page.press("button", "Stay here", { within: dialog });
  await page.gone("alertdialog");
  assert.equal(desktop.windows("Switchboard").length, 1, "nothing closed by itself");

  closeWindow(desktop);
  await page.find("alertdialog", "A campaign is still running");
  await page.press("radio", /^Go on in the background/);
  await page.press("button", "Close the window");
  await until("the window to be gone", () => desktop.windows("Switchboard").length === 0);
  assert.ok(app.isRunning(), "the program goes on");

  assert.equal((await app.startAgain()).code, 0);
  await until("the window to be back", () => desktop.windows("Switchboard").length === 1);
  const { row } = await page.ask("campaign_get", { id });
  assert.notEqual(row.state, "paused", "nobody paused it");
});

journey("closing can pause what runs and end the program; the next start finds it paused", {}, async (parts) => {
  const { desktop, app, page, startApp } = parts;
  const id = await runCampaign(page);
  closeWindow(desktop);
  await page.find("alertdialog", "A campaign is still running");
  await page.press("radio", /^Pause and quit/);
  await page.press("button", "Pause and quit");
  await until("the program to end", () => !app.isRunning(), { timeoutMs: 30_000 });
  await app.stop();

  const again = await startApp({ args: [] });
  await onPracticeAccount(again.page);
  const { row } = await again.page.ask("campaign_get", { id });
  assert.equal(row.state, "paused");
});
