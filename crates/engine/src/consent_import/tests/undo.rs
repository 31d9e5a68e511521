//! Taking imports back, lists of opt-outs, columns that are remembered, dates that were asked about.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::path::Path;

use switchboard_bridge::dto::{self, ColumnRole as Role, RowVerdict};
use switchboard_domain::consent::{EventKind, Via};
use switchboard_domain::ids::ImportId;
use switchboard_domain::phone::PhoneNumber;
use switchboard_store::Priority;
use switchboard_store::tables::consent_events::{self, NewEvent};
use switchboard_store::tables::identifiers;

use super::super::*;
use super::rig::{Rig, asking, rig};

const LIST: &str = "\
phone,name,opt-in,opt-in date,source
+14165550123,Ana,yes,2026-05-03,web form
+16045550145,Ben,unsubscribed,2026-05-03,web form
+15145550110,Cleo,yes,2026-05-03,web form
";

async fn request(rig: &Rig, path: &Path) -> dto::ImportPreviewRequest {
    let seen = inspect(&rig.context.store, asking(path)).await.unwrap();
    dto::ImportPreviewRequest {
        path: seen.path,
        mapping: seen.columns.iter().map(|c| dto::ColumnMapping { index: c.index, role: c.role }).collect(),
        region: None,
        has_header: seen.has_header,
        sheet: None,
        encoding: None,
        meaning: None,
        date_order: None,
    }
}

async fn import_as(rig: &Rig, request: dto::ImportPreviewRequest) -> dto::ImportSummary {
    let p = preview(&rig.context, request).await.unwrap();
    let unproven = dto::UnprovenChoice::WithoutMarketing;
    commit(&rig.context, Confirmed { preview_id: p.preview_id, unproven, attestation: None }).await.unwrap()
}

async fn import(rig: &Rig, name: &str, content: &str) -> dto::ImportSummary {
    let path = rig.file(name, content);
    import_as(rig, request(rig, &path).await).await
}

fn id(summary: &dto::ImportSummary) -> ImportId {
    ImportId::parse(&summary.import_id).unwrap()
}

#[tokio::test]
async fn an_import_taken_back_leaves_nobody_it_brought_and_nothing_it_said() {
    let rig = rig();
    import(&rig, "known.csv", "phone,name,city\n+14165550123,Ana,Toronto\n").await;
    let done = import(&rig, "list.csv", LIST).await;
    assert!(done.can_undo);
    assert_eq!(rig.consent_of("+14165550123").unwrap().1, "opted_in");
    let undone = undo(&rig.context, id(&done)).await.unwrap();
    assert_eq!(undone.state, dto::ImportState::Undone);
    let what = undone.undone.unwrap();
    assert_eq!((what.entries, what.people_removed, what.people_kept), (3, 2, 1));
    assert_eq!(rig.consent_of("+14165550123").unwrap().1, "no_evidence", "who was here before stays, without the yes");
    assert!(rig.consent_of("+16045550145").is_none() && rig.consent_of("+15145550110").is_none());
    rig.is_sound();
    assert!(matches!(undo(&rig.context, id(&done)).await, Err(ImportError::NotUndoable)));
    // The same file is one to import again, with new people.
    let path = rig.dir_path().join("list.csv");
    assert!(inspect(&rig.context.store, asking(&path)).await.unwrap().imported_before.is_none());
    let again = import_as(&rig, request(&rig, &path).await).await;
    assert!(!again.already_imported);
    assert_eq!((again.contacts_added, again.consents_recorded), (2, 2));
    assert_eq!(rig.consent_of("+14165550123").unwrap().1, "opted_in");
    rig.is_sound();
}

