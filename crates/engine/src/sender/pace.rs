//! The sender's pace: limits as last read, a bucket per number, the people of the day, and what answers teach.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use switchboard_cloud_api::errors::{Backoff, ErrorScope};
use switchboard_cloud_api::messages::{MarketingRoute, SendOutcome};
use switchboard_domain::ids::PhoneNumberId;
use switchboard_domain::rules::NumberLimits;
use switchboard_domain::send::MessageKind;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::{account, messages, number_limits, outbox, phone_numbers, sender_state};
use switchboard_store::{Connection, StoreError};

use super::claim::MarketingWay;
use super::flight::{Finished, Landed};
use super::message::Claimed;
use super::waiting::Waiting;
use crate::operator_rules::shop_zone;
use crate::pacing::{self, Bucket};
use crate::rates::Card;

/// How often limits and settings are read again.
pub(super) const READ_EVERY: Duration = Duration::from_secs(2);
/// How often the people of the last 24 hours are counted again.
const COUNT_PEOPLE_EVERY: Duration = Duration::from_secs(30);
/// So far back the busiest second of what came in is looked for.
const INBOUND_LOOK_BACK: Duration = Duration::from_secs(30);
/// Pause after sends that did not leave: a second, doubling to a minute.
const PAUSE_DOUBLINGS: u32 = 6;

/// What one look at the store brings.
pub(super) struct Figures {
    /// Our numbers, and what Meta grants each per second.
    numbers: Vec<(PhoneNumberId, f64)>,
    operator_max: Option<u32>,
    people_per_day: Option<u64>,
    people: Option<(u64, Option<UnixMillis>)>,
    reserve_percent: u32,
    /// Limits of the operator's own, and how many people each such number reached in 24 hours.
    own: Vec<(PhoneNumberId, NumberLimits, Option<u64>)>,
    marketing: MarketingWay,
    card: Card,
    now: UnixMillis,
    state: sender_state::SenderState,
    /// Messages that came in during the busiest second of late, by number.
    inbound: HashMap<PhoneNumberId, u32>,
}

/// Reads what limits the pace; people are counted from `count_people` on, by this machine's clock.
///
/// # Errors
/// [`StoreError`].
pub(super) fn read_figures(
    connection: &Connection,
    now: UnixMillis,
    count_people: Option<UnixMillis>,
) -> Result<Figures, StoreError> {
    let settings = crate::settings::load_in(connection)?;
    let rows = phone_numbers::list(connection)?;
    // One limit for the whole portfolio: the numbers repeat it (account.md §7).
    let people_per_day = pacing::of_portfolio(rows.iter().map(|r| r.messaging_limit.as_deref()));
    let people = match (people_per_day, count_people) {
        (Some(limit), Some(since)) => {
            let reached = outbox::reached_since(connection, since)?;
            let marketing = pacing::without_reserve(limit, settings.utility_reserve_percent);
            let free_at = if reached >= marketing { outbox::first_reached_since(connection, since)? } else { None };
            Some((reached, free_at.map(|t| t.plus(now.since(since)))))
        }
        _ => None,
    };
    let mut own = Vec::new();
    for (number, limits) in number_limits::all(connection)? {
        let reached = match (limits.people_per_day(now), count_people) {
            (Some(_), Some(since)) => Some(number_limits::reached_since(connection, &number, since)?),
            _ => None,
        };
        own.push((number, limits, reached));
    }
    Ok(Figures {
        reserve_percent: settings.utility_reserve_percent,
        own,
        marketing: marketing_way(connection)?,
        card: Card::at(connection, now, &shop_zone(&settings))?,
        now,
        numbers: rows.into_iter().map(|r| (r.phone_number_id.clone(), pacing::level_of(&r))).collect(),
        operator_max: settings.max_send_rate,
        people_per_day,
        people,
        state: sender_state::get(connection)?,
        inbound: messages::busiest_second(connection, now.minus(INBOUND_LOOK_BACK))?.into_iter().collect(),
    })
}

/// How the account sends marketing, as its node said last (messages.md §11).
fn marketing_way(connection: &Connection) -> Result<MarketingWay, StoreError> {
    let raw = account::get(connection)?.map(|a| a.raw_waba).unwrap_or_default();
    let Ok(node) = serde_json::from_str::<serde_json::Value>(&raw) else { return Ok(MarketingWay::default()) };
    let onboarded = node
        .get("marketing_messages_onboarding_status")
        .and_then(serde_json::Value::as_str)
        .is_some_and(|s| s.eq_ignore_ascii_case("ONBOARDED"));
    let strict = node.get("disable_marketing_messages_on_cloud_api").and_then(serde_json::Value::as_bool) == Some(true);
    let route = if onboarded || strict { MarketingRoute::MarketingMessages } else { MarketingRoute::CloudApi };
    Ok(MarketingWay { route, strict })
}

