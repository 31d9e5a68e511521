//! How fast messages may leave: pure arithmetic on a `now` that is always an argument.
//!
//! A bucket per sending number spreads messages evenly and forgives a late wake-up; a log of the last second holds
//! the limit itself: whatever happens, no sliding second has more starts than that. It begins with a second of rest,
//! so that a restart never adds to what left right before it (P8).

use std::collections::VecDeque;
use std::time::Duration;

use switchboard_domain::rules::NumberLimits;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::phone_numbers::OwnNumberRow;

/// Level STANDARD (account.md §9).
pub const STANDARD_PER_SECOND: f64 = 80.0;
/// Level HIGH (account.md §9).
pub const HIGH_PER_SECOND: f64 = 1000.0;
/// A number that the WhatsApp Business app uses too, whatever its level (account.md §5).
pub const BUSINESS_APP_PER_SECOND: f64 = 20.0;

/// A claim takes at most this much of sending (P2).
pub const CLAIM_WORTH: Duration = Duration::from_millis(250);

/// A claim is worth this much of sending at least: fewer transactions and syncs for the same messages.
const LEAST_WORTH: Duration = Duration::from_millis(100);

/// Gentlest pace after throttling, as a share of the limit.
const LOWEST_FACTOR: f64 = 0.05;
/// How long without throttling before the pace recovers a step.
const RECOVERY_STEP: Duration = Duration::from_secs(10);
/// How much of the present pace a step brings back.
const RECOVERY_GROWTH: f64 = 1.1;

/// Messages per second, in and out together, that Meta grants a number (account.md §9): by its level, as the API named it
/// last, and by whether the WhatsApp Business app uses it too.
pub fn level_of(number: &OwnNumberRow) -> f64 {
    let on_business_app = serde_json::from_str::<serde_json::Value>(&number.raw)
        .is_ok_and(|node| node.get("is_on_biz_app").and_then(serde_json::Value::as_bool) == Some(true));
    level_per_second(number.throughput_level.as_deref(), on_business_app)
}

/// What a level that the API names is worth; one that it does not name is the lowest that every number has.
pub fn level_per_second(throughput_level: Option<&str>, on_business_app: bool) -> f64 {
    if on_business_app {
        return BUSINESS_APP_PER_SECOND;
    }
    match throughput_level.map(str::to_ascii_uppercase).as_deref() {
        Some("HIGH") => HIGH_PER_SECOND,
        _ => STANDARD_PER_SECOND,
    }
}

/// What a number's level leaves for what goes out: it counts what comes in too (account.md §9), so that as much of it is
/// left alone as came in during the busiest second of late, and one more: a sliding second may hold one more than any whole
/// one. A tenth of the level is used whatever comes in.
pub fn beside_inbound(level: f64, inbound: u32) -> f64 {
    let left_alone = if inbound == 0 { 0.0 } else { f64::from(inbound) + 1.0 };
    (level - left_alone).max(level / 10.0)
}

/// The portfolio's limit of people per 24 hours (account.md §7); `None` = unlimited or not reported.
pub fn people_per_day(messaging_limit: Option<&str>) -> Option<u64> {
    let tier = messaging_limit?.to_ascii_uppercase();
    let figure = tier.strip_prefix("TIER_")?;
    match figure.strip_suffix('K') {
        Some(thousands) => thousands.parse::<u64>().ok().map(|n| n.saturating_mul(1000)),
        None => figure.parse().ok(),
    }
}

/// Messages per second of one number: as its level allows and no faster than the operator wants, for all numbers or for
/// this one. A practice account may be given any pace.
pub fn of_number(practice: bool, level: f64, operator_max: Option<u32>, own: NumberLimits, given: Option<f64>) -> f64 {
    let lowest = operator_max.into_iter().chain(own.per_second).min();
    let wanted = lowest.map_or(level, |most| level.min(f64::from(most.max(1))));
    given.filter(|_| practice).unwrap_or(wanted)
}

/// The portfolio's limit as its numbers repeat it (account.md §7); where they differ the lowest counts.
pub fn of_portfolio<'a>(limits: impl IntoIterator<Item = Option<&'a str>>) -> Option<u64> {
    limits.into_iter().filter_map(people_per_day).min()
}

