// States of the relay to be looked at in the browser: `?relay=unreachable`.
import type { World } from "./world";

export const relayTroubles: Record<string, Partial<World["relay"]>> = {
  unreachable: {
    state: "unreachable",
    trouble: "The relay cannot be reached (connection refused); check the network and the relay.",
  },
  behind: { state: "catching_up", behind: 41_236 },
  full: {
    refusing: true,
    trouble:
      "The relay has no room for further webhooks and answers Meta 503; Meta tries again for 7 days. Free disk space there, or raise limits.max_log_bytes.",
  },
  removed: {
    state: "refused",
    trouble: "This console was removed from the relay; pair it again to receive webhooks.",
  },
  silent: {
    silence:
      "No webhook has come for 6 hours; in other weeks they came at this time. Replies and opt-outs may be missing. Check the webhooks in Settings > Relay, and run `switchboard-relay doctor`.",
  },
  waiting: {
    state: "waiting",
    trouble: "A console that is paired already must let this one in: compare the words there under Settings > Relay.",
  },
  elsewhere: { sender: "elsewhere" },
};
