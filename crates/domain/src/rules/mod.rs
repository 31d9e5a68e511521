//! Rules of the operator for campaigns (consent-rules.md rule 5): quiet hours where the recipient is, a frequency cap,
//! daily windows, schedules. Pure functions of the time; the engine asks them inside the claim.

mod campaign;
mod hours;
mod number;
mod zones;

pub use campaign::{CampaignRules, Late, LocalMoment, MISSED_AFTER, Named, Schedule, ScheduleError};
pub use hours::{Hours, HoursError, QuietUntil, closed_until, quiet_until, reached_at};
pub use number::{NumberLimits, WarmUp};
pub use zones::{Place, zone, zones_of};

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::UnixMillis;

const DAY: Duration = Duration::from_secs(86_400);

/// How often one person may be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrequencyCap {
    /// At most so many messages …
    pub messages: u32,
    /// … in so many days, a sliding stretch.
    pub days: u32,
}

impl FrequencyCap {
    /// Messages from then on count at `now`.
    pub fn since(self, now: UnixMillis) -> UnixMillis {
        now.minus(DAY.saturating_mul(self.days))
    }

    /// When the next message is allowed, given when the earlier ones left; `None` = now.
    pub fn allowed_at(self, sent: &[UnixMillis], now: UnixMillis) -> Option<UnixMillis> {
        let mut counted: Vec<UnixMillis> = sent.iter().copied().filter(|at| *at > self.since(now)).collect();
        counted.sort_unstable_by(|a, b| b.cmp(a));
        let nth = usize::try_from(self.messages).unwrap_or(usize::MAX).checked_sub(1)?;
        // As soon as the oldest of the newest n falls out of the stretch there is room for one more.
        counted.get(nth).map(|at| at.plus(DAY.saturating_mul(self.days)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn whoever_keeps_to_the_cap_never_exceeds_it_in_any_stretch(
            messages in 1u32..4, days in 1u32..8, tries in proptest::collection::vec(0i64..30 * 86_400_000, 1..40),
        ) {
            let cap = FrequencyCap { messages, days };
            let mut tries = tries;
            tries.sort_unstable();
            let mut sent: Vec<UnixMillis> = Vec::new();
            for at in tries {
                let now = UnixMillis::new(at);
                match cap.allowed_at(&sent, now) {
                    None => sent.push(now),
                    Some(later) => {
                        prop_assert!(later > now);
                        prop_assert_eq!(cap.allowed_at(&sent, later), None, "allowed at the time that was named");
                    }
                }
            }
            for last in &sent {
                let within = sent.iter().filter(|at| **at > cap.since(*last) && *at <= last).count();
                prop_assert!(within <= messages as usize);
            }
        }
    }
}
