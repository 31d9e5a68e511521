#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::sync::atomic::Ordering;

use switchboard_bridge::UiErrorCode;
use switchboard_bridge::dto::CampaignStateDto;

use super::*;
use crate::campaigns;
use crate::sender::rig::{Rig, envelope, phone};

/// Two people whose payment failed (mendable), one who is not on WhatsApp, one of whom nobody knows, one who got it.
async fn a_bad_day(rig: &Rig) -> CampaignId {
    rig.people(5).await;
    let id = rig.draft().await;
    let answer = |n: u32, status, code| {
        rig.meta.answers.lock().unwrap().insert(phone(n), envelope(status, code));
    };
    answer(0, 400, 133_010);
    answer(1, 400, 133_010);
    answer(2, 400, 131_026);
    answer(3, 500, 131_000);
    rig.press_launch(id, "press").await.unwrap();
    rig.enqueue().await;
    rig.advance(std::time::Duration::from_secs(11));
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    id
}

#[tokio::test]
async fn only_what_meta_refused_at_the_door_for_a_reason_of_ours_is_tried_again_and_once() {
    let rig = Rig::new().await;
    let id = a_bad_day(&rig).await;
    let offer = retry_offer(&rig.console, id).await.unwrap();
    let by = |code: &str| offer.groups.iter().find(|g| g.code == code).unwrap_or_else(|| panic!("{code}"));
    assert_eq!((by("133010").count, by("133010").retries), (2, true));
    assert_eq!((by("131026").count, by("131026").retries), (1, false));
    assert!(!by("131000").retries, "unknown is never sent again");
    assert_eq!(offer.count, 2);
    assert!(offer.blocked.is_some(), "the number is still not registered");
    assert_eq!(retry(&rig.console, id).await.unwrap_err().code, UiErrorCode::WrongState);

    // The operator registers the number; Meta takes everything now.
    rig.write(switchboard_store::tables::account_stops::clear_all).await;
    rig.meta.answers.lock().unwrap().clear();
    let sent_before = rig.meta.requests.load(Ordering::SeqCst);
    retry(&rig.console, id).await.unwrap();
    let row = campaigns::get(&rig.console, id).await.unwrap().row;
    assert_eq!(row.counts.queued, 2);
    if row.state == CampaignStateDto::Paused {
        campaigns::resume(&rig.console, id).await.unwrap();
    }
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    let counts = rig.counts(id).await;
    assert_eq!((counts.accepted, counts.failed, counts.unknown), (3, 1, 1));
    assert_eq!(rig.meta.requests.load(Ordering::SeqCst) - sent_before, 2, "nobody else was written to");
    assert_eq!(retry_offer(&rig.console, id).await.unwrap().count, 0);
}

#[tokio::test]
async fn a_row_that_meta_once_took_is_not_tried_again_whatever_its_state_says() {
    let rig = Rig::new().await;
    let id = a_bad_day(&rig).await;
    rig.write(|tx| Ok(tx.execute("UPDATE attempts SET outcome = 'accepted' WHERE outcome = 'refused'", [])?)).await;
    let offer = retry_offer(&rig.console, id).await.unwrap();
    assert_eq!(offer.count, 0, "an attempt that was taken is enough");
    assert!(offer.groups.iter().any(|g| g.code == "133010" && g.why.contains("reach them twice")));
}

#[test]
fn every_cause_says_why_or_why_not() {
    for code in ["131026", "131049", "131050", "132001", "131042", "131056", "131000", "limit", "999999", ""] {
        assert!(!judge(code).1.is_empty(), "{code}");
    }
    assert!(!judge("132000").0, "the values are those of the launch");
    assert!(judge("131042").0, "a payment that failed can be mended");
    assert!(!judge("131050").0 && !judge("131049").0 && !judge("131026").0 && !judge("131000").0);
}
