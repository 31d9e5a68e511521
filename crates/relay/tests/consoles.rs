//! What a console sees: who is let in, order, resuming, acknowledging, and that the slow hold up nobody.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::time::Duration;

use common::*;
use switchboard_relay_api::client::{LinkPhase, PlainNote};
use switchboard_relay_api::{
    ClientOptions, CloseCode, CloseReason, EntryKind, Note, Payload, RelayClient, RelayEndpoint, RelayEvent, RelayLink,
    RelaySeq, RelayState,
};
use tokio::time::{Instant, timeout};

async fn refusal(endpoint: &RelayEndpoint, cursor: u64) -> CloseReason {
    match RelayClient::connect(endpoint, RelaySeq::new(cursor), &ClientOptions::default()).await {
        Ok(_) => panic!("let in"),
        Err(error) => error.0,
    }
}

async fn next_close(client: &mut RelayClient) -> CloseReason {
    loop {
        if let RelayEvent::Closed(reason) = client.next_event().await {
            return reason;
        }
    }
}

#[tokio::test]
async fn a_wrong_token_is_refused_before_the_socket_opens() {
    let bench = Bench::start().await;
    let reason = refusal(&stranger(&bench.relay.url(), DESK), 0).await;
    assert_eq!(reason, CloseReason::Unauthorized);
    assert!(reason.needs_operator());
}

#[tokio::test]
async fn revoking_ends_the_connection_at_once_and_for_good() {
    let bench = Bench::start().await;
    let mut client = bench.connect(0).await;
    bench.relay.revoke_device(DESK, bench.console.device()).await.unwrap();
    assert_eq!(next_close(&mut client).await, CloseReason::Refused(CloseCode::Revoked));
    assert_eq!(refusal(&bench.endpoint(), 0).await, CloseReason::Refused(CloseCode::Revoked));
    let bench = bench.restart(|_| {}).await;
    assert_eq!(refusal(&bench.endpoint(), 0).await, CloseReason::Refused(CloseCode::Revoked));
}

#[tokio::test]
async fn an_unknown_desk_is_told_so() {
    let bench = Bench::start().await;
    assert_eq!(refusal(&stranger(&bench.relay.url(), "nobody"), 0).await, CloseReason::Refused(CloseCode::UnknownDesk));
}

#[tokio::test]
async fn the_same_device_twice_ends_the_earlier_connection() {
    let bench = Bench::start().await;
    let mut earlier = bench.connect(0).await;
    let mut later = bench.connect(0).await;
    assert_eq!(next_close(&mut earlier).await, CloseReason::Refused(CloseCode::SameDeviceTwice));
    bench.post(event(1)).await;
    assert_eq!(seqs(&read(&mut later, 1).await), [1]);
}

#[tokio::test]
async fn acknowledging_what_does_not_exist_ends_the_connection() {
    let bench = Bench::start().await;
    bench.post(event(1)).await;
    let mut client = bench.connect(0).await;
    read(&mut client, 1).await;
    client.ack(RelaySeq::new(2)).await.unwrap();
    assert_eq!(next_close(&mut client).await, CloseReason::Refused(CloseCode::AckBeyondHead));
    assert_eq!(refusal(&bench.endpoint(), 2).await, CloseReason::Refused(CloseCode::AckBeyondHead));
}

#[tokio::test]
async fn entries_come_in_order_and_a_console_goes_on_at_its_cursor() {
    let bench = Bench::start().await;
    for number in 1..=5 {
        assert_eq!(bench.post(event(number)).await, 200);
    }
    let entries = read(&mut bench.connect(0).await, 5).await;
    assert_eq!(seqs(&entries), [1, 2, 3, 4, 5]);
    assert_eq!(bodies(&entries), (1..=5).map(event).collect::<Vec<_>>());
    assert_eq!(seqs(&read(&mut bench.connect(3).await, 2).await), [4, 5]);
}

