// What does not work says what happened and what to do, and nothing is lost by it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { program } from "../lib/app.mjs";
import { onPracticeAccount } from "../lib/flows.mjs";
import { journey } from "../lib/journey.mjs";
import { PracticeMeta } from "../lib/practice-meta.mjs";
import { until } from "../lib/processes.mjs";

/** Fills the first step of connecting and looks what the token reaches. */
async function look(page, meta, token, waba = "") {
  await page.fill("textbox", "WABA id, if you know it", waba);
  // A field for secrets has no role to be found by.
  const field = await page.browser.$("input[type=password]");
  await field.click();
  await page.keys("Control", "a");
  await page.type(token);
  if (!(await page.has("textbox", "Graph address"))) await page.press("button", "Another Graph address");
  await page.fill("textbox", "Graph address", meta.graph);
  await page.press("button", "Look what it reaches");
}

async function startConnecting(page) {
  await page.press("button", "Connect my account", { timeoutMs: 60_000 });
  await page.find("heading", "Connect your account");
}

async function alertSays(page, ...words) {
  const alert = await page.find("alert");
  await until(`the alert to say ${words.join(", ")}`, async () => {
    const text = await (await page.all("alert"))[0]?.getText();
    return words.every((word) => text?.includes(word));
  });
  return alert;
}

const profiles = (desktop) => {
  const found = [];
  const walk = (folder) => {
    if (!existsSync(folder)) return;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name === "profiles") found.push(...readdirSync(join(folder, entry.name)));
      else if (entry.isDirectory()) walk(join(folder, entry.name));
    }
  };
  walk(desktop.data);
  return found;
};

journey(
  "wrong, expired and under-scoped tokens and an unknown WABA",
  { app: { args: [] } },
  async ({ desktop, page }) => {
    const meta = await PracticeMeta.start(desktop);
    try {
      await startConnecting(page);
      await look(page, meta, "EAAPnotatoken");
      await alertSays(page, "The token was refused", "paste it whole");
      await look(page, meta, await meta.makeToken({ expires_in_s: -60 }));
      await alertSays(page, "The token was refused");
      await look(page, meta, meta.token, "999999999999999");
      await alertSays(page, "The account was not found", "999999999999999", "WhatsApp Manager");

      await look(page, meta, await meta.makeToken({ scopes: ["whatsapp_business_management"] }), meta.waba);
      await page.waitForText("The token lacks: whatsapp_business_messaging");
      assert.equal(await (await page.find("button", "Next")).isEnabled(), false, "such a token leads no further");
      await page.press("button", "Use another token");

      await meta.stop();
      await look(page, meta, meta.token);
      await alertSays(page, "Meta cannot be reached", "Check the internet connection");
      assert.deepEqual(profiles(desktop), [], "nothing was kept");
      assert.ok(!readFileSync(desktop.log, "utf8").includes(meta.token), "the token is nowhere in what was printed");
    } finally {
      await meta.stop();
    }
  },
);

journey(
  "a locked keychain keeps nothing, and connecting works once it is open",
  { desktop: { keychain: "locked" }, app: { args: [] } },
  async ({ desktop, page }) => {
    const meta = await PracticeMeta.start(desktop);
    try {
      await startConnecting(page);
      await look(page, meta, meta.token);
      await page.press("button", "Next");
      await page.press("button", "Check and connect");
      await alertSays(page, "The keychain could not be used", "Nothing was saved");
      assert.deepEqual(profiles(desktop), [], "nothing was kept");

      await desktop.startKeychain();
      await page.press("button", "Check and connect");
      await page.find("navigation", "Main", { timeoutMs: 30_000 });
      assert.equal(profiles(desktop).length, 1);
    } finally {
      await meta.stop();
    }
  },
);

journey("a database of a newer version is left alone and said so", {}, async ({ app, page, startApp }) => {
  await onPracticeAccount(page);
  const { data_dir } = await page.ask("diagnostics_get");
  await app.stop();
  const mark = join(dirname(program), "switchboard-mark-newer");
  const database = join(data_dir, "console.db");
  execFileSync(mark, [database, join(data_dir, "practice-secrets.json")]);
  const before = readFileSync(database);
  const again = await startApp({ args: [] });
  await alertSays(again.page, "This data belongs to a newer version", "Install the newest Switchboard");
  assert.ok(readFileSync(database).equals(before), "the file was not touched");
});

journey("the command line works beside the window, and a second engine is refused", {}, async ({ desktop, page }) => {
  await onPracticeAccount(page);
  const { data_dir } = await page.ask("diagnostics_get");
  const cli = (...words) => {
    const common = ["--json", "--data-dir", dirname(dirname(data_dir)), "--profile", "practice"];
    const secrets = ["--secrets", `file:${join(data_dir, "practice-secrets.json")}`];
    try {
      return JSON.parse(desktop.run(join(dirname(program), "switchboard-cli"), [...common, ...secrets, ...words]));
    } catch (error) {
      return JSON.parse(error.stdout);
    }
  };
  const refused = cli("run", "--until-idle");
  assert.equal(refused.error?.code, "profile_in_use", JSON.stringify(refused));

  // Whoever writes to a fresh practice account comes in by webhook.
  const people = { search: null, filter: "all", import_id: null, offset: 0, limit: 1 };
  const somebody = await until("somebody to be there", async () => (await page.ask("contact_list", people)).rows[0]);
  await page.visit(`/contacts/${somebody.id}`);
  await page.find("button", "Record an opt-out");
  const stopped = cli("consent", "opt-out", somebody.id);
  assert.equal(stopped.ok, true, JSON.stringify(stopped));
  // The window learns of it by itself.
  await page.gone("button", "Record an opt-out", { timeoutMs: 15_000 });
});
