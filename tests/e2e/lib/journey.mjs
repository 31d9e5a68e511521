// A journey: a desktop and an app of its own, a picture and the programs' last words when it fails.
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { App } from "./app.mjs";
import { Desktop } from "./desktop.mjs";

const out = process.env.SWITCHBOARD_E2E_OUT ?? "target/e2e";

/** The crowd lives a minute in a second, so that replies and reads come while one waits. */
const LIVELY = { SWITCHBOARD_PRACTICE_SPEED: "60" };

/** How often a journey is walked before it counts as failed. A machine of CI may stand still for seconds; what fails and
 * then passes is said, with its picture, and is to be mended. */
const TRIES = Number(process.env.SWITCHBOARD_E2E_TRIES ?? 1);

/** `startsByItself: false` leaves the first start to the walk. */
export function journey(name, options, walk) {
  test(name, async () => {
    for (let again = TRIES - 1; ; again -= 1) {
      try {
        return await once(name, options, walk);
      } catch (error) {
        if (again <= 0) throw error;
        process.stderr.write(`FLAKY or broken, walked once more: ${name}\n${error?.stack ?? error}\n`);
      }
    }
  });
}

async function once(name, { desktop: wanted = {}, app: start = {}, startsByItself = true }, walk) {
  const desktop = await Desktop.start(wanted);
  const apps = [];
  /** Starts the app (again) on the same desktop. */
  const startApp = async (options = {}) => {
    const app = await App.start(desktop, { ...start, ...options, env: { ...LIVELY, ...start.env, ...options.env } });
    apps.push(app);
    return app;
  };
  try {
    const app = startsByItself ? await startApp() : null;
    await walk({ desktop, app, page: app?.page, startApp });
  } catch (error) {
    mkdirSync(out, { recursive: true });
    const picture = join(out, `${name.replace(/\W+/g, "-").slice(0, 60)}.png`);
    try {
      desktop.screenshot(picture);
      process.stderr.write(`The screen at that moment: ${picture}\n`);
    } catch {
      process.stderr.write("No picture could be taken.\n");
    }
    process.stderr.write(lastWords(desktop));
    throw error;
  } finally {
    for (const app of apps) await app.stop();
    await desktop.stop();
  }
}

/** The ends of what the programs and the app's own log said. */
function lastWords(desktop) {
  const files = [desktop.log, ...logsBelow(desktop.data)];
  return files
    .filter((file) => existsSync(file))
    .map((file) => `--- ${file}\n${readFileSync(file, "utf8").split("\n").slice(-30).join("\n")}\n`)
    .join("");
}

function logsBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.includes("log") && !entry.name.endsWith(".db"))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => /\.log(\.|$)/.test(path));
}