#[tokio::test]
async fn fields_and_tags_of_the_file_go_with_its_people_and_a_tag_of_the_operator_keeps_them() {
    let rig = rig();
    let list = "phone,name,city,tags\n+14165550123,Ana,Toronto,\"tea,vip\"\n+16045550145,Ben,Vancouver,tea\n";
    let done = import(&rig, "tagged.csv", list).await;
    rig.context
        .store
        .write(Priority::Bulk, |tx| {
            let who = identifiers::find_phone(tx, &PhoneNumber::from_stored("+16045550145"))?.unwrap();
            let tag = "INSERT INTO contact_tags (contact_id, tag_key, tag) VALUES (?1, tag_key('Regular'), 'Regular')";
            Ok::<_, StoreError>(tx.execute(tag, [who.as_bytes().as_slice()])?)
        })
        .await
        .unwrap();
    let what = undo(&rig.context, id(&done)).await.unwrap().undone.unwrap();
    assert_eq!((what.people_removed, what.people_kept), (1, 1));
    assert!(rig.consent_of("+14165550123").is_none() && rig.consent_of("+16045550145").is_some());
    rig.is_sound();
}

#[tokio::test]
async fn what_was_said_since_stays_when_an_import_is_taken_back() {
    let rig = rig();
    let done = import(&rig, "list.csv", LIST).await;
    let key = rig.context.ledger.clone();
    rig.context
        .store
        .write(Priority::OptOut, move |tx| {
            let who = identifiers::find_phone(tx, &PhoneNumber::from_stored("+15145550110"))?.unwrap();
            consent_events::append(tx, &key, &NewEvent::now(who, EventKind::OptOut, Via::Chat, tx.now()))
        })
        .await
        .unwrap();
    let what = undo(&rig.context, id(&done)).await.unwrap().undone.unwrap();
    assert_eq!((what.people_removed, what.people_kept), (2, 1));
    assert_eq!(
        rig.consent_of("+15145550110").unwrap().1,
        "opted_out",
        "a STOP is nothing that an import can take back"
    );
    rig.is_sound();
}

#[tokio::test]
async fn taking_back_goes_on_after_a_crash_and_counts_nothing_twice() {
    let rig = rig();
    let done = import(&rig, "list.csv", LIST).await;
    let (key, import) = (rig.context.ledger.clone(), id(&done));
    // A first step of no time at all: one person, then the end of the program.
    rig.context
        .store
        .write(Priority::Bulk, move |tx| {
            switchboard_store::tables::imports::set_state(tx, import, &["committed"], "undoing")?;
            switchboard_store::tables::import_undo::some(tx, &key, import, None, std::time::Duration::ZERO)
        })
        .await
        .unwrap();
    recover(&rig.context).await.unwrap();
    assert_eq!(list(&rig.context.store).await.unwrap().items[0].state, dto::ImportState::Undone);
    assert!(rig.consent_of("+14165550123").is_none() && rig.consent_of("+15145550110").is_none());
    rig.is_sound();
}

#[tokio::test]
async fn a_list_of_numbers_is_asked_about_and_read_as_said() {
    let rig = rig();
    let path = rig.file("STOP.csv", "STOP\n+14165550123\n+16045550145\n");
    let seen = inspect(&rig.context.store, asking(&path)).await.unwrap();
    assert!(seen.asks_meaning);
    assert_eq!((seen.suggested_meaning, seen.columns[0].role), (dto::ImportMeaning::OptOuts, Role::Phone));
    let plain = request(&rig, &path).await;
    assert!(matches!(preview(&rig.context, plain.clone()).await, Err(ImportError::MeaningUnknown)));
    let told = dto::ImportPreviewRequest { meaning: Some(dto::ImportMeaning::OptOuts), ..plain.clone() };
    let done = import_as(&rig, told).await;
    assert_eq!((done.opt_outs_recorded, done.consents_recorded), (2, 0));
    assert_eq!(rig.consent_of("+14165550123").unwrap(), (String::new(), "opted_out".to_owned()));
    // Without any header it is the same; said to be people, they prove nothing.
    let path = rig.file("numbers.csv", "+14165550101\n+14165550102\n");
    let people = dto::ImportPreviewRequest { meaning: Some(dto::ImportMeaning::People), ..request(&rig, &path).await };
    import_as(&rig, people).await;
    assert_eq!(rig.consent_of("+14165550101").unwrap().1, "no_evidence");
    rig.is_sound();
}

