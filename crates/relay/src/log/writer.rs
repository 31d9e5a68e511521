//! The one thread that writes, with group commit.
//!
//! A sync costs a fraction of a millisecond and is the same for one row as for hundreds. So the writer takes the write
//! lock, then everything that is waiting by then, seals it, and commits once; each caller is answered after that
//! commit. Under load the groups grow by themselves, and a single request waits for no timer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, params};
use switchboard_relay_api::{EntryKind, RelaySeq};
use tokio::sync::{oneshot, watch};

use super::reader::{self, from_column, seq_of, to_column, to_id};
use super::{Age, LogError, NewEntry};

/// Most jobs in one commit: bounds the time one caller waits for others.
const MAX_GROUP: usize = 512;

/// Most entries dropped by one purge job, so that receiving is not held up.
const MAX_PURGE: u64 = 2_000;

pub(super) type Reply<T> = oneshot::Sender<Result<T, LogError>>;

/// Something to write, and who waits for it.
pub(super) enum Job {
    Append { desk: Arc<Desk>, entry: Option<NewEntry>, reply: Reply<RelaySeq> },
    Acknowledge { desk: Arc<Desk>, device: String, upto: RelaySeq, now_ms: i64, reply: Reply<()> },
    Purge { desk: Arc<Desk>, upto: RelaySeq, age: Age, reply: Reply<u64> },
    AddBadSignatures { desk: Arc<Desk>, more: u64, reply: Reply<u64> },
}

/// What of a desk is kept in memory: always what is committed, never ahead of it.
pub(super) struct Desk {
    pub(super) desk_id: i64,
    pub(super) head: watch::Sender<RelaySeq>,
    pub(super) floor: AtomicU64,
    pub(super) notes: AtomicU64,
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
    /// A commit failed: the heads in memory may be behind the file and are looked up before the next append.
    pub(super) is_unsure: bool,
}

enum Outcome {
    Appended { seq: RelaySeq, is_note: bool },
    Refused(LogError),
    Acknowledged,
    Purged { dropped: u64, floor: RelaySeq },
    Counted(u64),
}

impl Writer {
    pub(super) fn run(mut self) {
        while let Ok(first) = self.jobs.recv() {
            // Dropping old entries may meet a damaged page; that must not take appends with it.
            if matches!(first, Job::Purge { .. }) {
                self.purge_alone(first);
                continue;
            }
            let mut group = vec![first];
            let mut left_over = None;
            let result = self.commit(&mut group, &mut left_over);
            match result {
                Ok((outcomes, full)) => {
                    self.gauges.commits.fetch_add(1, Ordering::Relaxed);
                    self.gauges.set_health(full.then_some(LogError::Full));
                    publish(&group, &outcomes);
                    group.into_iter().zip(outcomes).for_each(|(job, outcome)| answer(job, outcome));
                }
                Err(error) => {
                    let error = classify(&error);
                    self.is_unsure = true;
                    self.gauges.set_health(Some(error.clone()));
                    group.into_iter().for_each(|job| refuse(job, error.clone()));
                }
            }
            if let Some(purge) = left_over {
                self.purge_alone(purge);
            }
        }
        // What is still in the write-ahead file is moved into the log, so that a copy of the one file is whole.
        if let Err(error) = self.conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::debug!(%error, "checkpoint at the end was skipped");
        }
    }

    /// Does the group, and whatever else waits once the write lock is held, in one transaction. A purge that is met on
    /// the way ends the group and is left over.
    fn commit(
        &mut self,
        group: &mut Vec<Job>,
        left_over: &mut Option<Job>,
    ) -> Result<(Vec<Outcome>, bool), rusqlite::Error> {
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        while group.len() < MAX_GROUP
            && let Ok(job) = self.jobs.try_recv()
        {
            if matches!(job, Job::Purge { .. }) {
                *left_over = Some(job);
                break;
            }
            group.push(job);
        }
        let full = used_bytes(&tx)? >= self.max_log_bytes;
        let mut heads = Heads { known: HashMap::new(), look_up: self.is_unsure };
        let outcomes =
            group.iter_mut().map(|job| perform(&tx, job, full, &mut heads)).collect::<Result<Vec<_>, _>>()?;
        tx.commit()?;
        self.is_unsure = false;
        Ok((outcomes, full))
    }

    fn purge_alone(&mut self, job: Job) {
        let Job::Purge { desk, upto, age, reply } = job else { return };
        match purge(&mut self.conn, &desk, upto, age) {
            Ok(Outcome::Purged { dropped, floor }) => {
                desk.floor.store(floor.get(), Ordering::Relaxed);
                drop(reply.send(Ok(dropped)));
            }
            Ok(_) => drop(reply.send(Ok(0))),
            Err(error) => drop(reply.send(Err(classify(&error)))),
        }
    }
}

/// Where each desk's log ends within the group that is being written.
struct Heads {
    known: HashMap<i64, RelaySeq>,
    look_up: bool,
}

