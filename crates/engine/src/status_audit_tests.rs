//! What Meta's history tells closes the gap, once, within the budget.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use serde_json::{Value, json};
use switchboard_domain::ids::{CampaignId, ContactId};
use switchboard_domain::send::OutboxState;
use switchboard_domain::time::Clock;
use switchboard_store::tables::outbox::OutboxRow;
use wiremock::matchers::{method, path_regex};
use wiremock::{Mock, Request, ResponseTemplate};

use super::*;
use crate::sender::rig::Rig;

const LATER: Duration = Duration::from_secs(20 * 60);

/// Meta's history: the same events for every message.
async fn history(rig: &Rig, events: Value) {
    let answer = move |request: &Request| {
        let asked = |key: &str| request.url.query_pairs().find(|(k, _)| k == key).map(|(_, v)| v.into_owned());
        assert!(asked("fields").is_some_and(|f| f.contains("events")), "by itself the list names ids alone");
        let entry = json!({"id": "880000000001", "message_id": asked("message_id"), "events": {"data": events}});
        ResponseTemplate::new(200).set_body_json(json!({"data": [entry]}))
    };
    rig.also_answers(Mock::given(method("GET")).and(path_regex("/message_history$")).respond_with(answer)).await;
}

async fn sent(rig: &Rig, people: u32) -> (CampaignId, Vec<ContactId>) {
    let people = rig.people(people).await;
    let id = rig.launched().await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    (id, people)
}

fn event(word: &str, at: UnixMillis) -> Value {
    json!({"id": "1", "delivery_status": word, "timestamp": at.as_ms() / 1000, "webhook_update_state": "FAILED"})
}

async fn row(rig: &Rig, id: CampaignId, who: ContactId) -> OutboxRow {
    rig.row_of(id, who).await
}

#[tokio::test]
async fn a_status_that_never_came_is_found_and_applied_once() {
    let rig = Rig::new().await;
    let (id, people) = sent(&rig, 2).await;
    let at = rig.clock.now();
    history(&rig, json!([event("SENT", at), event("DELIVERED", at.plus(Duration::from_secs(60)))])).await;
    assert_eq!(look(&rig.console, None).await.unwrap().looked_up, 0, "nothing is overdue yet");
    rig.advance(LATER);
    let result = look(&rig.console, None).await.unwrap();
    assert_eq!((result.looked_up, result.found, result.overdue), (2, 2, 0));
    let now = row(&rig, id, people[0]).await;
    assert_eq!((now.state, now.delivery_rank), (OutboxState::Accepted, 2));
    rig.advance(LATER * 1000);
    assert_eq!(look(&rig.console, None).await.unwrap().looked_up, 0, "what is delivered is not looked up");
    let now = rig.clock.now();
    let shown = rig.read(move |c| shown(c, now)).await;
    assert_eq!((shown.overdue, shown.last_at_ms.is_some()), (0, true));
}

#[tokio::test]
async fn a_failure_that_never_came_is_told_and_blames_nobody() {
    let rig = Rig::new().await;
    let (id, people) = sent(&rig, 1).await;
    history(&rig, json!([event("SENT", rig.clock.now()), event("FAILED", rig.clock.now())])).await;
    rig.advance(LATER);
    assert_eq!(look(&rig.console, None).await.unwrap().found, 1);
    let now = row(&rig, id, people[0]).await;
    assert_eq!(now.state, OutboxState::Refused);
    assert!(now.reason.unwrap().contains("message history"));
    assert!(rig.read(switchboard_store::tables::account_stops::all_open).await.is_empty());
}

#[tokio::test]
async fn what_the_history_does_not_know_either_is_asked_again_ever_later_and_then_no_more() {
    let rig = Rig::new().await;
    sent(&rig, 1).await;
    history(&rig, json!([])).await;
    rig.advance(LATER);
    let mut looks = 0;
    // 20 days, hour by hour.
    for _ in 0..20 * 24 {
        looks += look(&rig.console, None).await.unwrap().looked_up;
        rig.advance(Duration::from_secs(3600));
    }
    assert_eq!(looks, 5);
}

#[tokio::test]
async fn the_budget_of_an_hour_holds_and_the_oldest_come_first() {
    let rig = Rig::new().await;
    let (id, _) = sent(&rig, 100).await;
    history(&rig, json!([event("DELIVERED", rig.clock.now())])).await;
    rig.advance(LATER);
    let mut looked_up = 0;
    for _ in 0..20 {
        looked_up += look(&rig.console, None).await.unwrap().looked_up;
    }
    assert_eq!(looked_up, u64::from(CALLS_AN_HOUR));
    let (first_left, last_found): (i64, i64) = rig
        .read(move |c| {
            use switchboard_store::columns::IdColumn;
            Ok(c.query_row(
                "SELECT min(accepted_at_ms) FILTER (WHERE delivery_rank = 0), max(accepted_at_ms) FILTER (WHERE delivery_rank = 2)
                 FROM outbox WHERE campaign_id = ?1",
                [id.bytes()],
                |r| Ok((r.get(0)?, r.get(1)?)),
            )?)
        })
        .await;
    assert!(last_found <= first_left);
    rig.advance(Duration::from_secs(3700));
    for _ in 0..20 {
        looked_up += look(&rig.console, None).await.unwrap().looked_up;
    }
    assert_eq!(looked_up, 100);
}

#[tokio::test]
async fn an_answer_about_another_message_settles_nothing() {
    let rig = Rig::new().await;
    sent(&rig, 1).await;
    let other = json!({"data": [{"id": "88", "message_id": "wamid.of.another", "events": {"data": [event("READ", rig.clock.now())]}}]});
    let mock = Mock::given(method("GET")).and(path_regex("/message_history$"));
    rig.also_answers(mock.respond_with(ResponseTemplate::new(200).set_body_json(other))).await;
    rig.advance(LATER);
    let result = look(&rig.console, None).await.unwrap();
    assert_eq!((result.looked_up, result.found), (1, 0));
}

#[tokio::test]
async fn meta_that_refuses_ends_the_look_and_says_why() {
    let rig = Rig::new().await;
    sent(&rig, 8).await;
    let refuse = ResponseTemplate::new(400).set_body_json(json!({"error": {"code": 80_007, "message": "m"}}));
    let mock = Mock::given(method("GET")).and(path_regex("/message_history$")).respond_with(refuse).expect(1..=3);
    rig.also_answers(mock).await;
    rig.advance(LATER);
    assert!(look(&rig.console, None).await.is_err());
}
