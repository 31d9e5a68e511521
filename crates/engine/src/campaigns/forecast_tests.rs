//! What the review foretells: when it will be done and what it costs, with the answers that it provokes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::time::Duration;

use switchboard_bridge::dto::{CampaignReview, CampaignRules, CampaignSchedule, LateKind, NumberLimitsSet};
use switchboard_domain::ids::{ContactId, MessageId, OutboxId};
use switchboard_domain::time::Clock;
use switchboard_store::columns::IdColumn;

use crate::sender::rig::{NUMBER, Rig};
use crate::sender::rule_tests::{drafted, sent, set, toronto, with_currency};

const HOUR: Duration = Duration::from_secs(3600);
const DAY_MS: i64 = 86_400_000;

async fn review(rig: &Rig, rules: CampaignRules) -> CampaignReview {
    let id = drafted(rig, rules).await;
    super::review(&rig.console, id).await.unwrap()
}

#[tokio::test]
async fn the_finish_is_foretold_with_the_operator_s_own_limits_and_kept() {
    let rig = Rig::new().await;
    rig.people(5).await;
    let limits =
        NumberLimitsSet { phone_number_id: NUMBER.to_owned(), per_second: Some(1), per_day: Some(2), warm_up: None };
    crate::number_limits::set(&rig.console, limits).await.unwrap();
    let now_ms = rig.clock.now().as_ms();
    let id = drafted(&rig, CampaignRules::default()).await;
    let foretold = super::review(&rig.console, id).await.unwrap();
    let finish = foretold.finish_at_ms.unwrap() - now_ms;
    assert!((2 * DAY_MS..2 * DAY_MS + 3_600_000).contains(&finish), "{finish}");
    assert_eq!(foretold.course.iter().map(|c| c.people).collect::<Vec<_>>(), [2, 2, 1]);
    rig.press_launch(id, "press").await.unwrap();
    rig.enqueue().await;
    rig.advance(Duration::from_secs(11));
    let mut by_day = Vec::new();
    for _ in 0..3 {
        crate::sender::rule_tests::run(&rig).await;
        by_day.push(sent(&rig));
        rig.advance(24 * HOUR + Duration::from_secs(120));
    }
    assert_eq!(by_day, [2, 4, 5], "as foretold");
}

#[tokio::test]
async fn the_review_says_how_many_the_budget_reaches_and_one_that_reaches_nobody_stands_against_the_launch() {
    let rig = Rig::new().await;
    rig.people(10).await;
    with_currency(&rig, "USD").await;
    // Demo price of marketing in North America: 0.025.
    let of = |budget: &str| CampaignRules { budget: Some(budget.to_owned()), ..CampaignRules::default() };
    let some = review(&rig, of("0.10")).await;
    let warning = some.warnings.iter().find(|w| w.code == "budget").unwrap();
    assert!(warning.sentence.starts_with("The budget reaches about 4 of 10 people"), "{warning:?}");
    assert!(some.blockers.is_empty(), "{:?}", some.blockers);
    for nothing in ["0", "0.02"] {
        let none = review(&rig, of(nothing)).await;
        assert!(none.blockers.iter().any(|b| b.code == "budget" && b.sentence.contains("a single message")));
    }
    let all = review(&rig, of("0.25")).await;
    assert!(!all.warnings.iter().chain(&all.blockers).any(|r| r.code == "budget"));
}

#[tokio::test]
async fn a_night_without_that_hour_is_told_by_the_clock_of_the_place_that_was_planned() {
    let rig = Rig::new().await;
    rig.people(1).await;
    set(&rig, |s| s.shop_zone = Some("Europe/Berlin".to_owned())).await;
    let start = switchboard_bridge::dto::LocalMoment {
        local: "2027-03-14T02:30".to_owned(),
        zone: "America/Toronto".to_owned(),
    };
    let schedule = CampaignSchedule { start, late: LateKind::Ask, late_hours: 3 };
    let found = review(&rig, CampaignRules { schedule: Some(schedule), ..CampaignRules::default() }).await;
    let warning = found.warnings.iter().find(|w| w.code == "clocks_change").unwrap();
    assert!(warning.sentence.ends_with("it starts at 14 Mar 2027, 03:30 (America/Toronto)."), "{warning:?}");
}

