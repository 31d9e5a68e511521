//! The claim asks everything again: what changed since the launch holds for who was enqueued before.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use switchboard_bridge::dto::{CampaignRules, Hours};
use switchboard_domain::campaign::CampaignState;
use switchboard_domain::send::OutboxState;

use super::rig::{NUMBER, Rig};
use super::rule_tests::{launched, run, sent, set, state, with_currency};
use crate::campaigns;

/// Two people, launched under no rules, the ten seconds over.
async fn enqueued(rig: &Rig) -> switchboard_domain::ids::CampaignId {
    rig.people(2).await;
    launched(rig, CampaignRules::default()).await
}

async fn sql(rig: &Rig, statement: &'static str) {
    rig.write(move |tx| {
        tx.execute(statement, [])?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_template_whose_category_meta_changed_stops_its_campaign() {
    let rig = Rig::new().await;
    let id = enqueued(&rig).await;
    sql(&rig, "UPDATE templates SET category = 'utility'").await;
    run(&rig).await;
    assert_eq!(sent(&rig), 0);
    assert_eq!(state(&rig, id).await, (CampaignState::Paused, Some("template_category".to_owned())));
    let reason = campaigns::get(&rig.console, id).await.unwrap().row.paused_reason.unwrap();
    assert!(reason.contains("utility"), "{reason}");
}

#[tokio::test]
async fn a_template_that_is_gone_stops_its_campaign() {
    let rig = Rig::new().await;
    let id = enqueued(&rig).await;
    sql(&rig, "UPDATE templates SET status = 'DELETED'").await;
    run(&rig).await;
    assert_eq!((sent(&rig), state(&rig, id).await.0), (0, CampaignState::Paused));
}

#[tokio::test]
async fn an_account_stop_since_the_launch_stops_it() {
    let rig = Rig::new().await;
    let id = enqueued(&rig).await;
    sql(
        &rig,
        "INSERT INTO account_stops (scope, sentence, remedy, since_ms) \
         VALUES ('account', 'Meta restricted it.', 'Look there.', 1)",
    )
    .await;
    run(&rig).await;
    assert_eq!((sent(&rig), state(&rig, id).await.1.as_deref()), (0, Some("account_stop")));
}

#[tokio::test]
async fn a_number_that_left_the_account_stops_it() {
    let rig = Rig::new().await;
    let id = enqueued(&rig).await;
    // The pace still knows the number as it was read last; the account has another one now.
    sql(&rig, "UPDATE campaigns SET phone_number_id = '999'").await;
    run(&rig).await;
    assert_eq!((sent(&rig), state(&rig, id).await.1.as_deref()), (0, Some("number_gone")));
    assert_ne!(NUMBER, "999");
}

#[tokio::test]
async fn quiet_hours_that_were_set_since_the_launch_hold_who_waits() {
    let rig = Rig::new().await;
    let id = enqueued(&rig).await;
    // It is 19:00 where these people are.
    set(&rig, |s| s.quiet_hours = Some(Hours { from_minute: 18 * 60, to_minute: 8 * 60 })).await;
    run(&rig).await;
    assert_eq!((sent(&rig), rig.counts(id).await.queued), (0, 2));
}

#[tokio::test]
async fn a_cap_that_was_set_since_the_launch_leaves_out_who_is_above_it() {
    let rig = Rig::new().await;
    let first = enqueued(&rig).await;
    let second = launched(&rig, CampaignRules::default()).await;
    set(&rig, |s| s.cap_messages = Some(1)).await;
    run(&rig).await;
    assert_eq!((rig.counts(first).await.accepted, rig.counts(second).await.excluded), (2, 2));
}

#[tokio::test]
async fn a_month_s_budget_that_was_set_since_the_launch_stops_it() {
    let rig = Rig::new().await;
    let id = enqueued(&rig).await;
    with_currency(&rig, "USD").await;
    set(&rig, |s| s.month_budget = Some("0.03".to_owned())).await;
    run(&rig).await;
    assert_eq!((sent(&rig), state(&rig, id).await.1.as_deref()), (1, Some("month_budget")));
}

#[tokio::test]
async fn a_consent_that_is_gone_leaves_the_person_out_and_nobody_else() {
    let rig = Rig::new().await;
    let people = rig.people(2).await;
    let id = launched(&rig, CampaignRules::default()).await;
    // Their rows were enqueued with an opt-in. It is taken back in the ledger alone: the queue is not touched.
    let (who, ledger) = (people[0], rig.ledger());
    rig.write(move |tx| {
        use switchboard_domain::consent::{EventKind, Via};
        use switchboard_store::tables::consent_events::{self, NewEvent};
        let now = tx.now();
        consent_events::append(tx, &ledger, &NewEvent::now(who, EventKind::OptOut, Via::Operator, now)).map(|_| ())
    })
    .await;
    run(&rig).await;
    assert_eq!(rig.row_of(id, who).await.state, OutboxState::Excluded);
    assert_eq!(rig.row_of(id, people[1]).await.state, OutboxState::Accepted);
    assert_eq!(sent(&rig), 1);
}
