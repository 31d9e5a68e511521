import { expect, it } from "vitest";
import { kindOfPlace } from "./faults";

it("names the kind of a screen, never whose it is or what was searched", () => {
  expect(kindOfPlace("#/contacts/019a3b7c-1111?search=Amélie")).toBe("/contacts/$");
  expect(kindOfPlace("#/import?file=/home/shop/list.csv")).toBe("/import");
  expect(kindOfPlace("")).toBe("");
});
