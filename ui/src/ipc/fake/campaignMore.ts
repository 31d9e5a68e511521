// The fake core's preflight, test sends, report, retry and table of people.
import type {
  CampaignReport,
  CheckState,
  CheckSubject,
  CountedReason,
  PreflightCheck,
  Rehearsal,
  TestSends,
  Trouble,
} from "../ipc";
import { campaignHandlers, costSoFar, counts, detail, get, grouped, SENTENCES } from "./campaigns";
import { refuse } from "./refuse";
import type { Handlers } from "./types";
import type { Campaign, World } from "./world";

const DAY = 86_400_000;

const reviewOf = (world: World, { id }: Campaign) => campaignHandlers.campaign_review(world, { id });

function check(subject: CheckSubject, sentence: string, problems: CountedReason[], state: CheckState): PreflightCheck {
  const worst = problems.length > 0 ? state : "good";
  return { subject, state: worst, sentence: problems[0]?.sentence ?? sentence, problems };
}

const RETRIES: Record<string, string> = {
  "131042": "Meta took none of these messages. Once the cause is mended they can be sent again.",
};

function tests(world: World, campaign: Campaign): TestSends {
  const first = reviewOf(world, campaign).previews[0];
  return {
    items: world.settings.test_phones.map((phone) => ({
      phone,
      contact_id: campaign.tests?.[phone] ? "contact-0" : null,
      state: campaign.tests?.[phone] ? "delivered" : null,
      reason: null,
      at_ms: campaign.tests?.[phone] ?? null,
    })),
    as_for: first?.name ?? null,
  };
}

function report(world: World, campaign: Campaign, days: number): CampaignReport {
  const all = detail(world, campaign);
  const c = all.row.counts;
  const delivered = c.delivered + c.read;
  const start = campaign.startsAtMs ?? world.nowMs;
  const every = 300_000;
  const wave = (at: number, total: number, late: number) =>
    Math.max(0, Math.round((total / 9) * Math.exp(-((at - late) ** 2) / 12)));
  return {
    row: all.row,
    made_at_ms: world.nowMs,
    from_display_phone_number: "+1 416 555 0188",
    plan: {
      audience: c.audience,
      will_receive: c.audience - c.excluded,
      starts_at_ms: start,
      finish_at_ms: start + ((c.audience - c.excluded) / campaign.ratePerSecond) * 1_000,
      cost_most: ((c.audience - c.excluded) * 0.025).toFixed(4),
      cost_least: ((c.audience - c.excluded) * 0.025).toFixed(4),
      currency: "USD",
    },
    reach: {
      sent: c.accepted + c.held + c.sent + delivered,
      delivered,
      read: c.read,
      replied: Math.round((campaign.replied * days) / 7),
      replied_to_it: Math.round(campaign.replied * 0.6),
      opted_out: campaign.optedOut,
    },
    reply_days: days,
    replies_may_come: world.nowMs < start + days * DAY,
    cost: costSoFar(campaign),
    charges: [
      {
        kind: "charged",
        category: "marketing",
        messages: costSoFar(campaign).charged,
        amount: costSoFar(campaign).actual,
      },
      { kind: "free", category: "marketing", messages: costSoFar(campaign).free, amount: "0" },
    ],
    failures: all.failures,
    excluded: all.excluded,
    steps: [
      { at_ms: start - 3_600_000, kind: "test", reason: null },
      { at_ms: start - 10_000, kind: "launched", reason: null },
      { at_ms: start, kind: "first_sent", reason: null },
      ...(campaign.state === "paused"
        ? [{ at_ms: start + 400_000, kind: "paused", reason: campaign.pausedReason }]
        : []),
      ...(campaign.finishedAtMs ? [{ at_ms: campaign.finishedAtMs, kind: "done", reason: null }] : []),
    ],
    intervals: Array.from({ length: 24 }, (_, at) => ({
      at_ms: start + at * every,
      interval_ms: every,
      sent: wave(at, delivered, 2),
      delivered: wave(at, delivered, 3),
      read: wave(at, c.read, 6),
      replies: wave(at, campaign.replied, 9),
    })),
    sending_seconds: campaign.finishedAtMs ? Math.round((campaign.finishedAtMs - start) / 1_000) : 460,
  };
}

function rehearsed(world: World, campaign: Campaign, trouble: Trouble): Rehearsal {
  const review = reviewOf(world, campaign);
  const people = review.will_receive;
  const share = { none: 0, some: 0.022, much: 0.14 }[trouble];
  const failed = Math.round(people * share);
  const withheld = Math.round(people * share * 0.4);
  const unknown = trouble === "much" ? 3 : 0;
  const delivered = people - failed - withheld - unknown;
  const read = Math.round(delivered * 0.76);
  return {
    campaign_id: campaign.id,
    at_ms: world.nowMs,
    trouble,
    outdated: false,
    currency: "USD",
    planned: { people, seconds: Math.ceil(people / campaign.ratePerSecond), cost: review.cost.most },
    rehearsed: {
      people: people - unknown,
      seconds: Math.ceil((people / campaign.ratePerSecond) * (1 + share * 4)) + 10,
      cost: (delivered * 0.025).toFixed(2),
    },
    counts: {
      ...counts([]),
      audience: review.audience,
      excluded: review.audience - people,
      delivered: delivered - read,
      read,
      failed,
      withheld,
      unknown,
    },
    replied: Math.round(delivered * 0.08),
    opted_out: Math.round(people * share * 0.3),
    failures:
      failed > 0
        ? [
            {
              code: "131026",
              sentence: "The phone cannot be reached on WhatsApp (131026)",
              remedy: null,
              count: failed,
            },
          ]
        : [],
    excluded: review.excluded,
    obstacles:
      trouble === "none"
        ? []
        : [
            {
              code: "throttled",
              sentence: "The number’s throughput is used up for this second.",
              remedy: null,
              count: 2,
            },
            { code: "wh_duplicate", sentence: "Webhooks came twice.", remedy: null, count: 3 },
          ],
    paused_reason: null,
    nobody_twice: true,
    took_seconds: 6.4,
  };
}

