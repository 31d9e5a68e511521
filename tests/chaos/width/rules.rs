//! What the operator decided in a run, and whether it was kept: asked of Meta's own ledger and by a calendar of the
//! suite's own, not by the code that keeps it.

use std::collections::{BTreeMap, BTreeSet};

use switchboard_bridge::dto::{CampaignRules, Hours, LocalMoment, Settings};
use switchboard_domain::rules::{NumberLimits, WarmUp};
use switchboard_domain::time::UnixMillis;

use super::check::{DAY_MS, Sent};
use super::clock::BEGIN_MS;
use super::plan::Dice;
use super::rows::Id;
use super::run::Facts;

/// The shop is there; in November its clock is five hours behind.
const SHOP: &str = "America/Toronto";
const SHOP_OFF_BY: i64 = -300;
/// What the clocks of Canada are off, in minutes, and those of Kenya, in November.
const CANADA: &[i64] = &[-210, -240, -300, -360, -420, -480];
const KENYA: &[i64] = &[180];
/// Area codes that lie in one zone: the number tells more than the country.
const AREAS: &[(i64, &[&str])] = &[
    (-210, &["709"]),
    (-240, &["506", "782", "902"]),
    (-300, &["226", "289", "343", "365", "418", "437", "438", "450", "514", "519", "548", "579", "613", "647", "905"]),
    (-360, &["204", "431"]),
    (-420, &["403", "587", "780", "825"]),
    (-480, &["604"]),
];
/// Prices of the demo list, millionths of a dollar: marketing and utility.
const IN_CANADA: [i64; 2] = [25_000, 3_400];
const IN_KENYA: [i64; 2] = [22_500, 4_000];

/// Minutes of a day, from and to.
pub type Stretch = (u16, u16);

/// What the operator decided.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules {
    /// Messages to one person in so many days.
    pub cap: Option<(u32, u32)>,
    pub quiet: Option<Stretch>,
    /// Both hold for utility too.
    pub for_utility: bool,
    /// Campaigns send in these hours of the shop.
    pub window: Option<Stretch>,
    /// Campaigns end this long after the world begins.
    pub ends_ms: Option<i64>,
    /// Of each campaign, millionths.
    pub budget: Option<i64>,
    pub month_budget: Option<i64>,
    /// Percent of the day's people that marketing leaves alone.
    pub reserve: u32,
    /// People per day of the first number.
    pub per_day: Option<u32>,
    /// People on the first day of the first number's warm-up, which doubles for three days.
    pub warm_up: Option<u32>,
}

impl Rules {
    pub fn of(d: &mut Dice) -> Self {
        if d.per_mille(300) {
            return Self::default();
        }
        let some = |d: &mut Dice, n: i64| d.per_mille(n);
        Self {
            cap: some(d, 400).then(|| (u32::try_from(d.range(1, 3)).unwrap(), u32::try_from(d.range(1, 3)).unwrap())),
            quiet: some(d, 400).then(|| {
                // Most begin or end around the moment at which a run sends: 03:01 in Kenya, 20:31 in St. John's.
                let from = d.pick(&[181u16, 1_231, 1_200, 1_260, 1_171]);
                (from, (from + d.pick(&[1u16, 2, 60, 660])) % 1_440)
            }),
            for_utility: some(d, 500),
            // The shop's clock says 19:00 when the world begins.
            window: some(d, 200).then(|| d.pick(&[(540u16, 1_141u16), (1_141, 1_320), (0, 1_439)])),
            ends_ms: some(d, 200).then(|| d.pick(&[60_000i64, 120_000, 7_200_000, 90_000_000])),
            budget: some(d, 250).then(|| d.range(1, 40) * 25_000),
            month_budget: some(d, 150).then(|| d.range(1, 40) * 25_000),
            reserve: d.pick(&[0, 10, 40]),
            per_day: some(d, 150).then(|| u32::try_from(d.range(3, 20)).unwrap()),
            warm_up: some(d, 150).then(|| u32::try_from(d.range(3, 12)).unwrap()),
        }
    }

