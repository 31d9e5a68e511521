//! Campaigns never send deaf (consent-rules.md rule 3): claims need everything the relay held a moment ago to be
//! applied here, and the relay to have been heard recently by both clocks.
//!
//! "At the head" cannot mean that not one entry is on its way: every send brings three statuses, so a console at
//! full speed is always a few entries behind. What counts is *when* the newest applied state was the head: the
//! tracker remembers heads with the time they were seen and knows as of which moment everything is applied.

use std::collections::VecDeque;
use std::time::Duration;

use switchboard_relay_api::{LinkPhase, RelaySeq, RelayState};
use tokio::time::Instant;

/// The relay must have been heard within this time.
pub const HEARD_WITHIN: Duration = Duration::from_secs(120);
/// Everything that the relay held this long ago must be applied.
pub const APPLIED_WITHIN: Duration = Duration::from_secs(5);
/// Heads are remembered this far apart.
const REMEMBER_EVERY: Duration = Duration::from_millis(50);
/// A wall clock that moved this much more than the monotonic one: the machine slept, or the clock was set.
const JUMP: Duration = Duration::from_secs(5);

/// Why campaigns may not be claimed for lack of ears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Deaf {
    /// No relay is set up.
    #[error("no relay is set up, so opt-outs would not be heard")]
    NotConfigured,
    /// The first connection is being made.
    #[error("connecting to the relay")]
    Connecting,
    /// The relay cannot be reached.
    #[error("the relay cannot be reached, so opt-outs would not be heard")]
    Unreachable,
    /// The relay refuses this console.
    #[error("the relay refuses this console; see Settings, Relay")]
    Refused,
    /// Entries wait that were not applied.
    #[error("applying what waits at the relay: {0} events")]
    CatchingUp(u64),
    /// The relay is heard, but answers Meta 503: what it cannot take waits there.
    #[error("the relay has no room for webhooks, so opt-outs would not be heard")]
    Refusing,
    /// Another console of the desk sends its campaigns.
    #[error("another console of this desk sends its campaigns; Settings, Relay can move that here")]
    AnotherConsole,
    /// Sending moves from one console to another.
    #[error("sending is moving from one console of this desk to another")]
    ChangingHands,
    /// The relay was not heard for too long, or not since the machine slept.
    #[error("the relay was not heard recently, so opt-outs might be missed")]
    Silent,
}

impl Deaf {
    /// Word for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotConfigured => "relay_not_configured",
            Self::Connecting => "relay_connecting",
            Self::Unreachable => "relay_unreachable",
            Self::Refused => "relay_refused",
            Self::CatchingUp(_) => "relay_catching_up",
            Self::Refusing => "relay_refusing",
            Self::AnotherConsole => "another_console_sends",
            Self::ChangingHands => "sending_changes_hands",
            Self::Silent => "relay_silent",
        }
    }
}

/// Follows a link's state over time.
#[derive(Debug, Default)]
pub struct Listening {
    heads: VecDeque<(RelaySeq, Instant)>,
    applied_as_of: Option<Instant>,
    seen: Option<(Instant, i64)>,
    /// Wall time of the last jump: the relay must be heard after it.
    jumped_at_ms: Option<i64>,
}