/// What marketing may use of the portfolio's limit when a share of it is kept for utility.
pub const fn without_reserve(limit: u64, reserve_percent: u32) -> u64 {
    let percent = if reserve_percent > 100 { 100 } else { reserve_percent };
    limit - limit * percent as u64 / 100
}

/// One message of a number to one person in so long (account.md §9).
pub const PAIR_EVERY: Duration = Duration::from_secs(6);
/// So many may leave at once, and then none until they would have had their time (account.md §9).
pub const PAIR_BURST: u32 = 45;
/// Messages to a person that are older than this say nothing about the pair any more.
pub const PAIR_MEMORY: Duration = PAIR_EVERY.saturating_mul(PAIR_BURST);

/// When the next message of a number to one person may leave, given when the earlier ones did; `None` = now. A
/// conversation may use the burst; a campaign leaves six seconds after whatever was sent before too.
pub fn pair_free_at(earlier: &[UnixMillis], in_burst: bool, now: UnixMillis) -> Option<UnixMillis> {
    let kept = usize::try_from(PAIR_BURST).unwrap_or(usize::MAX);
    let burst = earlier.len().checked_sub(kept).and_then(|i| earlier.get(i));
    let last = earlier.last().filter(|_| !in_burst);
    // A time that lies ahead was written before a clock was set: nobody waits longer than the limit itself.
    let free = |at: Option<&UnixMillis>, every: Duration| at.map(|at| at.plus(every).min(now.plus(every)));
    free(burst, PAIR_MEMORY).max(free(last, PAIR_EVERY)).filter(|at| *at > now)
}

/// The stretch of time that the limit speaks of.
const WINDOW: Duration = Duration::from_secs(1);
/// Share of the limit that is aimed at; the rest is for starts that come a little late.
const AIM: f64 = 0.99;

/// The pace of one number. Times are a monotonic clock's.
#[derive(Clone, Debug)]
pub struct Bucket {
    limit: f64,
    factor: f64,
    tokens: f64,
    at: Duration,
    paused_until: Duration,
    throttled_at: Duration,
    /// Starts of the last second: when and how many.
    started: VecDeque<(Duration, u32)>,
    in_window: u32,
}

impl Bucket {
    /// For `limit` messages per second, at a pace that may have been slowed before.
    pub fn new(limit: f64, factor: f64, now: Duration) -> Self {
        Self {
            limit: limit.max(0.1),
            factor: factor.clamp(LOWEST_FACTOR, 1.0),
            tokens: 0.0,
            at: now,
            paused_until: now + WINDOW,
            throttled_at: now,
            started: VecDeque::new(),
            in_window: 0,
        }
    }

    /// Another limit from now on.
    pub fn set_limit(&mut self, limit: f64, now: Duration) {
        self.refill(now);
        self.limit = limit.max(0.1);
        self.tokens = self.tokens.min(self.capacity());
    }

    /// The present pace in messages per second.
    pub fn per_second(&self) -> f64 {
        (self.limit * self.factor * AIM).max(0.02)
    }

    /// How far it slowed down: 1 = not at all.
    pub const fn factor(&self) -> f64 {
        self.factor
    }

    /// A claim's worth: what a wake-up that comes late may catch up on.
    fn capacity(&self) -> f64 {
        (self.limit * self.factor * CLAIM_WORTH.as_secs_f64()).max(1.0)
    }

    /// What is waited for before something is claimed.
    fn least(&self) -> f64 {
        (self.per_second() * LEAST_WORTH.as_secs_f64()).floor().max(1.0)
    }

    /// Whole messages that a second may hold.
    fn most_in_window(&self) -> u32 {
        // A float to whole number: not negative, and far below the largest.
        (self.limit * self.factor).max(1.0).min(f64::from(u32::MAX)) as u32
    }

    fn refill(&mut self, now: Duration) {
        let now = now.max(self.at);
        let steps = (now.saturating_sub(self.throttled_at).as_secs_f64() / RECOVERY_STEP.as_secs_f64()).floor();
        if steps >= 1.0 && self.factor < 1.0 {
            self.factor = (self.factor * RECOVERY_GROWTH.powf(steps)).min(1.0);
            self.throttled_at = now;
        }
        self.tokens = (self.tokens + (now - self.at).as_secs_f64() * self.per_second()).min(self.capacity());
        self.at = now;
        while let Some((at, messages)) = self.started.front().copied() {
            if now.saturating_sub(at) < WINDOW {
                break;
            }
            self.in_window = self.in_window.saturating_sub(messages);
            self.started.pop_front();
        }
    }

