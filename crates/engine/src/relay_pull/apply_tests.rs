//! Entries against a real store: applied once, in order, and nothing lost that was not understood.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::sync::Arc;
use std::time::Duration;

use switchboard_domain::ids::{DeskId, DeviceId};
use switchboard_domain::time::Clock;
use switchboard_relay_api::payload::{encode_gap, encode_webhook};
use switchboard_relay_api::wire::RelaySeq as WireSeq;
use switchboard_relay_api::{EntryKind, GapPayload};
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::tables::relay::NewPairing;
use switchboard_store::tables::threads::{self, Order, Which};
use switchboard_store::{DbKey, OpenStore};

use super::*;

const NOW: i64 = 1_795_305_700_000;

struct StillClock;

impl Clock for StillClock {
    fn now(&self) -> UnixMillis {
        UnixMillis::new(NOW)
    }
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

struct World {
    store: Store,
    rules: InboundRules,
    _dir: tempfile::TempDir,
}

fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(OpenStore {
        path: dir.path().join("console.db"),
        key: DbKey::new([7; 32]),
        clock: Arc::new(StillClock),
        readers: 1,
    })
    .unwrap();
    store
        .write_blocking(Priority::Claim, |tx| {
            let (desk, device) = (DeskId::new("shop"), DeviceId::new("till"));
            let cursor = switchboard_domain::ids::RelaySeq(0);
            let url = "ws://127.0.0.1:1";
            relay::pair(tx, &NewPairing { url, desk: &desk, device: &device, log_id: "", device_name: "Till", cursor })
        })
        .unwrap();
    World { store, rules: InboundRules { ledger: LedgerKey::new([3; 32]), opt_out_confirmation: None }, _dir: dir }
}

impl World {
    async fn apply(&self, entries: Vec<Entry>) -> Vec<BatchOutcome> {
        let mut outcomes = Vec::new();
        apply_entries(&self.store, entries, &self.rules, |o| outcomes.push(o.clone())).await.unwrap();
        outcomes
    }

    fn row(&self) -> relay::RelayRow {
        self.store.read_blocking(relay::get).unwrap().unwrap()
    }

    fn raw(&self) -> u64 {
        self.store.read_blocking(raw_events::count_open).unwrap()
    }

    fn unread(&self) -> u32 {
        let now = UnixMillis::new(NOW);
        let list = |c: &switchboard_store::Connection| threads::list(c, Which::All, Order::Newest, None, now, 0, 10);
        let (rows, _): (Vec<threads::Thread>, u64) = self.store.read_blocking(list).unwrap();
        rows.iter().map(|t| t.unread).sum()
    }
}

fn entry(seq: u64, kind: EntryKind, sealed: Vec<u8>) -> Entry {
    Entry { seq: WireSeq::new(seq), kind, received_ms: NOW, epoch: 0, nonce: Vec::new(), sealed, note_id: Vec::new() }
}

fn webhook(seq: u64, body: &str) -> Entry {
    entry(seq, EntryKind::Webhook, encode_webhook(body.as_bytes(), "sha256=00"))
}

fn hello(seq: u64) -> Entry {
    webhook(
        seq,
        &serde_json::json!({"object": "whatsapp_business_account", "entry": [{"id": "200", "changes": [{"field": "messages",
            "value": {"metadata": {"phone_number_id": "100"}, "contacts": [{"wa_id": "14165550123", "user_id": "CA.1"}],
                "messages": [{"from": "14165550123", "from_user_id": "CA.1", "id": format!("wamid.{seq}"),
                    "timestamp": "1795305601", "type": "text", "text": {"body": "hello"}}]}}]}]})
        .to_string(),
    )
}

