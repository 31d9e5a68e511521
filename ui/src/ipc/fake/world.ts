// The state behind the fake core and how time moves it. All of it is made up; numbers are reserved for fiction.
import type {
  AccountOverview,
  CampaignDraft,
  CampaignStateDto,
  ChangeTag,
  CountedReason,
  EventName,
  Events,
  ImportPreview,
  ImportRow,
  ImportSummary,
  NumberLimitsRow,
  OfferedLink,
  PracticeSettings,
  ProfileSummary,
  RateCardRow,
  RatePoint,
  Rehearsal,
  RelayDevice,
  RelaySender,
  RelayState,
  Settings,
  UiError,
} from "../ipc";
import { stepCampaigns } from "./campaignLife";
import type { FakePerson } from "./people";
import { practiceAccount, realAccount } from "./seedAccount";
import { seedCampaigns, seedImports } from "./seedCampaigns";
import { seedSettings } from "./seedSettings";
import { shopOf } from "./shop";

export interface WorldOptions {
  /** Nothing was ever opened here. */
  firstStart?: boolean;
  /** Practice (default) or a real account. */
  kind?: "practice" | "real";
  /** Without contacts, chats and campaigns. */
  empty?: boolean;
  nowMs?: number;
}

/** Where one recipient of a campaign stands; a field name of CampaignCounts. */
export type RecipientState =
  | "excluded"
  | "queued"
  | "sending"
  | "unknown"
  | "held"
  | "accepted"
  | "sent"
  | "delivered"
  | "read"
  | "failed"
  | "withheld"
  | "cancelled";

export interface Recipient {
  person: FakePerson;
  state: RecipientState;
  reason: string | null;
  atMs: number;
}

export interface Campaign {
  id: string;
  draft: CampaignDraft;
  state: CampaignStateDto;
  pausedReason: string | null;
  waitingFor: string | null;
  recipients: Recipient[];
  rate: RatePoint[];
  replied: number;
  optedOut: number;
  createdAtMs: number;
  launchedAtMs: number | null;
  startsAtMs: number | null;
  finishedAtMs: number | null;
  ratePerSecond: number;
  /** Test phones, and when the message was last sent to them. */
  tests?: Record<string, number>;
  /** The newest rehearsal, and the draft as it was then. */
  rehearsal?: { rehearsal: Rehearsal; draft: string };
}

export interface PreviewState {
  preview: ImportPreview;
  rows: ImportRow[];
  fileName: string;
}

export interface World {
  options: WorldOptions;
  nowMs: number;
  seq: number;
  profile: ProfileSummary | null;
  profiles: ProfileSummary[];
  firstStart: boolean;
  pendingFile: string | null;
  pendingLink: OfferedLink | null;
  notice: string | null;
  opening: boolean;
  startFailure: UiError | null;
  settings: Settings;
  account: AccountOverview;
  relay: {
    state: RelayState;
    cursor: number;
    behind: number;
    trouble: string | null;
    url: string | null;
    sender: RelaySender;
    refusing: boolean;
    silence: string | null;
  };
  /** Where Meta sends webhooks instead of the relay; null while they go there. */
  callbackElsewhere: string | null;
  isSubscribed: boolean;
  /** What Meta says about number and account when asked for their health. */
  health: { number: CountedReason[]; account: CountedReason[] };
  relayDevices: RelayDevice[];
  imports: ImportSummary[];
  previews: Map<string, PreviewState>;
  campaigns: Campaign[];
  practice: PracticeSettings;
  rateCards: RateCardRow[];
  numberLimits: NumberLimitsRow[];
  /** A number in 0..1, the same row of numbers every time. */
  random(): number;
  newId(prefix: string): string;
  changed(...tags: ChangeTag[]): void;
  /** What changed after a number, as `changes_since` answers. */
  changesSince(seq: number): ChangeTag[];
  emit: <E extends EventName>(event: E, payload: Events[E]) => void;
  /** Rings the bell if anything changed since it last rang. */
  flush(): void;
  /** Lets time pass. */
  advance(ms: number): void;
}

/** mulberry32: small, and the same everywhere. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function makeWorld(
  options: WorldOptions,
  emit: <E extends EventName>(event: E, payload: Events[E]) => void,
): World {
  const log: { seq: number; tag: ChangeTag }[] = [];
  let rung = 0;
  let ids = 0;
  const nowMs = options.nowMs ?? Date.now();
  const kind = options.kind ?? "practice";
  const account = kind === "practice" ? practiceAccount(nowMs) : realAccount(nowMs);
  const profile: ProfileSummary = {
    name: account.profile,
    kind,
    business_name: account.waba_name,
    display_phone_number: account.numbers[0]?.display_phone_number ?? null,
  };
  const world: World = {
    options: { ...options, empty: options.empty || options.firstStart },
    nowMs,
    profile: options.firstStart ? null : profile,
    profiles: options.firstStart ? [] : [profile],
    firstStart: options.firstStart ?? false,
    pendingFile: null,
    pendingLink: null,
    notice: null,
    opening: false,
    startFailure: null,
    settings: seedSettings(),
    account,
    relay: {
      state: "connected",
      cursor: 18_204,
      behind: 0,
      trouble: null,
      url: kind === "practice" ? "http://127.0.0.1:40123" : "https://relay.lantern.example",
      sender: "here",
      refusing: false,
      silence: null,
    },
    callbackElsewhere: null,
    isSubscribed: true,
    health: { number: [], account: [] },
    relayDevices: [],
    imports: [],
    campaigns: [],
    practice: { auto: true, mood: "mild", speed: 1 },
    rateCards: [],
    numberLimits: account.numbers.map(({ phone_number_id, display_phone_number }) => ({
      phone_number_id,
      display_phone_number,
      per_second: null,
      per_day: null,
      warm_up: { first_day: 50, percent: 200, days: 6, day_now: 3, people_now: 200 },
      reached: 124,
    })),
    seq: 0,
    previews: new Map(),
    emit,
    random: seeded(11),
    newId(prefix) {
      ids += 1;
      return `${prefix}-${ids}`;
    },
    changed(...tags) {
      for (const tag of tags) {
        world.seq += 1;
        log.push({ seq: world.seq, tag });
      }
    },
    changesSince(seq) {
      return [...new Set(log.filter((entry) => entry.seq > seq).map((entry) => entry.tag))];
    },
    flush() {
      if (world.seq === rung) return;
      const tags = world.changesSince(rung);
      rung = world.seq;
      emit("changes", { seq: world.seq, tags, refetch_all: false });
    },
    advance(ms) {
      world.nowMs += ms;
      stepCampaigns(world, ms);
      world.flush();
    },
  };
  const { people, templates } = shopOf(world);
  if (people.length > 0) {
    world.imports = seedImports(nowMs, people.length);
    world.campaigns = seedCampaigns(people, templates, nowMs, seeded(7));
  }
  return world;
}
