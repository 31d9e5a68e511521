// A second start does not open a second Switchboard: the first window comes forward and takes the file.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onPracticeAccount } from "../lib/flows.mjs";
import { journey } from "../lib/journey.mjs";
import { list } from "../lib/people.mjs";
import { start, stop, until } from "../lib/processes.mjs";

journey("a second start brings the first window forward with the file", {}, async ({ desktop, app, page }) => {
  await onPracticeAccount(page);
  const file = join(desktop.home, "second.csv");
  writeFileSync(file, list(20).csv);
  const [window] = await until("the window", () => {
    const windows = desktop.windows("Switchboard");
    return windows.length > 0 ? windows : null;
  });
  desktop.run("xdotool", ["windowminimize", window]);
  // Something else is in front.
  const other = start("xmessage", ["another program"], { env: desktop.env, log: desktop.log });
  try {
    const ended = await app.startAgain([file]);
    assert.equal(ended.code, 0);
    await page.find("heading", "second.csv", { timeoutMs: 30_000 });
    await until("the first window in front", () => /Switchboard/.test(desktop.frontTitle()));
    assert.equal(desktop.windows("Switchboard").length, 1, "there is one window");
  } finally {
    await stop(other);
  }
});
