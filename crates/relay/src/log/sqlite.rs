//! The embedded engine: one SQLite file per data folder, a writer thread, a few readers.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use rusqlite::Connection;
use switchboard_relay_api::{Entry, RelaySeq};
use tokio::sync::{oneshot, watch};

use super::reader;
use super::schema::{self, DATABASE_FILE, OpenError};
use super::writer::{Desk, Gauges, Job, Reply, Writer, classify, open_desk};
use super::{Age, DeviceCursor, Extent, LogError, NewEntry, ReadLimit, RelayLog};

/// Readers kept open for the next read.
const IDLE_READERS: usize = 4;

/// The log of all desks of one relay in one SQLite file.
pub struct SqliteLog {
    desks: HashMap<String, Arc<Desk>>,
    readers: Arc<Readers>,
    gauges: Arc<Gauges>,
    damaged: Arc<AtomicU64>,
    jobs: Mutex<Option<Sender<Job>>>,
    writer: Arc<Mutex<Option<JoinHandle<()>>>>,
    /// Held as long as the log is open: two writers would give out the same sequence numbers.
    _lock: File,
}

struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl SqliteLog {
    /// Opens or makes the log in `data_dir` for these desks. Blocks; call it off the async threads.
    pub fn open(data_dir: &Path, desks: &[String], max_log_bytes: u64) -> Result<Self, OpenError> {
        let lock = lock_folder(data_dir)?;
        let path = data_dir.join(DATABASE_FILE);
        schema::private_file(&path).map_err(|reason| OpenError::Folder { path: data_dir.to_owned(), reason })?;
        let conn = schema::open_writer(&path)?;
        let database = |reason| OpenError::Database { path: path.clone(), reason };
        let mut open_desks = HashMap::new();
        for name in desks {
            open_desks.insert(name.clone(), Arc::new(open_desk(&conn, name).map_err(database)?));
        }
        let gauges = Arc::new(Gauges::default());
        let (jobs, queue) = channel();
        let writer = Writer { conn, jobs: queue, gauges: Arc::clone(&gauges), max_log_bytes, is_unsure: false };
        let writer = std::thread::Builder::new()
            .name("relay-log".to_owned())
            .spawn(move || writer.run())
            .map_err(OpenError::Thread)?;
        Ok(Self {
            desks: open_desks,
            readers: Arc::new(Readers { path, idle: Mutex::new(Vec::new()) }),
            gauges,
            damaged: Arc::new(AtomicU64::new(0)),
            jobs: Mutex::new(Some(jobs)),
            writer: Arc::new(Mutex::new(Some(writer))),
            _lock: lock,
        })
    }

    /// Takes the queue away: the writer ends after what is in it.
    fn end_queue(&self) {
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    fn desk(&self, name: &str) -> Result<&Arc<Desk>, LogError> {
        self.desks.get(name).ok_or(LogError::UnknownDesk)
    }

    fn submit<T: Send + 'static>(
        &self,
        desk: &str,
        job: impl FnOnce(Arc<Desk>, Reply<T>) -> Job,
    ) -> BoxFuture<'static, Result<T, LogError>> {
        let (reply, answer) = oneshot::channel();
        let sent = self.desk(desk).and_then(|desk| {
            let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
            let job = job(Arc::clone(desk), reply);
            jobs.as_ref().and_then(|jobs| jobs.send(job).ok()).ok_or(LogError::Closed)
        });
        match sent {
            Ok(()) => async { answer.await.unwrap_or(Err(LogError::Closed)) }.boxed(),
            Err(error) => ready(Err(error)).boxed(),
        }
    }

    fn query<T: Send + 'static>(
        &self,
        desk: &str,
        query: impl FnOnce(&Connection, i64) -> Result<T, rusqlite::Error> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, LogError>> {
        let desk_id = match self.desk(desk) {
            Ok(desk) => desk.desk_id,
            Err(error) => return ready(Err(error)).boxed(),
        };
        let readers = Arc::clone(&self.readers);
        let task = tokio::task::spawn_blocking(move || readers.with(|conn| query(conn, desk_id)));
        async { task.await.unwrap_or(Err(LogError::Closed)) }.boxed()
    }
}

impl Drop for SqliteLog {
    fn drop(&mut self) {
        self.end_queue();
        join(&self.writer);
    }
}

/// Waits for the writer's end. Blocks.
fn join(writer: &Mutex<Option<JoinHandle<()>>>) {
    let writer = writer.lock().unwrap_or_else(PoisonError::into_inner).take();
    if writer.is_some_and(|writer| writer.join().is_err()) {
        tracing::error!("relay log writer ended abnormally");
    }
}

