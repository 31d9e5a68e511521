//! The log by itself.

use std::sync::Arc;

use futures::future::join_all;
use switchboard_relay::engine::Engine;
use switchboard_relay::log::{Age, EpochSeal, LogError, NewEntry, ReadLimit};
use switchboard_relay_api::{Entry, EntryKind, EpochSecret, GapPayload, Lease, Note, Payload, RelaySeq};

use crate::common::DESK;
use crate::{Fixture, OTHER, close};

const ALL: ReadLimit = ReadLimit { entries: u32::MAX, bytes: u64::MAX };
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A lease: an entry that is not sealed and belongs to no roster.
fn entry_at(received_ms: i64) -> NewEntry {
    NewEntry::roster(received_ms, 1)
}

fn seal() -> Arc<EpochSeal> {
    Arc::new(EpochSeal::new(DESK, EpochSecret::generate(7).unwrap(), 1))
}

fn note(id: &[u8]) -> NewEntry {
    NewEntry::note(1, Note { id: id.to_vec(), sealed: vec![1], epoch: 1, nonce: vec![2; 24] }, 1)
}

fn before(before_ms: i64) -> Age {
    Age { before_ms, now_ms: before_ms }
}

async fn fill(engine: &Engine, times: impl IntoIterator<Item = i64>) {
    for appended in join_all(times.into_iter().map(|at| engine.log.append(DESK, entry_at(at)))).await {
        appended.unwrap();
    }
}

async fn read_after(engine: &Engine, after: u64, limit: ReadLimit) -> Vec<Entry> {
    engine.log.read(DESK, RelaySeq::new(after), limit).await.unwrap()
}

async fn seqs(engine: &Engine, after: u64, limit: ReadLimit) -> Vec<u64> {
    read_after(engine, after, limit).await.iter().map(|entry| entry.seq.get()).collect()
}

fn gap(entry: &Entry) -> GapPayload {
    match entry.open().unwrap() {
        Payload::Gap(gap) => gap,
        other => panic!("no gap: {other:?}"),
    }
}

pub async fn numbers_are_gapless_and_in_the_order_of_the_calls(f: Fixture) {
    let engine = f.open().await;
    let appends: Vec<_> = (1..=2_000).map(|at| engine.log.append(DESK, entry_at(at))).collect();
    let given: Vec<u64> = join_all(appends).await.into_iter().map(|seq| seq.unwrap().get()).collect();
    assert_eq!(given, (1..=2_000).collect::<Vec<_>>());
    let entries = read_after(&engine, 0, ALL).await;
    let found: Vec<(u64, i64)> = entries.iter().map(|entry| (entry.seq.get(), entry.received_ms)).collect();
    assert_eq!(found, (1..=2_000).map(|n| (n as u64, n)).collect::<Vec<_>>());
    assert!(engine.log.commits() < 500, "appends that wait together share a commit: {}", engine.log.commits());
}

pub async fn a_log_opened_again_goes_on_where_it_was(f: Fixture) {
    let engine = f.open().await;
    fill(&engine, 1..=3).await;
    engine.log.append(DESK, note(b"a")).await.unwrap();
    engine.log.acknowledge(DESK, "console", RelaySeq::new(2), 50).await.unwrap();
    let before = engine.log.extent(DESK).unwrap();
    close(engine).await;
    let engine = f.open().await;
    assert_eq!(engine.log.extent(DESK).unwrap(), before);
    assert_eq!(engine.log.append(DESK, entry_at(4)).await, Ok(RelaySeq::new(5)));
    assert_eq!(seqs(&engine, 0, ALL).await, [1, 2, 3, 4, 5]);
    let cursors = engine.log.cursors(DESK).await.unwrap();
    assert_eq!((cursors[0].device.as_str(), cursors[0].acked.get(), cursors[0].seen_ms), ("console", 2, 50));
}

pub async fn every_desk_counts_for_itself(f: Fixture) {
    let engine = f.open().await;
    fill(&engine, 1..=2).await;
    assert_eq!(engine.log.append(OTHER, entry_at(1)).await, Ok(RelaySeq::new(1)));
    assert_eq!(engine.log.append(OTHER, note(b"a")).await, Ok(RelaySeq::new(2)));
    assert_eq!(engine.log.append(DESK, note(b"a")).await, Ok(RelaySeq::new(3)), "another desk's notes are its own");
    assert_eq!(engine.log.append("nobody", entry_at(1)).await, Err(LogError::UnknownDesk));
    assert_eq!(engine.log.read("nobody", RelaySeq::START, ALL).await, Err(LogError::UnknownDesk));
}

