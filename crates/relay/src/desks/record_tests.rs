#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]
use super::*;

const NOW_MS: i64 = 1_000_000;
const HERE: fn(&str) -> i64 = |_| 0;
const GONE: fn(&str) -> i64 = |_| LEASE_GRACE_MS;

fn key(byte: u8) -> DevicePublicKey {
    DevicePublicKey::from_hex(&hex::encode([byte; 32])).unwrap()
}

fn introduction(code: &str, byte: u8, now_ms: i64) -> Introduction<'_> {
    let token = TokenHash::of(&format!("token {byte}"));
    Introduction { code, name: "Front desk", token, public_key: key(byte), now_ms, head: RelaySeq::new(5) }
}

/// A desk with that many active consoles.
fn desk(consoles: u8) -> DeskRecord {
    let mut record = DeskRecord::fresh().unwrap();
    for byte in 1..=consoles {
        record.add_code("code", true, NOW_MS).unwrap();
        record.introduce(&introduction("code", byte, NOW_MS)).unwrap();
    }
    record
}

#[test]
fn a_code_works_once() {
    let mut record = DeskRecord::fresh().unwrap();
    record.add_code("code", true, NOW_MS).unwrap();
    assert_eq!(record.introduce(&introduction("guessed", 1, NOW_MS)), Err(Refused::Code));
    let device = record.introduce(&introduction("code", 1, NOW_MS)).unwrap();
    assert_eq!((device.id.as_str(), device.state, device.reads_from.get()), ("console-1", DeviceState::Active, 5));
    assert_eq!(record.introduce(&introduction("code", 2, NOW_MS)), Err(Refused::Code));
    assert_eq!(record.bearer("token 1").unwrap().id, "console-1");
    assert!(record.bearer("token 2").is_none());
}

#[test]
fn a_code_is_good_for_ten_minutes_by_a_clock_that_may_be_set_back() {
    let mut record = DeskRecord::fresh().unwrap();
    let expires_ms = record.add_code("code", true, NOW_MS).unwrap();
    assert_eq!(expires_ms - NOW_MS, 600_000);
    assert_eq!(record.clone().introduce(&introduction("code", 1, expires_ms)), Err(Refused::Code));
    assert!(record.clone().introduce(&introduction("code", 1, expires_ms - 1)).is_ok());
    assert_eq!(record.introduce(&introduction("code", 1, NOW_MS - 1)), Err(Refused::Code));
}

#[test]
fn a_further_console_waits_until_the_key_that_was_compared_is_approved() {
    let mut record = desk(1);
    let roster = record.roster;
    record.add_code("further", false, NOW_MS).unwrap();
    let device = record.introduce(&introduction("further", 2, NOW_MS)).unwrap();
    assert_eq!((device.state, record.roster), (DeviceState::Pending, roster));
    assert_eq!(record.approve(&device.id, &key(9), RelaySeq::new(8)), Err(Refused::AnotherKey));
    record.approve(&device.id, &key(2), RelaySeq::new(8)).unwrap();
    let device = record.device(&device.id).unwrap();
    assert_eq!((device.state, device.reads_from.get()), (DeviceState::Active, 8));
    assert_eq!(record.roster, roster + 1, "a new set of readers, so a new epoch");
}

#[test]
fn the_only_console_is_not_removed_by_accident_and_numbers_are_not_given_twice() {
    let mut record = desk(2);
    record.revoke("console-2", NOW_MS, false).unwrap();
    assert_eq!(record.revoke("console-1", NOW_MS, false), Err(Refused::LastDevice));
    record.revoke("console-1", NOW_MS, true).unwrap();
    assert_eq!(record.revoke("console-3", NOW_MS, true), Err(Refused::NoDevice));
    let later_ms = NOW_MS + REVOKED_SHOWN_MS;
    record.add_code("code", true, later_ms).unwrap();
    assert_eq!(record.introduce(&introduction("code", 3, later_ms)).unwrap().id, "console-3");
    assert_eq!(record.devices.len(), 2, "the one that was removed long ago is forgotten");
}

#[test]
fn names_are_for_people() {
    let mut record = desk(1);
    record.rename("console-1", "  Chez Zoë ").unwrap();
    assert_eq!(record.devices[0].name, "Chez Zoë");
    for name in ["", "  ", "a\nb", &"x".repeat(61)] {
        assert_eq!(record.rename("console-1", name), Err(Refused::Name), "{name:?}");
    }
}

#[test]
fn the_first_to_claim_sends_and_a_second_claim_changes_nothing() {
    let mut record = desk(2);
    assert!(record.wish("console-1", LeaseWish::Claim, 0, HERE));
    assert!(record.lease.as_ref().unwrap().to_wire().is_for("console-1"));
    assert!(!record.wish("console-2", LeaseWish::Claim, 0, GONE), "only taking over takes it from somebody");
    assert!(!record.wish("console-1", LeaseWish::TakeOver, 0, HERE));
}

#[test]
fn taking_over_waits_for_the_holder_to_let_go() {
    let mut record = desk(2);
    record.wish("console-1", LeaseWish::Claim, 0, HERE);
    assert!(record.wish("console-2", LeaseWish::TakeOver, 1, HERE));
    let lease = record.lease.clone().unwrap().to_wire();
    assert!(lease.waits_for("console-1") && !lease.is_for("console-1") && !lease.is_for("console-2"));
    assert!(!record.wish("console-2", LeaseWish::Claim, 2, HERE), "not before the holder let go");
    assert!(!record.wish("console-1", LeaseWish::LetGo, 1, HERE), "of an earlier term");
    assert!(record.wish("console-1", LeaseWish::LetGo, 2, HERE));
    assert!(record.lease.as_ref().unwrap().to_wire().is_for("console-2"));
}

#[test]
fn a_holder_that_is_gone_for_longer_than_it_can_send_need_not_let_go() {
    let mut record = desk(2);
    record.wish("console-1", LeaseWish::Claim, 0, HERE);
    record.wish("console-2", LeaseWish::TakeOver, 1, |_| LEASE_GRACE_MS - 1);
    assert!(!record.lease.as_ref().unwrap().granted);
    assert!(record.wish("console-2", LeaseWish::Claim, 2, GONE));
    assert!(record.lease.as_ref().unwrap().to_wire().is_for("console-2"));
}

#[test]
fn a_promise_taken_over_still_waits_for_the_one_who_really_sends() {
    let mut record = desk(3);
    record.wish("console-1", LeaseWish::Claim, 0, HERE);
    record.wish("console-2", LeaseWish::TakeOver, 1, HERE);
    record.wish("console-3", LeaseWish::TakeOver, 2, HERE);
    let lease = record.lease.clone().unwrap();
    assert_eq!((lease.holder.as_str(), lease.previous.as_str(), lease.granted), ("console-3", "console-1", false));
    assert!(record.wish("console-1", LeaseWish::TakeOver, 3, HERE), "the sender keeps what it never let go of");
    assert!(record.lease.as_ref().unwrap().to_wire().is_for("console-1"));
}

#[test]
fn the_lease_of_a_removed_console_is_free() {
    let mut record = desk(2);
    record.wish("console-1", LeaseWish::Claim, 0, HERE);
    record.revoke("console-1", NOW_MS, false).unwrap();
    assert!(record.wish("console-2", LeaseWish::Claim, 1, HERE));
    assert!(record.lease.as_ref().unwrap().to_wire().is_for("console-2"));
}
