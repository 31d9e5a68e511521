// Takes a picture of every screen on the fake core, in a browser that the machine has: `npm run look -- [names…]`.
// LOOK_AXE=1 also runs axe, with contrast, and fails on what it finds. Pictures go to ui/look/ (not kept). LOOK_VARIANTS=light,dark,compact,zoom,long,tall,rtl chooses the variants.
import { mkdir, readFile } from "node:fs/promises";
import { chromium } from "playwright-core";
import { build, preview } from "vite";
import { screens } from "./screens.mjs";

const variants = {
  light: { query: "theme=light" },
  dark: { query: "theme=dark" },
  compact: { query: "theme=light&density=compact" },
  zoom: { query: "theme=light", width: 640, height: 400, scale: 2 },
  long: { query: "theme=light&language=en-XA" },
  tall: { query: "theme=light", height: 1900 },
  rtl: { query: "theme=light&language=ar-XB" },
};

const wanted = process.argv.slice(2);
const chosen = (process.env.LOOK_VARIANTS ?? "light,dark").split(",");
const dist = { outDir: "look/dist", emptyOutDir: true };
await build({ mode: "fake", logLevel: "error", build: dist });
const server = await preview({
  mode: "fake",
  logLevel: "error",
  build: dist,
  preview: {
    host: "127.0.0.1",
    port: 0,
    // As strict as the shell.
    headers: {
      "Content-Security-Policy":
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'",
    },
  },
});
const base = server.resolvedUrls?.local[0] ?? "";
const axeSource = await readFile("node_modules/axe-core/axe.min.js", "utf8");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
await mkdir("look", { recursive: true });
let failed = false;
for (const variant of chosen) {
  const { query, width = 1280, height = 800, scale = 1 } = variants[variant];
  for (const screen of screens) {
    if (wanted.length > 0 && !wanted.some((name) => screen.name.startsWith(name))) continue;
    const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: scale });
    page.setDefaultTimeout(120_000);
    page.on("console", (message) => {
      if (message.type() === "error") process.stderr.write(`${screen.name}: ${message.text().slice(0, 300)}\n`);
    });
    page.on("pageerror", (error) => {
      failed = true;
      process.stderr.write(`${screen.name}: ${error.message}\n`);
    });
    await page.goto(`${base}?live=0&${query}&${screen.query ?? ""}#${screen.path}`);
    try {
      await page.waitForSelector("main", { timeout: 120_000 });
      await page.waitForTimeout(500);
      await screen.act?.(page);
      await page.waitForTimeout(250);
    } catch (error) {
      failed = true;
      process.stderr.write(`${screen.name} (${variant}): ${error}\n`);
    }
    if (process.env.LOOK_AXE) {
      await page.evaluate(axeSource);
      const faults = await page.evaluate(() => globalThis.axe.run({ exclude: [["[data-live-announcer]"]] }));
      for (const fault of faults.violations)
        for (const node of fault.nodes) {
          failed = true;
          process.stderr.write(
            `${screen.name} (${variant}): ${fault.id} ${node.html.slice(0, 140)} ${node.any[0]?.message ?? ""}\n`,
          );
        }
    }
    await page.screenshot({ path: `look/${screen.name}.${variant}.png` });
    await page.close();
  }
}
await browser.close();
await server.close();
process.exit(failed ? 1 : 0);
