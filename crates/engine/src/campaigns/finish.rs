//! When a campaign will be done: simulated with the pace of the sender itself ([`crate::pacing::Bucket`], as far slowed
//! down as it is), the hours of the campaign, the quiet hours of each place, the portfolio's limit of people per 24 hours
//! and the operator's own limits of the number with its warm-up. Pure arithmetic.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::tz::TimeZone;
use switchboard_domain::rules::{Hours, NumberLimits, QuietUntil, closed_until, quiet_until};
use switchboard_domain::time::UnixMillis;

use crate::pacing::Bucket;

/// Nobody plans further ahead.
const HORIZON: Duration = Duration::from_secs(60 * 86_400);
const DAY: Duration = Duration::from_secs(86_400);
const HOUR_MS: i64 = 3_600_000;

/// People who share their hours.
pub(super) struct Group {
    /// Zones of their country.
    pub zones: Vec<TimeZone>,
    /// How many.
    pub people: u64,
}

/// What is simulated.
pub(super) struct Run {
    pub start: UnixMillis,
    pub per_second: f64,
    /// How far the number slowed down, 1 = not at all.
    pub factor: f64,
    pub groups: Vec<Group>,
    pub quiet: Option<Hours>,
    pub window: Option<(Hours, TimeZone)>,
    pub ends: Option<UnixMillis>,
    /// People per 24 hours that campaigns of this category may use.
    pub people_per_day: Option<u64>,
    /// When how many of them were used already, oldest first.
    pub used: Vec<(UnixMillis, u64)>,
    /// The operator's own limits of the number.
    pub number: NumberLimits,
    /// As `used`, by campaigns of the number alone.
    pub number_used: Vec<(UnixMillis, u64)>,
}

/// How it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    /// When the last message leaves; `None` = not before the campaign's end or the horizon.
    pub finish: Option<UnixMillis>,
    /// People whose turn does not come.
    pub left: u64,
    /// How many leave in each hour in which any does, oldest first: its beginning, and people.
    pub course: Vec<(UnixMillis, u64)>,
}

/// People reached in the last 24 hours, as they fall out of them again.
struct Day(VecDeque<(UnixMillis, u64)>);

impl Day {
    fn at(&mut self, now: UnixMillis) -> u64 {
        while self.0.front().is_some_and(|(at, _)| now.since(*at) >= DAY) {
            self.0.pop_front();
        }
        self.0.iter().map(|(_, n)| n).sum()
    }

    /// When the first of them fall out.
    fn frees_at(&self) -> Option<UnixMillis> {
        self.0.front().map(|(at, _)| at.plus(DAY))
    }

    fn take(&mut self, now: UnixMillis, people: u64) {
        match self.0.back_mut() {
            Some((at, n)) if now.since(*at) < Duration::from_secs(60) => *n += people,
            _ => self.0.push_back((now, people)),
        }
    }
}

/// Room that a limit of people leaves now; and if there is none, when there is again.
fn room(limit: Option<u64>, day: &mut Day, now: UnixMillis) -> Result<u64, Option<UnixMillis>> {
    let Some(limit) = limit else { return Ok(u64::MAX) };
    match limit.saturating_sub(day.at(now)) {
        0 => Err(day.frees_at()),
        room => Ok(room),
    }
}

