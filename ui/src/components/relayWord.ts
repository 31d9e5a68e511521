// One line on how the relay stands, the same in the status bar and in Settings.
import type { MessageId } from "../i18n/messages";
import type { RelayState, RelayStatus } from "../ipc/ipc";
import type { Tone } from "./feedback";

const TONES: Record<RelayState, Tone> = {
  not_configured: "attention",
  catching_up: "attention",
  connected: "good",
  unreachable: "trouble",
  refused: "trouble",
  waiting: "attention",
};

/** The sentence, and how much it asks for. A relay that is heard may still hear nothing of Meta. */
export function relayWord(relay: RelayStatus): { id: MessageId; tone: Tone } {
  if (relay.refusing) return { id: "status.relay.refusing", tone: "trouble" };
  if (relay.state === "connected" && relay.silence !== null) return { id: "status.relay.silence", tone: "trouble" };
  if (relay.state === "connected" && relay.behind === 0) return { id: "status.relay.connected", tone: "good" };
  if (relay.state === "connected") return { id: "status.relay.catching_up", tone: TONES.catching_up };
  return { id: `status.relay.${relay.state}`, tone: TONES[relay.state] };
}
