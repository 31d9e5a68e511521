//! Rows judged and written as they were judged, crashes between, what is left out.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "tests")]

use std::path::Path;

use rstest::rstest;
use switchboard_bridge::dto::{self, ColumnRole as Role, RowVerdict as V};
use switchboard_domain::consent::{EventKind, Via};
use switchboard_domain::phone::PhoneNumber;
use switchboard_store::Priority;
use switchboard_store::tables::consent_events::{self, NewEvent};
use switchboard_store::tables::identifiers;

use super::super::*;
use super::fixtures::workbooks::{Cell, Sheet, xlsx};
use super::rig::{attestation, count, rig};

const LIST: &str = "\
Phone,First name,Last name,Opt-in,Opt-in date,Source,Favourite
+1 416 555 0123,Ana,Example,yes,2026-05-03,web form,tea
+1 604 555 0145,Ben,Example,no,2026-05-03,web form,
+1 514 555 0110,Cleo,Example,unsubscribed,2026-05-03,,
'+1 416 555 0101,Dan,Example,yes,2026-05-04,paper form,
+1 416 555 0102,Eve,Example,,,,coffee
+1 416 555 0123,Ana,Again,yes,2026-05-02,paper,
1.41655E+10,Fay,Example,yes,2026-05-03,web form,
hello,Gus,Example,yes,2026-05-03,web form,
,Hal,Example,yes,2026-05-03,web form,
+1 416 555 0103,Ida,Example,yes,,web form,
";

#[tokio::test]
async fn a_list_is_judged_row_by_row_and_written_as_it_was_judged() {
    let rig = rig();
    let path = rig.file("list.csv", LIST);
    let p = rig.preview(&path, None).await;
    let want = [(V::Accepted, 5), (V::Repaired, 1), (V::Duplicate, 1), (V::Quarantined, 1), (V::Rejected, 2)];
    for (verdict, n) in want {
        assert_eq!(count(&p.verdicts, verdict), n, "{verdict:?}");
    }
    assert_eq!((p.proven, p.unproven, p.opted_out, p.new_contacts), (3, 2, 2, 6));
    assert!(p.proof_sentence.contains("3 rows"), "{}", p.proof_sentence);
    assert!(rig.snapshot().is_empty(), "a preview writes nothing");

    let done = rig.commit(&p, dto::UnprovenChoice::WithoutMarketing).await;
    assert_eq!(done.state, dto::ImportState::Committed);
    for (verdict, n) in want {
        assert_eq!(count(&done.verdicts, verdict), n, "{verdict:?}");
    }
    assert_eq!((done.contacts_added, done.consents_recorded, done.opt_outs_recorded, done.rows_left_out), (6, 2, 2, 3));
    let consent = |n: &str| rig.consent_of(n).unwrap().1;
    assert_eq!(rig.consent_of("+14165550123").unwrap(), ("Ana Example".to_owned(), "opted_in".to_owned()));
    assert_eq!(consent("+16045550145"), "no_evidence");
    assert_eq!(consent("+15145550110"), "opted_out");
    assert_eq!(consent("+14165550101"), "opted_in");
    assert_eq!(consent("+14165550102"), "no_evidence");
    assert_eq!(consent("+14165550103"), "no_evidence");
    rig.is_sound();
}

#[tokio::test]
async fn the_same_file_again_changes_nothing() {
    let rig = rig();
    let path = rig.file("list.csv", LIST);
    let p = rig.preview(&path, None).await;
    let first = rig.commit(&p, dto::UnprovenChoice::WithoutMarketing).await;
    assert!(!first.already_imported);
    let before = rig.snapshot();
    assert!(rig.look(&path).await.imported_before_at_ms.is_some());
    let p = rig.preview(&path, None).await;
    assert_eq!(p.new_contacts, 0);
    let again = rig.commit(&p, dto::UnprovenChoice::WithoutMarketing).await;
    assert_eq!((again.import_id, again.at_ms, again.already_imported), (first.import_id, first.at_ms, true));
    // A copy with another name and one more byte is another file, with the same evidence.
    let copy = rig.file("copy.csv", format!("{LIST}\n"));
    let p = rig.preview(&copy, None).await;
    rig.commit(&p, dto::UnprovenChoice::WithoutMarketing).await;
    assert_eq!(rig.snapshot(), before);
    rig.is_sound();
}

