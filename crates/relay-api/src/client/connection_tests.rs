#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]
//! The connection's sense of time and order, over an in-memory pipe on tokio's paused clock.

use std::sync::atomic::{AtomicI64, Ordering};

use tokio::io::DuplexStream;
use tokio::time::advance;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};

use super::*;
use crate::GapPayload;
use crate::endpoint::RelayAddress;
use crate::payload::encode_gap;
use crate::payload::encode_webhook;
use crate::sealing::{DeviceKey, EpochSecret};
use crate::wire::{Head, Welcome};

type Pipe = WebSocketStream<DuplexStream>;

const OPTIONS: fn() -> ClientOptions = || ClientOptions { wall_clock_ms: || 0, ..ClientOptions::default() };

fn endpoint() -> RelayEndpoint {
    let address = RelayAddress::new("https://relay.example.com", "shop").unwrap();
    let key = DeviceKey::from_secret(&"07".repeat(32).into()).unwrap();
    RelayEndpoint::new(address, "front-desk", "token".into(), key).unwrap().expecting(vec![7])
}

fn welcome() -> Welcome {
    Welcome {
        proto: 1,
        head: RelaySeq::new(9),
        floor: RelaySeq::new(1),
        time_ms: 0,
        bad_signatures: 0,
        reads_from: RelaySeq::START,
        log_id: vec![7],
        notes: RelaySeq::START,
        lease: None,
    }
}

async fn connected(cursor: u64, options: ClientOptions) -> (RelayClient<DuplexStream>, Pipe) {
    let (client, relay) = greeted(cursor, options, welcome()).await;
    (client.unwrap(), relay)
}

async fn greeted(
    cursor: u64,
    options: ClientOptions,
    welcome: Welcome,
) -> (Result<RelayClient<DuplexStream>, CloseReason>, Pipe) {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let ours = WebSocketStream::from_raw_socket(ours, Role::Client, None).await;
    let mut relay = WebSocketStream::from_raw_socket(theirs, Role::Server, None).await;
    let endpoint = endpoint();
    let (client, hello) =
        tokio::join!(RelayClient::greet(ours, &endpoint, RelaySeq::new(cursor), Outstanding::new(), &options), async {
            let hello = heard(&mut relay).await;
            say(&mut relay, Frame::Welcome(welcome)).await;
            hello
        });
    assert!(matches!(hello, Frame::Hello(hello) if hello.cursor.get() == cursor));
    let client = match client {
        Ok(mut client) => {
            assert!(matches!(client.next_event().await, RelayEvent::Welcome { .. }));
            Ok(client)
        }
        Err(reason) => Err(reason),
    };
    (client, relay)
}

async fn say(relay: &mut Pipe, frame: Frame) {
    relay.send(Message::Binary(frame.encode().into())).await.unwrap();
}

async fn heard(relay: &mut Pipe) -> Frame {
    loop {
        if let Message::Binary(bytes) = relay.next().await.unwrap().unwrap() {
            return Frame::decode(&bytes).unwrap();
        }
    }
}

fn entry(seq: u64) -> Entry {
    Entry {
        seq: RelaySeq::new(seq),
        kind: EntryKind::Note,
        received_ms: 0,
        epoch: 0,
        nonce: Vec::new(),
        sealed: vec![0; 100],
        note_id: Vec::new(),
    }
}

fn gap(from: u64, to: u64) -> Entry {
    let sealed = encode_gap(&GapPayload { from: RelaySeq::new(from), to: RelaySeq::new(to) });
    Entry { kind: EntryKind::Gap, sealed, ..entry(to) }
}

fn batch(entries: Vec<Entry>) -> Frame {
    Frame::Batch(Batch { epochs: Vec::new(), entries, head: RelaySeq::new(9) })
}

fn head(head: u64) -> Frame {
    Frame::Head(Head {
        head: RelaySeq::new(head),
        time_ms: 0,
        bad_signatures: 0,
        notes: RelaySeq::START,
        lease: None,
        refusing: false,
    })
}

#[tokio::test(start_paused = true)]
async fn a_minute_without_a_word_is_the_end() {
    let (mut client, _relay) = connected(0, OPTIONS()).await;
    let began = Instant::now();
    assert_eq!(client.next_event().await, RelayEvent::Closed(CloseReason::Silent));
    assert_eq!(began.elapsed(), DEAD_AFTER);
    assert_eq!(client.next_event().await, RelayEvent::Closed(CloseReason::Silent), "and stays so");
}

