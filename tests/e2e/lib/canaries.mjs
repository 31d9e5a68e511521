// Canaries: words that nobody else writes, put through the program and looked for in every shape in which it might
// write them down.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** The letters that these bytes surely have inside a longer text in base64, `offset` bytes after a multiple of three. */
function insideBase64(bytes, offset) {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const whole = Math.floor((padded.length * 8) / 6);
  return padded.toString("base64").slice([0, 2, 3][offset], whole);
}

const percent = (text) =>
  [...Buffer.from(text)]
    .map((byte) =>
      /[\w.~-]/.test(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    )
    .join("");

/** Every shape of a text. */
function shapesOf(text) {
  const bytes = Buffer.from(text);
  const wide = Buffer.from(text, "utf16le");
  const shapes = new Map([
    ["plain", bytes],
    ["UTF-16LE", wide],
    ["UTF-16BE", Buffer.from(wide).swap16()],
    ["hex", Buffer.from(bytes.toString("hex"))],
    ["HEX", Buffer.from(bytes.toString("hex").toUpperCase())],
    ["percent", Buffer.from(percent(text))],
    ["form", Buffer.from(percent(text).replaceAll("%20", "+"))],
    [
      "JSON escapes",
      Buffer.from(
        JSON.stringify(text)
          .slice(1, -1)
          .replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`),
      ),
    ],
  ]);
  for (const offset of [0, 1, 2]) {
    const letters = insideBase64(bytes, offset);
    shapes.set(`base64 at ${offset}`, Buffer.from(letters));
    shapes.set(`base64url at ${offset}`, Buffer.from(letters.replaceAll("+", "-").replaceAll("/", "_")));
  }
  return shapes;
}

export class Canaries {
  #watched = [];

  /** Watches for a text; a finding calls it `what`. */
  watch(what, text) {
    if (text.length < 8) throw new Error(`${what} is too short to be told from chance`);
    this.#watched.push({ what, text, shapes: shapesOf(text) });
  }

  /** Watches for a number in E.164 as machines and as people write it. */
  watchNumber(what, e164) {
    const digits = e164.replace("+", "");
    this.watch(what, digits);
    const [, area, exchange, line] = /^1(\d{3})(\d{3})(\d{4})$/.exec(digits);
    for (const written of [
      `${area} ${exchange} ${line}`,
      `${area} ${exchange}-${line}`,
      `${area}-${exchange}-${line}`,
      `(${area}) ${exchange}-${line}`,
    ]) {
      this.watch(`${what} as people write it`, written);
    }
  }

  /** Watches for bytes, such as a key or a piece of a photo. */
  watchBytes(what, bytes) {
    const shapes = new Map([["bytes", bytes]]);
    for (const offset of [0, 1, 2]) shapes.set(`base64 at ${offset}`, Buffer.from(insideBase64(bytes, offset)));
    this.#watched.push({ what, text: bytes, shapes });
  }

  /** What is found in some bytes. */
  foundIn(bytes) {
    return this.#watched.flatMap(({ what, shapes }) =>
      [...shapes].filter(([, shape]) => bytes.includes(shape)).map(([shape]) => `${what} (${shape})`),
    );
  }

  /** What is found in the files below a folder and in their names, and which were searched. */
  searchFolder(folder) {
    const findings = [];
    const searched = [];
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const place = relative(folder, path);
      findings.push(...this.foundIn(Buffer.from(place)).map((found) => `${place}, its name: ${found}`));
      if (!entry.isFile()) continue;
      let bytes;
      try {
        bytes = readFileSync(path);
      } catch {
        // Files of a running program come and go.
        continue;
      }
      searched.push(place);
      findings.push(...this.foundIn(bytes).map((found) => `${place}: ${found}`));
    }
    return { findings, searched };
  }

  /** What processes show everybody who may look at them: arguments and environment. */
  searchProcesses(pids) {
    const findings = [];
    const searched = [];
    for (const pid of pids) {
      try {
        const name = readFileSync(`/proc/${pid}/comm`, "utf8").trim();
        for (const place of ["cmdline", "environ"]) {
          const bytes = readFileSync(`/proc/${pid}/${place}`);
          findings.push(...this.foundIn(bytes).map((found) => `${place} of ${name}: ${found}`));
        }
        searched.push(name);
      } catch {
        // Ended while we looked.
      }
    }
    return { findings, searched };
  }

  /** Every shape of everything, to see that the search finds them: [what, shape, bytes]. */
  *all() {
    for (const { what, shapes } of this.#watched) for (const [shape, bytes] of shapes) yield [what, shape, bytes];
  }
}