/// The pace of one sender.
#[derive(Default)]
pub(super) struct Pace {
    buckets: HashMap<PhoneNumberId, Bucket>,
    read_at: Option<Duration>,
    counted_at: Option<Duration>,
    people_per_day: Option<u64>,
    people_left: Option<u64>,
    people_free_at: Option<UnixMillis>,
    /// Of the day's limit, what is kept for utility.
    reserve: u64,
    number_left: HashMap<PhoneNumberId, u64>,
    marketing: MarketingWay,
    card: Arc<Card>,
    failures: u32,
    paused_until: Duration,
}

impl Pace {
    /// Whether the figures are to be read again, and if so whether people are to be counted.
    pub(super) fn wants_figures(&self, mono: Duration) -> Option<bool> {
        let old = |at: Option<Duration>, every| at.is_none_or(|at| mono.saturating_sub(at) >= every);
        old(self.read_at, READ_EVERY).then(|| old(self.counted_at, COUNT_PEOPLE_EVERY))
    }

    /// The people of the day are to be counted before the next claim.
    pub(super) fn forget_people(&mut self) {
        self.read_at = None;
        self.counted_at = None;
    }

    /// Whether the portfolio has a limit of people per day.
    pub(super) const fn limits_people(&self) -> bool {
        self.people_per_day.is_some()
    }

    /// Takes figures in.
    pub(super) fn take_figures(&mut self, figures: Figures, practice: bool, rate: Option<f64>, mono: Duration) {
        self.read_at = Some(mono);
        for (number, level) in figures.numbers {
            let own =
                figures.own.iter().find(|(n, _, _)| *n == number).map(|(_, limits, _)| *limits).unwrap_or_default();
            let mut allowed = pacing::of_number(practice, level, figures.operator_max, own, rate);
            if rate.is_none() || !practice {
                let inbound = figures.inbound.get(&number).copied().unwrap_or(0);
                allowed = allowed.min(pacing::beside_inbound(level, inbound));
            }
            match self.buckets.get_mut(&number) {
                Some(bucket) => bucket.set_limit(allowed, mono),
                None => {
                    self.buckets.insert(number, Bucket::new(allowed, figures.state.rate_factor, mono));
                }
            }
        }
        let before = std::mem::replace(&mut self.people_per_day, figures.people_per_day);
        self.reserve =
            figures.people_per_day.map_or(0, |limit| limit - pacing::without_reserve(limit, figures.reserve_percent));
        self.marketing = figures.marketing;
        self.card = Arc::new(figures.card);
        let mut left = HashMap::new();
        for (number, limits, reached) in figures.own {
            let Some(limit) = limits.people_per_day(figures.now) else { continue };
            if reached.is_some() {
                self.counted_at = Some(mono);
            }
            // Between two counts it goes down with each claim, and never above the limit of now.
            let known = reached.map(|n| limit.saturating_sub(n)).or_else(|| self.number_left.get(&number).copied());
            left.insert(number, known.unwrap_or(0).min(limit));
        }
        self.number_left = left;
        match (figures.people_per_day, figures.people) {
            (None, _) => self.people_left = None,
            (Some(limit), Some((reached, free_at))) => {
                self.counted_at = Some(mono);
                self.people_left = Some(limit.saturating_sub(reached));
                self.people_free_at = free_at;
            }
            // Meta changed the limit between two counts: a lower one holds at once, a higher one with the next count.
            (Some(limit), None) => {
                let lower = before.map_or(u64::MAX, |before| before.saturating_sub(limit));
                self.people_left = Some(self.people_left.unwrap_or(0).saturating_sub(lower));
                if before != Some(limit) {
                    self.counted_at = None;
                }
            }
        }
    }

    /// How many messages each number may send now.
    pub(super) fn tokens(&mut self, mono: Duration) -> HashMap<PhoneNumberId, u32> {
        self.buckets.iter_mut().map(|(number, bucket)| (number.clone(), bucket.available(mono))).collect()
    }

    /// People that the day's limit still allows.
    pub(super) const fn people_left(&self) -> Option<u64> {
        self.people_left
    }

    /// Of those, people that marketing may still reach: the reserve is kept for utility.
    pub(super) fn marketing_left(&self) -> Option<u64> {
        self.people_left.map(|left| left.saturating_sub(self.reserve))
    }

    /// What marketing alone waits for.
    pub(super) fn marketing_waits(&self) -> Option<Waiting> {
        let limit = self.people_per_day.filter(|_| self.reserve > 0 && self.marketing_left() == Some(0))?;
        Some(Waiting::MarketingShare(limit, self.reserve, self.people_free_at))
    }

