#![allow(clippy::unwrap_used, reason = "tests")]

use rstest::rstest;
use switchboard_domain::consent::{EventKind, Via};

use super::super::consent_events::{self, Evidence, NewEvent};
use super::super::test_support::{Fixture, fixture};
use super::*;

fn with_events(n: usize) -> Fixture {
    let f = fixture();
    let who = f.person("+14165550123", "Ana Example");
    for i in 0..n {
        f.write(move |tx, key| {
            let kind = if i % 2 == 0 { EventKind::OptIn } else { EventKind::OptOut };
            let event = NewEvent {
                evidence: Evidence { note: Some(format!("note {i}")), ..Evidence::default() },
                ..NewEvent::now(who, kind, Via::Chat, tx.now())
            };
            consent_events::append(tx, key, &event)
        });
    }
    f
}

fn verified(f: &Fixture) -> Verified {
    let key = f.key.clone();
    f.read(|c| verify(c, &key))
}

#[test]
fn an_untouched_ledger_verifies_and_so_does_an_empty_one() {
    assert_eq!(verified(&with_events(0)), Verified { entries: 0, broken: None });
    assert_eq!(verified(&with_events(5)), Verified { entries: 5, broken: None });
}

#[rstest]
#[case("UPDATE consent_events SET kind = 'opt_in' WHERE seq = 2", 2)]
#[case("UPDATE consent_events SET at_ms = at_ms - 1 WHERE seq = 3", 3)]
#[case("UPDATE consent_events SET personal = '{}' WHERE seq = 4", 4)]
#[case("UPDATE consent_events SET contact_id = zeroblob(16) WHERE seq = 2", 2)]
#[case("DELETE FROM consent_events WHERE seq = 2", 2)]
#[case("DELETE FROM consent_events WHERE seq = 1", 1)]
#[case("DELETE FROM consent_events WHERE seq >= 4", 4)]
#[case("DELETE FROM consent_events", 1)]
#[case(
    "UPDATE consent_events SET seq = CASE seq WHEN 2 THEN 13 ELSE 12 END WHERE seq IN (2, 3);
        UPDATE consent_events SET seq = seq - 10 WHERE seq > 10",
    2
)]
fn tampering_is_found_and_named(#[case] sql: &'static str, #[case] seq: u64) {
    let f = with_events(5);
    f.write(move |tx, _| Ok(tx.execute_batch(sql)?));
    assert_eq!(verified(&f).broken.unwrap().seq, seq, "{sql}");
}

#[test]
fn the_chain_holds_after_a_persons_part_was_erased() {
    let f = with_events(5);
    f.write(|tx, _| Ok(tx.execute("UPDATE consent_events SET personal = NULL, salt = NULL WHERE seq = 3", [])?));
    assert_eq!(verified(&f), Verified { entries: 5, broken: None });
}

#[test]
fn another_key_does_not_verify() {
    let f = with_events(2);
    let other = LedgerKey::derive(&DbKey::new([8; 32]));
    assert_eq!(f.read(|c| verify(c, &other)).broken.unwrap().seq, 1);
}
