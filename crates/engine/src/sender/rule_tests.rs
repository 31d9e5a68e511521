//! The operator's rules inside the claim.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::sync::atomic::Ordering;
use std::time::Duration;

use switchboard_bridge::dto::{
    CampaignRules, CampaignSchedule, CampaignSetBudget, Hours, LateKind, LocalMoment, Settings,
};
use switchboard_cloud_api::webhooks::{MessageStatus, StatusKind};
use switchboard_domain::campaign::CampaignState;
use switchboard_domain::ids::{CampaignId, ContactId, PhoneNumberId, WaMessageId};
use switchboard_domain::send::OutboxState;
use switchboard_domain::time::{Clock, UnixMillis};
use switchboard_store::tables::{campaigns as table, spend};

use super::rig::{NUMBER, Rig, envelope};
use super::settle_status;
use crate::{campaigns, rates};

// The rig begins on 22 November 2026 at 00:00 UTC: 19:00 in Toronto, 16:00 in Vancouver, 20:30 in St. John's.

pub(crate) async fn set(rig: &Rig, change: impl FnOnce(&mut Settings)) {
    let mut settings = crate::settings::load(rig.console.store()).await.unwrap();
    settings.shop_zone = Some("America/Toronto".to_owned());
    change(&mut settings);
    crate::settings::save(rig.console.store(), settings).await.unwrap();
}

/// A launched campaign with rules, its ten seconds over.
pub(crate) async fn launched(rig: &Rig, rules: CampaignRules) -> CampaignId {
    let id = drafted(rig, rules).await;
    rig.press_launch(id, &id.to_string()).await.unwrap();
    rig.enqueue().await;
    rig.advance(Duration::from_secs(11));
    id
}

pub(crate) async fn drafted(rig: &Rig, rules: CampaignRules) -> CampaignId {
    let id = rig.draft().await;
    let mut draft = campaigns::get(&rig.console, id).await.unwrap().draft;
    draft.rules = rules;
    campaigns::save(&rig.console, draft).await.unwrap();
    id
}

pub(crate) async fn run(rig: &Rig) {
    rig.listen();
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
}

pub(crate) fn sent(rig: &Rig) -> usize {
    rig.meta.requests.load(Ordering::SeqCst)
}

pub(crate) async fn state(rig: &Rig, id: CampaignId) -> (CampaignState, Option<String>) {
    let row = rig.read(move |c| table::get(c, id)).await.unwrap();
    (row.state, row.paused_code)
}

pub(crate) fn toronto(local: &str) -> LocalMoment {
    LocalMoment { local: local.to_owned(), zone: "America/Toronto".to_owned() }
}

#[tokio::test]
async fn quiet_hours_hold_people_until_it_is_day_where_they_are_and_drop_nobody() {
    let rig = Rig::new().await;
    rig.people(3).await;
    // Somebody in Vancouver, where it is still afternoon.
    rig.person("+16045550145").await;
    set(&rig, |s| s.quiet_hours = Some(Hours { from_minute: 19 * 60, to_minute: 8 * 60 })).await;
    let id = drafted(&rig, CampaignRules::default()).await;
    let review = campaigns::review(&rig.console, id).await.unwrap();
    assert_eq!((review.will_receive, review.held[0].count), (4, 3), "foretold");
    // 08:00 in Toronto.
    let morning = 1_795_305_600_000 + 13 * 3_600_000;
    assert!(review.finish_at_ms.unwrap() >= morning);
    rig.press_launch(id, "press").await.unwrap();
    rig.enqueue().await;
    rig.advance(Duration::from_secs(11));
    run(&rig).await;
    assert_eq!((sent(&rig), rig.counts(id).await.queued), (1, 3), "Vancouver at once");
    let row = campaigns::get(&rig.console, id).await.unwrap();
    assert_eq!(row.row.waits_until_at_ms, Some(morning));
    assert!(row.stall.unwrap().sentence.contains("Quiet hours"));
    let ahead = morning - rig.clock.now().as_ms();
    rig.advance(Duration::from_millis(u64::try_from(ahead).unwrap()));
    run(&rig).await;
    assert_eq!((sent(&rig), state(&rig, id).await.0), (4, CampaignState::Done));
}

