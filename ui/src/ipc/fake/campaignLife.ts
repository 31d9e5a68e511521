// How a running campaign of the fake goes on: what is queued leaves at its rate, what left is delivered and read.
import type { Campaign, Recipient, World } from "./world";

function move(recipient: Recipient, state: Recipient["state"], atMs: number, reason: string | null = null): void {
  recipient.state = state;
  recipient.atMs = atMs;
  recipient.reason = reason;
}

/** The pace of what Meta does after it took a message, per second of time. */
const CHANCE = { sent: 0.9, delivered: 0.35, read: 0.04 };

function deliver(world: World, recipient: Recipient, seconds: number): boolean {
  const happens = (perSecond: number) => world.random() < 1 - (1 - perSecond) ** seconds;
  switch (recipient.state) {
    case "accepted":
      if (!happens(CHANCE.sent)) return false;
      if (world.random() < 0.02) move(recipient, "failed", world.nowMs, "131026");
      else if (world.random() < 0.012) move(recipient, "withheld", world.nowMs, "131049");
      else move(recipient, "sent", world.nowMs);
      return true;
    case "sent":
      if (!happens(CHANCE.delivered)) return false;
      move(recipient, "delivered", world.nowMs);
      return true;
    case "delivered":
      if (!happens(CHANCE.read)) return false;
      move(recipient, "read", world.nowMs);
      return true;
    default:
      return false;
  }
}

function record(campaign: Campaign, nowMs: number, accepted: number): void {
  const interval = 10_000;
  const start = nowMs - (nowMs % interval);
  const last = campaign.rate[campaign.rate.length - 1];
  if (last && last.at_ms === start) last.accepted += accepted;
  else campaign.rate.push({ at_ms: start, interval_ms: interval, accepted, failed: 0 });
}

function stepOne(world: World, campaign: Campaign, ms: number): boolean {
  if (campaign.state === "launching") {
    if (world.nowMs < (campaign.startsAtMs ?? 0)) return false;
    campaign.state = "running";
  }
  let moved = false;
  if (campaign.state === "running" && world.nowMs >= (campaign.startsAtMs ?? 0)) {
    let budget = Math.max(1, Math.round((campaign.ratePerSecond * ms) / 1_000));
    const before = budget;
    for (const recipient of campaign.recipients) {
      if (budget === 0) break;
      if (recipient.state !== "queued") continue;
      move(recipient, "accepted", world.nowMs);
      budget -= 1;
    }
    if (before > budget) {
      record(campaign, world.nowMs, before - budget);
      moved = true;
    }
    if (budget > 0) {
      campaign.state = "done";
      campaign.finishedAtMs = world.nowMs;
      moved = true;
    }
  }
  if (campaign.state !== "draft" && world.nowMs - (campaign.finishedAtMs ?? world.nowMs) < 3_600_000) {
    for (const recipient of campaign.recipients) {
      if (deliver(world, recipient, ms / 1_000)) {
        moved = true;
        if (recipient.state === "read" && world.random() < 0.03) campaign.replied += 1;
      }
    }
  }
  return moved;
}

export function stepCampaigns(world: World, ms: number): void {
  for (const campaign of world.campaigns) {
    if (stepOne(world, campaign, ms)) world.changed("campaigns");
  }
}
