//! Several relays of the same desks on one NATS: what one takes the others hand out, and what one decides binds the others.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "tests"
)]

mod common;

use std::time::Duration;

use common::nats::{NatsServer, key};
use common::*;
use futures::future::join_all;
use secrecy::SecretString;
use switchboard_relay::engine::open_desks;
use switchboard_relay::log::{LogError, ReadLimit};
use switchboard_relay::nats::{NatsConfig, NatsError};
use switchboard_relay::{LogEngine, RelayConfig, RelayError, RunningRelay};
use switchboard_relay_api::client::PlainNote;
use switchboard_relay_api::{
    ClientOptions, CloseCode, CloseReason, EntryKind, Payload, RelayAddress, RelayClient, RelayEndpoint, RelayEvent,
    RelaySeq,
};
use tokio::net::TcpListener;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(30);
const ALL: ReadLimit = ReadLimit { entries: u32::MAX, bytes: u64::MAX };

fn on(nats: NatsConfig) -> impl FnOnce(&mut RelayConfig) {
    move |config| config.log = LogEngine::Nats(nats)
}

/// Two relays of one desk; the console is paired with the first.
struct Two {
    server: NatsServer,
    a: Bench,
    b: Bench,
}

impl Two {
    async fn start() -> Option<Self> {
        let server = NatsServer::start()?;
        let a = Bench::start_with(on(server.settings())).await;
        let b = Bench::start_unpaired(on(server.settings())).await;
        Some(Self { server, a, b })
    }
}

/// A console at another relay than the one it paired with.
async fn connect(console: &RelayEndpoint, relay: &RunningRelay, cursor: u64) -> RelayClient {
    let console = console.clone().moved_to(RelayAddress::new(&relay.url(), DESK).unwrap());
    RelayClient::connect(&console, RelaySeq::new(cursor), &ClientOptions::default()).await.unwrap()
}

async fn next_close(client: &mut RelayClient) -> CloseReason {
    let closed = async {
        loop {
            if let RelayEvent::Closed(reason) = client.next_event().await {
                return reason;
            }
        }
    };
    timeout(PATIENCE, closed).await.expect("the relay closes")
}

