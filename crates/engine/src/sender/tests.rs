#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rstest::rstest;
use switchboard_cloud_api::webhooks::{MessageStatus, StatusKind};
use switchboard_domain::campaign::CampaignState;
use switchboard_domain::ids::{AttemptId, ContactId, PhoneNumberId, WaMessageId};
use switchboard_domain::send::{MessageKind, OutboxState, SendContent};
use switchboard_domain::time::{Clock, UnixMillis};
use switchboard_relay_api::{Lease, LeaseWish};
use switchboard_store::Priority;
use switchboard_store::tables::{account_stops, attempts, campaigns, consent_state, outbox, reachability, threads};

use super::rig::{NUMBER, Rig, accepted, envelope, open, phone};
use super::{ClaimRequest, Sender, Settled, Single, claim, enqueue_single, recover, settle_status};
use crate::listening::Deaf;
use crate::sender::Waiting;

fn status(wamid: &str, kind: StatusKind, attempt: Option<AttemptId>, at: i64) -> MessageStatus {
    MessageStatus {
        id: WaMessageId::new(wamid),
        status: kind,
        at: Some(UnixMillis::new(at)),
        recipient: Default::default(),
        group_id: None,
        participant: Default::default(),
        callback_data: attempt.map(|a| a.to_string()),
        pricing: None,
        conversation: None,
        identity_key_hash: None,
        errors: Vec::new(),
        kind: None,
        contact: None,
    }
}

pub(super) fn failed(wamid: &str, attempt: Option<AttemptId>, code: i64) -> MessageStatus {
    let error = serde_json::from_value(serde_json::json!({ "code": code, "title": "t" })).unwrap();
    MessageStatus { errors: vec![error], ..status(wamid, StatusKind::Failed, attempt, 1_795_305_700_000) }
}

pub(super) async fn settle(rig: &Rig, s: MessageStatus) -> Settled {
    let ledger = rig.ledger();
    rig.write(move |tx| settle_status(tx, &ledger, &s)).await
}

fn everything() -> ClaimRequest {
    ClaimRequest {
        places: 1000,
        tokens: [(PhoneNumberId::new(NUMBER), 1000)].into(),
        campaign_rows: 1000,
        ..ClaimRequest::default()
    }
}

#[tokio::test]
async fn today_counts_as_sent_neither_what_failed_nor_what_was_held_back() {
    let rig = Rig::new().await;
    let people = rig.people(4).await;
    let id = rig.launched().await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    let sent = async || crate::today::today(&rig.console).await.unwrap().today_sent;
    assert_eq!(sent().await, 4);
    for (who, code) in [(people[0], 131_026), (people[1], 131_049)] {
        let wamid = rig.row_of(id, who).await.wamid.unwrap();
        settle(&rig, failed(wamid.as_str(), None, code)).await;
    }
    let counts = rig.counts(id).await;
    assert_eq!((counts.failed, counts.withheld), (1, 1));
    assert_eq!(sent().await, 2);
}

#[tokio::test]
async fn every_person_of_a_campaign_gets_one_message_and_the_counts_add_up() {
    let rig = Rig::new().await;
    let people = rig.people(300).await;
    rig.opt_out(people[7]).await;
    let id = rig.launched().await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;

    let seen = rig.meta.seen.lock().unwrap().clone();
    let to: HashSet<&str> = seen.iter().map(|b| b["to"].as_str().unwrap()).collect();
    assert_eq!((seen.len(), to.len()), (299, 299));
    assert!(!to.contains(phone(7).as_str()), "opted out before the launch");
    let correlations: HashSet<&str> = seen.iter().map(|b| b["biz_opaque_callback_data"].as_str().unwrap()).collect();
    assert_eq!(correlations.len(), 299);
    assert_eq!(seen[0]["template"]["components"][0]["parameters"][0]["text"], "Person");

    let counts = rig.counts(id).await;
    assert_eq!((counts.audience(), counts.accepted, counts.excluded), (300, 299, 1));
    let row = rig.read(move |c| campaigns::get(c, id)).await.unwrap();
    assert_eq!(row.state, CampaignState::Done);
    let who = people[0];
    let thread = rig.read(move |c| threads::get(c, who)).await.unwrap();
    assert_eq!(thread.last_line.expose(), "Hello Person, new tea is here.");
}