const INVERTED: &str = "\
Phone,Name,Unsubscribed,Opt-in date,Source
+14165550123,Ana,yes,2026-05-03,web form
+14165550124,Ben,no,2026-05-03,web form
+14165550125,Cleo,,,
+14165550126,Dan,TRUE,,
+14165550127,Eve,FALSE,,
+14165550128,Fay,2026-06-01,,
+14165550129,Gus,perhaps,2026-05-03,web form
";

#[tokio::test]
async fn a_yes_under_unsubscribed_is_an_opt_out_and_a_no_proves_nothing() {
    let rig = rig();
    let path = rig.file("inverted.csv", INVERTED);
    assert_eq!(rig.look(&path).await.columns[2].role, Role::OptedOut);
    let p = rig.preview(&path, None).await;
    assert_eq!((p.proven, p.unproven, p.opted_out), (1, 2, 3));
    assert_eq!(count(&p.verdicts, V::Quarantined), 1);
    assert!(p.reasons.iter().any(|r| r.code == "opt_out_unclear" && r.remedy.is_some()));
    let done = rig.commit(&p, dto::UnprovenChoice::WithoutMarketing).await;
    assert_eq!((done.opt_outs_recorded, done.consents_recorded, done.rows_left_out), (3, 1, 1));
    let consent = |n: &str| rig.consent_of(n).map(|(_, c)| c);
    for (number, want) in [
        ("+14165550123", Some("opted_out")),
        ("+14165550124", Some("opted_in")),
        ("+14165550125", Some("no_evidence")),
        ("+14165550126", Some("opted_out")),
        ("+14165550127", Some("no_evidence")),
        ("+14165550128", Some("opted_out")),
        ("+14165550129", None),
    ] {
        assert_eq!(consent(number).as_deref(), want, "{number}");
    }
    rig.is_sound();
    // An opt-out of a list forbids everything, and no later list lifts it.
    let later = rig.file("later.csv", "phone,opt-in,opt-in date,source\n+14165550126,yes,2026-11-01,web form\n");
    let p = rig.preview(&later, None).await;
    assert_eq!(p.suppressed, 1);
    rig.commit(&p, dto::UnprovenChoice::Leave).await;
    assert_eq!(consent("+14165550126").as_deref(), Some("opted_out"));
}

#[tokio::test]
async fn words_of_an_opt_out_in_any_column_never_become_an_opt_in() {
    let rig = rig();
    let list = "phone,opt-in,opt-in date,source,note\n\
        +14165550123,yes,2026-05-03,web form,unsubscribed in June\n\
        +14165550124,yes,2026-05-03,web form,likes tea\n\
        +14165550125,,,,STOP\n";
    let path = rig.file("notes.csv", list);
    let p = rig.preview(&path, None).await;
    assert_eq!((p.proven, p.unproven, count(&p.verdicts, V::Quarantined)), (1, 0, 2));
    let done = rig.commit(&p, dto::UnprovenChoice::Attest).await;
    assert_eq!((done.consents_recorded, done.rows_left_out), (1, 2));
    assert!(rig.consent_of("+14165550123").is_none() && rig.consent_of("+14165550125").is_none());
}

