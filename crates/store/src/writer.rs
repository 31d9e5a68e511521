//! The one writer: a thread that owns the writing connection and runs closures by urgency.
//!
//! Each closure is one immediate transaction. Five queues, the most urgent first: an opt-out waits for at
//! most the one transaction that is running. Queues are bounded by their producers (each awaits its own
//! answer), not here, so that an opt-out is never refused for lack of room.

use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, TransactionBehavior};
use switchboard_domain::ids::ChangeSeq;
use switchboard_domain::time::{SharedClock, UnixMillis};

use crate::StoreError;
use crate::changes::ChangeFeed;
use crate::checkpoints::Checkpoints;

/// How urgent a write is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Opt-outs: before everything (P2).
    OptOut,
    /// Outcomes of sends: what left must be known.
    Outcome,
    /// What arrived.
    Inbound,
    /// Claims of the next sends, and what an operator does.
    Claim,
    /// Imports and enqueueing, in small chunks.
    Bulk,
}

const QUEUES: usize = 5;

/// A write transaction in progress. Dereferences to the connection for table functions.
pub struct WriteTx<'c> {
    tx: rusqlite::Transaction<'c>,
    now: UnixMillis,
    newest: ChangeSeq,
    touched: Vec<&'static str>,
}

impl WriteTx<'_> {
    /// The time of this transaction.
    pub fn now(&self) -> UnixMillis {
        self.now
    }

    /// Records that the part named by `tag` changes with this transaction; windows refetch it.
    ///
    /// # Errors
    /// [`StoreError`] if the row cannot be written.
    pub fn touch(&mut self, tag: &'static str) -> Result<(), StoreError> {
        if self.touched.contains(&tag) {
            return Ok(());
        }
        self.tx.prepare_cached("INSERT INTO changes (tag, at_ms) VALUES (?1, ?2)")?.execute((tag, self.now.as_ms()))?;
        self.touched.push(tag);
        self.newest = ChangeSeq(u64::try_from(self.tx.last_insert_rowid()).unwrap_or(0));
        Ok(())
    }

    /// Position of this transaction in the change log: that of its newest `touch`, which it makes if there was none.
    ///
    /// # Errors
    /// [`StoreError`] if the row cannot be written.
    pub fn change_seq(&mut self, tag: &'static str) -> Result<ChangeSeq, StoreError> {
        self.touch(tag)?;
        Ok(self.newest)
    }
}

impl Deref for WriteTx<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.tx
    }
}

type Job = Box<dyn FnOnce(&mut Connection, &Context) + Send>;

struct Context {
    clock: SharedClock,
    feed: ChangeFeed,
}

#[derive(Default)]
struct Waiting {
    queues: [VecDeque<Job>; QUEUES],
    closed: bool,
}

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

impl Shared {
    fn next(&self) -> Option<Job> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(job) = waiting.queues.iter_mut().find_map(VecDeque::pop_front) {
                return Some(job);
            }
            if waiting.closed {
                return None;
            }
            waiting = self.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

pub(crate) struct Writer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(
        mut connection: Connection,
        clock: SharedClock,
        feed: ChangeFeed,
        checkpoints: Checkpoints,
    ) -> Result<Self, StoreError> {
        let shared = Arc::new(Shared::default());
        let for_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                let context = Context { clock, feed };
                Checkpoints::watch(&connection);
                while let Some(job) = for_thread.next() {
                    // A panicking closure must not take the writer with it: its transaction rolled back on unwind.
                    let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job(&mut connection, &context)));
                    if ran.is_err() {
                        tracing::error!("a write panicked and was rolled back");
                    }
                    checkpoints.after_commit();
                }
                if let Err(error) = connection.pragma_update(None, "optimize", "") {
                    tracing::debug!(%error, "optimize at close");
                }
            })
            .map_err(|source| StoreError::Io { what: "a thread for the writer", source })?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Queues a closure; `answer` runs on the writer thread after commit or rollback.
    pub(crate) fn submit<T, E, F, A>(&self, priority: Priority, f: F, answer: A) -> Result<(), StoreError>
    where
        E: From<StoreError>,
        F: FnOnce(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
        A: FnOnce(Result<T, E>) + Send + 'static,
    {
        self.queue(priority, Box::new(move |connection, context| answer(run(connection, context, f))))
    }

    /// Queues what is done with the connection outside of a transaction.
    pub(crate) fn submit_bare(
        &self,
        priority: Priority,
        f: impl FnOnce(&mut Connection) + Send + 'static,
    ) -> Result<(), StoreError> {
        self.queue(priority, Box::new(move |connection, _| f(connection)))
    }

    fn queue(&self, priority: Priority, job: Job) -> Result<(), StoreError> {
        let mut waiting = self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.closed {
            return Err(StoreError::Closed);
        }
        if let Some(queue) = waiting.queues.get_mut(priority as usize) {
            queue.push_back(job);
        }
        drop(waiting);
        self.shared.arrived.notify_one();
        Ok(())
    }
}

fn run<T, E: From<StoreError>>(
    connection: &mut Connection,
    context: &Context,
    f: impl FnOnce(&mut WriteTx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let store = |e: rusqlite::Error| E::from(StoreError::from(e));
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(store)?;
    let mut write = WriteTx { tx, now: context.clock.now(), newest: ChangeSeq(0), touched: Vec::new() };
    let value = f(&mut write)?;
    let WriteTx { tx, newest, .. } = write;
    tx.commit().map_err(store)?;
    context.feed.publish(newest);
    Ok(value)
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.shared.arrived.notify_all();
        if let Some(thread) = self.thread.take() {
            // The last handle may be dropped by the writer thread itself, which cannot wait for itself.
            if thread.thread().id() != std::thread::current().id() && thread.join().is_err() {
                tracing::error!("the writer thread ended by a panic");
            }
        }
    }
}