// One row per line of errors.md §11, and the classes that do more than refuse.
#[rstest]
#[case::accepted(accepted("wamid.A"), OutboxState::Accepted, "accepted", None)]
#[case::held((200, r#"{"messages":[{"id":"wamid.A","message_status":"held_for_quality_assessment"}]}"#.to_owned()), OutboxState::Held, "held", None)]
#[case::unreadable((200, "<html>".to_owned()), OutboxState::Unknown, "unknown", None)]
#[case::app_limit(envelope(400, 4), OutboxState::Queued, "throttled", None)]
#[case::management_limit(envelope(400, 80_007), OutboxState::Queued, "throttled", None)]
#[case::throughput(envelope(400, 130_429), OutboxState::Queued, "throttled", None)]
#[case::pair_rate(envelope(400, 131_056), OutboxState::Queued, "throttled", None)]
#[case::maintenance(envelope(500, 131_057), OutboxState::Queued, "throttled", None)]
#[case::server_busy(envelope(503, 133_004), OutboxState::Queued, "throttled", None)]
#[case::spam_limit(envelope(400, 131_048), OutboxState::Queued, "throttled", Some("account_stop"))]
#[case::token(envelope(401, 190), OutboxState::Refused, "refused", Some("account_stop"))]
#[case::payment(envelope(400, 131_042), OutboxState::Refused, "refused", Some("account_stop"))]
#[case::template_gone(envelope(404, 132_001), OutboxState::Refused, "refused", Some("template_refused"))]
#[case::template_paused(envelope(400, 132_015), OutboxState::Withheld, "refused", Some("template_refused"))]
#[case::undeliverable(envelope(400, 131_026), OutboxState::Refused, "refused", None)]
#[case::ecosystem(envelope(400, 131_049), OutboxState::Withheld, "refused", None)]
#[case::experiment(envelope(400, 130_472), OutboxState::Withheld, "refused", None)]
#[case::stopped_marketing(envelope(400, 131_050), OutboxState::Refused, "refused", None)]
#[case::parameter(envelope(400, 100), OutboxState::Refused, "refused", None)]
#[case::undocumented(envelope(400, 999_999), OutboxState::Refused, "refused", None)]
#[case::unknown_code(envelope(400, 1), OutboxState::Unknown, "unknown", None)]
#[case::service_down(envelope(503, 2), OutboxState::Unknown, "unknown", None)]
#[case::server_error(envelope(500, 131_000), OutboxState::Unknown, "unknown", None)]
#[case::unavailable(envelope(500, 131_016), OutboxState::Unknown, "unknown", None)]
#[case::proxy((502, "<html>Bad Gateway</html>".to_owned()), OutboxState::Unknown, "unknown", None)]
#[tokio::test]
async fn an_answer_leads_to_its_outcome(
    #[case] answer: (u16, String),
    #[case] state: OutboxState,
    #[case] outcome: &str,
    #[case] paused: Option<&str>,
) {
    let rig = Rig::new().await;
    let people = rig.people(1).await;
    rig.meta.answers.lock().unwrap().insert(phone(0), answer);
    let id = rig.launched().await;
    let mut sender = rig.sender().await;
    rig.advance(Duration::from_millis(50));
    sender.step(rig.clock.now()).await.unwrap();
    sender.land().await.unwrap();

    let row = rig.row_of(id, people[0]).await;
    assert_eq!(row.state, state, "{:?}", row.reason);
    assert_eq!(rig.attempt_outcomes().await, vec![Some(outcome.to_owned())]);
    let campaign = rig.read(move |c| campaigns::get(c, id)).await.unwrap();
    assert_eq!(campaign.paused_code.as_deref(), paused);
    assert_eq!(rig.counts(id).await.audience(), 1);
}

