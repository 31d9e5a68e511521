#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]
use futures::future::join_all;
use rusqlite::TransactionBehavior;
use switchboard_relay_api::{EntryKind, Payload};
use tempfile::TempDir;

use super::*;

const DESK: &str = "shop";
const ALL: ReadLimit = ReadLimit { entries: 1_000, bytes: u64::MAX };

fn open(folder: &TempDir) -> SqliteLog {
    SqliteLog::open(folder.path(), &[DESK.to_owned(), "other".to_owned()], u64::MAX).unwrap()
}

fn entry_at(received_ms: i64) -> NewEntry {
    let sealed = received_ms.to_be_bytes().to_vec();
    NewEntry { kind: EntryKind::Note, received_ms, epoch: 0, nonce: Vec::new(), sealed, note_id: None }
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
async fn only_what_is_old_and_read_by_every_device_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder);
    fill(&log, 10).await;
    let devices = || vec!["a".to_owned(), "b".to_owned()];
    log.acknowledge(DESK, "a", RelaySeq::new(9), 1).await.unwrap();
    assert_eq!(log.purge(DESK, devices(), 100).await, Ok(0), "b has read nothing");
    log.acknowledge(DESK, "b", RelaySeq::new(4), 1).await.unwrap();
    assert_eq!(log.purge(DESK, Vec::new(), 100).await, Ok(0), "nobody reads this desk yet");
    assert_eq!(log.purge(DESK, devices(), 3).await, Ok(2), "entries 1 and 2 are old enough");
    assert_eq!(log.purge(DESK, devices(), 100).await, Ok(2), "b holds the rest");
    assert_eq!(log.extent(DESK), Ok(Extent { head: RelaySeq::new(10), floor: RelaySeq::new(5) }));
}

#[tokio::test]
async fn a_reader_from_before_the_floor_is_told_what_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder);
    fill(&log, 5).await;
    log.acknowledge(DESK, "a", RelaySeq::new(3), 1).await.unwrap();
    log.purge(DESK, vec!["a".to_owned()], 100).await.unwrap();
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
    log.acknowledge(DESK, "a", RelaySeq::new(3), 1).await.unwrap();
    assert_eq!(log.purge(DESK, vec!["a".to_owned()], 100).await, Ok(3));
    drop(log);
    let log = open(&folder);
    assert_eq!(log.extent(DESK), Ok(Extent { head: RelaySeq::new(3), floor: RelaySeq::new(4) }));
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
    other.execute_batch("ALTER TABLE entries RENAME TO elsewhere").unwrap();
    assert!(matches!(log.append(DESK, entry_at(1)).await, Err(LogError::Broken(_))));
    assert!(log.health().is_err());
    other.execute_batch("ALTER TABLE elsewhere RENAME TO entries").unwrap();
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