/// 13:00 to 17:00 in Toronto, which is 21:00 to 01:00 in Kenya.
fn afternoon() -> CampaignRules {
    let window = Some(Hours { from_minute: 13 * 60, to_minute: 17 * 60 });
    CampaignRules { window, ..CampaignRules::default() }
}

const NIGHT: Hours = Hours { from_minute: 21 * 60, to_minute: 8 * 60 };
/// 13:00 in Toronto on the first day, seen from the rig's beginning.
const TO_THE_AFTERNOON: Duration = Duration::from_secs(18 * 3_600);

#[tokio::test]
async fn whoever_sleeps_in_all_hours_of_a_campaign_is_counted_before_and_left_out_at_the_launch() {
    let rig = Rig::new().await;
    rig.people(2).await;
    let in_kenya = rig.person("+254712345678").await;
    set(&rig, |s| s.quiet_hours = Some(NIGHT)).await;
    let id = drafted(&rig, afternoon()).await;
    let review = campaigns::review(&rig.console, id).await.unwrap();
    let named = |all: &[switchboard_bridge::dto::CountedReason]| {
        all.iter().find(|r| r.code == "never_in_hours").map(|r| r.count)
    };
    assert_eq!((review.will_receive, named(&review.excluded), named(&review.warnings)), (2, Some(1), Some(1)));
    rig.press_launch(id, "press").await.unwrap();
    rig.enqueue().await;
    rig.advance(TO_THE_AFTERNOON + Duration::from_secs(11));
    run(&rig).await;
    assert_eq!((sent(&rig), state(&rig, id).await.0), (2, CampaignState::Done), "it comes to its end");
    let row = rig.row_of(id, in_kenya).await;
    assert_eq!((row.state, row.reason_code.as_deref()), (OutboxState::Excluded, Some("never_in_hours")));
}

#[tokio::test]
async fn a_campaign_whose_hours_became_quiet_for_all_who_wait_says_so_and_goes_on_when_they_are_changed() {
    let rig = Rig::new().await;
    rig.person("+254712345678").await;
    let id = launched(&rig, afternoon()).await;
    set(&rig, |s| s.quiet_hours = Some(NIGHT)).await;
    rig.advance(TO_THE_AFTERNOON);
    for _ in 0..3 {
        run(&rig).await;
        rig.advance(Duration::from_secs(86_400));
    }
    assert_eq!((sent(&rig), state(&rig, id).await.0), (0, CampaignState::Running), "nothing is given up by itself");
    let stall = campaigns::get(&rig.console, id).await.unwrap().stall.unwrap();
    assert_eq!(stall.code, "never_in_hours");
    assert!(stall.sentence.contains("The person who still waits"), "{}", stall.sentence);
    assert!(stall.remedy.unwrap().contains("cancel"));
    set(&rig, |s| s.quiet_hours = None).await;
    run(&rig).await;
    assert_eq!((sent(&rig), state(&rig, id).await.0), (1, CampaignState::Done));
}

#[tokio::test]
async fn a_number_that_tells_no_area_is_quiet_while_it_is_quiet_anywhere_in_its_country() {
    let rig = Rig::new().await;
    // One of Canada's codes for no area: 20:30 in St. John's, 19:00 in Toronto, 16:00 in Vancouver.
    rig.person("+16225550123").await;
    set(&rig, |s| s.quiet_hours = Some(Hours { from_minute: 20 * 60, to_minute: 8 * 60 })).await;
    let id = launched(&rig, CampaignRules::default()).await;
    run(&rig).await;
    let row = campaigns::get(&rig.console, id).await.unwrap().row;
    // 08:00 in Vancouver.
    assert_eq!((sent(&rig), row.waits_until_at_ms), (0, Some(1_795_305_600_000 + 16 * 3_600_000)));
}