#[tokio::test]
async fn a_send_that_could_not_connect_goes_back_to_the_queue_and_later_leaves_once() {
    let rig = Rig::new().await;
    let people = rig.people(1).await;
    let id = rig.launched().await;
    let mut sender = rig.sender().await;
    rig.move_meta(false).await;
    rig.advance(Duration::from_millis(50));
    sender.step(rig.clock.now()).await.unwrap();
    sender.land().await.unwrap();
    let row = rig.row_of(id, people[0]).await;
    assert_eq!((row.state, row.reason_code.as_deref()), (OutboxState::Queued, Some("not_sent")));
    rig.advance(Duration::from_millis(50));
    let step = sender.step(rig.clock.now()).await.unwrap();
    assert!(matches!(step.waiting, Some(Waiting::Network(_))), "{step:?}");
    assert_eq!(step.claimed, 0);

    rig.move_meta(true).await;
    rig.advance(Duration::from_secs(3));
    rig.drive(&mut sender).await;
    assert_eq!((rig.counts(id).await.accepted, rig.meta.requests.load(Ordering::SeqCst)), (1, 1));
    assert_eq!(rig.attempt_outcomes().await, [Some("not_sent".to_owned()), Some("accepted".to_owned())]);
}

#[tokio::test]
async fn what_meta_says_about_a_person_is_remembered_for_that_person() {
    let rig = Rig::new().await;
    let people = rig.people(3).await;
    for (i, code) in [(0, 131_026), (1, 131_049), (2, 131_050)] {
        rig.meta.answers.lock().unwrap().insert(phone(i), envelope(400, code));
    }
    rig.launched().await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    let (a, b, c) = (people[0], people[1], people[2]);
    let now = rig.clock.now();
    assert!(rig.read(move |x| reachability::get(x, a)).await.unreachable_until.unwrap() > now);
    assert!(rig.read(move |x| reachability::get(x, b)).await.withheld_until.unwrap() > now);
    assert!(rig.read(move |x| consent_state::get(x, c)).await.marketing_stopped.is_some());
}

#[tokio::test]
async fn an_account_stop_pauses_everything_and_nothing_resumes_until_it_is_cleared() {
    let rig = Rig::new().await;
    rig.people(400).await;
    *rig.meta.default_answer.lock().unwrap() = Some(envelope(401, 190));
    let id = rig.launched().await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    assert!(rig.meta.requests.load(Ordering::SeqCst) <= 128, "only what was in flight");
    let counts = rig.counts(id).await;
    assert_eq!(counts.queued + counts.failed, 400);
    let error = crate::campaigns::resume(&rig.console, id).await.unwrap_err();
    assert_eq!(error.code, switchboard_bridge::UiErrorCode::WrongState);
    rig.write(account_stops::clear_all).await;
    *rig.meta.default_answer.lock().unwrap() = None;
    crate::campaigns::resume(&rig.console, id).await.unwrap();
    rig.drive(&mut sender).await;
    assert_eq!(rig.counts(id).await.accepted, counts.queued);
}

#[tokio::test]
async fn an_opt_out_committed_between_claim_and_request_is_honoured() {
    let rig = Rig::new().await;
    let people = rig.people(3).await;
    let id = rig.launched().await;
    let mut sender = rig.sender().await;
    let claimed = rig.write(|tx| claim(tx, &everything())).await;
    assert_eq!(claimed.claimed.len(), 3);
    rig.opt_out(people[1]).await;
    let client = rig.console.graph().await.unwrap();
    sender.flight.start(rig.console.store(), rig.console.clock(), &client, claimed.claimed).await.unwrap();
    sender.land().await.unwrap();
    assert_eq!(rig.meta.requests.load(Ordering::SeqCst), 2);
    let row = rig.row_of(id, people[1]).await;
    assert_eq!((row.state, row.reason_code.as_deref()), (OutboxState::Cancelled, Some("opted_out")));
    // Every request that was started lies before no opt-out of its person in the change log.
    let breaches: i64 = rig
        .read(|c| {
            Ok(c.query_row(
                "SELECT COUNT(*) FROM attempts a JOIN outbox o ON o.outbox_id = a.outbox_id \
                 JOIN consent_events e ON e.contact_id = o.contact_id AND e.kind = 'opt_out' \
                 WHERE a.started_at_ms IS NOT NULL AND a.started_seq >= e.change_seq",
                [],
                |r| r.get(0),
            )?)
        })
        .await;
    assert_eq!(breaches, 0);
}

