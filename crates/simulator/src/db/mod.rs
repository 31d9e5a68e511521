//! The durable side of the practice account: one SQLite file, one writer thread that pays one
//! sync for many accepts, and readers that never wait for it.

pub(crate) mod schema;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::Context;
use rusqlite::{Connection, OpenFlags};

pub(crate) use writer::Writer;

/// Why the ledger could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DbError {
    /// SQLite refused (disk full, file gone, a broken statement).
    #[error("practice ledger: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The transaction that carried this write was rolled back.
    #[error("practice ledger: the write was rolled back: {0}")]
    RolledBack(String),
    /// The writer thread has ended.
    #[error("practice ledger is closed")]
    Closed,
}

/// The practice ledger's database.
#[derive(Debug)]
pub(crate) struct Db {
    path: PathBuf,
    writer: Writer,
    idle_readers: Mutex<Vec<Connection>>,
}

impl Db {
    /// Opens or creates the file and brings it to the present schema.
    pub(crate) fn open(dir: &Path) -> anyhow::Result<Self> {
        let path = dir.join("practice.sqlite3");
        let connection = Connection::open(&path).with_context(|| format!("opening {}", path.display()))?;
        schema::prepare(&connection).with_context(|| format!("preparing {}", path.display()))?;
        Ok(Self { writer: Writer::spawn(connection)?, path, idle_readers: Mutex::new(Vec::new()) })
    }

    /// Runs `job` in the next group commit and answers once it is on disk.
    pub(crate) async fn write<T, F>(&self, job: F) -> Result<T, DbError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.writer.run(job).await
    }

    /// Runs a query on a reader, off the async threads.
    pub(crate) async fn read<T, F>(self: &std::sync::Arc<Self>, query: F) -> Result<T, DbError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let db = std::sync::Arc::clone(self);
        tokio::task::spawn_blocking(move || db.read_now(query)).await.map_err(|_| DbError::Closed)?
    }

    /// The same on the calling thread, for start-up.
    pub(crate) fn read_now<T>(&self, query: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, DbError> {
        let idle = lock(&self.idle_readers).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.open_reader()?,
        };
        let answer = query(&connection);
        lock(&self.idle_readers).push(connection);
        Ok(answer?)
    }

    fn open_reader(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(connection)
    }

    /// Ends the writer after everything handed to it is on disk.
    pub(crate) async fn close(&self) {
        self.writer.close().await;
    }
}

/// Locks, and goes on with the data of a thread that panicked while it held the lock.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
