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
use rusqlite::{Connection, params};
use switchboard_relay_api::{Entry, RelaySeq};
use tokio::sync::{oneshot, watch};

use super::reader::{self, from_column};
use super::schema::{self, DATABASE_FILE, OpenError};
use super::writer::{Desk, Gauges, Job, Reply, Writer, classify};
use super::{DeviceCursor, Extent, LogError, NewEntry, ReadLimit, RelayLog};

/// Readers kept open for the next read.
const IDLE_READERS: usize = 4;

/// The log of all desks of one relay in one SQLite file.
pub struct SqliteLog {
    desks: HashMap<String, Arc<Desk>>,
    readers: Arc<Readers>,
    gauges: Arc<Gauges>,
    jobs: Mutex<Option<Sender<Job>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
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
        private_file(&path).map_err(|source| OpenError::Folder { path: data_dir.to_owned(), source })?;
        let conn = schema::open_writer(&path)?;
        let database = |source| OpenError::Database { path: path.clone(), source };
        let mut open_desks = HashMap::new();
        for name in desks {
            open_desks.insert(name.clone(), Arc::new(open_desk(&conn, name).map_err(database)?));
        }
        let gauges = Arc::new(Gauges::default());
        let (jobs, queue) = channel();
        let writer = Writer { conn, jobs: queue, gauges: Arc::clone(&gauges), max_log_bytes };
        let writer = std::thread::Builder::new()
            .name("relay-log".to_owned())
            .spawn(move || writer.run())
            .map_err(OpenError::Thread)?;
        Ok(Self {
            desks: open_desks,
            readers: Arc::new(Readers { path, idle: Mutex::new(Vec::new()) }),
            gauges,
            jobs: Mutex::new(Some(jobs)),
            writer: Mutex::new(Some(writer)),
            _lock: lock,
        })
    }

    /// Finishes what is queued and ends the writer. Blocks; later calls answer [`LogError::Closed`].
    pub fn close(&self) {
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if writer.is_some_and(|writer| writer.join().is_err()) {
            tracing::error!("relay log writer ended abnormally");
        }
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
        query: impl FnOnce(&mut Connection, i64) -> Result<T, rusqlite::Error> + Send + 'static,
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
        self.close();
    }
}

impl Readers {
    fn with<T>(&self, query: impl FnOnce(&mut Connection) -> Result<T, rusqlite::Error>) -> Result<T, LogError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut conn = match idle {
            Some(conn) => conn,
            None => schema::open_reader(&self.path).map_err(|e| classify(&e))?,
        };
        let result = query(&mut conn).map_err(|e| classify(&e))?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_READERS {
            idle.push(conn);
        }
        Ok(result)
    }
}

impl RelayLog for SqliteLog {
    fn append(&self, desk: &str, entry: NewEntry) -> BoxFuture<'static, Result<RelaySeq, LogError>> {
        self.submit(desk, |desk, reply| Job::Append { desk, entry, reply })
    }

    fn read(&self, desk: &str, after: RelaySeq, limit: ReadLimit) -> BoxFuture<'static, Result<Vec<Entry>, LogError>> {
        self.query(desk, move |conn, desk_id| reader::read(conn, desk_id, after, limit))
    }

    fn extent(&self, desk: &str) -> Result<Extent, LogError> {
        let desk = self.desk(desk)?;
        let floor = RelaySeq::new(desk.floor.load(Ordering::Relaxed));
        Ok(Extent { head: *desk.head.borrow(), floor })
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
        self.query(desk, |conn, desk_id| reader::cursors(conn, desk_id))
    }

    fn purge(&self, desk: &str, devices: Vec<String>, before_ms: i64) -> BoxFuture<'static, Result<u64, LogError>> {
        self.submit(desk, move |desk, reply| Job::Purge { desk, devices, before_ms, reply })
    }

    fn save_bad_signatures(&self, desk: &str, count: u64) -> BoxFuture<'static, Result<(), LogError>> {
        self.submit(desk, move |desk, reply| Job::SaveBadSignatures { desk, count, reply })
    }

    fn bad_signatures(&self, desk: &str) -> BoxFuture<'static, Result<u64, LogError>> {
        self.query(desk, |conn, desk_id| reader::bad_signatures(conn, desk_id))
    }

    fn commits(&self) -> u64 {
        self.gauges.commits.load(Ordering::Relaxed)
    }

    fn health(&self) -> Result<(), LogError> {
        self.gauges.health()
    }
}

fn open_desk(conn: &Connection, name: &str) -> Result<Desk, rusqlite::Error> {
    conn.execute("INSERT INTO desks (name) VALUES (?1) ON CONFLICT (name) DO NOTHING", params![name])?;
    let (desk_id, head, floor): (i64, i64, i64) =
        conn.query_row("SELECT desk_id, head, floor FROM desks WHERE name = ?1", params![name], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    let head = watch::Sender::new(from_column(head));
    Ok(Desk { desk_id, head, floor: AtomicU64::new(from_column(floor).get()) })
}

/// Makes the folder, readable by its owner alone, and takes the lock that keeps a second relay out.
fn lock_folder(data_dir: &Path) -> Result<File, OpenError> {
    let folder = |source| OpenError::Folder { path: data_dir.to_owned(), source };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data_dir).map_err(folder)?;
    let lock = File::create(data_dir.join("relay.lock")).map_err(folder)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::InUse { path: data_dir.to_owned() }),
        Err(std::fs::TryLockError::Error(source)) => Err(folder(source)),
    }
}

/// Makes sure that the file exists and only its owner can read it: entries are not sealed yet. SQLite gives its
/// write-ahead file the same permissions.
fn private_file(path: &Path) -> std::io::Result<()> {
    let mut options = File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    drop(file);
    Ok(())
}

#[cfg(test)]
#[path = "sqlite_tests.rs"]
mod tests;
