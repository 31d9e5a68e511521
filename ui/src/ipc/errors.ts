// What each kind of trouble looks like. Complete by type: a new code does not compile until it stands here.
import {
  Ban,
  CircleAlert,
  CircleX,
  CloudOff,
  DatabaseZap,
  FileWarning,
  HardDrive,
  KeyRound,
  Lock,
  type LucideIcon,
  SearchX,
  ShieldAlert,
  Unplug,
} from "lucide-react";
import type { MessageId } from "../i18n/messages";
import type { UiErrorCode } from "./ipc";

export interface ErrorLook {
  severity: "attention" | "trouble";
  title: MessageId;
  icon: LucideIcon;
}

export const errorLooks: Record<UiErrorCode, ErrorLook> = {
  invalid_input: { severity: "attention", title: "error.invalid_input", icon: CircleAlert },
  not_found: { severity: "attention", title: "error.not_found", icon: SearchX },
  wrong_state: { severity: "attention", title: "error.wrong_state", icon: CircleAlert },
  no_profile: { severity: "attention", title: "error.no_profile", icon: CircleAlert },
  profile_in_use: { severity: "attention", title: "error.profile_in_use", icon: Lock },
  keychain: { severity: "trouble", title: "error.keychain", icon: KeyRound },
  token_rejected: { severity: "trouble", title: "error.token_rejected", icon: KeyRound },
  token_scope: { severity: "trouble", title: "error.token_scope", icon: KeyRound },
  account_not_found: { severity: "trouble", title: "error.account_not_found", icon: SearchX },
  graph_unreachable: { severity: "attention", title: "error.graph_unreachable", icon: CloudOff },
  graph_refused: { severity: "trouble", title: "error.graph_refused", icon: CircleX },
  relay: { severity: "trouble", title: "error.relay", icon: Unplug },
  launch_refused: { severity: "attention", title: "error.launch_refused", icon: ShieldAlert },
  consent_forbids: { severity: "attention", title: "error.consent_forbids", icon: ShieldAlert },
  window_closed: { severity: "attention", title: "error.window_closed", icon: Lock },
  import_file: { severity: "attention", title: "error.import_file", icon: FileWarning },
  disk: { severity: "trouble", title: "error.disk", icon: HardDrive },
  newer_database: { severity: "trouble", title: "error.newer_database", icon: DatabaseZap },
  copied_database: { severity: "trouble", title: "error.copied_database", icon: DatabaseZap },
  database: { severity: "trouble", title: "error.database", icon: DatabaseZap },
  practice_only: { severity: "attention", title: "error.practice_only", icon: Ban },
  cancelled: { severity: "attention", title: "error.cancelled", icon: Ban },
  internal: { severity: "trouble", title: "error.internal", icon: CircleX },
};
