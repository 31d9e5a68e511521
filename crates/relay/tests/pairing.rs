//! Who is let in and who is not: links, approval by words, removal, epochs, the sending lease, and what lies on the disk.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::time::Duration;

use common::*;
use switchboard_relay::desk_admin;
use switchboard_relay::desks::{DeskStore, SqliteDesks};
use switchboard_relay_api::client::PlainNote;
use switchboard_relay_api::pairing::{DeskClient, DeviceState, PairAnswer, PairingLink};
use switchboard_relay_api::sealing::comparison_words;
use switchboard_relay_api::{
    ClientOptions, CloseCode, CloseReason, DeviceKey, EntryKind, LeaseWish, PairError, RelayClient, RelayEndpoint,
    RelayEvent, RelayLink, RelaySeq, RelayState,
};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

async fn connect(console: &RelayEndpoint) -> Result<RelayClient, CloseReason> {
    RelayClient::connect(console, RelaySeq::START, &ClientOptions::default()).await.map_err(|error| error.0)
}

fn client(console: &RelayEndpoint) -> DeskClient {
    DeskClient::new(console.address()).unwrap()
}

async fn log_id(bench: &Bench) -> Vec<u8> {
    let store = SqliteDesks::open(&bench.folder.path().join("data")).unwrap();
    store.load(DESK).await.unwrap().unwrap().0.log_id()
}

#[tokio::test]
async fn a_link_lets_one_console_in_once() {
    let bench = Bench::start().await;
    let link = bench.relay.pairing_link(DESK).await.unwrap();
    let (console, _) = pair_by(&link, "Office").await;
    assert!(connect(&console).await.is_ok());
    let key = DeviceKey::generate().unwrap();
    assert_eq!(client(&console).pair(&link, "Thief", &key).await.err(), Some(PairError::Code));
}

#[tokio::test]
async fn a_link_to_another_log_is_noticed() {
    let (one, two) = (Bench::start().await, Bench::start_unpaired(|_| {}).await);
    let link = one.relay.pairing_link(DESK).await.unwrap().to_string();
    let other = two.relay.pairing_link(DESK).await.unwrap();
    // As if the address of the first led to the second, with a code that the second knows.
    let forged = other
        .to_string()
        .replace(other.fingerprint(), link.parse::<switchboard_relay_api::PairingLink>().unwrap().fingerprint());
    let forged = forged.parse().unwrap();
    let key = DeviceKey::generate().unwrap();
    let paired = DeskClient::new(other.address()).unwrap().pair(&forged, "Office", &key).await;
    assert_eq!(paired.err(), Some(PairError::AnotherRelay));
    assert_eq!(two.post(event(1)).await, 503, "nothing is sealed to a key that was thrown away");
    assert!(client_at(&two, &other).await.is_ok(), "the link is still good for the console that it is for");
}

