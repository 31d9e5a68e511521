//! Random draws that depend on nothing but their key, so that a person's fate is the same
//! whatever order messages arrive in, on every machine and in every version of a library.

use sha2::{Digest, Sha256};

/// A stream of draws for one key.
#[derive(Debug, Clone)]
pub(crate) struct Draw {
    state: u64,
}

impl Draw {
    /// The stream for `(seed, subject, n)`; `purpose` separates streams of one subject.
    pub(crate) fn new(seed: u64, purpose: &str, subject: &str, n: u64) -> Self {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        hash.update([0]);
        hash.update(purpose.as_bytes());
        hash.update([0]);
        hash.update(subject.as_bytes());
        hash.update([0]);
        hash.update(n.to_le_bytes());
        let digest = hash.finalize();
        let state = digest.iter().take(8).fold(0_u64, |all, byte| (all << 8) | u64::from(*byte));
        Self { state }
    }

    /// The next 64 bits (splitmix64).
    pub(crate) fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in `[0, 1)`.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with probability `p`.
    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Uniform in `from..=to`.
    pub(crate) fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = u64::try_from(to.saturating_sub(from)).unwrap_or(0).saturating_add(1);
        from.saturating_add(i64::try_from(self.bits() % span).unwrap_or(0))
    }

    /// A delay around `median_ms` with a long tail, as people have it; never above `cap_ms`.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "delays are far below 2^53 ms and capped"
    )]
    pub(crate) fn delay(&mut self, median_ms: i64, spread: f64, cap_ms: i64) -> i64 {
        // The sum of four uniforms is close enough to a bell for a delay.
        let bell = (self.unit() + self.unit() + self.unit() + self.unit() - 2.0) * 1.7;
        let ms = (median_ms as f64) * (bell * spread).exp();
        (ms as i64).clamp(1, cap_ms)
    }

    /// One of `choices`, or the default of an empty list.
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> Option<&'a T> {
        let len = u64::try_from(choices.len()).unwrap_or(0);
        if len == 0 {
            return None;
        }
        choices.get(usize::try_from(self.bits() % len).unwrap_or(0)).copied()
    }
}
