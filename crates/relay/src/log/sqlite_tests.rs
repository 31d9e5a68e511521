#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]
use futures::future::join_all;
use rusqlite::TransactionBehavior;
use switchboard_relay_api::{EpochSecret, Note, Payload};
use tempfile::TempDir;

use super::*;
use crate::log::EpochSeal;

const DESK: &str = "shop";
const ALL: ReadLimit = ReadLimit { entries: 1_000, bytes: u64::MAX };

fn open(folder: &TempDir) -> SqliteLog {
    SqliteLog::open(folder.path(), &[DESK.to_owned(), "other".to_owned()], u64::MAX).unwrap()
}

fn entry_at(received_ms: i64) -> NewEntry {
    NewEntry::roster(received_ms, 1)
}

fn note(id: &[u8]) -> NewEntry {
    NewEntry::note(1, Note { id: id.to_vec(), sealed: vec![1], epoch: 1, nonce: vec![2; 24] }, 1)
}

fn before(before_ms: i64) -> Age {
    Age { before_ms, now_ms: before_ms }
}

async fn fill(log: &SqliteLog, entries: i64) {
    for received_ms in 1..=entries {
        log.append(DESK, entry_at(received_ms)).await.unwrap();
    }
}

async fn seqs(log: &SqliteLog, after: u64, limit: ReadLimit) -> Vec<u64> {
    log.read(DESK, RelaySeq::new(after), limit).await.unwrap().iter().map(|entry| entry.seq.get()).collect()
}

#[tokio::test]
async fn appends_that_wait_together_share_one_sync() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder);
    // Another connection holds the write lock until all three are in the queue.
    let mut other = Connection::open(folder.path().join(DATABASE_FILE)).unwrap();
    let held = other.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
    let appends = [1, 2, 3].map(|at| log.append(DESK, entry_at(at)));
    held.rollback().unwrap();
    let seqs = join_all(appends).await;
    assert_eq!(seqs, [1, 2, 3].map(|seq| Ok(RelaySeq::new(seq))));
    assert_eq!(log.commits(), 1);
}

#[tokio::test]
async fn a_reopened_log_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder);
    fill(&log, 3).await;
    log.acknowledge(DESK, "console", RelaySeq::new(2), 50).await.unwrap();
    drop(log);
    let log = open(&folder);
    assert_eq!(log.append(DESK, entry_at(4)).await, Ok(RelaySeq::new(4)));
    assert_eq!(seqs(&log, 0, ALL).await, [1, 2, 3, 4]);
    let cursor = DeviceCursor { device: "console".to_owned(), acked: RelaySeq::new(2), seen_ms: 50 };
    assert_eq!(log.cursors(DESK).await, Ok(vec![cursor]));
}

#[tokio::test]
async fn desks_count_for_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder);
    fill(&log, 2).await;
    assert_eq!(log.append("other", entry_at(1)).await, Ok(RelaySeq::new(1)));
    assert_eq!(log.append("nobody", entry_at(1)).await, Err(LogError::UnknownDesk));
    assert_eq!(log.read("nobody", RelaySeq::START, ALL).await, Err(LogError::UnknownDesk));
}

#[tokio::test]
async fn reading_stops_at_either_limit_but_always_gets_on() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder);
    fill(&log, 5).await;
    assert_eq!(seqs(&log, 1, ReadLimit { entries: 2, bytes: u64::MAX }).await, [2, 3]);
    assert_eq!(seqs(&log, 1, ReadLimit { entries: 9, bytes: 1 }).await, [2]);
    assert_eq!(seqs(&log, 5, ALL).await, Vec::<u64>::new());
}

#[tokio::test]
async fn an_acknowledgement_never_moves_back() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder);
    fill(&log, 3).await;
    log.acknowledge(DESK, "console", RelaySeq::new(3), 2).await.unwrap();
    log.acknowledge(DESK, "console", RelaySeq::new(1), 1).await.unwrap();
    let cursors = log.cursors(DESK).await.unwrap();
    assert_eq!((cursors[0].acked.get(), cursors[0].seen_ms), (3, 2));
}

#[tokio::test]
async fn only_what_is_old_and_asked_for_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder);
    fill(&log, 10).await;
    assert_eq!(log.purge(DESK, RelaySeq::START, before(100)).await, Ok(0), "somebody has read nothing");
    assert_eq!(log.purge(DESK, RelaySeq::new(4), before(3)).await, Ok(2), "entries 1 and 2 are old enough");
    assert_eq!(log.purge(DESK, RelaySeq::new(4), before(100)).await, Ok(2));
    assert_eq!(log.purge(DESK, RelaySeq::new(4), before(100)).await, Ok(0), "and nothing twice");
    let extent = Extent { head: RelaySeq::new(10), floor: RelaySeq::new(5), notes: RelaySeq::START };
    assert_eq!(log.extent(DESK), Ok(extent));
}

#[tokio::test]
async fn the_last_note_is_known_and_the_same_note_comes_once() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder);
    fill(&log, 2).await;
    assert_eq!(log.append(DESK, note(b"a")).await, Ok(RelaySeq::new(3)));
    fill(&log, 1).await;
    assert_eq!(log.append(DESK, note(b"a")).await, Ok(RelaySeq::new(3)));
    assert_eq!(log.append("other", note(b"a")).await, Ok(RelaySeq::new(1)), "another desk's notes are its own");
    assert_eq!(log.extent(DESK).unwrap().notes, RelaySeq::new(3));
    drop(log);
    assert_eq!(open(&folder).extent(DESK).unwrap().notes, RelaySeq::new(3));
}