    /// Whether minutes of the clock matter, so that the run is to send around one.
    pub const fn has_hours(&self) -> bool {
        self.quiet.is_some() || self.window.is_some() || self.ends_ms.is_some()
    }

    /// Whether a person's turn may be hours or days away.
    pub const fn makes_wait(&self) -> bool {
        self.has_hours() || self.cap.is_some() || self.per_day.is_some() || self.warm_up.is_some()
    }

    pub fn set(&self, settings: &mut Settings) {
        let hours = |(from_minute, to_minute): Stretch| Hours { from_minute, to_minute };
        settings.shop_zone = Some(SHOP.to_owned());
        settings.cap_messages = self.cap.map(|c| c.0);
        settings.cap_days = self.cap.map_or(7, |c| c.1);
        settings.quiet_hours = self.quiet.map(hours);
        settings.rules_for_utility = self.for_utility;
        settings.utility_reserve_percent = self.reserve;
        settings.month_budget = self.month_budget.map(dollars);
    }

    pub fn of_campaign(&self) -> CampaignRules {
        CampaignRules {
            window: self.window.map(|(from_minute, to_minute)| Hours { from_minute, to_minute }),
            ends: self.ends_ms.map(|ms| {
                // The world begins on the 21st at 19:00 there.
                let minutes = 21 * 1_440 + 19 * 60 + ms / 60_000;
                let (day, hour, minute) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
                let local = format!("2026-11-{day:02}T{hour:02}:{minute:02}");
                LocalMoment { local, zone: SHOP.to_owned() }
            }),
            budget: self.budget.map(dollars),
            ..CampaignRules::default()
        }
    }

    /// Limits of the first number.
    pub fn of_number(&self) -> NumberLimits {
        let begin = UnixMillis::new(BEGIN_MS);
        let warm_up = self.warm_up.map(|first_day| WarmUp { from: begin, first_day, percent: 200, days: 3 });
        NumberLimits { per_second: None, per_day: self.per_day, warm_up }
    }

    /// Whether cap and quiet hours hold for the campaigns of a run.
    const fn hold_for(&self, marketing: bool) -> bool {
        marketing || self.for_utility
    }

    /// People that the first number may reach in 24 hours at a moment.
    fn people_of_number(&self, at_ms: i64) -> Option<usize> {
        let day = u32::try_from(at_ms / DAY_MS).unwrap();
        let warm = self.warm_up.filter(|_| day < 3).map(|first| first << day);
        self.per_day.into_iter().chain(warm).min().map(|n| usize::try_from(n).unwrap())
    }
}

