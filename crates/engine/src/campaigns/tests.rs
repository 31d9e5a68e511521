#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::sync::atomic::Ordering;
use std::time::Duration;

use switchboard_bridge::UiErrorCode;
use switchboard_bridge::dto::{CampaignLaunch, CampaignRecipientsRequest, CampaignStateDto};
use switchboard_domain::ids::CampaignId;
use switchboard_domain::time::Clock;

use super::*;
use crate::sender::rig::Rig;

async fn state(rig: &Rig, id: CampaignId) -> CampaignStateDto {
    get(&rig.console, id).await.unwrap().row.state
}

#[tokio::test]
async fn the_review_says_who_is_left_out_and_why_and_shows_real_recipients() {
    let rig = Rig::new().await;
    let people = rig.people(150).await;
    rig.opt_out(people[3]).await;
    let id = rig.draft().await;
    let review = review(&rig.console, id).await.unwrap();
    assert_eq!((review.audience, review.will_receive), (150, 149));
    assert_eq!(review.excluded.len(), 1);
    assert_eq!((review.excluded[0].code.as_str(), review.excluded[0].count), ("opted_out", 1));
    assert!(review.blockers.is_empty(), "{:?}", review.blockers);
    assert_eq!(review.previews.len(), 3);
    assert!(review.previews[0].body.starts_with("Hello Person"));
    assert!(review.confirm_by_typing);
}

#[tokio::test]
async fn what_stands_in_the_way_of_a_launch_is_named() {
    let rig = Rig::new().await;
    rig.people(1).await;
    let id = rig.draft().await;
    rig.write(|tx| {
        tx.execute("UPDATE templates SET status = 'PAUSED'", [])?;
        tx.execute("UPDATE phone_numbers SET status = 'FLAGGED'", [])?;
        tx.execute("DELETE FROM relay", [])?;
        Ok(())
    })
    .await;
    let codes: Vec<String> = review(&rig.console, id).await.unwrap().blockers.into_iter().map(|b| b.code).collect();
    assert_eq!(codes, ["template_not_sendable", "number_not_connected", "relay_not_configured"]);
    let refused = rig.press_launch(id, "press-1").await.unwrap_err();
    assert_eq!(refused.code, UiErrorCode::LaunchRefused);
    assert_eq!(refused.details["blockers"].as_array().unwrap().len(), 3);
    assert_eq!(state(&rig, id).await, CampaignStateDto::Draft);
}

#[tokio::test]
async fn a_launch_asks_for_the_number_of_people() {
    let rig = Rig::new().await;
    rig.people(2).await;
    let id = rig.draft().await;
    let launch_with = |n| {
        launch(
            &rig.console,
            CampaignLaunch {
                id: id.to_string(),
                typed_number: n,
                template_hash: None,
                idempotency_key: "press-1".to_owned(),
            },
        )
    };
    assert_eq!(launch_with(None).await.unwrap_err().code, UiErrorCode::InvalidInput);
    assert_eq!(launch_with(Some(3)).await.unwrap_err().code, UiErrorCode::InvalidInput);
    assert_eq!(launch_with(Some(2)).await.unwrap().row.state, CampaignStateDto::Launching);
}

#[tokio::test]
async fn a_double_click_launches_once() {
    let rig = Rig::new().await;
    rig.people(120).await;
    let id = rig.draft().await;
    let (a, b) = tokio::join!(rig.press_launch(id, "press-1"), rig.press_launch(id, "press-1"));
    a.unwrap();
    b.unwrap();
    assert_eq!(rig.press_launch(id, "press-2").await.unwrap_err().code, UiErrorCode::WrongState);
    rig.enqueue().await;
    assert_eq!(rig.counts(id).await.audience(), 120);
}

#[tokio::test]
async fn enqueueing_goes_on_where_it_stopped_and_writes_nobody_twice() {
    let rig = Rig::new().await;
    rig.people(500).await;
    let id = rig.draft().await;
    rig.press_launch(id, "press-1").await.unwrap();
    // One chunk, then a pause in the middle: the campaign resumes as launching.
    step(&rig.console).await.unwrap();
    pause(&rig.console, id).await.unwrap();
    assert_eq!(step(&rig.console).await.unwrap(), Upkeep::Idle);
    resume(&rig.console, id).await.unwrap();
    assert_eq!(state(&rig, id).await, CampaignStateDto::Launching);
    rig.enqueue().await;
    assert_eq!(state(&rig, id).await, CampaignStateDto::Running);
    let counts = rig.counts(id).await;
    assert_eq!((counts.audience(), counts.queued), (500, 500));
}