#[tokio::test]
async fn a_status_column_is_judged_by_the_whole_file() {
    let rig = rig();
    let many = |last: &str| {
        let mut list = "phone,status\n".to_owned();
        for i in 0..400 {
            list.push_str(&format!("+1416555{:04},{}\n", 100 + i % 100, if i % 2 == 0 { "subscribed" } else { "" }));
        }
        list + &format!("+16045550145,{last}\n")
    };
    let role = async |name: &str, list: String| rig.look(&rig.file(name, list)).await.columns[1].role;
    assert_eq!(role("a.csv", many("unsubscribed")).await, Role::ConsentState);
    assert_eq!(role("b.csv", many("shipped")).await, Role::Attribute);
    let ids: String = (0..300).map(|i| format!("+1416555{:04},subscribed {i}\n", 100 + i % 100)).collect();
    assert_eq!(role("c.csv", format!("phone,status\n{ids}")).await, Role::Attribute);
    // A header that asks for consent, with answers that are none further down, is not one of consent.
    assert_eq!(role("d.csv", many("perhaps").replace("status", "opt in for offers")).await, Role::Attribute);
}

#[tokio::test]
async fn a_date_of_anything_beside_an_opt_out_is_not_that_of_an_opt_in() {
    let rig = rig();
    let path = rig.file("list.csv", "phone,opted out,date,source\n+14165550123,no,2026-05-03,web form\n");
    let p = rig.preview(&path, None).await;
    assert_eq!((p.proven, p.unproven), (0, 1));
}

#[tokio::test]
async fn rows_that_prove_nothing_are_attested_or_left_out_as_chosen() {
    let rig = rig();
    let path = rig.file("bare.csv", "phone,name\n+14165550123,Ana\n+14165550124,Ben\n");
    let p = rig.preview(&path, None).await;
    assert_eq!((p.proven, p.unproven), (0, 2));
    let left = rig.commit(&p, dto::UnprovenChoice::Leave).await;
    assert_eq!((left.contacts_added, left.rows_left_out), (0, 2));
    let attested = rig.commit(&p, dto::UnprovenChoice::Attest).await;
    assert_eq!((attested.contacts_added, attested.consents_recorded), (2, 2));
    assert_eq!(rig.consent_of("+14165550123").unwrap().1, "attested");
    rig.is_sound();
}

#[rstest]
#[case("", "2026-01-01", "2026-02-01", "wording")]
#[case("ok", "2026-02-01", "2026-01-01", "before")]
#[case("ok", "soon", "2026-01-01", "first day")]
#[case("ok", "2026-01-01", "2031-01-01", "last day")]
#[tokio::test]
async fn an_attestation_must_be_complete(
    #[case] wording: &str,
    #[case] from: &str,
    #[case] to: &str,
    #[case] complaint: &str,
) {
    let rig = rig();
    let path = rig.file("bare.csv", "phone,name\n+14165550123,Ana\n");
    let p = rig.preview(&path, None).await;
    let attestation = dto::Attestation {
        wording: wording.to_owned(),
        date_from: from.to_owned(),
        date_to: to.to_owned(),
        ..attestation()
    };
    let refused = commit(
        &rig.context,
        Confirmed { preview_id: p.preview_id, unproven: dto::UnprovenChoice::Attest, attestation: Some(attestation) },
    )
    .await
    .unwrap_err();
    assert!(UiError::from(refused).message.contains(complaint));
    assert!(rig.snapshot().is_empty());
}