#[tokio::test]
async fn replies_and_single_templates_know_no_quiet_hours() {
    let rig = Rig::new().await;
    let people = rig.people(1).await;
    set(&rig, |s| {
        s.quiet_hours = Some(Hours { from_minute: 1, to_minute: 0 });
        s.cap_messages = Some(1);
    })
    .await;
    let who = people[0];
    for n in 0..2 {
        rig.write(move |tx| {
            super::enqueue_single(
                tx,
                &super::Single {
                    contact_id: who,
                    phone_number_id: PhoneNumberId::new(NUMBER),
                    kind: switchboard_domain::send::MessageKind::Template,
                    template_id: Some(Rig::template()),
                    content: switchboard_domain::send::SendContent {
                        values: [("body.1".to_owned(), "Ana".to_owned())].into(),
                        ..Default::default()
                    },
                    idempotency_key: format!("k{n}"),
                },
            )
        })
        .await;
    }
    run(&rig).await;
    assert_eq!(sent(&rig), 2);
}

#[tokio::test]
async fn the_cap_counts_over_all_campaigns_and_names_the_date_or_waits_for_it() {
    let rig = Rig::new().await;
    let people = rig.people(2).await;
    set(&rig, |s| s.cap_messages = Some(1)).await;
    let first = launched(&rig, CampaignRules::default()).await;
    run(&rig).await;
    assert_eq!(rig.counts(first).await.accepted, 2);

    let second = drafted(&rig, CampaignRules::default()).await;
    let review = campaigns::review(&rig.console, second).await.unwrap();
    assert_eq!((review.will_receive, review.excluded[0].code.as_str()), (0, "frequency_cap"), "foretold");
    let third = launched_with_end(&rig, "2026-12-05T12:00").await;
    run(&rig).await;
    assert_eq!(rig.counts(third).await.queued, 2, "their turn comes before the end");
    let row = rig.row_of(third, people[0]).await;
    assert!(row.reason.unwrap().contains("28 Nov 2026"), "the date is named");
    rig.advance(Duration::from_secs(7 * 86_400 + 60));
    run(&rig).await;
    assert_eq!(rig.counts(third).await.accepted, 2);
}

async fn launched_with_end(rig: &Rig, local: &str) -> CampaignId {
    launched(rig, CampaignRules { ends: Some(toronto(local)), ..CampaignRules::default() }).await
}

#[tokio::test]
async fn above_the_cap_without_an_end_one_is_left_out_at_the_claim_with_the_date() {
    let rig = Rig::new().await;
    let people = rig.people(1).await;
    set(&rig, |s| s.cap_messages = Some(1)).await;
    // Both are launched before either sends: only the claim can see it.
    let first = launched(&rig, CampaignRules::default()).await;
    let second = launched(&rig, CampaignRules::default()).await;
    run(&rig).await;
    let (a, b) = (rig.row_of(first, people[0]).await, rig.row_of(second, people[0]).await);
    assert_eq!((a.state, b.state), (OutboxState::Accepted, OutboxState::Excluded));
    assert!(b.reason.unwrap().contains("the next is allowed from 28 Nov 2026"));
    assert_eq!(sent(&rig), 1);
}

