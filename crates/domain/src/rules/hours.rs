//! Hours of the day, in one zone or in several at once.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::time::UnixMillis;

/// A stretch of every day, by the clock on the wall: from a minute of the day until before another. It may go past
/// midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// Minute of the day at which it begins, 0 to 1439.
    pub from_minute: u16,
    /// Minute of the day at which it is over, 0 to 1439.
    pub to_minute: u16,
}

/// Why hours cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// A day has 1,440 minutes.
    #[error("there is no such time of day")]
    NoSuchTime,
    /// Nothing, or everything.
    #[error("beginning and end are the same time")]
    Empty,
}

const DAY_MINUTES: u16 = 24 * 60;

impl Hours {
    /// Checks both ends.
    ///
    /// # Errors
    /// [`HoursError`].
    pub fn check(self) -> Result<Self, HoursError> {
        if self.from_minute >= DAY_MINUTES || self.to_minute >= DAY_MINUTES {
            return Err(HoursError::NoSuchTime);
        }
        if self.from_minute == self.to_minute {
            return Err(HoursError::Empty);
        }
        Ok(self)
    }

    /// The rest of the day.
    #[must_use]
    pub const fn complement(self) -> Self {
        Self { from_minute: self.to_minute, to_minute: self.from_minute }
    }

    /// Minutes it lasts on a day without a change of the clocks.
    pub const fn minutes(self) -> u16 {
        (self.to_minute + DAY_MINUTES - self.from_minute) % DAY_MINUTES
    }

    fn holds(self, minute: u16) -> bool {
        if self.from_minute < self.to_minute {
            (self.from_minute..self.to_minute).contains(&minute)
        } else {
            minute >= self.from_minute || minute < self.to_minute
        }
    }

    /// If it holds at `now` in this zone: the moment at which it is over there.
    fn over_at(self, now: UnixMillis, zone: &TimeZone) -> Option<UnixMillis> {
        let here = Timestamp::from_millisecond(now.as_ms()).ok()?.to_zoned(zone.clone());
        let minute = u16::try_from(i32::from(here.hour()) * 60 + i32::from(here.minute())).ok()?;
        if !self.holds(minute) {
            return None;
        }
        let end =
            Time::new(i8::try_from(self.to_minute / 60).ok()?, i8::try_from(self.to_minute % 60).ok()?, 0, 0).ok()?;
        let today = here.date();
        let next_minute = UnixMillis::new(now.as_ms() - now.as_ms().rem_euclid(60_000) + 60_000);
        for date in [Some(today), today.tomorrow().ok()].into_iter().flatten() {
            let ambiguous = zone.to_ambiguous_timestamp(date.to_datetime(end));
            // Where the clocks are put back there are two such moments; the one that lies ahead counts.
            for moment in [ambiguous.earlier(), ambiguous.later()].into_iter().flatten() {
                let moment = UnixMillis::new(moment.as_millisecond());
                if moment > now {
                    return Some(moment);
                }
            }
        }
        Some(next_minute)
    }
}

/// How long hours hold somewhere among several zones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuietUntil {
    /// They hold in none of them.
    NotNow,
    /// They hold in at least one of them at every moment until then, and then in none.
    Until(UnixMillis),
    /// There is no moment in the next days at which they hold in none of them.
    Never,
}

/// So far ahead a moment outside is looked for.
const LOOK_AHEAD: Duration = Duration::from_secs(4 * 86_400);

/// Whether it is quiet in any of the zones at `now`, and when it is quiet in none.
pub fn quiet_until(quiet: Hours, zones: &[TimeZone], now: UnixMillis) -> QuietUntil {
    let mut at = now;
    loop {
        let latest = zones.iter().filter_map(|zone| quiet.over_at(at, zone)).max();
        match latest {
            None if at == now => return QuietUntil::NotNow,
            None => return QuietUntil::Until(at),
            Some(next) => at = next,
        }
        if at.since(now) > LOOK_AHEAD {
            return QuietUntil::Never;
        }
    }
}

