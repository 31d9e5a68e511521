// Through the native file dialog of the desktop, with real key presses.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { finishImport, onPracticeAccount } from "../lib/flows.mjs";
import { journey } from "../lib/journey.mjs";
import { list } from "../lib/people.mjs";
import { until } from "../lib/processes.mjs";

journey("a list chosen in the desktop's own dialog is imported", {}, async ({ desktop, page }) => {
  const file = join(desktop.home, "chosen.csv");
  const { csv, expected } = list(60);
  writeFileSync(file, csv);
  await onPracticeAccount(page);
  await page.visit("/import");
  // The press is answered only once the dialog has closed, so it is not waited for.
  const pressed = page.press("button", "Choose a file").catch(() => undefined);
  const title = "Choose a list of contacts";
  const [dialog] = await until("the dialog", () => {
    const windows = desktop.windows(title);
    return windows.length > 0 ? windows : null;
  });
  desktop.run("xdotool", ["windowactivate", "--sync", dialog]);
  await sleep(500);
  // In a GTK dialog a slash opens the field for a path; letters typed while it opens are lost.
  desktop.run("xdotool", ["key", "slash"]);
  await sleep(1_500);
  desktop.run("xdotool", ["type", "--delay", "40", file.slice(1)]);
  await sleep(500);
  // The first Return may only take what the dialog proposes, and a busy dialog may not have seen it yet.
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
  await page.find("heading", "chosen.csv", { timeoutMs: 30_000 });
  await finishImport(page, { unproven: "leave" });
  const [summary] = (await page.ask("consent_import_list")).items;
  assert.equal(summary.file_name, "chosen.csv");
  assert.equal(summary.opt_outs_recorded, expected.optedOut);
});