type MoreCommands =
  | "campaign_preflight"
  | "campaign_test_list"
  | "campaign_test_send"
  | "campaign_report"
  | "campaign_recipients_save"
  | "campaign_rehearse"
  | "campaign_rehearse_cancel"
  | "campaign_rehearsal_get"
  | "campaign_retry_offer"
  | "campaign_retry";

export const campaignMoreHandlers: Pick<Handlers, MoreCommands> = {
  campaign_preflight(world, { id }) {
    const campaign = get(world, id);
    const review = reviewOf(world, campaign);
    const of = (...codes: string[]) => review.blockers.filter(({ code }) => codes.includes(code));
    const limits = review.warnings;
    const checks = [
      check(
        "template",
        "Meta approved it as marketing, and its texts are those you see.",
        of("template", "no_template"),
        "trouble",
      ),
      check("values", "Every variable has a value for everybody.", of("values"), "trouble"),
      check(
        "people",
        `${review.will_receive} people get it; ${review.audience - review.will_receive} are left out, each with a reason.`,
        of("nobody"),
        "trouble",
      ),
      check("number", "+1 416 555 0188 is connected, its quality rating is good.", world.health.number, "trouble"),
      check("account", "Account, business and app may send.", world.health.account, "attention"),
      check(
        "listening",
        "The relay is connected: opt-outs are heard at once.",
        world.relay.state === "connected"
          ? []
          : [
              {
                code: "relay_away",
                sentence: "The relay is not connected at the moment; campaigns wait until opt-outs are heard again.",
                remedy: "See Settings, Relay.",
                count: 1,
              },
            ],
        "attention",
      ),
      check("time", "The last message leaves by 23 Nov 2026, 14:05.", limits, "attention"),
      check("cost", `At most ${review.cost.most} USD, if every message is delivered.`, [], "good"),
    ];
    const order: CheckState[] = ["good", "unchecked", "attention", "trouble"];
    const state = checks.reduce<CheckState>(
      (worst, one) => (order.indexOf(one.state) > order.indexOf(worst) ? one.state : worst),
      "good",
    );
    return {
      campaign_id: id,
      checked_at_ms: world.nowMs,
      state,
      will_receive: review.will_receive,
      template_hash: review.template_hash,
      checks,
    };
  },
  campaign_test_list: (world, { id }) => tests(world, get(world, id)),
  campaign_test_send(world, { id, phones }) {
    const campaign = get(world, id);
    if (phones.some((phone) => !world.settings.test_phones.includes(phone)))
      refuse("invalid_input", "This is none of your test phones.", "Add it in Settings, Sending first.");
    campaign.tests = { ...campaign.tests, ...Object.fromEntries(phones.map((phone) => [phone, world.nowMs])) };
    world.changed("campaigns");
    return tests(world, campaign);
  },
  campaign_rehearse(world, { id, trouble }) {
    const campaign = get(world, id);
    const review = reviewOf(world, campaign);
    if (review.will_receive === 0)
      refuse("wrong_state", "This cannot be rehearsed yet: Nobody would get this message.", "Choose other people.");
    const made = rehearsed(world, campaign, trouble);
    campaign.rehearsal = { rehearsal: made, draft: JSON.stringify(campaign.draft) };
    world.emit("progress", { job: `rehearsal:${id}`, phase: "rehearsing", done: 400, total: review.audience });
    world.changed("campaigns");
    return made;
  },
  campaign_rehearse_cancel: () => ({}),
  campaign_rehearsal_get(world, { id }) {
    const campaign = get(world, id);
    const kept = campaign.rehearsal;
    return {
      rehearsal: kept ? { ...kept.rehearsal, outdated: kept.draft !== JSON.stringify(campaign.draft) } : null,
    };
  },
  campaign_report(world, { id, reply_days }) {
    const campaign = get(world, id);
    if (campaign.state === "draft")
      refuse("wrong_state", "There is no report of a campaign that was not launched.", "Launch it first.");
    return report(world, campaign, reply_days ?? 7);
  },
  campaign_recipients_save(world, { id, state, path }) {
    const rows = get(world, id).recipients.filter((one) => !state || one.state === state);
    return { path, rows: rows.length };
  },
  campaign_retry_offer(world, { id }) {
    const campaign = get(world, id);
    const groups = grouped(campaign.recipients, ["failed", "withheld", "unknown"]).map(({ code, sentence, count }) => ({
      code,
      sentence,
      count,
      retries: code in RETRIES,
      why: RETRIES[code] ?? SENTENCES[code]?.[1] ?? "A second message could reach them twice.",
    }));
    return {
      count: groups.filter(({ retries }) => retries).reduce((sum, { count }) => sum + count, 0),
      blocked: null,
      groups,
    };
  },
  campaign_retry(world, { id }) {
    const campaign = get(world, id);
    for (const recipient of campaign.recipients)
      if (recipient.state === "failed" && recipient.reason && recipient.reason in RETRIES)
        Object.assign(recipient, { state: "queued", reason: null, atMs: world.nowMs });
    if (counts(campaign.recipients).queued > 0 && campaign.state === "done") campaign.state = "running";
    world.changed("campaigns");
    return detail(world, campaign);
  },
};
