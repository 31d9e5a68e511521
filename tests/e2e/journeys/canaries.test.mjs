// Secrets and people stay where they belong. Everything is put through the window on a real account with the
// desktop's own keychain, then looked for in every file below its folders, in what its processes show, and in what
// crashes leave. It may be found in the encrypted database and in the keychain, where it cannot be read.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { program } from "../lib/app.mjs";
import { Canaries } from "../lib/canaries.mjs";
import { Desk } from "../lib/desk.mjs";
import {
  connectAccount,
  finishImport,
  launchCampaign,
  openConversation,
  prepareCampaign,
  shownCampaign,
  steady,
} from "../lib/flows.mjs";
import { journey } from "../lib/journey.mjs";
import { descendants, start, stop, until } from "../lib/processes.mjs";
import { screensOf } from "../lib/screens.mjs";

const PERSON = { first: "Zyxwindra", last: "Quéllmoor", number: "+14165550177" };
const KNOWN_AS = "Zyx Thistlewick";
const ASKS = "Would the quixotic-jabberwock board fit a galley kitchen?";
const CAPTION = "My vermilion-bandersnatch shelf";
const ANSWERS = "It would: mimsy-borogove measures are in the parcel.";
const NOTE = "Said so at the frumious-counter";

function list() {
  const consent = '2026-09-03T10:30:00Z,checkout,"Yes, send me news and offers on WhatsApp."';
  const people = [
    [PERSON.number, PERSON.first, PERSON.last],
    ["+16045550145", "Amélie", "Fraser"],
    ["+15145550110", "Noah", "Wong"],
  ];
  return [
    "phone,first_name,last_name,consent_at,consent_source,consent_wording",
    ...people.map((cells) => `${cells.join(",")},${consent}`),
    "",
  ].join("\r\n");
}

async function connect(page, desk) {
  await connectAccount(page, desk);
  await page.visit("/settings/relay");
  const link = desk.pairingLink();
  await page.fill("textbox", "Pairing link", link);
  await page.press("button", "See where it leads");
  await page.fill("textbox", "Name of this computer there", "Front desk");
  await page.press("button", "Pair");
  await until("the relay to be connected", async () => (await page.ask("relay_status")).state === "connected");
  return { pairingCode: new URL(link).searchParams.get("code") };
}

/** The whole job: list, campaign, question with a photo, answer, opt-outs both ways. */
async function work(page, desk, file) {
  await page.visit(`/import?file=${encodeURIComponent(file)}`);
  await finishImport(page);
  await page.press("link", "New campaign for them");
  await prepareCampaign(page, { template: "autumn_sale, en_US", everybody: false });
  await launchCampaign(page);
  const campaign = await shownCampaign(page);
  await until("the messages", async () => (await desk.ledger()).length === 3, { timeoutMs: 60_000 });

  const customer = await (await desk.control("POST", "customers", { phone: PERSON.number, name: KNOWN_AS })).json();
  const writes = (message) => desk.control("POST", `customers/${customer.id}/messages`, message);
  await writes({ text: ASKS });
  await writes({ photo: CAPTION });
  await openConversation(page, PERSON.first);
  await page.waitForText(ASKS);
  const photo = await page.find("button", /^Enlarge/, { timeoutMs: 30_000 });
  await page.click(photo);
  await page.find("dialog");
  await page.keys("Escape");
  await page.gone("dialog", "Photo");
  await page.fill("textbox", new RegExp(`^Message to ${PERSON.first}`), ANSWERS);
  await page.keys("Enter");
  await until("the answer to leave", async () => (await desk.ledger()).length === 4);
  await page.visit("/contacts");
  await page.fill("searchbox", /./, PERSON.number);
  await page.waitForText(PERSON.last);
  const request = { search: null, filter: "all", import_id: null, offset: 0, limit: 10 };
  const { rows } = await page.ask("contact_list", request);
  const other = rows.find(({ name }) => name.startsWith("Noah"));
  await page.visit(`/contacts/${other.id}`);
  await page.press("button", "Record an opt-out");
  const dialog = await page.find("alertdialog", /opted out\?$/);
  await page.fill("textbox", "How do you know?", NOTE, { within: dialog });
  await page.press("button", "Record the opt-out", { within: dialog });
  await page.gone("alertdialog", /opted out\?$/);
  await writes({ text: "STOP" });
  const opted = { ...request, filter: "opted_out" };
  await until("the STOP to be on record", async () => (await page.ask("contact_list", opted)).total === 2);
  const templates = await page.ask("template_list", { search: null, sendable_only: true });
  const person = rows.find(({ name }) => name.startsWith(PERSON.first)).id;
  return { list: file, campaign, person, template: templates.items[0].id };
}

