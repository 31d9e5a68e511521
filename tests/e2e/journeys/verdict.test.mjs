// The tour's last word can be trusted: each of its checks bites.
import assert from "node:assert/strict";
import { test } from "node:test";
import { mismatchesOf, sentAfterStop } from "../lib/verdict.mjs";

const COUNTS = {
  imported: 960,
  excluded: 40,
  sent: 901,
  delivered: 880,
  read: 500,
  replied: 60,
  failed: 9,
  withheld: 12,
  unknown: 0,
  stopped: 5,
};
const good = () => ({ tour: { ...COUNTS }, practice: { ...COUNTS }, cancelled: 1, twice: 0, late: [] });

test("the tour is content when all agrees, and with nothing else", () => {
  assert.deepEqual(mismatchesOf(good()), []);
  for (const key of Object.keys(COUNTS)) {
    for (const side of ["tour", "practice"]) {
      const altered = good();
      altered[side][key] += 1;
      assert.equal(mismatchesOf(altered).length, 1, `${key} of ${side}, one more`);
      delete altered[side][key];
      assert.equal(mismatchesOf(altered).length, 1, `${key} of ${side}, missing`);
    }
  }
  assert.equal(mismatchesOf({ ...good(), cancelled: 0 }).length, 1);
  assert.equal(mismatchesOf({ ...good(), twice: 1 }).length, 1);
  assert.equal(mismatchesOf({ ...good(), twice: undefined }).length, 1);
  assert.equal(mismatchesOf({ ...good(), late: ["7"] }).length, 1);
});

test("a send after a stored opt-out is found, one before it is not", async () => {
  const sent = (at_ms) => ({ direction: "out", campaign: "Autumn", at_ms });
  const people = {
    before: { stored: [200], messages: [sent(100)] },
    after: { stored: [300, 200], messages: [sent(250)] },
    answered: { stored: [200], messages: [{ ...sent(250), campaign: null }] },
    wrote: { stored: [200], messages: [{ ...sent(250), direction: "in" }] },
  };
  const ask = async (command, { id, contact_id }) => {
    if (command === "contact_list") return { rows: Object.keys(people).map((id) => ({ id })) };
    if (command === "thread_get") return { messages: people[contact_id].messages };
    const optOuts = people[id].stored.map((recorded_at_ms) => ({ kind: "opt_out", recorded_at_ms }));
    return { timeline: [{ kind: "opt_in", recorded_at_ms: 0 }, ...optOuts] };
  };
  assert.deepEqual(await sentAfterStop(ask), ["after"]);
});
