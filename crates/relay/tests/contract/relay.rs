//! A whole relay on either engine, with consoles.

use std::time::Duration;

use switchboard_relay::RelayConfig;
use switchboard_relay::log::{Age, ReadLimit};
use switchboard_relay_api::client::PlainNote;
use switchboard_relay_api::pairing::DeviceState;
use switchboard_relay_api::{
    ClientOptions, CloseCode, CloseReason, EntryKind, LeaseRequest, LeaseWish, Payload, RelayClient, RelayEvent,
    RelayLink, RelaySeq,
};
use tokio::time::timeout;

use crate::Fixture;
use crate::common::*;

const ALL: ReadLimit = ReadLimit { entries: u32::MAX, bytes: u64::MAX };
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
const PATIENCE: Duration = Duration::from_secs(30);

async fn start(f: &Fixture, change: impl FnOnce(&mut RelayConfig)) -> Bench {
    let log = f.config().log;
    Bench::start_with(|config| {
        config.log = log;
        change(config);
    })
    .await
}

async fn restart(f: &Fixture, bench: Bench, change: impl FnOnce(&mut RelayConfig)) -> Bench {
    let log = f.config().log;
    bench
        .restart(|config| {
            config.log = log;
            change(config);
        })
        .await
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

async fn until_floor(bench: &Bench, floor: u64) {
    let dropped = async {
        while bench.metric("switchboard_relay_floor{").await != floor {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, dropped).await.expect("old entries go at the start already");
}

pub async fn everything_arrives_once_and_in_order_across_reconnects(f: Fixture) {
    const ROUNDS: usize = 4;
    const EACH: usize = 40;
    let mut bench = start(&f, |_| {}).await;
    let (link, mut events) = RelayLink::start(bench.endpoint(), RelaySeq::START, ClientOptions::default());
    let mut arrived = Vec::new();
    for round in 0..ROUNDS {
        let posts = (0..EACH).map(|n| bench.post(event(round * EACH + n)));
        let answers = futures::future::join_all(posts).await;
        assert!(answers.iter().all(|status| *status == 200));
        // Some have arrived and some have not when the relay goes.
        while arrived.len() < round * EACH + EACH / 2 {
            if let Some(RelayEvent::Batch(entries)) = events.recv().await {
                arrived.extend(entries);
            }
        }
        bench = restart(&f, bench, |_| {}).await;
        link.reconnect_now();
    }
    let all = async {
        while arrived.len() < ROUNDS * EACH {
            if let Some(RelayEvent::Batch(entries)) = events.recv().await {
                arrived.extend(entries);
            }
        }
    };
    timeout(PATIENCE, all).await.expect("everything arrives");
    assert_eq!(seqs(&arrived), (1..=(ROUNDS * EACH) as u64).collect::<Vec<_>>());
    let mut came = bodies(&arrived);
    came.sort();
    let mut posted: Vec<String> = (0..ROUNDS * EACH).map(event).collect();
    posted.sort();
    assert_eq!(came, posted, "each once, none invented");
    link.stop().await;
}

pub async fn a_console_resumes_where_it_was(f: Fixture) {
    let bench = start(&f, |_| {}).await;
    for number in 1..=5 {
        assert_eq!(bench.post(event(number)).await, 200);
    }
    let entries = read(&mut bench.connect(0).await, 5).await;
    assert_eq!(bodies(&entries), (1..=5).map(event).collect::<Vec<_>>());
    let bench = restart(&f, bench, |_| {}).await;
    assert_eq!(seqs(&read(&mut bench.connect(3).await, 2).await), [4, 5]);
}

pub async fn an_acknowledgement_from_the_future_ends_the_connection(f: Fixture) {
    let bench = start(&f, |_| {}).await;
    bench.post(event(1)).await;
    let mut client = bench.connect(0).await;
    client.ack(RelaySeq::new(2)).await.unwrap();
    assert_eq!(next_close(&mut client).await, CloseReason::Refused(CloseCode::AckBeyondHead));
    let mut client = bench.connect(0).await;
    client.ack(RelaySeq::new(1)).await.unwrap();
    bench.post(event(2)).await;
    assert_eq!(seqs(&read(&mut client, 2).await), [1, 2], "what is there may be acknowledged");
    let refused = RelayClient::connect(&bench.endpoint(), RelaySeq::new(9), &ClientOptions::default()).await;
    let reason = match refused {
        Ok(mut client) => next_close(&mut client).await,
        Err(error) => error.0,
    };
    assert_eq!(reason, CloseReason::Refused(CloseCode::AckBeyondHead), "nor may a cursor");
}

pub async fn one_device_twice_ends_the_earlier_connection(f: Fixture) {
    let bench = start(&f, |_| {}).await;
    bench.post(event(1)).await;
    let mut first = bench.connect(0).await;
    read(&mut first, 1).await;
    let mut second = bench.connect(0).await;
    assert_eq!(next_close(&mut first).await, CloseReason::Refused(CloseCode::SameDeviceTwice));
    assert_eq!(seqs(&read(&mut second, 1).await), [1]);
}

pub async fn a_removed_device_has_no_key_of_what_comes_after(f: Fixture) {
    let bench = start(&f, |_| {}).await;
    let office = bench.another("Office").await;
    bench.post(event(1)).await;
    let mut reading = RelayClient::connect(&office, RelaySeq::START, &ClientOptions::default()).await.unwrap();
    read(&mut reading, 1).await;
    bench.relay.revoke_device(DESK, office.device()).await.unwrap();
    assert_eq!(next_close(&mut reading).await, CloseReason::Refused(CloseCode::Revoked));
    bench.post(event(2)).await;
    assert_eq!(bodies(&read(&mut bench.connect(0).await, 2).await), [event(1), event(2)]);
    // With all the disks in hand it does not read it either: no key of that epoch is wrapped to it.
    let sealed = bench.relay.log().read(DESK, RelaySeq::START, ALL).await.unwrap();
    let epochs: Vec<u64> = sealed.iter().filter(|e| e.kind == EntryKind::Webhook).map(|e| e.epoch).collect();
    let desks = f_desks(&f, &bench).await;
    let mut readers = Vec::new();
    for epoch in epochs {
        let record = desks.epoch(DESK, epoch).await.unwrap().unwrap();
        readers.push(record.keys.iter().any(|key| key.device == office.device()));
    }
    assert_eq!(readers, [true, false]);
}

/// The desks as another process sees them.
async fn f_desks(f: &Fixture, bench: &Bench) -> std::sync::Arc<dyn switchboard_relay::desks::DeskStore> {
    let data_dir = bench.folder.path().join("data");
    switchboard_relay::engine::open_desks(&f.config().log, &data_dir).await.unwrap()
}

pub async fn a_device_that_is_let_in_reads_all_that_comes_after(f: Fixture) {
    let bench = start(&f, |_| {}).await;
    bench.post(event(1)).await;
    let office = bench.another("Office").await;
    bench.post(event(2)).await;
    let mut reading = RelayClient::connect(&office, RelaySeq::START, &ClientOptions::default()).await.unwrap();
    assert_eq!(bodies(&read(&mut reading, 1).await), [event(2)]);
    let record = f_desks(&f, &bench).await.load(DESK).await.unwrap().unwrap().0;
    assert!(record.devices.iter().all(|device| device.state == DeviceState::Active));
}

pub async fn what_everyone_read_a_week_ago_is_dropped_and_the_rest_stays(f: Fixture) {
    let bench = start(&f, |config| config.clock = || 1_000).await;
    for number in 1..=3 {
        bench.post(event(number)).await;
    }
    bench.relay.log().acknowledge(DESK, bench.console.device(), RelaySeq::new(2), 1_000).await.unwrap();
    let bench = restart(&f, bench, |config| config.clock = || 1_000 + 6 * DAY_MS).await;
    bench.post(event(4)).await;
    assert_eq!(bench.metric("switchboard_relay_floor{").await, 1, "younger than a week");
    let bench = restart(&f, bench, |config| config.clock = || 1_001 + 7 * DAY_MS).await;
    until_floor(&bench, 3).await;
    let entries = read(&mut bench.connect(1).await, 3).await;
    assert_eq!((entries[0].kind, seqs(&entries)), (EntryKind::Gap, vec![2, 3, 4]));
}

pub async fn who_was_away_for_a_month_is_told_of_the_gap(f: Fixture) {
    let bench = start(&f, |config| config.clock = || 1_000).await;
    for number in 1..=3 {
        bench.post(event(number)).await;
    }
    let bench = restart(&f, bench, |config| config.clock = || 1_000 + 29 * DAY_MS).await;
    bench.post(event(4)).await;
    assert_eq!(bench.metric("switchboard_relay_floor{").await, 1, "it may still come");
    let bench = restart(&f, bench, |config| config.clock = || 1_000 + 31 * DAY_MS).await;
    until_floor(&bench, 4).await;
    let entries = read(&mut bench.connect(0).await, 2).await;
    assert_eq!((entries[0].kind, bodies(&entries[1..])), (EntryKind::Gap, vec![event(4)]));
}

pub async fn a_clock_a_year_ahead_drops_nothing(f: Fixture) {
    use std::sync::atomic::{AtomicI64, Ordering};
    // The two engines run in processes of their own under nextest, and by turns under `cargo test`.
    static NOW_MS: AtomicI64 = AtomicI64::new(0);
    static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _turn = TURN.lock().await;
    let start_ms = 1_000 * DAY_MS;
    NOW_MS.store(start_ms, Ordering::Relaxed);
    let bench = start(&f, |config| {
        config.clock = || NOW_MS.load(Ordering::Relaxed);
        config.limits.purge_every = Duration::from_millis(20);
    })
    .await;
    bench.post(event(1)).await;
    NOW_MS.store(start_ms + 365 * DAY_MS, Ordering::Relaxed);
    bench.post(event(2)).await;
    // An upkeep that believed the clock would have run now: the count of refused signatures is kept in the same round.
    bench.post_signed(event(9), "sha256=00").await;
    let upkeep = async { while bench.relay.log().add_bad_signatures(DESK, 0).await != Ok(1) {} };
    timeout(PATIENCE, upkeep).await.expect("the upkeep runs");
    NOW_MS.store(start_ms - 365 * DAY_MS, Ordering::Relaxed);
    bench.post(event(3)).await;
    bench.post_signed(event(9), "sha256=00").await;
    let upkeep = async { while bench.relay.log().add_bad_signatures(DESK, 0).await != Ok(2) {} };
    timeout(PATIENCE, upkeep).await.expect("the upkeep runs");
    assert_eq!(bodies(&read(&mut bench.connect(0).await, 3).await), [event(1), event(2), event(3)]);
    let entries = bench.relay.log().read(DESK, RelaySeq::START, ALL).await.unwrap();
    assert!(entries.iter().all(|entry| entry.received_ms >= start_ms), "none is stamped as older than it is");
}

pub async fn at_the_size_limit_the_answer_is_503_and_nothing_is_dropped(f: Fixture) {
    let bench = start(&f, |config| config.limits.max_log_bytes = 1_024 * 1_024).await;
    let big = |number| format!("{}{}", " ".repeat(100_000), event(number));
    let mut stored = 0;
    while bench.post(big(stored)).await == 200 {
        stored += 1;
        assert!(stored < 50, "a limit of 1 MiB holds no 50 events of 100 kB");
    }
    assert_eq!(bench.post(event(99)).await, 503, "Meta tries again");
    let entries = read(&mut bench.connect(0).await, stored).await;
    assert_eq!(bodies(&entries), (0..stored).map(big).collect::<Vec<_>>(), "everything that got 200 is there");
    let upto = RelaySeq::new(stored as u64);
    let purged = bench.relay.log().purge(DESK, upto, Age { before_ms: i64::MAX, now_ms: i64::MAX }).await;
    assert_eq!(purged, Ok(stored as u64));
    assert_eq!(bench.post(event(100)).await, 200, "and goes on when there is room");
}

pub async fn notes_of_one_console_reach_the_others_once(f: Fixture) {
    let bench = start(&f, |_| {}).await;
    let office = bench.another("Office").await;
    let mut writing = bench.connect(0).await;
    let mut reading = RelayClient::connect(&office, RelaySeq::START, &ClientOptions::default()).await.unwrap();
    let note = PlainNote { id: b"opt-out-1".to_vec(), payload: b"contents".to_vec() };
    while writing.next_event().await != RelayEvent::EpochBegan {}
    assert!(writing.note(note.clone()).await.unwrap() && writing.note(note).await.unwrap());
    let entries = read(&mut reading, 1).await;
    assert_eq!(entries[0].open().unwrap(), Payload::Note(b"contents".to_vec()));
    bench.post(event(1)).await;
    assert_eq!(read(&mut reading, 1).await[0].kind, EntryKind::Webhook, "not the note again");
}

pub async fn the_lease_is_one_and_kept_in_the_log(f: Fixture) {
    let bench = start(&f, |_| {}).await;
    let office = bench.another("Office").await;
    let mut first = bench.connect(0).await;
    let mut second = RelayClient::connect(&office, RelaySeq::START, &ClientOptions::default()).await.unwrap();
    first.lease(LeaseRequest { wish: LeaseWish::Claim, term: 0 }).await.unwrap();
    let leases = |entries: &[switchboard_relay_api::Entry]| match entries[0].open().unwrap() {
        Payload::Lease(lease) => (lease.term, lease.holder, lease.granted),
        other => panic!("no lease: {other:?}"),
    };
    assert_eq!(leases(&read(&mut second, 1).await), (1, "console-1".to_owned(), true));
    second.lease(LeaseRequest { wish: LeaseWish::Claim, term: 0 }).await.unwrap();
    second.lease(LeaseRequest { wish: LeaseWish::TakeOver, term: 1 }).await.unwrap();
    assert_eq!(
        leases(&read(&mut second, 1).await),
        (2, office.device().to_owned(), false),
        "not while the first sends"
    );
    first.lease(LeaseRequest { wish: LeaseWish::LetGo, term: 2 }).await.unwrap();
    assert_eq!(leases(&read(&mut second, 1).await), (2, office.device().to_owned(), true));
    let bench = restart(&f, bench, |_| {}).await;
    let record = f_desks(&f, &bench).await.load(DESK).await.unwrap().unwrap().0;
    assert_eq!(record.lease.map(|lease| lease.holder).as_deref(), Some(office.device()));
}
