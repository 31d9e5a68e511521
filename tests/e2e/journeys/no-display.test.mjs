// Without a display there is no window: what is started says so, and what to do instead.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { program } from "../lib/app.mjs";

/** Runs a command as on a server: nothing of a desktop in the environment, empty folders. */
function onServer(command, args) {
  const home = mkdtempSync(join(tmpdir(), "switchboard-server-"));
  try {
    const env = { PATH: process.env.PATH, HOME: home, LANG: "C.UTF-8" };
    const said = spawnSync(command, args, { env, encoding: "utf8", timeout: 20_000 });
    return { ...said, made: readdirSync(home) };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

test("make run without a display says so and points to make tour", () => {
  const { status, stderr, made } = onServer("bash", ["scripts/run.sh"]);
  assert.notEqual(status, 0);
  assert.match(stderr, /no display/);
  assert.match(stderr, /make tour/);
  assert.deepEqual(made, [], "it set nothing up before it said so");
});

test("the program without a display says so and names the command line", () => {
  const { status, signal, stderr } = onServer(program, ["--practice"]);
  assert.equal(signal, null);
  assert.equal(status, 1);
  assert.match(stderr, /no display/);
  assert.match(stderr, /switchboard-cli/);
});