#[tokio::test]
async fn entries_are_applied_once_however_often_they_are_handed_over() {
    let world = world();
    let outcomes = world.apply(vec![hello(1), hello(2)]).await;
    assert_eq!(outcomes.last().unwrap().upto, RelaySeq(2));
    let again = world.apply(vec![hello(1), hello(2), hello(3)]).await;
    assert_eq!(again.iter().map(|o| o.applied.messages.len()).sum::<usize>(), 1);
    let row = world.row();
    assert_eq!((row.cursor, row.events_applied, world.unread()), (RelaySeq(3), 3, 3));
}

#[tokio::test]
async fn what_cannot_be_read_is_kept_and_the_cursor_goes_on() {
    let world = world();
    let sealed = Entry { epoch: 4, ..entry(3, EntryKind::Webhook, vec![1, 2, 3]) };
    world
        .apply(vec![
            webhook(1, "this is no JSON"),
            entry(2, EntryKind::Other(9), vec![1]),
            sealed,
            webhook(
                4,
                r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"new","value":{}}]}]}"#,
            ),
            hello(5),
        ])
        .await;
    assert_eq!((world.row().cursor, world.raw(), world.unread()), (RelaySeq(5), 4, 1));
}

#[tokio::test]
async fn entries_that_the_relay_no_longer_had_are_counted() {
    let world = world();
    let gap = GapPayload { from: WireSeq::new(1), to: WireSeq::new(40) };
    world.apply(vec![entry(40, EntryKind::Gap, encode_gap(&gap)), hello(41)]).await;
    let row = world.row();
    assert_eq!((row.cursor, row.gaps, row.events_applied), (RelaySeq(41), 40, 1));
}

#[tokio::test]
async fn a_kept_webhook_is_read_again_by_another_version() {
    let world = world();
    world.apply(vec![webhook(1, "this is no JSON")]).await;
    assert_eq!(read_again(&world.store, &world.rules).await.unwrap(), 0, "this version tried already");
    let body = match hello(2).open().unwrap() {
        Payload::Webhook(w) => w.body,
        other => panic!("{other:?}"),
    };
    world
        .store
        .write_blocking(Priority::Bulk, move |tx| {
            tx.execute("UPDATE raw_events SET raw = ?1, read_by = '0.0.0-older'", [body])?;
            Ok::<_, StoreError>(())
        })
        .unwrap();
    assert_eq!(read_again(&world.store, &world.rules).await.unwrap(), 1);
    assert_eq!((world.raw(), world.unread()), (0, 1));
}

#[tokio::test]
async fn an_upgrade_reads_again_whatever_was_kept_as_what_it_was_and_tries_the_rest_once() {
    let world = world();
    let opt_out = br#"{"v":1,"kind":"opt_out","via":"operator","at_ms":1,"keys":[["phone","+14165550123"]]}"#;
    world
        .apply(vec![
            webhook(1, "this is no JSON"),
            Entry { note_id: vec![9], ..entry(2, EntryKind::Note, b"a note of a later version".to_vec()) },
            entry(3, EntryKind::Other(9), vec![1]),
            webhook(
                4,
                r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"new","value":{}}]}]}"#,
            ),
        ])
        .await;
    assert_eq!((world.row().cursor, world.raw()), (RelaySeq(4), 4));
    assert_eq!(read_again(&world.store, &world.rules).await.unwrap(), 0, "this reader tried already");

    // The next reader understands the first two: what it reads is what was kept, as it was kept.
    let body = match hello(1).open().unwrap() {
        Payload::Webhook(w) => w.body,
        other => panic!("{other:?}"),
    };
    world
        .store
        .write_blocking(Priority::Bulk, move |tx| {
            tx.execute("UPDATE raw_events SET raw = ?1 WHERE relay_seq = 1", [body])?;
            tx.execute("UPDATE raw_events SET raw = ?1 WHERE relay_seq = 2", [opt_out.as_slice()])?;
            Ok::<_, StoreError>(())
        })
        .unwrap();
    assert_eq!(read_again(&world.store, &world.rules).await.unwrap(), 0, "not before the reader's number is raised");
    assert_eq!(read_again_as(&world.store, &world.rules, "0.1.0+2").await.unwrap(), 2);
    assert_eq!((world.raw(), world.unread()), (2, 1));
    let opted_out: i64 = world
        .store
        .read_blocking(|c| {
            Ok::<_, StoreError>(c.query_row(
                "SELECT count(*) FROM consent_events WHERE kind = 'opt_out' AND dedupe_key = 'note:09'",
                [],
                |r| r.get(0),
            )?)
        })
        .unwrap();
    assert_eq!(opted_out, 1, "the note's own id, so that the same note again changes nothing");
    let tried: i64 = world
        .store
        .read_blocking(|c| {
            let sql = "SELECT count(*) FROM raw_events WHERE resolved_at_ms IS NULL AND read_by = '0.1.0+2'";
            Ok::<_, StoreError>(c.query_row(sql, [], |r| r.get(0))?)
        })
        .unwrap();
    assert_eq!(tried, 2);
    assert_eq!(read_again_as(&world.store, &world.rules, "0.1.0+2").await.unwrap(), 0, "once per reader");
}

