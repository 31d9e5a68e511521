//! Throughput, pair rate, call budget and the portfolio messaging limit (account.md §7 and §9).

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::model::customer::Customer;
use crate::world::Reached;

/// One message per 6 s to one person …
const PAIR_MS: i64 = 6_000;
/// … with bursts of 45 that are paid back afterwards.
const PAIR_BURST: i64 = 45;
/// Management calls per hour once the account is active with a registered number …
const CALLS_PER_HOUR: i64 = 5_000;
/// … and before.
const CALLS_PER_HOUR_BEFORE: i64 = 200;

/// The hourly budget of management calls (account.md §9).
pub(crate) fn calls_per_hour(active: bool) -> i64 {
    if active { CALLS_PER_HOUR } else { CALLS_PER_HOUR_BEFORE }
}

/// The counters of one practice account.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    /// Per number: when its bucket is empty again, in microseconds.
    free_at_us: HashMap<String, i64>,
    pub(crate) reached: Reached,
    calls: (i64, i64),
    created: (i64, i64),
    service: (i64, u32),
    /// A higher messaging limit is on its way.
    pub(crate) upgrade_planned: bool,
}

impl Limits {
    /// Takes one message of the number's throughput; false when it is used up.
    pub(crate) fn take_throughput(&mut self, number: &str, per_s: i64, now_ms: i64) -> bool {
        let now = now_ms.saturating_mul(1000);
        let each = 1_000_000_i64.checked_div(per_s).unwrap_or(1_000_000);
        if let Some(free) = self.free_at_us.get_mut(number) {
            let start = (*free).max(now);
            if start.saturating_sub(now) > 1_000_000 {
                return false;
            }
            *free = start.saturating_add(each);
        } else {
            self.free_at_us.insert(number.to_owned(), now.saturating_add(each));
        }
        true
    }

    /// Counts one management call; false when the hour's budget is used up.
    pub(crate) fn take_call(&mut self, budget: i64, now_ms: i64) -> bool {
        let hour = now_ms.div_euclid(3_600_000);
        if self.calls.0 != hour {
            self.calls = (hour, 0);
        }
        self.calls.1 = self.calls.1.saturating_add(1);
        self.calls.1 <= budget
    }

    /// Counts one template creation; false beyond 100 an hour (templates.md §1.3).
    pub(crate) fn take_creation(&mut self, now_ms: i64) -> bool {
        let hour = now_ms.div_euclid(3_600_000);
        if self.created.0 != hour {
            self.created = (hour, 0);
        }
        self.created.1 = self.created.1.saturating_add(1);
        self.created.1 <= 100
    }

    /// Minutes until the call budget is whole again.
    pub(crate) fn minutes_left(&self, now_ms: i64) -> i64 {
        60_i64.saturating_sub(now_ms.rem_euclid(3_600_000) / 60_000)
    }

    /// The `X-Business-Use-Case-Usage` header.
    pub(crate) fn usage(&self, waba_id: &str, budget: i64, now_ms: i64) -> Value {
        let used = if self.calls.0 == now_ms.div_euclid(3_600_000) { self.calls.1 } else { 0 };
        let percent = used.saturating_mul(100).checked_div(budget).unwrap_or(100);
        let regain = if used > budget { self.minutes_left(now_ms) } else { 0 };
        json!({waba_id: [{"type": "whatsapp", "call_count": percent, "total_cputime": percent / 2, "total_time": percent / 2, "estimated_time_to_regain_access": regain}]})
    }

    /// Counts a service message of this month; true while it is in the free tier (pricing.md §1).
    pub(crate) fn service_is_free(&mut self, now_ms: i64) -> bool {
        let month = jiff::Timestamp::from_millisecond(now_ms).map_or(0, |at| {
            let date = at.to_zoned(jiff::tz::TimeZone::UTC).date();
            i64::from(date.year()) * 12 + i64::from(date.month())
        });
        if self.service.0 != month {
            self.service = (month, 0);
        }
        self.service.1 = self.service.1.saturating_add(1);
        self.service.1 <= 1000
    }
}

/// Takes one message of the pair's rate; false when the burst is used up.
pub(crate) fn take_pair(customer: &mut Customer, now_ms: i64) -> bool {
    let start = customer.pair_free_at_ms.max(now_ms);
    if start.saturating_sub(now_ms) > PAIR_MS * (PAIR_BURST - 1) {
        return false;
    }
    customer.pair_free_at_ms = start.saturating_add(PAIR_MS);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_takes_a_burst_of_45_and_then_one_per_six_seconds() {
        let mut person = Customer::meet(1, "14165550123");
        assert_eq!((0..60).filter(|_| take_pair(&mut person, 1_000)).count(), 45);
        assert!(!take_pair(&mut person, 6_000));
        assert!(take_pair(&mut person, 7_000));
    }

    #[test]
    fn throughput_lets_a_second_of_messages_ahead_and_no_more() {
        let mut limits = Limits::default();
        let passed = (0..400).filter(|_| limits.take_throughput("1", 80, 5_000)).count();
        assert!((80..=82).contains(&passed), "{passed}");
        assert!(limits.take_throughput("1", 80, 6_000));
    }

    #[test]
    fn the_portfolio_limit_counts_people_not_messages() {
        let mut reached = Reached::default();
        assert!(reached.admit(1, 0, Some(2)) && reached.admit(1, 1, Some(2)) && reached.admit(2, 2, Some(2)));
        assert!(!reached.admit(3, 3, Some(2)));
        assert!(reached.admit(3, DAY, Some(2)), "the first person left the window");
    }

    const DAY: i64 = 86_400_000;
}
