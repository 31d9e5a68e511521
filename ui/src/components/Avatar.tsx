import { cx } from "./cx";

const hues = [
  "bg-[light-dark(#d9ecea,#17403c)] text-[light-dark(#0a5752,#9be0d8)]",
  "bg-[light-dark(#e6e4f6,#322e58)] text-[light-dark(#453d86,#c3bdf2)]",
  "bg-[light-dark(#fbe6d4,#4b3018)] text-[light-dark(#7d4210,#f2c296)]",
  "bg-[light-dark(#f9e0e8,#4c2231)] text-[light-dark(#8a2a4d,#f4b3c8)]",
  "bg-[light-dark(#dfeaf8,#1d3756)] text-[light-dark(#1f4d82,#afcff4)]",
  "bg-[light-dark(#e7efd6,#313f17)] text-[light-dark(#4a6313,#c8dd95)]",
];

/** First letters of a name, or of a number's last digits; decoration only, the name stands beside it. */
export function initials(name: string): string {
  const words = name
    .replace(/[^\p{L}\p{N} ]/gu, "")
    .split(/\s+/)
    .filter(Boolean);
  const [first, last] = [words[0] ?? "?", words.length > 1 ? words[words.length - 1] : undefined];
  if (/^\d+$/.test(first)) return (words.join("").slice(-2) || "?").toUpperCase();
  return ([...first][0] ?? "?").toLocaleUpperCase() + ([...(last ?? "")][0] ?? "").toLocaleUpperCase();
}

export function Avatar({ name, size = "medium" }: { name: string; size?: "small" | "medium" | "large" }) {
  let sum = 0;
  for (const char of name) sum += char.codePointAt(0) ?? 0;
  return (
    <span
      aria-hidden
      className={cx(
        "inline-flex shrink-0 select-none items-center justify-center rounded-full font-semibold",
        size === "small" && "size-7 text-xs",
        size === "medium" && "size-9 text-xs",
        size === "large" && "size-14 text-lg",
        hues[sum % hues.length],
      )}
    >
      {initials(name)}
    </span>
  );
}
