// Sends whose outcome is unknown, made of the fake campaigns' own recipients, and what was decided about them.
import type { UnknownSend } from "../ipc";
import { shopOf } from "./shop";
import type { Handlers } from "./types";
import type { Campaign, Recipient, World } from "./world";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const CAUSES = ["timeout", "connection_broken", "interrupted", "server_error", "unreadable_answer"];

interface Found {
  campaign: Campaign;
  recipient: Recipient;
}

const idOf = ({ campaign, recipient }: Found) => `send:${campaign.id}:${recipient.person.row.id}`;

/** What was decided, by the id of the send. */
const decisions = new WeakMap<World, Map<string, { decision: "leave" | "not_sent"; atMs: number }>>();
function decided(world: World) {
  let map = decisions.get(world);
  if (!map) {
    map = new Map();
    decisions.set(world, map);
  }
  return map;
}

function all(world: World): Found[] {
  return world.campaigns.flatMap((campaign) =>
    campaign.recipients
      .map((recipient) => ({ campaign, recipient }))
      .filter((one) => one.recipient.state === "unknown" || decided(world).has(idOf(one))),
  );
}

function row(world: World, found: Found, at: number): UnknownSend {
  const { campaign, recipient } = found;
  const id = idOf(found);
  const cause = CAUSES[at % CAUSES.length] ?? "timeout";
  const attempted = recipient.atMs - 30_000 - (at % 7 === 6 ? 9 * DAY : 0);
  const template = shopOf(world).templates.find((one) => one.id === campaign.draft.template_id);
  const made = decided(world).get(id);
  return {
    id,
    contact_id: recipient.person.row.id,
    name: recipient.person.row.name,
    address: recipient.person.row.phone ?? `@${recipient.person.row.username}`,
    campaign_id: campaign.id,
    campaign_name: campaign.draft.name,
    template: template?.name ?? null,
    kind: "template",
    tries: at % 4 === 3 ? 2 : 1,
    attempted_at_ms: attempted,
    noticed_at_ms: attempted + 30_000,
    cause,
    detail: cause,
    graph_code: cause === "server_error" ? 131_000 : null,
    person_wrote_at_ms: at % 3 === 1 ? attempted + 2 * HOUR : null,
    other_reached_at_ms: at % 3 === 2 ? attempted + 5 * HOUR : null,
    waits_until_at_ms: attempted + 8 * DAY,
    unresolved: attempted + 8 * DAY < world.nowMs,
    decision: made?.decision ?? null,
    decided_at_ms: made?.atMs ?? null,
  };
}

export const unknownHandlers: Pick<Handlers, "unknown_list" | "unknown_settle"> = {
  unknown_list(world, { filter, campaign_id, offset, limit }) {
    const rows = all(world)
      .map((found, at) => row(world, found, at))
      .filter((one) => !campaign_id || one.campaign_id === campaign_id);
    const open = rows.filter(({ decision }) => decision === null);
    const done = rows.filter(({ decision }) => decision !== null);
    const wanted = filter === "open" ? open : done;
    return {
      rows: wanted.slice(offset, offset + limit),
      total: wanted.length,
      open: open.length,
      decided: done.length,
      relay_heard_at_ms: world.relay.state === "connected" ? world.nowMs - 4_000 : world.nowMs - 12 * 60_000,
      relay_behind: world.relay.behind,
    };
  },
  unknown_settle(world, { ids, decision }) {
    const made = decided(world);
    let settled = 0;
    for (const found of all(world)) {
      const id = idOf(found);
      if (!ids.includes(id) || made.has(id) === (decision !== "take_back")) continue;
      settled += 1;
      if (decision === "take_back") {
        made.delete(id);
        Object.assign(found.recipient, { state: "unknown", reason: "no_answer" });
      } else {
        made.set(id, { decision, atMs: world.nowMs });
        if (decision === "not_sent") Object.assign(found.recipient, { state: "cancelled", reason: "cancelled" });
      }
    }
    world.changed("campaigns");
    return { settled, passed_over: ids.length - settled };
  },
};
