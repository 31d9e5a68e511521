//! Three times in one clock: what the world's clock says, what this machine's wall says, and the time it was awake.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use switchboard_domain::time::{Clock, UnixMillis};

/// 2026-11-22T00:00:00Z.
pub const BEGIN_MS: i64 = 1_795_305_600_000;

/// The machine's clocks as a run moves them.
#[derive(Default)]
pub struct SimClock {
    world_ms: AtomicI64,
    wall_off_by_ms: AtomicI64,
    asleep_ms: AtomicI64,
}

impl SimClock {
    /// Milliseconds of the world since the run began.
    pub fn world_ms(&self) -> i64 {
        self.world_ms.load(Ordering::SeqCst)
    }

    /// Unix time of the world, in milliseconds: Meta's and the relay's.
    pub fn world_unix_ms(&self) -> i64 {
        BEGIN_MS + self.world_ms()
    }

    /// Time goes on, and the machine is awake or asleep.
    pub fn advance(&self, by_ms: i64, awake: bool) {
        self.world_ms.fetch_add(by_ms, Ordering::SeqCst);
        if !awake {
            self.asleep_ms.fetch_add(by_ms, Ordering::SeqCst);
        }
    }

    /// Somebody sets the machine's wall clock this far off the world's.
    pub fn set_wall_off_by(&self, ms: i64) {
        self.wall_off_by_ms.store(ms, Ordering::SeqCst);
    }

    /// How far the wall clock is off.
    pub fn wall_off_by(&self) -> i64 {
        self.wall_off_by_ms.load(Ordering::SeqCst)
    }
}

impl Clock for SimClock {
    fn now(&self) -> UnixMillis {
        UnixMillis::new(self.world_unix_ms() + self.wall_off_by())
    }

    fn monotonic(&self) -> Duration {
        let awake = self.world_ms() - self.asleep_ms.load(Ordering::SeqCst);
        Duration::from_millis(u64::try_from(awake).unwrap())
    }
}
