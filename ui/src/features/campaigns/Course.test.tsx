import { expect, it } from "vitest";
import { openHours } from "../../components/DayStrip";
import { barsOf } from "./Course";

const at = (text: string) => Date.parse(text);
const hours = (from: number, to: number) => ({ from_minute: from * 60, to_minute: to * 60 });

it("shows hours without gaps, and names the days where they begin", () => {
  const { unit, bars } = barsOf(
    [
      { at_ms: at("2026-11-23T20:00:00Z"), people: 900 },
      { at_ms: at("2026-11-24T14:00:00Z"), people: 100 },
    ],
    "America/Toronto",
  );
  expect(unit).toBe("hour");
  expect(bars).toHaveLength(19);
  expect(bars.reduce((sum, bar) => sum + bar.people, 0)).toBe(1000);
  expect(bars.filter((bar) => bar.named).map((bar) => bar.atMs)).toEqual([
    at("2026-11-23T20:00:00Z"),
    at("2026-11-24T05:00:00Z"),
  ]);
});

it("shows days of the zone where it takes many", () => {
  const points = Array.from({ length: 80 }, (_, hour) => ({
    at_ms: at("2026-11-24T03:00:00Z") + hour * 3_600_000,
    people: 1,
  }));
  const { unit, bars } = barsOf(points, "America/Toronto");
  // Two hours are still the 23rd in Toronto.
  expect([unit, bars.map((bar) => bar.people)]).toEqual(["day", [2, 24, 24, 24, 6]]);
});

it("has nothing to show where nothing leaves", () => {
  expect(barsOf([], "America/Toronto").bars).toEqual([]);
});

it("takes quiet hours out of the hours of a campaign", () => {
  expect(openHours(hours(21, 8), null)).toEqual([[480, 1260]]);
  expect(openHours(hours(21, 8), hours(6, 12))).toEqual([[480, 720]]);
  expect(openHours(null, hours(20, 2))).toEqual([
    [0, 120],
    [1200, 1440],
  ]);
  expect(openHours(hours(8, 20), hours(9, 18))).toEqual([]);
});