#[tokio::test]
async fn an_opt_out_while_queued_is_never_claimed() {
    let rig = Rig::new().await;
    let people = rig.people(2).await;
    let id = rig.launched().await;
    rig.opt_out(people[0]).await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    assert_eq!(rig.meta.requests.load(Ordering::SeqCst), 1);
    assert_eq!(rig.counts(id).await.cancelled, 1);
}

#[tokio::test]
async fn nothing_of_a_campaign_is_claimed_while_deaf_and_replies_still_leave() {
    let rig = Rig::new().await;
    let people = rig.people(2).await;
    let id = rig.launched().await;
    let who = people[0];
    rig.write(move |tx| {
        tx.execute(
            "INSERT INTO threads (contact_id, phone_number_id, last_at_ms, last_inbound_at_ms) VALUES (?1, ?2, ?3, ?3)",
            (who.as_bytes(), NUMBER, tx.now().as_ms()),
        )?;
        enqueue_single(
            tx,
            &Single {
                contact_id: who,
                phone_number_id: PhoneNumberId::new(NUMBER),
                kind: MessageKind::Text,
                template_id: None,
                content: SendContent { text: Some("Yes, until six.".to_owned()), ..SendContent::default() },
                idempotency_key: "press-9".to_owned(),
            },
        )
    })
    .await;
    let mut sender = rig.sender().await;
    rig.console.relay_state().send_replace(None);
    let step = sender.step(rig.clock.now()).await.unwrap();
    sender.land().await.unwrap();
    assert_eq!(step.waiting, Some(Waiting::Deaf(Deaf::NotConfigured)));
    assert_eq!((step.claimed, rig.meta.requests.load(Ordering::SeqCst)), (1, 1));
    let detail = crate::campaigns::get(&rig.console, id).await.unwrap();
    assert!(detail.stall.unwrap().sentence.contains("opt-outs"));
    // Six seconds after the reply to the same person (account.md §9).
    rig.advance(Duration::from_secs(7));
    rig.drive(&mut sender).await;
    assert_eq!(rig.counts(id).await.accepted, 2);
    assert!(crate::campaigns::get(&rig.console, id).await.unwrap().stall.is_none());
}

