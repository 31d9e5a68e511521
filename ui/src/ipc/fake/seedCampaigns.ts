// The campaigns and imports that the made-up shop starts with.
import type { ImportSummary, TemplateRow } from "../ipc";
import type { FakePerson } from "./people";
import type { Campaign, Recipient, RecipientState } from "./world";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export function seedImports(nowMs: number, count: number): ImportSummary[] {
  return [
    {
      import_id: "import-shop",
      state: "committed",
      file_name: "shop-customers-2026-09.csv",
      at_ms: nowMs - 41 * DAY,
      verdicts: [
        { verdict: "accepted", count: count - 240 },
        { verdict: "repaired", count: 64 },
        { verdict: "duplicate", count: 31 },
        { verdict: "rejected", count: 12 },
      ],
      contacts_added: count - 176,
      consents_recorded: count - 240,
      opt_outs_recorded: 18,
      rows_left_out: 43,
      already_imported: false,
      can_undo: true,
      undone: null,
    },
    {
      import_id: "import-market",
      state: "committed",
      file_name: "market-stall-signups.csv",
      at_ms: nowMs - 9 * DAY,
      verdicts: [{ verdict: "accepted", count: 176 }],
      contacts_added: 176,
      consents_recorded: 176,
      opt_outs_recorded: 0,
      rows_left_out: 0,
      already_imported: false,
      can_undo: true,
      undone: null,
    },
  ];
}

export function seedCampaigns(
  people: FakePerson[],
  templates: TemplateRow[],
  nowMs: number,
  random: () => number,
): Campaign[] {
  const audience = { kind: "everybody" as const, import_ids: [], contact_ids: [], filter: null };
  const draft = (id: string, name: string, template: TemplateRow | undefined) => ({
    id,
    name,
    template_id: template?.id ?? null,
    phone_number_id: "106540352242922",
    audience,
    values: [
      { key: "body.discount", source: "fixed" as const, value: "15 %", fallback: null, format: null },
      { key: "body.first_name", source: "first_name" as const, value: "", fallback: "there", format: null },
    ],
    rules: {
      schedule: null,
      window: null,
      ends: null,
      not_written_days: null,
      not_in_conversation: false,
      budget: null,
    },
  });
  const failure = (roll: number) => (roll < 0.6 ? "131026" : roll < 0.8 ? "131051" : "131042");
  const settle = (person: FakePerson, at: number): Recipient => {
    if (person.row.consent === "opted_out") return { person, state: "excluded", reason: "opted_out", atMs: at };
    if (person.row.consent === "marketing_stopped" || person.row.consent === "to_decide")
      return { person, state: "excluded", reason: "marketing_stopped", atMs: at };
    if (person.row.consent === "no_evidence") return { person, state: "excluded", reason: "no_evidence", atMs: at };
    const roll = random();
    const [state, reason]: [RecipientState, string | null] =
      roll < 0.66
        ? ["read", null]
        : roll < 0.93
          ? ["delivered", null]
          : roll < 0.96
            ? ["sent", null]
            : roll < 0.975
              ? ["withheld", "131049"]
              : roll < 0.998
                ? ["failed", failure(random())]
                : ["unknown", "no_answer"];
    return { person, state, reason, atMs: at };
  };
  const done = nowMs - 26 * HOUR;
  const rate = (start: number, perMinute: number, minutes: number) =>
    Array.from({ length: minutes }, (_, at) => ({
      at_ms: start + at * 60_000,
      interval_ms: 60_000,
      accepted: Math.round(perMinute * (0.8 + random() * 0.3)),
      failed: Math.round(perMinute * 0.02 * random()),
    }));
  const running: Recipient[] = people.map((person, at) => {
    const settled = settle(person, nowMs - 40_000);
    return settled.state === "excluded" || at < people.length * 0.35
      ? settled
      : { person, state: "queued", reason: null, atMs: nowMs - 60_000 };
  });
  return [
    {
      id: "campaign-running",
      draft: draft("campaign-running", "Advent pre-orders", templates[1]),
      state: "running",
      pausedReason: null,
      waitingFor: null,
      recipients: running,
      rate: rate(nowMs - 12 * 60_000, 66, 12),
      replied: 21,
      optedOut: 2,
      createdAtMs: nowMs - 30 * 60_000,
      launchedAtMs: nowMs - 12 * 60_000,
      startsAtMs: nowMs - 12 * 60_000,
      finishedAtMs: null,
      ratePerSecond: 12,
    },
    {
      id: "campaign-planned",
      draft: {
        ...draft("campaign-planned", "Last orders before the holidays", templates[1]),
        rules: {
          schedule: {
            start: { local: "2026-12-18T09:00", zone: "America/Toronto" },
            late: "within" as const,
            late_hours: 3,
          },
          window: null,
          ends: null,
          not_written_days: 3,
          not_in_conversation: true,
          budget: "40.00",
        },
      },
      state: "running",
      pausedReason: null,
      waitingFor: null,
      recipients: people
        .slice(0, 240)
        .map((person) => ({ person, state: "queued", reason: null, atMs: nowMs - 3 * HOUR })),
      rate: [],
      replied: 0,
      optedOut: 0,
      createdAtMs: nowMs - 4 * HOUR,
      launchedAtMs: nowMs - 3 * HOUR,
      startsAtMs: nowMs + 26 * DAY,
      finishedAtMs: null,
      ratePerSecond: 20,
    },
    {
      id: "campaign-draft",
      draft: draft("campaign-draft", "Thank you, early birds", undefined),
      state: "draft",
      pausedReason: null,
      waitingFor: null,
      recipients: [],
      rate: [],
      replied: 0,
      optedOut: 0,
      createdAtMs: nowMs - 2 * DAY,
      launchedAtMs: null,
      startsAtMs: null,
      finishedAtMs: null,
      ratePerSecond: 20,
    },
    {
      id: "campaign-paused",
      draft: draft("campaign-paused", "Winter opening hours", templates[2]),
      state: "paused",
      pausedReason: "Meta paused its template “winter_hours” for low quality.",
      waitingFor: null,
      recipients: people
        .slice(0, 600)
        .map((person, at) =>
          at < 220
            ? settle(person, nowMs - 5 * HOUR)
            : { person, state: "queued", reason: null, atMs: nowMs - 5 * HOUR },
        ),
      rate: rate(nowMs - 5 * HOUR, 55, 4),
      replied: 3,
      optedOut: 6,
      createdAtMs: nowMs - 6 * HOUR,
      launchedAtMs: nowMs - 5 * HOUR,
      startsAtMs: nowMs - 5 * HOUR,
      finishedAtMs: null,
      ratePerSecond: 20,
    },
    {
      id: "campaign-done",
      draft: draft("campaign-done", "Saturday sourdough", templates[0]),
      state: "done",
      pausedReason: null,
      waitingFor: null,
      recipients: people.map((person) => settle(person, done)),
      rate: rate(done - 40 * 60_000, 52, 40),
      replied: 184,
      optedOut: 9,
      createdAtMs: done - DAY,
      launchedAtMs: done - 40 * 60_000,
      startsAtMs: done - 40 * 60_000,
      finishedAtMs: done,
      ratePerSecond: 20,
    },
  ];
}