pub async fn reading_stops_at_either_limit_but_always_gets_on(f: Fixture) {
    let engine = f.open().await;
    fill(&engine, 1..=5).await;
    assert_eq!(seqs(&engine, 1, ReadLimit { entries: 2, bytes: u64::MAX }).await, [2, 3]);
    assert_eq!(seqs(&engine, 1, ReadLimit { entries: 9, bytes: 1 }).await, [2]);
    assert_eq!(seqs(&engine, 5, ALL).await, Vec::<u64>::new());
}

pub async fn an_acknowledgement_never_moves_back(f: Fixture) {
    let engine = f.open().await;
    fill(&engine, 1..=3).await;
    let acks = [(3, 2), (1, 9), (2, 1)].map(|(upto, at)| engine.log.acknowledge(DESK, "a", RelaySeq::new(upto), at));
    join_all(acks).await.into_iter().for_each(|ack| ack.unwrap());
    engine.log.acknowledge(DESK, "b", RelaySeq::new(1), 5).await.unwrap();
    let cursors = engine.log.cursors(DESK).await.unwrap();
    let seen: Vec<_> = cursors.iter().map(|c| (c.device.as_str(), c.acked.get(), c.seen_ms)).collect();
    assert_eq!(seen, [("a", 3, 9), ("b", 1, 5)]);
}

pub async fn only_what_is_old_and_asked_for_is_dropped(f: Fixture) {
    let engine = f.open().await;
    fill(&engine, 1..=10).await;
    let purge = |upto: u64, age| engine.log.purge(DESK, RelaySeq::new(upto), age);
    assert_eq!(purge(0, before(100)).await, Ok(0), "somebody has read nothing");
    assert_eq!(purge(4, before(3)).await, Ok(2), "entries 1 and 2 are old enough");
    assert_eq!(purge(4, before(100)).await, Ok(2));
    assert_eq!(purge(4, before(100)).await, Ok(0), "and nothing twice");
    let extent = engine.log.extent(DESK).unwrap();
    assert_eq!((extent.floor.get(), extent.head.get()), (5, 10));
    assert_eq!(seqs(&engine, 4, ALL).await, [5, 6, 7, 8, 9, 10]);
}

pub async fn a_reader_from_before_the_floor_is_told_what_is_gone(f: Fixture) {
    let engine = f.open().await;
    fill(&engine, 1..=5).await;
    engine.log.purge(DESK, RelaySeq::new(3), before(100)).await.unwrap();
    let entries = read_after(&engine, 1, ALL).await;
    assert_eq!(gap(&entries[0]), GapPayload { from: RelaySeq::new(2), to: RelaySeq::new(3) });
    assert_eq!(entries.iter().map(|entry| entry.seq.get()).collect::<Vec<_>>(), [3, 4, 5]);
}

pub async fn an_emptied_log_keeps_counting_and_reports_the_gap(f: Fixture) {
    let engine = f.open().await;
    fill(&engine, 1..=2).await;
    engine.log.append(DESK, note(b"a")).await.unwrap();
    assert_eq!(engine.log.purge(DESK, RelaySeq::new(3), before(100)).await, Ok(3));
    close(engine).await;
    let engine = f.open().await;
    let extent = engine.log.extent(DESK).unwrap();
    assert_eq!((extent.head.get(), extent.floor.get()), (3, 4));
    let entries = read_after(&engine, 0, ALL).await;
    assert_eq!(entries.len(), 1, "one gap that stands for all three");
    assert_eq!(gap(&entries[0]), GapPayload { from: RelaySeq::new(1), to: RelaySeq::new(3) });
    assert_eq!(engine.log.append(DESK, entry_at(4)).await, Ok(RelaySeq::new(4)));
    assert_eq!(seqs(&engine, 3, ALL).await, [4]);
}