#[tokio::test]
async fn a_console_that_was_let_in_later_is_not_behind_by_what_is_not_for_it() {
    let world = world();
    world.store.write_blocking(Priority::Inbound, |tx| relay::advance(tx, RelaySeq(7), 0, 0)).unwrap();
    world.apply(vec![hello(8)]).await;
    assert_eq!((world.row().cursor, world.row().gaps, world.unread()), (RelaySeq(8), 0, 1));
}

#[tokio::test]
async fn the_hours_in_which_webhooks_came_are_kept_with_them() {
    let world = world();
    world.apply(vec![hello(1), hello(2)]).await;
    assert_eq!(world.row().last_webhook_at, Some(UnixMillis::new(NOW)));
    let hours = world.store.read_blocking(|c| relay::webhook_hours(c, UnixMillis::default())).unwrap();
    assert_eq!(hours, [NOW / relay::HOUR_MS]);
}

#[tokio::test]
async fn large_batches_are_committed_in_pieces() {
    let world = world();
    let statuses: Vec<_> = (0..400)
        .map(|i| serde_json::json!({"id": format!("wamid.o{i}"), "status": "sent", "timestamp": "1795305601"}))
        .collect();
    let body = serde_json::json!({"object": "whatsapp_business_account", "entry": [{"id": "200", "changes": [{"field": "messages",
        "value": {"metadata": {"phone_number_id": "100"}, "statuses": statuses}}]}]})
    .to_string();
    let outcomes = world.apply((1..=4).map(|seq| webhook(seq, &body)).collect()).await;
    assert_eq!(outcomes.iter().map(|o| o.upto).collect::<Vec<_>>(), vec![RelaySeq(2), RelaySeq(4)]);
}

mod notes_of_consoles {
    //! Two consoles of one desk: what one records, the other heeds.

    use switchboard_domain::consent::{EventKind, Purposes, Via};
    use switchboard_domain::phone::PhoneNumber;
    use switchboard_domain::template::Category;
    use switchboard_store::tables::consent_events::NewEvent;
    use switchboard_store::tables::contacts::Names;
    use switchboard_store::tables::identifiers::PersonKeys;
    use switchboard_store::tables::{people, relay_notes, suppression};

    use super::*;
    use crate::consent_ledger::record_in;

    const SHOPPER: &str = "+14165550123";

    impl World {
        fn person(&self) -> switchboard_domain::ids::ContactId {
            let (ledger, keys) = (self.rules.ledger.clone(), PersonKeys::of_phone(PhoneNumber::from_stored(SHOPPER)));
            let resolve = move |tx: &mut WriteTx<'_>| {
                people::resolve_in(tx, &ledger, &keys, &Names::default()).map(|r| r.contact_id)
            };
            self.store.write_blocking(Priority::Bulk, resolve).unwrap()
        }

