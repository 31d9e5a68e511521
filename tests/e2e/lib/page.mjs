// What a person does on a screen: find things by role and name, press, type, read. Names are those that a screen
// reader says, so a journey fails when something has none.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "./processes.mjs";

const require = createRequire(import.meta.url);
const queries = readFileSync(require.resolve("@testing-library/dom/dist/@testing-library/dom.umd.min.js"), "utf8");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** A name as it travels into the page. */
const wire = (name) => (name instanceof RegExp ? { source: name.source, flags: name.flags } : (name ?? null));

export class Page {
  constructor(browser, desktop) {
    this.browser = browser;
    this.desktop = desktop;
  }

  /** Puts a library into the page once. A reload takes it away. */
  async #provide(global, source) {
    const there = await this.browser.execute((name) => typeof window[name] !== "undefined", global);
    if (there) return;
    await this.browser.execute(`${source}\n;if (typeof ${global} !== "undefined") window.${global} = ${global};`);
  }

  /** What the screen says, short enough for a message. */
  async #gist() {
    const text = await this.text().catch(() => "nothing");
    return text.replace(/\n+/g, " | ").slice(0, 1_500);
  }

  /** Elements in sight with this role and, if given, this name: whole as text, or matching as pattern. */
  async all(role, name, within) {
    await this.#provide("TestingLibraryDom", queries);
    const scope = within ? await within : null;
    const found = await this.browser.execute(
      (role, name, scope) => {
        const wanted = name && typeof name === "object" ? new RegExp(name.source, name.flags) : name;
        const options = wanted === null ? {} : { name: wanted };
        return window.TestingLibraryDom.queryAllByRole(scope ?? document.body, role, options);
      },
      role,
      wire(name),
      scope,
    );
    return Promise.all(found.map((reference) => this.browser.$(reference).getElement()));
  }

  /** The one (or `at`-th) with this role and name; waits for it. */
  find(role, name, { within, at = 0, timeoutMs } = {}) {
    return until(
      async () => `${role} “${name ?? ""}”; the screen says: ${await this.#gist()}`,
      async () => (await this.all(role, name, within))[at],
      { timeoutMs },
    );
  }

  async has(role, name, within) {
    return (await this.all(role, name, within)).length > 0;
  }

  gone(role, name, { timeoutMs } = {}) {
    return until(`${role} “${name}” to go`, async () => !(await this.has(role, name)), { timeoutMs });
  }

  /** Presses with the mouse. Again, if something was moving in between. */
  async press(role, name, options = {}) {
    await until(
      async () => `pressing ${role} “${name ?? ""}”; the screen says: ${await this.#gist()}`,
      async () => {
        const element = (await this.all(role, name, options.within))[options.at ?? 0];
        if (!element) return false;
        await this.click(element);
        return true;
      },
      options,
    );
  }

  /** Radios and boxes are pressed by their label, as a person does: the input itself is out of sight. */
  async click(element) {
    const target = await this.browser.execute((node) => {
      const label = /^(radio|checkbox)$/.test(node.type ?? "") ? node.closest("label") : null;
      const target = label ?? node;
      target.scrollIntoView({ block: "center", inline: "nearest" });
      return target;
    }, element);
    await this.browser.$(target).click();
  }

  /** Types into a field in place of what stands there. */
  async fill(role, name, text, options = {}) {
    const field = await this.find(role, name, options);
    await this.click(field);
    await this.browser.keys(["Control", "a"]);
    await this.browser.keys(["Delete"]);
    await this.type(text);
    await until(`“${name}” to hold what was typed`, async () => (await field.getValue()) === text);
  }

  /** Types where the focus is, one key after the other. */
  async type(text) {
    const hands = this.browser.action("key");
    for (const letter of text) hands.down(letter).up(letter);
    await hands.perform();
  }

  /** Picks from a list that opens under a button. */
  async choose(name, option, options = {}) {
    await this.press("button", name, options);
    await this.press("option", option);
    await this.gone("listbox");
  }

  keys(...keys) {
    return this.browser.keys(keys);
  }

  /** All that is written on the screen, in one line per block. */
  text() {
    return this.browser.execute(() => document.body.innerText);
  }

  async waitForText(wanted, { timeoutMs } = {}) {
    const matches = (text) => (wanted instanceof RegExp ? wanted.test(text) : text.includes(wanted));
    let last = "";
    await until(
      async () => `“${wanted}”; the screen says: ${await this.#gist()}`,
      async () => {
        last = await this.text();
        return matches(last);
      },
      { timeoutMs },
    );
    return last;
  }

  /** Asks the core what the window would ask it, to compare what is shown with what is so. */
  async ask(command, request = {}) {
    const answer = await this.browser.executeAsync(
      (command, request, done) => {
        window.__TAURI_INTERNALS__.invoke(command, { request }).then(
          (value) => done({ value }),
          (error) => done({ error }),
        );
      },
      command,
      request,
    );
    if (answer.error) throw new Error(`${command}: ${JSON.stringify(answer.error)}`);
    return answer.value;
  }

  /** To a place by the rail. */
  async go(place) {
    const nav = await this.find("navigation", "Main");
    await this.press("link", new RegExp(`^${place}`), { within: nav });
    await this.find("heading", place);
    await this.settled();
  }

  /** To an address of the window, for screens that no single press reaches. */
  async visit(path) {
    await this.browser.execute((path) => {
      location.hash = path;
    }, path);
    await this.settled();
  }

  /** Until nothing is loading and nothing moves. */
  async settled({ timeoutMs } = {}) {
    await until(
      "the screen to settle",
      () =>
        this.browser.execute(
          () =>
            document.querySelector("main") !== null &&
            document.querySelector("main [aria-busy=true], main .skeleton") === null &&
            document.getAnimations().every(({ playState, effect }) => {
              const endless = effect?.getComputedTiming().iterations === Number.POSITIVE_INFINITY;
              return playState !== "running" || endless;
            }),
        ),
      { timeoutMs },
    );
    await sleep(150);
  }

  /** What axe finds, as readable lines. */
  async axe() {
    await this.#provide("axe", axe);
    const result = await this.browser.executeAsync((done) => {
      const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
      window.axe
        .run(document, { runOnly: tags, resultTypes: ["violations"] })
        .then(({ violations }) => done({ violations }))
        .catch((error) => done({ error: String(error) }));
    });
    if (result.error) throw new Error(result.error);
    return result.violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${help} at ${target.join(" ")} (${failureSummary})`),
    );
  }

  /** What sticks out sideways, except grids and tables, which may scroll in their own frame. */
  overflow() {
    return this.browser.execute(() => {
      const found = [];
      const root = document.documentElement;
      if (root.scrollWidth > root.clientWidth + 1)
        found.push(`the page is ${root.scrollWidth} wide in ${root.clientWidth}`);
      for (const element of document.querySelectorAll("body *")) {
        const { overflowX } = getComputedStyle(element);
        if (overflowX !== "auto" && overflowX !== "scroll") continue;
        if (element.scrollWidth <= element.clientWidth + 1) continue;
        if (element.querySelector("table, [role=grid], [role=row]") || element.closest("[role=grid]")) continue;
        found.push(
          `${element.tagName.toLowerCase()}.${String(element.className).slice(0, 60)}: ${element.scrollWidth} in ${element.clientWidth}`,
        );
      }
      return found;
    });
  }

  /** Taken from the screen and not from the web view: what the person sees, dialogs of the desktop included. */
  screenshot(path) {
    this.desktop.screenshot(path);
  }
}
