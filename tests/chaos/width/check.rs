//! Every promise against Meta's own ledger and the rows of the store. A check says what it found, or nothing.

use std::collections::{BTreeMap, BTreeSet};

use switchboard_domain::ids::CampaignId;
use switchboard_domain::send::OutboxState;
use switchboard_engine::ledger_check;
use switchboard_store::tables::outbox;

use super::engine::Engine;
use super::meta::{About, Arrival};
use super::rows::{self, Everything, Id, Row};
use super::run::Facts;
use super::{limits, rules};

pub const DAY_MS: i64 = 86_400_000;

/// A request with what the store knows of it.
pub struct Sent<'a> {
    pub arrival: &'a Arrival,
    pub row: &'a Row,
    pub human: usize,
    pub entry: usize,
}

/// Checks everything.
pub async fn all(engine: &Engine, facts: &Facts) -> Vec<String> {
    let found = &mut Vec::new();
    let store = engine.console.store();
    let mut rows = store.read(rows::everything).await.unwrap();
    rows.slips.clone_from(&facts.slips);
    let sent = requests(facts, &rows, found);
    nobody_twice(facts, &sent, found);
    nobody_skipped(facts, &rows, found);
    no_send_after_a_stop(facts, &sent, found);
    no_look_after_a_stop(&rows, &sent, found);
    rows_agree_with_the_ledger(facts, &rows, &sent, found);
    limits::kept(facts, &sent, found);
    rules::kept(facts, &sent, found);
    stops_stop(&rows, found);
    every_webhook_once(facts, &rows, found);
    states_only_forward(facts, &rows, found);
    counters(engine, facts, &rows, found).await;
    let verified =
        ledger_check::walk(store, &engine.ledger(), None, &ledger_check::Watch::default()).await.unwrap().unwrap();
    if let Some(broken) = verified.broken {
        found.push(format!("P7: the consent ledger is broken at entry {}", broken.seq));
    }
    std::mem::take(found)
}

/// Each request has its attempt, written before it left, and each attempt at most one request.
fn requests<'a>(facts: &'a Facts, rows: &'a Everything, found: &mut Vec<String>) -> Vec<Sent<'a>> {
    let by_id: BTreeMap<Id, &Row> = rows.outbox.iter().map(|r| (r.id, r)).collect();
    let mut seen = BTreeSet::new();
    let mut sent = Vec::new();
    for arrival in &facts.ledger {
        let Some(attempt) = rows.tries.get(&arrival.correlation) else {
            found.push(format!("P3: request {} has no attempt on record", arrival.n));
            continue;
        };
        if !seen.insert(&arrival.correlation) {
            found.push(format!("P3: the attempt of request {} left twice", arrival.n));
        }
        let owner = facts.humans.iter().position(|h| h.entry_of(&arrival.to).is_some());
        let (Some(row), Some(human)) = (by_id.get(&attempt.row), owner) else {
            found.push(format!("P3: request {} goes to nobody we know", arrival.n));
            continue;
        };
        let entry = facts.humans[human].entry_of(&arrival.to).unwrap();
        sent.push(Sent { arrival, row, human, entry });
    }
    sent
}

