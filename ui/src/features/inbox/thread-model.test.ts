import { describe, expect, it } from "vitest";
import type { ThreadDetail, ThreadMessage, Ticks } from "../../ipc/ipc";
import { nextOlder } from "./queries";
import { furtherTicks, mergePages, textLength, threadLines, windowLeft } from "./thread-model";

const MINUTE = 60_000;
const NOON = new Date(2026, 10, 22, 12).getTime();

function message(id: string, atMs: number, direction: "in" | "out" = "in"): ThreadMessage {
  return {
    id,
    direction,
    kind: "text",
    text: id,
    header: null,
    footer: null,
    buttons: [],
    media: null,
    quoted: null,
    reaction: null,
    ticks: null,
    failure: null,
    campaign: null,
    at_ms: atMs,
    opt_out: false,
  };
}

describe("ticks", () => {
  it("never go back, whatever order the readings come in", () => {
    const all: Ticks[] = ["pending", "accepted", "sent", "delivered", "read"];
    for (const [i, further] of all.entries()) {
      for (const earlier of all.slice(0, i)) expect(furtherTicks(further, earlier)).toBe(further);
    }
  });
  it("do not turn a delivered message into a failed one", () => {
    expect(furtherTicks("delivered", "failed")).toBe("delivered");
    expect(furtherTicks("sent", "failed")).toBe("failed");
  });
  it("settle an unclear message once Meta reports on it", () => {
    expect(furtherTicks("unknown", "sent")).toBe("sent");
  });
});

describe("lines of a thread", () => {
  it("has one rule per day, before its first message", () => {
    const lines = threadLines([message("a", NOON - 86_400_000), message("b", NOON), message("c", NOON + MINUTE)]);
    expect(lines.map((line) => line.kind)).toEqual(["day", "message", "day", "message", "message"]);
  });
  it("joins messages of one writer into a run until a pause or the other writes", () => {
    const lines = threadLines([
      message("a", NOON),
      message("b", NOON + MINUTE),
      message("c", NOON + 2 * MINUTE, "out"),
      message("d", NOON + 20 * MINUTE, "out"),
    ]).filter((line) => line.kind === "message");
    expect(lines.map((line) => [line.first, line.last])).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [true, true],
    ]);
  });
});

describe("pages of a thread", () => {
  it("come together oldest first, each message once, the newest reading of it", () => {
    const old = message("b", NOON);
    const pages = [
      { messages: [{ ...old, text: "newer reading" }, message("c", NOON + 1)] },
      { messages: [message("a", NOON - 1), old] },
    ];
    expect(mergePages(pages).map(({ id, text }) => [id, text])).toEqual([
      ["a", "a"],
      ["b", "newer reading"],
      ["c", "c"],
    ]);
  });
  it("do not lose messages that share a millisecond with the end of a page", () => {
    const page = { messages: [message("b", NOON), message("c", NOON + 5)], has_older: true } as ThreadDetail;
    expect(nextOlder(page)).toBe(NOON + 1);
  });
  it("go on when a whole page shares one millisecond", () => {
    const page = { messages: [message("a", NOON), message("b", NOON)], has_older: true } as ThreadDetail;
    expect(nextOlder(page)).toBe(NOON);
  });
});

describe("the window", () => {
  it("is full when it opens, empty when it closes, and never less than that", () => {
    expect(windowLeft(NOON + 86_400_000, NOON)).toBe(1);
    expect(windowLeft(NOON + 43_200_000, NOON)).toBe(0.5);
    expect(windowLeft(NOON - 1, NOON)).toBe(0);
    expect(windowLeft(null, NOON)).toBe(0);
  });
});

it("counts characters as people do, not as the machine stores them", () => {
  expect(textLength("🍞é")).toBe(2);
});
