// The customer's side: a question that is answered, and a STOP that is honoured at once.
import assert from "node:assert/strict";
import {
  becomeCustomer,
  importSampleList,
  onPracticeAccount,
  openConversation,
  writeAsCustomer,
} from "../lib/flows.mjs";
import { journey } from "../lib/journey.mjs";
import { until } from "../lib/processes.mjs";

/** Time runs as in life: only the pretend phone makes things happen while one looks. */
const QUIET = { app: { env: { SWITCHBOARD_PRACTICE_SPEED: "1" } } };

async function someCustomer(page) {
  return until("a customer of the shop", async () => {
    const { items } = await page.ask("phone_customers", { search: null, limit: 20 });
    return items.find(({ name, address }) => /^[\p{L} ’'-]+$/u.test(name) && address.startsWith("+"));
  });
}

journey("a customer writes, and the answer reaches their phone", QUIET, async ({ page }) => {
  await onPracticeAccount(page);
  const customer = await someCustomer(page);
  await becomeCustomer(page, customer);
  await writeAsCustomer(page, "Is the big oak board still there?");
  await openConversation(page, customer.name);
  await page.find("region", `Messages with ${customer.name}`);
  await page.waitForText("Is the big oak board still there?");

  await page.fill("textbox", `Message to ${customer.name}`, "Yes, two of them. Shall I put one aside?");
  await page.keys("Enter");
  const phone = await page.find("complementary", "Pretend phone");
  await until("the answer on the pretend phone", async () =>
    (await phone.getText()).includes("Shall I put one aside?"),
  );
  const { messages } = await page.ask("phone_conversation", { customer_id: customer.id });
  const answers = messages.filter(
    ({ from_customer, text }) => !from_customer && text.includes("Shall I put one aside?"),
  );
  assert.equal(answers.length, 1, "it arrived once");
});

journey("a STOP is honoured at once and shown wherever the person is", QUIET, async ({ page }) => {
  await onPracticeAccount(page);
  await importSampleList(page);
  const customer = await someCustomer(page);
  await becomeCustomer(page, customer);
  await writeAsCustomer(page, "STOP");

  const stopped = await until("the opt-out in the address book", async () => {
    const request = { search: customer.name, filter: "opted_out", import_id: null, offset: 0, limit: 10 };
    return (await page.ask("contact_list", request)).rows[0];
  });
  for (const category of ["marketing", "utility"]) {
    const verdict = await page.ask("consent_why", { id: stopped.id, category });
    assert.equal(verdict.may_receive, "no", category);
    assert.equal(verdict.reason, "opted_out", category);
  }
  await openConversation(page, customer.name);
  await page.waitForText(/opted out/i);
  await page.visit(`/contacts/${stopped.id}`);
  await page.find("region", "Person");
  await page.waitForText("Opted out");
});
