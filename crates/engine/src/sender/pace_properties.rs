//! Never above a limit of a day, whatever comes in which order: the portfolio's people, what of them is kept for utility,
//! and the operator's own limits of a number with its warm-up.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use switchboard_domain::rules::WarmUp;

use super::*;

const DAY_MS: i64 = 86_400_000;
const BEGIN_MS: i64 = 100 * DAY_MS;

/// What can happen between two claims.
#[derive(Clone, Copy, Debug)]
enum Happens {
    Passes {
        ms: i64,
    },
    /// A campaign of one of two numbers asks for so many.
    Claims {
        first: bool,
        marketing: bool,
        rows: u64,
    },
    /// A template to one person, which waits for nothing.
    Single {
        first: bool,
    },
    /// The program starts anew and knows what is in the store.
    Restart,
    /// Meta raises or lowers the portfolio's limit.
    Tier(u64),
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        3 => (0i64..3_000).prop_map(|ms| Happens::Passes { ms }),
        2 => (0i64..14 * 3_600_000).prop_map(|ms| Happens::Passes { ms }),
        6 => (any::<bool>(), any::<bool>(), 1u64..40)
            .prop_map(|(first, marketing, rows)| Happens::Claims { first, marketing, rows }),
        1 => any::<bool>().prop_map(|first| Happens::Single { first }),
        1 => Just(Happens::Restart),
        1 => (5u64..60).prop_map(Happens::Tier),
    ]
}

/// A message that left: when, from which number, to whom, by a campaign.
type Left = (i64, PhoneNumberId, u64, bool);

struct Store {
    left: Vec<Left>,
    tier: u64,
    reserve_percent: u32,
    limits: NumberLimits,
}

fn numbers() -> [PhoneNumberId; 2] {
    [PhoneNumberId::new("1"), PhoneNumberId::new("2")]
}

impl Store {
    fn people(&self, since_ms: i64, of: impl Fn(&Left) -> bool) -> u64 {
        let people: BTreeSet<u64> = self.left.iter().filter(|l| l.0 >= since_ms && of(l)).map(|l| l.2).collect();
        people.len() as u64
    }

    fn figures(&self, now: UnixMillis, count: bool) -> Figures {
        let since = now.as_ms() - DAY_MS;
        let first = numbers()[0].clone();
        let reached = count.then(|| self.people(since, |l| l.1 == first && l.3));
        Figures {
            numbers: numbers().into_iter().map(|n| (n, 1000.0)).collect(),
            operator_max: None,
            people_per_day: Some(self.tier),
            people: count.then(|| (self.people(since, |_| true), None)),
            reserve_percent: self.reserve_percent,
            own: vec![(first, self.limits, reached.filter(|_| self.limits.people_per_day(now).is_some()))],
            marketing: MarketingWay::default(),
            card: Card::default(),
            now,
            state: sender_state::SenderState::default(),
            inbound: HashMap::new(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn no_claim_of_a_campaign_reaches_more_people_than_any_limit_of_a_day(
        tier in 5u64..60,
        reserve_percent in prop_oneof![Just(0u32), 1u32..100],
        per_day in prop::option::of(1u32..30),
        warm_up in prop::option::of((1u32..12, 100u32..300, 1u32..5)),
        people in 3u64..200,
        events in proptest::collection::vec(happens(), 1..120),
    ) {
        let warm_up = warm_up.map(|(first_day, percent, days)| WarmUp {
            from: UnixMillis::new(BEGIN_MS), first_day, percent, days,
        });
        let limits = NumberLimits { per_second: None, per_day, warm_up };
        let mut store = Store { left: Vec::new(), tier, reserve_percent, limits };
        let mut pace = Pace::default();
        let mut at_ms = 0i64;
        let mut next = 0u64;
        for event in events {
            let now = UnixMillis::new(BEGIN_MS + at_ms);
            let mono = Duration::from_millis(u64::try_from(at_ms).unwrap());
            match event {
                Happens::Passes { ms } => at_ms += ms,
                Happens::Restart => pace = Pace::default(),
                Happens::Tier(tier) => {
                    store.tier = tier;
                    // Read again within two seconds; until then the old one is known.
                    pace.read_at = None;
                }
                Happens::Single { first } => {
                    let number = numbers()[usize::from(!first)].clone();
                    next += 1;
                    store.left.push((now.as_ms(), number.clone(), next % people, false));
                    pace.count(&number, false, true, mono);
                }
                Happens::Claims { first, marketing, rows } => {
                    // As a step does: figures, then a claim within all that is left.
                    if let Some(count) = pace.wants_figures(mono) {
                        pace.take_figures(store.figures(now, count), true, None, mono);
                    }
                    let number = numbers()[usize::from(!first)].clone();
                    let by_number = pace.number_left().get(&number).map_or(u64::MAX, |n| u64::from(*n));
                    let by_reserve = if marketing { pace.marketing_left().unwrap() } else { u64::MAX };
                    let n = rows.min(pace.people_left().unwrap()).min(by_reserve).min(by_number);
                    for _ in 0..n {
                        next += 1;
                        store.left.push((now.as_ms(), number.clone(), next % people, true));
                        pace.count(&number, true, true, mono);
                    }
                    if n == 0 { continue; }
                    let since = now.as_ms() - DAY_MS + 1;
                    let all = store.people(since, |_| true);
                    let may = if marketing { pacing::without_reserve(store.tier, reserve_percent) } else { store.tier };
                    prop_assert!(all <= may, "{} people in 24 hours, {} are allowed", all, may);
                    if let Some(may) = limits.people_per_day(now).filter(|_| first) {
                        let of_first = store.people(since, |l| l.1 == number && l.3);
                        prop_assert!(of_first <= may, "{} people of a number, {} are allowed", of_first, may);
                    }
                }
            }
        }
    }
}