#[tokio::test]
async fn settings_that_would_mean_something_else_are_refused_and_not_bent() {
    let rig = Rig::new().await;
    let settings = crate::settings::load(rig.console.store()).await.unwrap();
    let mut much = settings.clone();
    much.utility_reserve_percent = 250;
    assert!(crate::api::settings_update(&rig.console, much).await.unwrap_err().message.contains("90"));
    let mut nowhere = settings;
    nowhere.default_region = Some("ZZ".to_owned());
    assert!(crate::api::settings_update(&rig.console, nowhere.clone()).await.is_err());
    nowhere.default_region = Some("ca".to_owned());
    assert_eq!(crate::api::settings_update(&rig.console, nowhere).await.unwrap().default_region.as_deref(), Some("CA"));
}

#[tokio::test]
async fn a_number_slower_than_the_operator_wants_of_all_is_foretold_so() {
    let rig = Rig::new().await;
    rig.people(5).await;
    rig.console.set_rate_override(None);
    set(&rig, |s| s.max_send_rate = Some(40)).await;
    assert!((review(&rig, CampaignRules::default()).await.rate_per_second - 40.0).abs() < 0.1);
    let limits =
        NumberLimitsSet { phone_number_id: NUMBER.to_owned(), per_second: Some(5), per_day: None, warm_up: None };
    crate::number_limits::set(&rig.console, limits).await.unwrap();
    assert!((review(&rig, CampaignRules::default()).await.rate_per_second - 5.0).abs() < 0.1);
}