fn dollars(micros: i64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

fn is_within((from, to): Stretch, off_by_minutes: i64, world_ms: i64) -> bool {
    let minute = ((BEGIN_MS + world_ms) / 60_000 + off_by_minutes).rem_euclid(1_440);
    let (from, to) = (i64::from(from), i64::from(to));
    if from < to { (from..to).contains(&minute) } else { minute >= from || minute < to }
}

/// What the clocks are off where an address may be.
fn zones_of(address: &str, is_kenyan: bool) -> Vec<i64> {
    match address.strip_prefix('1').and_then(|rest| rest.get(..3)) {
        _ if is_kenyan => KENYA.to_vec(),
        // An area with several zones is not asked about.
        Some(area) => AREAS.iter().filter(|(_, areas)| areas.contains(&area)).map(|(off, _)| *off).collect(),
        None => CANADA.to_vec(),
    }
}

/// Everything that the operator decided, at the start of each request of a campaign.
pub fn kept(facts: &Facts, sent: &[Sent<'_>], found: &mut Vec<String>) {
    let rules = &facts.plan.rules;
    for s in sent.iter().filter(|s| s.row.campaign.is_some()) {
        let (n, at) = (s.arrival.n, s.arrival.at_ms);
        if rules.window.is_some_and(|open| !is_within(open, SHOP_OFF_BY, at)) {
            found.push(format!("request {n} left at {at} ms, outside the campaign's hours"));
        }
        if rules.ends_ms.is_some_and(|end| at >= end) {
            found.push(format!("request {n} left at {at} ms, after the campaign's end"));
        }
        if !rules.hold_for(facts.plan.marketing) {
            continue;
        }
        let zones = zones_of(&s.arrival.to, facts.humans[s.human].is_kenyan);
        if rules.quiet.is_some_and(|quiet| zones.iter().any(|off| is_within(quiet, *off, at))) {
            found.push(format!("request {n} left at {at} ms, in the person's quiet hours"));
        }
    }
    nobody_above_the_cap(facts, sent, found);
    no_budget_exceeded(facts, sent, found);
    no_number_above_its_own_limit(facts, sent, found);
}

fn nobody_above_the_cap(facts: &Facts, sent: &[Sent<'_>], found: &mut Vec<String>) {
    let rules = &facts.plan.rules;
    let Some((most, days)) = rules.cap.filter(|_| rules.hold_for(facts.plan.marketing)) else { return };
    let failed = facts.failed();
    for s in sent.iter().filter(|s| s.row.campaign.is_some()) {
        let earlier = sent.iter().filter(|o| {
            let one_person = o.human == s.human
                && (o.entry == s.entry
                    || facts.humans[s.human].linked_at_tick.is_some_and(|linked| linked < s.arrival.claim));
            // Single messages count where they are marketing.
            let counts = o.arrival.is_template && (facts.plan.marketing || o.row.campaign.is_some());
            let left = o.arrival.wamid.as_ref().is_some_and(|wamid| !failed.contains(wamid.as_str()));
            // Meta tells its times in whole seconds.
            let lately = s.arrival.at_ms - o.arrival.at_ms < i64::from(days) * DAY_MS - 2_000;
            one_person && counts && left && lately && o.arrival.n < s.arrival.n
        });
        let had = earlier.count();
        if had >= usize::try_from(most).unwrap() {
            let (n, at) = (s.arrival.n, s.arrival.at_ms);
            found.push(format!("request {n} at {at} ms is above the cap of {most} in {days} days: {had} before"));
        }
    }
}

/// List prices of what Meta took and did not fail: all of it may be charged.
fn no_budget_exceeded(facts: &Facts, sent: &[Sent<'_>], found: &mut Vec<String>) {
    let failed = facts.failed();
    let mut spent: BTreeMap<Id, i64> = BTreeMap::new();
    for s in sent {
        let (Some(campaign), Some(wamid)) = (s.row.campaign, &s.arrival.wamid) else { continue };
        if failed.contains(wamid.as_str()) {
            continue;
        }
        let prices = if facts.humans[s.human].is_kenyan { IN_KENYA } else { IN_CANADA };
        *spent.entry(campaign).or_default() += prices[usize::from(!facts.plan.marketing)];
    }
    if let Some(budget) = facts.plan.rules.budget {
        for spent in spent.values().filter(|spent| **spent > budget) {
            found.push(format!("a campaign spent {spent} of a budget of {budget}"));
        }
    }
    let all: i64 = spent.values().sum();
    if let Some(budget) = facts.plan.rules.month_budget.filter(|budget| all > *budget) {
        found.push(format!("campaigns spent {all} of the month's budget of {budget}"));
    }
}

fn no_number_above_its_own_limit(facts: &Facts, sent: &[Sent<'_>], found: &mut Vec<String>) {
    let failed = facts.failed();
    let of_first: Vec<&Sent<'_>> =
        sent.iter().filter(|s| s.row.campaign.is_some() && s.arrival.number == super::webhooks::NUMBER).collect();
    for (i, s) in of_first.iter().enumerate() {
        let Some(most) = facts.plan.rules.people_of_number(s.arrival.at_ms) else { continue };
        if s.arrival.wamid.is_none() {
            continue;
        }
        let day = of_first[..=i].iter().filter(|o| {
            s.arrival.at_ms - o.arrival.at_ms < DAY_MS
                && o.arrival.wamid.as_ref().is_some_and(|wamid| !failed.contains(wamid.as_str()))
        });
        let people = day.map(|o| o.human).collect::<BTreeSet<_>>().len();
        if people > most {
            let at = s.arrival.at_ms;
            found.push(format!("{people} people of one number in the 24 hours before {at} ms, {most} are allowed"));
            break;
        }
    }
}