pub async fn a_long_log_is_dropped_in_steps_and_read_from_anywhere(f: Fixture) {
    let engine = f.open().await;
    for chunk in 0..20 {
        fill(&engine, (chunk * 250 + 1)..=(chunk * 250 + 250)).await;
    }
    close(engine).await;
    // Opened again it knows of no places in the log, and must find them.
    let engine = f.open().await;
    for after in [0_u64, 1, 249, 250, 251, 2_499, 4_000, 4_998, 4_999] {
        let entries = read_after(&engine, after, ReadLimit { entries: 3, bytes: u64::MAX }).await;
        let expected: Vec<u64> = (after + 1..=5_000).take(3).collect();
        assert_eq!(entries.iter().map(|entry| entry.seq.get()).collect::<Vec<_>>(), expected);
        assert!(entries.iter().all(|entry| entry.kind == EntryKind::Roster));
    }
    let mut dropped = 0;
    loop {
        match engine.log.purge(DESK, RelaySeq::new(4_321), before(10_000)).await.unwrap() {
            0 => break,
            more => dropped += more,
        }
    }
    assert_eq!((dropped, engine.log.extent(DESK).unwrap().floor.get()), (4_321, 4_322));
    let entries = read_after(&engine, 4_000, ALL).await;
    assert_eq!(gap(&entries[0]), GapPayload { from: RelaySeq::new(4_001), to: RelaySeq::new(4_321) });
    assert_eq!(entries[1..].iter().map(|e| e.seq.get()).collect::<Vec<_>>(), (4_322..=5_000).collect::<Vec<_>>());
}

pub async fn clocks_that_jump_neither_reorder_nor_drop(f: Fixture) {
    let engine = f.open().await;
    let now = 1_000 * DAY_MS;
    let year = 365 * DAY_MS;
    // Sane, a year ahead, back to the beginning of time, sane again.
    let times = [now, now + year, now + year + 1, now + 1, 0, now + 2];
    fill(&engine, times).await;
    let entries = read_after(&engine, 0, ALL).await;
    assert_eq!(entries.iter().map(|e| e.received_ms).collect::<Vec<_>>(), times, "the order of the log is its own");
    let purge = |days: i64| {
        let now_ms = now + days * DAY_MS;
        engine.log.purge(DESK, RelaySeq::new(8), Age { before_ms: now_ms - 7 * DAY_MS, now_ms })
    };
    assert_eq!(purge(3).await, Ok(0), "the first is young, whatever those after it say");
    assert_eq!(purge(8).await, Ok(6), "what has an impossible time goes with those around it");
    fill(&engine, [now + 8 * DAY_MS, now + 2 * year]).await;
    assert_eq!(purge(16).await, Ok(1), "the last says nothing of its age and stays");
}

pub async fn the_same_note_comes_once_and_the_last_one_is_known(f: Fixture) {
    let engine = f.open().await;
    fill(&engine, 1..=2).await;
    assert_eq!(engine.log.append(DESK, note(b"a")).await, Ok(RelaySeq::new(3)));
    fill(&engine, 1..=1).await;
    let again = join_all((0..5).map(|_| engine.log.append(DESK, note(b"a")))).await;
    assert_eq!(again, vec![Ok(RelaySeq::new(3)); 5]);
    assert_eq!(engine.log.extent(DESK).unwrap().notes.get(), 3);
    let entries = read_after(&engine, 2, ALL).await;
    assert_eq!((entries.len(), entries[0].note_id.as_slice(), entries[0].kind), (2, b"a".as_slice(), EntryKind::Note));
    close(engine).await;
    let engine = f.open().await;
    assert_eq!(engine.log.extent(DESK).unwrap().notes.get(), 3);
    assert_eq!(engine.log.append(DESK, note(b"a")).await, Ok(RelaySeq::new(3)), "after a restart too");
}

pub async fn leases_count_as_notes(f: Fixture) {
    let engine = f.open().await;
    let lease = Lease { term: 1, holder: "console-1".to_owned(), granted: true, previous: String::new() };
    fill(&engine, 1..=1).await;
    engine.log.append(DESK, NewEntry::lease(2, &lease)).await.unwrap();
    fill(&engine, 3..=3).await;
    assert_eq!(engine.log.extent(DESK).unwrap().notes.get(), 2);
    assert_eq!(read_after(&engine, 1, ALL).await[0].open().unwrap(), Payload::Lease(lease));
}

