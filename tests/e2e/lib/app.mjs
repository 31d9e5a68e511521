// The app in its real window, driven through tauri-driver.
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { remote } from "webdriverio";
import { Page } from "./page.mjs";
import { descendants, descendantsRunning, start, stop, until } from "./processes.mjs";

/** The program under test. */
export const program = process.env.SWITCHBOARD_APP ?? "";

export class App {
  /** Starts the app on a desktop; it finds there what an earlier start left. `cores` lets programs write core files
   * into the home folder, as far as this machine allows it. */
  static async start(desktop, { args = ["--practice"], env = {}, width = 1280, height = 800, cores = false } = {}) {
    if (program === "") throw new Error("SWITCHBOARD_APP names the program under test; `make test` sets it");
    const app = new App();
    app.desktop = desktop;
    const port = await freePort();
    const nativePort = await freePort();
    const host = "127.0.0.1";
    const driver = ["tauri-driver", "--port", String(port), "--native-host", host, "--native-port", String(nativePort)];
    const limits = `cd "$HOME" && ulimit -c ${cores ? "$(ulimit -H -c)" : "0"} && exec "$0" "$@"`;
    app.driver = start("sh", ["-c", limits, ...driver], {
      env: { ...desktop.env, ...env },
      log: desktop.log,
    });
    try {
      await until("tauri-driver", async () => (await fetch(`http://${host}:${port}/status`)).ok);
      app.browser = await remote({
        hostname: host,
        port,
        logLevel: "error",
        connectionRetryCount: 0,
        connectionRetryTimeout: 180_000,
        capabilities: {
          browserName: "wry",
          "wdio:enforceWebDriverClassic": true,
          "tauri:options": { application: program, args },
        },
      });
      await app.browser.setWindowSize(width, height);
    } catch (error) {
      await stop(app.driver);
      throw error;
    }
    app.page = new Page(app.browser, desktop);
    return app;
  }

  /** Process id of the app itself, not of its web views. */
  pid() {
    const [pid] = descendantsRunning(this.driver.pid, program);
    if (pid === undefined) throw new Error("the app is not running");
    return pid;
  }

  /** The app and everything below it: the web view's processes. */
  family() {
    return descendants(this.pid());
  }

  isRunning() {
    return descendantsRunning(this.driver.pid, program).length > 0;
  }

  /** As a power cut would end it: no signal it could answer. */
  async kill() {
    process.kill(this.pid(), "SIGKILL");
    await until("the app to be gone", () => !this.isRunning());
    await stop(this.driver);
  }

  async stop() {
    if (!this.driver) return;
    // The session ends with its driver: asked to end by itself, it would wait for the app's questions on closing.
    await stop(this.driver);
    this.driver = null;
  }

  /** Starts the program a second time beside this one, as a click on its icon does, and waits for that to end. */
  async startAgain(args = []) {
    const second = start(program, args, { env: this.desktop.env, log: this.desktop.log });
    const ended = await Promise.race([second.ended, sleep(30_000).then(() => null)]);
    if (ended === null) {
      await stop(second);
      throw new Error("the second start did not hand over and end");
    }
    return ended;
  }

  log() {
    return join(this.desktop.home, "programs.log");
  }
}

/** A port of the loopback that nobody has just now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
