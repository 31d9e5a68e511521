//! The sender's own time: the relay's clock as it was heard last, carried on by the monotonic clock.
//!
//! This machine's wall clock can be set at any moment, a day back or hours ahead. Waits of rows, quiet hours, daily
//! windows and caps must neither stall nor end early by that (P8), so that they are kept and compared in this time.
//! Until the relay told its time it is the wall's; campaigns wait for the relay anyway.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use switchboard_domain::time::{Clock, SharedClock, UnixMillis};
use switchboard_relay_api::RelayState;
use tokio::time::Instant;

/// A clock that nobody can set on this machine.
pub(super) struct TrueClock {
    machine: SharedClock,
    /// What time it was, and the monotonic clock then.
    anchor: Mutex<Option<(UnixMillis, Duration)>>,
}

impl TrueClock {
    /// The wall clock until [`TrueClock::hear`].
    pub(super) fn new(machine: SharedClock) -> Arc<Self> {
        Arc::new(Self { machine, anchor: Mutex::new(None) })
    }

    /// Takes in what the relay told. Its time holds for the moment at which it was heard; the wall clock may have been
    /// set since.
    pub(super) fn hear(&self, link: Option<&RelayState>) {
        let told = link.and_then(|link| Some((link.last_heard?, link.clock_offset_ms?)));
        let Some((heard, offset_ms)) = told else { return };
        let then = UnixMillis::new(heard.wall_ms.saturating_add(offset_ms));
        let now = then.plus(Instant::now().saturating_duration_since(heard.at));
        *self.anchor.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, self.machine.monotonic()));
    }
}

impl Clock for TrueClock {
    fn now(&self) -> UnixMillis {
        match *self.anchor.lock().unwrap_or_else(PoisonError::into_inner) {
            Some((then, mono)) => then.plus(self.machine.monotonic().saturating_sub(mono)),
            None => self.machine.now(),
        }
    }

    fn monotonic(&self) -> Duration {
        self.machine.monotonic()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI64, Ordering};
    use switchboard_relay_api::{Heard, RelaySeq};

    struct Machine {
        wall_ms: AtomicI64,
        mono_ms: AtomicI64,
    }

    impl Clock for Machine {
        fn now(&self) -> UnixMillis {
            UnixMillis::new(self.wall_ms.load(Ordering::SeqCst))
        }
        fn monotonic(&self) -> Duration {
            Duration::from_millis(u64::try_from(self.mono_ms.load(Ordering::SeqCst)).unwrap_or(0))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_wall_clock_that_is_set_moves_nothing() {
        let machine = Arc::new(Machine { wall_ms: AtomicI64::new(1_000_000), mono_ms: AtomicI64::new(50) });
        let clock = TrueClock::new(machine.clone());
        assert_eq!(clock.now().as_ms(), 1_000_000, "the wall's until the relay is heard");
        let mut link = RelayState::new("till", RelaySeq::new(1));
        link.last_heard = Some(Heard { at: Instant::now(), wall_ms: 1_000_000 });
        link.clock_offset_ms = Some(7_000);
        clock.hear(Some(&link));
        machine.mono_ms.store(1_050, Ordering::SeqCst);
        for set_to in [1_001_000, 1_001_000 - 86_400_000, 1_001_000 + 3_600_000] {
            machine.wall_ms.store(set_to, Ordering::SeqCst);
            assert_eq!(clock.now().as_ms(), 1_008_000);
        }
        // The link still has what it heard before the clock was set.
        tokio::time::advance(Duration::from_secs(2)).await;
        machine.mono_ms.store(2_050, Ordering::SeqCst);
        clock.hear(Some(&link));
        assert_eq!(clock.now().as_ms(), 1_009_000);
        clock.hear(None);
        assert_eq!(clock.now().as_ms(), 1_009_000, "a link that is gone changes nothing");
    }
}
