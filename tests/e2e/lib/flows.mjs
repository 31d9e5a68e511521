// The things a person does with Switchboard, each a few presses long. Journeys and the tour are made of them.
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "./processes.mjs";

/** The button names number and people; on practice it says so first. */
const LAUNCH = /^(Practice: send|Send) from/;

/** The frame of the window is there and the practice account answers. */
export async function onPracticeAccount(page) {
  await page.find("navigation", "Main", { timeoutMs: 60_000 });
  await page.waitForText("Practice account: nothing leaves this computer", { timeoutMs: 30_000 });
  await until("the relay to be connected", async () => /Relay connected/.test(await page.text()), {
    timeoutMs: 60_000,
  });
}

/** From the chosen file to what it proves: a list of unknown form first asks what its columns mean; what was guessed
 * is right for the lists used here. */
export async function judgeList(page, { timeoutMs = 60_000 } = {}) {
  const judge = ["See what it proves", /^Import (one person|[\d,]+ people)|^Record|^Nothing to import|^Decide first/];
  await until(
    "the list to be read",
    async () => (await page.has("button", judge[0])) || (await page.has("button", judge[1])),
    {
      timeoutMs,
    },
  );
  if (await page.has("button", judge[0])) await page.press("button", judge[0]);
  await page.find("button", judge[1], { timeoutMs });
}

/** From the chosen file to the summary. */
export async function finishImport(page, { unproven = "leave", timeoutMs = 60_000 } = {}) {
  await judgeList(page, { timeoutMs });
  const go = await page.find("button", /^Import (one person|[\d,]+ people)|^Record|^Nothing to import|^Decide first/, {
    timeoutMs,
  });
  const choices = {
    attest: /^I attest that they agreed/,
    without: /^Take them along without marketing/,
    leave: /^Leave them out/,
  };
  if (await page.has("radiogroup", /prove nothing|proves nothing/)) await page.press("radio", choices[unproven]);
  await until("the decision to be taken", () => go.isEnabled());
  await page.press("button", /^Import (one person|[\d,]+ people)|^Record/);
  await page.find("heading", /^(The list is in|This list is in already)$/, { timeoutMs });
}

/** The sample list of the practice shop, from Today to the summary. */
export async function importSampleList(page, options) {
  await page.go("Contacts");
  await page.press("button", "Import a list");
  await page.find("heading", "Import a list");
  await page.press("button", "Use the sample list");
  await finishImport(page, options);
}

/** Walks the wizard up to the review. Free texts that the template wants are filled with `fixed`. `look` is shown each
 * step by name, once it is filled. */
export async function prepareCampaign(
  page,
  { template, everybody = true, fixed = "this Sunday", look = async () => {} },
) {
  await page.find("heading", /New campaign|\d{4}/);
  await page.press("radio", new RegExp(`^${template}`), { timeoutMs: 30_000 });
  await look("template");
  await next(page);
  if (everybody) await page.press("radio", /^Everybody in my contacts/);
  await look("audience");
  await next(page);
  for (const field of await page.all("textbox", "Text")) {
    if ((await field.getValue()) !== "") continue;
    await page.click(field);
    await page.type(fixed);
  }
  await look("values");
  await next(page);
  await page.find("heading", "When");
  await look("when");
  await next(page);
  await page.find("button", LAUNCH, { timeoutMs: 30_000 });
  await look("review");
}

/** Forward, once what the step asks for is there. */
async function next(page) {
  const button = await page.find("button", "Next");
  await until("the step to be complete", () => button.isEnabled());
  await page.press("button", "Next");
}

