import type { AppStatus, TodayItem } from "../ipc";
import { relayStatus } from "./account";
import { campaignRow } from "./campaigns";
import { fakePerson } from "./people";
import { found } from "./refuse";
import { practiceAccount } from "./seedAccount";
import { shopOf } from "./shop";
import { fakeTemplates } from "./template-rows";
import { makeThreads } from "./threads";
import type { Handlers } from "./types";
import type { World } from "./world";

function status(world: World): AppStatus {
  return {
    version: "0.1.0",
    profile: world.profile,
    profiles: world.profiles,
    first_start: world.firstStart,
    holds_engine_role: true,
    pending_file: world.pendingFile,
    pending_link: world.pendingLink,
    notice: world.notice,
    opening: world.opening,
    start_failure: world.startFailure,
    change_seq: world.seq,
  };
}

function todayItems(world: World): TodayItem[] {
  const items: TodayItem[] = [];
  const { threads, people } = shopOf(world);
  const waiting = threads.filter(({ unread }) => unread > 0);
  if (waiting.length > 0)
    items.push({
      kind: "waiting",
      severity: "attention",
      text: `${waiting.length} people wait for an answer, the longest for 3 hours.`,
      action: "Answer",
      target: "inbox_waiting",
      target_id: null,
      count: waiting.length,
    });
  if (waiting.length > 2)
    items.push({
      kind: "closing",
      severity: "attention",
      text: "2 windows close within two hours; after that only a template can be sent.",
      action: "Show them",
      target: "inbox_closing",
      target_id: null,
      count: 2,
    });
  for (const campaign of world.campaigns.filter((one) => one.state === "paused"))
    items.push({
      kind: "paused_campaign",
      severity: "trouble",
      text: `“${campaign.draft.name}” is paused. ${campaign.pausedReason ?? ""}`,
      action: "Look at it",
      target: "campaign",
      target_id: campaign.id,
      count: 1,
    });
  const unknown = world.campaigns.flatMap(({ recipients }) => recipients).filter(({ state }) => state === "unknown");
  if (unknown.length > 0)
    items.push({
      kind: "unknown_sends",
      severity: "attention",
      text: `The outcome of ${unknown.length} messages is unknown. They are not sent again by themselves.`,
      action: "Look at them",
      target: "unknown_sends",
      target_id: null,
      count: unknown.length,
    });
  if (people.length === 0)
    items.push({
      kind: "no_contacts",
      severity: "calm",
      text: "There is nobody in the address book yet.",
      action: "Import a list",
      target: "import",
      target_id: null,
      count: 0,
    });
  const decide = people.filter(({ row }) => row.consent === "to_decide");
  const [first] = decide;
  if (first)
    items.push({
      kind: "opt_out_to_decide",
      severity: "attention",
      text: `${decide.length} people may have meant to opt out. Until you decide they get no marketing.`,
      action: "Decide",
      target: "contact",
      target_id: first.row.id,
      count: decide.length,
    });
  const silent = world.relay.refusing ? world.relay.trouble : world.relay.silence;
  if (silent)
    items.push({
      kind: world.relay.refusing ? "relay_refusing" : "webhooks_silent",
      severity: "trouble",
      text: silent,
      action: "Open the relay",
      target: "relay",
      target_id: null,
      count: 1,
    });
  if (world.relay.state === "unreachable")
    items.unshift({
      kind: "relay_silent",
      severity: "trouble",
      text: "The relay was not heard for 12 minutes. Campaigns wait, because opt-outs could not be heard.",
      action: "Look at the relay",
      target: "relay",
      target_id: null,
      count: 1,
    });
  return items;
}

const BUSY = {
  yesterday_sent: 1_862,
  yesterday_delivered: 1_790,
  yesterday_read: 1_204,
  yesterday_replied: 184,
  today_sent: 791,
  today_delivered: 760,
  today_read: 402,
  today_replied: 24,
};
const QUIET = {
  yesterday_sent: 0,
  yesterday_delivered: 0,
  yesterday_read: 0,
  yesterday_replied: 0,
  today_sent: 0,
  today_delivered: 0,
  today_read: 0,
  today_replied: 0,
};

type AppCommands =
  | "app_status"
  | "practice_open"
  | "profile_open"
  | "profile_take_contacts"
  | "settings_get"
  | "settings_update"
  | "changes_since"
  | "today_get"
  | "status_bar_get"
  | "window_close_decide"
  | "window_fault_note";

export const appHandlers: Pick<Handlers, AppCommands> = {
  app_status: (world) => status(world),
  practice_open(world) {
    const shop = shopOf(world);
    if (world.firstStart) {
      // The practice account is alive from the first second: templates and a few threads, but no list yet.
      shop.people = Array.from({ length: 9 }, (_, index) => fakePerson(index, world.nowMs));
      shop.threads = makeThreads(shop.people, world.nowMs);
      shop.templates = fakeTemplates(world.nowMs);
    }
    world.account = practiceAccount(world.nowMs);
    world.profile = {
      name: "practice",
      kind: "practice",
      business_name: world.account.waba_name,
      display_phone_number: world.account.numbers[0]?.display_phone_number ?? null,
    };
    world.profiles = [...world.profiles.filter((one) => one.kind !== "practice"), world.profile];
    world.firstStart = false;
    world.changed("account", "contacts", "campaigns", "inbox", "imports", "templates", "settings", "relay");
    return status(world);
  },
  profile_open(world, { name }) {
    world.profile = found(
      world.profiles.find((one) => one.name === name),
      "account",
    );
    world.changed("account", "contacts", "campaigns", "inbox", "settings");
    return status(world);
  },
  profile_take_contacts(world) {
    const shop = shopOf(world);
    shop.people = Array.from({ length: 1_240 }, (_, index) => fakePerson(index, world.nowMs));
    world.changed("contacts", "consent");
    return { added: shop.people.length, known: 0 };
  },
  settings_get: (world) => world.settings,
  settings_update(world, settings) {
    world.settings = settings;
    world.changed("settings");
    return settings;
  },
  changes_since: (world, { seq }) => ({ seq: world.seq, tags: world.changesSince(seq), refetch_all: false }),
  today_get: (world) => ({
    items: todayItems(world),
    running: world.campaigns
      .filter((one) => one.state === "running" || one.state === "paused")
      .map((one) => campaignRow(world, one)),
    ...(shopOf(world).people.length > 9 ? BUSY : QUIET),
    contacts: shopOf(world).people.length,
  }),
  status_bar_get(world) {
    const running = world.campaigns.filter((one) => one.state === "running" && (one.startsAtMs ?? 0) <= world.nowMs);
    const number = world.account.numbers[0];
    return {
      display_phone_number: number?.display_phone_number ?? null,
      quality_rating: number?.quality_rating ?? null,
      limit_used: shopOf(world).people.length > 9 ? 1_240 : 0,
      limit_max: 2_000,
      sending_per_second: running.reduce((sum, one) => sum + one.ratePerSecond, 0),
      queued: running.reduce((sum, one) => sum + one.recipients.filter(({ state }) => state === "queued").length, 0),
      relay: relayStatus(world),
      unread_threads: shopOf(world).threads.filter(({ unread }) => unread > 0).length,
      practice: world.profile?.kind !== "real",
    };
  },
  window_close_decide: () => ({}),
  window_fault_note: () => ({}),
};