/// Somebody wrote from an ad so long ago; we answered so long ago.
async fn from_an_ad(rig: &Rig, who: ContactId, wrote: Duration, answered: Option<Duration>) {
    let now = rig.clock.now();
    rig.write(move |tx| {
        let put = |direction: &str, content: &str, ago: Duration| {
            tx.execute(
                "INSERT INTO messages (message_id, contact_id, phone_number_id, direction, kind, content, at_ms, recorded_at_ms) \
                 VALUES (?1, ?2, ?3, ?4, 'text', ?5, ?6, ?6)",
                (MessageId::new(now).bytes(), who.bytes(), NUMBER, direction, content, now.minus(ago).as_ms()),
            )
        };
        put("in", r#"{"ad":{"headline":"Tea","url":null}}"#, wrote)?;
        if let Some(ago) = answered {
            put("out", "{}", ago)?;
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn who_came_from_an_ad_and_was_answered_costs_nothing_for_three_days() {
    let rig = Rig::new().await;
    let people = rig.people(4).await;
    with_currency(&rig, "USD").await;
    assert_eq!(review(&rig, CampaignRules::default()).await.cost.free_people, 0);
    from_an_ad(&rig, people[0], HOUR * 60, Some(HOUR * 50)).await;
    // Nobody answered; answered too late; answered more than three days ago.
    from_an_ad(&rig, people[1], HOUR * 3, None).await;
    from_an_ad(&rig, people[2], HOUR * 40, Some(HOUR * 10)).await;
    from_an_ad(&rig, people[3], HOUR * 80, Some(HOUR * 73)).await;
    let cost = review(&rig, CampaignRules::default()).await.cost;
    assert_eq!(cost.free_people, 1);
    // Four at 0.025; the free one lowers the least alone, for it may be reached too late.
    assert_eq!((cost.most.as_deref(), cost.least.as_deref()), (Some("0.10"), Some("0.075")));
}

#[tokio::test]
async fn without_enough_campaigns_the_answers_are_assumed_and_with_them_measured() {
    let rig = Rig::new().await;
    rig.people(100).await;
    with_currency(&rig, "USD").await;
    let assumed = review(&rig, CampaignRules::default()).await.cost.replies.unwrap();
    assert_eq!((assumed.measured, assumed.per_mille, assumed.messages_each_tenths), (false, 50, 20));
    assert_eq!((assumed.people, assumed.messages, assumed.free_left, assumed.charged), (5, 10, 1_000, 0));

    // 250 people had a campaign ten days ago; 125 of them wrote back and got nine messages each.
    let now = rig.clock.now();
    rig.write(move |tx| {
        let at = now.as_ms() - 10 * DAY_MS;
        let campaign = [7u8; 16].to_vec();
        for n in 0..250 {
            let who = ContactId::new(now);
            let sent = |campaign: Option<&[u8]>, kind: &str| {
                tx.execute(
                    "INSERT INTO outbox (outbox_id, campaign_id, contact_id, phone_number_id, kind, state, delivery_rank, \
                     accepted_at_ms, created_at_ms, updated_at_ms) VALUES (?1, ?2, ?3, ?4, ?5, 'accepted', 2, ?6, ?6, ?6)",
                    (OutboxId::new(now).bytes(), campaign, who.bytes(), NUMBER, kind, at),
                )
            };
            sent(Some(&campaign), "template")?;
            if n % 2 == 0 {
                for _ in 0..9 {
                    sent(None, "text")?;
                }
                tx.execute(
                    "INSERT INTO messages (message_id, contact_id, phone_number_id, direction, kind, at_ms, recorded_at_ms) \
                     VALUES (?1, ?2, ?3, 'in', 'text', ?4, ?4)",
                    (MessageId::new(now).bytes(), who.bytes(), NUMBER, at + 60_000),
                )?;
            }
        }
        Ok(())
    })
    .await;
    let measured = review(&rig, CampaignRules::default()).await.cost.replies.unwrap();
    assert_eq!((measured.measured, measured.per_mille, measured.messages_each_tenths), (true, 500, 90));
    // Of a thousand free messages of the month 1,125 are used; a service message in North America costs 0.0034.
    assert_eq!((measured.messages, measured.free_left, measured.charged), (450, 0, 450));
    assert_eq!(measured.most.as_deref(), Some("1.53"));

    // A start in the next month has its own thousand.
    let schedule = CampaignSchedule { start: toronto("2026-12-01T09:00"), late: LateKind::Ask, late_hours: 3 };
    let later = review(&rig, CampaignRules { schedule: Some(schedule), ..CampaignRules::default() }).await;
    let later = later.cost.replies.unwrap();
    assert_eq!((later.free_left, later.charged, later.most.as_deref()), (1_000, 0, Some("0.00")));
}

#[tokio::test]
async fn a_price_list_that_may_end_before_the_planned_start_is_told() {
    let rig = Rig::new().await;
    rig.people(1).await;
    with_currency(&rig, "USD").await;
    // By the shop's calendar.
    set(&rig, |_| {}).await;
    let planned = |local: &str| {
        let schedule = CampaignSchedule { start: toronto(local), late: LateKind::Ask, late_hours: 3 };
        CampaignRules { schedule: Some(schedule), ..CampaignRules::default() }
    };
    let old =
        |review: &CampaignReview| review.warnings.iter().find(|w| w.code == "old_prices").map(|w| w.sentence.clone());
    assert_eq!(old(&review(&rig, planned("2026-12-31T23:00")).await), None);
    let sentence = old(&review(&rig, planned("2027-01-01T09:00")).await).unwrap();
    assert!(sentence.contains("2027-01-01"), "{sentence}");
}

#[tokio::test]
async fn another_campaign_that_sends_from_the_number_at_that_time_is_told() {
    let rig = Rig::new().await;
    rig.people(3).await;
    let told = |review: &CampaignReview| review.warnings.iter().any(|w| w.code == "others_send");
    assert!(!told(&review(&rig, CampaignRules::default()).await));
    crate::sender::rule_tests::launched(&rig, CampaignRules::default()).await;
    assert!(told(&review(&rig, CampaignRules::default()).await));
    // In a month the other one is long done.
    let schedule = CampaignSchedule { start: toronto("2026-12-22T09:00"), late: LateKind::Ask, late_hours: 3 };
    assert!(!told(&review(&rig, CampaignRules { schedule: Some(schedule), ..CampaignRules::default() }).await));
}