/** Confirms the launch as the dialog asks for it and gives the number of people. */
export async function launchCampaign(page, { look = async () => {} } = {}) {
  const launch = await page.find("button", LAUNCH);
  await until("the launch to be possible", () => launch.isEnabled());
  await page.press("button", LAUNCH);
  const dialog = await page.find("dialog", /^Send to/).catch(() => page.find("alertdialog", /^Send to/));
  const asked = await page.all("textbox", /^Type [\d,]+ to confirm/, dialog);
  const people = Number(
    /Send to ([\d,]+|one)/
      .exec(await dialog.getText())?.[1]
      .replace("one", "1")
      .replaceAll(",", ""),
  );
  if (asked.length > 0) {
    await page.click(asked[0]);
    await page.type(String(people));
  }
  const confirm = await page.find("button", LAUNCH, { within: dialog });
  await until("the confirmation to be complete", () => confirm.isEnabled());
  await look("confirm");
  await page.click(confirm);
  await page.find("region", "How far it came", { timeoutMs: 30_000 });
  return people;
}

/** The id of the campaign on the screen. */
export function shownCampaign(page) {
  return page.browser.execute(() => /campaigns\/([^/?]+)/.exec(location.hash)?.[1] ?? "");
}

/** Opens the pretend phone and becomes somebody, found by number: names come twice. */
export async function becomeCustomer(page, { name, address }) {
  if (!(await page.has("heading", "Pretend phone"))) await page.press("button", "Show the pretend phone");
  await page.find("heading", "Pretend phone");
  if (await page.has("button", "Choose another customer")) await page.press("button", "Choose another customer");
  await page.fill("searchbox", "Search a customer", address);
  await page.press("option", new RegExp(escaped(name)));
  await page.find("textbox", "Message");
}

/** Writes as the customer. */
export async function writeAsCustomer(page, text) {
  await page.fill("textbox", "Message", text);
  await page.press("button", "Send", { within: page.find("complementary", "Pretend phone") });
}

export const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Waits until `read` gives the same twice in a row, `everyMs` apart, and `enough` of it holds. */
export async function steady(what, read, { enough = () => true, everyMs = 2_000, timeoutMs = 120_000 } = {}) {
  let before;
  return until(
    what,
    async () => {
      const now = await read();
      const same = JSON.stringify(now) === JSON.stringify(before);
      before = now;
      if (same && enough(now)) return now;
      await sleep(everyMs);
      return false;
    },
    { timeoutMs },
  );
}

/** Opens a conversation by looking for the person in the inbox. */
export async function openConversation(page, name) {
  await page.go("Inbox");
  await page.fill("searchbox", "Search name or words", name);
  const grid = await page.find("grid", "Conversations");
  await page.press("row", new RegExp(escaped(name)), { within: grid, timeoutMs: 30_000 });
  await page.find("region", "Conversation");
}

/** Waits until nothing of a campaign is on its way any more: all is sent and what will happen to it has happened. */
export function untilAtRest(page, id, { timeoutMs = 180_000 } = {}) {
  return steady(
    "the campaign to come to rest",
    async () => {
      const { row } = await page.ask("campaign_get", { id });
      return { state: row.state, counts: row.counts, replied: row.replied, opted_out: row.opted_out };
    },
    { enough: ({ state }) => state === "done", timeoutMs },
  );
}

/** By place: a field for secrets has no role. */
async function typeSecret(page, secret) {
  const field = await page.browser.$("input[type=password]");
  await field.waitForExist({ timeout: 20_000 });
  await page.click(field);
  await page.type(secret);
}

/** From the first start to a real account of its own; no relay yet. */
export async function connectAccount(page, desk) {
  await page.press("button", "Connect my account", { timeoutMs: 60_000 });
  await typeSecret(page, desk.token);
  await page.fill("textbox", "WABA id, if you know it", desk.account.waba_id);
  await page.press("button", "Another Graph address");
  await page.fill("textbox", "Graph address", desk.account.graph);
  await page.press("button", "Look what it reaches");
  await page.find("radiogroup", "Which number should send?");
  await page.press("button", "Next");
  await page.press("button", "Check and connect");
  await page.find("navigation", "Main", { timeoutMs: 60_000 });
}
