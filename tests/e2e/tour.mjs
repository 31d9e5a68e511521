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
  steady,
  untilAtRest,
  writeAsCustomer,
} from "./lib/flows.mjs";
import { list } from "./lib/people.mjs";
import { until } from "./lib/processes.mjs";
import { screensOf } from "./lib/screens.mjs";
import { mismatchesOf, sentAfterStop } from "./lib/verdict.mjs";

const SIZE = 1_000;
/** How many times faster than life the crowd acts. */
const SPEED = 300;
/** What happens to a message has happened after this: late delivery, late reading, a late answer. */
const LONGEST_FATE_MS = (3_600_000 + 10_800_000 + 960_000) / SPEED;
const TEMPLATE = "autumn_sale, en_US";
const out = process.env.SWITCHBOARD_TOUR_OUT ?? "target/tour";
const screenshots = [];
const mismatches = [];
const begun = Date.now();

function say(what) {
  process.stderr.write(`${((Date.now() - begun) / 1_000).toFixed(0).padStart(4)} s  ${what}\n`);
}

async function picture(page, name) {
  const path = join(out, `${String(screenshots.length + 1).padStart(3, "0")}-${name}.png`);
  // A campaign under way never stands still; its picture is taken all the same.
  await page.settled({ timeoutMs: 3_000 }).catch(() => undefined);
  await page.screenshot(path);
  screenshots.push(path);
}

/** The screen as it is now in both themes. Only the look is changed: what is on it stays in the midst of what it does. */
async function pictures(page, name) {
  const wear = (theme) =>
    page.browser.execute((theme) => {
      const root = document.documentElement;
      if (theme === undefined) delete root.dataset.theme;
      else root.dataset.theme = theme;
    }, theme);
  const worn = await page.browser.execute(() => document.documentElement.dataset.theme);
  for (const theme of ["light", "dark"]) {
    await wear(theme);
    await picture(page, `${name}-${theme}`);
  }
  await wear(worn ?? undefined);
}

const everybody = { search: null, filter: "all", import_id: null, offset: 0, limit: 1 };
const contacts = async (page, filter, search = null) =>
  page.ask("contact_list", { search, filter, import_id: null, offset: 0, limit: 500 });

async function tour(desktop) {
  const app = await App.start(desktop, { args: [], env: { SWITCHBOARD_PRACTICE_SPEED: String(SPEED) } });
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
  const shoot = (name) => pictures(page, name);

  await page.find("button", "Try it on a practice account", { timeoutMs: 60_000 });
  await shoot("first-start");
  await page.press("button", "Connect my account");
  await page.find("heading", "Connect your account");
  await shoot("connect");
  await page.press("button", "Back to the start");
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
  const look = (step) => shoot(`campaign-${step}`);
  await prepareCampaign(page, { template: TEMPLATE, everybody: false, look });
  const people = await launchCampaign(page, { look });
  const campaign = await shownCampaign(page);
  await shoot("campaign-undo");
  say(`launched to ${people} people`);
  // The window is asked to close while the campaign is under way.
  desktop.run("xdotool", ["key", "alt+F4"]);
  await page.find("alertdialog", "A campaign is still running");
  await shoot("close-question");
  await page.press("button", "Stay here");
  await page.gone("alertdialog", "A campaign is still running");
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
  await until(
    "messages to be delivered",
    async () => {
      const { counts } = await campaignNow();
      return counts.delivered + counts.read > 30;
    },
    { timeoutMs: 90_000 },
  );
  await shoot("campaign-running");
  const reached = await until(
    "two people it reached",
    async () => {
      const { items } = await page.ask("phone_customers", { search: null, limit: 100 });
      const quiet = [];
      for (const item of items) {
        if (quiet.length === 2) break;
        const { messages } = await page.ask("phone_conversation", { customer_id: item.id });
        if (messages.length > 0 && messages.every(({ from_customer }) => !from_customer)) quiet.push(item);
      }
      return quiet.length === 2 ? quiet : null;
    },
    { timeoutMs: 60_000 },
  );
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
  await untilAtRest(page, campaign, { timeoutMs: 300_000 });
  const restedAt = Date.now();
  await shoot("campaign-done");
  say("the campaign has come to rest");

  const ids = {
    list: file,
    campaign,
    person: (await contacts(page, "opted_out", stops.address)).rows[0].id,
    template: (await page.ask("template_list", { search: null, sendable_only: true })).items[0].id,
  };
  for (const screen of screensOf(ids)) {
    await page.visit(screen.path);
    await screen.act?.(page);
    await shoot(screen.name.replace(/\W+/g, "-"));
    await screen.undo?.(page);
  }
  await page.go("Inbox");
  await page.press("button", "New chat");
  await page.find("dialog");
  await shoot("new-chat");
  await page.keys("Escape");
  say(`${screenshots.length} pictures in ${out}`);

  // Both sides are read once nothing can happen any more, and again until neither has moved in between.
  await until("the last fates", () => Date.now() > restedAt + LONGEST_FATE_MS, { timeoutMs: 2 * LONGEST_FATE_MS });
  const { row, ledger } = await steady("console and practice to be at rest", async () => ({
    row: await campaignNow(),
    ledger: await page.ask("practice_ledger_summary"),
  }));
  const { counts } = row;
  const answers = 1;
  const console_ = {
    // Somebody of the list may have written before and is not new, but came with it.
    imported: (await page.ask("contact_list", { ...everybody, import_id: imported.import_id })).total,
    excluded: counts.excluded,
    sent:
      counts.accepted +
      counts.held +
      counts.sent +
      counts.delivered +
      counts.read +
      counts.failed +
      counts.withheld +
      answers,
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
  const late = await sentAfterStop((command, request) => page.ask(command, request));
  mismatches.push(
    ...mismatchesOf({ tour: console_, practice, cancelled: counts.cancelled, twice: ledger.twice, late }),
  );
  return { console_, practice };
}

async function answerReached(page, name, ticks) {
  const { rows } = await page.ask("thread_list", { filter: "all", sort: "newest", search: name, offset: 0, limit: 5 });
  const person = rows.find((row) => row.name === name) ?? rows[0];
  const { messages } = await page.ask("thread_get", { contact_id: person.contact_id, before_ms: null, limit: 50 });
  return messages.filter((message) => message.text.startsWith("It is. Shall I") && ticks.includes(message.ticks))
    .length;
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