#[tokio::test]
async fn nothing_of_a_webhook_lies_open_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder);
    let seal = Arc::new(EpochSeal::new(DESK, EpochSecret::generate(7).unwrap(), 1));
    let payload = switchboard_relay_api::payload::encode_webhook(b"a text from 14165550123", "sha256=00");
    log.append(DESK, NewEntry::webhook(1, payload, seal)).await.unwrap();
    let entry = log.read(DESK, RelaySeq::START, ALL).await.unwrap().remove(0);
    assert_eq!((entry.epoch, entry.nonce.len()), (7, 24));
    for file in std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap) {
        let bytes = std::fs::read(file.path()).unwrap();
        assert!(!bytes.windows(11).any(|window| window == b"14165550123"), "{file:?}");
    }
}

#[tokio::test]
async fn a_damaged_page_costs_its_own_entries_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder);
    let seal = Arc::new(EpochSeal::new(DESK, EpochSecret::generate(1).unwrap(), 1));
    for _ in 0..200 {
        log.append(DESK, NewEntry::webhook(1, vec![7; 700], Arc::clone(&seal))).await.unwrap();
    }
    drop(log);
    // Somewhere in the middle of the entries, one page that the disk gives back wrong.
    const PAGE_BYTES: usize = 4096;
    let path = folder.path().join(DATABASE_FILE);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / PAGE_BYTES / 2 * PAGE_BYTES;
    bytes[middle..middle + PAGE_BYTES].fill(0xa5);
    std::fs::write(&path, &bytes).unwrap();
    let log = open(&folder);
    let mut entries = Vec::new();
    let mut after = RelaySeq::START;
    while after < log.extent(DESK).unwrap().head {
        let more = log.read(DESK, after, ALL).await.unwrap();
        after = more.last().unwrap().seq;
        entries.extend(more);
    }
    let lost: u64 = entries
        .iter()
        .filter_map(|entry| match entry.open() {
            Ok(Payload::Gap(gap)) => Some(gap.to.since(gap.from) + 1),
            _ => None,
        })
        .sum();
    let kept = entries.iter().filter(|entry| entry.epoch == 1).count() as u64;
    assert_eq!(kept + lost, 200);
    assert!((1..=8).contains(&lost), "{lost} entries lie on one page");
    assert_eq!(log.damaged(), lost, "and it is told");
    assert_eq!(log.append(DESK, entry_at(1)).await, Ok(RelaySeq::new(201)));
}

#[tokio::test]
async fn a_reader_from_before_the_floor_is_told_what_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder);
    fill(&log, 5).await;
    log.purge(DESK, RelaySeq::new(3), before(100)).await.unwrap();
    let entries = log.read(DESK, RelaySeq::new(1), ALL).await.unwrap();
    let gap = switchboard_relay_api::GapPayload { from: RelaySeq::new(2), to: RelaySeq::new(3) };
    assert_eq!(entries[0].open().unwrap(), Payload::Gap(gap));
    assert_eq!(entries.iter().map(|entry| entry.seq.get()).collect::<Vec<_>>(), [3, 4, 5]);
}

#[tokio::test]
async fn an_emptied_log_keeps_counting_and_reports_the_gap() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder);
    fill(&log, 3).await;
    assert_eq!(log.purge(DESK, RelaySeq::new(3), before(100)).await, Ok(3));
    drop(log);
    let log = open(&folder);
    assert_eq!(
        log.extent(DESK),
        Ok(Extent { head: RelaySeq::new(3), floor: RelaySeq::new(4), notes: RelaySeq::START })
    );
    assert_eq!(seqs(&log, 0, ALL).await, [3], "one gap that stands for all three");
    assert_eq!(log.append(DESK, entry_at(4)).await, Ok(RelaySeq::new(4)));
}

#[tokio::test]
async fn a_full_log_refuses_appends_and_still_takes_acknowledgements() {
    let folder = tempfile::tempdir().unwrap();
    let log = SqliteLog::open(folder.path(), &[DESK.to_owned()], 1).unwrap();
    assert_eq!(log.append(DESK, entry_at(1)).await, Err(LogError::Full));
    assert_eq!(log.health(), Err(LogError::Full));
    assert_eq!(log.acknowledge(DESK, "a", RelaySeq::START, 1).await, Ok(()));
    assert_eq!(log.extent(DESK).unwrap().head, RelaySeq::START);
}

#[tokio::test]
async fn a_storage_that_fails_refuses_and_works_again_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder);
    let other = Connection::open(folder.path().join(DATABASE_FILE)).unwrap();
    other.execute_batch("ALTER TABLE log RENAME TO elsewhere").unwrap();
    assert!(matches!(log.append(DESK, entry_at(1)).await, Err(LogError::Broken(_))));
    assert!(log.health().is_err());
    other.execute_batch("ALTER TABLE elsewhere RENAME TO log").unwrap();
    assert_eq!(log.append(DESK, entry_at(1)).await, Ok(RelaySeq::new(1)));
    assert_eq!(log.health(), Ok(()));
}

#[tokio::test]
async fn a_second_relay_on_the_same_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let _log = open(&folder);
    let second = SqliteLog::open(folder.path(), &[DESK.to_owned()], u64::MAX);
    assert!(matches!(second, Err(OpenError::InUse { .. })));
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_on_the_machine_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let log = open(&folder);
    fill(&log, 1).await;
    for file in std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap) {
        let holds_entries = file.file_name().to_string_lossy().starts_with(DATABASE_FILE);
        assert!(!holds_entries || file.metadata().unwrap().permissions().mode() & 0o077 == 0, "{file:?}");
    }
}
