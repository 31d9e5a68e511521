// A desk for a real account: the practice account and a relay as programs of their own, in a folder that is not the
// console's. The console connects to them as it would to Meta and to the relay of a business.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort, program } from "./app.mjs";
import { start, stop, until } from "./processes.mjs";

const DESK = "shop";

export class Desk {
  static async start() {
    const desk = new Desk();
    desk.folder = mkdtempSync(join(tmpdir(), "switchboard-desk-"));
    try {
      await desk.#open();
    } catch (error) {
      await desk.stop();
      throw error;
    }
    return desk;
  }

  #parts = [];

  at(name) {
    return join(this.folder, name);
  }

  async #open() {
    const programs = dirname(program);
    const secret = this.at("app-secret");
    writeFileSync(secret, randomBytes(16).toString("hex"), { mode: 0o600 });
    // The pairing link names the address, so the port is chosen before.
    const address = `127.0.0.1:${await freePort()}`;
    const config = this.at("relay.toml");
    execFileSync(join(programs, "switchboard-relay"), [
      ...["desk", "add", DESK, "--config", config, "--data-dir", this.at("relay")],
      ...["--public-url", `http://${address}`, "--app-secret-file", secret],
    ]);
    const relay = await this.#serve("relay", join(programs, "switchboard-relay"), [
      ...["serve", "--config", config, "--listen", address],
    ]);
    this.account = await this.#serve("simulator", join(programs, "switchboard-simulator"), [
      ...["--data-dir", this.at("simulator"), "--control-token-file", this.at("control-token")],
      ...["--app-secret-file", secret, "--verify-token-file", this.at(`secrets/${DESK}.verify-token`)],
      ...["--callback", `${relay.url}/hooks/${DESK}`, "--mode", "explicit"],
    ]);
    this.token = this.#secret(this.account.access_token_file);
    this.appSecret = this.#secret(secret);
  }

  /** A link that lets a console in, good once. */
  pairingLink() {
    const said = execFileSync(join(dirname(program), "switchboard-relay"), [
      ...["desk", "link", DESK, "--config", this.at("relay.toml")],
    ]);
    return /switchboard:\S+/.exec(String(said))[0];
  }

  #secret(file) {
    return readFileSync(file, "utf8").trim();
  }

  /** Starts a program of the desk and gives its first line. */
  async #serve(name, command, args) {
    const out = this.at(`${name}.out`);
    const child = start("sh", ["-c", 'exec "$0" "$@" >"$DESK_OUT"', command, ...args], {
      env: { PATH: process.env.PATH, DESK_OUT: out },
      log: this.at(`${name}.err`),
    });
    this.#parts.push(child);
    return until(`the ${name}`, () => JSON.parse(readFileSync(out, "utf8").split("\n")[0]));
  }

  /** A call to the control of the practice account. */
  async control(method, path, body) {
    const answer = await fetch(`${this.account.control}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#secret(this.at("control-token"))}`,
        "content-type": "application/json",
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }

  async ledger() {
    return (await (await this.control("GET", "ledger")).json()).items;
  }

  async stop() {
    for (const part of this.#parts.reverse()) await stop(part);
    this.#parts = [];
    if (!process.env.SWITCHBOARD_E2E_KEEP) rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