#[tokio::test]
async fn people_written_to_lately_or_in_conversation_are_left_out() {
    let rig = Rig::new().await;
    let people = rig.people(2).await;
    let talks = people[1];
    launched(&rig, CampaignRules::default()).await;
    run(&rig).await;
    rig.advance(Duration::from_secs(86_400));
    rig.write(move |tx| {
        let now = tx.now().as_ms();
        tx.execute(
            "UPDATE threads SET last_inbound_at_ms = ?1 WHERE contact_id = ?2",
            (now, {
                use switchboard_store::columns::IdColumn;
                talks.bytes().to_vec()
            }),
        )?;
        Ok(())
    })
    .await;
    let talking = launched(&rig, CampaignRules { not_in_conversation: true, ..CampaignRules::default() }).await;
    run(&rig).await;
    let counts = rig.counts(talking).await;
    assert_eq!((counts.accepted, counts.excluded), (1, 1));
    // Launched while nobody was written to lately; when it starts, one was.
    let lately = drafted(&rig, CampaignRules { not_written_days: Some(3), ..CampaignRules::default() }).await;
    let review = campaigns::review(&rig.console, lately).await.unwrap();
    assert_eq!((review.excluded[0].code.as_str(), review.excluded[0].count), ("written_lately", 2));
    rig.advance(Duration::from_secs(4 * 86_400));
    let (a, b) = (
        launched(&rig, CampaignRules::default()).await,
        launched(&rig, CampaignRules { not_written_days: Some(3), ..CampaignRules::default() }).await,
    );
    run(&rig).await;
    assert_eq!((rig.counts(a).await.accepted, rig.counts(b).await.excluded), (2, 2), "seen by the claim");
}

#[tokio::test]
async fn a_campaign_sends_in_its_hours_only_and_leaves_the_rest_out_at_its_end() {
    let rig = Rig::new().await;
    rig.people(2).await;
    set(&rig, |_| {}).await;
    let hours =
        CampaignRules { window: Some(Hours { from_minute: 9 * 60, to_minute: 18 * 60 }), ..CampaignRules::default() };
    let id = launched(&rig, hours.clone()).await;
    run(&rig).await;
    assert_eq!(sent(&rig), 0, "it is 19:00");
    rig.advance(Duration::from_secs(14 * 3600 + 60));
    run(&rig).await;
    assert_eq!(sent(&rig), 2, "it is past 09:00");
    assert_eq!(state(&rig, id).await.0, CampaignState::Done);

    rig.advance(Duration::from_secs(10 * 3600));
    let id = launched(&rig, CampaignRules { ends: Some(toronto("2026-11-22T21:00")), ..hours }).await;
    rig.advance(Duration::from_secs(3 * 3600));
    run(&rig).await;
    assert_eq!((sent(&rig), rig.counts(id).await.excluded), (2, 2));
    assert_eq!(state(&rig, id).await.0, CampaignState::Done);
}

fn scheduled(late: LateKind) -> CampaignRules {
    let schedule = CampaignSchedule { start: toronto("2026-11-23T09:00"), late, late_hours: 3 };
    CampaignRules { schedule: Some(schedule), ..CampaignRules::default() }
}

#[tokio::test]
async fn a_planned_campaign_starts_by_the_clock_on_the_wall_and_can_be_undone_until_then() {
    let rig = Rig::new().await;
    rig.people(1).await;
    let id = launched(&rig, scheduled(LateKind::Skip)).await;
    run(&rig).await;
    let row = campaigns::get(&rig.console, id).await.unwrap();
    assert_eq!(row.row.starts_at_ms, Some(1_795_305_600_000 + 38 * 3_600_000), "14:00 UTC the next day");
    assert!(row.can_undo && sent(&rig) == 0);
    rig.advance(Duration::from_secs(38 * 3600));
    run(&rig).await;
    assert_eq!((sent(&rig), state(&rig, id).await.0), (1, CampaignState::Done));
}

#[tokio::test]
async fn a_missed_start_asks_skips_or_sends_as_was_chosen() {
    for (late, hours, want, code) in [
        (LateKind::Ask, 2, CampaignState::Paused, Some("missed_start")),
        (LateKind::Skip, 2, CampaignState::Cancelled, Some("missed_start")),
        (LateKind::Within, 2, CampaignState::Done, None),
        (LateKind::Within, 5, CampaignState::Paused, Some("missed_start")),
    ] {
        let rig = Rig::new().await;
        rig.people(1).await;
        let id = launched(&rig, scheduled(late)).await;
        // The computer was off from then on.
        rig.advance(Duration::from_secs((38 + hours) * 3600));
        run(&rig).await;
        let found = state(&rig, id).await;
        assert_eq!((found.0, found.1.as_deref()), (want, code), "{late:?} {hours} h late");
        assert_eq!(sent(&rig), usize::from(want == CampaignState::Done));
        if want == CampaignState::Paused {
            campaigns::resume(&rig.console, id).await.unwrap();
            run(&rig).await;
            assert_eq!(sent(&rig), 1, "asked once");
        }
        if want == CampaignState::Cancelled {
            let today = crate::today::today(&rig.console).await.unwrap();
            assert!(today.items.iter().any(|i| i.kind == "missed_start"));
        }
    }
}