pub async fn a_full_log_refuses_and_takes_again_when_there_is_room(f: Fixture) {
    const ROOM_BYTES: u64 = 512 * 1024;
    let engine = f.open_with_room(ROOM_BYTES).await;
    let seal = seal();
    let webhook = || NewEntry::webhook(1, vec![7; 20_000], Arc::clone(&seal));
    let mut stored = 0;
    let refused = loop {
        match engine.log.append(DESK, webhook()).await {
            Ok(seq) => stored = seq.get(),
            Err(error) => break error,
        }
        assert!(stored < 100, "a limit of 512 KiB holds no 100 entries of 20 kB");
    };
    assert!(stored >= 10, "{stored} entries of 20 kB fit into 512 KiB");
    assert_eq!(refused, LogError::Full);
    assert_eq!(engine.log.desk_health(DESK), Err(LogError::Full));
    assert_eq!(engine.log.extent(DESK).unwrap().head.get(), stored, "what was refused took no number");
    assert_eq!(engine.log.acknowledge(DESK, "a", RelaySeq::new(stored), 1).await, Ok(()));
    assert_eq!(seqs(&engine, 0, ALL).await.len() as u64, stored, "and nothing was dropped");
    assert_eq!(engine.log.purge(DESK, RelaySeq::new(stored), before(100)).await, Ok(stored));
    assert_eq!(engine.log.append(DESK, webhook()).await, Ok(RelaySeq::new(stored + 1)));
    assert_eq!(engine.log.desk_health(DESK), Ok(()));
}

pub async fn refused_signatures_are_added_up(f: Fixture) {
    let engine = f.open().await;
    assert_eq!(engine.log.add_bad_signatures(DESK, 0).await, Ok(0));
    assert_eq!(engine.log.add_bad_signatures(DESK, 3).await, Ok(3));
    assert_eq!(engine.log.add_bad_signatures(DESK, 4).await, Ok(7));
    close(engine).await;
    assert_eq!(f.open().await.log.add_bad_signatures(DESK, 0).await, Ok(7));
}

pub async fn large_entries_are_kept_whole(f: Fixture) {
    let engine = f.open().await;
    let secret = EpochSecret::generate(9).unwrap();
    let seal = Arc::new(EpochSeal::new(DESK, secret.clone(), 1));
    let bodies: Vec<Vec<u8>> = [1, 700_000, 4 * 1024 * 1024, 600].map(|bytes| vec![b'x'; bytes]).to_vec();
    let appends =
        bodies.iter().map(|body| engine.log.append(DESK, NewEntry::webhook(1, body.clone(), Arc::clone(&seal))));
    for appended in join_all(appends.collect::<Vec<_>>()).await {
        appended.unwrap();
    }
    for (entry, body) in read_after(&engine, 0, ALL).await.into_iter().zip(bodies) {
        let mut opened = entry.sealed;
        secret.open(DESK, EntryKind::Webhook, &entry.nonce, &mut opened).unwrap();
        assert!(opened == body, "{} bytes", body.len());
    }
}

pub async fn nothing_of_a_webhook_lies_open_on_the_disk(f: Fixture) {
    let engine = f.open().await;
    let payload = switchboard_relay_api::payload::encode_webhook(b"a text from 14165550123", "sha256=00");
    engine.log.append(DESK, NewEntry::webhook(1, payload, seal())).await.unwrap();
    let entry = read_after(&engine, 0, ALL).await.remove(0);
    assert_eq!((entry.epoch, entry.nonce.len()), (7, 24));
    close(engine).await;
    let files = f.files();
    assert!(!files.is_empty());
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(11).any(|window| window == b"14165550123"), "{file:?}");
    }
}

pub async fn a_closed_log_takes_nothing(f: Fixture) {
    let engine = f.open().await;
    let last = engine.log.append(DESK, entry_at(1));
    engine.log.close().await;
    assert_eq!(last.await, Ok(RelaySeq::new(1)), "what was queued is finished");
    assert_eq!(engine.log.append(DESK, entry_at(2)).await, Err(LogError::Closed));
}

pub async fn every_new_head_is_told(f: Fixture) {
    let engine = f.open().await;
    let mut heads = engine.log.heads(DESK).unwrap();
    assert_eq!(heads.borrow_and_update().get(), 0);
    let seq = engine.log.append(DESK, entry_at(1)).await.unwrap();
    assert_eq!(*heads.wait_for(|head| *head >= seq).await.unwrap(), seq);
    assert_eq!(seqs(&engine, 0, ALL).await, [1], "and what was told can be read");
}
