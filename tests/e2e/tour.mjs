// The whole main job in the real window, with 1,000 people of a list that it writes itself: import, campaign, the
// customers' answers, a STOP, an opt-out at the counter. Pictures of every screen, and the console's counts beside
// those of the practice account, which keeps its own ledger.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "./lib/app.mjs";
import { Desktop } from "./lib/desktop.mjs";
import {
  becomeCustomer,
  finishImport,
  judgeList,
  launchCampaign,
  onPracticeAccount,
  openConversation,
  prepareCampaign,
  shownCampaign,
  untilAtRest,
  writeAsCustomer,
} from "./lib/flows.mjs";
import { list } from "./lib/people.mjs";
import { until } from "./lib/processes.mjs";
import { screensOf } from "./lib/screens.mjs";

const SIZE = 1_000;
const TEMPLATE = "autumn_sale, en_US";
const out = process.env.SWITCHBOARD_TOUR_OUT ?? "target/tour";
const screenshots = [];
const mismatches = [];
const begun = Date.now();

function say(what) {
  process.stderr.write(`${((Date.now() - begun) / 1_000).toFixed(0).padStart(4)} s  ${what}\n`);
}

async function picture(page, name) {
  const path = join(out, `${String(screenshots.length + 1).padStart(2, "0")}-${name}.png`);
  await page.settled().catch(() => undefined);
  await page.screenshot(path);
  screenshots.push(path);
}

const everybody = { search: null, filter: "all", import_id: null, offset: 0, limit: 1 };
const contacts = async (page, filter, search = null) =>
  page.ask("contact_list", { search, filter, import_id: null, offset: 0, limit: 500 });

/** Everybody with an opt-out who was written to by template after it was stored. */
async function sentAfterStop(page) {
  const late = [];
  for (const { id } of (await contacts(page, "opted_out")).rows) {
    const { timeline } = await page.ask("contact_get", { id });
    const stored = Math.min(...timeline.filter(({ kind }) => kind === "opt_out").map((event) => event.recorded_at_ms));
    const { messages } = await page.ask("thread_get", { contact_id: id, before_ms: null, limit: 200 });
    if (messages.some((message) => message.direction === "out" && message.campaign && message.at_ms > stored)) {
      late.push(id);
    }
  }
  return late;
}

async function tour(desktop) {
  const app = await App.start(desktop, { args: [], env: { SWITCHBOARD_PRACTICE_SPEED: "300" } });
  try {
    return await walk(desktop, app);
  } catch (error) {
    desktop.screenshot(join(out, "where-it-failed.png"));
    throw error;
  } finally {
    await app.stop();
  }
}