        fn record(&self, kind: EventKind, via: Via) {
            let (ledger, who) = (self.rules.ledger.clone(), self.person());
            let at = UnixMillis::new(if kind == EventKind::OptIn { NOW - 1_000 } else { NOW });
            let event = NewEvent { purposes: Purposes::GENERAL, ..NewEvent::now(who, kind, via, at) };
            self.store.write_blocking(Priority::OptOut, move |tx| record_in(tx, &ledger, &event)).unwrap();
        }

        fn pending(&self) -> Vec<relay_notes::PendingNote> {
            self.store.read_blocking(|c| relay_notes::pending(c, 10)).unwrap()
        }

        fn may_send(&self) -> bool {
            let who = self.person();
            let look = self.store.read_blocking(|c| suppression::check(c, who, Some(Category::Marketing))).unwrap();
            look.suppressed.is_none()
        }
    }

    fn as_entry(seq: u64, note: &relay_notes::PendingNote) -> Entry {
        Entry { note_id: note.id.clone(), ..entry(seq, EntryKind::Note, note.payload.clone()) }
    }

    #[tokio::test]
    async fn an_opt_out_recorded_here_stops_the_other_console_and_is_told_once() {
        let (till, office) = (world(), world());
        office.record(EventKind::OptIn, Via::Operator);
        assert!(office.may_send());
        till.record(EventKind::OptOut, Via::Operator);
        let note = till.pending().remove(0);
        office.apply(vec![as_entry(1, &note)]).await;
        assert!(!office.may_send());
        assert_eq!(office.pending().len(), 0, "what was told is not told on");
        office.apply(vec![as_entry(2, &note)]).await;
        assert_eq!((office.row().cursor, office.raw()), (RelaySeq(2), 0), "and the same note again changes nothing");
        till.apply(vec![as_entry(1, &note)]).await;
        assert_eq!(till.pending().len(), 0, "it came back: it is in the relay's log");
    }

    #[tokio::test]
    async fn a_console_whose_clock_is_slow_is_believed_all_the_same() {
        let office = world();
        office.record(EventKind::OptIn, Via::Operator);
        let late = |via: &str| {
            let note = serde_json::json!({ "v": 1, "kind": "opt_out", "via": via, "at_ms": NOW - 86_400_000,
                "keys": [["phone", SHOPPER]] });
            note.to_string().into_bytes()
        };
        let from_a_list = Entry { note_id: vec![1], ..entry(1, EntryKind::Note, late("import")) };
        office.apply(vec![from_a_list]).await;
        assert!(office.may_send(), "a list tells its own days, and the yes is newer");
        office.apply(vec![Entry { note_id: vec![2], ..entry(2, EntryKind::Note, late("operator")) }]).await;
        assert!(!office.may_send(), "said a moment ago, by a clock that is a day slow");
    }

    #[tokio::test]
    async fn what_every_console_hears_by_webhook_is_not_told() {
        let till = world();
        till.record(EventKind::OptOut, Via::Chat);
        till.record(EventKind::OptIn, Via::Operator);
        assert_eq!(till.pending().len(), 0);
    }

    #[tokio::test]
    async fn an_opt_out_by_an_imported_list_is_told_too() {
        let till = world();
        till.record(EventKind::OptOut, Via::Import);
        assert_eq!(till.pending().len(), 1);
    }

    #[tokio::test]
    async fn a_note_that_is_not_understood_is_kept_and_passed_over() {
        let till = world();
        let strange = br#"{"v":2,"kind":"opt_out","via":"operator","at_ms":1,"keys":[["phone","+14165550123"]]}"#;
        let id = vec![9];
        till.apply(vec![
            Entry { note_id: id.clone(), ..entry(1, EntryKind::Note, strange.to_vec()) },
            Entry { note_id: vec![8], ..entry(2, EntryKind::Note, b"no json".to_vec()) },
            hello(3),
        ])
        .await;
        assert_eq!((till.row().cursor, till.raw(), till.unread()), (RelaySeq(3), 2, 1));
    }
}
