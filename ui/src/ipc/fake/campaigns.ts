import type {
  CampaignCost,
  CampaignCounts,
  CampaignDetail,
  CampaignRow,
  CostForecast,
  CountedReason,
  CoursePoint,
  RecipientPreview,
  Stall,
  ValueFormat,
} from "../ipc";
import { peopleOf } from "./audience";
import type { FakePerson } from "./people";
import { found, refuse } from "./refuse";
import { shopOf } from "./shop";
import type { Handlers } from "./types";
import type { Campaign, Recipient, World } from "./world";

export const SENTENCES: Record<string, [string, string | null]> = {
  opted_out: ["Opted out", "Only the person can change this, by writing START in the chat."],
  marketing_stopped: ["Stopped marketing in WhatsApp, or a probable opt-out waits for you", null],
  no_evidence: ["No evidence of consent", "Import a list that proves consent, or attest it."],
  missing_value: ["No value for a variable", "Give the variable a fallback."],
  "131026": ["The phone cannot be reached on WhatsApp (131026)", "They are left out of campaigns for 30 days."],
  "131042": ["There is a payment problem with the account (131042)", "Mend it in the Billing Hub, then try again."],
  "131051": ["Unsupported message type (131051)", "Ask Meta’s support if it goes on."],
  "131049": [
    "Meta did not deliver it to keep marketing healthy (131049)",
    "These people get no marketing for 24 hours; nothing to do.",
  ],
  no_answer: [
    "Meta did not answer; it may or may not have arrived",
    "A status from Meta settles it. It is never sent again by itself.",
  ],
  cancelled: ["Cancelled before it left", null],
};

export function counts(recipients: Recipient[]): CampaignCounts {
  const all: CampaignCounts = {
    audience: recipients.length,
    excluded: 0,
    queued: 0,
    sending: 0,
    unknown: 0,
    held: 0,
    accepted: 0,
    sent: 0,
    delivered: 0,
    read: 0,
    failed: 0,
    withheld: 0,
    cancelled: 0,
  };
  for (const { state } of recipients) all[state] += 1;
  return all;
}

export function grouped(recipients: Recipient[], states: Recipient["state"][]): CountedReason[] {
  const byCode = new Map<string, number>();
  for (const { state, reason } of recipients)
    if (states.includes(state) && reason) byCode.set(reason, (byCode.get(reason) ?? 0) + 1);
  return [...byCode]
    .map(([code, count]) => {
      const [sentence, remedy] = SENTENCES[code] ?? [code, null];
      return { code, sentence, remedy, count };
    })
    .sort((a, b) => b.count - a.count);
}

export function campaignRow(world: World, campaign: Campaign): CampaignRow {
  const template = shopOf(world).templates.find(({ id }) => id === campaign.draft.template_id);
  return {
    id: campaign.id,
    name: campaign.draft.name,
    state: campaign.state,
    paused_reason: campaign.pausedReason,
    template: template ? `${template.name} · ${template.language}` : null,
    category: template?.category ?? null,
    counts: counts(campaign.recipients),
    replied: campaign.replied,
    opted_out: campaign.optedOut,
    created_at_ms: campaign.createdAtMs,
    launched_at_ms: campaign.launchedAtMs,
    starts_at_ms: campaign.startsAtMs,
    finished_at_ms: campaign.finishedAtMs,
    waits_until_at_ms: (campaign.startsAtMs ?? 0) > world.nowMs + 30_000 ? campaign.startsAtMs : null,
  };
}
const EACH = 0.025;

export function costSoFar(campaign: Campaign): CampaignCost {
  const delivered = campaign.recipients.filter(({ state }) => state === "delivered" || state === "read").length;
  const free = Math.floor(delivered * 0.04);
  const open = campaign.recipients.filter(({ state }) => ["accepted", "sent", "unknown"].includes(state)).length;
  return {
    currency: "USD",
    actual: ((delivered - free) * EACH).toFixed(4),
    reserved: (open * EACH).toFixed(4),
    budget: campaign.draft.rules.budget,
    free,
    charged: delivered - free,
    unpriced: 0,
  };
}