async fn start_refused(nats: NatsConfig) -> RelayError {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path().join("data"));
    config.log = LogEngine::Nats(nats);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    match switchboard_relay::start(listener, config).await {
        Ok(_) => panic!("started"),
        Err(error) => error,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_relay_takes_the_consoles_of_the_other_get_at_once() {
    let Some(two) = Two::start().await else { return };
    let mut console = connect(&two.a.console, &two.a.relay, 0).await;
    assert_eq!(two.a.post(event(1)).await, 200);
    assert_eq!(seqs(&read(&mut console, 1).await), [1]);
    for number in 2..=20 {
        let begun = std::time::Instant::now();
        assert_eq!(two.b.post(event(number)).await, 200);
        let entry = timeout(PATIENCE, read(&mut console, 1)).await.unwrap().remove(0);
        assert_eq!((entry.seq.get() as usize, bodies(&[entry])[0].clone()), (number, event(number)));
        // Told, not found at the next look around; a tenth of a second is an age on the loopback.
        assert!(begun.elapsed() < Duration::from_millis(900), "took {:?}", begun.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_append_at_once_and_everyone_sees_the_same_numbers() {
    const EACH: usize = 300;
    let Some(two) = Two::start().await else { return };
    let posts = (0..EACH).flat_map(|n| [two.a.post(event(n)), two.b.post(event(EACH + n))]);
    let answers = join_all(posts.collect::<Vec<_>>()).await;
    assert!(answers.iter().all(|status| *status == 200));
    let at_a = read(&mut connect(&two.a.console, &two.a.relay, 0).await, 2 * EACH).await;
    let at_b = read(&mut connect(&two.a.console, &two.b.relay, 0).await, 2 * EACH).await;
    assert_eq!(seqs(&at_a), (1..=2 * EACH as u64).collect::<Vec<_>>(), "gapless");
    assert_eq!(bodies(&at_a), bodies(&at_b), "the same for all");
    let mut came = bodies(&at_a);
    came.sort();
    let mut posted: Vec<String> = (0..2 * EACH).map(event).collect();
    posted.sort();
    assert_eq!(came, posted, "each once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_goes_on_at_the_other_relay_where_it_was() {
    let Some(two) = Two::start().await else { return };
    for number in 1..=4 {
        two.a.post(event(number)).await;
    }
    let mut console = connect(&two.a.console, &two.a.relay, 0).await;
    read(&mut console, 4).await;
    console.ack(RelaySeq::new(4)).await.unwrap();
    two.a.post(event(5)).await;
    let mut moved = connect(&two.a.console, &two.b.relay, 4).await;
    assert_eq!(seqs(&read(&mut moved, 1).await), [5]);
    assert_eq!(next_close(&mut console).await, CloseReason::Refused(CloseCode::SameDeviceTwice), "one place at a time");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_device_reads_nothing_more_at_any_relay() {
    let Some(two) = Two::start().await else { return };
    let office = two.a.another("Office").await;
    // Both relays have a key that the office reads.
    assert_eq!((two.a.post(event(1)).await, two.b.post(event(2)).await), (200, 200));
    let mut reading = connect(&office, &two.b.relay, 0).await;
    read(&mut reading, 2).await;
    two.a.relay.revoke_device(DESK, office.device()).await.unwrap();
    // At once, before the other relay could have looked: the mark in the log is enough.
    assert_eq!(two.b.post(event(3)).await, 200);
    assert_eq!(next_close(&mut reading).await, CloseReason::Refused(CloseCode::Revoked));
    let entries = two.b.relay.log().read(DESK, RelaySeq::START, ALL).await.unwrap();
    let desks = open_desks(&LogEngine::Nats(two.server.settings()), two.a.folder.path()).await.unwrap();
    let mut readers = Vec::new();
    for entry in entries.iter().filter(|entry| entry.kind == EntryKind::Webhook) {
        let record = desks.epoch(DESK, entry.epoch).await.unwrap().unwrap();
        readers.push(record.keys.iter().any(|key| key.device == office.device()));
    }
    assert_eq!(readers, [true, true, false]);
    let all = read(&mut connect(&two.a.console, &two.a.relay, 0).await, 3).await;
    assert_eq!(bodies(&all), [event(1), event(2), event(3)], "those who stay read everything");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_let_in_reads_what_the_other_relay_takes_from_then_on() {
    let Some(two) = Two::start().await else { return };
    assert_eq!((two.a.post(event(1)).await, two.b.post(event(2)).await), (200, 200));
    for number in 3..=12 {
        let office = two.a.another("Office").await;
        assert_eq!(two.b.post(event(number)).await, 200);
        let entries = read(&mut connect(&office, &two.b.relay, 0).await, 1).await;
        assert_eq!(bodies(&entries), [event(number)], "every entry after the mark opens");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_and_signatures_refused_at_one_relay_are_known_at_the_other() {
    let server = NatsServer::start();
    let Some(server) = server else { return };
    let quick = |config: &mut RelayConfig| config.limits.purge_every = Duration::from_millis(50);
    let nats = server.settings();
    let a = Bench::start_with(|config| {
        on(nats.clone())(config);
        quick(config);
    })
    .await;
    let b = Bench::start_unpaired(|config| {
        on(nats.clone())(config);
        quick(config);
    })
    .await;
    let office = a.another("Office").await;
    let mut reading = connect(&office, &b.relay, 0).await;
    let mut writing = connect(&a.console, &a.relay, 0).await;
    while writing.next_event().await != RelayEvent::EpochBegan {}
    let note = PlainNote { id: b"opt-out-1".to_vec(), payload: b"contents".to_vec() };
    assert!(writing.note(note).await.unwrap());
    let entries = timeout(PATIENCE, read(&mut reading, 1)).await.unwrap();
    assert_eq!(entries[0].open().unwrap(), Payload::Note(b"contents".to_vec()));
    b.post_signed(event(1), "sha256=00").await;
    let told = async { while a.metric("switchboard_relay_bad_signatures_total{").await != 1 {} };
    timeout(PATIENCE, told).await.expect("the other relay's alarm is everyone's");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_server_the_answer_is_503_and_with_it_200_again() {
    let Some(mut two) = Two::start().await else { return };
    assert_eq!(two.a.post(event(1)).await, 200);
    two.server.kill();
    assert_eq!(two.a.post(event(2)).await, 503);
    let ready = two.a.http.get(format!("{}/readyz", two.a.relay.url())).send().await.unwrap();
    assert_eq!(ready.status().as_u16(), 503);
    two.server.run();
    two.server.wait_until_ready();
    let again = async {
        // What was answered 503 may have been stored or not; each number is posted once.
        let mut number = 3;
        while two.a.post(event(number)).await != 200 {
            number += 1;
        }
        number
    };
    let number = timeout(PATIENCE, again).await.expect("200 again");
    let ready = async {
        loop {
            let answer = two.a.http.get(format!("{}/readyz", two.a.relay.url())).send().await.unwrap();
            if answer.status().as_u16() == 200 {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, ready).await.expect("ready again, without a webhook too");
    let mut console = connect(&two.a.console, &two.b.relay, 0).await;
    let mut came = Vec::new();
    while came.last() != Some(&event(number)) {
        came.extend(bodies(&timeout(PATIENCE, read(&mut console, 1)).await.unwrap()));
    }
    assert_eq!(came[0], event(1));
    let once: std::collections::HashSet<&String> = came.iter().collect();
    assert_eq!(once.len(), came.len(), "nothing twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_too_late_makes_no_second_entry() {
    let Some(two) = Two::start().await else { return };
    assert_eq!(two.a.post(event(1)).await, 200);
    // The server stands still for longer than a try takes: the same message is published more than once.
    two.server.pause(true);
    let post = two.a.post(event(2));
    let wake = async {
        tokio::time::sleep(Duration::from_millis(5_000)).await;
        two.server.pause(false);
    };
    let (status, ()) = tokio::join!(post, wake);
    assert_eq!(status, 200, "it is settled within the time that a webhook is held");
    assert_eq!(two.a.post(event(3)).await, 200);
    let entries = read(&mut connect(&two.a.console, &two.a.relay, 0).await, 3).await;
    assert_eq!(bodies(&entries), [event(1), event(2), event(3)]);
    assert_eq!(two.a.metric("switchboard_relay_head{").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_servers_hold_no_secret_and_nothing_that_a_message_says() {
    let Some(two) = Two::start().await else { return };
    let body = r#"{"object":"whatsapp_business_account","text":"the order of 14165550123"}"#;
    assert_eq!(two.a.post(body).await, 200);
    two.a.another("Back office of the shop").await;
    let token = two.a.token.clone();
    two.a.relay.stop().await.unwrap();
    two.b.relay.stop().await.unwrap();
    let hash = switchboard_relay::TokenHash::of(&token).to_hex();
    let needles = ["14165550123", "the order of", "Back office", "Front desk", APP_SECRET, &token, &hash, VERIFY_TOKEN];
    let mut folders = vec![two.server.folder.path().to_owned()];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let bytes = std::fs::read(entry.path()).unwrap();
            seen += bytes.len();
            for needle in needles {
                let found = bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
                assert!(!found, "{needle:?} lies open in {:?}", entry.path());
            }
        }
    }
    assert!(seen > 1_000, "the servers' files were looked at");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_work_is_refused_at_the_start_with_the_remedy() {
    let Some(server) = NatsServer::start() else { return };
    let first = Bench::start_with(on(server.settings())).await;
    let other_key = NatsConfig { key: SecretString::from("77".repeat(32)), ..server.settings() };
    let said = start_refused(other_key).await.to_string();
    assert!(said.contains("log.key"), "{said}");
    assert_eq!(first.post(event(1)).await, 200, "and nothing was changed by it");
    let no_key = NatsConfig { key: SecretString::from("secret"), ..server.settings() };
    let said = start_refused(no_key).await.to_string();
    assert!(said.contains("64 hexadecimal digits") && !said.contains("secret"), "{said}");
    let nowhere = NatsConfig { replicas: 1, ..NatsConfig::new(vec!["nats://127.0.0.1:1".to_owned()], key()) };
    let error = start_refused(nowhere).await;
    assert!(matches!(&error, RelayError::Nats(NatsError::Unreachable { .. })), "{error}");
    let many = NatsConfig { replicas: 3, namespace: "elsewhere".to_owned(), ..server.settings() };
    let error = start_refused(many).await;
    assert!(
        matches!(&error, RelayError::Nats(NatsError::Stream { .. })),
        "one server holds no three replicas: {error}"
    );
    let shown = NatsConfig::new(vec!["nats://me:pass@127.0.0.1:1".to_owned()], key());
    let said = start_refused(shown).await.to_string();
    assert!(said.contains("without user and password") && !said.contains("pass@"), "{said}");
    let Some(small) = NatsServer::start_with("max_payload: 1MB") else { return };
    let said = start_refused(small.settings()).await.to_string();
    assert!(said.contains("max_payload: 8MB"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_publishes_there_is_passed_over_and_counted() {
    let Some(two) = Two::start().await else { return };
    let client = async_nats::connect(two.server.url()).await.unwrap();
    let js = async_nats::jetstream::new(client);
    let foreign = async || {
        js.publish("switchboard.log.shop", "not of a relay".into()).await.unwrap().await.unwrap();
    };
    foreign().await;
    assert_eq!(two.a.post(event(1)).await, 200);
    foreign().await;
    foreign().await;
    assert_eq!(two.b.post(event(2)).await, 200);
    foreign().await;
    // One that starts finds the end of the log behind it too.
    let third = Bench::start_unpaired(on(two.server.settings())).await;
    assert_eq!(third.post(event(3)).await, 200);
    for relay in [&two.a.relay, &two.b.relay, &third.relay] {
        let entries = read(&mut connect(&two.a.console, relay, 0).await, 3).await;
        assert_eq!((seqs(&entries), bodies(&entries)), (vec![1, 2, 3], (1..=3).map(event).collect()));
    }
    assert!(two.a.metric("switchboard_relay_log_damaged_total").await > 0, "and told");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_vanished_is_an_error_and_not_a_new_log() {
    let Some(two) = Two::start().await else { return };
    assert_eq!(two.a.post(event(1)).await, 200);
    let client = async_nats::connect(two.server.url()).await.unwrap();
    let js = async_nats::jetstream::new(client);
    js.delete_stream("switchboard-log-shop").await.unwrap();
    assert_eq!(two.a.post(event(2)).await, 503);
    assert!(matches!(two.a.relay.log().health(), Err(LogError::Broken(_))));
}