#[tokio::test]
async fn duplicates_are_delivered_as_they_came() {
    let bench = Bench::start().await;
    bench.post(event(1)).await;
    bench.post(event(1)).await;
    let entries = read(&mut bench.connect(0).await, 2).await;
    assert_eq!(bodies(&entries), [event(1), event(1)]);
}

#[tokio::test]
async fn the_welcome_says_how_things_stand() {
    let bench = Bench::start().await;
    bench.post(event(1)).await;
    bench.post_signed(event(2), "sha256=00").await;
    let mut client = bench.connect(1).await;
    let RelayEvent::Welcome { head, floor, bad_signatures, .. } = client.next_event().await else { panic!() };
    assert_eq!((head.get(), floor.get(), bad_signatures), (1, 1, 1));
}

#[tokio::test]
async fn two_consoles_each_get_everything_and_acknowledge_for_themselves() {
    let bench = Bench::start().await;
    let office = bench.another("Office").await;
    bench.post(event(1)).await;
    let mut first = bench.connect(0).await;
    let mut second = RelayClient::connect(&office, RelaySeq::START, &ClientOptions::default()).await.unwrap();
    assert_eq!(bodies(&read(&mut first, 1).await), bodies(&read(&mut second, 1).await));
    first.ack(RelaySeq::new(2)).await.unwrap();
    let acked = "switchboard_relay_acked{desk=\"shop\",device=\"console-1\"}";
    let stored = async {
        loop {
            let text = bench.http.get(format!("{}/metrics", bench.relay.url())).send().await.unwrap().text().await;
            if text.unwrap().contains(&format!("{acked} 2")) {
                break;
            }
        }
    };
    timeout(Duration::from_secs(10), stored).await.expect("the acknowledgement is stored");
}

#[tokio::test]
async fn a_console_that_does_not_read_slows_no_webhook() {
    let bench = Bench::start().await;
    let options = ClientOptions { credit_bytes: 1, ..ClientOptions::default() };
    let _asleep = RelayClient::connect(&bench.endpoint(), RelaySeq::START, &options).await.unwrap();
    for number in 1..=50 {
        assert_eq!(bench.post(format!("{}{}", " ".repeat(100_000), event(number))).await, 200);
    }
    assert_eq!(bench.metric("switchboard_relay_head{").await, 50);
}