#[tokio::test]
async fn a_launch_can_be_undone_until_its_start_and_launched_again() {
    let rig = Rig::new().await;
    rig.people(30).await;
    let id = rig.draft().await;
    rig.press_launch(id, "press-1").await.unwrap();
    rig.enqueue().await;
    let mut sender = rig.sender().await;
    rig.advance(Duration::from_secs(1));
    assert_eq!(sender.step(rig.clock.now()).await.unwrap().claimed, 0, "ten seconds of undo");
    assert!(get(&rig.console, id).await.unwrap().can_undo);
    let undone = undo(&rig.console, id).await.unwrap();
    assert_eq!(undone.row.state, CampaignStateDto::Draft);
    assert_eq!(rig.counts(id).await.audience(), 0);
    rig.press_launch(id, "press-2").await.unwrap();
    rig.enqueue().await;
    rig.advance(Duration::from_secs(11));
    rig.drive(&mut sender).await;
    assert_eq!(rig.counts(id).await.accepted, 30);
    assert_eq!(undo(&rig.console, id).await.unwrap_err().code, UiErrorCode::WrongState);
    assert_eq!(rig.meta.requests.load(Ordering::SeqCst), 30);
}

#[tokio::test]
async fn a_pause_finishes_what_is_in_flight_and_claims_nothing_and_cancel_marks_the_rest() {
    let rig = Rig::new().await;
    rig.people(400).await;
    let id = rig.launched().await;
    let mut sender = rig.sender().await;
    rig.advance(Duration::from_millis(50));
    let claimed = sender.step(rig.clock.now()).await.unwrap().claimed;
    assert_eq!(claimed, 128);
    pause(&rig.console, id).await.unwrap();
    rig.drive(&mut sender).await;
    let counts = rig.counts(id).await;
    assert_eq!((counts.accepted, counts.queued, counts.sending), (128, 272, 0));
    assert_eq!(pause(&rig.console, id).await.unwrap().row.state, CampaignStateDto::Paused, "again is no error");
    cancel(&rig.console, id).await.unwrap();
    let counts = rig.counts(id).await;
    assert_eq!((counts.accepted, counts.cancelled, counts.audience()), (128, 272, 400));
    assert_eq!(resume(&rig.console, id).await.unwrap_err().code, UiErrorCode::WrongState);
    rig.drive(&mut sender).await;
    assert_eq!(rig.meta.requests.load(Ordering::SeqCst), 128);
}

