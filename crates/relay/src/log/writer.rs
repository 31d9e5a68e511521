//! The one thread that writes, with group commit.
//!
//! A sync costs milliseconds and is the same for one row as for hundreds. So the writer takes the write lock, then
//! everything that is waiting by then, and commits once; each caller is answered after that commit. Under load the
//! groups grow by themselves, and a single request waits for no timer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, params};
use switchboard_relay_api::RelaySeq;
use tokio::sync::{oneshot, watch};

use super::reader::{from_column, to_column};
use super::{LogError, NewEntry};

/// Most jobs in one commit: bounds the time one caller waits for others.
const MAX_GROUP: usize = 512;

/// Most entries dropped by one purge job, so that receiving is not held up.
const MAX_PURGE: i64 = 2_000;

pub(super) type Reply<T> = oneshot::Sender<Result<T, LogError>>;

/// Something to write, and who waits for it.
pub(super) enum Job {
    Append { desk: Arc<Desk>, entry: NewEntry, reply: Reply<RelaySeq> },
    Acknowledge { desk: Arc<Desk>, device: String, upto: RelaySeq, now_ms: i64, reply: Reply<()> },
    Purge { desk: Arc<Desk>, devices: Vec<String>, before_ms: i64, reply: Reply<u64> },
    SaveBadSignatures { desk: Arc<Desk>, count: u64, reply: Reply<()> },
}

/// What of a desk is kept in memory: always what is committed, never ahead of it.
pub(super) struct Desk {
    pub(super) desk_id: i64,
    pub(super) head: watch::Sender<RelaySeq>,
    pub(super) floor: AtomicU64,
}

/// What the writer tells the outside.
#[derive(Default)]
pub(super) struct Gauges {
    pub(super) commits: AtomicU64,
    failing: Mutex<Option<LogError>>,
}

impl Gauges {
    pub(super) fn health(&self) -> Result<(), LogError> {
        match &*self.failing.lock().unwrap_or_else(PoisonError::into_inner) {
            None => Ok(()),
            Some(error) => Err(error.clone()),
        }
    }

    fn set_health(&self, health: Option<LogError>) {
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        if *failing != health {
            match &health {
                Some(error) => tracing::error!(%error, "relay log cannot write; answering 503 so that Meta retries"),
                None => tracing::info!("relay log writes again"),
            }
            *failing = health;
        }
    }
}

/// The thread's state. It ends when every sender of `jobs` is gone and the queue is empty.
pub(super) struct Writer {
    pub(super) conn: Connection,
    pub(super) jobs: Receiver<Job>,
    pub(super) gauges: Arc<Gauges>,
    pub(super) max_log_bytes: u64,
}

/// What became of a job inside the transaction.
enum Outcome {
    Appended(RelaySeq),
    Full,
    Acknowledged,
    Purged { dropped: u64, floor: RelaySeq },
    Saved,
}

impl Writer {
    pub(super) fn run(mut self) {
        while let Ok(first) = self.jobs.recv() {
            let mut group = vec![first];
            let result = self.commit(&mut group);
            match result {
                Ok((outcomes, full)) => {
                    self.gauges.commits.fetch_add(1, Ordering::Relaxed);
                    self.gauges.set_health(full.then_some(LogError::Full));
                    publish(&group, &outcomes);
                    group.into_iter().zip(outcomes).for_each(|(job, outcome)| answer(job, outcome));
                }
                Err(error) => {
                    let error = classify(&error);
                    self.gauges.set_health(Some(error.clone()));
                    group.into_iter().for_each(|job| refuse(job, error.clone()));
                }
            }
        }
        // What is still in the write-ahead file is moved into the log, so that a copy of the one file is whole.
        if let Err(error) = self.conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::debug!(%error, "checkpoint at the end was skipped");
        }
    }

    /// Does the group, and whatever else waits once the write lock is held, in one transaction.
    fn commit(&mut self, group: &mut Vec<Job>) -> Result<(Vec<Outcome>, bool), rusqlite::Error> {
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        while group.len() < MAX_GROUP
            && let Ok(job) = self.jobs.try_recv()
        {
            group.push(job);
        }
        let full = used_bytes(&tx)? >= self.max_log_bytes;
        let outcomes = group.iter().map(|job| perform(&tx, job, full)).collect::<Result<Vec<_>, _>>()?;
        tx.commit()?;
        Ok((outcomes, full))
    }
}

fn perform(tx: &Transaction<'_>, job: &Job, full: bool) -> Result<Outcome, rusqlite::Error> {
    match job {
        Job::Append { .. } if full => Ok(Outcome::Full),
        Job::Append { desk, entry, .. } => append(tx, desk.desk_id, entry).map(Outcome::Appended),
        Job::Acknowledge { desk, device, upto, now_ms, .. } => {
            tx.prepare_cached(
                "INSERT INTO cursors (desk_id, device, acked, seen_ms) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (desk_id, device)
                 DO UPDATE SET acked = max(acked, excluded.acked), seen_ms = max(seen_ms, excluded.seen_ms)",
            )?
            .execute(params![desk.desk_id, device, to_column(*upto), now_ms])?;
            Ok(Outcome::Acknowledged)
        }
        Job::Purge { desk, devices, before_ms, .. } => purge(tx, desk.desk_id, devices, *before_ms),
        Job::SaveBadSignatures { desk, count, .. } => {
            tx.prepare_cached("UPDATE desks SET bad_signatures = ?2 WHERE desk_id = ?1 AND bad_signatures < ?2")?
                .execute(params![desk.desk_id, i64::try_from(*count).unwrap_or(i64::MAX)])?;
            Ok(Outcome::Saved)
        }
    }
}