/// When hours that are open in one zone are next outside quiet hours in all of several others, now or later; `None`: at no
/// moment of the next days, so that whoever lives there is never reached.
pub fn reached_at(
    open: Hours,
    at_home: &TimeZone,
    quiet: Hours,
    zones: &[TimeZone],
    now: UnixMillis,
) -> Option<UnixMillis> {
    let mut at = now;
    while at.since(now) <= LOOK_AHEAD {
        match (closed_until(open, at_home, at), quiet_until(quiet, zones, at)) {
            (_, QuietUntil::Never) => return None,
            (None, QuietUntil::NotNow) => return Some(at),
            (Some(opens), QuietUntil::NotNow) => at = opens,
            (None, QuietUntil::Until(until)) => at = until,
            (Some(opens), QuietUntil::Until(until)) => at = opens.max(until),
        }
    }
    None
}

/// If hours in which something is open are not now: when they begin. `None` = open.
pub fn closed_until(open: Hours, zone: &TimeZone, now: UnixMillis) -> Option<UnixMillis> {
    open.complement().over_at(now, zone)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::super::{zone, zones_of};
    use super::*;
    use crate::phone::Region;
    use proptest::prelude::*;
    use rstest::rstest;

    fn at(text: &str) -> UnixMillis {
        UnixMillis::new(text.parse::<Timestamp>().unwrap().as_millisecond())
    }

    fn hours(from: u16, to: u16) -> Hours {
        Hours { from_minute: from * 60, to_minute: to * 60 }
    }

    #[rstest]
    #[case::evening("2026-11-22T02:30:00Z", Some("2026-11-22T13:00:00Z"))] // 21:30 the evening before
    #[case::morning("2026-11-22T12:59:59Z", Some("2026-11-22T13:00:00Z"))]
    #[case::open("2026-11-22T13:00:00Z", None)]
    #[case::last_minute("2026-11-23T01:59:59Z", None)]
    fn quiet_hours_go_past_midnight(#[case] now: &str, #[case] until: Option<&str>) {
        let toronto = [zone("America/Toronto").unwrap()];
        let want = until.map_or(QuietUntil::NotNow, |u| QuietUntil::Until(at(u)));
        assert_eq!(quiet_until(hours(21, 8), &toronto, at(now)), want);
    }

    #[rstest]
    // In Toronto the clocks go forward at 02:00 on 14 March 2027 and back at 02:00 on 7 November 2027.
    #[case::a_short_night("2027-03-14T04:00:00Z", "2027-03-14T12:00:00Z")]
    #[case::a_long_night("2027-11-07T03:00:00Z", "2027-11-07T13:00:00Z")]
    fn a_night_in_which_the_clocks_change_ends_by_the_clock_on_the_wall(#[case] now: &str, #[case] until: &str) {
        let toronto = [zone("America/Toronto").unwrap()];
        assert_eq!(quiet_until(hours(21, 8), &toronto, at(now)), QuietUntil::Until(at(until)));
    }

    #[test]
    fn quiet_hours_that_end_in_the_hour_that_is_left_out_end_when_the_clocks_go_on() {
        let toronto = [zone("America/Toronto").unwrap()];
        let quiet = Hours { from_minute: 60, to_minute: 150 };
        // 01:30 standard time; 02:30 does not exist that night.
        let until = quiet_until(quiet, &toronto, at("2027-03-14T06:30:00Z"));
        assert_eq!(until, QuietUntil::Until(at("2027-03-14T07:30:00Z")));
    }

    #[test]
    fn an_hour_that_comes_twice_is_quiet_twice() {
        let toronto = [zone("America/Toronto").unwrap()];
        let quiet = Hours { from_minute: 0, to_minute: 75 };
        let first = quiet_until(quiet, &toronto, at("2027-11-07T05:00:00Z"));
        assert_eq!(first, QuietUntil::Until(at("2027-11-07T05:15:00Z")));
        assert_eq!(quiet_until(quiet, &toronto, at("2027-11-07T05:30:00Z")), QuietUntil::NotNow);
        let second = quiet_until(quiet, &toronto, at("2027-11-07T06:05:00Z"));
        assert_eq!(second, QuietUntil::Until(at("2027-11-07T06:15:00Z")));
    }

    #[test]
    fn a_country_is_quiet_while_it_is_quiet_in_any_of_its_zones() {
        let canada = zones_of(Region::parse("CA").unwrap());
        // 09:00 in St. John's, 04:30 in Vancouver: quiet until 08:00 in Vancouver.
        assert_eq!(
            quiet_until(hours(21, 8), &canada, at("2026-11-22T12:30:00Z")),
            QuietUntil::Until(at("2026-11-22T16:00:00Z"))
        );
        // 20:30 in Vancouver, past midnight in the east.
        assert_eq!(
            quiet_until(hours(21, 8), &canada, at("2026-11-23T04:30:00Z")),
            QuietUntil::Until(at("2026-11-23T16:00:00Z"))
        );
    }

    #[test]
    fn a_country_that_is_always_quiet_somewhere_is_never_open() {
        let russia = zones_of(Region::parse("RU").unwrap());
        let quiet = hours(18, 10);
        assert_eq!(quiet_until(quiet, &russia, at("2026-11-22T12:00:00Z")), QuietUntil::Never);
    }

    #[test]
    fn a_window_opens_by_its_own_clock() {
        let toronto = zone("America/Toronto").unwrap();
        let open = hours(9, 18);
        assert_eq!(closed_until(open, &toronto, at("2026-11-22T13:59:00Z")), Some(at("2026-11-22T14:00:00Z")));
        assert_eq!(closed_until(open, &toronto, at("2026-11-22T14:00:00Z")), None);
        assert_eq!(closed_until(open, &toronto, at("2026-11-22T23:00:00Z")), Some(at("2026-11-23T14:00:00Z")));
    }

    #[test]
    fn hours_that_are_none_are_refused() {
        assert_eq!(Hours { from_minute: 1440, to_minute: 0 }.check(), Err(HoursError::NoSuchTime));
        assert_eq!(hours(9, 9).check(), Err(HoursError::Empty));
    }

    proptest! {
        /// Whatever the hours, zone and moment: until the end it is quiet somewhere, at the end nowhere.
        #[test]
        fn the_end_of_quiet_is_the_first_moment_outside(
            from in 0u16..1440, length in 1u16..900, minute in 0i64..400 * 1440, region in prop::sample::select(vec!["CA", "KE", "AU", "BR", "DE"]),
        ) {
            let quiet = Hours { from_minute: from, to_minute: (from + length) % 1440 };
            let zones = zones_of(Region::parse(region).unwrap());
            let now = UnixMillis::new(at("2026-11-22T00:00:00Z").as_ms() + minute * 60_000);
            if let QuietUntil::Until(end) = quiet_until(quiet, &zones, now) {
                prop_assert!(end > now);
                prop_assert_eq!(quiet_until(quiet, &zones, end), QuietUntil::NotNow);
                for quarter in 1..4 {
                    let before = UnixMillis::new(now.as_ms() + (end.as_ms() - now.as_ms()) / 4 * quarter);
                    prop_assert!(quiet_until(quiet, &zones, before) != QuietUntil::NotNow);
                }
            }
        }
    }

    #[rstest]
    // Nine to eighteen in Toronto, quiet from 21 to 8: at ten it is day in both, at nine in Vancouver still quiet.
    #[case("America/Toronto", "2026-11-23T15:00:00Z", Some("2026-11-23T15:00:00Z"))]
    #[case("America/Vancouver", "2026-11-23T14:00:00Z", Some("2026-11-23T16:00:00Z"))]
    #[case("America/Vancouver", "2026-11-23T23:30:00Z", Some("2026-11-24T16:00:00Z"))]
    // The shop's day, in Auckland three in the morning to noon: reached from eight on, thus from fourteen in Toronto.
    #[case("Pacific/Auckland", "2026-11-23T15:00:00Z", Some("2026-11-23T19:00:00Z"))]
    fn whoever_has_an_hour_in_common_with_the_open_hours_is_reached_in_it(
        #[case] place: &str,
        #[case] now: &str,
        #[case] reached: Option<&str>,
    ) {
        let (toronto, there) = (zone("America/Toronto").unwrap(), [zone(place).unwrap()]);
        assert_eq!(reached_at(hours(9, 18), &toronto, hours(21, 8), &there, at(now)), reached.map(at));
    }

    #[test]
    fn whoever_sleeps_whenever_it_is_open_is_never_reached() {
        let (toronto, nairobi) = (zone("America/Toronto").unwrap(), [zone("Africa/Nairobi").unwrap()]);
        for now in ["2026-11-23T05:00:00Z", "2026-11-23T20:00:00Z"] {
            // 13 to 17 in Toronto is 21 to 1 in Nairobi.
            assert_eq!(reached_at(hours(13, 17), &toronto, hours(21, 8), &nairobi, at(now)), None);
        }
    }
}
