//! How long to wait before the next attempt. Pure: the caller brings the random number.

use std::time::Duration;

/// Doubling waits with jitter, so that the consoles of a restarted relay do not come back in one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Wait after the first failure, before jitter.
    pub first: Duration,
    /// Longest wait, before jitter.
    pub max: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_millis(500), max: Duration::from_secs(30) }
    }
}

impl Backoff {
    /// The wait before attempt number `attempt` (0 is the first retry). `jitter` lies in 0..1; the result lies between
    /// half of the doubled wait and all of it.
    pub fn delay(&self, attempt: u32, jitter: f64) -> Duration {
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(attempt)).min(self.max);
        let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 1.0 };
        doubled.mul_f64(0.5 + jitter / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_limit() {
        let backoff = Backoff::default();
        let waits: Vec<u128> = (0..9).map(|attempt| backoff.delay(attempt, 1.0).as_millis()).collect();
        assert_eq!(waits, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    }

    #[test]
    fn jitter_takes_off_at_most_half() {
        let backoff = Backoff::default();
        assert_eq!(backoff.delay(1, 0.0), Duration::from_millis(500));
        assert_eq!(backoff.delay(1, 0.5), Duration::from_millis(750));
    }

    #[test]
    fn endless_attempts_and_odd_jitter_stay_in_range() {
        let backoff = Backoff::default();
        for jitter in [f64::NAN, f64::INFINITY, -3.0, 7.0] {
            let wait = backoff.delay(u32::MAX, jitter);
            assert!(wait >= backoff.max / 2 && wait <= backoff.max, "{wait:?}");
        }
    }
}