impl Heads {
    fn next(&mut self, tx: &Transaction<'_>, desk: &Desk) -> Result<RelaySeq, rusqlite::Error> {
        let head = match self.known.get(&desk.desk_id) {
            Some(head) => *head,
            None if self.look_up => reader::last(tx, desk.desk_id)?.max(*desk.head.borrow()),
            None => *desk.head.borrow(),
        };
        let next = head.next();
        self.known.insert(desk.desk_id, next);
        Ok(next)
    }
}

fn perform(tx: &Transaction<'_>, job: &mut Job, full: bool, heads: &mut Heads) -> Result<Outcome, rusqlite::Error> {
    match job {
        Job::Append { .. } if full => Ok(Outcome::Refused(LogError::Full)),
        Job::Append { desk, entry, .. } => match entry.take() {
            Some(entry) => append(tx, desk, entry, heads),
            None => Ok(Outcome::Refused(LogError::Closed)),
        },
        Job::Acknowledge { desk, device, upto, now_ms, .. } => {
            tx.prepare_cached(
                "INSERT INTO cursors (desk_id, device, acked, seen_ms) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (desk_id, device)
                 DO UPDATE SET acked = max(acked, excluded.acked), seen_ms = max(seen_ms, excluded.seen_ms)",
            )?
            .execute(params![desk.desk_id, &*device, to_column(*upto), *now_ms])?;
            Ok(Outcome::Acknowledged)
        }
        Job::AddBadSignatures { desk, more, .. } => {
            if *more > 0 {
                tx.prepare_cached("UPDATE desks SET bad_signatures = bad_signatures + ?2 WHERE desk_id = ?1")?
                    .execute(params![desk.desk_id, i64::try_from(*more).unwrap_or(i64::MAX)])?;
            }
            Ok(Outcome::Counted(reader::bad_signatures(tx, desk.desk_id)?))
        }
        Job::Purge { .. } => Ok(Outcome::Refused(LogError::Closed)),
    }
}

fn append(tx: &Transaction<'_>, desk: &Desk, entry: NewEntry, heads: &mut Heads) -> Result<Outcome, rusqlite::Error> {
    let is_note = matches!(entry.kind(), EntryKind::Note | EntryKind::Lease);
    if let Some(note_id) = entry.note_id() {
        let earlier: Option<i64> = tx
            .prepare_cached("SELECT id FROM log WHERE id >> 40 = ?1 AND note_id = ?2")?
            .query_row(params![desk.desk_id, note_id], |row| row.get(0))
            .optional()?;
        if let Some(id) = earlier {
            return Ok(Outcome::Appended { seq: seq_of(id), is_note });
        }
    }
    let stored = match entry.into_stored() {
        Ok(stored) => stored,
        Err(error) => return Ok(Outcome::Refused(LogError::Sealing(error))),
    };
    let seq = heads.next(tx, desk)?;
    tx.prepare_cached(
        "INSERT INTO log (id, kind, received_ms, epoch, nonce, sealed, note_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        to_id(desk.desk_id, seq),
        stored.kind.code(),
        stored.received_ms,
        i64::try_from(stored.epoch).unwrap_or(i64::MAX),
        stored.nonce,
        stored.sealed,
        stored.note_id,
    ])?;
    Ok(Outcome::Appended { seq, is_note })
}

fn purge(conn: &mut Connection, desk: &Desk, upto: RelaySeq, age: Age) -> Result<Outcome, rusqlite::Error> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let head = *desk.head.borrow();
    let floor = RelaySeq::new(desk.floor.load(Ordering::Relaxed));
    // Nothing is written when nothing is dropped, so that an idle relay leaves the disk alone.
    let Some(upto) = last_old(&tx, desk.desk_id, floor, upto.min(head), age)? else {
        return Ok(Outcome::Purged { dropped: 0, floor });
    };
    let dropped = tx
        .prepare_cached("DELETE FROM log WHERE id >= ?1 AND id <= ?2")?
        .execute(params![to_id(desk.desk_id, floor), to_id(desk.desk_id, upto)])?;
    let floor = upto.next();
    // The head is written here and nowhere else: it must outlive the entry that bore it.
    tx.prepare_cached("UPDATE desks SET head = max(head, ?2), floor = ?3 WHERE desk_id = ?1")?.execute(params![
        desk.desk_id,
        to_column(head),
        to_column(floor)
    ])?;
    tx.commit()?;
    Ok(Outcome::Purged { dropped: dropped as u64, floor })
}