#[tokio::test]
async fn an_import_never_lifts_a_stop() {
    let rig = rig();
    let path = rig.file("first.csv", "phone,name\n+14165550123,Ana\n");
    let p = rig.preview(&path, None).await;
    rig.commit(&p, dto::UnprovenChoice::WithoutMarketing).await;
    let key = rig.context.ledger.clone();
    rig.context
        .store
        .write(Priority::OptOut, move |tx| {
            let who = identifiers::find_phone(tx, &PhoneNumber::from_stored("+14165550123"))?.unwrap();
            let at = tx.now().minus(std::time::Duration::from_secs(90 * 86_400));
            consent_events::append(tx, &key, &NewEvent::now(who, EventKind::OptOut, Via::Chat, at))
        })
        .await
        .unwrap();
    let day = switchboard_domain::time::UnixMillis::new(rig.context.store.clock().now().as_ms() - 86_400_000);
    let newer = format!("phone,opt-in,opt-in date,source\n+14165550123,yes,{},form\n", &day.to_rfc3339()[..10]);
    let path = rig.file("newer.csv", newer);
    let p = rig.preview(&path, None).await;
    assert_eq!(p.suppressed, 1);
    assert!(p.first_rows[0].reason.contains("Opted out here"), "{}", p.first_rows[0].reason);
    rig.commit(&p, dto::UnprovenChoice::Attest).await;
    assert_eq!(rig.consent_of("+14165550123").unwrap().1, "opted_out");
    rig.is_sound();
}

#[tokio::test]
async fn an_import_that_was_cut_off_goes_on_where_it_stopped() {
    let whole = rig();
    let path = whole.file("list.csv", LIST);
    let p = whole.preview(&path, None).await;
    let uncut = whole.commit(&p, dto::UnprovenChoice::WithoutMarketing).await;

    for cut_after in [1usize, 4, 6, 9] {
        let rig = rig();
        let path = rig.file("list.csv", LIST);
        let p = rig.preview(&path, None).await;
        commit::write_some_for_test(&rig.context, &p.preview_id, cut_after);
        assert_eq!(list(&rig.context.store).await.unwrap().items[0].state, dto::ImportState::Committing);
        assert_eq!(recover(&rig.context).await.unwrap(), 1);
        let items = list(&rig.context.store).await.unwrap().items;
        assert_eq!((items.len(), items[0].state), (1, dto::ImportState::Committed));
        assert_eq!(items[0].verdicts, uncut.verdicts, "cut after {cut_after}");
        assert_eq!(rig.snapshot(), whole.snapshot());
        rig.is_sound();
    }
}

#[tokio::test]
async fn an_interrupted_import_whose_file_changed_waits_and_says_so() {
    let rig = rig();
    let path = rig.file("list.csv", LIST);
    let p = rig.preview(&path, None).await;
    commit::write_some_for_test(&rig.context, &p.preview_id, 2);
    rig.file("list.csv", "phone\n+14165550199\n");
    assert_eq!(recover(&rig.context).await.unwrap(), 0);
    let items = list(&rig.context.store).await.unwrap().items;
    assert_eq!(items[0].state, dto::ImportState::Interrupted);
    let id = switchboard_domain::ids::ImportId::parse(&items[0].import_id).unwrap();
    assert!(matches!(resume(&rig.context, id).await, Err(ImportError::Changed)));
    assert_eq!(cancel(&rig.context, id).await.unwrap().state, dto::ImportState::Cancelled);
    assert!(matches!(cancel(&rig.context, id).await, Err(ImportError::WrongState)));
    assert_eq!(rig.snapshot().len(), 2, "what was written stays");
}

#[tokio::test]
async fn rows_left_out_are_saved_in_their_form_with_a_reason_and_without_formulas() {
    let rig = rig();
    let path = rig.file("list.csv", "phone,note\nhello,\"=HYPERLINK(\"\"x\"\")\"\n+14165550123,fine\n");
    let p = rig.preview(&path, None).await;
    let done = rig.commit(&p, dto::UnprovenChoice::WithoutMarketing).await;
    let id = switchboard_domain::ids::ImportId::parse(&done.import_id).unwrap();
    let saved = save_left_out(&rig.context.store, id, None).await.unwrap();
    assert_eq!(saved.rows, Some(1));
    assert!(saved.path.ends_with("list-left-out.csv"));
    let text = std::fs::read_to_string(&saved.path).unwrap();
    assert!(text.contains("phone,note,Row,Reason"), "{text}");
    assert!(text.contains("hello,\"'=HYPERLINK(\"\"x\"\")\",1,"), "{text}");
}