function forecast(world: World, campaign: Campaign, people: number): CostForecast {
  const abroad = Math.round(people * 0.06);
  const lines = [
    { market: "North America", people: people - abroad, rate: 0.025 },
    { market: "France", people: abroad, rate: 0.0859 },
  ].filter((line) => line.people > 0);
  const most = lines.reduce((sum, line) => sum + line.people * line.rate, 0);
  return {
    currency: "USD",
    lines: lines
      .map(({ market, people: count, rate }) => ({
        market,
        category: "marketing",
        people: count,
        rate: String(rate),
        most: (count * rate).toFixed(4),
        least: (count * rate).toFixed(4),
      }))
      .sort((a, b) => Number(b.most) - Number(a.most)),
    most: most.toFixed(4),
    least: most.toFixed(4),
    card_from: "2026-10-01",
    card_is_demo: world.rateCards.length === 0,
    month: "2026-11",
    month_spent: "61.35",
    month_budget: world.settings.month_budget,
    budget: campaign.draft.rules.budget,
    free_people: 0,
    replies: {
      people: Math.round(people * 0.062),
      per_mille: 62,
      messages_each_tenths: 24,
      measured: true,
      messages: Math.round(people * 0.15),
      free_per_month: 1000,
      free_left: 312,
      charged: Math.max(0, Math.round(people * 0.15) - 312),
      most: (Math.max(0, Math.round(people * 0.15) - 312) * 0.0034).toFixed(4),
    },
  };
}

/** People whom the messaging limit still allows today. */
const ROOM_TODAY = 760;
const DAY_MS = 86_400_000;

/** Who is above the limit goes on a day later. */
function courseOf(startMs: number, people: number): CoursePoint[] {
  const hour = startMs - (startMs % 3_600_000);
  const rest = people - ROOM_TODAY;
  const first = { at_ms: hour, people: Math.min(people, ROOM_TODAY) };
  return people === 0 ? [] : rest > 0 ? [first, { at_ms: hour + DAY_MS, people: rest }] : [first];
}

function finishOf(startMs: number, people: number, rate: number): number {
  const rest = people - ROOM_TODAY;
  return startMs + (rest > 0 ? DAY_MS : 0) + Math.ceil((rest > 0 ? rest : people) / rate) * 1_000;
}

function stallOf(world: World, campaign: Campaign): Stall | null {
  const stall = (code: string, sentence: string, remedy: string | null): Stall => ({
    code,
    sentence,
    remedy,
    until_at_ms: null,
  });
  if (campaign.state === "paused") {
    const mine = campaign.pausedReason === "Paused by you.";
    return stall(
      mine ? "operator" : "template_unsendable",
      campaign.pausedReason ?? "Paused by you.",
      mine ? null : "Look at the template in Templates. When Meta approves it again, resume.",
    );
  }
  if (campaign.state === "running" && world.relay.state !== "connected")
    return stall(
      "relay_unreachable",
      "Waiting for the relay: while opt-outs cannot be heard nothing is sent.",
      "It goes on by itself when the relay is heard again; see Settings, Relay.",
    );
  return campaign.waitingFor ? stall("waiting", campaign.waitingFor, null) : null;
}

export function detail(world: World, campaign: Campaign): CampaignDetail {
  const queued = counts(campaign.recipients).queued;
  return {
    row: campaignRow(world, campaign),
    draft: campaign.draft,
    failures: grouped(campaign.recipients, ["failed", "withheld", "unknown"]),
    excluded: grouped(campaign.recipients, ["excluded", "cancelled"]),
    rate: campaign.rate,
    stall: stallOf(world, campaign),
    per_second: campaign.state === "running" ? campaign.ratePerSecond : null,
    done_at_ms: campaign.state === "running" ? world.nowMs + (queued / campaign.ratePerSecond) * 1_000 : null,
    can_undo:
      (campaign.state === "launching" || campaign.state === "running") && world.nowMs < (campaign.startsAtMs ?? 0),
    cost: costSoFar(campaign),
  };
}