    /// How many messages may be claimed now.
    pub fn available(&mut self, now: Duration) -> u32 {
        self.refill(now);
        if now < self.paused_until || self.tokens < self.least() {
            return 0;
        }
        (self.tokens as u32).min(self.most_in_window().saturating_sub(self.in_window))
    }

    /// Takes what was claimed. A reply is never held back: it may take what is not there, and others wait for it.
    pub fn take(&mut self, messages: u32, now: Duration) {
        if messages == 0 {
            return;
        }
        self.refill(now);
        self.tokens -= f64::from(messages);
        self.in_window = self.in_window.saturating_add(messages);
        self.started.push_back((self.at, messages));
    }

    /// What was taken at `taken` started by `now`: a second is full from then on, however long the claim took.
    pub fn started(&mut self, taken: Duration, now: Duration) {
        for (at, _) in self.started.iter_mut().rev().take_while(|(at, _)| *at >= taken) {
            *at = (*at).max(now);
        }
    }

    /// What is left of a pause.
    pub fn pause_left(&self, now: Duration) -> Duration {
        self.paused_until.saturating_sub(now)
    }

    /// When the next message may be claimed, as a wait from `now`.
    pub fn wait(&mut self, now: Duration) -> Duration {
        self.refill(now);
        let missing = (self.least() - self.tokens).max(0.0);
        let tokens = Duration::from_secs_f64((missing / self.per_second()).min(3600.0));
        let window = match self.started.front() {
            Some((at, _)) if self.in_window >= self.most_in_window() => (*at + WINDOW).saturating_sub(now),
            _ => Duration::ZERO,
        };
        self.pause_left(now).max(tokens).max(window)
    }

    /// Meta said that it was too fast (130429): half the pace, and a pause.
    pub fn throttled(&mut self, pause: Duration, now: Duration) {
        self.refill(now);
        // Answers of one burst arrive together and are one warning.
        if now.saturating_sub(self.throttled_at) >= Duration::from_millis(500) || self.factor >= 1.0 {
            self.factor = (self.factor / 2.0).max(LOWEST_FACTOR);
            self.throttled_at = now;
        }
        self.tokens = self.tokens.min(0.0);
        self.pause(pause, now);
    }

    /// Nothing is claimed for a while.
    pub fn pause(&mut self, pause: Duration, now: Duration) {
        self.paused_until = self.paused_until.max(now + pause);
    }
}

/// A wait with up to a quarter more, so that rows which waited together do not come back together.
/// `dice` is any number from 0 to 1.
pub fn with_jitter(wait: Duration, dice: f64) -> Duration {
    wait.mul_f64(1.0 + 0.25 * dice.clamp(0.0, 1.0))
}