#[tokio::test(start_paused = true)]
async fn it_pings_every_twenty_seconds_and_a_pong_keeps_it_alive() {
    let (mut client, mut relay) = connected(0, OPTIONS()).await;
    let began = Instant::now();
    let answering = async {
        for nth in 1..=6 {
            // Reading also answers the ping.
            assert!(matches!(relay.next().await.unwrap().unwrap(), Message::Ping(_)));
            assert_eq!(began.elapsed(), PING_EVERY * nth);
            relay.flush().await.unwrap();
        }
    };
    tokio::select! {
        event = client.next_event() => panic!("{event:?}"),
        () = answering => {}
    }
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_slept_does_not_trust_what_was_buffered() {
    static WALL_MS: AtomicI64 = AtomicI64::new(0);
    let options = ClientOptions { wall_clock_ms: || WALL_MS.load(Ordering::Relaxed), ..ClientOptions::default() };
    let (mut client, mut relay) = connected(0, options).await;
    say(&mut relay, head(9)).await;
    assert!(matches!(client.next_event().await, RelayEvent::HeartbeatHeard { .. }));
    // An hour passes on the wall; the monotonic clock stood still, and a heartbeat from before lies in the buffer.
    say(&mut relay, head(9)).await;
    WALL_MS.store(3_600_000, Ordering::Relaxed);
    assert_eq!(client.next_event().await, RelayEvent::Closed(CloseReason::Slept));
}

#[tokio::test(start_paused = true)]
async fn time_that_passes_on_both_clocks_is_not_sleep() {
    static WALL_MS: AtomicI64 = AtomicI64::new(0);
    let options = ClientOptions { wall_clock_ms: || WALL_MS.load(Ordering::Relaxed), ..ClientOptions::default() };
    let (mut client, mut relay) = connected(0, options).await;
    advance(Duration::from_secs(19)).await;
    WALL_MS.store(19_000, Ordering::Relaxed);
    say(&mut relay, head(9)).await;
    assert!(matches!(client.next_event().await, RelayEvent::HeartbeatHeard { .. }));
}

#[tokio::test(start_paused = true)]
async fn consecutive_entries_and_honest_gaps_pass() {
    let (mut client, mut relay) = connected(2, OPTIONS()).await;
    say(&mut relay, batch(vec![entry(3), gap(4, 6), entry(7)])).await;
    let RelayEvent::Batch(entries) = client.next_event().await else { panic!() };
    assert_eq!(entries.len(), 3);
    say(&mut relay, batch(vec![gap(5, 9)])).await;
    assert!(matches!(client.next_event().await, RelayEvent::Batch(_)), "a gap may begin before what is known");
}

#[tokio::test(start_paused = true)]
async fn a_hole_a_repetition_or_a_false_gap_ends_the_connection() {
    for entries in
        [vec![entry(4)], vec![entry(2)], vec![entry(3), entry(3)], vec![entry(3), entry(5)], vec![gap(5, 6)], vec![]]
    {
        let (mut client, mut relay) = connected(2, OPTIONS()).await;
        say(&mut relay, batch(entries)).await;
        assert!(matches!(client.next_event().await, RelayEvent::Closed(CloseReason::Protocol(_))));
    }
}

#[tokio::test(start_paused = true)]
async fn acknowledging_gives_back_the_credit_of_whole_batches() {
    let (mut client, mut relay) = connected(0, OPTIONS()).await;
    let first = batch(vec![entry(1), entry(2)]);
    let Frame::Batch(counted) = &first else { panic!() };
    let cost = counted.wire_bytes();
    say(&mut relay, first).await;
    client.next_event().await;
    client.ack(RelaySeq::new(1)).await.unwrap();
    assert_eq!(heard(&mut relay).await, Frame::Ack(Ack { upto: RelaySeq::new(1) }));
    client.ack(RelaySeq::new(2)).await.unwrap();
    assert_eq!(heard(&mut relay).await, Frame::Ack(Ack { upto: RelaySeq::new(2) }));
    assert_eq!(heard(&mut relay).await, Frame::Credit(Credit { bytes: cost }));
}

#[tokio::test(start_paused = true)]
async fn close_codes_become_reasons() {
    for (code, expected) in [
        (4001, CloseReason::Refused(CloseCode::Revoked)),
        (4002, CloseReason::Refused(CloseCode::SameDeviceTwice)),
        (4004, CloseReason::Refused(CloseCode::AckBeyondHead)),
        (4005, CloseReason::Refused(CloseCode::UnknownDesk)),
        (4006, CloseReason::Refused(CloseCode::Pending)),
        (1001, CloseReason::GoingAway),
    ] {
        let (mut client, mut relay) = connected(0, OPTIONS()).await;
        relay.close(Some(CloseFrame { code: code.into(), reason: "".into() })).await.unwrap();
        assert_eq!(client.next_event().await, RelayEvent::Closed(expected));
    }
}

#[tokio::test(start_paused = true)]
async fn messages_it_does_not_know_are_passed_over() {
    let (mut client, mut relay) = connected(0, OPTIONS()).await;
    say(&mut relay, Frame::Unknown(55)).await;
    say(&mut relay, head(9)).await;
    assert!(matches!(client.next_event().await, RelayEvent::HeartbeatHeard { .. }));
}

#[tokio::test(start_paused = true)]
async fn another_log_than_the_one_that_was_paired_with_is_refused() {
    let (client, _relay) = greeted(0, OPTIONS(), Welcome { log_id: vec![8], ..welcome() }).await;
    assert_eq!(client.err(), Some(CloseReason::AnotherLog));
}

#[tokio::test(start_paused = true)]
async fn a_new_device_begins_where_it_was_let_in() {
    let (client, mut relay) = greeted(0, OPTIONS(), Welcome { reads_from: RelaySeq::new(4), ..welcome() }).await;
    let mut client = client.unwrap();
    say(&mut relay, batch(vec![entry(5)])).await;
    assert!(matches!(client.next_event().await, RelayEvent::Batch(_)));
}

#[tokio::test(start_paused = true)]
async fn sealed_entries_come_out_open_and_what_cannot_be_opened_stays_sealed() {
    let (mut client, mut relay) = connected(0, OPTIONS()).await;
    let secret = EpochSecret::generate(3).unwrap();
    let key = endpoint().key().public().wrap_epoch("shop", "front-desk", &secret).unwrap();
    let sealed = |seq, desk: &str| {
        let mut sealed = encode_webhook(b"{}", "sha256=00");
        let nonce = secret.seal(desk, EntryKind::Webhook, &mut sealed).unwrap().to_vec();
        Entry { kind: EntryKind::Webhook, epoch: 3, nonce, sealed, ..entry(seq) }
    };
    let entries = vec![sealed(1, "shop"), sealed(2, "other"), Entry { epoch: 4, ..sealed(3, "shop") }];
    say(&mut relay, Frame::Batch(Batch { epochs: vec![key], entries, head: RelaySeq::new(9) })).await;
    let RelayEvent::Batch(entries) = client.next_event().await else { panic!() };
    assert!(matches!(entries[0].open().unwrap(), Payload::Webhook(webhook) if webhook.body == b"{}"));
    assert_eq!((entries[1].epoch, entries[2].epoch), (3, 4), "of another desk; under a key that never came");
    assert!(entries[1].open().is_err() && entries[2].open().is_err());
}

#[tokio::test(start_paused = true)]
async fn a_note_waits_for_an_epoch_and_is_sealed_under_the_newest() {
    let (mut client, mut relay) = connected(0, OPTIONS()).await;
    let note = PlainNote { id: b"note-1".to_vec(), payload: b"contents".to_vec() };
    assert!(!client.note(note.clone()).await.unwrap());
    for epoch in [5, 6] {
        let secret = EpochSecret::generate(epoch).unwrap();
        let key = endpoint().key().public().wrap_epoch("shop", "front-desk", &secret).unwrap();
        say(&mut relay, Frame::Epoch(key)).await;
        assert_eq!(client.next_event().await, RelayEvent::EpochBegan);
        assert!(client.note(note.clone()).await.unwrap());
        let Frame::Note(mut sent) = heard(&mut relay).await else { panic!() };
        assert_eq!((sent.epoch, sent.id.as_slice()), (epoch, b"note-1".as_slice()));
        secret.open("shop", EntryKind::Note, &sent.nonce, &mut sent.sealed).unwrap();
        assert_eq!(sent.sealed, b"contents");
    }
}