function audienceOf(world: World, campaign: Campaign): FakePerson[] {
  return peopleOf(world, campaign.draft.audience);
}

/** Who would be left out and why, one reason each. */
function whyNot(campaign: Campaign, person: FakePerson): string | null {
  if (person.row.consent === "opted_out") return "opted_out";
  if (person.row.consent === "marketing_stopped" || person.row.consent === "to_decide") return "marketing_stopped";
  if (person.row.consent === "no_evidence") return "no_evidence";
  const missing = campaign.draft.values.some(
    (value) =>
      value.source === "attribute" &&
      value.value !== "" &&
      !value.fallback &&
      !person.attributes.some(({ name }) => name === value.value),
  );
  return missing ? "missing_value" : null;
}

export function fill(text: string | null, part: string, values: Map<string, string>): string | null {
  return (
    text?.replace(/\{\{([^}]+)\}\}/g, (whole, key: string) => values.get(`${part}.${key.trim()}`) ?? whole) ?? null
  );
}

function previewFor(world: World, campaign: Campaign, person: FakePerson): RecipientPreview {
  const template = shopOf(world).templates.find(({ id }) => id === campaign.draft.template_id);
  const values = new Map(
    campaign.draft.values.map(({ key, source, value, fallback, format }) => {
      const own =
        source === "first_name"
          ? (person.row.name.split(" ")[0] ?? "")
          : source === "full_name"
            ? person.row.name
            : source === "fixed"
              ? value
              : person.attributes.find(({ name }) => name === value)?.value;
      return [
        key,
        (own && source !== "fixed" ? formatted(own, format) : own) ||
          fallback ||
          `{{${key.slice(key.indexOf(".") + 1)}}}`,
      ];
    }),
  );
  return {
    contact_id: person.row.id,
    name: person.row.name,
    header: fill(template?.header_text ?? null, "header", values),
    body: fill(template?.body ?? "", "body", values) ?? "",
    footer: template?.footer ?? null,
    buttons: template?.buttons.map(({ text }) => text) ?? [],
    button_values: template?.buttons.map((_, at) => values.get(`button${at}.coupon_code`) ?? null) ?? [],
    cards:
      template?.cards.map((card, at) => ({
        body: fill(card.body, `card${at}.body`, values) ?? "",
        buttons: card.buttons.map(({ text }) => text),
        button_values: card.buttons.map(() => null),
      })) ?? [],
  };
}

function formatted(text: string, format: ValueFormat | null): string {
  switch (format?.kind) {
    case "upper":
      return text.toLocaleUpperCase();
    case "first_word":
      return text.split(" ")[0] ?? text;
    case "capitalised":
      return text.toLocaleLowerCase().replace(/(^|\s)\S/g, (letter) => letter.toLocaleUpperCase());
    case "number":
      return Number(text).toLocaleString(format.language ?? "en");
    case "currency":
      return new Intl.NumberFormat(format.language ?? "en", {
        style: "currency",
        currency: format.currency || "USD",
      }).format(Number(text));
    default:
      return text;
  }
}

export const get = (world: World, id: string) =>
  found(
    world.campaigns.find((one) => one.id === id),
    "campaign",
  );

function startOf(world: World, campaign: Campaign): number {
  const { schedule } = campaign.draft.rules;
  return schedule ? Date.parse(`${schedule.start.local}:00-05:00`) : world.nowMs;
}

type CampaignCommands =
  | "campaign_list"
  | "campaign_draft_save"
  | "campaign_draft_delete"
  | "campaign_review"
  | "campaign_previews"
  | "campaign_launch"
  | "campaign_undo_launch"
  | "campaign_get"
  | "campaign_recipients"
  | "campaign_pause"
  | "campaign_resume"
  | "campaign_cancel"
  | "campaign_set_budget";

