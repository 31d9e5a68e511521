import { IntlMessageFormat } from "intl-messageformat";
import { describe, expect, it } from "vitest";
import { localeFor, locales, messagesFor } from "./locales";
import { english } from "./messages";
import { mapLiterals } from "./pseudo";

describe("pseudo-languages", () => {
  it("keep arguments, plural branches and tags as they are", () => {
    const shout = (text: string) => text.toUpperCase();
    expect(mapLiterals("Hi {name}, <b>you</b> have {n, plural, one {one mail} other {# mails}}.", shout)).toBe(
      "HI {name}, <b>YOU</b> HAVE {n, plural, one {ONE MAIL} other {# MAILS}}.",
    );
  });

  it.each(locales.map(({ tag }) => tag))("every message can be read in %s", (tag) => {
    for (const [id, message] of Object.entries(messagesFor(localeFor(tag, [])))) {
      expect(() => new IntlMessageFormat(message, "en"), id).not.toThrow();
    }
  });

  it("has no empty message", () => {
    for (const [id, message] of Object.entries(english)) expect(message.trim(), id).not.toBe("");
  });

  it("follows the system's region for numbers even where the texts are English", () => {
    expect(localeFor("system", ["en-CA"]).intl).toBe("en-CA");
    expect(localeFor("system", ["fi-FI"]).tag).toBe("en");
  });
});
