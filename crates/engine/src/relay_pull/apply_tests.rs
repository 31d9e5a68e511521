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