/// Up to where entries may go: a prefix, of a bounded length, that ends before the first entry that is too young. Entries
/// whose time says nothing go when one after them does.
fn last_old(
    tx: &Transaction<'_>,
    desk_id: i64,
    floor: RelaySeq,
    upto: RelaySeq,
    age: Age,
) -> Result<Option<RelaySeq>, rusqlite::Error> {
    const FIRST_YOUNG: &str =
        "SELECT min(id) FROM log WHERE id >= ?1 AND id <= ?2 AND received_ms >= ?3 AND received_ms <= ?4";
    const LAST_OLD: &str =
        "SELECT max(id) FROM log WHERE id >= ?1 AND id <= ?2 AND received_ms < ?3 AND received_ms <= ?4";
    const FIRST_KNOWN_IS_OLD: &str = "SELECT received_ms < ?3 FROM log
         WHERE id >= ?1 AND id <= ?2 AND received_ms <= ?4 ORDER BY id LIMIT 1";
    let range = |from, to| (to_id(desk_id, from), to_id(desk_id, to), age.before_ms, age.latest_ms());
    let find = |sql: &str, to: RelaySeq| -> Result<Option<RelaySeq>, rusqlite::Error> {
        let id: Option<i64> = tx.prepare_cached(sql)?.query_row(range(floor, to), |row| row.get(0))?;
        Ok(id.map(seq_of))
    };
    let bound = upto.min(RelaySeq::new(floor.get().saturating_add(MAX_PURGE).saturating_sub(1)));
    let young = find(FIRST_YOUNG, bound)?;
    let old = find(LAST_OLD, young.map_or(bound, |young| RelaySeq::new(young.get().saturating_sub(1))))?;
    if old.is_some() || young.is_some() {
        return Ok(old);
    }
    // Nothing so far says how old it is: the first entry that does decides.
    let is_old: Option<bool> =
        tx.prepare_cached(FIRST_KNOWN_IS_OLD)?.query_row(range(bound.next(), upto), |row| row.get(0)).optional()?;
    Ok((is_old == Some(true)).then_some(bound))
}

/// Bytes of the file that hold something; pages freed by a purge are used again.
fn used_bytes(tx: &Transaction<'_>) -> Result<u64, rusqlite::Error> {
    let pages = tx.prepare_cached("PRAGMA page_count")?.query_row([], |row| row.get::<_, i64>(0))?;
    let free = tx.prepare_cached("PRAGMA freelist_count")?.query_row([], |row| row.get::<_, i64>(0))?;
    let size = tx.prepare_cached("PRAGMA page_size")?.query_row([], |row| row.get::<_, i64>(0))?;
    Ok(u64::try_from(pages.saturating_sub(free).saturating_mul(size)).unwrap_or_default())
}

/// Moves the heads that others see, after the commit and before anyone is answered.
fn publish(group: &[Job], outcomes: &[Outcome]) {
    for (job, outcome) in group.iter().zip(outcomes) {
        if let (Job::Append { desk, .. }, Outcome::Appended { seq, is_note }) = (job, outcome) {
            if *is_note {
                desk.notes.fetch_max(seq.get(), Ordering::Relaxed);
            }
            desk.head.send_if_modified(|head| {
                let newer = *seq > *head;
                if newer {
                    *head = *seq;
                }
                newer
            });
        }
    }
}

fn answer(job: Job, outcome: Outcome) {
    // A caller that went away (its HTTP client hung up) needs no answer; the entry stays.
    match (job, outcome) {
        (Job::Append { reply, .. }, Outcome::Appended { seq, .. }) => drop(reply.send(Ok(seq))),
        (Job::Append { reply, .. }, Outcome::Refused(error)) => drop(reply.send(Err(error))),
        (Job::Append { reply, .. }, _) => drop(reply.send(Err(LogError::Closed))),
        (Job::Purge { reply, .. }, _) => drop(reply.send(Ok(0))),
        (Job::Acknowledge { reply, .. }, _) => drop(reply.send(Ok(()))),
        (Job::AddBadSignatures { reply, .. }, Outcome::Counted(count)) => drop(reply.send(Ok(count))),
        (Job::AddBadSignatures { reply, .. }, _) => drop(reply.send(Err(LogError::Closed))),
    }
}

fn refuse(job: Job, error: LogError) {
    match job {
        Job::Append { reply, .. } => drop(reply.send(Err(error))),
        Job::Purge { reply, .. } | Job::AddBadSignatures { reply, .. } => drop(reply.send(Err(error))),
        Job::Acknowledge { reply, .. } => drop(reply.send(Err(error))),
    }
}

pub(super) fn classify(error: &rusqlite::Error) -> LogError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => LogError::Full,
        _ => LogError::Broken(error.to_string()),
    }
}

/// The floor and head of a desk as the file has them.
pub(super) fn open_desk(conn: &Connection, name: &str) -> Result<Desk, rusqlite::Error> {
    conn.execute("INSERT INTO desks (name) VALUES (?1) ON CONFLICT (name) DO NOTHING", params![name])?;
    let (desk_id, head, floor): (i64, i64, i64) =
        conn.query_row("SELECT desk_id, head, floor FROM desks WHERE name = ?1", params![name], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    let head = from_column(head).max(reader::last(conn, desk_id)?);
    Ok(Desk {
        desk_id,
        head: watch::Sender::new(head),
        floor: AtomicU64::new(from_column(floor).get()),
        notes: AtomicU64::new(reader::last_note(conn, desk_id)?.get()),
    })
}