#[tokio::test]
async fn a_template_that_meta_pauses_pauses_its_campaign_at_the_next_claim() {
    let rig = Rig::new().await;
    rig.people(3).await;
    let id = rig.launched().await;
    rig.write(|tx| Ok(tx.execute("UPDATE templates SET status = 'PAUSED'", [])?)).await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    let detail = get(&rig.console, id).await.unwrap();
    assert_eq!(detail.row.state, CampaignStateDto::Paused);
    assert!(detail.row.paused_reason.unwrap().contains("paused at Meta"));
    assert_eq!(rig.meta.requests.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn every_count_opens_the_people_it_counts() {
    let rig = Rig::new().await;
    let people = rig.people(12).await;
    rig.opt_out(people[0]).await;
    let id = rig.launched().await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    for (word, n) in [("accepted", 11), ("excluded", 1), ("failed", 0), ("audience", 12)] {
        let page = recipients(
            &rig.console,
            CampaignRecipientsRequest {
                id: id.to_string(),
                state: Some(word.to_owned()),
                reason: None,
                offset: 0,
                limit: 5,
            },
        )
        .await
        .unwrap();
        assert_eq!((page.total, page.rows.len()), (n, (n as usize).min(5)), "{word}");
    }
    let detail = get(&rig.console, id).await.unwrap();
    assert_eq!((detail.excluded[0].code.as_str(), detail.excluded[0].count), ("opted_out", 1));
    assert_eq!(detail.rate.iter().map(|p| p.accepted).sum::<u64>(), 11);
    assert_eq!(list(&rig.console).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn the_counts_of_a_review_open_the_people_before_anything_is_launched() {
    let rig = Rig::new().await;
    let people = rig.people(12).await;
    rig.opt_out(people[0]).await;
    let id = rig.draft().await;
    let reason = review(&rig.console, id).await.unwrap().excluded[0].code.clone();
    let page = |state: &str, reason: Option<&str>, offset| {
        recipients(
            &rig.console,
            CampaignRecipientsRequest {
                id: id.to_string(),
                state: Some(state.to_owned()),
                reason: reason.map(str::to_owned),
                offset,
                limit: 5,
            },
        )
    };
    let left_out = page("excluded", Some(&reason), 0).await.unwrap();
    assert_eq!((left_out.total, left_out.rows.len()), (1, 1));
    assert_eq!(left_out.rows[0].contact_id, people[0].to_string());
    assert!(left_out.rows[0].reason.is_some());
    let last = page("queued", None, 10).await.unwrap();
    assert_eq!((last.total, last.rows.len()), (11, 1));
    assert_eq!(page("excluded", Some("no_evidence"), 0).await.unwrap().total, 0);
    assert_eq!(page("failed", None, 0).await.unwrap().total, 0);
}

#[tokio::test]
async fn a_variable_that_nobody_has_filled_in_yet_leaves_nobody_out() {
    let rig = Rig::new().await;
    let people = rig.people(5).await;
    rig.opt_out(people[0]).await;
    let id = rig.draft().await;
    let mut draft = get(&rig.console, id).await.unwrap().draft;
    draft.values[0].source = switchboard_bridge::dto::ValueSource::Fixed;
    for values in [draft.values.clone(), Vec::new()] {
        draft.values = values;
        save(&rig.console, draft.clone()).await.unwrap();
        let review = review(&rig.console, id).await.unwrap();
        assert_eq!((review.audience, review.will_receive), (5, 4));
        let codes: Vec<&str> = review.blockers.iter().map(|b| b.code.as_str()).collect();
        assert_eq!(codes, ["values"]);
        assert_eq!(rig.press_launch(id, "press-1").await.unwrap_err().code, UiErrorCode::LaunchRefused);
    }
}

#[tokio::test]
async fn a_person_without_a_value_is_left_out_before_anything_leaves() {
    let rig = Rig::new().await;
    let people = rig.people(2).await;
    let nameless = people[1];
    rig.write(move |tx| {
        Ok(tx.execute("UPDATE contacts SET name = '', first_name = '' WHERE contact_id = ?1", [nameless.as_bytes()])?)
    })
    .await;
    let id = rig.launched().await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    let counts = rig.counts(id).await;
    assert_eq!((counts.accepted, counts.excluded), (1, 1));
    assert_eq!(get(&rig.console, id).await.unwrap().excluded[0].code, "missing_value");
}

#[tokio::test]
async fn a_media_header_is_uploaded_once_and_stands_in_every_message() {
    let rig = Rig::new().await;
    rig.people(3).await;
    rig.write(|tx| {
        Ok(tx.execute(
            "UPDATE templates SET components = ?1",
            [r#"[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"Hello {{1}}."}]"#],
        )?)
    })
    .await;
    let id = rig.draft().await;
    let blocked = review(&rig.console, id).await.unwrap();
    assert_eq!(blocked.blockers[0].code, "header_media");

    let png = rig.dir.path().join("tea.png");
    std::fs::write(&png, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0").unwrap();
    let mut draft = get(&rig.console, id).await.unwrap().draft;
    draft.values.push(switchboard_bridge::dto::VariableValue {
        key: "header.media".to_owned(),
        source: switchboard_bridge::dto::ValueSource::Fixed,
        value: png.to_string_lossy().into_owned(),
        fallback: None,
        format: None,
    });
    save(&rig.console, draft).await.unwrap();
    rig.press_launch(id, "press-1").await.unwrap();
    undo(&rig.console, id).await.unwrap();
    rig.press_launch(id, "press-2").await.unwrap();
    rig.enqueue().await;
    rig.advance(Duration::from_secs(11));
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    assert_eq!(rig.meta.uploads.load(Ordering::SeqCst), 1);
    let seen = rig.meta.seen.lock().unwrap().clone();
    assert_eq!(seen.len(), 3);
    for body in seen {
        assert_eq!(body["template"]["components"][0]["parameters"][0]["image"]["id"], "777");
    }
}

#[tokio::test]
async fn a_campaign_waits_for_the_portfolios_limit_of_people_and_says_so() {
    let rig = Rig::new().await;
    rig.people(70).await;
    rig.write(|tx| Ok(tx.execute("UPDATE phone_numbers SET messaging_limit = 'TIER_50'", [])?)).await;
    let mut settings = crate::settings::load(rig.console.store()).await.unwrap();
    settings.utility_reserve_percent = 0;
    crate::settings::save(rig.console.store(), settings).await.unwrap();
    let id = rig.launched().await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    assert_eq!(rig.meta.requests.load(Ordering::SeqCst), 50);
    let waiting = get(&rig.console, id).await.unwrap().stall.unwrap().sentence;
    assert!(waiting.contains("24-hour limit of 50 people"), "{waiting}");
    // A day, and the margin for clocks that do not quite agree.
    rig.advance(Duration::from_secs(86_400 + 10));
    rig.drive(&mut sender).await;
    assert_eq!(rig.counts(id).await.accepted, 70);
}

#[tokio::test]
async fn a_draft_is_kept_and_deleted_and_a_launched_campaign_stays() {
    let rig = Rig::new().await;
    rig.people(1).await;
    let id = rig.draft().await;
    delete(&rig.console, id).await.unwrap();
    assert_eq!(get(&rig.console, id).await.unwrap_err().code, UiErrorCode::NotFound);
    let id = rig.launched().await;
    assert_eq!(delete(&rig.console, id).await.unwrap_err().code, UiErrorCode::WrongState);
}
