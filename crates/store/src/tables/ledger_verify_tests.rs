#![allow(clippy::unwrap_used, reason = "tests")]

use rstest::rstest;
use switchboard_domain::consent::{EventKind, Via};

use super::super::consent_events::{self, Evidence, NewEvent};
use super::super::test_support::{Fixture, fixture};
use super::*;
use crate::DbKey;

fn with_events(n: usize) -> Fixture {
    let f = fixture();
    let who = f.person("+14165550123", "Ana Example");
    for i in 0..n {
        append(&f, who, i);
    }
    f
}

fn append(f: &Fixture, who: switchboard_domain::ids::ContactId, i: usize) {
    f.write(move |tx, key| {
        let kind = if i.is_multiple_of(2) { EventKind::OptIn } else { EventKind::OptOut };
        let event = NewEvent {
            evidence: Evidence { note: Some(format!("note {i}")), ..Evidence::default() },
            ..NewEvent::now(who, kind, Via::Chat, tx.now())
        };
        consent_events::append(tx, key, &event)
    });
}

fn verified_with(f: &Fixture, anchor: Option<LedgerHead>) -> Verified {
    let key = f.key.clone();
    f.read(|c| verify(c, &key, anchor))
}

fn verified(f: &Fixture) -> Verified {
    verified_with(f, None)
}

#[test]
fn an_untouched_ledger_verifies_and_so_does_an_empty_one() {
    assert_eq!(verified(&with_events(0)), Verified { entries: 0, broken: None });
    assert_eq!(verified(&with_events(5)), Verified { entries: 5, broken: None });
}

const SWAP_2_AND_3: &str = "UPDATE consent_events SET seq = CASE seq WHEN 2 THEN 13 ELSE 12 END WHERE seq IN (2, 3);
     UPDATE consent_events SET seq = seq - 10 WHERE seq > 10";
const CLOSE_UP_AFTER_2: &str = "DELETE FROM consent_events WHERE seq = 2;
     UPDATE consent_events SET seq = seq + 9 WHERE seq > 2; UPDATE consent_events SET seq = seq - 10 WHERE seq > 10";
const MAKE_ROOM_AT_3: &str = "UPDATE consent_events SET seq = seq + 11 WHERE seq >= 3;
     UPDATE consent_events SET seq = seq - 10 WHERE seq > 10";
/// A copy of the entry 1, made to look like another and put in at a number.
fn put_in_at(seq: u64) -> String {
    format!(
        "INSERT INTO consent_events (seq, event_id, contact_id, kind, purposes, at_ms, at_precision, recorded_at_ms, via,
             personal, salt, commitment, prev_hash, hash, change_seq)
         SELECT {seq}, randomblob(16), contact_id, 'opt_in', purposes, at_ms, at_precision, recorded_at_ms, via,
             personal, salt, commitment, COALESCE((SELECT hash FROM consent_events WHERE seq = {seq} - 1), zeroblob(32)),
             randomblob(32), change_seq
         FROM consent_events WHERE seq = 1"
    )
}

#[rstest]
#[case::kind("UPDATE consent_events SET kind = 'opt_in' WHERE seq = 2".to_owned(), 2, Fault::Altered)]
#[case::time("UPDATE consent_events SET at_ms = at_ms - 1 WHERE seq = 3".to_owned(), 3, Fault::Altered)]
#[case::person("UPDATE consent_events SET contact_id = zeroblob(16) WHERE seq = 2".to_owned(), 2, Fault::Altered)]
#[case::shape("UPDATE consent_events SET hash = x'00' WHERE seq = 5".to_owned(), 5, Fault::Altered)]
#[case::evidence("UPDATE consent_events SET personal = '{}' WHERE seq = 4".to_owned(), 4, Fault::EvidenceAltered)]
#[case::evidence_gone("UPDATE consent_events SET personal = NULL, salt = NULL WHERE seq = 4".to_owned(), 4, Fault::EvidenceRemoved)]
#[case::salt_gone("UPDATE consent_events SET salt = NULL WHERE seq = 1".to_owned(), 1, Fault::EvidenceRemoved)]
#[case::deleted("DELETE FROM consent_events WHERE seq = 2".to_owned(), 2, Fault::Deleted)]
#[case::first_deleted("DELETE FROM consent_events WHERE seq = 1".to_owned(), 1, Fault::Deleted)]
#[case::deleted_and_closed_up(CLOSE_UP_AFTER_2.to_owned(), 2, Fault::Deleted)]
#[case::swapped(SWAP_2_AND_3.to_owned(), 2, Fault::Moved)]
#[case::inserted(format!("{MAKE_ROOM_AT_3}; {}", put_in_at(3)), 3, Fault::Inserted)]
#[case::appended(put_in_at(6), 6, Fault::Altered)]
#[case::tail_cut("DELETE FROM consent_events WHERE seq >= 4".to_owned(), 4, Fault::TailCut)]
#[case::all_cut("DELETE FROM consent_events".to_owned(), 1, Fault::TailCut)]
#[case::end_forged("UPDATE meta SET value = '3:' || (SELECT hex(hash) FROM consent_events WHERE seq = 3) || ':00'
     WHERE key = 'ledger_head'; DELETE FROM consent_events WHERE seq >= 4".to_owned(), 4, Fault::EndForged)]
