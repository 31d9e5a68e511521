import type { RelayStatus } from "../ipc";
import { refuse } from "./refuse";
import { realAccount } from "./seedAccount";
import { shopOf } from "./shop";
import type { Handlers } from "./types";
import type { World } from "./world";

export function relayStatus(world: World): RelayStatus {
  const { state, behind, cursor, trouble, url } = world.relay;
  return {
    state,
    behind,
    last_heard_at_ms: state === "not_configured" ? null : world.nowMs - 1_500,
    since_ms: world.nowMs - 4 * 3_600_000,
    url,
    desk: url ? "lantern" : null,
    cursor,
    head: cursor + behind,
    bad_signatures: 0,
    trouble,
  };
}

function checkToken(token: string): void {
  if (!token.startsWith("EAA"))
    refuse(
      "token_rejected",
      "Meta does not know this token.",
      "Copy it again from Business settings > System users; it starts with EAA.",
    );
}

type AccountCommands =
  | "account_discover"
  | "account_connect"
  | "account_overview"
  | "account_recheck"
  | "account_replace_token"
  | "account_confirm_step"
  | "relay_status"
  | "relay_configure";

export const accountHandlers: Pick<Handlers, AccountCommands> = {
  account_discover(world, { token, waba_id }) {
    checkToken(token);
    const account = realAccount(world.nowMs);
    const nothing = token.includes("NOSCOPES") && !waba_id;
    return {
      token_type: "SYSTEM_USER",
      expires_at_ms: account.token_expires_at_ms,
      missing_scopes: token.includes("NOSCOPES") ? ["whatsapp_business_management"] : [],
      numbers: nothing
        ? []
        : [
            {
              waba_id: account.waba_id,
              waba_name: account.waba_name,
              phone_number_id: account.phone_number_id,
              display_phone_number: "+1 416 555 0188",
              verified_name: account.waba_name,
              status: "CONNECTED",
            },
            {
              waba_id: account.waba_id,
              waba_name: account.waba_name,
              phone_number_id: "106540352242923",
              display_phone_number: "+1 514 555 0110",
              verified_name: "Lantern Street Bakery, Montréal",
              status: "PENDING",
            },
          ],
    };
  },
  account_connect(world, { profile, token }) {
    checkToken(token);
    const account = { ...realAccount(world.nowMs), profile };
    const summary = {
      name: profile,
      kind: "real" as const,
      business_name: account.waba_name,
      display_phone_number: "+1 416 555 0188",
    };
    world.account = account;
    world.profile = summary;
    world.profiles = [...world.profiles.filter((one) => one.name !== profile), summary];
    world.firstStart = false;
    Object.assign(shopOf(world), { people: [], threads: [] });
    world.campaigns = [];
    world.imports = [];
    world.changed("account", "contacts", "campaigns", "inbox", "imports", "templates", "settings");
    return account;
  },
  account_overview: (world) => world.account,
  account_recheck(world) {
    for (const step of world.account.checklist) if (step.state !== "confirm") step.checked_at_ms = world.nowMs;
    world.changed("account");
    return world.account;
  },
  account_replace_token(world, { token }) {
    checkToken(token);
    world.changed("account");
    return world.account;
  },
  account_confirm_step(world, { key, done }) {
    const step = world.account.checklist.find((one) => one.key === key);
    if (step) {
      step.state = done ? "done" : "confirm";
      step.checked_at_ms = done ? world.nowMs : null;
    }
    world.changed("account");
    return world.account;
  },
  relay_status: (world) => relayStatus(world),
  relay_configure(world, { url }) {
    if (!/^wss?:\/\//.test(url))
      refuse(
        "invalid_input",
        "This is no address of a relay.",
        "It starts with wss://, for example wss://relay.your-shop.example.",
      );
    world.relay = { ...world.relay, url, state: "connected" };
    world.changed("relay");
    return relayStatus(world);
  },
};
