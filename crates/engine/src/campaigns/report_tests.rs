#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use switchboard_bridge::dto::CampaignRecipientsSave;
use switchboard_domain::ids::{ContactId, MessageId};
use switchboard_store::columns::IdColumn;

use super::*;
use crate::campaigns;
use crate::sender::rig::{Rig, envelope, phone};

async fn sent_to(rig: &Rig, n: u32) -> (CampaignId, Vec<ContactId>) {
    let people = rig.people(n).await;
    let id = rig.launched().await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    (id, people)
}

/// A person writes, so many days after the message, in answer to it or not.
async fn writes(rig: &Rig, id: CampaignId, who: ContactId, after_days: i64, to_it: bool) {
    rig.write(move |tx| {
        let (accepted, wamid): (i64, String) = tx.query_row(
            "SELECT accepted_at_ms, wamid FROM outbox WHERE campaign_id = ?1 AND contact_id = ?2",
            (id.bytes(), who.bytes()),
            |r| Ok((r.get(0)?, r.get(1)?)),
        )?;
        let message = MessageId::new(tx.now());
        let at = accepted + after_days * 86_400_000 + 60_000;
        tx.execute(
            "INSERT INTO messages (message_id, contact_id, phone_number_id, direction, kind, context_wamid, at_ms, \
             recorded_at_ms) VALUES (?1, ?2, '1', 'in', 'text', ?3, ?4, ?4)",
            (message.bytes(), who.bytes(), to_it.then_some(wamid), at),
        )?;
        Ok(())
    })
    .await;
}

fn asked(id: CampaignId, days: u32) -> CampaignReportRequest {
    CampaignReportRequest { id: id.to_string(), reply_days: Some(days) }
}

#[tokio::test]
async fn replies_count_by_person_and_within_the_days_that_were_asked_for() {
    let rig = Rig::new().await;
    let (id, people) = sent_to(&rig, 4).await;
    writes(&rig, id, people[0], 0, true).await;
    writes(&rig, id, people[0], 1, false).await;
    writes(&rig, id, people[1], 2, false).await;
    writes(&rig, id, people[2], 9, false).await;
    let seven = report(&rig.console, asked(id, 7)).await.unwrap();
    assert_eq!((seven.reach.sent, seven.reach.replied, seven.reach.replied_to_it), (4, 2, 1));
    assert!(seven.replies_may_come);
    let one = report(&rig.console, asked(id, 1)).await.unwrap();
    assert_eq!(one.reach.replied, 1);
    let thirty = report(&rig.console, asked(id, 30)).await.unwrap();
    assert_eq!(thirty.reach.replied, 3);
    assert_eq!(report(&rig.console, asked(id, 31)).await.unwrap_err().code, UiErrorCode::InvalidInput);
    let replies: u64 = seven.intervals.iter().map(|i| i.replies).sum();
    assert!(seven.intervals.len() <= 61 && replies <= 3, "{replies}");
    assert_eq!(seven.intervals.iter().map(|i| i.sent).sum::<u64>(), 4);
}

#[tokio::test]
async fn a_reply_counts_for_the_campaign_that_it_quotes_or_else_for_the_last_one_before_it() {
    let rig = Rig::new().await;
    let (first, people) = sent_to(&rig, 4).await;
    writes(&rig, first, people[0], 0, false).await;
    rig.advance(Duration::from_secs(2 * 86_400));
    let second = rig.draft().await;
    rig.press_launch(second, "press-2").await.unwrap();
    rig.enqueue().await;
    rig.advance(Duration::from_secs(11));
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    // To the second campaign, without quoting; and one who goes back to the first.
    writes(&rig, second, people[1], 0, false).await;
    writes(&rig, first, people[2], 3, true).await;
    rig.advance(Duration::from_secs(600));
    rig.opt_out(people[3]).await;
    let of = async |id| {
        let found = report(&rig.console, asked(id, 7)).await.unwrap();
        (found.reach.replied, found.reach.replied_to_it, found.reach.opted_out, found.row.opted_out)
    };
    assert_eq!(of(first).await, (2, 1, 0, 0), "what the second one provoked is not the first one's");
    assert_eq!(of(second).await, (1, 0, 1, 1));
}