fn append(tx: &Transaction<'_>, desk_id: i64, entry: &NewEntry) -> Result<RelaySeq, rusqlite::Error> {
    if let Some(note_id) = &entry.note_id {
        let earlier: Option<i64> = tx
            .prepare_cached("SELECT seq FROM entries WHERE desk_id = ?1 AND note_id = ?2")?
            .query_row(params![desk_id, note_id], |row| row.get(0))
            .optional()?;
        if let Some(seq) = earlier {
            return Ok(from_column(seq));
        }
    }
    let seq: i64 = tx
        .prepare_cached("UPDATE desks SET head = head + 1 WHERE desk_id = ?1 RETURNING head")?
        .query_row(params![desk_id], |row| row.get(0))?;
    tx.prepare_cached(
        "INSERT INTO entries (desk_id, seq, kind, received_ms, epoch, nonce, sealed, note_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        desk_id,
        seq,
        entry.kind.code(),
        entry.received_ms,
        i64::try_from(entry.epoch).unwrap_or(i64::MAX),
        entry.nonce,
        entry.sealed,
        entry.note_id,
    ])?;
    Ok(from_column(seq))
}

fn purge(tx: &Transaction<'_>, desk_id: i64, devices: &[String], before_ms: i64) -> Result<Outcome, rusqlite::Error> {
    let (head, floor): (i64, i64) = tx
        .prepare_cached("SELECT head, floor FROM desks WHERE desk_id = ?1")?
        .query_row(params![desk_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut upto = if devices.is_empty() { 0 } else { head };
    for device in devices {
        let acked: Option<i64> = tx
            .prepare_cached("SELECT acked FROM cursors WHERE desk_id = ?1 AND device = ?2")?
            .query_row(params![desk_id, device], |row| row.get(0))
            .optional()?;
        upto = upto.min(acked.unwrap_or_default());
    }
    upto = upto.min(floor.saturating_add(MAX_PURGE).saturating_sub(1));
    // The oldest entry that is too young to go bounds the cut, so that what is dropped is always a prefix.
    // Nothing is written when nothing is dropped, so that an idle relay leaves the disk alone.
    let young: Option<i64> = tx
        .prepare_cached(
            "SELECT seq FROM entries WHERE desk_id = ?1 AND seq <= ?2 AND received_ms >= ?3 ORDER BY seq LIMIT 1",
        )?
        .query_row(params![desk_id, upto, before_ms], |row| row.get(0))
        .optional()?;
    if let Some(young) = young {
        upto = upto.min(young.saturating_sub(1));
    }
    let dropped =
        tx.prepare_cached("DELETE FROM entries WHERE desk_id = ?1 AND seq <= ?2")?.execute(params![desk_id, upto])?;
    let floor = floor.max(upto.saturating_add(1));
    tx.prepare_cached("UPDATE desks SET floor = ?2 WHERE desk_id = ?1 AND floor < ?2")?
        .execute(params![desk_id, floor])?;
    Ok(Outcome::Purged { dropped: dropped as u64, floor: from_column(floor) })
}

/// Bytes of the file that hold something; pages freed by a purge are used again.
fn used_bytes(tx: &Transaction<'_>) -> Result<u64, rusqlite::Error> {
    let pages = tx.prepare_cached("PRAGMA page_count")?.query_row([], |row| row.get::<_, i64>(0))?;
    let free = tx.prepare_cached("PRAGMA freelist_count")?.query_row([], |row| row.get::<_, i64>(0))?;
    let size = tx.prepare_cached("PRAGMA page_size")?.query_row([], |row| row.get::<_, i64>(0))?;
    Ok(u64::try_from(pages.saturating_sub(free).saturating_mul(size)).unwrap_or_default())
}

/// Moves the heads and floors that others see, after the commit and before anyone is answered.
fn publish(group: &[Job], outcomes: &[Outcome]) {
    for (job, outcome) in group.iter().zip(outcomes) {
        match (job, outcome) {
            (Job::Append { desk, .. }, Outcome::Appended(seq)) => {
                desk.head.send_if_modified(|head| {
                    let newer = *seq > *head;
                    if newer {
                        *head = *seq;
                    }
                    newer
                });
            }
            (Job::Purge { desk, .. }, Outcome::Purged { floor, .. }) => {
                desk.floor.store(floor.get(), Ordering::Relaxed);
            }
            _ => {}
        }
    }
}

fn answer(job: Job, outcome: Outcome) {
    // A caller that went away (its HTTP client hung up) needs no answer; the entry stays.
    match (job, outcome) {
        (Job::Append { reply, .. }, Outcome::Appended(seq)) => drop(reply.send(Ok(seq))),
        (Job::Append { reply, .. }, _) => drop(reply.send(Err(LogError::Full))),
        (Job::Purge { reply, .. }, Outcome::Purged { dropped, .. }) => drop(reply.send(Ok(dropped))),
        (Job::Purge { reply, .. }, _) => drop(reply.send(Ok(0))),
        (Job::Acknowledge { reply, .. } | Job::SaveBadSignatures { reply, .. }, _) => drop(reply.send(Ok(()))),
    }
}

fn refuse(job: Job, error: LogError) {
    match job {
        Job::Append { reply, .. } => drop(reply.send(Err(error))),
        Job::Purge { reply, .. } => drop(reply.send(Err(error))),
        Job::Acknowledge { reply, .. } | Job::SaveBadSignatures { reply, .. } => drop(reply.send(Err(error))),
    }
}

pub(super) fn classify(error: &rusqlite::Error) -> LogError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => LogError::Full,
        _ => LogError::Broken(error.to_string()),
    }
}
