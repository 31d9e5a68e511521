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
    /// None: in memory, where the writer's connection is the only one and answers questions too.
    path: Option<PathBuf>,
    writer: Writer,
    idle_readers: Mutex<Vec<Connection>>,
}

impl Db {
    /// Opens or creates the file and brings it to the present schema.
    pub(crate) fn open(dir: &Path) -> anyhow::Result<Self> {
        let path = dir.join("practice.sqlite3");
        let connection = Connection::open(&path).with_context(|| format!("opening {}", path.display()))?;
        schema::prepare(&connection).with_context(|| format!("preparing {}", path.display()))?;
        Ok(Self { writer: Writer::spawn(connection)?, path: Some(path), idle_readers: Mutex::new(Vec::new()) })
    }

    /// A ledger in memory that ends with this value.
    pub(crate) fn in_memory() -> anyhow::Result<Self> {
        let connection = Connection::open_in_memory().context("opening a ledger in memory")?;
        schema::prepare(&connection).context("preparing a ledger in memory")?;
        Ok(Self { writer: Writer::spawn(connection)?, path: None, idle_readers: Mutex::new(Vec::new()) })
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
        if self.path.is_none() {
            // A question that finds nothing must not take the writes of its group with it.
            return Ok(self.writer.run(move |connection| Ok(query(connection))).await??);
        }
        let db = std::sync::Arc::clone(self);
        tokio::task::spawn_blocking(move || db.read_now(query)).await.map_err(|_| DbError::Closed)?
    }

    /// The same on the calling thread, for start-up.
    pub(crate) fn read_now<T, F>(&self, query: F) -> Result<T, DbError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let Some(path) = &self.path else {
            return Ok(self.writer.run_now(move |connection| Ok(query(connection)))??);
        };
        let idle = lock(&self.idle_readers).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open_reader(path)?,
        };
        let answer = query(&connection);
        lock(&self.idle_readers).push(connection);
        Ok(answer?)
    }

    /// Ends the writer after everything handed to it is on disk.
    pub(crate) async fn close(&self) {
        self.writer.close().await;
    }
}

fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Locks, and goes on with the data of a thread that panicked while it held the lock.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
