//! The operator's own lower limits of a sending number, and the warm-up of a new one: fewer people in the first days,
//! more from stage to stage, so that a number earns its quality rating before it is used in full.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::UnixMillis;

const DAY: Duration = Duration::from_secs(86_400);

/// Stages of a warm-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarmUp {
    /// When it began.
    pub from: UnixMillis,
    /// People on the first day.
    pub first_day: u32,
    /// Each day as many as the day before times this, in percent: 200 doubles.
    pub percent: u32,
    /// Days that it takes; after that it ends by itself.
    pub days: u32,
}

impl WarmUp {
    /// Its day at `now`, from 1, and the people allowed on it; `None` = it is over. It began when it was set: a moment
    /// before that means a clock that was set back, and counts as the first day.
    pub fn stage(self, now: UnixMillis) -> Option<(u32, u64)> {
        let now = now.max(self.from);
        let day = u32::try_from(now.since(self.from).as_secs() / DAY.as_secs()).unwrap_or(u32::MAX);
        if day >= self.days {
            return None;
        }
        let mut people = f64::from(self.first_day);
        for _ in 0..day.min(60) {
            people *= f64::from(self.percent.max(100)) / 100.0;
        }
        // Not negative, and far below what a whole number holds.
        Some((day + 1, people.min(1e9) as u64))
    }
}

/// The operator's own lower limits of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberLimits {
    /// Messages per second.
    pub per_second: Option<u32>,
    /// People of campaigns per 24 hours.
    pub per_day: Option<u32>,
    /// Warm-up.
    pub warm_up: Option<WarmUp>,
}

impl WarmUp {
    /// When the stage after that of `now` begins, if one does: the next day of it, or its end.
    pub fn next_stage(self, now: UnixMillis) -> Option<UnixMillis> {
        let (day, _) = self.stage(now)?;
        Some(self.from.plus(DAY.saturating_mul(day)))
    }
}

impl NumberLimits {
    /// People of campaigns per 24 hours at `now`; `None` = as many as Meta allows.
    pub fn people_per_day(self, now: UnixMillis) -> Option<u64> {
        let stage = self.warm_up.and_then(|w| w.stage(now)).map(|(_, people)| people);
        match (self.per_day.map(u64::from), stage) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warm_up_doubles_from_day_to_day_and_ends_by_itself() {
        let from = UnixMillis::new(1_795_305_600_000);
        let warm_up = WarmUp { from, first_day: 50, percent: 200, days: 4 };
        let on = |days: u32| warm_up.stage(from.plus(DAY * days));
        assert_eq!(warm_up.next_stage(from.plus(DAY / 2)), Some(from.plus(DAY)));
        assert_eq!(
            (warm_up.next_stage(from.plus(DAY * 3)), warm_up.next_stage(from.plus(DAY * 4))),
            (Some(from.plus(DAY * 4)), None)
        );
        assert_eq!([on(0), on(1), on(3), on(4)], [Some((1, 50)), Some((2, 100)), Some((4, 400)), None]);
        assert_eq!(warm_up.stage(from.minus(DAY)), Some((1, 50)), "the clock was set back");
    }

    #[test]
    fn the_lower_of_limit_and_stage_holds() {
        let from = UnixMillis::new(0);
        let limits = NumberLimits {
            per_second: None,
            per_day: Some(80),
            warm_up: Some(WarmUp { from, first_day: 50, percent: 200, days: 4 }),
        };
        assert_eq!(limits.people_per_day(from), Some(50));
        assert_eq!(limits.people_per_day(from.plus(DAY)), Some(80));
        assert_eq!(NumberLimits::default().people_per_day(from), None);
    }
}
