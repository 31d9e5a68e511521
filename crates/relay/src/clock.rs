//! The time by which things are kept or let go: the wall clock, except right after it jumped.
//!
//! A virtual machine that was paused, a dead battery, a wrong word of a time server: wall clocks jump, and mostly back
//! again. What is dropped because a clock said that a year had passed does not come back. So a jump is believed only
//! once it has held for a day; until then time goes on as it went before.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A difference that time services make all the time.
const NO_JUMP: Duration = Duration::from_secs(5 * 60);

/// A jump that held for this long is the time.
const BELIEVED_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// A clock that does not jump.
pub(crate) struct SteadyClock {
    wall: fn() -> i64,
    state: Mutex<State>,
}

struct State {
    /// The believed time at `at`.
    anchor_ms: i64,
    at: Instant,
    jumped: Option<Instant>,
}

impl SteadyClock {
    /// Believes the wall clock as it stands now. Unix milliseconds UTC.
    pub(crate) fn new(wall: fn() -> i64) -> Self {
        Self { wall, state: Mutex::new(State { anchor_ms: wall(), at: Instant::now(), jumped: None }) }
    }

    /// What the wall clock says.
    pub(crate) fn wall_ms(&self) -> i64 {
        (self.wall)()
    }

    /// The believed time.
    pub(crate) fn now_ms(&self) -> i64 {
        self.believed(self.wall_ms(), Instant::now())
    }

    fn believed(&self, wall_ms: i64, now: Instant) -> i64 {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let since = now.saturating_duration_since(state.at);
        let expected_ms = state.anchor_ms.saturating_add(millis(since));
        let off = wall_ms.abs_diff(expected_ms);
        let held = state.jumped.map_or(Duration::ZERO, |jumped| now.saturating_duration_since(jumped));
        if u128::from(off) <= NO_JUMP.as_millis() || held >= BELIEVED_AFTER {
            *state = State { anchor_ms: wall_ms, at: now, jumped: None };
            return wall_ms;
        }
        if state.jumped.is_none() {
            tracing::warn!(
                off_s = off / 1_000,
                "the machine's clock jumped; what is kept goes by the time before, for a day"
            );
            state.jumped = Some(now);
        }
        expected_ms
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START_MS: i64 = 1_800_000_000_000;
    const YEAR_MS: i64 = 365 * 24 * 60 * 60 * 1000;

    fn clock() -> (SteadyClock, Instant) {
        let clock = SteadyClock::new(|| START_MS);
        let at = Instant::now();
        (clock, at)
    }

    #[test]
    fn a_jump_is_not_followed_and_its_end_changes_nothing() {
        for jump_ms in [YEAR_MS, -YEAR_MS] {
            let (clock, at) = clock();
            let hour = Duration::from_secs(3_600);
            let believed = clock.believed(START_MS + jump_ms + 3_600_000, at + hour);
            assert!((believed - START_MS - 3_600_000).abs() < 1_000, "time went on as before");
            assert_eq!(clock.believed(START_MS + 7_200_000, at + hour * 2), START_MS + 7_200_000);
        }
    }

    #[test]
    fn a_jump_that_holds_for_a_day_is_the_time() {
        let (clock, at) = clock();
        let hours = |n: u32| Duration::from_secs(3_600) * n;
        let later = |n: u32| START_MS + YEAR_MS + i64::from(n) * 3_600_000;
        clock.believed(later(1), at + hours(1));
        assert!(clock.believed(later(24), at + hours(24)) < START_MS + YEAR_MS);
        assert_eq!(clock.believed(later(26), at + hours(26)), later(26));
    }

    #[test]
    fn small_corrections_are_followed_at_once() {
        let (clock, at) = clock();
        assert_eq!(clock.believed(START_MS + 60_000, at), START_MS + 60_000);
        assert_eq!(clock.believed(START_MS - 60_000, at), START_MS - 60_000);
    }
}
