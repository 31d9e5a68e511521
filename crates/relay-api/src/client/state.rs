//! What a link knows about its relay, for the status bar and for the sender's listening check.

use std::time::Duration;

use tokio::time::Instant;

use crate::close::CloseReason;
use crate::wire::{Lease, RelaySeq};

/// Two clocks that were read one after the other and whose hands drift.
const CLOCKS_AGREE_WITHIN_MS: i64 = 2_000;

/// When something was last heard, by both clocks: the monotonic one stands still while many machines sleep, the wall
/// clock can be set. Only when both agree that it was recent was it recent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// Monotonic.
    pub at: Instant,
    /// Wall clock, Unix milliseconds UTC.
    pub wall_ms: i64,
}

impl Heard {
    /// Whether the wall clock was set between this and a later moment, or the machine slept: the clocks disagree.
    pub fn clock_was_set_until(self, later: Self) -> bool {
        let passed = later.at.saturating_duration_since(self.at);
        let passed_ms = i64::try_from(passed.as_millis()).unwrap_or(i64::MAX);
        later.wall_ms.saturating_sub(self.wall_ms).saturating_sub(passed_ms).saturating_abs() > CLOCKS_AGREE_WITHIN_MS
    }
}

/// How the link stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkPhase {
    /// The first attempt is under way.
    Connecting,
    /// The relay answered and entries flow.
    Connected,
    /// Not connected; the link tries again by itself.
    Unreachable {
        /// Since when, Unix milliseconds UTC.
        since_ms: i64,
        /// Why, of the latest attempt.
        reason: CloseReason,
    },
    /// Not connected, and trying again by itself would not help.
    Refused {
        /// Since when, Unix milliseconds UTC.
        since_ms: i64,
        /// Why.
        reason: CloseReason,
    },
    /// The link was stopped.
    Stopped,
}

/// What a link knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayState {
    /// This console's device id.
    pub device: String,
    /// How the link stands.
    pub phase: LinkPhase,
    /// End of the relay's log as last heard on any connection.
    pub head: Option<RelaySeq>,
    /// First entry the relay still has, as last heard.
    pub floor: Option<RelaySeq>,
    /// Last entry that was handed to the console.
    pub delivered: RelaySeq,
    /// Last entry that the console acknowledged (the starting cursor counts).
    pub acked: RelaySeq,
    /// When the relay last said anything.
    pub last_heard: Option<Heard>,
    /// POSTs the relay refused for a wrong signature, in total, as last heard.
    pub bad_signatures: u64,
    /// Relay's clock minus this machine's, in milliseconds, as last heard (half a round trip off at most); not known
    /// from a moment at which this machine's clock was set until the relay tells its time again.
    pub clock_offset_ms: Option<i64>,
    /// The last note or lease of the relay's log, as last heard.
    pub notes: RelaySeq,
    /// Who may send campaigns, as last heard; nobody if none.
    pub lease: Option<Lease>,
    /// The relay cannot store webhooks just now, as last heard: its log or disk is full, or failing.
    pub refusing: bool,
}

impl RelayState {
    /// A link that has heard nothing yet.
    pub fn new(device: &str, cursor: RelaySeq) -> Self {
        Self {
            device: device.to_owned(),
            phase: LinkPhase::Connecting,
            head: None,
            floor: None,
            delivered: cursor,
            acked: cursor,
            last_heard: None,
            bad_signatures: 0,
            clock_offset_ms: None,
            notes: RelaySeq::START,
            lease: None,
            refusing: false,
        }
    }

    /// True while connected.
    pub fn is_connected(&self) -> bool {
        self.phase == LinkPhase::Connected
    }

    /// Entries of the relay's log that this console has not committed; `None` before the relay was first heard.
    pub fn behind(&self) -> Option<u64> {
        self.head.map(|head| head.since(self.acked))
    }

    /// True if every note that the relay is known to hold (opt-outs of other consoles) is committed here.
    pub fn has_all_notes(&self) -> bool {
        self.acked >= self.notes
    }

    /// True if everything the relay is known to hold is committed here.
    pub fn caught_up(&self) -> bool {
        self.behind() == Some(0)
    }

    /// The listening check of promise P2: connected, everything applied, and the relay heard within `within` of now by
    /// both clocks. A wall clock that went backwards counts as not heard until the next heartbeat.
    pub fn is_listening(&self, now: Instant, now_wall_ms: i64, within: Duration) -> bool {
        let Some(heard) = self.last_heard else { return false };
        let within_ms = i64::try_from(within.as_millis()).unwrap_or(i64::MAX);
        let wall_elapsed_ms = now_wall_ms.saturating_sub(heard.wall_ms);
        self.is_connected()
            && self.caught_up()
            && now.saturating_duration_since(heard.at) <= within
            && (0..=within_ms).contains(&wall_elapsed_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listening_state(now: Instant) -> RelayState {
        RelayState {
            phase: LinkPhase::Connected,
            head: Some(RelaySeq::new(7)),
            acked: RelaySeq::new(7),
            last_heard: Some(Heard { at: now, wall_ms: 1_000_000 }),
            ..RelayState::new("till", RelaySeq::START)
        }
    }

    const WITHIN: Duration = Duration::from_secs(10);

    #[tokio::test(start_paused = true)]
    async fn a_console_at_the_head_that_just_heard_the_relay_is_listening() {
        let now = Instant::now();
        assert!(listening_state(now).is_listening(now + WITHIN, 1_010_000, WITHIN));
    }

    #[test]
    fn a_clock_that_was_set_or_a_machine_that_slept_is_noticed_and_drift_is_not() {
        let first = Heard { at: Instant::now(), wall_ms: 1_000_000 };
        let later = |passed_ms: u64, wall_ms: i64| Heard { at: first.at + Duration::from_millis(passed_ms), wall_ms };
        assert!(!first.clock_was_set_until(later(60_000, 1_060_900)));
        assert!(first.clock_was_set_until(later(60_000, 1_000_000)), "set back");
        assert!(first.clock_was_set_until(later(100, 91_000_000)), "set ahead, or a day of sleep");
    }

    #[tokio::test(start_paused = true)]
    async fn one_uncommitted_entry_is_enough_not_to_listen() {
        let now = Instant::now();
        let state = RelayState { acked: RelaySeq::new(6), ..listening_state(now) };
        assert_eq!(state.behind(), Some(1));
        assert!(!state.is_listening(now, 1_000_000, WITHIN));
    }

    #[tokio::test(start_paused = true)]
    async fn silence_by_either_clock_is_not_listening() {
        let now = Instant::now();
        let state = listening_state(now);
        assert!(!state.is_listening(now + WITHIN + Duration::from_millis(1), 1_000_000, WITHIN), "monotonic");
        assert!(!state.is_listening(now, 1_010_001, WITHIN), "slept: only the wall clock went on");
        assert!(!state.is_listening(now, 999_999, WITHIN), "wall clock set back");
    }

    #[tokio::test(start_paused = true)]
    async fn a_lost_connection_is_not_listening() {
        let now = Instant::now();
        let phase = LinkPhase::Unreachable { since_ms: 0, reason: CloseReason::Silent };
        assert!(!RelayState { phase, ..listening_state(now) }.is_listening(now, 1_000_000, WITHIN));
        assert!(!RelayState::new("till", RelaySeq::START).is_listening(now, 0, WITHIN));
    }
}