async function walk(desktop, app) {
  const { page } = app;
  const shoot = (name) => picture(page, name);

  await page.find("button", "Try it on a practice account", { timeoutMs: 60_000 });
  await shoot("first-start");
  await page.press("button", "Try it on a practice account");
  await onPracticeAccount(page);
  await shoot("today-new");
  say("on the practice account");

  const file = join(desktop.home, "customers.csv");
  const { csv, expected } = list(SIZE);
  writeFileSync(file, csv);
  await page.go("Contacts");
  await page.press("button", "Import a list");
  await shoot("import");
  await page.visit(`/import?file=${encodeURIComponent(file)}`);
  await judgeList(page);
  await shoot("import-what-it-proves");
  await finishImport(page, { unproven: "without" });
  await shoot("import-done");
  const [imported] = (await page.ask("consent_import_list")).items;
  const stoppedByList = (await contacts(page, "opted_out")).total;
  say(`imported ${imported.contacts_added} people of ${SIZE} rows`);

  await page.press("link", "New campaign for them");
  await page.find("radio", new RegExp(`^${TEMPLATE}`), { timeoutMs: 30_000 });
  await shoot("campaign-template");
  await prepareCampaign(page, { template: TEMPLATE, everybody: false });
  await shoot("campaign-review");
  const people = await launchCampaign(page);
  const campaign = await shownCampaign(page);
  await shoot("campaign-undo");
  say(`launched to ${people} people`);
  const campaignNow = async () => (await page.ask("campaign_get", { id: campaign })).row;

  // At the counter somebody asks to be taken off the list while their message waits.
  const waiting = await until("somebody whose message waits", async () => {
    const request = { id: campaign, state: "queued", reason: null, offset: 0, limit: 500 };
    const { rows } = await page.ask("campaign_recipients", request);
    return rows.at(-1);
  });
  await page.visit(`/contacts/${waiting.contact_id}`);
  await page.press("button", "Record an opt-out");
  const dialog = await page.find("alertdialog", /opted out\?$/);
  await page.fill("textbox", "How do you know?", "Asked at the counter", { within: dialog });
  await page.press("button", "Record the opt-out", { within: dialog });
  await page.gone("alertdialog", /opted out\?$/);
  await shoot("person-opted-out");
  say("an opt-out recorded at the counter");

  // Two of those it reached: one asks and is answered, one writes STOP.
  await page.visit(`/campaigns/${campaign}`);
  await until("messages to be delivered", async () => {
    const { counts } = await campaignNow();
    return counts.delivered + counts.read > 30;
  }, { timeoutMs: 90_000 });
  await shoot("campaign-running");
  const reached = await until("two people it reached", async () => {
    const { items } = await page.ask("phone_customers", { search: null, limit: 100 });
    const quiet = [];
    for (const item of items) {
      if (quiet.length === 2) break;
      const { messages } = await page.ask("phone_conversation", { customer_id: item.id });
      if (messages.length > 0 && messages.every(({ from_customer }) => !from_customer)) quiet.push(item);
    }
    return quiet.length === 2 ? quiet : null;
  }, { timeoutMs: 60_000 });
  const [asks, stops] = reached;
  // The list may call somebody otherwise than they call themselves.
  const inConsole = async ({ address }) => (await contacts(page, "all", address)).rows[0].name;
  const [asksName, stopsName] = [await inConsole(asks), await inConsole(stops)];
  await becomeCustomer(page, asks);
  await writeAsCustomer(page, "Is the big oak board part of it?");
  await openConversation(page, asksName);
  await page.waitForText("Is the big oak board part of it?");
  await shoot("conversation-question");
  await page.fill("textbox", `Message to ${asksName}`, "It is. Shall I put one aside for you?");
  await page.keys("Enter");
  await until("the answer to reach the customer", async () => {
    const { messages } = await page.ask("phone_conversation", { customer_id: asks.id });
    return messages.some(({ text }) => text.includes("Shall I put one aside"));
  });
  await shoot("conversation-answered");
  await becomeCustomer(page, stops);
  await writeAsCustomer(page, "STOP");
  await until("the STOP to be on record", async () => (await contacts(page, "opted_out", stops.address)).total > 0);
  await openConversation(page, stopsName);
  await page.waitForText(/opted out/i);
  await shoot("conversation-stopped");
  await page.press("button", "Hide the pretend phone");
  say("a question answered, a STOP honoured");

  await page.visit(`/campaigns/${campaign}`);
  const rested = await untilAtRest(page, campaign, { timeoutMs: 300_000 });
  await shoot("campaign-done");
  say("the campaign has come to rest");

  const ids = {
    list: file,
    campaign,
    person: (await contacts(page, "opted_out", stops.address)).rows[0].id,
    template: (await page.ask("template_list", { search: null, sendable_only: true })).items[0].id,
  };
  for (const theme of ["light", "dark"]) {
    await page.ask("settings_update", { ...(await page.ask("settings_get")), theme });
    for (const screen of screensOf(ids)) {
      await page.visit(screen.path);
      await screen.act?.(page);
      await picture(page, `${theme}-${screen.name.replace(/\W+/g, "-")}`);
      await screen.undo?.(page);
    }
  }
  say(`${screenshots.length} pictures in ${out}`);

  const { counts } = rested;
  const row = await campaignNow();
  const ledger = await page.ask("practice_ledger_summary");
  const answers = 1;
  const console_ = {
    // Somebody of the list may have written before and is not new, but came with it.
    imported: (await page.ask("contact_list", { ...everybody, import_id: imported.import_id })).total,
    excluded: counts.excluded,
    sent: counts.accepted + counts.held + counts.sent + counts.delivered + counts.read + counts.failed + counts.withheld + answers,
    // The answer is delivered and read or not; its ticks are those of the conversation.
    delivered: counts.delivered + counts.read + (await answerReached(page, asksName, ["delivered", "read"])),
    read: counts.read + (await answerReached(page, asksName, ["read"])),
    replied: row.replied,
    failed: counts.failed,
    withheld: counts.withheld,
    unknown: counts.unknown,
    stopped: (await contacts(page, "opted_out")).total - stoppedByList - 1,
  };
  const practice = {
    // What the ledger cannot know stands in the list that was written above.
    imported: expected.good + expected.unproven + expected.optedOut,
    excluded: expected.unproven + expected.optedOut,
    sent: ledger.sent,
    delivered: ledger.delivered,
    read: ledger.read,
    replied: ledger.replied,
    failed: ledger.failed,
    withheld: ledger.withheld,
    unknown: 0,
    stopped: ledger.stopped,
  };
  for (const key of Object.keys(console_)) {
    if (console_[key] !== practice[key]) mismatches.push(`${key}: the console says ${console_[key]}, practice ${practice[key]}`);
  }
  if (counts.cancelled < 1) mismatches.push("the opt-out at the counter cancelled nothing");
  if (ledger.twice > 0) mismatches.push(`${ledger.twice} people got two messages`);
  const late = await sentAfterStop(page);
  if (late.length > 0) mismatches.push(`${late.length} sends started after a stored STOP`);
  return { console_, practice };
}

async function answerReached(page, name, ticks) {
  const { rows } = await page.ask("thread_list", { filter: "all", sort: "newest", search: name, offset: 0, limit: 5 });
  const person = rows.find((row) => row.name === name) ?? rows[0];
  const { messages } = await page.ask("thread_get", { contact_id: person.contact_id, before_ms: null, limit: 50 });
  return messages.filter((message) => message.text.startsWith("It is. Shall I") && ticks.includes(message.ticks)).length;
}

mkdirSync(out, { recursive: true });
const desktop = await Desktop.start();
let seen = { console_: {}, practice: {} };
try {
  seen = await tour(desktop);
} catch (error) {
  mismatches.push(`the tour broke off: ${error.message}`);
  process.stderr.write(`${error.stack}\n`);
} finally {
  await desktop.stop();
}
const ok = mismatches.length === 0;
for (const line of mismatches) process.stderr.write(`MISMATCH ${line}\n`);
process.stdout.write(
  `${JSON.stringify({ v: 1, tour: seen.console_, practice: seen.practice, screenshots, ok, mismatches })}\n`,
);
process.exit(ok ? 0 : 1);
