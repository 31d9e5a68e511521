import { render } from "@testing-library/react";
import { expect, it } from "vitest";
import { WhatsAppText } from "./whatsappText";

const html = (text: string) => render(<WhatsAppText text={text} />).container.innerHTML;

it("formats WhatsApp's marks at the edges of words", () => {
  const out = html("*bold _both_* and ~gone~ `as is *here*`");
  expect(out).toContain("<strong>bold <em>both</em></strong>");
  expect(out).toContain("<s>gone</s>");
  expect(out).toContain("<code>as is *here*</code>");
});

it("leaves single marks, marks inside words and marks over lines alone", () => {
  expect(html("2*3*4 and snake_case_name")).not.toMatch(/<(strong|em)>/);
  expect(html("*open\nend*")).not.toContain("<strong>");
  expect(html("* not bold*")).not.toContain("<strong>");
});

it("never makes HTML of what people type", () => {
  expect(html("<img src=x onerror=alert(1)>")).toContain("&lt;img");
});
