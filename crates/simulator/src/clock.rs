//! Simulated time: the wall clock plus whatever a test advanced it by.
//!
//! The speed factor does not bend the clock, it shortens the crowd's delays: timestamps in
//! webhooks would otherwise run ahead of the console's own clock.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// The clock of one practice account.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    advanced_ms: AtomicI64,
}

impl Clock {
    /// A clock that was advanced by `advanced_ms` in an earlier run.
    pub(crate) fn new(advanced_ms: i64) -> Self {
        Self { advanced_ms: AtomicI64::new(advanced_ms) }
    }

    /// Simulated time in milliseconds since 1970, UTC.
    pub(crate) fn now_ms(&self) -> i64 {
        let wall = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX));
        wall.saturating_add(self.advanced_ms.load(Ordering::Relaxed))
    }

    /// Moves time forward (or, for clock-change tests, back) and says the total shift.
    pub(crate) fn advance(&self, by_ms: i64) -> i64 {
        self.advanced_ms.fetch_add(by_ms, Ordering::Relaxed).saturating_add(by_ms)
    }
}

/// Whole seconds of a millisecond time, as webhooks carry them.
pub(crate) fn seconds(ms: i64) -> i64 {
    ms.div_euclid(1000)
}

/// The value of an HTTP `Date` header for a simulated time.
pub(crate) fn http_date(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map_or_else(
        |_| String::from("Thu, 01 Jan 1970 00:00:00 GMT"),
        |at| at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
    )
}

/// Graph's own date form, `2026-11-22T15:00:00+0000`.
pub(crate) fn graph_date(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .map_or_else(|_| String::new(), |at| at.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string())
}
