// The practice account as a program of its own, standing in for Meta where a journey connects a "real" account.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { program } from "./app.mjs";
import { firstLine, start, stop } from "./processes.mjs";

export class PracticeMeta {
  static async start(desktop) {
    const meta = new PracticeMeta();
    const file = (name) => join(desktop.home, name);
    const path = join(dirname(program), "switchboard-simulator");
    const tokenFile = file("control-token");
    meta.process = start(
      path,
      [
        ...["--data-dir", file("simulator"), "--control-token-file", tokenFile],
        ...["--mode", "explicit", "--no-threads", "--seed", "7"],
      ],
      { env: desktop.env, log: desktop.log, stdout: "pipe" },
    );
    const ready = JSON.parse(await firstLine(meta.process.stdout, "the practice account"));
    Object.assign(meta, { graph: ready.graph, waba: ready.waba_id, control: ready.control });
    meta.token = readFileSync(ready.access_token_file, "utf8").trim();
    meta.bearer = readFileSync(tokenFile, "utf8").trim();
    return meta;
  }

  /** A token of another kind: under-scoped, expired. */
  async makeToken(kind) {
    const answer = await fetch(`${this.control}/tokens`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.bearer}`, "content-type": "application/json" },
      body: JSON.stringify({ target_ids: [this.waba], ...kind }),
    });
    if (!answer.ok) throw new Error(`tokens: ${answer.status} ${await answer.text()}`);
    return (await answer.json()).access_token;
  }

  async stop() {
    await stop(this.process);
  }
}
