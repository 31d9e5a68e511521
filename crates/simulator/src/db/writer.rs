//! Group commit: jobs that arrive while a transaction is being synced share the next one.
//!
//! An accepted message must be on disk before the HTTP 200 (a test kills the process right after
//! it and asks the ledger). One sync per message would cap the account at a few hundred messages
//! a second; one sync per group keeps the promise and the speed.

use std::sync::Mutex;
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{DbError, lock};

/// Most jobs in one transaction; bounds how long the first one waits.
const GROUP_MAX: usize = 512;
/// Jobs that may wait before callers wait too.
const QUEUE: usize = 8192;

type Finish = Box<dyn FnOnce(Result<(), String>) + Send>;
type Job = Box<dyn FnOnce(&Connection) -> Result<Finish, ()> + Send>;

/// The handle to the writer thread.
#[derive(Debug)]
pub(crate) struct Writer {
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub(super) fn spawn(connection: Connection) -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name(String::from("practice-ledger"))
            .spawn(move || work(&connection, queue))?;
        Ok(Self { jobs: Mutex::new(Some(jobs)), thread: Mutex::new(Some(thread)) })
    }

    pub(super) async fn run<T, F>(&self, job: F) -> Result<T, DbError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel::<Result<T, DbError>>();
        let boxed: Job = Box::new(move |connection| match job(connection) {
            Ok(value) => Ok(Box::new(move |committed: Result<(), String>| {
                let _ = answer.send(committed.map(|()| value).map_err(DbError::RolledBack));
            })),
            Err(error) => {
                let _ = answer.send(Err(DbError::Sqlite(error)));
                Err(())
            }
        });
        let jobs = lock(&self.jobs).clone().ok_or(DbError::Closed)?;
        jobs.send(boxed).await.map_err(|_| DbError::Closed)?;
        drop(jobs);
        answered.await.map_err(|_| DbError::Closed)?
    }

    /// [`Writer::run`] for start-up, before there is anything to wait behind.
    pub(super) fn run_now<T, F>(&self, job: F) -> Result<T, DbError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (answer, answered) = std::sync::mpsc::sync_channel::<Result<T, DbError>>(1);
        let boxed: Job = Box::new(move |connection| match job(connection) {
            Ok(value) => Ok(Box::new(move |committed: Result<(), String>| {
                let _ = answer.send(committed.map(|()| value).map_err(DbError::RolledBack));
            })),
            Err(error) => {
                let _ = answer.send(Err(DbError::Sqlite(error)));
                Err(())
            }
        });
        let jobs = lock(&self.jobs).clone().ok_or(DbError::Closed)?;
        jobs.try_send(boxed).map_err(|_| DbError::Closed)?;
        drop(jobs);
        answered.recv().map_err(|_| DbError::Closed)?
    }

    pub(super) async fn close(&self) {
        drop(lock(&self.jobs).take());
        let thread = lock(&self.thread).take();
        if let Some(thread) = thread {
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

fn work(connection: &Connection, mut queue: mpsc::Receiver<Job>) {
    let mut group: Vec<Job> = Vec::with_capacity(GROUP_MAX);
    loop {
        if queue.blocking_recv_many(&mut group, GROUP_MAX) == 0 {
            return;
        }
        commit(connection, group.drain(..));
    }
}

fn commit(connection: &Connection, jobs: impl Iterator<Item = Job>) {
    let mut finishes: Vec<Finish> = Vec::new();
    let outcome = run_group(connection, jobs, &mut finishes);
    if let Err(reason) = &outcome {
        tracing::error!(%reason, "the practice ledger could not commit");
        let _ = connection.execute_batch("ROLLBACK");
    }
    for finish in finishes {
        finish(outcome.clone());
    }
}

fn run_group(
    connection: &Connection,
    jobs: impl Iterator<Item = Job>,
    finishes: &mut Vec<Finish>,
) -> Result<(), String> {
    let begun = connection.execute_batch("BEGIN IMMEDIATE").map_err(|e| e.to_string());
    for job in jobs {
        // A job that fails takes its group with it: half of a job must never be committed.
        match job(connection) {
            Ok(finish) => finishes.push(finish),
            Err(()) => return Err(String::from("another write of the same group failed")),
        }
    }
    begun?;
    connection.execute_batch("COMMIT").map_err(|e| e.to_string())
}
