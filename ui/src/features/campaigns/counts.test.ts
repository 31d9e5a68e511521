import { expect, it } from "vitest";
import type { CampaignCounts } from "../../ipc/ipc";
import { addressed, asCountName, funnel, settled } from "./counts";
import { readNumber } from "./ReviewStep";
import { readVariable } from "./values";

const counts: CampaignCounts = {
  audience: 100,
  excluded: 10,
  queued: 20,
  sending: 2,
  unknown: 1,
  held: 3,
  accepted: 4,
  sent: 10,
  delivered: 15,
  read: 25,
  failed: 5,
  withheld: 3,
  cancelled: 2,
};

it("lets each stage of the funnel hold the later ones", () => {
  expect(funnel(counts).map(({ count }) => count)).toEqual([90, 57, 40, 25]);
});

it("counts as settled whatever nothing more is done for", () => {
  expect(addressed(counts)).toBe(90);
  expect(settled(counts)).toBe(68);
});

it("takes only known states out of an address", () => {
  expect(asCountName("failed")).toBe("failed");
  expect(asCountName("constructor")).toBeNull();
  expect(asCountName(undefined)).toBeNull();
});

it("reads a typed number however its thousands are parted", () => {
  for (const text of ["1840", "1,840", "1 840", "1.840", "1’840", "1\u202f840"]) expect(readNumber(text)).toBe(1840);
  for (const text of ["", "184o", "-5", "1e3"]) expect(readNumber(text)).toBeNull();
});

it("knows where a variable stands", () => {
  const plain = { button: null, card: null };
  expect(readVariable("body.first_name")).toEqual({ ...plain, part: "body", name: "first_name" });
  expect(readVariable("header.1")).toEqual({ ...plain, part: "header", name: "1" });
  expect(readVariable("header.media")).toEqual({ ...plain, part: "media", name: "media" });
  expect(readVariable("button0.1")).toEqual({ ...plain, part: "button", button: 1, name: "1" });
  expect(readVariable("button1.coupon_code")).toEqual({ ...plain, part: "coupon", button: 2, name: "coupon_code" });
  expect(readVariable("card0.media")).toEqual({ ...plain, part: "media", card: 1, name: "media" });
  expect(readVariable("card1.button0.1")).toEqual({ part: "button", button: 1, card: 2, name: "1" });
  expect(readVariable("card0.body.1")).toEqual({ ...plain, part: "body", card: 1, name: "1" });
});
