// From practice to the real thing: the people and what they agreed to come along, what was played does not.
import assert from "node:assert/strict";
import { becomeCustomer, importSampleList, onPracticeAccount, writeAsCustomer } from "../lib/flows.mjs";
import { journey } from "../lib/journey.mjs";
import { PracticeMeta } from "../lib/practice-meta.mjs";
import { until } from "../lib/processes.mjs";

const people = (page, filter, search = null) =>
  page.ask("contact_list", { search, filter, import_id: null, offset: 0, limit: 200 });

journey(
  "contacts of practice come along with their consent, never with what was played",
  { app: { env: { SWITCHBOARD_PRACTICE_SPEED: "1" } } },
  async ({ desktop, page }) => {
    const meta = await PracticeMeta.start(desktop);
    try {
      await onPracticeAccount(page);
      await importSampleList(page, { unproven: "leave" });
      const agreed = await people(page, "marketing");
      const { played, customer } = await until("somebody of the list who plays along", async () => {
        const { items } = await page.ask("phone_customers", { search: null, limit: 200 });
        const customer = items.find(({ address }) => agreed.rows.some(({ phone }) => phone === address));
        return customer && { customer, played: agreed.rows.find(({ phone }) => phone === customer.address) };
      });
      await becomeCustomer(page, customer);
      await writeAsCustomer(page, "STOP");
      await until("the played opt-out", async () => (await people(page, "opted_out", played.name)).rows.length > 0);

      await page.visit("/settings/connect");
      await page.find("heading", "Connect your account");
      const field = await page.browser.$("input[type=password]");
      await field.click();
      await page.type(meta.token);
      await page.press("button", "Another Graph address");
      await page.fill("textbox", "Graph address", meta.graph);
      await page.press("button", "Look what it reaches");
      await page.press("button", "Next");
      await page.press("button", "Check and connect");
      await page.find("button", "Take them along", { timeoutMs: 30_000 });
      assert.ok(!(await page.text()).includes("nothing leaves this computer"), "this is no practice account");

      await page.press("button", "Take them along");
      await page.waitForText(/people taken along/);
      const there = await people(page, "all", played.name);
      assert.equal(there.rows[0]?.consent, "opted_in", "the played opt-out stayed behind");
      assert.equal((await people(page, "opted_out", played.name)).total, 0);
      assert.equal((await page.ask("campaign_list")).items.length, 0);
      const threads = { filter: "all", sort: "newest", search: null, offset: 0, limit: 10 };
      assert.equal((await page.ask("thread_list", threads)).total, 0, "no played chat came along");
    } finally {
      await meta.stop();
    }
  },
);