async function lookAtEverything(page, ids) {
  for (const screen of screensOf(ids)) {
    if (/practice|phone/.test(screen.name)) continue;
    await page.visit(screen.path);
    await screen.act?.(page);
    await page.settled();
    await screen.undo?.(page);
  }
}

/** The secrets of the open profile as the keychain has them, by their names. */
function keychain(desktop) {
  const said = spawnSync("secret-tool", ["search", "--all", "--unlock", "service", "Switchboard"], {
    env: desktop.env,
    encoding: "utf8",
  });
  // Attributes go to standard error, secrets to standard output, both in the same order.
  const names = [...`${said.stdout}${said.stderr}`.matchAll(/^attribute\.username = .*\/(\w+)$/gm)].map(
    ([, name]) => name,
  );
  const secrets = [...said.stdout.matchAll(/^secret = (.*)$/gm)].map(([, secret]) => secret);
  return Object.fromEntries(names.map((name, at) => [name, secrets[at]]));
}

/** What each customer's photo is made of, taken from the middle of the file. */
async function photo(desk) {
  const [line] = (
    await (await desk.control("GET", `customers/${await customerId(desk)}/conversation`)).json()
  ).items.filter(({ media }) => media?.id);
  const bytes = Buffer.from(await (await desk.control("GET", `media/${line.media.id}`)).arrayBuffer());
  return bytes.subarray(bytes.length / 2, bytes.length / 2 + 48);
}

async function customerId(desk) {
  const { items } = await (await desk.control("GET", "customers")).json();
  return items.find(({ wa_id }) => PERSON.number.endsWith(wa_id)).id;
}

function abort(pid) {
  try {
    process.kill(pid, "SIGABRT");
  } catch {
    // It went with another.
  }
}