#[tokio::test]
async fn the_same_press_writes_one_single_message() {
    let rig = Rig::new().await;
    let who = rig.people(1).await[0];
    let single = Single {
        contact_id: who,
        phone_number_id: PhoneNumberId::new(NUMBER),
        kind: MessageKind::Template,
        template_id: Some(Rig::template()),
        content: SendContent { values: [("body.1".to_owned(), "Ana".to_owned())].into(), ..SendContent::default() },
        idempotency_key: "press-1".to_owned(),
    };
    let again = single.clone();
    let first = rig.write(move |tx| enqueue_single(tx, &single)).await;
    let second = rig.write(move |tx| enqueue_single(tx, &again)).await;
    assert_eq!((first.outbox_id, first.message_id), (second.outbox_id, second.message_id));
    assert!(first.fresh && !second.fresh);
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    assert_eq!(rig.meta.requests.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn after_a_crash_what_was_on_its_way_is_unknown_and_only_its_status_settles_it() {
    let rig = Rig::new().await;
    let people = rig.people(200).await;
    let id = rig.launched().await;
    let request = ClaimRequest { places: 40, ..everything() };
    let claimed = rig.write(move |tx| claim(tx, &request)).await.claimed;
    assert_eq!(claimed.len(), 40);
    let Rig { console, clock, dir, meta, .. } = &rig;
    console.close().await;

    // Another process takes the role on the same file.
    let unknown = console.store().write(Priority::Outcome, recover).await.unwrap();
    assert_eq!(unknown, 40, "no more than were in flight");
    let counts = rig.counts(id).await;
    assert_eq!((counts.unknown, counts.queued), (40, 160));
    assert!(rig.read(attempts::open).await.is_empty());

    let attempt = claimed[0].attempt_id;
    let settled = settle(&rig, status("wamid.late", StatusKind::Delivered, Some(attempt), 1_795_305_700_000)).await;
    assert!(matches!(settled, Settled::Changed(row) if row.contact_id == claimed[0].contact_id));
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    let counts = rig.counts(id).await;
    assert_eq!((counts.unknown, counts.delivered, counts.accepted), (39, 1, 160));
    assert_eq!(meta.requests.load(Ordering::SeqCst), 160, "the unknown ones were not sent again");
    let _ = (people, clock, dir);
}

#[tokio::test]
async fn a_store_that_is_opened_again_recovers_before_it_sends() {
    let rig = Rig::new().await;
    rig.people(5).await;
    let id = rig.launched().await;
    rig.write(|tx| claim(tx, &ClaimRequest { places: 2, ..everything() })).await;
    let Rig { console, clock, dir, .. } = rig;
    console.close().await;
    drop(console);
    let console = open(dir.path(), &clock).await;
    let sender = Sender::new(console.clone());
    assert_eq!(sender.recover().await.unwrap(), 2);
    assert_eq!(sender.recover().await.unwrap(), 0, "once");
    let counts = console.store().read(move |c| outbox::counts(c, id)).await.unwrap();
    assert_eq!((counts.unknown, counts.queued), (2, 3));
}

#[tokio::test]
async fn a_status_that_overtakes_the_answer_settles_the_row_and_the_answer_changes_nothing() {
    let rig = Rig::new().await;
    let people = rig.people(1).await;
    rig.meta.answers.lock().unwrap().insert(phone(0), accepted("wamid.A"));
    let id = rig.launched().await;
    let mut sender = rig.sender().await;
    let claimed = rig.write(|tx| claim(tx, &everything())).await.claimed;
    let attempt = claimed[0].attempt_id;
    settle(&rig, status("wamid.A", StatusKind::Delivered, Some(attempt), 1_795_305_700_000)).await;
    let client = rig.console.graph().await.unwrap();
    sender.flight.start(rig.console.store(), rig.console.clock(), &client, claimed).await.unwrap();
    sender.land().await.unwrap();
    let row = rig.row_of(id, people[0]).await;
    assert_eq!((row.state, row.delivery_rank), (OutboxState::Accepted, 2));
    let bubbles: i64 = rig.read(|c| Ok(c.query_row("SELECT COUNT(*) FROM messages", [], |r| r.get(0))?)).await;
    assert_eq!(bubbles, 1);
}

#[tokio::test]
async fn a_status_without_callback_data_waits_for_its_message() {
    let rig = Rig::new().await;
    let people = rig.people(1).await;
    rig.meta.answers.lock().unwrap().insert(phone(0), accepted("wamid.A"));
    let id = rig.launched().await;
    assert_eq!(settle(&rig, status("wamid.A", StatusKind::Read, None, 1_795_305_700_000)).await, Settled::Early);
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    assert_eq!(rig.row_of(id, people[0]).await.delivery_rank, 3);
}

async fn one_sent(rig: &Rig) -> (switchboard_domain::ids::CampaignId, ContactId, AttemptId) {
    let people = rig.people(1).await;
    rig.meta.answers.lock().unwrap().insert(phone(0), accepted("wamid.A"));
    let id = rig.launched().await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    let row = rig.row_of(id, people[0]).await;
    (id, people[0], row.last_attempt_id.unwrap())
}

#[tokio::test]
async fn ranks_only_rise_and_repeats_change_nothing() {
    let rig = Rig::new().await;
    let (id, who, attempt) = one_sent(&rig).await;
    let at = 1_795_305_700_000;
    assert!(matches!(settle(&rig, status("wamid.A", StatusKind::Read, Some(attempt), at)).await, Settled::Changed(_)));
    settle(&rig, status("wamid.A", StatusKind::Sent, Some(attempt), at - 2000)).await;
    settle(&rig, status("wamid.A", StatusKind::Delivered, None, at - 1000)).await;
    for kind in [StatusKind::Sent, StatusKind::Delivered, StatusKind::Read] {
        let again = settle(&rig, status("wamid.A", kind, Some(attempt), at + 5000)).await;
        assert!(matches!(again, Settled::Repeated(_)));
    }
    assert_eq!(rig.row_of(id, who).await.delivery_rank, 3);
    assert!(matches!(settle(&rig, failed("wamid.A", Some(attempt), 131_026)).await, Settled::Repeated(_)));
    assert_eq!(rig.row_of(id, who).await.state, OutboxState::Accepted, "failed never overrides delivered");
}

#[tokio::test]
async fn a_failure_by_webhook_has_the_same_consequences_as_one_by_answer() {
    let rig = Rig::new().await;
    let (id, who, attempt) = one_sent(&rig).await;
    settle(&rig, failed("wamid.A", Some(attempt), 131_049)).await;
    let row = rig.row_of(id, who).await;
    assert_eq!((row.state, row.reason_code.as_deref()), (OutboxState::Withheld, Some("131049")));
    assert!(rig.read(move |x| reachability::get(x, who)).await.withheld_until.is_some());
    assert!(matches!(settle(&rig, failed("wamid.A", Some(attempt), 131_049)).await, Settled::Repeated(_)));
    assert_eq!(rig.counts(id).await.withheld, 1);
}

#[tokio::test]
async fn sends_that_fail_one_after_the_other_pause_the_campaign() {
    let rig = Rig::new().await;
    rig.people(400).await;
    *rig.meta.default_answer.lock().unwrap() = Some((502, "<html>".to_owned()));
    let id = rig.launched().await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    let row = rig.read(move |c| campaigns::get(c, id)).await.unwrap();
    assert_eq!((row.state, row.paused_code.as_deref()), (CampaignState::Paused, Some("failing")));
    let counts = rig.counts(id).await;
    assert!(counts.unknown <= 128, "{counts:?}");
    assert_eq!(counts.audience(), 400);
}

#[tokio::test]
async fn an_answer_with_the_id_of_another_message_is_not_believed_and_holds_nobody_up() {
    let rig = Rig::new().await;
    rig.people(3).await;
    for i in [0, 1] {
        rig.meta.answers.lock().unwrap().insert(phone(i), accepted("wamid.same"));
    }
    let id = rig.launched().await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    let counts = rig.counts(id).await;
    assert_eq!((counts.accepted, counts.unknown), (2, 1));
}

#[tokio::test]
async fn a_console_that_is_to_let_go_claims_nothing_and_says_so_when_every_answer_is_recorded() {
    let rig = Rig::new().await;
    rig.people(4).await;
    rig.launched().await;
    let mut sender = rig.sender().await;
    let mut wishes = rig.console.lease_wishes();
    let taking_over = |state: &mut Option<switchboard_relay_api::RelayState>| {
        let lease = Lease { term: 2, holder: "office".to_owned(), granted: false, previous: "c".to_owned() };
        state.as_mut().unwrap().lease = Some(lease);
    };
    rig.console.relay_state().send_modify(taking_over);
    let step = sender.step(rig.clock.now()).await.unwrap();
    assert_eq!((step.claimed, step.waiting), (0, Some(Waiting::Deaf(Deaf::ChangingHands))));
    assert_eq!(*wishes.borrow_and_update(), Some(LeaseWish::LetGo));
    assert_eq!(rig.meta.requests.load(Ordering::SeqCst), 0);
}
