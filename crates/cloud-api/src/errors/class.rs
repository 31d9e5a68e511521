//! The words of the error table.

use std::time::Duration;

/// What kind of trouble an error is (errors.md §1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// Ours to fix; the same request will fail again.
    Fix,
    /// Passes by itself; may work later.
    Transient,
    /// Wait long (hours), then perhaps.
    Wait,
    /// Never for this recipient or message.
    Never,
    /// The account, number or template cannot send: stop the whole campaign.
    AccountStop,
}

/// Whom or what an error concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorScope {
    /// This message alone.
    Message,
    /// Every message to this person.
    Recipient,
    /// This number to this person.
    Pair,
    /// Everything from this number.
    Number,
    /// Everything with this template.
    Template,
    /// Everything of this account, app or portfolio.
    Account,
}

/// How long to wait before a repeat, where a repeat is allowed at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backoff {
    /// No repeat by itself.
    None,
    /// `first × factor^attempt`, at most `cap`; the caller adds jitter.
    Exponential {
        /// Wait before the first repeat, in seconds.
        first_s: u64,
        /// Growth per attempt.
        factor: u64,
        /// Longest wait, in seconds.
        cap_s: u64,
    },
    /// The same wait each time, in seconds.
    Fixed {
        /// The wait, in seconds.
        wait_s: u64,
    },
    /// Until a person says so (131048).
    Operator,
}

impl Backoff {
    /// The wait before repeat number `attempt` (0 is the first), or `None` when nothing repeats by itself.
    pub fn wait(self, attempt: u32) -> Option<Duration> {
        match self {
            Self::None | Self::Operator => None,
            Self::Fixed { wait_s } => Some(Duration::from_secs(wait_s)),
            Self::Exponential { first_s, factor, cap_s } => {
                let grown = factor.checked_pow(attempt).and_then(|f| first_s.checked_mul(f)).unwrap_or(cap_s);
                Some(Duration::from_secs(grown.min(cap_s)))
            }
        }
    }
}

/// What an error says about the send that got it (errors.md §11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AfterSend {
    /// Refused before processing; may be repeated by itself after the class's wait.
    SafeToRepeat,
    /// Refused; only after the cause is fixed.
    Refused,
    /// It may have been accepted: Unknown, never repeated by itself.
    Unclear,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pair_limit_waits_four_to_the_power_of_x() {
        let pair = Backoff::Exponential { first_s: 1, factor: 4, cap_s: 3600 };
        let waits: Vec<_> = (0..4).filter_map(|x| pair.wait(x)).map(|d| d.as_secs()).collect();
        assert_eq!(waits, [1, 4, 16, 64]);
        assert_eq!(pair.wait(500), Some(Duration::from_secs(3600)));
    }
}
