// The system hands a pairing link to the program as it hands over a file: a start with the link as its argument. Settings
// show where it leads; a paired account is never paired over.
import assert from "node:assert/strict";
import { Desk } from "../lib/desk.mjs";
import { connectAccount } from "../lib/flows.mjs";
import { journey } from "../lib/journey.mjs";
import { until } from "../lib/processes.mjs";

journey(
  "a pairing link opens the window, is confirmed, and pairs nothing over",
  { app: { args: [] } },
  async ({ desktop, app, page }) => {
    const desk = await Desk.start();
    try {
      await connectAccount(page, desk);
      const link = desk.pairingLink();
      const fingerprint = new URL(link).searchParams.get("fingerprint");
      const ended = await app.startAgain([link]);
      assert.equal(ended.code, 0);
      await page.waitForText(fingerprint);
      assert.equal(desktop.windows("Switchboard").length, 1, "there is one window");
      assert.equal(
        (await page.ask("relay_status")).state,
        "not_configured",
        "nothing is paired before it is confirmed",
      );
      await page.fill("textbox", "Name of this computer there", "Front desk");
      await page.press("button", "Pair");
      await until("the relay to be connected", async () => (await page.ask("relay_status")).state === "connected");
      const before = await page.ask("relay_status");

      await page.visit("/");
      await app.startAgain([desk.pairingLink()]);
      await page.waitForText(/never paired over/);
      const after = await page.ask("relay_status");
      assert.deepEqual([after.url, after.desk], [before.url, before.desk]);
      assert.equal((await page.ask("relay_devices")).items.length, 1, "no further console came");
      await page.press("button", "Forget the link");
      // Whatever else is sent to the scheme is no file and no fault.
      assert.equal((await app.startAgain(["switchboard://elsewhere?x=1"])).code, 0);
      assert.ok(app.isRunning());
    } finally {
      await desk.stop();
    }
  },
);