#[tokio::test]
async fn columns_that_were_mapped_by_hand_are_remembered_whatever_their_order() {
    let rig = rig();
    let path = rig.file("first.csv", "Kontaktfeld A,Feld B,Feld C\n+14165550123,Ana,ja\n");
    let mut by_hand = request(&rig, &path).await;
    for (column, role) in by_hand.mapping.iter_mut().zip([Role::Phone, Role::FullName, Role::ConsentState]) {
        column.role = role;
    }
    import_as(&rig, by_hand).await;
    let next = rig.file("second.csv", "Feld C,Feld B,Kontaktfeld A\nja,Ben,+16045550145\n");
    let seen = inspect(&rig.context.store, asking(&next)).await.unwrap();
    assert_eq!(
        seen.columns.iter().map(|c| c.role).collect::<Vec<_>>(),
        [Role::ConsentState, Role::FullName, Role::Phone]
    );
    assert!(seen.recognised_as.unwrap().contains("first.csv"));
}

#[tokio::test]
async fn dates_with_two_readings_count_once_somebody_said_how_they_are_meant() {
    let rig = rig();
    let path = rig.file("dates.csv", "phone,opt-in,opt-in date,source\n+14165550123,yes,03/04/2026,till\n");
    let seen = inspect(&rig.context.store, asking(&path)).await.unwrap();
    let doubt = seen.ambiguous_date.unwrap();
    assert_eq!(doubt.written, "03/04/2026");
    assert!(doubt.day_first_ms > doubt.month_first_ms);
    let asked = request(&rig, &path).await;
    assert_eq!(preview(&rig.context, asked.clone()).await.unwrap().proven, 0);
    let told = dto::ImportPreviewRequest { date_order: Some(dto::DateOrder::DayFirst), ..asked };
    let p = preview(&rig.context, told).await.unwrap();
    assert_eq!(p.proven, 1);
    assert!(p.first_rows[0].consent.contains("3 April 2026"), "{}", p.first_rows[0].consent);
}

#[tokio::test]
async fn the_same_file_is_known_before_anything_is_offered() {
    let rig = rig();
    let done = import(&rig, "list.csv", LIST).await;
    let path = rig.dir_path().join("list.csv");
    let seen = inspect(&rig.context.store, asking(&path)).await.unwrap();
    assert_eq!(seen.imported_before.unwrap().import_id, done.import_id);
    let p = preview(&rig.context, request(&rig, &path).await).await.unwrap();
    assert_eq!((p.proven_new, p.unproven_new, p.opted_out_new, p.new_contacts), (0, 0, 0, 0));
    assert_eq!(p.imported_before_choice, Some(dto::UnprovenChoice::WithoutMarketing));
    assert_eq!(p.verdicts.iter().find(|v| v.verdict == RowVerdict::Duplicate).unwrap().count, 3);
}

#[tokio::test]
async fn a_no_to_e_mail_cannot_be_attested_away() {
    let rig = rig();
    let path = rig.file(
        "klaviyo.csv",
        "Email,Phone Number,SMS Marketing Consent,Klaviyo ID\na@shop.example,+14165550123,UNSUBSCRIBED,1\nb@shop.example,+16045550145,SUBSCRIBED,2\n",
    );
    let p = preview(&rig.context, request(&rig, &path).await).await.unwrap();
    assert_eq!((p.proven, p.unproven, p.unproven_attestable), (0, 2, 1));
    let attestation = Some(dto::Attestation {
        wording: "ok".to_owned(),
        place: "till".to_owned(),
        date_from: "2026-01-01".to_owned(),
        date_to: "2026-02-01".to_owned(),
        purposes: vec!["marketing".to_owned()],
    });
    let unproven = dto::UnprovenChoice::Attest;
    commit(&rig.context, Confirmed { preview_id: p.preview_id, unproven, attestation }).await.unwrap();
    assert_eq!(rig.consent_of("+14165550123").unwrap().1, "no_evidence");
    assert_eq!(rig.consent_of("+16045550145").unwrap().1, "attested");
    rig.is_sound();
}