export const campaignHandlers: Pick<Handlers, CampaignCommands> = {
  campaign_list: (world) => ({
    items: [...world.campaigns].sort((a, b) => b.createdAtMs - a.createdAtMs).map((one) => campaignRow(world, one)),
  }),
  campaign_draft_save(world, draft) {
    let campaign = world.campaigns.find(({ id }) => id === draft.id);
    if (campaign) campaign.draft = { ...draft, id: campaign.id };
    else {
      const id = world.newId("campaign");
      campaign = {
        id,
        draft: { ...draft, id },
        state: "draft",
        pausedReason: null,
        waitingFor: null,
        recipients: [],
        rate: [],
        replied: 0,
        optedOut: 0,
        createdAtMs: world.nowMs,
        launchedAtMs: null,
        startsAtMs: null,
        finishedAtMs: null,
        ratePerSecond: 20,
      };
      world.campaigns.push(campaign);
    }
    world.changed("campaigns");
    return detail(world, campaign);
  },
  campaign_draft_delete(world, { id }) {
    world.campaigns = world.campaigns.filter((one) => one.id !== id);
    world.changed("campaigns");
    return {};
  },
  campaign_review(world, { id }) {
    const campaign = get(world, id);
    const audience = audienceOf(world, campaign);
    const template = shopOf(world).templates.find((one) => one.id === campaign.draft.template_id);
    const excluded = audience.flatMap((person): Recipient[] => {
      const reason = whyNot(campaign, person);
      return reason ? [{ person, state: "excluded", reason, atMs: world.nowMs }] : [];
    });
    const willReceive = audience.length - excluded.length;
    const missing = (template?.variables ?? []).filter(
      (key) =>
        !campaign.draft.values.some(
          (value) =>
            value.key === key && (value.source === "fixed" || value.source === "attribute" ? value.value !== "" : true),
        ),
    );
    const blockers: CountedReason[] = [];
    const block = (code: string, sentence: string, remedy: string, count = 1) =>
      blockers.push({ code, sentence, remedy, count });
    if (!template) block("no_template", "No template is chosen.", "Choose one in the first step.");
    else if (!template.sendable)
      block("template", template.unsendable_reason ?? "The template cannot be sent.", "Choose another template.");
    if (missing.length > 0)
      block("values", `${missing.length} variables have no value.`, "Fill them in the step Values.", missing.length);
    if (willReceive === 0)
      block("nobody", "Nobody would get this message.", "Choose another audience, or import people.");
    const reachable = audience.filter((person) => !whyNot(campaign, person));
    return {
      campaign_id: id,
      audience: audience.length,
      will_receive: willReceive,
      excluded: grouped(excluded, ["excluded"]),
      blockers,
      warnings:
        willReceive > ROOM_TODAY
          ? [
              {
                code: "limit",
                sentence: "The messaging limit has room for about 760 more people today; the rest goes on tomorrow.",
                remedy: null,
                count: willReceive - ROOM_TODAY,
              },
            ]
          : [],
      rate_per_second: campaign.ratePerSecond,
      estimate_seconds: Math.ceil(willReceive / campaign.ratePerSecond),
      starts_at_ms: startOf(world, campaign),
      zone: world.settings.shop_zone ?? "America/Toronto",
      clocks_change: false,
      finish_at_ms: finishOf(startOf(world, campaign), willReceive, campaign.ratePerSecond),
      not_in_time: 0,
      course: courseOf(startOf(world, campaign), willReceive),
      held: [],
      cost: forecast(world, campaign, willReceive),
      previews: template ? reachable.slice(0, 3).map((person) => previewFor(world, campaign, person)) : [],
      from_display_phone_number: "+1 416 555 0188",
      confirm_by_typing: willReceive > 100 || template?.category === "marketing",
      template_hash: template ? `hash-${template.id}` : null,
    };
  },
  campaign_previews(world, { id, after, limit }) {
    const campaign = get(world, id);
    const people = audienceOf(world, campaign).filter((person) => !whyNot(campaign, person));
    const from = after === null ? 0 : people.findIndex(({ row }) => row.id === after) + 1;
    const page = people.slice(from, from + limit);
    return {
      rows: page.map((person) => previewFor(world, campaign, person)),
      next: from + limit < people.length ? (page.at(-1)?.row.id ?? null) : null,
    };
  },
  campaign_launch(world, { id, typed_number }) {
    const campaign = get(world, id);
    const audience = audienceOf(world, campaign);
    const people = audience.filter((person) => !whyNot(campaign, person));
    if (campaign.state !== "draft") return detail(world, campaign);
    if (people.length > 100 && typed_number !== people.length)
      refuse("launch_refused", "The typed number is not the number of people.", `Type ${people.length}.`);
    campaign.recipients = audience.map((person) => {
      const reason = whyNot(campaign, person);
      return { person, state: reason ? "excluded" : "queued", reason, atMs: world.nowMs };
    });
    campaign.state = "launching";
    campaign.launchedAtMs = world.nowMs;
    campaign.startsAtMs = Math.max(world.nowMs + 10_000, startOf(world, campaign));
    world.changed("campaigns");
    return detail(world, campaign);
  },
  campaign_undo_launch(world, { id }) {
    const campaign = get(world, id);
    if (campaign.state !== "launching" && (campaign.startsAtMs ?? 0) <= world.nowMs)
      refuse("wrong_state", "The first messages have left.", "Cancel it instead.");
    campaign.state = "draft";
    campaign.recipients = [];
    campaign.launchedAtMs = null;
    campaign.startsAtMs = null;
    world.changed("campaigns");
    return detail(world, campaign);
  },
  campaign_get: (world, { id }) => detail(world, get(world, id)),
  campaign_recipients(world, { id, state, reason, offset, limit }) {
    const campaign = get(world, id);
    const source =
      campaign.state === "draft"
        ? audienceOf(world, campaign).map((person): Recipient => {
            const why = whyNot(campaign, person);
            return { person, state: why ? "excluded" : "queued", reason: why, atMs: world.nowMs };
          })
        : campaign.recipients;
    const rows = source.filter(
      (one) => (!state || state === "audience" || one.state === state) && (!reason || one.reason === reason),
    );
    return {
      rows: rows.slice(offset, offset + limit).map(({ person, state: at, reason: why, atMs }) => ({
        contact_id: person.row.id,
        name: person.row.name,
        address: person.row.phone ?? `@${person.row.username}`,
        state: at,
        reason: why ? (SENTENCES[why]?.[0] ?? why) : null,
        at_ms: atMs,
      })),
      total: rows.length,
    };
  },
  campaign_pause(world, { id }) {
    const campaign = get(world, id);
    if (campaign.state !== "running" && campaign.state !== "launching")
      refuse("wrong_state", "This campaign is not running.", "Nothing needs to be paused.");
    campaign.state = "paused";
    campaign.pausedReason = "Paused by you.";
    world.changed("campaigns");
    return detail(world, campaign);
  },
  campaign_resume(world, { id }) {
    const campaign = get(world, id);
    if (campaign.state !== "paused")
      refuse("wrong_state", "This campaign is not paused.", "Nothing needs to be resumed.");
    campaign.state = "running";
    campaign.pausedReason = null;
    world.changed("campaigns");
    return detail(world, campaign);
  },
  campaign_set_budget(world, { id, budget }) {
    const campaign = get(world, id);
    campaign.draft.rules.budget = budget;
    world.changed("campaigns");
    return detail(world, campaign);
  },
  campaign_cancel(world, { id }) {
    const campaign = get(world, id);
    for (const recipient of campaign.recipients)
      if (recipient.state === "queued")
        Object.assign(recipient, { state: "cancelled", reason: "cancelled", atMs: world.nowMs });
    campaign.state = "cancelled";
    campaign.finishedAtMs = world.nowMs;
    world.changed("campaigns");
    return detail(world, campaign);
  },
};
