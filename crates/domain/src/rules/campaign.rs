//! What an operator sets for one campaign beyond its message: when it starts, in which hours it sends, whom it leaves
//! out, when it ends, what it may cost.

use std::time::Duration;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::{Hours, zone};
use crate::time::UnixMillis;

/// What a campaign does that could not start when it was to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Late {
    /// It waits and asks the operator.
    Ask,
    /// It is not sent at all.
    Skip,
    /// It is sent if it is less than so many hours late; otherwise it asks.
    Within {
        /// Hours.
        hours: u32,
    },
}

/// A moment by the clock on the wall of a zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalMoment {
    /// Date and time without a zone, such as `2026-12-01T09:00`.
    pub local: String,
    /// Zone of the tz database, such as `America/Toronto`.
    pub zone: String,
}

/// When a campaign starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// The start.
    pub start: LocalMoment,
    /// What if the computer was off then.
    pub late: Late,
}

/// Why a schedule names no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Not a date and time.
    #[error("this is not a date and time")]
    NotATime,
    /// No such zone.
    #[error("there is no such time zone")]
    NoSuchZone,
}

/// The moment that a time on the wall names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// The moment.
    pub at: UnixMillis,
    /// That night the clocks leave this time out, or have it twice: the moment is the one after the gap, or the first.
    pub clocks_change: bool,
}

impl LocalMoment {
    /// The moment meant, by the rules of the zone as they are known now.
    ///
    /// # Errors
    /// [`ScheduleError`].
    pub fn named(&self) -> Result<Named, ScheduleError> {
        let local: DateTime = self.local.trim().parse().map_err(|_| ScheduleError::NotATime)?;
        let zone = zone(&self.zone).ok_or(ScheduleError::NoSuchZone)?;
        let ambiguous = zone.to_ambiguous_timestamp(local);
        let clocks_change = ambiguous.is_ambiguous();
        let at = ambiguous.compatible().map_err(|_| ScheduleError::NotATime)?;
        Ok(Named { at: UnixMillis::new(at.as_millisecond()), clocks_change })
    }
}

/// A campaign that starts later than this after its time missed it: the computer was off or asleep.
pub const MISSED_AFTER: Duration = Duration::from_secs(10 * 60);

impl CampaignRules {
    /// The moment after which nothing leaves, if one was set that can be read.
    pub fn ends_at(&self) -> Option<UnixMillis> {
        self.ends.as_ref().and_then(|end| end.named().ok()).map(|end| end.at)
    }
}

/// What an operator sets for one campaign. What is absent holds nobody back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CampaignRules {
    /// Once, later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// It sends only in these hours, by the shop's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Hours>,
    /// Nothing leaves after this moment; who still waits is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<LocalMoment>,
    /// People to whom anything of ours left in so many days are left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_written_days: Option<u32>,
    /// People whose customer service window is open are left out.
    pub not_in_conversation: bool,
    /// What it may cost at most, in millionths of the account's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget_micros: Option<i64>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use rstest::rstest;

    fn moment(local: &str, zone: &str) -> LocalMoment {
        LocalMoment { local: local.to_owned(), zone: zone.to_owned() }
    }

    #[rstest]
    #[case::winter("2026-12-01T09:00", "America/Toronto", "2026-12-01T14:00:00.000Z", false)]
    #[case::summer("2027-07-01T09:00", "America/Toronto", "2027-07-01T13:00:00.000Z", false)]
    #[case::left_out("2027-03-14T02:30", "America/Toronto", "2027-03-14T07:30:00.000Z", true)]
    #[case::twice("2027-11-07T01:30", "America/Toronto", "2027-11-07T05:30:00.000Z", true)]
    fn a_start_is_meant_by_the_clock_on_the_wall(
        #[case] local: &str,
        #[case] zone: &str,
        #[case] at: &str,
        #[case] clocks_change: bool,
    ) {
        let start = moment(local, zone).named().unwrap();
        assert_eq!((start.at.to_rfc3339().as_str(), start.clocks_change), (at, clocks_change));
    }

    #[test]
    fn what_is_no_time_or_zone_says_so() {
        assert_eq!(moment("tomorrow", "America/Toronto").named(), Err(ScheduleError::NotATime));
        assert_eq!(moment("2026-12-01T09:00", "Atlantis/Center").named(), Err(ScheduleError::NoSuchZone));
    }

    #[test]
    fn rules_of_an_older_version_are_read_and_no_rules_hold_nobody_back() {
        let rules: CampaignRules = serde_json::from_str("{}").unwrap();
        assert_eq!(rules, CampaignRules::default());
        assert_eq!(serde_json::to_string(&rules).unwrap(), r#"{"not_in_conversation":false}"#);
    }
}
