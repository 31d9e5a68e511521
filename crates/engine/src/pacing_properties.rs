//! Never above a limit, whatever comes in which order.
#![allow(clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;

use super::*;

/// What can happen to a number's pace.
#[derive(Clone, Copy, Debug)]
enum Happens {
    /// Time passes, in microseconds.
    Passes(u64),
    /// A campaign claims all that it may, or a part, and what it claimed starts that much later.
    Claims { all: bool, late_micros: u64 },
    /// A reply leaves, which is never held back.
    Reply(u32),
    /// 130429.
    Throttled { pause_ms: u64 },
    /// The account is asked to wait.
    Pause { pause_ms: u64 },
    /// The level or the operator's ceiling changes.
    Limit(u32),
    /// The program starts anew and knows no more than the factor in the store.
    Restart,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        6 => (0u64..700_000).prop_map(Happens::Passes),
        6 => (any::<bool>(), prop_oneof![Just(0), 0u64..400_000])
            .prop_map(|(all, late_micros)| Happens::Claims { all, late_micros }),
        1 => (1u32..6).prop_map(Happens::Reply),
        1 => (0u64..3_000).prop_map(|pause_ms| Happens::Throttled { pause_ms }),
        1 => (0u64..3_000).prop_map(|pause_ms| Happens::Pause { pause_ms }),
        1 => (1u32..200).prop_map(Happens::Limit),
        1 => Just(Happens::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn no_start_of_a_campaign_ever_fills_a_second_beyond_the_limit(
        first in 1u32..200,
        events in proptest::collection::vec(happens(), 1..160),
    ) {
        let mut now = Duration::from_secs(5);
        let mut limit = first;
        let mut bucket = Bucket::new(f64::from(limit), 1.0, now);
        // Starts, replies among them, and the moments until which nothing may be claimed.
        let mut starts: Vec<(Duration, u32)> = Vec::new();
        let mut pause_until = Duration::ZERO;
        for event in events {
            match event {
                Happens::Passes(micros) => now += Duration::from_micros(micros),
                Happens::Claims { all, late_micros } => {
                    let may = bucket.available(now);
                    let n = if all { may } else { may.div_ceil(2) };
                    let may_claim = now >= pause_until;
                    bucket.take(n, now);
                    let claimed = now;
                    now += Duration::from_micros(late_micros);
                    bucket.started(claimed, now);
                    starts.push((now, n));
                    let in_second: u32 =
                        starts.iter().filter(|(at, _)| now - *at < Duration::from_secs(1)).map(|(_, n)| n).sum();
                    prop_assert!(n == 0 || in_second <= limit, "{in_second} in a second at limit {limit}");
                    prop_assert!(n == 0 || may_claim, "claimed during a pause");
                    let worth = (f64::from(limit) * CLAIM_WORTH.as_secs_f64()).max(1.0);
                    prop_assert!(f64::from(n) <= worth, "{n} in one claim at limit {limit}");
                }
                Happens::Reply(n) => {
                    bucket.take(n, now);
                    starts.push((now, n));
                }
                Happens::Throttled { pause_ms } => {
                    bucket.throttled(Duration::from_millis(pause_ms), now);
                    pause_until = pause_until.max(now + Duration::from_millis(pause_ms));
                }
                Happens::Pause { pause_ms } => {
                    bucket.pause(Duration::from_millis(pause_ms), now);
                    pause_until = pause_until.max(now + Duration::from_millis(pause_ms));
                }
                Happens::Limit(new) => {
                    limit = new;
                    bucket.set_limit(f64::from(new), now);
                }
                Happens::Restart => {
                    bucket = Bucket::new(f64::from(limit), bucket.factor(), now);
                    pause_until = Duration::ZERO;
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// Campaigns and a conversation write to one person through one number, whenever they like.
    #[test]
    fn no_pair_is_written_to_more_often_than_meta_allows(
        wishes in proptest::collection::vec((0i64..12_000, prop::bool::weighted(0.8)), 1..400),
    ) {
        let mut at_ms = 1_000_000i64;
        let mut left: Vec<UnixMillis> = Vec::new();
        for (passed_ms, in_burst) in wishes {
            // A burst: most wishes come at once.
            at_ms += if passed_ms < 9_000 { passed_ms / 100 } else { passed_ms };
            let now = UnixMillis::new(at_ms);
            let earlier: Vec<UnixMillis> = left.iter().copied().filter(|at| now.since(*at) < PAIR_MEMORY).collect();
            match pair_free_at(&earlier, in_burst, now) {
                Some(free) => {
                    prop_assert!(free > now);
                    let then: Vec<UnixMillis> = left.iter().copied().filter(|at| free.since(*at) < PAIR_MEMORY).collect();
                    prop_assert_eq!(pair_free_at(&then, in_burst, free), None, "free at the time that was named");
                }
                None => {
                    prop_assert!(in_burst || left.last().is_none_or(|at| now.since(*at) >= PAIR_EVERY));
                    left.push(now);
                }
            }
        }
        for (i, last) in left.iter().enumerate() {
            let within = left[..=i].iter().filter(|at| last.since(**at) < PAIR_MEMORY).count();
            prop_assert!(within <= 45, "{} messages in 270 seconds", within);
        }
    }

    /// What comes in and what goes out share the level, as long as the seconds are no busier than those before.
    #[test]
    fn what_comes_in_and_goes_out_never_exceeds_the_level_together(
        inbound in 0u32..79, steps in proptest::collection::vec(0u64..200_000, 1..400),
    ) {
        let mut bucket = Bucket::new(beside_inbound(80.0, inbound), 1.0, Duration::ZERO);
        let mut now = Duration::from_secs(2);
        let mut starts: Vec<Duration> = Vec::new();
        for micros in steps {
            now += Duration::from_micros(micros);
            let n = bucket.available(now);
            bucket.take(n, now);
            starts.extend(std::iter::repeat_n(now, n as usize));
            let out = starts.iter().filter(|at| now - **at < Duration::from_secs(1)).count();
            // A tenth of the level is used whatever comes in.
            prop_assert!(out + inbound as usize <= 80.max(inbound as usize + 8), "{out} out beside {inbound} in");
        }
    }
}
