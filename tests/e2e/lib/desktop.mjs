// A desktop of its own for a journey: a screen, a window manager, a session bus and an unlocked keychain, with
// empty folders for everything that programs keep.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstLine, start, stop, until } from "./processes.mjs";

/** Any word will do: the keychain lives as long as the journey. An empty one would leave it locked. */
const KEYCHAIN_PASSWORD = "journey\n";

export class Desktop {
  /** `keychain: false` gives a session without one, `"locked"` one that nobody unlocks. */
  static async start({ width = 1280, height = 820, scale = 1, keychain = true } = {}) {
    const desktop = new Desktop();
    try {
      await desktop.#open({ width, height, scale, keychain });
    } catch (error) {
      await desktop.stop();
      throw error;
    }
    return desktop;
  }

  #parts = [];

  async #open({ width, height, scale, keychain }) {
    this.home = mkdtempSync(join(tmpdir(), "switchboard-e2e-"));
    this.log = join(this.home, "programs.log");
    this.data = join(this.home, "data");
    const folder = (name, mode = 0o755) => {
      const path = join(this.home, name);
      mkdirSync(path, { mode });
      return path;
    };
    this.env = {
      PATH: process.env.PATH,
      LANG: "C.UTF-8",
      HOME: folder("home"),
      XDG_DATA_HOME: folder("data"),
      XDG_CONFIG_HOME: folder("config"),
      XDG_CACHE_HOME: folder("cache"),
      XDG_STATE_HOME: folder("state"),
      XDG_RUNTIME_DIR: folder("runtime", 0o700),
      TMPDIR: folder("tmp"),
      GDK_BACKEND: "x11",
      GDK_SCALE: String(scale),
      GTK_A11Y: "none",
      NO_AT_BRIDGE: "1",
      GTK_USE_PORTAL: "0",
      RUST_BACKTRACE: "1",
    };
    const screen = this.#add(
      start("Xvfb", ["-displayfd", "3", "-screen", "0", `${width}x${height}x24`, "-nolisten", "tcp", "-noreset"], {
        env: this.env,
        log: this.log,
        extra: ["pipe"],
      }),
    );
    this.env.DISPLAY = `:${(await firstLine(screen.stdio[3], "Xvfb to name its display")).trim()}`;
    const bus = this.#add(
      start("dbus-daemon", ["--session", "--nofork", "--print-address=1"], {
        env: this.env,
        log: this.log,
        stdout: "pipe",
      }),
    );
    this.env.DBUS_SESSION_BUS_ADDRESS = (await firstLine(bus.stdout, "the session bus")).trim();
    this.#add(start("openbox", ["--sm-disable"], { env: this.env, log: this.log }));
    if (keychain) await this.startKeychain({ locked: keychain === "locked" });
  }

  /** A keychain that is open, or one that stays locked; instead of the one there was. */
  async startKeychain({ locked = false } = {}) {
    await stop(this.keychain);
    const daemon = this.#add(
      start("gnome-keyring-daemon", ["--foreground", "--unlock", "--components=secrets"], {
        env: this.env,
        log: this.log,
        stdin: "pipe",
      }),
    );
    this.keychain = daemon;
    // An empty password opens nothing.
    daemon.stdin.end(locked ? "" : KEYCHAIN_PASSWORD);
    await until("the keychain", () =>
      this.run("dbus-send", [
        "--session",
        "--print-reply",
        "--dest=org.freedesktop.DBus",
        "/",
        "org.freedesktop.DBus.NameHasOwner",
        "string:org.freedesktop.secrets",
      ]).includes("boolean true"),
    );
  }

  #add(child) {
    this.#parts.push(child);
    return child;
  }

  /** Runs a short program on this desktop and gives what it printed. */
  run(command, args, options = {}) {
    return execFileSync(command, args, { env: this.env, encoding: "utf8", timeout: 20_000, stdio: "pipe", ...options });
  }

  /** Windows in sight whose title holds the words, by their ids. */
  windows(title) {
    try {
      return this.run("xdotool", ["search", "--onlyvisible", "--name", title]).trim().split("\n").filter(Boolean);
    } catch {
      return [];
    }
  }

  /** Title of the window in front. */
  frontTitle() {
    try {
      return this.run("xdotool", ["getactivewindow", "getwindowname"]).trim();
    } catch {
      return "";
    }
  }

  /** The whole screen as a picture, dialogs of the system included. */
  screenshot(path) {
    this.run("import", ["-window", "root", path]);
  }

  /** The whole screen as pixels, to see whether anything changed. */
  screen() {
    return this.run("import", ["-window", "root", "rgb:-"], { encoding: "buffer", maxBuffer: 1 << 28 });
  }

  async stop() {
    for (const part of this.#parts.reverse()) await stop(part);
    this.#parts = [];
    if (this.home && !process.env.SWITCHBOARD_E2E_KEEP) {
      // A program that is just ending may still write.
      rmSync(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
  }
}