/// Runs it.
pub(super) fn simulate(mut run: Run) -> Outcome {
    let mut left: u64 = run.groups.iter().map(|g| g.people).sum();
    let mut now = run.start;
    let mut bucket = Bucket::new(run.per_second, run.factor, Duration::ZERO);
    let mut day = Day(std::mem::take(&mut run.used).into());
    let mut of_number = Day(std::mem::take(&mut run.number_used).into());
    let mut course: Vec<(UnixMillis, u64)> = Vec::new();
    let stop = run.ends.unwrap_or(UnixMillis::new(i64::MAX)).min(run.start.plus(HORIZON));
    let mut last = None;
    while left > 0 && now < stop {
        if let Some(opens) = run.window.as_ref().and_then(|(open, zone)| closed_until(*open, zone, now)) {
            now = opens;
            continue;
        }
        // Who may be written to now, and when that changes: looked at anew at every full minute.
        let minute_ends = UnixMillis::new(now.as_ms() - now.as_ms().rem_euclid(60_000) + 60_000);
        let mut awake: Vec<usize> = Vec::new();
        let mut next_awake: Option<UnixMillis> = None;
        for (at, group) in run.groups.iter().enumerate().filter(|(_, g)| g.people > 0) {
            match run.quiet.map_or(QuietUntil::NotNow, |quiet| quiet_until(quiet, &group.zones, now)) {
                QuietUntil::NotNow => awake.push(at),
                QuietUntil::Until(until) => next_awake = Some(next_awake.map_or(until, |n: UnixMillis| n.min(until))),
                QuietUntil::Never => {}
            }
        }
        if awake.is_empty() {
            match next_awake {
                Some(at) => now = at,
                None => break,
            }
            continue;
        }
        while now < minute_ends && !awake.is_empty() {
            let portfolio = room(run.people_per_day, &mut day, now);
            let number = room(run.number.people_per_day(now), &mut of_number, now);
            let room = match (portfolio, number) {
                (Ok(a), Ok(b)) => a.min(b),
                (Err(free_at), _) => {
                    now = free_at.unwrap_or(minute_ends).max(minute_ends);
                    break;
                }
                (_, Err(free_at)) => {
                    // A warm-up may allow more before anybody falls out of the day.
                    let stage = run.number.warm_up.and_then(|w| w.next_stage(now));
                    now = free_at.into_iter().chain(stage).min().unwrap_or(minute_ends).max(minute_ends);
                    break;
                }
            };
            let mono = now.since(run.start);
            let mut take = u64::from(bucket.available(mono)).min(room).min(left);
            let mut taken = 0;
            while take > 0 {
                let Some(group) = awake.last().and_then(|at| run.groups.get_mut(*at)) else { break };
                let n = take.min(group.people);
                group.people -= n;
                take -= n;
                taken += n;
                if group.people == 0 {
                    awake.pop();
                }
            }
            if taken > 0 {
                bucket.take(u32::try_from(taken).unwrap_or(u32::MAX), mono);
                left -= taken;
                last = Some(now);
                day.take(now, taken);
                of_number.take(now, taken);
                let hour = UnixMillis::new(now.as_ms() - now.as_ms().rem_euclid(HOUR_MS));
                match course.last_mut() {
                    Some((at, n)) if *at == hour => *n += taken,
                    _ => course.push((hour, taken)),
                }
            }
            now = now.plus(bucket.wait(mono).max(Duration::from_millis(50)));
        }
    }
    Outcome { finish: last.filter(|_| left == 0), left, course }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use switchboard_domain::phone::Region;
    use switchboard_domain::rules::{WarmUp, zone, zones_of};

    fn at(text: &str) -> UnixMillis {
        UnixMillis::new(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    fn run(people: u64, per_second: f64) -> Run {
        Run {
            start: at("2026-11-22T15:00:00Z"),
            per_second,
            factor: 1.0,
            groups: vec![Group { zones: vec![zone("America/Toronto").unwrap()], people }],
            quiet: None,
            window: None,
            ends: None,
            people_per_day: None,
            used: Vec::new(),
            number: NumberLimits::default(),
            number_used: Vec::new(),
        }
    }

    #[test]
    fn without_rules_it_takes_as_long_as_the_pace() {
        let out = simulate(run(12_000, 20.0));
        let seconds = out.finish.unwrap().since(at("2026-11-22T15:00:00Z")).as_secs();
        assert!((600..=620).contains(&seconds), "{seconds}");
    }

    #[test]
    fn a_million_people_are_simulated_quickly() {
        let began = std::time::Instant::now();
        assert!(simulate(run(1_000_000, 80.0)).finish.is_some());
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }

    #[test]
    fn quiet_hours_hold_the_rest_until_the_morning() {
        let quiet = Some(Hours { from_minute: 21 * 60, to_minute: 8 * 60 });
        // Ten hours at one a second, from ten in the morning: eleven hours fit before the evening, not twelve.
        assert!(simulate(Run { quiet, ..run(36_000, 1.0) }).finish.unwrap() < at("2026-11-23T02:00:00Z"));
        let late = simulate(Run { quiet, ..run(43_200, 1.0) }).finish.unwrap();
        assert!(late > at("2026-11-23T13:00:00Z") && late < at("2026-11-23T16:00:00Z"), "{late}");
    }

    #[test]
    fn the_limit_of_people_holds_the_rest_until_the_first_fall_out_of_it() {
        let limited =
            Run { people_per_day: Some(2_000), used: vec![(at("2026-11-22T09:00:00Z"), 1_500)], ..run(1_000, 20.0) };
        let finish = simulate(limited).finish.unwrap();
        assert!(finish >= at("2026-11-23T09:00:00Z") && finish < at("2026-11-23T09:05:00Z"), "{finish}");
    }

    #[test]
    fn a_warm_up_spreads_it_over_its_days_as_the_claim_will() {
        let start = at("2026-11-22T15:00:00Z");
        let warm_up = Some(WarmUp { from: start.minus(DAY / 4), first_day: 50, percent: 200, days: 4 });
        // Of the fifty of the first day ten are used. The second day, a hundred in all, begins after 18 hours.
        let out = simulate(Run {
            number: NumberLimits { warm_up, ..NumberLimits::default() },
            number_used: vec![(start.minus(DAY / 8), 10)],
            ..run(90, 20.0)
        });
        assert_eq!(out.course.iter().map(|(_, n)| *n).collect::<Vec<_>>(), [40, 50]);
        let finish = out.finish.unwrap();
        let second = start.plus(DAY * 3 / 4);
        assert!(finish >= second && finish < second.plus(DAY / 24), "{finish}");
    }

    #[test]
    fn the_operator_s_own_limit_of_a_number_holds_beside_the_portfolio_s() {
        let number = NumberLimits { per_day: Some(100), ..NumberLimits::default() };
        let out = simulate(Run { number, people_per_day: Some(1_000), ..run(250, 20.0) });
        let finish = out.finish.unwrap();
        assert!(finish >= at("2026-11-24T15:00:00Z") && finish < at("2026-11-24T16:00:00Z"), "{finish}");
    }

    #[test]
    fn a_number_that_was_slowed_down_takes_longer() {
        let seconds = |factor| {
            let out = simulate(Run { factor, ..run(600, 20.0) });
            out.finish.unwrap().since(at("2026-11-22T15:00:00Z")).as_secs()
        };
        assert!(seconds(0.2) > seconds(1.0) + 30, "{} {}", seconds(0.2), seconds(1.0));
    }

    #[test]
    fn the_course_says_how_many_leave_in_each_hour() {
        let out = simulate(Run { start: at("2026-11-22T15:30:00Z"), ..run(7_200, 1.0) });
        assert_eq!(out.course.iter().map(|(_, n)| n).sum::<u64>(), 7_200);
        let hours: Vec<i64> = out.course.iter().map(|(at, _)| at.as_ms() % 86_400_000 / HOUR_MS).collect();
        assert_eq!(hours, [15, 16, 17]);
    }

    #[test]
    fn who_is_not_reached_before_the_end_is_counted() {
        let out = simulate(Run { ends: Some(at("2026-11-22T15:10:00Z")), ..run(12_000, 10.0) });
        assert_eq!(out.finish, None);
        assert!((5_900..=6_100).contains(&out.left), "{}", out.left);
    }

    #[test]
    fn a_window_and_a_country_with_many_zones_leave_few_hours_and_it_goes_on_the_next_day() {
        let mut run = run(40_000, 1.0);
        run.groups = vec![Group { zones: zones_of(Region::parse("CA").unwrap()), people: 40_000 }];
        run.quiet = Some(Hours { from_minute: 21 * 60, to_minute: 8 * 60 });
        run.window = Some((Hours { from_minute: 9 * 60, to_minute: 18 * 60 }, zone("America/Toronto").unwrap()));
        let finish = simulate(run).finish.unwrap();
        assert!(finish > at("2026-11-23T16:00:00Z"), "{finish}");
    }
}