#[cfg(test)]
#[path = "pacing_properties.rs"]
mod properties;

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_tiers_of_meta_are_numbers_of_people() {
        for (tier, people) in [
            (Some("TIER_250"), Some(250)),
            (Some("TIER_2K"), Some(2_000)),
            (Some("TIER_100K"), Some(100_000)),
            (Some("TIER_UNLIMITED"), None),
            (Some("TIER_NOT_SET"), None),
            (Some("UNTIERED"), None),
            (None, None),
        ] {
            assert_eq!(people_per_day(tier), people, "{tier:?}");
        }
    }

    #[test]
    fn a_number_sends_as_fast_as_its_level_and_an_operator_may_ask_for_less() {
        let levels = [(Some("HIGH"), false, 1000.0), (Some("STANDARD"), false, 80.0), (None, false, 80.0)];
        for (named, on_business_app, level) in levels.into_iter().chain([(Some("HIGH"), true, 20.0)]) {
            assert_eq!(level_per_second(named, on_business_app), level, "{named:?}");
        }
        let own = NumberLimits { per_second: Some(12), ..NumberLimits::default() };
        assert_eq!(of_number(false, 1000.0, None, NumberLimits::default(), None), 1000.0);
        assert_eq!(of_number(false, 80.0, Some(5), own, None), 5.0);
        assert_eq!(of_number(false, 80.0, Some(50), own, None), 12.0);
        assert_eq!(of_number(false, 80.0, None, own, Some(9000.0)), 12.0, "a real account is given no other pace");
        assert_eq!(of_number(true, 80.0, None, own, Some(9000.0)), 9000.0);
    }

    #[test]
    fn what_starts_late_counts_from_when_it_started() {
        let mut b = Bucket::new(80.0, 1.0, Duration::ZERO);
        let claimed = Duration::from_secs(2);
        b.take(20, claimed);
        let started = claimed + Duration::from_millis(300);
        b.started(claimed, started);
        for later_ms in [300, 600, 900] {
            let at = claimed + Duration::from_millis(later_ms);
            let n = b.available(at);
            b.take(n, at);
        }
        assert_eq!(b.available(claimed + Duration::from_millis(1_299)), 0, "80 started since");
        assert!(b.available(started + Duration::from_secs(1)) > 0);
    }

    #[test]
    fn throttling_halves_the_pace_once_per_burst_and_it_recovers_gently() {
        let mut b = Bucket::new(80.0, 1.0, Duration::ZERO);
        let at = Duration::from_secs(1);
        for _ in 0..20 {
            b.throttled(Duration::from_secs(1), at);
        }
        assert!((b.factor() - 0.5).abs() < 1e-9, "{}", b.factor());
        assert_eq!(b.available(at + Duration::from_millis(900)), 0, "paused");
        b.available(at + Duration::from_secs(10));
        assert!(b.factor() > 0.5 && b.factor() < 0.6);
        b.available(at + Duration::from_secs(300));
        assert!((b.factor() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_mean_stays_near_the_limit_even_if_woken_late() {
        for (late_ms, least) in [(0u64, 1_568), (5, 1_560), (30, 1_500), (120, 1_400)] {
            let mut b = Bucket::new(80.0, 1.0, Duration::ZERO);
            let mut sent = 0;
            let mut now = Duration::from_secs(1);
            while now < Duration::from_secs(21) {
                let n = b.available(now);
                b.take(n, now);
                sent += n;
                now += b.wait(now) + Duration::from_millis(late_ms) + Duration::from_micros(100);
            }
            assert!((least..=1_604).contains(&sent), "{sent} when woken {late_ms} ms late");
        }
    }

    #[test]
    fn it_begins_with_a_second_of_rest() {
        let mut b = Bucket::new(80.0, 1.0, Duration::from_secs(5));
        assert_eq!(b.available(Duration::from_millis(5_999)), 0);
        assert_eq!(b.available(Duration::from_secs(6)), 20, "250 ms worth");
    }

    #[test]
    fn a_reply_takes_what_is_not_there_and_campaigns_wait_for_it() {
        let mut b = Bucket::new(20.0, 1.0, Duration::ZERO);
        let at = Duration::from_secs(2);
        b.take(25, at);
        assert_eq!(b.available(at + Duration::from_millis(900)), 0);
        assert!(b.wait(at) >= Duration::from_millis(900));
        assert!(b.available(at + Duration::from_millis(2_100)) > 0);
    }

    proptest! {
        #[test]
        fn no_sliding_second_holds_more_than_the_limit(
            limit in 1u32..300,
            steps in proptest::collection::vec((0u64..400_000, any::<bool>()), 1..200),
        ) {
            let mut b = Bucket::new(f64::from(limit), 1.0, Duration::ZERO);
            let mut now = Duration::ZERO;
            let mut starts: Vec<Duration> = Vec::new();
            for (micros, throttle) in steps {
                now += Duration::from_micros(micros);
                if throttle && micros % 7 == 0 { b.throttled(Duration::from_millis(10), now); }
                let n = b.available(now);
                b.take(n, now);
                starts.extend(std::iter::repeat_n(now, n as usize));
            }
            let mut from = 0;
            for (i, t) in starts.iter().enumerate() {
                while *t - starts[from] >= Duration::from_secs(1) { from += 1; }
                prop_assert!(i + 1 - from <= limit as usize, "{} in a second at limit {limit}", i + 1 - from);
            }
        }
    }
}