async fn client_at(bench: &Bench, link: &PairingLink) -> Result<PairAnswer, PairError> {
    let key = DeviceKey::generate().unwrap();
    assert_eq!(link.address().base(), bench.relay.url());
    DeskClient::new(link.address()).unwrap().pair(link, "Front desk", &key).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_further_console_is_let_in_by_a_paired_one_after_comparing_words() {
    let bench = Bench::start().await;
    bench.post(event(1)).await;
    let (link, _) = client(&bench.console).new_link(&bench.console, &log_id(&bench).await).await.unwrap();
    let key = DeviceKey::generate().unwrap();
    let answer = client(&bench.console).pair(&link, "Office", &key).await.unwrap();
    assert_eq!(answer.state, DeviceState::Pending);
    let office = RelayEndpoint::new(link.address().clone(), &answer.device, answer.token.into(), key.clone()).unwrap();
    assert_eq!(connect(&office).await.err(), Some(CloseReason::Refused(CloseCode::Pending)));
    assert!(!CloseReason::Refused(CloseCode::Pending).needs_operator(), "it looks again by itself");

    let listed = client(&bench.console).devices(&bench.console).await.unwrap();
    let pending = listed.devices.iter().find(|device| device.state == DeviceState::Pending).unwrap();
    assert_eq!(comparison_words(DESK, &pending.public_key), comparison_words(DESK, &key.public()));
    assert!(client(&bench.console).devices(&office).await.is_err(), "who waits sees nothing of the desk");

    let another = DeviceKey::generate().unwrap().public();
    let refused = client(&bench.console).approve(&bench.console, &pending.id, another).await;
    assert!(matches!(refused, Err(PairError::Refused(_))), "{refused:?}");
    client(&bench.console).approve(&bench.console, &pending.id, pending.public_key).await.unwrap();

    bench.post(event(2)).await;
    let mut console = connect(&office).await.unwrap();
    assert_eq!(bodies(&read(&mut console, 1).await), [event(2)], "it reads from there, not what came before");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_console_cannot_read_what_came_after() {
    let bench = Bench::start().await;
    let office = bench.another("Office").await;
    bench.post(event(1)).await;
    client(&bench.console).revoke(&bench.console, office.device()).await.unwrap();
    bench.post(event(2)).await;
    assert_eq!(connect(&office).await.err(), Some(CloseReason::Refused(CloseCode::Revoked)));
    assert_eq!(bodies(&read(&mut bench.connect(0).await, 2).await), [event(1), event(2)]);
    // With the disk in hand it does not read it either: the epoch of the second event is not wrapped to it.
    let store = SqliteDesks::open(&bench.folder.path().join("data")).unwrap();
    let epochs = [store.last_epoch(DESK).await.unwrap() - 1, store.last_epoch(DESK).await.unwrap()];
    let mut readers = Vec::new();
    for epoch in epochs {
        let record = store.epoch(DESK, epoch).await.unwrap().unwrap();
        readers.push(record.keys.iter().any(|key| key.device == office.device()));
    }
    assert_eq!(readers, [true, false]);
    let sealed = bench.relay.log().read(
        DESK,
        RelaySeq::START,
        switchboard_relay::log::ReadLimit { entries: 100, bytes: u64::MAX },
    );
    let last = sealed.await.unwrap().into_iter().rfind(|entry| entry.kind == EntryKind::Webhook).unwrap();
    assert_eq!(last.epoch, epochs[1]);
}

#[tokio::test]
async fn the_only_console_is_not_removed_over_the_network() {
    let bench = Bench::start().await;
    let refused = client(&bench.console).revoke(&bench.console, bench.console.device()).await;
    assert!(matches!(refused, Err(PairError::Refused(_))), "{refused:?}");
}

#[tokio::test]
async fn consoles_are_listed_with_their_names() {
    let bench = Bench::start().await;
    let office = bench.another("Office").await;
    client(&office).rename(&office, office.device(), "Back office").await.unwrap();
    let listed = client(&bench.console).devices(&bench.console).await.unwrap().devices;
    let names: Vec<(&str, bool)> = listed.iter().map(|device| (device.name.as_str(), device.is_self)).collect();
    assert_eq!(names, [("Front desk", true), ("Back office", false)]);
    assert_eq!(client(&bench.console).devices(&stranger(&bench.relay.url(), DESK)).await, Err(PairError::Unauthorized));
}

#[tokio::test]
async fn what_was_sealed_before_a_restart_is_read_after_it() {
    let bench = Bench::start().await;
    bench.post(event(1)).await;
    let bench = bench.restart(|_| {}).await;
    bench.post(event(2)).await;
    let entries = read(&mut bench.connect(0).await, 2).await;
    assert_eq!(bodies(&entries), [event(1), event(2)]);
}

#[tokio::test]
async fn without_a_console_there_is_nothing_to_seal_for_and_meta_is_to_come_back() {
    let bench = Bench::start_unpaired(|_| {}).await;
    assert_eq!(bench.post(event(1)).await, 503);
    assert_eq!(bench.metric("switchboard_relay_unpaired_total{").await, 1);
    pair(&bench.relay, "Front desk").await;
    assert_eq!(bench.post(event(1)).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_relay_follows_the_operators_commands() {
    let bench = Bench::start().await;
    let store = SqliteDesks::open(&bench.folder.path().join("data")).unwrap();
    let link = desk_admin::pairing_link(&store, &bench.relay.url(), DESK).await.unwrap();
    let (office, _) = pair_by(&link, "Office").await;
    let mut console = connect(&office).await.unwrap();
    desk_admin::revoke(&store, DESK, office.device()).await.unwrap();
    let cut_off = async {
        loop {
            if let RelayEvent::Closed(reason) = console.next_event().await {
                break reason;
            }
        }
    };
    let reason = timeout(Duration::from_secs(20), cut_off).await.expect("within a second or so");
    assert_eq!(reason, CloseReason::Refused(CloseCode::Revoked));
    let states: Vec<_> = desk_admin::devices(&store, DESK).await.unwrap().iter().map(|device| device.state).collect();
    assert_eq!(states, [DeviceState::Active, DeviceState::Revoked]);
}

struct Console {
    link: RelayLink,
    events: mpsc::UnboundedReceiver<RelayEvent>,
    state: watch::Receiver<RelayState>,
}

impl Console {
    async fn open(endpoint: &RelayEndpoint) -> Self {
        let (link, events) = RelayLink::start(endpoint.clone(), RelaySeq::START, ClientOptions::default());
        let mut state = link.state();
        state.wait_for(RelayState::is_connected).await.unwrap();
        Self { link, events, state }
    }

    /// Until this is true of the lease; what comes meanwhile is committed.
    async fn until(&mut self, is: impl Fn(&RelayState) -> bool) {
        let waiting = async {
            while !is(&self.state.borrow_and_update()) {
                tokio::select! {
                    changed = self.state.changed() => changed.unwrap(),
                    event = self.events.recv() => {
                        if let Some(RelayEvent::Batch(entries)) = event {
                            self.link.ack(entries.last().unwrap().seq);
                        }
                    }
                }
            }
        };
        timeout(Duration::from_secs(20), waiting).await.expect("the lease changed");
    }

    fn sends(state: &RelayState) -> bool {
        state.lease.as_ref().is_some_and(|lease| lease.is_for(&state.device))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_console_sends_and_another_takes_over_when_it_let_go() {
    let bench = Bench::start().await;
    let office = bench.another("Office").await;
    let (mut till, mut office) = (Console::open(&bench.console).await, Console::open(&office).await);
    till.link.lease(LeaseWish::Claim);
    till.until(Console::sends).await;
    office.until(|state| state.lease.as_ref().is_some_and(|lease| lease.granted)).await;
    office.link.lease(LeaseWish::Claim);
    office.link.lease(LeaseWish::TakeOver);
    till.until(|state| state.lease.as_ref().is_some_and(|lease| lease.waits_for(&state.device))).await;
    office.until(|state| state.lease.as_ref().is_some_and(|lease| lease.term == 2)).await;
    assert!(!Console::sends(&office.state.borrow()), "the one before has sends in flight");
    till.link.lease(LeaseWish::LetGo);
    office.until(Console::sends).await;
    till.until(|state| state.lease.as_ref().is_some_and(|lease| lease.granted)).await;
    assert!(!Console::sends(&till.state.borrow()));
    let bench = bench.restart(|_| {}).await;
    office.until(|state| state.is_connected() && Console::sends(state)).await;
    drop(bench);
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_are_sealed_anew_when_the_readers_change_and_reach_everybody() {
    let bench = Bench::start().await;
    let mut till = Console::open(&bench.console).await;
    till.link.note(PlainNote { id: b"one".to_vec(), payload: b"first".to_vec() });
    till.until(|state| state.notes.get() >= 1 && state.caught_up()).await;
    let office = bench.another("Office").await;
    let office = Console::open(&office).await;
    till.link.note(PlainNote { id: b"two".to_vec(), payload: b"second".to_vec() });
    let mut events = office.events;
    let seen = async {
        loop {
            if let Some(RelayEvent::Batch(entries)) = events.recv().await {
                let notes: Vec<_> = entries.iter().filter(|entry| entry.kind == EntryKind::Note).collect();
                if let Some(note) = notes.last() {
                    break note.open().unwrap();
                }
            }
        }
    };
    let note = timeout(Duration::from_secs(20), seen).await.expect("the note arrives");
    assert_eq!(note, switchboard_relay_api::Payload::Note(b"second".to_vec()));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_went_through_lies_open_in_the_data_folder() {
    let bench = Bench::start().await;
    let text = r#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"value":"from 14165550123: a secret text"}]}]}"#;
    for _ in 0..50 {
        assert_eq!(bench.post(text).await, 200);
    }
    let mut till = Console::open(&bench.console).await;
    till.link.note(PlainNote { id: b"one".to_vec(), payload: b"opt-out of 16045550145".to_vec() });
    till.until(|state| state.notes.get() > 0 && state.caught_up()).await;
    till.link.stop().await;
    let token = bench.token.clone();
    let folder = bench.folder;
    bench.relay.stop().await.unwrap();
    for file in std::fs::read_dir(folder.path().join("data")).unwrap().map(Result::unwrap) {
        let bytes = std::fs::read(file.path()).unwrap();
        for secret in ["14165550123", "a secret text", "16045550145", APP_SECRET, VERIFY_TOKEN, &token] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret:?} lies open in {file:?}");
        }
    }
}