impl Readers {
    fn with<T>(&self, query: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>) -> Result<T, LogError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = match idle {
            Some(conn) => conn,
            None => schema::open_reader(&self.path).map_err(|e| classify(&e))?,
        };
        let result = query(&conn).map_err(|e| classify(&e))?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_READERS {
            idle.push(conn);
        }
        Ok(result)
    }
}

impl RelayLog for SqliteLog {
    fn append(&self, desk: &str, entry: NewEntry) -> BoxFuture<'static, Result<RelaySeq, LogError>> {
        self.submit(desk, |desk, reply| Job::Append { desk, entry: Some(entry), reply })
    }

    fn read(&self, desk: &str, after: RelaySeq, limit: ReadLimit) -> BoxFuture<'static, Result<Vec<Entry>, LogError>> {
        let head = match self.desk(desk) {
            Ok(desk) => *desk.head.borrow(),
            Err(error) => return ready(Err(error)).boxed(),
        };
        if after >= head {
            return ready(Ok(Vec::new())).boxed();
        }
        let (name, damaged) = (desk.to_owned(), Arc::clone(&self.damaged));
        self.query(desk, move |conn, desk_id| {
            let found = reader::read(conn, desk_id, head, after, limit)?;
            if found.damaged > 0 {
                damaged.fetch_add(found.damaged, Ordering::Relaxed);
                tracing::error!(
                    desk = name,
                    after = after.get(),
                    entries = found.damaged,
                    "entries on damaged pages of the log were passed over; check the disk"
                );
            }
            Ok(found.entries)
        })
    }

    fn extent(&self, desk: &str) -> Result<Extent, LogError> {
        let desk = self.desk(desk)?;
        let floor = RelaySeq::new(desk.floor.load(Ordering::Relaxed));
        let notes = RelaySeq::new(desk.notes.load(Ordering::Relaxed));
        Ok(Extent { head: *desk.head.borrow(), floor, notes })
    }

    fn heads(&self, desk: &str) -> Result<watch::Receiver<RelaySeq>, LogError> {
        Ok(self.desk(desk)?.head.subscribe())
    }

    fn acknowledge(
        &self,
        desk: &str,
        device: &str,
        upto: RelaySeq,
        now_ms: i64,
    ) -> BoxFuture<'static, Result<(), LogError>> {
        let device = device.to_owned();
        self.submit(desk, move |desk, reply| Job::Acknowledge { desk, device, upto, now_ms, reply })
    }

    fn cursors(&self, desk: &str) -> BoxFuture<'static, Result<Vec<DeviceCursor>, LogError>> {
        self.query(desk, reader::cursors)
    }

    fn purge(&self, desk: &str, upto: RelaySeq, age: Age) -> BoxFuture<'static, Result<u64, LogError>> {
        self.submit(desk, move |desk, reply| Job::Purge { desk, upto, age, reply })
    }

    fn add_bad_signatures(&self, desk: &str, more: u64) -> BoxFuture<'static, Result<u64, LogError>> {
        self.submit(desk, move |desk, reply| Job::AddBadSignatures { desk, more, reply })
    }

    fn close(&self) -> BoxFuture<'static, ()> {
        self.end_queue();
        let writer = Arc::clone(&self.writer);
        async move {
            if tokio::task::spawn_blocking(move || join(&writer)).await.is_err() {
                tracing::error!("relay log did not close");
            }
        }
        .boxed()
    }

    fn damaged(&self) -> u64 {
        self.damaged.load(Ordering::Relaxed)
    }

    fn commits(&self) -> u64 {
        self.gauges.commits.load(Ordering::Relaxed)
    }

    fn health(&self) -> Result<(), LogError> {
        self.gauges.health()
    }
}

/// Makes the folder, readable by its owner alone, and takes the lock that keeps a second relay out.
fn lock_folder(data_dir: &Path) -> Result<File, OpenError> {
    let folder = |reason| OpenError::Folder { path: data_dir.to_owned(), reason };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data_dir).map_err(folder)?;
    let path = data_dir.join("relay.lock");
    schema::private_file(&path).map_err(folder)?;
    let lock = File::options().write(true).open(path).map_err(folder)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::InUse { path: data_dir.to_owned() }),
        Err(std::fs::TryLockError::Error(reason)) => Err(folder(reason)),
    }
}

#[cfg(test)]
#[path = "sqlite_tests.rs"]
mod tests;
