// WhatsApp's own small markup: *bold*, _italic_, ~struck~, `code`. Nothing else is formatted, nothing is HTML.
import type { ReactNode } from "react";

const MARKS: Record<string, "strong" | "em" | "s" | "code"> = { "*": "strong", _: "em", "~": "s", "`": "code" };

/** Cuts a line into elements. A mark counts only at a word's edge and when it is closed on the same line. */
export function formatLine(line: string, key = ""): ReactNode[] {
  const out: ReactNode[] = [];
  let plain = "";
  let at = 0;
  while (at < line.length) {
    const char = line.charAt(at);
    const tag = MARKS[char];
    const before = at === 0 ? " " : line.charAt(at - 1);
    if (tag && !/[\p{L}\p{N}]/u.test(before) && line.charAt(at + 1).trim() !== "") {
      const end = closingMark(line, at + 1, char);
      if (end > at + 1) {
        if (plain) out.push(plain);
        plain = "";
        const Tag = tag;
        const inside = line.slice(at + 1, end);
        const innerKey = `${key}.${at}`;
        out.push(<Tag key={innerKey}>{tag === "code" ? inside : formatLine(inside, innerKey)}</Tag>);
        at = end + 1;
        continue;
      }
    }
    plain += char;
    at += 1;
  }
  if (plain) out.push(plain);
  return out;
}

function closingMark(line: string, from: number, mark: string): number {
  for (let at = from; at < line.length; at += 1) {
    const after = line.charAt(at + 1);
    if (line.charAt(at) === mark && line.charAt(at - 1).trim() !== "" && !/[\p{L}\p{N}]/u.test(after)) return at;
  }
  return -1;
}

export function WhatsAppText({ text }: { text: string }) {
  return (
    <span dir="auto" className="block whitespace-pre-wrap break-words">
      {text.split("\n").flatMap((line, index) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of one text have no other identity
        const content = <span key={index}>{formatLine(line)}</span>;
        return index === 0 ? [content] : ["\n", content];
      })}
    </span>
  );
}
