//! The 24 hours of the people limit, by a clock that nobody can set on this machine (P8).
//!
//! When a message was accepted is kept by this machine's wall clock. Set ahead, 24 hours of it are fewer in truth, and
//! people would be forgotten too early. The relay's clock tells by how much: the look back is that much longer until a
//! day has passed in truth. A clock set back makes it longer than needed, which harms nobody.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use switchboard_domain::time::UnixMillis;

/// Where it is kept in `meta`.
pub(super) const KEY: &str = "clock_reference";

const DAY: Duration = Duration::from_secs(86_400);
/// A smaller difference between two readings is drift and the way to the relay, no clock that was set.
const TOLERANCE_MS: i64 = 5_000;
/// For what is within the tolerance, and for Meta's times in whole seconds.
const MARGIN: Duration = Duration::from_secs(10);

/// How this machine's clock stood beside the relay's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reference {
    /// The relay's clock minus this machine's, when it last changed.
    offset_ms: Option<i64>,
    /// When, by the relay's clock, this machine's was set ahead, and by how much.
    ahead: Vec<(i64, i64)>,
}

/// A smaller difference of the two clocks moves no quiet hour, plan or month by more than people forgive.
const WRONG_FROM_MS: i64 = 10 * 60_000;

/// By how much this machine's clock is ahead of the relay's (negative: behind), if that is too much to keep times by.
pub(super) fn wrong_by(offset_ms: i64) -> Option<i64> {
    (offset_ms.unsigned_abs() >= WRONG_FROM_MS.unsigned_abs()).then_some(offset_ms.saturating_neg())
}

impl Reference {
    /// Takes in the relay's clock minus this machine's; `true` when this machine's was set, so that the people of the
    /// day are to be counted again and this is to be kept.
    pub(super) fn see(&mut self, offset_ms: i64, wall: UnixMillis) -> bool {
        let relay_ms = wall.as_ms().saturating_add(offset_ms);
        let set_ahead_ms = match self.offset_ms {
            Some(before) => before.saturating_sub(offset_ms),
            None => {
                self.offset_ms = Some(offset_ms);
                return true;
            }
        };
        if set_ahead_ms.abs() <= TOLERANCE_MS {
            return false;
        }
        let day_ms = i64::try_from(DAY.as_millis()).unwrap_or(i64::MAX);
        self.ahead.retain(|(at, _)| relay_ms.saturating_sub(*at) <= day_ms);
        if set_ahead_ms > 0 {
            self.ahead.push((relay_ms, set_ahead_ms));
        }
        self.offset_ms = Some(offset_ms);
        true
    }

    /// Whether the relay's clock was ever heard here.
    pub(super) const fn is_known(&self) -> bool {
        self.offset_ms.is_some()
    }

    /// How far to look back by this machine's clock, so that the last 24 hours are in it.
    pub(super) fn look_back(&self, wall: UnixMillis) -> Duration {
        let offset_ms = self.offset_ms.unwrap_or(0);
        let relay_ms = wall.as_ms().saturating_add(offset_ms);
        let day_ms = i64::try_from((DAY + MARGIN).as_millis()).unwrap_or(i64::MAX);
        let recent = self.ahead.iter().filter(|(at, _)| relay_ms.saturating_sub(*at) <= day_ms);
        let set_ahead_ms = recent.fold(0i64, |sum, (_, ms)| sum.saturating_add(*ms));
        // Times that Meta told stand in the store as they are: to a clock that runs ahead they are older.
        let ahead_ms = set_ahead_ms.max(offset_ms.saturating_neg()).max(0);
        DAY + MARGIN + Duration::from_millis(u64::try_from(ahead_ms).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR_MS: i64 = 3_600_000;

    #[test]
    fn a_right_clock_looks_back_a_day_and_drift_changes_nothing() {
        let mut r = Reference::default();
        assert!(r.see(40, UnixMillis::new(0)));
        assert!(!r.see(-900, UnixMillis::new(60_000)));
        assert_eq!(r.look_back(UnixMillis::new(60_000)), DAY + MARGIN);
    }

    #[test]
    fn a_clock_that_is_off_by_minutes_is_told_and_by_seconds_not() {
        assert_eq!([wrong_by(0), wrong_by(-30_000), wrong_by(599_000)], [None; 3]);
        assert_eq!(wrong_by(86_400_000), Some(-86_400_000), "a day behind the relay");
        assert_eq!(wrong_by(-3 * HOUR_MS), Some(3 * HOUR_MS));
    }

    proptest! {
        /// Whatever the clock was set to and however often: who was reached in the last 24 hours is looked back to.
        #[test]
        fn nobody_of_the_last_24_hours_is_forgotten(
            steps in proptest::collection::vec((0i64..20 * HOUR_MS, -30 * HOUR_MS..30 * HOUR_MS), 1..12),
        ) {
            let mut r = Reference::default();
            let (mut truth_ms, mut reached) = (100 * HOUR_MS, Vec::new());
            for (passed_ms, off_by_ms) in steps {
                truth_ms += passed_ms;
                let wall_ms = truth_ms + off_by_ms;
                r.see(-off_by_ms, UnixMillis::new(wall_ms));
                // Two people: of one our own clock tells when, of the other Meta.
                reached.extend([(truth_ms, wall_ms), (truth_ms, truth_ms)]);
                let back_ms = i64::try_from(r.look_back(UnixMillis::new(wall_ms)).as_millis()).unwrap_or(i64::MAX);
                for (at_ms, kept_ms) in &reached {
                    if truth_ms - at_ms < 24 * HOUR_MS {
                        prop_assert!(*kept_ms >= wall_ms - back_ms, "{} h ago", (truth_ms - at_ms) / HOUR_MS);
                    }
                }
            }
        }
    }
}