    /// People that numbers with limits of the operator's own may still reach.
    pub(super) fn number_left(&self) -> HashMap<PhoneNumberId, u32> {
        self.number_left.iter().map(|(n, left)| (n.clone(), u32::try_from(*left).unwrap_or(u32::MAX))).collect()
    }

    /// How the account sends marketing.
    pub(super) const fn marketing_way(&self) -> MarketingWay {
        self.marketing
    }

    /// Prices in force.
    pub(super) fn card(&self) -> Arc<Card> {
        Arc::clone(&self.card)
    }

    /// The day's limit, and when somebody falls out of it.
    pub(super) const fn people_limit(&self) -> (u64, Option<UnixMillis>) {
        (
            match self.people_per_day {
                Some(limit) => limit,
                None => 0,
            },
            self.people_free_at,
        )
    }

    /// Until when campaigns pause because sends did not leave.
    pub(super) fn paused_until(&self, mono: Duration) -> Option<Duration> {
        (self.paused_until > mono).then_some(self.paused_until)
    }

    /// Until when every number pauses because Meta asked for it; a second or two is no news.
    pub(super) fn throttled_until(&self, mono: Duration) -> Option<Duration> {
        let left = self.buckets.values().map(|b| b.pause_left(mono)).min()?;
        (left > Duration::from_secs(3)).then(|| mono + left)
    }

    /// Counts what was claimed.
    pub(super) fn claimed(&mut self, claimed: &[Claimed], mono: Duration) {
        for row in claimed {
            self.count(&row.phone_number_id, row.campaign_id.is_some(), row.kind == MessageKind::Template, mono);
        }
    }

    /// What was claimed at `claimed` started by `now`.
    pub(super) fn started(&mut self, claimed: Duration, now: Duration) {
        for bucket in self.buckets.values_mut() {
            bucket.started(claimed, now);
        }
    }

    fn count(&mut self, number: &PhoneNumberId, of_campaign: bool, is_template: bool, mono: Duration) {
        if let Some(bucket) = self.buckets.get_mut(number) {
            bucket.take(1, mono);
        }
        if of_campaign && let Some(left) = self.number_left.get_mut(number) {
            *left = left.saturating_sub(1);
        }
        // A template to one person reaches somebody of the day's people too (account.md §7).
        if is_template && let Some(left) = &mut self.people_left {
            *left = left.saturating_sub(1);
        }
    }

    /// The shortest wait until a number may send again.
    pub(super) fn wait(&mut self, mono: Duration) -> Option<Duration> {
        self.buckets.values_mut().map(|b| b.wait(mono)).min()
    }

    /// How far the slowest number slowed down.
    pub(super) fn factor(&self) -> f64 {
        self.buckets.values().map(Bucket::factor).fold(1.0, f64::min)
    }

    /// Answers teach: too fast, a pause for the account, no network.
    pub(super) fn learn_from(&mut self, done: &[Finished], mono: Duration) {
        let mut reached = false;
        let mut not_sent = false;
        for f in done {
            let Landed::Answered(outcome) = &f.landed else { continue };
            let number = f.claimed.as_ref().map(|c| &c.phone_number_id);
            match outcome {
                SendOutcome::Throttled { error, retry_after } => {
                    reached = true;
                    let pause = retry_after.unwrap_or_default();
                    let advice = error.advice();
                    match (advice.scope, advice.backoff) {
                        (ErrorScope::Number, Backoff::Exponential { .. }) => {
                            if let Some(bucket) = number.and_then(|n| self.buckets.get_mut(n)) {
                                bucket.throttled(pause, mono);
                            }
                        }
                        (ErrorScope::Number, _) => {
                            if let Some(bucket) = number.and_then(|n| self.buckets.get_mut(n)) {
                                bucket.pause(pause, mono);
                            }
                        }
                        (ErrorScope::Account, _) => {
                            for bucket in self.buckets.values_mut() {
                                bucket.pause(pause, mono);
                            }
                        }
                        // One person waits, others go on.
                        _ => {}
                    }
                }
                SendOutcome::NotSent { .. } => not_sent = true,
                SendOutcome::Accepted { .. } | SendOutcome::Refused { .. } => reached = true,
                SendOutcome::Unknown { .. } => {}
            }
        }
        if reached {
            self.failures = 0;
        } else if not_sent {
            let wait = Duration::from_secs(1).saturating_mul(2u32.saturating_pow(self.failures.min(PAUSE_DOUBLINGS)));
            self.failures = self.failures.saturating_add(1);
            self.paused_until = mono + wait.min(Duration::from_secs(60));
        }
    }
}

#[cfg(test)]
#[path = "pace_properties.rs"]
mod properties;
