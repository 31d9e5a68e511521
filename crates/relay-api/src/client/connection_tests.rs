#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]
//! The connection's sense of time and order, over an in-memory pipe on tokio's paused clock.

use std::sync::atomic::{AtomicI64, Ordering};

use tokio::io::DuplexStream;
use tokio::time::advance;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};

use super::*;
use crate::GapPayload;
use crate::payload::encode_gap;
use crate::wire::{Head, Welcome};

type Pipe = WebSocketStream<DuplexStream>;

const OPTIONS: fn() -> ClientOptions = || ClientOptions { wall_clock_ms: || 0, ..ClientOptions::default() };

async fn connected(cursor: u64, options: ClientOptions) -> (RelayClient<DuplexStream>, Pipe) {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let ours = WebSocketStream::from_raw_socket(ours, Role::Client, None).await;
    let mut relay = WebSocketStream::from_raw_socket(theirs, Role::Server, None).await;
    let welcome = Welcome { proto: 1, head: RelaySeq::new(9), floor: RelaySeq::new(1), time_ms: 0, bad_signatures: 0 };
    let (client, hello) = tokio::join!(
        RelayClient::greet(ours, "front-desk", RelaySeq::new(cursor), Outstanding::new(), &options),
        async {
            let hello = heard(&mut relay).await;
            say(&mut relay, Frame::Welcome(welcome)).await;
            hello
        }
    );
    let mut client = client.unwrap();
    assert!(matches!(hello, Frame::Hello(hello) if hello.cursor.get() == cursor));
    assert!(matches!(client.next_event().await, RelayEvent::Welcome { .. }));
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
    Frame::Head(Head { head: RelaySeq::new(head), time_ms: 0, bad_signatures: 0 })
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