const logs = (desktop) =>
  readdirSync(desktop.data, { recursive: true, withFileTypes: true })
    .filter(({ name }) => /^switchboard.*\.log$/.test(name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("");

journey(
  "secrets and people are found nowhere but in the database and the keychain",
  { app: { args: [], cores: true, env: { RUST_BACKTRACE: "1" } }, startsByItself: false },
  async ({ desktop, startApp }) => {
    const desk = await Desk.start();
    try {
      const fault = join(desktop.home, "fault");
      const app = await startApp({ env: { SWITCHBOARD_FAULT_PANIC: fault } });
      const { page } = app;
      const { pairingCode } = await connect(page, desk);
      const file = desk.at("customers.csv");
      writeFileSync(file, list());
      await lookAtEverything(page, await work(page, desk, file));

      const kept = keychain(desktop);
      assert.equal(kept.system_user_token, desk.token, "the token is in the keychain");
      assert.match(kept.database_key ?? "", /^[0-9a-f]{64}$/, "the database key is in the keychain");
      const canaries = new Canaries();
      canaries.watch("token", desk.token);
      canaries.watch("app secret", desk.appSecret);
      canaries.watch("pairing code", pairingCode);
      for (const [name, secret] of Object.entries(kept)) {
        // The install mark is no secret: it stands in the database as well.
        if (name !== "install_mark" && name !== "system_user_token") canaries.watch(name, secret);
      }
      canaries.watchBytes("database key", Buffer.from(kept.database_key, "hex"));
      canaries.watch("first name", PERSON.first);
      canaries.watch("last name", PERSON.last);
      canaries.watch("name at Meta", KNOWN_AS);
      canaries.watchNumber("number", PERSON.number);
      canaries.watch("question", "quixotic-jabberwock");
      canaries.watch("caption", "vermilion-bandersnatch");
      canaries.watch("answer", "mimsy-borogove");
      canaries.watch("note", "frumious-counter");
      canaries.watchBytes("photo", await photo(desk));

      // While it runs.
      const shown = canaries.searchProcesses(app.family());
      assert.deepEqual(shown.findings, []);
      for (const name of [/^switchboard/, /^WebKitWebProces/, /^WebKitNetwork/]) {
        assert.ok(
          shown.searched.some((searched) => name.test(searched)),
          `${name} is not among ${shown.searched}`,
        );
      }
      for (const pid of app.family()) {
        const cores = /^Max core file size +(\S+) +(\S+)/m.exec(readFileSync(`/proc/${pid}/limits`, "utf8"));
        assert.deepEqual(cores.slice(1), ["0", "0"], `process ${pid} may write a core file`);
      }
      const running = canaries.searchFolder(desktop.home);
      assert.deepEqual(running.findings, []);

      // A mistake whose message is all of it at once; then the end that leaves a core file where one is allowed.
      const everything = desk.at("everything");
      writeFileSync(
        everything,
        [...canaries.all()]
          .filter(([, shape]) => shape === "plain")
          .map(([, , bytes]) => bytes)
          .join(" "),
      );
      copyFileSync(everything, fault);
      await until("the mistake to be told", () => /made a mistake at/.test(readFileSync(desktop.log, "utf8")));
      rmSync(fault);
      assert.match(logs(desktop), /panicked/, "the log tells of the mistake");
      for (const pid of app.family().reverse()) abort(pid);
      await until("the app to be gone", () => !app.isRunning());
      await app.stop();

      // Once more without WebDriver, which could change what a web view keeps.
      const plain = start(program, [], { env: desktop.env, log: desktop.log });
      await until("the window", () => desktop.windows("Switchboard").length > 0, { timeoutMs: 60_000 });
      desktop.run("xdotool", ["search", "--sync", "--onlyvisible", "--name", "Switchboard", "windowactivate"]);
      const before = await steady("the screen to be still", () => desktop.screen().toString("latin1"), {
        everyMs: 1_000,
      });
      await until(
        "the inbox",
        async () => {
          desktop.run("xdotool", ["key", "ctrl+2"]);
          return desktop.screen().toString("latin1") !== before;
        },
        { everyMs: 1_000, timeoutMs: 30_000 },
      );
      assert.deepEqual(canaries.searchProcesses(descendants(plain.pid)).findings, []);
      await stop(plain);

      const { findings, searched } = canaries.searchFolder(desktop.home);
      assert.deepEqual(findings, []);
      const relay = canaries.searchFolder(desk.at("relay"));
      assert.deepEqual(relay.findings, [], "what the relay keeps is sealed");
      assert.ok(relay.searched.length > 0, "the relay keeps something");
      for (const expected of [
        /console\.db$/,
        /switchboard.*\.log$/,
        /programs\.log$/,
        /\.keyring$/,
        /localstorage|hsts|WebKit/i,
      ]) {
        assert.ok(
          searched.some((place) => expected.test(place)),
          `${expected} is not among\n${searched.join("\n")}`,
        );
      }
      assert.deepEqual(
        searched.filter((place) => /(^|\/)core(\.|$)/.test(place)),
        [],
        "a crash left a core file",
      );

      // The search finds every shape of every canary where it does lie about.
      const planted = join(desktop.home, "planted");
      mkdirSync(planted);
      for (const [, , bytes] of canaries.all()) {
        writeFileSync(join(planted, "note"), Buffer.concat([Buffer.from("before "), bytes, Buffer.from(" after")]));
        assert.notDeepEqual(canaries.searchFolder(planted).findings, []);
      }
      for (const careless of [
        { args: ["-c", "sleep 60; :", PERSON.first] },
        { args: ["-c", "sleep 60; :"], env: { TOKEN: desk.token } },
      ]) {
        const child = start("sh", careless.args, { env: { PATH: process.env.PATH, ...careless.env } });
        assert.equal(canaries.searchProcesses(descendants(process.pid)).findings.length > 0, true);
        await stop(child);
      }
      assert.deepEqual(canaries.searchProcesses(descendants(process.pid)).findings, [], "and they are gone");
    } finally {
      await desk.stop();
    }
  },
);