#[tokio::test]
async fn a_cancelled_campaign_says_so_instead_of_why_it_was_paused() {
    let rig = Rig::new().await;
    rig.people(2).await;
    let id = rig.launched().await;
    campaigns::pause(&rig.console, id).await.unwrap();
    let detail = campaigns::cancel(&rig.console, id).await.unwrap();
    assert_eq!(detail.row.paused_reason.as_deref(), Some("Cancelled by you."));
    let found = report(&rig.console, asked(id, 7)).await.unwrap();
    let last = found.steps.last().unwrap();
    assert_eq!((last.kind.as_str(), last.reason.as_deref()), ("cancelled", Some("Cancelled by you.")));
    let again = rig.press_launch(id, "press-1").await.unwrap_err();
    assert!(again.code == UiErrorCode::WrongState && again.message.contains("cancelled"), "{again:?}");
}

#[test]
fn reasons_that_read_the_same_are_one_line() {
    let line = |code: &str, sentence: &str, count| switchboard_bridge::dto::CountedReason {
        code: code.to_owned(),
        sentence: sentence.to_owned(),
        remedy: None,
        count,
    };
    let lines = show::merged([line("a", "x", 1), line("b", "y", 3), line("c", "x", 4), line("a", "x", 1)]);
    let read: Vec<_> = lines.iter().map(|l| (l.code.as_str(), l.sentence.as_str(), l.count)).collect();
    assert_eq!(read, [("a,c", "x", 6), ("b", "y", 3)]);
}

#[tokio::test]
async fn an_opt_out_after_the_message_counts_and_one_before_it_does_not() {
    let rig = Rig::new().await;
    let people = rig.people(3).await;
    rig.opt_out(people[0]).await;
    rig.advance(Duration::from_secs(3600));
    let id = rig.launched().await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    rig.advance(Duration::from_secs(60));
    rig.opt_out(people[1]).await;
    let found = report(&rig.console, asked(id, 7)).await.unwrap();
    assert_eq!((found.reach.sent, found.reach.opted_out), (2, 1));
    assert_eq!(found.excluded[0].code, "opted_out");
}

#[tokio::test]
async fn the_report_sets_what_was_foretold_beside_what_came_and_tells_every_step() {
    let rig = Rig::new().await;
    rig.people(2).await;
    let id = rig.draft().await;
    assert_eq!(report(&rig.console, asked(id, 7)).await.unwrap_err().code, UiErrorCode::WrongState);
    rig.press_launch(id, "a").await.unwrap();
    rig.enqueue().await;
    campaigns::pause(&rig.console, id).await.unwrap();
    campaigns::resume(&rig.console, id).await.unwrap();
    rig.advance(Duration::from_secs(11));
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    let found = report(&rig.console, asked(id, 7)).await.unwrap();
    assert_eq!(found.plan.unwrap().will_receive, 2);
    let kinds: Vec<&str> = found.steps.iter().map(|s| s.kind.as_str()).collect();
    assert_eq!(kinds, ["launched", "paused", "resumed", "first_sent", "last_sent", "done"]);
    assert_eq!(found.steps[1].reason.as_deref(), Some("Paused by you."));
}

#[tokio::test]
async fn the_table_of_people_has_everybody_with_their_state_and_runs_no_formula() {
    let rig = Rig::new().await;
    let refused = phone(1);
    rig.meta.answers.lock().unwrap().insert(refused, envelope(400, 131_026));
    let (id, people) = sent_to(&rig, 3).await;
    let evil = people[2];
    rig.write(move |tx| {
        let name = "=HYPERLINK(\"http://example.com\")";
        Ok(tx.execute("UPDATE contacts SET display_name = ?1 WHERE contact_id = ?2", (name, evil.bytes()))?)
    })
    .await;
    let path = rig.dir.path().join("people.csv");
    let save = |state: Option<&str>, path: &std::path::Path| CampaignRecipientsSave {
        id: id.to_string(),
        state: state.map(str::to_owned),
        reason: None,
        path: path.to_string_lossy().into_owned(),
    };
    let saved = campaigns::save_recipients(&rig.console, save(None, &path)).await.unwrap();
    assert_eq!(saved.rows, Some(3));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("'=HYPERLINK"), "{text}");
    let mut table = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let states: Vec<String> = table.records().map(|r| r.unwrap()[2].to_owned()).collect();
    assert_eq!(states.iter().filter(|s| *s == "accepted").count(), 2);
    assert_eq!(states.iter().filter(|s| *s == "failed").count(), 1);
    let saved = campaigns::save_recipients(&rig.console, save(Some("failed"), &path)).await.unwrap();
    assert_eq!(saved.rows, Some(1), "it replaces what was there");
    let nowhere = rig.dir.path().join("no/such/folder.csv");
    let error = campaigns::save_recipients(&rig.console, save(None, &nowhere)).await.unwrap_err();
    assert_eq!(error.code, UiErrorCode::Disk);
}