#[rstest]
#[case("list.csv", "phone;note\nhello;\"a;b\"\n+14165550123;fine\n", "list-left-out.csv")]
#[case("list.txt", "phone\tnote\nhello\ta;b\n+14165550123\tfine\n", "list-left-out.csv")]
#[tokio::test]
async fn rows_left_out_keep_the_delimiter_of_their_file_and_can_be_imported_again(
    #[case] name: &str,
    #[case] content: &str,
    #[case] want: &str,
) {
    let rig = rig();
    let path = rig.file(name, content);
    let delimiter = rig.look(&path).await.delimiter;
    let p = rig.preview(&path, None).await;
    let done = rig.commit(&p, dto::UnprovenChoice::WithoutMarketing).await;
    let id = switchboard_domain::ids::ImportId::parse(&done.import_id).unwrap();
    let saved = save_left_out(&rig.context.store, id, None).await.unwrap();
    assert!(saved.path.ends_with(want), "{}", saved.path);
    let again = rig.look(Path::new(&saved.path)).await;
    assert_eq!((again.rows, again.delimiter), (1, delimiter));
    assert_eq!(again.columns.iter().map(|c| c.header.as_str()).collect::<Vec<_>>(), ["phone", "note", "Row", "Reason"]);
    assert_eq!(again.columns[1].samples, ["a;b"]);
}

#[tokio::test]
async fn rows_left_out_of_a_workbook_come_back_as_one_with_their_texts_unharmed() {
    let rig = rig();
    let rows = vec![
        vec![Cell::Text("Telefon"), Cell::Text("Name")],
        vec![Cell::Text("hello &amp; &lt;b&gt;"), Cell::Text("=1+1 Jörg")],
        vec![Cell::Text("+14165550123"), Cell::Text("Ana")],
    ];
    let path = rig.file("liste.xlsx", xlsx(&[Sheet::of("Kunden", rows)], false));
    let p = rig.preview(&path, None).await;
    let done = rig.commit(&p, dto::UnprovenChoice::WithoutMarketing).await;
    let id = switchboard_domain::ids::ImportId::parse(&done.import_id).unwrap();
    let saved = save_left_out(&rig.context.store, id, None).await.unwrap();
    assert!(saved.path.ends_with("liste-left-out.xlsx"), "{}", saved.path);
    let again = rig.look(Path::new(&saved.path)).await;
    assert_eq!((again.kind, again.rows), (dto::ImportKind::Workbook, 1));
    let samples: Vec<&str> = again.columns.iter().flat_map(|c| c.samples.iter().map(String::as_str)).collect();
    assert_eq!(samples[..3], ["hello & <b>", "=1+1 Jörg", "1"]);
}

#[tokio::test]
async fn pages_of_rows_come_from_the_file_by_verdict() {
    let rig = rig();
    let path = rig.file("list.csv", LIST);
    let p = rig.preview(&path, None).await;
    let ask = |verdict, unproven_only, offset| dto::ImportRowsRequest {
        preview_id: p.preview_id.clone(),
        verdict,
        unproven_only,
        offset,
        limit: 2,
    };
    let store = &rig.context.store;
    let rejected = rows(store, ask(Some(V::Rejected), false, 0)).await.unwrap();
    assert_eq!(rejected.total, 2);
    assert_eq!(rejected.rows.iter().map(|r| r.row).collect::<Vec<_>>(), [8, 9]);
    let page = rows(store, ask(None, false, 4)).await.unwrap();
    assert_eq!((page.total, page.rows.iter().map(|r| r.row).collect::<Vec<_>>()), (10, vec![5, 6]));
    assert!(page.rows[1].reason.contains("row 1"), "{}", page.rows[1].reason);
    let unproven = rows(store, ask(None, true, 0)).await.unwrap();
    assert_eq!(unproven.rows.iter().map(|r| r.row).collect::<Vec<_>>(), [5, 10]);
}
