// Measures one start of the real window and prints one JSON line. `node window-bench.mjs SECONDS` says how long to
// idle; SWITCHBOARD_APP names the program.
//
// Times count from the start of the process as the kernel recorded it (10 ms steps). First frame: the page's own
// first-contentful-paint. First content: the screen names what the core told it, looked at every 15 ms through
// WebDriver, so that it is never too early. Driving by WebDriver makes a start slower, not faster.
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { App } from "./lib/app.mjs";
import { Desktop } from "./lib/desktop.mjs";
import { until } from "./lib/processes.mjs";

const TICKS_PER_SECOND = 100;
/** What a start still does in the background is no idling. */
const SETTLE_MS = 10_000;

const fields = (pid) => {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The name in parentheses may hold anything; the state is the first field after it.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
};
const startedAtMs = (pid) => {
  const boot = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))[1]);
  // btime has whole seconds; the uptime tells the moment of boot more finely.
  const uptime = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  const fine = Date.now() - uptime * 1000;
  const bootMs = Math.abs(fine - boot * 1000) < 2_000 ? fine : boot * 1000;
  return bootMs + (Number(fields(pid)[19]) / TICKS_PER_SECOND) * 1000;
};

/** The process and all below it. */
function family(root) {
  const parents = new Map();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      parents.set(Number(name), Number(fields(name)[1]));
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

const sum = (pids, one) => pids.reduce((all, pid) => all + one(pid), 0);
const cpuSeconds = (pid) => (Number(fields(pid)[11]) + Number(fields(pid)[12])) / TICKS_PER_SECOND;
/** Proportional share: pages that the web views share with each other count once. */
const residentMib = (pid) =>
  Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))[1]) / 1024;

const idleSeconds = Number(process.argv[2] ?? 60);
const desktop = await Desktop.start();
let app;
try {
  app = await App.start(desktop);
  const began = startedAtMs(app.pid());
  const content = await until(
    "the first screen",
    () =>
      app.browser.execute(() => {
        const main = document.querySelector("main");
        const settled = main && !main.querySelector("[aria-busy=true]") && main.innerText.trim().length > 20;
        return settled ? performance.timeOrigin + performance.now() : null;
      }),
    { everyMs: 15 },
  );
  const frame = await app.browser.execute(() => {
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    return paint ? performance.timeOrigin + paint.startTime : null;
  });
  if (frame === null) throw new Error("the web view does not tell its first paint");
  await sleep(SETTLE_MS);
  const pid = app.pid();
  const pids = family(pid);
  const before = sum(pids, cpuSeconds);
  await sleep(idleSeconds * 1000);
  const idle = sum(pids, cpuSeconds) - before;
  console.log(
    JSON.stringify({
      first_frame_ms: Math.round(frame - began),
      // Text stands in the page a moment before it is painted; nobody sees it earlier than the first frame.
      first_content_ms: Math.round(Math.max(content, frame) - began),
      resident_mib: sum(pids, residentMib),
      app_resident_mib: residentMib(pid),
      idle_cpu_percent: (idle / idleSeconds) * 100,
    }),
  );
} finally {
  await app?.stop();
  await desktop.stop();
}