/// P1, P3: no person gets a campaign twice, no row is accepted twice.
fn nobody_twice(facts: &Facts, sent: &[Sent<'_>], found: &mut Vec<String>) {
    let mut rows: BTreeMap<Id, u32> = BTreeMap::new();
    let mut people: BTreeMap<(Id, usize), &Sent<'_>> = BTreeMap::new();
    for s in sent.iter().filter(|s| s.arrival.wamid.is_some()) {
        let times = rows.entry(s.row.id).or_default();
        *times += 1;
        if *times == 2 {
            found.push(format!("P3: one row was accepted twice, by request {}", s.arrival.n));
        }
        let Some(campaign) = s.row.campaign else { continue };
        if let Some(first) = people.insert((campaign, s.human), s) {
            let human = &facts.humans[s.human];
            // Two entries are two people to us until a webhook tells otherwise, and what was claimed by then may leave.
            let unknown = first.entry != s.entry && human.linked_at_tick.is_none_or(|tick| tick > s.arrival.claim);
            if !unknown {
                let (a, b) = (first.arrival.n, s.arrival.n);
                let failed = first.arrival.wamid.as_deref().is_some_and(|wamid| facts.failed().contains(wamid));
                let of_first = if failed { ", of which the first failed after Meta took it" } else { "" };
                found.push(format!("P3: a person got the same campaign twice, by requests {a} and {b}{of_first}"));
            }
        }
    }
}

/// Every person of an audience has a row, and a row that was not sent says why.
fn nobody_skipped(facts: &Facts, rows: &Everything, found: &mut Vec<String>) {
    for (id, owed) in &facts.launched {
        let id: Id = *id.as_bytes();
        let have = i64::try_from(rows.outbox.iter().filter(|r| r.campaign == Some(id)).count()).unwrap();
        // Paused in mid-launch and left so by the operator: the rest of its rows is written when it goes on.
        let waits = rows.campaigns.iter().any(|c| c.id == id && c.state == "paused" && c.paused_code.is_some());
        if have > *owed || (have < *owed - facts.merges && !waits) {
            found.push(format!("a campaign is owed to {owed} people and has {have} rows"));
        }
    }
    let campaign = |id: Id| rows.campaigns.iter().find(|c| c.id == id);
    for row in &rows.outbox {
        match row.state.as_str() {
            "accepted" | "held" => {}
            "refused" | "withheld" | "unknown" | "cancelled" | "excluded" => {
                let says = |text: &Option<String>| text.as_ref().is_some_and(|t| !t.trim().is_empty());
                if !says(&row.reason_code) || !says(&row.reason) {
                    found.push(format!("a row that is {} says no reason", row.state));
                }
            }
            "queued" => match row.campaign.and_then(campaign) {
                Some(c) if c.state == "paused" && c.paused_code.is_some() => {}
                other => found.push(format!("a row still waits, its campaign is {:?}", other.map(|c| &c.state))),
            },
            state => found.push(format!("a row is {state} although nothing is under way")),
        }
    }
}

/// P2: no template is started to a person whose opt-out was stored before the look right before it.
fn no_send_after_a_stop(facts: &Facts, sent: &[Sent<'_>], found: &mut Vec<String>) {
    for s in sent.iter().filter(|s| s.arrival.is_template) {
        let human = &facts.humans[s.human];
        for stop in facts.stored.iter().filter(|stop| stop.human == s.human) {
            let since = match (stop.entry == s.entry, human.linked_at_tick) {
                (true, _) => stop.tick,
                (false, Some(linked)) => stop.tick.max(linked),
                (false, None) => continue,
            };
            if (facts.plan.marketing || !stop.marketing_only) && s.arrival.look > since {
                let (n, at) = (s.arrival.n, s.arrival.at_ms);
                found.push(format!("P2: request {n} at {at} ms started after the person's opt-out was stored"));
            }
        }
    }
}

/// P2 by the store's own sequence: no request was started after a look that came after the opt-out.
fn no_look_after_a_stop(rows: &Everything, sent: &[Sent<'_>], found: &mut Vec<String>) {
    for s in sent.iter().filter(|s| s.arrival.is_template) {
        let Some(looked) = rows.tries.get(&s.arrival.correlation).and_then(|t| t.started_seq) else { continue };
        let out = |(who, kind, seq): &(Id, String, i64)| *who == s.row.contact && kind == "opt_out" && *seq <= looked;
        if rows.signals.iter().any(out) {
            found.push(format!("P2: request {} was started after a look that knew of the opt-out", s.arrival.n));
        }
    }
}

/// Nothing of a campaign was claimed while it, its template or its account stood still, and each refusal that stops an
/// account left its stop.
fn stops_stop(rows: &Everything, found: &mut Vec<String>) {
    for slip in &rows.slips {
        found.push(format!("a message of a campaign was claimed although {slip}"));
    }
    if rows.account_refusals > 0 && rows.account_stops == 0 {
        found.push(format!("{} refusals of token or account stopped nothing", rows.account_refusals));
    }
}

/// What the store says of a message is what Meta knows of it.
fn rows_agree_with_the_ledger(facts: &Facts, rows: &Everything, sent: &[Sent<'_>], found: &mut Vec<String>) {
    let taken: BTreeMap<Id, &Sent<'_>> =
        sent.iter().filter(|s| s.arrival.wamid.is_some()).map(|s| (s.row.id, s)).collect();
    let handed = |wamid: &str, named: bool| {
        facts.log.iter().any(
            |l| matches!(&l.about, About::Status { wamid: w, names_attempt, .. } if w == wamid && (*names_attempt || !named)),
        )
    };
    for row in &rows.outbox {
        let at_meta = taken.get(&row.id).and_then(|s| s.arrival.wamid.as_deref());
        match (row.state.as_str(), at_meta) {
            ("accepted" | "held", None) => found.push("a row is accepted that Meta never took".to_owned()),
            ("accepted" | "held", Some(wamid)) if row.wamid.as_deref() != Some(wamid) => {
                found.push("a row is accepted under the id of another message".to_owned());
            }
            ("queued" | "cancelled" | "excluded", Some(wamid)) => {
                found.push(format!("Meta took {wamid}, and its row is {}", row.state));
            }
            ("unknown", Some(wamid)) if handed(wamid, true) => {
                found.push(format!("{wamid} is unknown although a status named its attempt"));
            }
            ("refused" | "withheld", Some(wamid)) if row.wamid.is_none() => {
                found.push(format!("Meta took {wamid}, and its row is {} without it", row.state));
            }
            _ => {}
        }
    }
    for (id, attempt) in &rows.tries {
        if attempt.outcome.is_none() {
            found.push(format!("attempt {id} has no end although nothing is under way"));
        }
    }
}

/// P4: what the relay has is applied, each once, whatever came twice, late or in another order.
fn every_webhook_once(facts: &Facts, rows: &Everything, found: &mut Vec<String>) {
    let handed = i64::try_from(facts.log.len()).unwrap();
    if rows.cursor != handed || rows.events_applied != handed || rows.kept_raw != 0 {
        let (cursor, applied, raw) = (rows.cursor, rows.events_applied, rows.kept_raw);
        found.push(format!("P4: of {handed} events the cursor is at {cursor}, {applied} applied, {raw} kept raw"));
    }
    let mut wrote = BTreeSet::new();
    let mut ranks: BTreeMap<&str, i64> = BTreeMap::new();
    let mut stops: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for logged in &facts.log {
        match &logged.about {
            About::Message { wamid, human, is_stop } => {
                wrote.insert(wamid.as_str());
                if *is_stop {
                    stops.entry(*human).or_default().insert(wamid);
                }
            }
            About::Status { wamid, word, .. } => {
                let rank = match *word {
                    "sent" => 1,
                    "delivered" => 2,
                    "read" => 3,
                    _ => 0,
                };
                let known = ranks.entry(wamid).or_default();
                *known = rank.max(*known);
            }
            About::PreferenceStop { .. } | About::Other => {}
        }
    }
    for wamid in &wrote {
        let times = rows.inbound.get(*wamid).copied().unwrap_or(0);
        if times != 1 {
            found.push(format!("P4: {wamid} stands {times} times in a thread"));
        }
    }
    if rows.unread != i64::try_from(wrote.len()).unwrap() {
        found.push(format!("P4: {} messages are unread, {} arrived", rows.unread, wrote.len()));
    }
    for row in rows.outbox.iter().filter(|r| r.wamid.is_some()) {
        let told = ranks.get(row.wamid.as_deref().unwrap()).copied().unwrap_or(0);
        if row.rank != told {
            let wamid = row.wamid.as_deref().unwrap();
            found.push(format!("P5: {wamid} has rank {} and statuses up to {told}", row.rank));
        }
    }
    for (human, wamids) in stops {
        let entry: Id = *facts.humans[human].entries[0].as_bytes();
        let present = rows.present.get(&entry).copied().unwrap_or(entry);
        if !rows.signals.iter().any(|(who, kind, _)| (*who == entry || *who == present) && kind == "opt_out") {
            found.push(format!("P4: {} STOPs of a person left no opt-out", wamids.len()));
        }
    }
}

/// P5: each move of a row is one that the machine allows, and nothing that may have left goes back.
fn states_only_forward(facts: &Facts, rows: &Everything, found: &mut Vec<String>) {
    for m in &facts.moves {
        let (from, to) = (OutboxState::parse(&m.from.0), OutboxState::parse(&m.to.0));
        let allowed = matches!((from, to), (Some(a), Some(b)) if a == b || a.may_become(b));
        if !allowed {
            found.push(format!("P5: a row went from {} to {}", m.from.0, m.to.0));
        }
        if m.to.1 < m.from.1 {
            found.push(format!("P5: a rank fell from {} to {}", m.from.1, m.to.1));
        }
    }
    let mut ends: BTreeMap<Id, (i64, i64)> = BTreeMap::new();
    for attempt in rows.tries.values() {
        let counts = ends.entry(attempt.row).or_default();
        counts.0 += 1;
        if !matches!(attempt.outcome.as_deref(), Some("throttled" | "not_sent")) {
            counts.1 += 1;
        }
    }
    for row in &rows.outbox {
        let (tries, final_ones) = ends.get(&row.id).copied().unwrap_or_default();
        if tries != row.tries {
            found.push(format!("P3: a row counts {} tries and has {tries} attempts", row.tries));
        }
        if final_ones > 1 {
            found.push(format!("P3: a row has {final_ones} attempts that may have left"));
        }
    }
}

/// What the windows show is what a recount gives.
async fn counters(engine: &Engine, facts: &Facts, rows: &Everything, found: &mut Vec<String>) {
    for (id, _) in &facts.launched {
        let id: CampaignId = *id;
        let shown = engine.console.store().read(move |c| outbox::counts(c, id)).await.unwrap();
        let of = |states: &[&str], ranks: std::ops::RangeInclusive<i64>| {
            let mine = rows.outbox.iter().filter(|r| r.campaign == Some(*id.as_bytes()));
            let n = mine.filter(|r| states.contains(&r.state.as_str()) && ranks.contains(&r.rank)).count();
            u64::try_from(n).unwrap()
        };
        let any = 0..=9;
        let pairs = [
            ("excluded", shown.excluded, of(&["excluded"], any.clone())),
            ("queued", shown.queued, of(&["queued"], any.clone())),
            ("sending", shown.sending, of(&["claimed", "sending"], any.clone())),
            ("unknown", shown.unknown, of(&["unknown"], any.clone())),
            ("held", shown.held, of(&["held"], any.clone())),
            ("accepted", shown.accepted, of(&["accepted"], 0..=0)),
            ("sent", shown.sent, of(&["accepted"], 1..=1)),
            ("delivered", shown.delivered, of(&["accepted"], 2..=2)),
            ("read", shown.read, of(&["accepted"], 3..=9)),
            ("failed", shown.failed, of(&["refused"], any.clone())),
            ("withheld", shown.withheld, of(&["withheld"], any.clone())),
            ("cancelled", shown.cancelled, of(&["cancelled"], any.clone())),
        ];
        for (name, shown, counted) in pairs {
            if shown != counted {
                found.push(format!("a campaign shows {shown} {name} and has {counted}"));
            }
        }
        let all: u64 = pairs.iter().map(|p| p.1).sum();
        if shown.audience() != all {
            found.push(format!("a campaign shows an audience of {} and counts {all}", shown.audience()));
        }
        let curve = rows.campaigns.iter().find(|c| c.id == *id.as_bytes()).map_or(0, |c| c.accepted_on_curve);
        let accepted = rows.outbox.iter().filter(|r| r.campaign == Some(*id.as_bytes()) && r.accepted).count();
        if curve != i64::try_from(accepted).unwrap() {
            found.push(format!("the curve of a campaign shows {curve} accepted, its rows are {accepted}"));
        }
    }
}
