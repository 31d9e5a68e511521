// Every screen: axe finds nothing, in light and dark; at 200 %, in long words and right-to-left nothing sticks out.
import assert from "node:assert/strict";
import { onPracticeAccount } from "../lib/flows.mjs";
import { journey } from "../lib/journey.mjs";
import { until } from "../lib/processes.mjs";
import { furnish, screensOf } from "../lib/screens.mjs";

const LOOKS = [
  { name: "light", settings: { theme: "light", language: "en" } },
  { name: "dark", settings: { theme: "dark", language: "en" } },
  { name: "long words", settings: { theme: "light", language: "en-XA" } },
  { name: "right-to-left", settings: { theme: "light", language: "ar-XB" }, direction: "rtl" },
];

async function wear(page, { settings, direction = "ltr" }) {
  const now = await page.ask("settings_get");
  await page.ask("settings_update", { ...now, ...settings });
  await until("the language of the window", () =>
    page.browser.execute(
      (direction, theme) => {
        const { dir, dataset, classList } = document.documentElement;
        return (
          (dir || "ltr") === direction && (dataset.theme === theme || classList.contains(theme) || theme === "light")
        );
      },
      direction,
      settings.theme,
    ),
  );
}

async function look(page, ids, looks) {
  const findings = [];
  for (const one of looks) {
    await wear(page, one);
    for (const screen of screensOf(ids)) {
      await page.visit(screen.path);
      await screen.act?.(page);
      await page.settled();
      const found = [...(await page.axe()), ...(await page.overflow())];
      findings.push(...found.map((line) => `${screen.name}, ${one.name}: ${line}`));
      await screen.undo?.(page);
    }
  }
  assert.deepEqual(findings, [], findings.join("\n"));
}

journey("axe finds nothing on any screen, and nothing sticks out", {}, async ({ page }) => {
  await onPracticeAccount(page);
  await look(page, await furnish(page), LOOKS);
});

journey(
  "axe finds nothing and nothing sticks out at 200 percent",
  { desktop: { width: 2560, height: 1640, scale: 2 }, app: { width: 640, height: 400 } },
  async ({ page }) => {
    await onPracticeAccount(page);
    assert.equal(await page.browser.execute(() => devicePixelRatio), 2);
    await look(page, await furnish(page), [LOOKS[0], LOOKS[2], LOOKS[3]]);
  },
);
