/** Answers for the page Diagnostics. */
import type { Handlers } from "./types";

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
    clock_skew_ms: -340,
  }),
} satisfies Partial<Handlers>;