#[case::end_removed("DELETE FROM meta WHERE key = 'ledger_head'; DELETE FROM consent_events WHERE seq >= 4".to_owned(), 4, Fault::EndForged)]
fn tampering_is_found_and_named(#[case] sql: String, #[case] seq: u64, #[case] fault: Fault) {
    let f = with_events(5);
    let named = sql.clone();
    f.write(move |tx, _| Ok(tx.execute_batch(&sql)?));
    assert_eq!(verified(&f).broken, Some(Broken { seq, fault }), "{named}");
}

#[test]
fn an_older_file_of_the_same_ledger_is_told_from_the_anchor() {
    let f = with_events(5);
    let anchor = f.read(ledger_chain::head);
    let older = with_events(3);
    assert_eq!(verified(&older).broken, None, "the older file alone holds together");
    assert_eq!(verified_with(&older, Some(anchor)).broken, Some(Broken { seq: 4, fault: Fault::TailCut }));
    // A ledger that was written anew has as many entries, and other hashes.
    let other = with_events(6);
    assert_eq!(verified_with(&other, Some(anchor)).broken, Some(Broken { seq: 5, fault: Fault::Rewritten }));
    assert_eq!(verified_with(&f, Some(anchor)).broken, None);
}

#[test]
fn a_cut_tail_stays_visible_when_the_ledger_goes_on() {
    let f = with_events(5);
    let who = f.person("+14165550123", "Ana Example");
    f.write(|tx, _| Ok(tx.execute_batch("DELETE FROM consent_events WHERE seq >= 4")?));
    append(&f, who, 9);
    assert_eq!(verified(&f).broken, Some(Broken { seq: 4, fault: Fault::Deleted }));
}

#[test]
fn a_seal_that_was_taken_off_is_noticed_beside_an_anchor() {
    let f = with_events(3);
    let anchor = f.read(ledger_chain::head);
    f.write(|tx, _| {
        let head = ledger_chain::head(tx)?;
        super::super::meta::put(tx, "ledger_head", &head.to_text())
    });
    assert_eq!(verified(&f).broken, None, "as an older version left it");
    assert_eq!(verified_with(&f, Some(anchor)).broken, Some(Broken { seq: 4, fault: Fault::EndForged }));
}

#[test]
fn stretches_add_up_to_the_whole() {
    let f = with_events(9);
    f.write(|tx, _| Ok(tx.execute("UPDATE consent_events SET at_ms = 1 WHERE seq = 6", [])?));
    let key = f.key.clone();
    let walk = |from, to| f.read(|c| stretch(c, &key, from, to, &HashSet::new()));
    assert_eq!(walk(1, 5), None);
    assert_eq!(walk(4, 8), Some(Broken { seq: 6, fault: Fault::Altered }));
    assert_eq!(walk(7, 9), None, "what lies behind the changed entry still follows it");
}

#[test]
fn another_key_does_not_verify() {
    let f = with_events(2);
    let other = LedgerKey::derive(&DbKey::new([8; 32]));
    assert_eq!(f.read(|c| verify(c, &other, None)).broken.unwrap().seq, 1);
}
