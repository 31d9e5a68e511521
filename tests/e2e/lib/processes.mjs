// Programs that a journey starts. Each has a process group of its own, so that its children end with it.
import { spawn } from "node:child_process";
import { openSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const running = new Set();

// Whatever happens to the journey, nothing it started stays behind.
process.on("exit", () => {
  for (const child of running) signal(child, "SIGKILL");
});
for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => process.exit(1));

function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch {
    // It has ended by itself.
  }
}

/** Starts a program; its output goes to `log`, unless `stdout` or `stdin` is piped. */
export function start(command, args, { env, log, stdin = "ignore", stdout = "log", extra = [] } = {}) {
  const file = log ? openSync(log, "a") : "ignore";
  const child = spawn(command, args, {
    env,
    detached: true,
    stdio: [stdin, stdout === "log" ? file : stdout, file, ...extra],
  });
  running.add(child);
  child.ended = new Promise((resolve) => {
    child.once("exit", (code, by) => {
      running.delete(child);
      resolve({ code, by });
    });
    child.once("error", (error) => {
      running.delete(child);
      resolve({ error });
    });
  });
  return child;
}

/** Asks the program and its children to end, then makes them. */
export async function stop(child) {
  if (!child) return;
  signal(child, "SIGTERM");
  const ended = await Promise.race([child.ended, sleep(3_000).then(() => null)]);
  // The leader may be gone while children are not.
  signal(child, "SIGKILL");
  if (ended === null) await child.ended;
}

/** Tries until `attempt` gives something, and says what was waited for if it never does. */
export async function until(what, attempt, { timeoutMs = 20_000, everyMs = 100 } = {}) {
  const end = Date.now() + timeoutMs;
  let last;
  for (;;) {
    try {
      const got = await attempt();
      if (got) return got;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      throw new Error(`waited ${timeoutMs / 1_000} s for ${typeof what === "function" ? await what() : what}`, {
        cause: last,
      });
    }
    await sleep(everyMs);
  }
}

/** A process and all below it. */
export function descendants(root) {
  const parents = new Map();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "latin1");
      // The name in parentheses may hold anything; the parent is the second field after it.
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // Ended while we looked.
    }
  }
  const below = (pid) => {
    for (let at = pid; at > 1; at = parents.get(at) ?? 0) if (at === root) return true;
    return false;
  };
  return [...parents.keys()].filter(below);
}

/** Process ids below `root` that run the given program. */
export function descendantsRunning(root, program) {
  return descendants(root).filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/exe`) === program;
    } catch {
      return false;
    }
  });
}

/** What a program says first. */
export function firstLine(stream, what) {
  return new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => reject(new Error(`waited 20 s for ${what}`)), 20_000);
    stream.setEncoding("utf8");
    stream.on("data", (chunk) => {
      text += chunk;
      if (!text.includes("\n")) return;
      clearTimeout(timer);
      resolve(text.slice(0, text.indexOf("\n")));
    });
    stream.on("end", () => {
      clearTimeout(timer);
      reject(new Error(`${what}: ended before it said a word`));
    });
  });
}