pub(crate) async fn with_currency(rig: &Rig, currency: &'static str) {
    rig.write(move |tx| {
        tx.execute("UPDATE account SET currency = ?1", [currency])?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_budget_stops_hard_and_raising_it_lets_the_rest_go() {
    let rig = Rig::new().await;
    rig.people(10).await;
    with_currency(&rig, "USD").await;
    // Demo price of marketing in North America: 0.025.
    let rules = CampaignRules { budget: Some("0.10".to_owned()), ..CampaignRules::default() };
    let id = drafted(&rig, rules).await;
    let review = campaigns::review(&rig.console, id).await.unwrap();
    assert_eq!(review.cost.most.as_deref(), Some("0.25"));
    assert!(review.cost.card_is_demo && review.warnings.iter().any(|w| w.code == "budget"));
    rig.press_launch(id, "press").await.unwrap();
    rig.enqueue().await;
    rig.advance(Duration::from_secs(11));
    run(&rig).await;
    assert_eq!(sent(&rig), 4);
    assert_eq!(state(&rig, id).await, (CampaignState::Paused, Some("budget".to_owned())));
    campaigns::resume(&rig.console, id).await.unwrap();
    run(&rig).await;
    assert_eq!(sent(&rig), 4, "resuming alone changes nothing");
    let more = CampaignSetBudget { id: id.to_string(), budget: Some("1".to_owned()) };
    rates::set_budget(&rig.console, more).await.unwrap();
    campaigns::resume(&rig.console, id).await.unwrap();
    run(&rig).await;
    assert_eq!(sent(&rig), 10);
}

#[tokio::test]
async fn the_months_budget_holds_over_all_campaigns_and_no_price_means_no_sending() {
    let rig = Rig::new().await;
    rig.people(3).await;
    with_currency(&rig, "USD").await;
    set(&rig, |s| s.month_budget = Some("0.10".to_owned())).await;
    let first = launched(&rig, CampaignRules::default()).await;
    run(&rig).await;
    assert_eq!(sent(&rig), 3);
    let second = launched(&rig, CampaignRules::default()).await;
    run(&rig).await;
    assert_eq!((sent(&rig), state(&rig, second).await.1.as_deref()), (4, Some("month_budget")));
    with_currency(&rig, "EUR").await;
    let third = drafted(&rig, CampaignRules::default()).await;
    let review = campaigns::review(&rig.console, third).await.unwrap();
    assert!(review.blockers.iter().any(|b| b.code == "no_price"));
    assert_eq!(rig.counts(first).await.accepted, 3);
}

async fn delivered(rig: &Rig, id: CampaignId, who: ContactId, kind: &str) {
    let wamid = rig.row_of(id, who).await.wamid.unwrap();
    let status: MessageStatus = MessageStatus {
        id: WaMessageId::new(wamid.as_str()),
        status: StatusKind::Delivered,
        at: Some(UnixMillis::new(1_795_305_900_000)),
        recipient: Default::default(),
        group_id: None,
        participant: Default::default(),
        callback_data: None,
        pricing: serde_json::from_value(serde_json::json!({
            "billable": true, "pricing_model": "PMP", "type": kind, "category": "marketing_lite"
        }))
        .ok(),
        conversation: None,
        identity_key_hash: None,
        errors: Vec::new(),
        kind: None,
        contact: None,
    };
    let ledger = rig.ledger();
    rig.write(move |tx| settle_status(tx, &ledger, &status)).await;
}

#[tokio::test]
async fn what_was_delivered_is_priced_once_by_what_meta_says_and_the_rest_stays_set_aside() {
    let rig = Rig::new().await;
    let people = rig.people(3).await;
    with_currency(&rig, "USD").await;
    let id = launched(&rig, CampaignRules::default()).await;
    run(&rig).await;
    let spent = async || rig.read(move |c| spend::of_campaign(c, id)).await;
    assert_eq!(spent().await.reserved_micros, 75_000);
    delivered(&rig, id, people[0], "regular").await;
    delivered(&rig, id, people[0], "regular").await;
    delivered(&rig, id, people[1], "free_entry_point").await;
    let cost = spent().await;
    assert_eq!((cost.actual_micros, cost.reserved_micros, cost.charged, cost.free), (25_000, 25_000, 1, 1));
}

async fn onboarded(rig: &Rig, closed: bool) {
    let node = serde_json::json!({
        "marketing_messages_onboarding_status": "ONBOARDED", "disable_marketing_messages_on_cloud_api": closed
    });
    rig.write(move |tx| {
        tx.execute("UPDATE account SET raw_waba = ?1", [node.to_string()])?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn marketing_goes_the_way_of_marketing_where_the_account_is_onboarded() {
    let rig = Rig::new().await;
    rig.people(1).await;
    onboarded(&rig, false).await;
    launched(&rig, CampaignRules::default()).await;
    run(&rig).await;
    let seen = rig.meta.seen.lock().unwrap().clone();
    assert_eq!(seen[0]["product_policy"], "CLOUD_API_FALLBACK");
    assert_eq!(rig.paths().await, ["marketing_messages"]);
}

#[tokio::test]
async fn a_refusal_that_names_the_other_way_is_tried_there_once() {
    let rig = Rig::new().await;
    let people = rig.people(1).await;
    // Meta closed /messages to marketing, and the account as read last does not say so yet.
    *rig.meta.default_answer.lock().unwrap() = Some(envelope(400, 131_063));
    let id = launched(&rig, CampaignRules::default()).await;
    run(&rig).await;
    assert_eq!(rig.paths().await, ["messages", "marketing_messages"], "and not a third time");
    assert_eq!(rig.row_of(id, people[0]).await.state, OutboxState::Refused);
}

#[tokio::test]
async fn marketing_leaves_its_share_of_the_days_limit_to_utility() {
    let rig = Rig::new().await;
    rig.people(60).await;
    rig.write(|tx| {
        tx.execute("UPDATE phone_numbers SET messaging_limit = 'TIER_50'", [])?;
        Ok(())
    })
    .await;
    set(&rig, |s| s.utility_reserve_percent = 20).await;
    let id = launched(&rig, CampaignRules::default()).await;
    run(&rig).await;
    assert_eq!((sent(&rig), rig.counts(id).await.queued), (40, 20));
    let waiting = campaigns::get(&rig.console, id).await.unwrap().stall.unwrap().sentence;
    assert!(waiting.contains("10 are kept for utility"), "{waiting}");
}

#[tokio::test]
async fn a_number_that_warms_up_reaches_more_people_from_day_to_day() {
    let rig = Rig::new().await;
    rig.people(30).await;
    let set = switchboard_bridge::dto::NumberLimitsSet {
        phone_number_id: NUMBER.to_owned(),
        per_second: None,
        per_day: None,
        warm_up: Some(switchboard_bridge::dto::WarmUpStages {
            first_day: 5,
            percent: 200,
            days: 3,
            day_now: None,
            people_now: None,
        }),
    };
    crate::number_limits::set(&rig.console, set).await.unwrap();
    let id = launched(&rig, CampaignRules::default()).await;
    let mut by_day = Vec::new();
    for _ in 0..3 {
        run(&rig).await;
        by_day.push(sent(&rig));
        rig.advance(Duration::from_secs(86_400 + 60));
    }
    assert_eq!(by_day, [5, 15, 30]);
    assert_eq!(rig.counts(id).await.accepted, 30);
}