impl Listening {
    /// Looks at the link now; `Err` says why campaigns have to wait.
    ///
    /// # Errors
    /// [`Deaf`].
    pub fn check(&mut self, link: Option<&RelayState>, now: Instant, wall_ms: i64) -> Result<(), Deaf> {
        self.notice_jump(now, wall_ms);
        let Some(link) = link else {
            self.forget();
            return Err(Deaf::NotConfigured);
        };
        match link.phase {
            LinkPhase::Connected => {}
            LinkPhase::Connecting => {
                self.forget();
                return Err(Deaf::Connecting);
            }
            LinkPhase::Unreachable { .. } | LinkPhase::Stopped => {
                self.forget();
                return Err(Deaf::Unreachable);
            }
            LinkPhase::Refused { .. } => {
                self.forget();
                return Err(Deaf::Refused);
            }
        }
        let heard = link.last_heard.ok_or(Deaf::Silent)?;
        let wall_age = wall_ms.saturating_sub(heard.wall_ms);
        let within_ms = i64::try_from(HEARD_WITHIN.as_millis()).unwrap_or(i64::MAX);
        if now.saturating_duration_since(heard.at) > HEARD_WITHIN
            || !(-1000..=within_ms).contains(&wall_age)
            || self.jumped_at_ms.is_some_and(|jump| heard.wall_ms <= jump)
        {
            return Err(Deaf::Silent);
        }
        // Only now: a head from before the silence says nothing about what arrived during it.
        self.follow(link, now);
        match self.applied_as_of {
            Some(at) if now.saturating_duration_since(at) <= APPLIED_WITHIN => {}
            _ => return Err(Deaf::CatchingUp(link.behind().unwrap_or(0))),
        }
        if link.refusing {
            return Err(Deaf::Refusing);
        }
        // Opt-outs that another console recorded are few: not one that is known of may be outstanding.
        if !link.has_all_notes() {
            return Err(Deaf::CatchingUp(link.behind().unwrap_or(0)));
        }
        match &link.lease {
            Some(lease) if lease.is_for(&link.device) => Ok(()),
            Some(lease) if lease.granted => Err(Deaf::AnotherConsole),
            _ => Err(Deaf::ChangingHands),
        }
    }

    fn follow(&mut self, link: &RelayState, now: Instant) {
        let Some(head) = link.head else { return };
        if link.caught_up() {
            self.heads.clear();
            self.applied_as_of = Some(now);
            return;
        }
        while let Some((seen_head, at)) = self.heads.front().copied() {
            if link.acked < seen_head {
                break;
            }
            self.applied_as_of = self.applied_as_of.max(Some(at));
            self.heads.pop_front();
        }
        let due = self.heads.back().is_none_or(|(_, at)| now.saturating_duration_since(*at) >= REMEMBER_EVERY);
        // More than this many cannot be within the time that counts.
        if due && self.heads.len() < 1024 {
            self.heads.push_back((head, now));
        }
    }

    fn notice_jump(&mut self, now: Instant, wall_ms: i64) {
        if let Some((then, then_ms)) = self.seen {
            let mono = i64::try_from(now.saturating_duration_since(then).as_millis()).unwrap_or(i64::MAX);
            let wall = wall_ms.saturating_sub(then_ms);
            if wall.saturating_sub(mono).unsigned_abs() > u64::try_from(JUMP.as_millis()).unwrap_or(u64::MAX) {
                self.jumped_at_ms = Some(wall_ms);
                self.forget();
            }
        }
        self.seen = Some((now, wall_ms));
    }

