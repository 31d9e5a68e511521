//! What campaigns wait for, as a word and a sentence; kept in the store so that windows and the command line of any
//! process can say it.

use std::time::Duration;

use switchboard_domain::time::UnixMillis;

use crate::inbox::in_words;
use crate::listening::Deaf;

/// Word of [`Waiting::MarketingShare`]: a wait of marketing campaigns alone.
pub const MARKETING_SHARE: &str = "marketing_share";

/// What campaigns wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// We do not hear opt-outs.
    Deaf(Deaf),
    /// This machine's clock is so many milliseconds ahead of the relay's (negative: behind it): quiet hours, plans and
    /// budgets cannot be kept by it.
    Clock(i64),
    /// No token, or no account.
    NoToken,
    /// Sends did not leave; tried again then.
    Network(UnixMillis),
    /// The portfolio's limit of people per 24 hours is used up, at least until then.
    PeoplePerDay(u64, Option<UnixMillis>),
    /// What the limit leaves to marketing is used up; the rest of it is kept for utility.
    MarketingShare(u64, u64, Option<UnixMillis>),
    /// Meta asked for a pause until then.
    Throttled(UnixMillis),
}

impl Waiting {
    /// Word for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Deaf(deaf) => deaf.code(),
            Self::Clock(_) => "clock",
            Self::NoToken => "no_token",
            Self::Network(_) => "network",
            Self::PeoplePerDay(..) => "limit_until",
            Self::MarketingShare(..) => MARKETING_SHARE,
            Self::Throttled(_) => "throttled",
        }
    }

    /// The sentence.
    pub fn sentence(self) -> String {
        match self {
            Self::Deaf(deaf) => format!("Waiting: {deaf}."),
            Self::Clock(ahead_ms) => {
                let by = in_words(Duration::from_millis(ahead_ms.unsigned_abs()));
                let way = if ahead_ms < 0 { "behind" } else { "ahead of" };
                format!(
                    "Waiting: this computer's clock is {by} {way} the relay's, so quiet hours, plans and budgets could not \
                     be kept."
                )
            }
            Self::NoToken => "Waiting: the access token is not available; see Settings, Account.".to_owned(),
            Self::Network(until) => format!("Waiting: Meta cannot be reached; trying again at {}.", clock_time(until)),
            Self::PeoplePerDay(limit, Some(until)) => {
                format!("Waiting for the 24-hour limit of {limit} people until {}.", clock_time(until))
            }
            Self::PeoplePerDay(limit, None) => format!("Waiting for the 24-hour limit of {limit} people."),
            Self::MarketingShare(limit, kept, until) => {
                let until = until.map(|at| format!(" until {}", clock_time(at))).unwrap_or_default();
                format!(
                    "Waiting for the 24-hour limit of {limit} people{until}: marketing has used its share, {kept} are kept for utility."
                )
            }
            Self::Throttled(until) => format!("Waiting: Meta asked to slow down until {}.", clock_time(until)),
        }
    }
}

/// Hours and minutes where this machine is.
fn clock_time(at: UnixMillis) -> String {
    jiff::Timestamp::from_millisecond(at.as_ms())
        .map(|t| t.to_zoned(jiff::tz::TimeZone::system()).strftime("%H:%M").to_string())
        .unwrap_or_else(|_| at.to_rfc3339())
}

/// When a pause of the monotonic clock ends on the wall.
pub(super) fn wall_end(now: UnixMillis, mono: Duration, until: Duration) -> UnixMillis {
    now.plus(until.saturating_sub(mono))
}
