import type { RelayDevice, RelayStatus, WebhookSubscription } from "../ipc";
import { refuse } from "./refuse";
import { realAccount } from "./seedAccount";
import { shopOf } from "./shop";
import type { Handlers } from "./types";
import type { World } from "./world";

export function relayStatus(world: World): RelayStatus {
  const { state, behind, cursor, trouble, url, refusing, silence } = world.relay;
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
    refusing,
    silence,
    sender: url ? world.relay.sender : "nobody",
    taking_over: world.relay.sender === "changing_hands",
    words: state === "waiting" ? "acid acorn actor adult agent album" : null,
  };
}

/** Where a pairing link leads, as the engine reads it. */
function leadsTo(link: string): { url: string; desk: string; fingerprint: string } {
  const found = /^switchboard:\/\/pair\?(.*)$/.exec(link.trim());
  const query = new URLSearchParams(found?.[1] ?? "");
  const [url, desk, fingerprint] = [query.get("relay"), query.get("desk"), query.get("fingerprint")];
  if (!url || !desk || !fingerprint)
    return refuse(
      "invalid_input",
      "The pairing link cannot be used: this is not a pairing link; it begins with switchboard://pair.",
      "Copy the whole link from the relay's own output or from a paired console.",
    );
  return { url, desk, fingerprint };
}

/** Where Meta sends the webhooks of the real account. */
function subscription(world: World): WebhookSubscription {
  const elsewhere = world.callbackElsewhere;
  const relay = world.relay.url ? `${world.relay.url}/hooks/lantern` : null;
  const to_do: string[] = [];
  if (!world.isSubscribed)
    to_do.push("Subscribe the app to the account: until then Meta sends it nothing of this account.");
  if (elsewhere !== null)
    to_do.push(
      `Messages and statuses of +1 416 555 0188 go to ${elsewhere}, not to the paired relay. Set the app's address in the App Dashboard, or give the number the relay's address.`,
    );
  return {
    callback_url: relay,
    app_id: "400000000000004",
    app_name: "Lantern Street console",
    is_subscribed: world.isSubscribed,
    numbers: [
      {
        phone_number_id: "106540352242922",
        display_phone_number: "+1 416 555 0188",
        level: elsewhere === null ? "app" : "account",
        callback_url: elsewhere ?? relay,
        is_relay: elsewhere === null,
      },
    ],
    dashboard_fields: [
      "message_template_status_update",
      "template_category_update",
      "user_preferences",
      "account_update",
    ],
    override_fields: ["messages"],
    dashboard_link: "https://developers.facebook.com/apps/400000000000004/whatsapp-business/wa-settings/",
    to_do,
  };
}

/** A console of the desk, as the relay lists it. */
export function relayDevice(
  id: string,
  name: string,
  state: RelayDevice["state"],
  nowMs: number,
  isSelf = false,
): RelayDevice {
  return {
    id,
    name,
    state,
    words: "basket copper lantern mirror river tulip",
    paired_at_ms: nowMs - 86_400_000,
    seen_at_ms: state === "pending" ? null : nowMs - 1_500,
    is_connected: isSelf,
    is_self: isSelf,
    is_sender: isSelf,
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
  | "relay_pairing_inspect"
  | "relay_pair"
  | "relay_leave"
  | "relay_devices"
  | "relay_new_link"
  | "relay_device_approve"
  | "relay_device_rename"
  | "relay_device_remove"
  | "relay_take_over"
  | "webhook_subscription_get"
  | "webhook_subscribe";

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
  relay_pairing_inspect: (world, { link }) => ({ ...leadsTo(link), is_paired: world.relay.url !== null }),
  relay_pair(world, { link, name }) {
    const { url } = leadsTo(link);
    world.relay = { ...world.relay, url, state: "connected", sender: "here" };
    world.relayDevices = [relayDevice("console-1", name, "active", world.nowMs, true)];
    world.changed("relay");
    return relayStatus(world);
  },
  relay_leave(world) {
    world.relay = { ...world.relay, url: null, state: "not_configured", sender: "nobody" };
    world.relayDevices = [];
    world.changed("relay");
    return relayStatus(world);
  },
  relay_devices: (world) => ({ items: world.relayDevices }),
  relay_new_link: (world) => ({
    link: "switchboard://pair?relay=https%3A%2F%2Frelay.lantern.example&desk=lantern&code=1a2b3c&fingerprint=0011223344556677",
    expires_at_ms: world.nowMs + 600_000,
    fingerprint: "0011223344556677",
  }),
  relay_device_approve(world, { id }) {
    for (const device of world.relayDevices) if (device.id === id) device.state = "active";
    world.changed("relay");
    return { items: world.relayDevices };
  },
  relay_device_rename(world, { id, name }) {
    for (const device of world.relayDevices) if (device.id === id) device.name = name;
    world.changed("relay");
    return { items: world.relayDevices };
  },
  relay_device_remove(world, { id }) {
    for (const device of world.relayDevices) if (device.id === id) device.state = "revoked";
    world.changed("relay");
    return { items: world.relayDevices };
  },
  webhook_subscription_get: (world) => subscription(world),
  webhook_subscribe(world, { level, verify_token }) {
    if (level === "app") world.isSubscribed = true;
    if (verify_token === null || level !== "app") world.callbackElsewhere = null;
    world.changed("account");
    return subscription(world);
  },
  relay_take_over(world) {
    world.relay = { ...world.relay, sender: "changing_hands" };
    world.changed("relay");
    return relayStatus(world);
  },
};