    fn forget(&mut self) {
        self.heads.clear();
        self.applied_as_of = None;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use switchboard_relay_api::{Heard, Lease};

    fn lease(holder: &str, granted: bool) -> Lease {
        Lease { term: 2, holder: holder.to_owned(), granted, previous: "till".to_owned() }
    }

    fn link(now: Instant, wall_ms: i64, head: u64, acked: u64) -> RelayState {
        RelayState {
            phase: LinkPhase::Connected,
            head: Some(RelaySeq::new(head)),
            last_heard: Some(Heard { at: now, wall_ms }),
            lease: Some(lease("till", true)),
            ..RelayState::new("till", RelaySeq::new(acked))
        }
    }

    #[test]
    fn only_the_console_that_holds_the_lease_sends() {
        let now = Instant::now();
        let check = |lease| {
            let state = RelayState { lease, ..link(now, 1_000_000, 9, 9) };
            Listening::default().check(Some(&state), now, 1_000_000)
        };
        assert_eq!(check(Some(lease("till", true))), Ok(()));
        assert_eq!(check(Some(lease("office", true))), Err(Deaf::AnotherConsole));
        assert_eq!(check(Some(lease("office", false))), Err(Deaf::ChangingHands), "the one before lets go first");
        assert_eq!(check(Some(lease("till", false))), Err(Deaf::ChangingHands), "promised is not had");
        assert_eq!(check(None), Err(Deaf::ChangingHands), "nobody claimed it yet");
    }

    #[test]
    fn not_one_note_of_another_console_may_be_outstanding() {
        let mut l = Listening::default();
        let now = Instant::now();
        assert_eq!(l.check(Some(&link(now, 1_000_000, 9, 9)), now, 1_000_000), Ok(()));
        // A moment ago everything was applied; then an opt-out came into the log.
        let state = RelayState { notes: RelaySeq::new(10), ..link(now, 1_000_000, 10, 9) };
        assert_eq!(l.check(Some(&state), now, 1_000_000), Err(Deaf::CatchingUp(1)));
    }

    #[test]
    fn a_stream_of_statuses_that_is_kept_up_with_is_listening() {
        let mut l = Listening::default();
        let mut now = Instant::now();
        let mut ms = 1_000_000;
        assert_eq!(l.check(Some(&link(now, ms, 10, 10)), now, ms), Ok(()));
        for i in 0..500u64 {
            now += Duration::from_millis(100);
            ms += 100;
            let head = 10 + i * 50;
            // Always two looks behind, never at the head.
            let state = link(now, ms, head, head.saturating_sub(100));
            assert_eq!(l.check(Some(&state), now, ms), Ok(()), "{i}");
        }
    }

    #[test]
    fn a_backlog_that_is_not_worked_off_stops_campaigns() {
        let mut l = Listening::default();
        let now = Instant::now();
        assert_eq!(l.check(Some(&link(now, 1_000_000, 900, 0)), now, 1_000_000), Err(Deaf::CatchingUp(900)));
        assert_eq!(l.check(Some(&link(now, 1_000_000, 900, 900)), now, 1_000_000), Ok(()));
        let later = now + APPLIED_WITHIN + Duration::from_millis(1);
        let ms = 1_005_001;
        assert_eq!(l.check(Some(&link(later, ms, 950, 900)), later, ms), Err(Deaf::CatchingUp(50)));
    }

    #[test]
    fn after_sleep_the_relay_must_be_heard_anew_and_its_backlog_applied() {
        let mut l = Listening::default();
        let now = Instant::now();
        assert_eq!(l.check(Some(&link(now, 1_000_000, 9, 9)), now, 1_000_000), Ok(()));
        // 90 s of sleep: the monotonic clock stood still, nothing was heard since.
        let awake_ms = 1_090_000;
        assert_eq!(l.check(Some(&link(now, 1_000_000, 9, 9)), now, awake_ms), Err(Deaf::Silent));
        let heard = link(now, awake_ms + 40, 12, 9);
        assert_eq!(l.check(Some(&heard), now, awake_ms + 50), Err(Deaf::CatchingUp(3)));
        let applied = link(now, awake_ms + 40, 12, 12);
        assert_eq!(l.check(Some(&applied), now, awake_ms + 60), Ok(()));
    }

    #[test]
    fn a_relay_that_cannot_store_is_as_deaf_as_none() {
        let now = Instant::now();
        let state = RelayState { refusing: true, ..link(now, 1_000_000, 9, 9) };
        assert_eq!(Listening::default().check(Some(&state), now, 1_000_000), Err(Deaf::Refusing));
    }

    #[test]
    fn silence_no_relay_and_a_lost_connection_are_deaf() {
        let mut l = Listening::default();
        let now = Instant::now();
        assert_eq!(l.check(None, now, 0), Err(Deaf::NotConfigured));
        let state = link(now, 1_000_000, 1, 1);
        let late = now + HEARD_WITHIN + Duration::from_secs(1);
        assert_eq!(l.check(Some(&state), late, 1_121_000), Err(Deaf::Silent));
        let lost = RelayState { phase: LinkPhase::Stopped, ..state };
        assert_eq!(l.check(Some(&lost), now, 1_000_000), Err(Deaf::Unreachable));
    }
}
