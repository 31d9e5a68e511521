//! Meta's limits, by Meta's own clock: at no start of a send is one exceeded (P8).

use std::collections::{BTreeMap, BTreeSet};

use switchboard_engine::pacing;

use super::check::{DAY_MS, Sent};
use super::plan::Trouble;
use super::rows::Id;
use super::run::Facts;

/// The shortest wait before a send is repeated is a second (errors.md §11).
const LEAST_WAIT_MS: i64 = 900;
/// Level STANDARD (account.md §9).
const LEVEL: usize = 80;
/// One message of a number to one person in so long (account.md §9).
const PAIR_MS: i64 = 6_000;
/// Troubles take hours at most, also several one after the other.
const MUCH_TOO_LATE_MS: i64 = 20 * 3_600_000;

pub fn kept(facts: &Facts, sent: &[Sent<'_>], found: &mut Vec<String>) {
    no_second_too_full(facts, sent, found);
    no_second_too_full_with_what_comes_in(facts, sent, found);
    no_day_with_too_many_people(facts, sent, found);
    no_pair_too_often(facts, sent, found);
    nothing_hammers(sent, found);
    nothing_waits_for_a_clock(facts, sent, found);
}

/// The most moments within any second, with the last of them.
fn fullest_second(times: &[i64]) -> Option<(usize, i64)> {
    let mut from = 0;
    let full = times.iter().enumerate().map(|(i, at)| {
        while at - times[from] >= 1000 {
            from += 1;
        }
        (i + 1 - from, *at)
    });
    full.max_by_key(|(n, _)| *n)
}

/// The operator's ceiling, for each number.
fn no_second_too_full(facts: &Facts, sent: &[Sent<'_>], found: &mut Vec<String>) {
    let limit = pacing::STANDARD_PER_SECOND.min(facts.plan.rate.map_or(f64::MAX, f64::from)) as usize;
    for times in by_number(sent).values() {
        if let Some((n, at)) = fullest_second(times).filter(|(n, _)| *n > limit) {
            found.push(format!("P8: {n} sends in the second before {at} ms, {limit} are allowed"));
        }
    }
}

/// Meta's level counts both ways; all that comes in comes to the first number.
fn no_second_too_full_with_what_comes_in(facts: &Facts, sent: &[Sent<'_>], found: &mut Vec<String>) {
    let mut times = by_number(sent).remove(super::webhooks::NUMBER).unwrap_or_default();
    times.extend(&facts.came_in_ms);
    times.sort_unstable();
    if let Some((n, at)) = fullest_second(&times).filter(|(n, _)| *n > LEVEL) {
        found.push(format!("P8: {n} in and out in the second before {at} ms, {LEVEL} are allowed"));
    }
}

fn by_number<'s>(sent: &[Sent<'s>]) -> BTreeMap<&'s str, Vec<i64>> {
    let mut times: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for s in sent.iter().filter(|s| s.row.campaign.is_some()) {
        times.entry(s.arrival.number.as_str()).or_default().push(s.arrival.at_ms);
    }
    times
}

/// The portfolio's limit, whatever number and campaign; and what it leaves to marketing.
fn no_day_with_too_many_people(facts: &Facts, sent: &[Sent<'_>], found: &mut Vec<String>) {
    let Some(tier) = facts.plan.tier else { return };
    let most = if facts.plan.marketing { tier - tier * u64::from(facts.plan.rules.reserve) / 100 } else { tier };
    // Meta counts whom it reached.
    let failed = facts.failed();
    for s in sent.iter().filter(|s| s.row.campaign.is_some() && s.arrival.wamid.is_some()) {
        let day = sent.iter().filter(|o| {
            o.arrival.is_template
                && o.arrival.wamid.as_deref().is_some_and(|wamid| !failed.contains(wamid))
                && o.arrival.n <= s.arrival.n
                && s.arrival.at_ms - o.arrival.at_ms < DAY_MS
        });
        let people = day.map(|o| o.human).collect::<BTreeSet<_>>().len();
        if u64::try_from(people).unwrap() > most {
            let at = s.arrival.at_ms;
            found.push(format!("P8: {people} people in the 24 hours before {at} ms, {most} are allowed"));
            break;
        }
    }
}

/// A campaign's message leaves six seconds after whatever else went from its number to the person.
fn no_pair_too_often(facts: &Facts, sent: &[Sent<'_>], found: &mut Vec<String>) {
    // A short sleep is noticed when the relay is heard again; until then the sender's time is behind by as much.
    let slept = facts.plan.troubles.iter().any(|(_, t)| matches!(t, Trouble::Suspend { .. }));
    let least_ms = if slept { PAIR_MS - 5_000 } else { PAIR_MS };
    for (i, s) in sent.iter().enumerate().filter(|(_, s)| s.row.campaign.is_some()) {
        let linked = facts.humans[s.human].linked_at_tick.is_some_and(|linked| linked < s.arrival.claim);
        let before = sent[..i].iter().rev().take_while(|o| s.arrival.at_ms - o.arrival.at_ms < least_ms);
        let mut of_pair = before.filter(|o| {
            o.human == s.human
                && (o.entry == s.entry || linked)
                && o.arrival.number == s.arrival.number
                && o.row.id != s.row.id
                && !matches!(o.arrival.verdict, "not_connected" | "turned_away")
        });
        if let Some(o) = of_pair.next() {
            let (n, after) = (s.arrival.n, s.arrival.at_ms - o.arrival.at_ms);
            found.push(format!("P8: request {n} left {after} ms after another message to the same person"));
        }
    }
}

/// Whatever may be tried again waits before it is: Meta is not asked the same thing many times a second, whatever the
/// wall clock does meanwhile.
fn nothing_hammers(sent: &[Sent<'_>], found: &mut Vec<String>) {
    let mut last: BTreeMap<Id, i64> = BTreeMap::new();
    for s in sent {
        let before = last.insert(s.row.id, s.arrival.at_ms);
        if s.arrival.verdict == "restricted_for_spam" {
            last.remove(&s.row.id);
        }
        if let Some(before_ms) = before
            && s.arrival.at_ms - before_ms < LEAST_WAIT_MS
        {
            let (n, after) = (s.arrival.n, s.arrival.at_ms - before_ms);
            found.push(format!("request {n} tries the same message again after {after} ms"));
        }
    }
}

/// Where no rule and no limit of a day holds anything up, nothing waits for a day: not for a wall clock that was set back
/// either.
fn nothing_waits_for_a_clock(facts: &Facts, sent: &[Sent<'_>], found: &mut Vec<String>) {
    if facts.plan.tier.is_some() || facts.plan.rules.makes_wait() {
        return;
    }
    let last_ms = sent.iter().filter(|s| s.row.campaign.is_some()).map(|s| s.arrival.at_ms).max().unwrap_or(0);
    if last_ms > MUCH_TOO_LATE_MS {
        found.push(format!("P8: a campaign still sent after {} minutes although nothing held it up", last_ms / 60_000));
    }
}
