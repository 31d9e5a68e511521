// What the thirteen counts add up to, in the order people think of them.
import type { CampaignCounts } from "../../ipc/ipc";

export type CountName = keyof CampaignCounts;

const NAMES: readonly string[] = [
  "audience",
  "excluded",
  "queued",
  "sending",
  "unknown",
  "held",
  "accepted",
  "sent",
  "delivered",
  "read",
  "failed",
  "withheld",
  "cancelled",
] satisfies CountName[];

/** A state out of an address may be anything. */
export function asCountName(text: string | undefined): CountName | null {
  return text !== undefined && NAMES.includes(text) ? (text as CountName) : null;
}

/** Reached Meta, whatever came of it. */
export function reachedMeta(counts: CampaignCounts): number {
  return counts.held + counts.accepted + counts.sent + counts.delivered + counts.read + counts.failed + counts.withheld;
}

/** Everybody this campaign means to reach: the audience without those our rules left out. */
export function addressed(counts: CampaignCounts): number {
  return counts.audience - counts.excluded;
}

/** Settled: nothing of ours will be done for them any more. */
export function settled(counts: CampaignCounts): number {
  return addressed(counts) - counts.queued - counts.sending;
}

export interface FunnelStage {
  name: "queued" | "sent" | "delivered" | "read";
  /** Everybody who got at least this far. */
  count: number;
}

/** Each stage holds those of the later ones: who has read it has also got it. */
export function funnel(counts: CampaignCounts): FunnelStage[] {
  const read = counts.read;
  const delivered = counts.delivered + read;
  const sent = counts.accepted + counts.held + counts.sent + delivered;
  return [
    { name: "queued", count: addressed(counts) },
    { name: "sent", count: sent },
    { name: "delivered", count: delivered },
    { name: "read", count: read },
  ];
}
