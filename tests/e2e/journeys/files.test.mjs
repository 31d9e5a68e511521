// A photo that a customer sends: kept, shown, enlarged, and saved where the operator wants it.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onPracticeAccount, openConversation } from "../lib/flows.mjs";
import { journey } from "../lib/journey.mjs";
import { until } from "../lib/processes.mjs";

const QUIET = { app: { env: { SWITCHBOARD_PRACTICE_SPEED: "1" } } };

journey("a photo is enlarged and saved through the desktop's own dialog", QUIET, async ({ desktop, page }) => {
  await onPracticeAccount(page);
  const customer = await until("a customer of the shop", async () => {
    const { items } = await page.ask("phone_customers", { search: null, limit: 20 });
    return items.find(({ name, address }) => /^[\p{L} ’'-]+$/u.test(name) && address.startsWith("+"));
  });
  await page.ask("phone_send", { customer_id: customer.id, text: "One like this please", photo: true });
  await openConversation(page, customer.name);
  await page.press("button", /^Enlarge.*One like this please/, { timeoutMs: 30_000 });
  const dialog = await page.find("dialog", "Photo");
  const shown = await page.browser.execute((box) => box.querySelector("img").naturalWidth, dialog);
  assert.ok(shown > 0, "the photo is drawn");

  const target = join(desktop.home, "saved.jpg");
  const pressed = page.press("button", /^Save photo\.jpg/, { within: dialog }).catch(() => undefined);
  const title = "Save the file";
  const [window] = await until("the dialog", () => {
    const windows = desktop.windows(title);
    return windows.length > 0 ? windows : null;
  });
  desktop.run("xdotool", ["windowactivate", "--sync", window]);
  await sleep(1_000);
  // The proposed name stands there selected.
  desktop.run("xdotool", ["key", "ctrl+a"]);
  desktop.run("xdotool", ["type", "--delay", "40", target]);
  await sleep(500);
  await until(
    "the dialog to close",
    async () => {
      if (desktop.windows(title).length === 0) return true;
      desktop.run("xdotool", ["key", "Return"]);
      await sleep(1_000);
      return false;
    },
    { timeoutMs: 60_000 },
  );
  await pressed;
  await page.waitForText("Saved");
  assert.ok(existsSync(target));
  const start = readFileSync(target).subarray(0, 3);
  assert.deepEqual([...start], [0xff, 0xd8, 0xff], "it is the photo");
});
