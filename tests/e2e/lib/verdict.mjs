// What the tour holds against each other at its end. Apart from the tour, so that a test can see every check bite.

/** What is wrong, one sentence each; nothing is good. `late` are people written to after their stored opt-out. */
export function mismatchesOf({ tour, practice, cancelled, twice, late }) {
  const keys = new Set([...Object.keys(tour), ...Object.keys(practice)]);
  const found = [...keys]
    .filter((key) => !Number.isInteger(tour[key]) || tour[key] !== practice[key])
    .map((key) => `${key}: the console says ${tour[key]}, practice ${practice[key]}`);
  if (!(cancelled >= 1)) found.push("the opt-out at the counter cancelled nothing");
  if (twice !== 0) found.push(`${twice} people got two messages`);
  if (late.length > 0) found.push(`${late.length} sends started after a stored STOP`);
  return found;
}

/** Everybody with an opt-out to whom a message of a campaign was sent after it was stored. `ask` asks the core. */
export async function sentAfterStop(ask) {
  const late = [];
  const request = { search: null, filter: "opted_out", import_id: null, offset: 0, limit: 500 };
  for (const { id } of (await ask("contact_list", request)).rows) {
    const { timeline } = await ask("contact_get", { id });
    const stored = Math.min(...timeline.filter(({ kind }) => kind === "opt_out").map((event) => event.recorded_at_ms));
    const { messages } = await ask("thread_get", { contact_id: id, before_ms: null, limit: 200 });
    if (messages.some((message) => message.direction === "out" && message.campaign && message.at_ms > stored)) {
      late.push(id);
    }
  }
  return late;
}
