//! What the chaos suite found in the claim, each as a case of its own: the portfolio's people per day (P8) are taken by
//! single templates too, two entries of one person get one message (P3), and nothing is tried for ever.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::sync::atomic::Ordering;
use std::time::Duration;

use switchboard_domain::consent::{EventKind, Via};
use switchboard_domain::ids::{Bsuid, CampaignId, ContactId, PhoneNumberId};
use switchboard_domain::send::{MessageKind, OutboxState, SendContent};
use switchboard_domain::time::Clock;
use switchboard_store::tables::consent_events::{self, NewEvent};
use switchboard_store::tables::contacts::Names;
use switchboard_store::tables::identifiers::PersonKeys;
use switchboard_store::tables::{outbox, people};

use super::rig::{NUMBER, Rig, envelope, phone};
use super::tests::{failed, settle};
use super::{Single, enqueue_single};

/// Somebody with two entries, by number and by user id, in a campaign that sent to the second and not yet to the first.
async fn two_entries_one_sent_to(rig: &Rig) -> (CampaignId, ContactId, ContactId) {
    let by_number = rig.people(1).await[0];
    let ledger = rig.ledger();
    let by_user_id = rig
        .write(move |tx| {
            let keys = PersonKeys { bsuid: Some(Bsuid::new("CA.1")), ..PersonKeys::default() };
            let who = people::resolve_in(tx, &ledger, &keys, &Names::of_full("Ana Prova"))?.contact_id;
            let now = tx.now();
            consent_events::append(tx, &ledger, &NewEvent::now(who, EventKind::OptIn, Via::Operator, now))?;
            Ok(who)
        })
        .await;
    let id = rig.launched().await;
    rig.write(move |tx| {
        Ok(tx.execute("UPDATE outbox SET not_before_ms = ?1 WHERE contact_id = ?2", (i64::MAX, by_number.as_bytes()))?)
    })
    .await;
    (id, by_number, by_user_id)
}

/// A webhook says that both are one person, and the entry by number has its turn.
async fn turn_out_to_be_one(rig: &Rig, by_number: ContactId, by_user_id: ContactId) {
    let ledger = rig.ledger();
    rig.write(move |tx| {
        people::merge(tx, &ledger, by_number, by_user_id)?;
        Ok(tx.execute("UPDATE outbox SET not_before_ms = 0 WHERE state = 'queued'", [])?)
    })
    .await;
}

#[tokio::test]
async fn a_person_whose_second_entry_was_sent_to_gets_nothing_more_when_both_turn_out_to_be_one() {
    let rig = Rig::new().await;
    let (id, by_number, by_user_id) = two_entries_one_sent_to(&rig).await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    assert_eq!(rig.meta.requests.load(Ordering::SeqCst), 1);
    turn_out_to_be_one(&rig, by_number, by_user_id).await;
    rig.drive(&mut sender).await;
    assert_eq!(rig.meta.requests.load(Ordering::SeqCst), 1, "the person has it already");
    let row = rig.row_of(id, by_number).await;
    assert_eq!((row.state, row.reason_code.as_deref()), (OutboxState::Cancelled, Some("merged")));
}

#[tokio::test]
async fn what_failed_after_meta_took_it_is_not_sent_again_under_another_entry() {
    let rig = Rig::new().await;
    let (id, by_number, by_user_id) = two_entries_one_sent_to(&rig).await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    let wamid = rig.row_of(id, by_user_id).await.wamid.unwrap();
    settle(&rig, failed(wamid.as_str(), None, 131_053)).await;
    turn_out_to_be_one(&rig, by_number, by_user_id).await;
    rig.drive(&mut sender).await;
    assert_eq!(rig.meta.requests.load(Ordering::SeqCst), 1);
    let row = rig.row_of(id, by_number).await;
    assert_eq!((row.state, row.reason_code.as_deref()), (OutboxState::Cancelled, Some("merged")));
}

#[tokio::test]
async fn what_meta_refused_at_the_door_leaves_the_other_entry_its_turn() {
    let rig = Rig::new().await;
    let (id, by_number, by_user_id) = two_entries_one_sent_to(&rig).await;
    *rig.meta.default_answer.lock().unwrap() = Some(envelope(400, 131_053));
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    assert_eq!(rig.row_of(id, by_user_id).await.state, OutboxState::Refused);
    *rig.meta.default_answer.lock().unwrap() = None;
    turn_out_to_be_one(&rig, by_number, by_user_id).await;
    // Meta was asked to write to this person a moment ago.
    rig.advance(Duration::from_secs(7));
    rig.listen();
    rig.drive(&mut sender).await;
    assert_eq!(rig.row_of(id, by_number).await.state, OutboxState::Accepted);
}

#[tokio::test]
async fn a_template_to_one_person_that_waits_for_the_operator_is_not_tried_again_and_again() {
    let rig = Rig::new().await;
    let who = rig.people(1).await[0];
    rig.meta.answers.lock().unwrap().insert(phone(0), envelope(400, 131_048));
    rig.write(move |tx| enqueue_single(tx, &template_to(who))).await;
    let mut sender = rig.sender().await;
    for _ in 0..20 {
        rig.advance(Duration::from_millis(200));
        sender.step(rig.clock.now()).await.unwrap();
        sender.land().await.unwrap();
    }
    assert_eq!(rig.meta.requests.load(Ordering::SeqCst), 1);
    let row = rig.read(|c| outbox::by_idempotency_key(c, "press-1")).await.unwrap();
    assert_eq!((row.state, row.reason_code.as_deref()), (OutboxState::Refused, Some("131048")));
}

fn template_to(who: ContactId) -> Single {
    Single {
        contact_id: who,
        phone_number_id: PhoneNumberId::new(NUMBER),
        kind: MessageKind::Template,
        template_id: Some(Rig::template()),
        content: SendContent { values: [("body.1".to_owned(), "Ana".to_owned())].into(), ..SendContent::default() },
        idempotency_key: "press-1".to_owned(),
    }
}

#[tokio::test]
async fn a_template_to_one_person_takes_from_the_day_of_the_campaigns() {
    let rig = Rig::new().await;
    let people = rig.people(8).await;
    rig.write(|tx| Ok(tx.execute("UPDATE phone_numbers SET messaging_limit = 'TIER_5'", [])?)).await;
    rig.launched().await;
    let mut sender = rig.sender().await;
    // Written after the people of the day were counted, and claimed together with the campaign.
    let single = template_to(people[7]);
    rig.write(move |tx| enqueue_single(tx, &single)).await;
    rig.drive(&mut sender).await;
    assert_eq!(rig.meta.requests.load(Ordering::SeqCst), 5);
}
