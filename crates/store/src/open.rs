//! Opening a store: key, pragmas, migrations, threads.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use include_dir::{Dir, include_dir};
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::Migrations;
use switchboard_domain::ids::ChangeSeq;
use switchboard_domain::time::SharedClock;

use crate::changes::ChangeFeed;
use crate::checkpoints::Checkpoints;
use crate::readers::Readers;
use crate::writer::{Priority, WriteTx, Writer};
use crate::{DbKey, StoreError};

static MIGRATION_FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../migrations/console");

/// Newest schema version this program knows = number of folders in `migrations/console`.
pub const SCHEMA_VERSION: u32 = 7;

/// How a store is opened.
pub struct OpenStore {
    /// The database file; its folder must exist.
    pub path: PathBuf,
    /// Its key.
    pub key: DbKey,
    /// Where "now" comes from.
    pub clock: SharedClock,
    /// Reading connections.
    pub readers: usize,
}

/// A handle to the open store; cheap to clone. The file closes when the last handle is gone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    readers: Readers,
    writer: Writer,
    feed: ChangeFeed,
    clock: SharedClock,
    foreign: std::sync::atomic::AtomicBool,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.inner.path).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the file, creating and migrating it as needed. Blocks; call it off the async runtime.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`], [`StoreError::Newer`] for a file of a later program,
    /// [`StoreError::Damaged`], [`StoreError::DiskFull`].
    pub fn open(options: OpenStore) -> Result<Self, StoreError> {
        let migrations = Migrations::from_directory(&MIGRATION_FILES)?;
        let mut connection = connect(&options.path, &options.key, false)?;
        let found: u32 = connection.pragma_query_value(None, "user_version", |r| r.get(0))?;
        if found > SCHEMA_VERSION {
            return Err(StoreError::Newer { found, known: SCHEMA_VERSION });
        }
        migrations.to_latest(&mut connection)?;
        let seq: u64 = connection.query_row("SELECT COALESCE(MAX(seq), 0) FROM changes", [], |r| r.get(0))?;
        let feed = ChangeFeed::new(ChangeSeq(seq));
        let mut readers = Vec::with_capacity(options.readers.max(1));
        for _ in 0..options.readers.max(1) {
            readers.push(connect(&options.path, &options.key, true)?);
        }
        let checkpoints = Checkpoints::start(connect(&options.path, &options.key, true)?)?;
        let writer = Writer::start(connection, options.clock.clone(), feed.clone(), checkpoints)?;
        Ok(Self {
            inner: Arc::new(Inner {
                path: options.path,
                readers: Readers::new(readers),
                writer,
                feed,
                clock: options.clock,
                foreign: std::sync::atomic::AtomicBool::new(false),
            }),
        })
    }

    /// Reads on one of the reading connections, off the async runtime. The closure sees one consistent state.
    ///
    /// # Errors
    /// Whatever the closure returns; [`StoreError`] if the snapshot cannot be taken.
    pub async fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || inner.readers.with(f)).await.unwrap_or(Err(E::from(StoreError::Closed)))
    }

    /// [`Store::read`] for threads that may block.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn read_blocking<T, E: From<StoreError>>(&self, f: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        self.inner.readers.with(f)
    }

    /// Runs one immediate transaction on the writer, after more urgent ones. It is durable when this returns `Ok`;
    /// an `Err` of the closure rolls everything back.
    ///
    /// # Errors
    /// Whatever the closure returns; [`StoreError`] if the transaction cannot begin or commit.
    pub async fn write<T, E, F>(&self, priority: Priority, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = tokio::sync::oneshot::channel();
        self.inner.writer.submit(priority, f, move |result| {
            // A caller that went away does not undo what was committed.
            drop(reply.send(result));
        })?;
        answer.await.unwrap_or(Err(E::from(StoreError::Closed)))
    }

    /// [`Store::write`] for threads that may block.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_blocking<T, E, F>(&self, priority: Priority, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = std::sync::mpsc::sync_channel(1);
        self.inner.writer.submit(priority, f, move |result| drop(reply.send(result)))?;
        answer.recv().unwrap_or_else(|_| Err(E::from(StoreError::Closed)))
    }

    /// Copies the write-ahead log back and empties it, so that no older version of what was deleted stays in it. Readers
    /// that are under way may hold it for a moment; then it is tried again with the next call.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn leave_no_trace(&self) -> Result<(), StoreError> {
        let (reply, answer) = tokio::sync::oneshot::channel();
        self.inner.writer.submit_bare(Priority::Claim, move |connection| {
            let emptied = connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |r| r.get::<_, bool>(0))
                .map(|busy| {
                    if busy {
                        tracing::debug!("the log is emptied by a later turn: somebody reads");
                    }
                })
                .map_err(StoreError::from);
            drop(reply.send(emptied));
        })?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Learns that something was committed here; see [`ChangeFeed`].
    pub fn changes(&self) -> ChangeFeed {
        self.inner.feed.clone()
    }

    /// Looks for commits of other processes and publishes them to [`Store::changes`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn notice_others(&self) -> Result<(), StoreError> {
        let newest = self.read(crate::tables::changes::newest).await?;
        if newest > self.inner.feed.newest() {
            self.inner.foreign.store(true, std::sync::atomic::Ordering::Release);
            self.inner.feed.publish(newest);
        }
        Ok(())
    }

    /// Whether another process committed since the last call.
    pub fn take_foreign_change(&self) -> bool {
        self.inner.foreign.swap(false, std::sync::atomic::Ordering::AcqRel)
    }

    /// The clock this store was opened with.
    pub fn clock(&self) -> &SharedClock {
        &self.inner.clock
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }
}

/// One connection with its key and pragmas.
fn connect(path: &Path, key: &DbKey, read_only: bool) -> Result<Connection, StoreError> {
    let flags = if read_only {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX
    };
    let connection = Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "key", key.pragma_value().as_str())?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    // The first read of the file tells whether the key fits.
    connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", if read_only { -16_000 } else { -64_000 })?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    // What is deleted is overwritten: an erasure leaves nothing in the file's free places.
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.set_prepared_statement_cache_capacity(256);
    crate::functions::register(&connection)?;
    if read_only {
        connection.pragma_update(None, "query_only", "ON")?;
    }
    Ok(connection)
}
