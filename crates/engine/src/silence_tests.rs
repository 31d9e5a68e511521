//! What is a sign and what is a quiet shop.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::*;

/// A Monday, 00:00 UTC.
const MONDAY: i64 = 1_795_996_800_000;
const H: i64 = 3_600_000;

fn at(hours: i64) -> UnixMillis {
    UnixMillis::new(MONDAY + hours * H)
}

/// Hours of the weeks before [`MONDAY`] in which the shop had webhooks, by hour of the week.
fn weeks(weeks: i64, open: impl Fn(i64) -> bool) -> Vec<i64> {
    let monday = MONDAY / H;
    (-weeks * 168..0).filter(|h| open(h.rem_euclid(168))).map(|h| monday + h).collect()
}

/// Open from 9 to 18 on weekdays.
fn shop(hour: i64) -> bool {
    hour / 24 < 5 && (9..18).contains(&(hour % 24))
}

fn quiet_since(last: i64, hours: Vec<i64>) -> Facts {
    Facts { last_webhook_at: Some(at(last)), unheard: None, hours }
}

#[test]
fn a_shop_that_closes_at_night_and_at_the_weekend_is_left_in_peace() {
    // From Friday 18:00 until Monday 9:00, looked at every hour.
    for now in -54..=9 {
        let facts = quiet_since(-54, weeks(5, shop));
        assert_eq!(judge(&facts, at(now)), None, "{now}");
    }
}

#[test]
fn a_morning_without_a_webhook_is_a_sign_where_mornings_have_some() {
    // The newest is Friday 17:59; it is Monday.
    let facts = quiet_since(-54, weeks(5, shop));
    assert_eq!(judge(&facts, at(11)), None, "two hours of the morning");
    assert_eq!(judge(&facts, at(12)), Some((Sign::Hours, at(-54))));
}

#[test]
fn one_week_with_a_free_morning_is_enough_to_wait() {
    let mut hours = weeks(5, shop);
    let monday_before = MONDAY / H - 168;
    hours.retain(|h| !(monday_before..monday_before + 24).contains(h));
    assert_eq!(judge(&quiet_since(-54, hours), at(13)), None);
}

#[test]
fn a_new_desk_has_no_usual_hours_yet() {
    assert_eq!(judge(&quiet_since(-54, weeks(2, shop)), at(14)), None);
    assert_eq!(judge(&quiet_since(-54, Vec::new()), at(500)), None);
    assert_eq!(judge(&Facts::default(), at(500)), None, "nothing ever came, and nothing was sent");
}

#[test]
fn a_pause_far_longer_than_any_is_a_sign_without_a_pattern() {
    // One webhook every fifth hour, shifted by an hour every week: no hour of the week repeats.
    let monday = MONDAY / H;
    let hours: Vec<i64> = (-24 * 12..0).filter(|h| h % 5 == 0).map(|h| monday + h).collect();
    assert_eq!(judge(&quiet_since(-5, hours.clone()), at(15)), None);
    assert_eq!(judge(&quiet_since(-5, hours), at(20)), Some((Sign::LongestPause, at(-5))));
}

#[test]
fn messages_without_any_status_are_a_sign_after_minutes() {
    let facts = |n, minutes: i64| {
        let first = UnixMillis::new(at(0).as_ms() - minutes * 60_000);
        (Facts { unheard: Some((n, first)), ..Facts::default() }, first)
    };
    let (five, first) = facts(5, 10);
    assert_eq!(judge(&five, at(0)), Some((Sign::Statuses { messages: 5 }, first)));
    assert_eq!(judge(&facts(4, 29).0, at(0)), None);
    assert!(judge(&facts(1, 30).0, at(0)).is_some());
}

#[test]
fn two_looks_must_agree_and_a_webhook_ends_the_alarm() {
    let mut suspected = false;
    let found = Some((Sign::Hours, at(-5)));
    assert_eq!(next_step(None, found.clone(), &mut suspected, at(0)), Step::Nothing);
    assert_eq!(next_step(None, None, &mut suspected, at(0)), Step::Nothing, "it was a moment");
    assert_eq!(next_step(None, found.clone(), &mut suspected, at(0)), Step::Nothing);
    let Step::Raise(alarm) = next_step(None, found, &mut suspected, at(0)) else { panic!("not raised") };
    assert_eq!(next_step(Some(&(alarm.clone(), false)), None, &mut suspected, at(1)), Step::Nothing, "it stands");
    assert_eq!(next_step(Some(&(alarm.clone(), true)), None, &mut suspected, at(1)), Step::TakeBack);
    let kept = serde_json::to_string(&alarm).unwrap();
    let said = sentence(&kept, at(0)).unwrap();
    assert!(said.contains("5 hours") && said.contains("doctor"), "{said}");
}

mod with_a_store {
    use std::time::Duration;

    use switchboard_domain::time::Clock;
    use switchboard_relay_api::{LinkPhase, RelaySeq};

    use super::*;
    use crate::sender::rig::Rig;

    fn alarm(rig: &Rig) -> Option<String> {
        rig.console.store().read_blocking(relay::get).unwrap().unwrap().silence
    }

    fn webhook_at(rig: &Rig, at: UnixMillis) {
        rig.console.store().write_blocking(Priority::Inbound, move |tx| relay::webhooks_came(tx, &[at])).unwrap();
    }

    async fn sent(rig: &Rig) {
        rig.people(6).await;
        rig.launched().await;
        let mut sender = rig.sender().await;
        rig.drive(&mut sender).await;
    }

    #[tokio::test]
    async fn accepted_messages_without_a_webhook_raise_the_alarm_and_the_next_webhook_ends_it() {
        let rig = Rig::new().await;
        let start = rig.clock.now();
        webhook_at(&rig, start);
        sent(&rig).await;
        let mut watch = Watch::default();
        rig.advance(Duration::from_secs(5 * 60));
        for _ in 0..3 {
            watch.look(&rig.console).await.unwrap();
        }
        assert_eq!(alarm(&rig), None, "five minutes are nothing");
        rig.advance(Duration::from_secs(6 * 60));
        watch.look(&rig.console).await.unwrap();
        assert_eq!(alarm(&rig), None, "one look is none");
        watch.look(&rig.console).await.unwrap();
        assert!(alarm(&rig).is_some());
        watch.look(&rig.console).await.unwrap();
        assert!(alarm(&rig).is_some(), "it stands");
        rig.advance(Duration::from_secs(60));
        webhook_at(&rig, rig.clock.now());
        watch.look(&rig.console).await.unwrap();
        assert_eq!(alarm(&rig), None);
    }

    #[tokio::test]
    async fn a_relay_that_is_not_heard_raises_no_alarm_of_silence() {
        let rig = Rig::new().await;
        sent(&rig).await;
        rig.advance(Duration::from_secs(3600));
        let mut watch = Watch::default();
        let state = RelayState { phase: LinkPhase::Stopped, ..RelayState::new("c", RelaySeq::START) };
        rig.console.relay_state().send_replace(Some(state));
        for _ in 0..3 {
            watch.look(&rig.console).await.unwrap();
        }
        assert_eq!(alarm(&rig), None, "the status bar says what is wrong there");
    }
}
