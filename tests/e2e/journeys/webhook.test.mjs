// A webhook in words, in the real window: pasted, explained by the engine, without leaving a trace in the store.
import assert from "node:assert/strict";
import { onPracticeAccount } from "../lib/flows.mjs";
import { journey } from "../lib/journey.mjs";

/** People with the number that the webhook names; others come in by themselves on a fresh practice account. */
const CONTACTS = { search: "14165550177", filter: "all", import_id: null, offset: 0, limit: 1 };

const STOP = JSON.stringify({
  entry: [
    {
      id: "200",
      changes: [
        {
          field: "messages",
          value: {
            metadata: { phone_number_id: "100" },
            messages: [{ from: "14165550177", id: "wamid.pasted", type: "text", text: { body: "STOP" } }],
          },
        },
        { field: "a_field_of_2027", value: { colour: "mauve" } },
      ],
    },
  ],
});

journey("a pasted webhook is explained and changes nothing", {}, async ({ page }) => {
  await onPracticeAccount(page);
  await page.press("link", "Settings");
  await page.press("link", "Diagnostics");
  await page.fill("textbox", "Payload", STOP);
  await page.press("button", "Explain");
  const result = await page.find("region", "What it says");
  const text = await result.getText();
  assert.match(text, /2 events, 1 not understood/);
  assert.match(text, /\+14165550177/);
  assert.match(text, /Read as an opt-out/);
  assert.match(text, /an unknown field/);
  const after = await page.ask("contact_list", CONTACTS);
  assert.equal(after.total, 0, "nobody was added");
});
