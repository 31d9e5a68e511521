// Makes a pseudo-language out of the English catalogue without touching placeholders, plurals or tags.

const ACCENTS: Record<string, string> = {
  a: "á",
  b: "ƀ",
  c: "ç",
  d: "ð",
  e: "é",
  f: "ƒ",
  g: "ĝ",
  h: "ĥ",
  i: "í",
  j: "ĵ",
  k: "ķ",
  l: "ļ",
  m: "ɱ",
  n: "ñ",
  o: "ö",
  p: "þ",
  q: "ǫ",
  r: "ŕ",
  s: "š",
  t: "ţ",
  u: "ü",
  v: "ṽ",
  w: "ŵ",
  x: "ẋ",
  y: "ý",
  z: "ž",
  A: "Å",
  B: "Ɓ",
  C: "Ç",
  D: "Ð",
  E: "É",
  F: "Ƒ",
  G: "Ĝ",
  H: "Ĥ",
  I: "Î",
  J: "Ĵ",
  K: "Ķ",
  L: "Ļ",
  M: "Ṁ",
  N: "Ñ",
  O: "Ö",
  P: "Þ",
  Q: "Ǫ",
  R: "Ŕ",
  S: "Š",
  T: "Ţ",
  U: "Û",
  V: "Ṽ",
  W: "Ŵ",
  X: "Ẋ",
  Y: "Ý",
  Z: "Ž",
};

function accent(text: string): string {
  return text.replace(/[a-zA-Z]/g, (letter) => ACCENTS[letter] ?? letter);
}

/** A third longer, as German or Finnish would be. */
function lengthen(text: string): string {
  const letters = text.replace(/[^\p{L}]/gu, "").length;
  return letters < 3 ? text : `${text}${" ·".repeat(Math.ceil(letters / 6))}`;
}

/** Reads from right to left; the spaces around stay where they are, or words would run into numbers. */
function mirror(text: string): string {
  const [, before = "", middle = "", after = ""] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text) ?? [];
  return `${before}\u202e${middle}\u202c${after}`;
}

/** Applies `change` to the literal text of an ICU message: inside plural branches too, never to arguments or tags. */
export function mapLiterals(message: string, change: (literal: string) => string): string {
  let out = "";
  let literal = "";
  const flush = () => {
    out += literal.trim() === "" ? literal : change(literal);
    literal = "";
  };
  let at = 0;
  while (at < message.length) {
    const char = message.charAt(at);
    if (char === "{") {
      flush();
      const end = closing(message, at);
      out += argument(message.slice(at + 1, end), change);
      at = end + 1;
    } else if (char === "<") {
      flush();
      const end = message.indexOf(">", at);
      const stop = end === -1 ? message.length : end + 1;
      out += message.slice(at, stop);
      at = stop;
    } else if (char === "#") {
      flush();
      out += char;
      at += 1;
    } else {
      literal += char;
      at += 1;
    }
  }
  flush();
  return out;
}

function closing(message: string, open: number): number {
  let depth = 0;
  for (let at = open; at < message.length; at += 1) {
    if (message.charAt(at) === "{") depth += 1;
    if (message.charAt(at) === "}" && --depth === 0) return at;
  }
  return message.length;
}

function argument(inside: string, change: (literal: string) => string): string {
  const branches = /^\s*[^,]+,\s*(plural|select|selectordinal)\s*,/.exec(inside);
  if (!branches) return `{${inside}}`;
  let out = branches[0];
  let at = out.length;
  while (at < inside.length) {
    if (inside.charAt(at) !== "{") {
      out += inside.charAt(at);
      at += 1;
      continue;
    }
    const end = closing(inside, at);
    out += `{${mapLiterals(inside.slice(at + 1, end), change)}}`;
    at = end + 1;
  }
  return `{${out}}`;
}

export function pseudo(messages: Record<string, string>, kind: "long" | "rtl"): Record<string, string> {
  const change = kind === "long" ? (text: string) => lengthen(accent(text)) : mirror;
  return Object.fromEntries(
    Object.entries(messages).map(([id, message]) => {
      const mapped = mapLiterals(message, change);
      return [id, kind === "long" ? `[${mapped}]` : mapped];
    }),
  );
}
