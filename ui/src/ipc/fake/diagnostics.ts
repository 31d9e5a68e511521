/** Answers for the page Diagnostics. */
import type { ExplainedEvent, WebhookExplanation } from "../ipc";
import { refuse } from "./refuse";
import type { Handlers } from "./types";

const KEPT = `{"object":"whatsapp_business_account","entry":[{"id":"200","changes":[
  {"field":"a_field_of_2027","value":{"colour":"mauve"}},
  {"field":"account_review_update","value":{"decision":"APPROVED"}}]}]}`;

interface Payload {
  entry?: { changes?: { field?: string; value?: unknown }[] }[];
}

/** One event per change, as the core would tell of them; it understands one field only. */
function explanation(text: string, limit: number): WebhookExplanation {
  let payload: Payload;
  try {
    payload = JSON.parse(text) as Payload;
  } catch {
    return refuse(
      "invalid_input",
      "The input is not JSON: it ends too early at line 1, column 1.",
      "Correct it there.",
    );
  }
  const events = (payload.entry ?? [])
    .flatMap((entry) => entry.changes ?? [])
    .map(({ field = "", value }): ExplainedEvent => {
      const unknown = field !== "account_review_update";
      return {
        payload: 1,
        kind: unknown ? "unknown" : "account_review",
        field,
        detail: unknown ? null : "APPROVED",
        who: "your account 200",
        effect: unknown
          ? "Kept as received: an unknown field. A later version reads it again."
          : "Adds to the account's history: “Meta approved the account.”",
        at_ms: 1_795_305_600_000,
        waba_id: "200",
        phone_number_id: null,
        unknown,
        reason: unknown ? "an unknown field" : null,
        raw: unknown ? JSON.stringify(value) : null,
      };
    });
  const unknown = events.filter((event) => event.unknown).length;
  return { payloads: 1, total: events.length, unknown, events: events.slice(0, limit) };
}

/** A healthy machine with one task in trouble. */
export const diagnosticsHandlers = {
  diagnostics_get: (world) => ({
    version: "0.1.0",
    schema_version: 1,
    data_dir: "/home/operator/.local/share/switchboard/profiles/practice",
    log_dir: "/home/operator/.local/state/switchboard/logs",
    secret_store: "practice",
    graph: "http://127.0.0.1:41233/v26.0",
    tasks: [
      { name: "sender", last_run_at_ms: world.nowMs - 400, last_result: "Nothing to send.", failed: false },
      {
        name: "relay_pull",
        last_run_at_ms: world.nowMs - 2_100,
        last_result: "Applied 3 entries, 0 waiting.",
        failed: false,
      },
      {
        name: "template_sync",
        last_run_at_ms: world.nowMs - 840_000,
        last_result: "10 templates, 1 changed.",
        failed: false,
      },
      {
        name: "media_fetch",
        last_run_at_ms: world.nowMs - 61_000,
        last_result: "One file could not be fetched: Graph answered 500. Tried again in 2 minutes.",
        failed: true,
      },
      { name: "housekeeping", last_run_at_ms: null, last_result: null, failed: false },
    ],
    events_applied: 1_284,
    events_unknown: 2,
    audit: { looked_up: 14, found: 3, overdue: 2, last_at_ms: world.nowMs - 120_000 },
    clock_skew_ms: -340,
  }),
  status_audit_run: () => ({ looked_up: 2, found: 1, overdue: 1 }),
  webhook_explain: (_, { text, limit }) => explanation(text ?? KEPT, limit),
  kept_event_list: (world) => ({
    items: [
      {
        id: "7",
        field: "a_field_of_2027",
        reason: "an unknown field",
        received_at_ms: world.nowMs - 3_600_000,
        size_bytes: KEPT.length,
      },
      {
        id: "6",
        field: "calls",
        reason: "calls are not part of this version",
        received_at_ms: world.nowMs - 7_200_000,
        size_bytes: 412,
      },
    ],
    total: 2,
  }),
  kept_event_get: () => ({ text: KEPT }),
} satisfies Partial<Handlers>;