#[tokio::test]
async fn no_more_is_sent_than_the_credit_allows_until_it_is_given_back() {
    let bench = Bench::start().await;
    bench.post(event(1)).await;
    let options = ClientOptions { credit_bytes: 1, ..ClientOptions::default() };
    let mut client = RelayClient::connect(&bench.endpoint(), RelaySeq::START, &options).await.unwrap();
    assert_eq!(seqs(&read(&mut client, 1).await), [1]);
    bench.post(event(2)).await;
    // The relay says that there is more, and does not send it.
    loop {
        match client.next_event().await {
            RelayEvent::HeartbeatHeard { head, .. } if head.get() == 2 => break,
            RelayEvent::HeartbeatHeard { .. } | RelayEvent::Welcome { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    client.ack(RelaySeq::new(1)).await.unwrap();
    assert_eq!(seqs(&read(&mut client, 1).await), [2]);
}

#[tokio::test]
async fn a_note_reaches_every_console_once_however_often_it_is_sent() {
    let bench = Bench::start().await;
    let mut client = bench.connect(0).await;
    let note = PlainNote { id: b"note-1".to_vec(), payload: b"contents".to_vec() };
    while client.next_event().await != RelayEvent::EpochBegan {}
    assert!(client.note(note.clone()).await.unwrap() && client.note(note).await.unwrap());
    let entries = read(&mut client, 1).await;
    assert_eq!((entries[0].kind, entries[0].note_id.as_slice()), (EntryKind::Note, b"note-1".as_slice()));
    assert_eq!(entries[0].open().unwrap(), Payload::Note(b"contents".to_vec()));
    bench.post(event(1)).await;
    assert_eq!(seqs(&read(&mut client, 1).await), [2]);
}

#[tokio::test]
async fn a_link_knows_when_it_is_at_the_head_and_when_it_is_not() {
    let bench = Bench::start().await;
    bench.post(event(1)).await;
    let (link, mut events) = RelayLink::start(bench.endpoint(), RelaySeq::START, ClientOptions::default());
    let mut state = link.state();
    while !matches!(events.recv().await.unwrap(), RelayEvent::Batch(_)) {}
    assert_eq!(state.borrow().behind(), Some(1), "handed over is not committed");
    link.ack(RelaySeq::new(1));
    let listening = state.wait_for(|state| state.caught_up() && state.is_connected()).await.unwrap().clone();
    let heard = listening.last_heard.unwrap();
    assert!(listening.is_listening(Instant::now(), heard.wall_ms, Duration::from_secs(30)));
    link.stop().await;
    assert_eq!(state.borrow().phase, LinkPhase::Stopped);
}

#[tokio::test]
async fn a_link_finds_the_relay_again_and_nothing_comes_twice() {
    let bench = Bench::start().await;
    let addr = bench.relay.addr();
    bench.post(event(1)).await;
    let (link, mut events) = RelayLink::start(bench.endpoint(), RelaySeq::START, ClientOptions::default());
    let mut state = link.state();
    let mut seen = Vec::new();
    while seen.is_empty() {
        if let Some(RelayEvent::Batch(entries)) = events.recv().await {
            seen.extend(seqs(&entries));
        }
    }
    bench.relay.stop().await.unwrap();
    let down = state.wait_for(|state| matches!(state.phase, LinkPhase::Unreachable { .. })).await.unwrap().clone();
    assert!(!down.is_connected());
    let listener = tokio::net::TcpListener::bind(addr).await.unwrap();
    let relay = switchboard_relay::start(listener, config(bench.folder.path().join("data"))).await.unwrap();
    let bench = Bench { relay, ..bench };
    bench.post(event(2)).await;
    while seen.len() < 2 {
        if let RelayEvent::Batch(entries) = events.recv().await.unwrap() {
            seen.extend(seqs(&entries));
        }
    }
    assert_eq!(seen, [1, 2]);
    link.stop().await;
}

#[tokio::test]
async fn a_link_takes_its_place_back_once_and_is_told_of_a_copy_of_itself() {
    let bench = Bench::start().await;
    let (link, mut events) = RelayLink::start(bench.endpoint(), RelaySeq::START, ClientOptions::default());
    let mut state = link.state();
    state.wait_for(RelayState::is_connected).await.unwrap();
    // A connection that was given up but reached the relay later: it is displaced in turn, and entries go on coming.
    let mut late = bench.connect(0).await;
    assert_eq!(next_close(&mut late).await, CloseReason::Refused(CloseCode::SameDeviceTwice));
    bench.post(event(1)).await;
    loop {
        if let RelayEvent::Batch(entries) = events.recv().await.unwrap() {
            assert_eq!(seqs(&entries), [1]);
            break;
        }
    }
    // A second one soon after is a copy.
    let _copy = bench.connect(0).await;
    let refused = CloseReason::Refused(CloseCode::SameDeviceTwice);
    let is_refused = |s: &RelayState| matches!(&s.phase, LinkPhase::Refused { reason, .. } if reason == &refused);
    state.wait_for(is_refused).await.unwrap();
    link.stop().await;
}

#[tokio::test]
async fn a_link_that_is_refused_waits_for_someone_to_look() {
    let bench = Bench::start().await;
    let wrong = stranger(&bench.relay.url(), DESK);
    let (link, mut events) = RelayLink::start(wrong, RelaySeq::START, ClientOptions::default());
    assert_eq!(events.recv().await, Some(RelayEvent::Closed(CloseReason::Unauthorized)));
    assert!(matches!(link.state().borrow().phase, LinkPhase::Refused { .. }));
    link.reconnect_now();
    assert_eq!(events.recv().await, Some(RelayEvent::Closed(CloseReason::Unauthorized)));
    link.stop().await;
}

#[tokio::test]
async fn a_stopping_relay_says_goodbye() {
    let bench = Bench::start().await;
    let mut client = bench.connect(0).await;
    let (stopped, reason) = tokio::join!(bench.relay.stop(), next_close(&mut client));
    stopped.unwrap();
    assert_eq!(reason, CloseReason::GoingAway);
}

#[tokio::test]
async fn several_relays_live_in_one_process_but_not_in_one_folder() {
    let (one, two) = (Bench::start().await, Bench::start().await);
    one.post(event(1)).await;
    assert_eq!(one.metric("switchboard_relay_head{").await, 1);
    assert_eq!(two.metric("switchboard_relay_head{").await, 0);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let again = switchboard_relay::start(listener, config(one.folder.path().join("data"))).await;
    assert!(again.is_err_and(|error| error.to_string().contains("in use")));
}

mod raw {
    //! A console that does not keep to the protocol, by hand.

    use futures::{SinkExt, StreamExt};
    use switchboard_relay_api::{Frame, Hello};
    use tokio_tungstenite::tungstenite::Message;
    use tokio_tungstenite::tungstenite::client::IntoClientRequest;

    use super::*;

    async fn close_code_after(bench: &Bench, messages: Vec<Message>) -> u16 {
        let mut request = bench.endpoint().address().log_url().as_str().into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {}", bench.token).parse().unwrap());
        request.headers_mut().insert("sec-websocket-protocol", "switchboard.relay.v1".parse().unwrap());
        let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        for message in messages {
            socket.send(message).await.unwrap();
        }
        loop {
            match socket.next().await.unwrap().unwrap() {
                Message::Close(close) => return close.unwrap().code.into(),
                _ => continue,
            }
        }
    }

    fn frame(frame: &Frame) -> Message {
        Message::Binary(frame.encode().into())
    }

    fn hello(proto: u32) -> Message {
        let (device, cursor) = ("console-1".to_owned(), RelaySeq::START);
        frame(&Frame::Hello(Hello { proto, device, cursor, credit_bytes: 1_000 }))
    }

    #[tokio::test]
    async fn whatever_is_not_the_protocol_ends_the_connection_with_4003() {
        let bench = Bench::start().await;
        let garbage = || Message::Binary(vec![0xff, 0x00, 0x13].into());
        for messages in [
            vec![garbage()],
            vec![Message::text("hello")],
            vec![frame(&Frame::Ack(switchboard_relay_api::Ack { upto: RelaySeq::START }))],
            vec![hello(999)],
            vec![hello(1), hello(1)],
            vec![hello(1), garbage()],
            vec![hello(1), Message::text("ack")],
            vec![hello(1), frame(&Frame::Note(Note { id: Vec::new(), sealed: vec![1], epoch: 0, nonce: vec![] }))],
            vec![
                hello(1),
                frame(&Frame::Note(Note { id: vec![1], sealed: vec![1; 100_000], epoch: 0, nonce: vec![] })),
            ],
        ] {
            assert_eq!(close_code_after(&bench, messages).await, 4003);
        }
    }

    #[tokio::test]
    async fn the_subprotocol_must_be_named() {
        let bench = Bench::start().await;
        let mut request = bench.endpoint().address().log_url().as_str().into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {}", bench.token).parse().unwrap());
        let refused = tokio_tungstenite::connect_async(request).await.unwrap_err();
        let tokio_tungstenite::tungstenite::Error::Http(response) = refused else { panic!("{refused}") };
        assert_eq!(response.status(), 400);
    }
}

#[tokio::test]
async fn what_was_read_a_week_ago_is_dropped_and_what_was_not_stays() {
    const WEEK_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
    let bench = Bench::start_with(|config| config.clock = || 1_000).await;
    for number in 1..=3 {
        bench.post(event(number)).await;
    }
    bench.relay.log().acknowledge(DESK, bench.console.device(), RelaySeq::new(2), 1_000).await.unwrap();
    let bench = bench.restart(|config| config.clock = || 1_001 + WEEK_MS).await;
    let dropped = async {
        while bench.metric("switchboard_relay_floor{").await != 3 {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(10), dropped).await.expect("old entries go at the start already");
    let entries = read(&mut bench.connect(1).await, 2).await;
    assert_eq!((entries[0].kind, seqs(&entries)), (EntryKind::Gap, vec![2, 3]));
}

#[tokio::test]
async fn a_console_that_was_not_seen_for_a_month_holds_nothing_back_and_is_told_of_the_gap() {
    const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
    let bench = Bench::start_with(|config| config.clock = || 1_000).await;
    for number in 1..=3 {
        bench.post(event(number)).await;
    }
    let bench = bench.restart(|config| config.clock = || 1_000 + 29 * DAY_MS).await;
    bench.post(event(4)).await;
    assert_eq!(bench.metric("switchboard_relay_floor{").await, 1, "it may still come");
    let bench = bench.restart(|config| config.clock = || 1_000 + 31 * DAY_MS).await;
    let dropped = async {
        while bench.metric("switchboard_relay_floor{").await != 4 {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(10), dropped).await.expect("what is older than a week goes");
    let entries = read(&mut bench.connect(0).await, 2).await;
    assert_eq!((entries[0].kind, bodies(&entries[1..])), (EntryKind::Gap, vec![event(4)]));
}

#[tokio::test]
async fn an_encrypted_address_speaks_tls_before_it_says_anything() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let eavesdropping = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut first = [0_u8; 5];
        tokio::io::AsyncReadExt::read_exact(&mut stream, &mut first).await.unwrap();
        first
    };
    let endpoint = stranger(&url, DESK);
    let (reason, first) = tokio::join!(refusal(&endpoint, 0), eavesdropping);
    const TLS_HANDSHAKE: u8 = 0x16;
    assert_eq!(first[0], TLS_HANDSHAKE);
    assert!(matches!(reason, CloseReason::Network(_)), "{reason}");
}

#[tokio::test]
async fn something_that_is_no_relay_is_named_as_such() {
    let elsewhere = axum::Router::new().route("/", axum::routing::get(|| async { "a website" }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move { axum::serve(listener, elsewhere).await });
    let reason = refusal(&stranger(&url, DESK), 0).await;
    assert_eq!(reason, CloseReason::NotARelay("HTTP 404".to_owned()));
    server.abort();
}

#[tokio::test]
async fn acknowledgements_and_notes_made_while_disconnected_arrive_later() {
    let bench = Bench::start().await;
    let addr = bench.relay.addr();
    bench.post(event(1)).await;
    let (link, mut events) = RelayLink::start(bench.endpoint(), RelaySeq::START, ClientOptions::default());
    while !matches!(events.recv().await.unwrap(), RelayEvent::Batch(_)) {}
    bench.relay.stop().await.unwrap();
    link.state().wait_for(|state| !state.is_connected()).await.unwrap();
    link.ack(RelaySeq::new(1));
    link.note(PlainNote { id: b"opt-out-1".to_vec(), payload: b"contents".to_vec() });
    let listener = tokio::net::TcpListener::bind(addr).await.unwrap();
    let relay = switchboard_relay::start(listener, config(bench.folder.path().join("data"))).await.unwrap();
    let bench = Bench { relay, ..bench };
    link.reconnect_now();
    let note = loop {
        if let RelayEvent::Batch(entries) = events.recv().await.unwrap() {
            break entries;
        }
    };
    assert_eq!((seqs(&note), note[0].note_id.as_slice()), (vec![2], b"opt-out-1".as_slice()));
    let cursors = async {
        while bench.relay.log().cursors(DESK).await.unwrap().iter().all(|cursor| cursor.acked.get() < 1) {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(10), cursors).await.expect("the acknowledgement arrived");
    link.stop().await;
}
