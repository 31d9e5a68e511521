//! The embedded store of desks: a small SQLite file beside the log's.
//!
//! The relay's own commands (`desk link`, `desk revoke` …) open the same file while the relay runs; the relay notices
//! by SQLite's data version.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use include_dir::{Dir, include_dir};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use rusqlite_migration::Migrations;
use tokio::sync::watch;

use super::{DeskRecord, DeskStore, DesksError, EpochRecord, Revision};
use crate::log::{OpenError, migrated, private_file};

static MIGRATION_FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../migrations/relay-desks");

static MIGRATIONS: LazyLock<Result<Migrations<'static>, rusqlite_migration::Error>> =
    LazyLock::new(|| Migrations::from_directory(&MIGRATION_FILES));

/// Name of the file in the data folder.
pub const DESKS_FILE: &str = "relay-desks.sqlite";

/// How often changes by other processes are looked for.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Desks and devices in one SQLite file.
pub struct SqliteDesks {
    inner: Arc<Inner>,
}

struct Inner {
    conn: Mutex<Connection>,
    changes: watch::Sender<u64>,
    data_version: AtomicU64,
}

impl SqliteDesks {
    /// Opens or makes the file in `data_dir`, which must exist. Blocks.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(data_dir: &Path) -> Result<Self, OpenError> {
        let path: PathBuf = data_dir.join(DESKS_FILE);
        private_file(&path).map_err(|reason| OpenError::Folder { path: data_dir.to_owned(), reason })?;
        let conn = migrated(&path, MIGRATIONS.as_ref())?;
        let inner = Inner { conn: Mutex::new(conn), changes: watch::Sender::new(0), data_version: AtomicU64::new(0) };
        inner.changed_elsewhere();
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Looks for changes by other processes until this is dropped. Needs a tokio runtime.
    pub fn watch_others(&self) {
        let inner = Arc::downgrade(&self.inner);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(LOOK_EVERY).await;
                let Some(inner) = Weak::upgrade(&inner) else { return };
                if inner.changed_elsewhere() {
                    inner.changes.send_modify(|n| *n = n.wrapping_add(1));
                }
            }
        });
    }

    fn run<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Connection) -> Result<T, DesksError> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, DesksError>> {
        let inner = Arc::clone(&self.inner);
        let task = tokio::task::spawn_blocking(move || {
            let mut conn = inner.conn.lock().unwrap_or_else(PoisonError::into_inner);
            query(&mut conn)
        });
        async { task.await.unwrap_or_else(|e| Err(DesksError::Broken(e.to_string()))) }.boxed()
    }

    fn run_change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Connection) -> Result<T, DesksError> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, DesksError>> {
        let changed = self.run(change);
        let inner = Arc::clone(&self.inner);
        async move {
            let result = changed.await?;
            inner.changes.send_modify(|n| *n = n.wrapping_add(1));
            Ok(result)
        }
        .boxed()
    }
}

impl Inner {
    /// True if another connection changed the file since this was last asked.
    fn changed_elsewhere(&self) -> bool {
        let conn = self.conn.lock().unwrap_or_else(PoisonError::into_inner);
        let version: i64 = conn.pragma_query_value(None, "data_version", |row| row.get(0)).unwrap_or_default();
        let version = u64::try_from(version).unwrap_or_default();
        self.data_version.swap(version, Ordering::Relaxed) != version
    }
}

fn broken(error: &rusqlite::Error) -> DesksError {
    DesksError::Broken(error.to_string())
}

impl DeskStore for SqliteDesks {
    fn load(&self, desk: &str) -> BoxFuture<'static, Result<Option<(DeskRecord, Revision)>, DesksError>> {
        let desk = desk.to_owned();
        self.run(move |conn| {
            let row: Option<(i64, String)> = conn
                .query_row("SELECT revision, record FROM desks WHERE name = ?1", params![desk], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()
                .map_err(|e| broken(&e))?;
            let Some((revision, record)) = row else { return Ok(None) };
            let record = serde_json::from_str(&record).map_err(|_| DesksError::Unreadable(desk))?;
            Ok(Some((record, Revision(u64::try_from(revision).unwrap_or_default()))))
        })
    }

    fn replace(
        &self,
        desk: &str,
        record: DeskRecord,
        expected: Option<Revision>,
    ) -> BoxFuture<'static, Result<Revision, DesksError>> {
        let desk = desk.to_owned();
        self.run_change(move |conn| {
            let record = serde_json::to_string(&record).map_err(|e| DesksError::Broken(e.to_string()))?;
            let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|e| broken(&e))?;
            let (changed, revision) = match expected {
                None => (
                    tx.execute(
                        "INSERT INTO desks (name, revision, record) VALUES (?1, 1, ?2) ON CONFLICT (name) DO NOTHING",
                        params![desk, record],
                    ),
                    1,
                ),
                Some(Revision(expected)) => {
                    let next = expected.saturating_add(1);
                    let sql = "UPDATE desks SET revision = ?3, record = ?2 WHERE name = ?1 AND revision = ?4";
                    (tx.execute(sql, params![desk, record, column(next), column(expected)]), next)
                }
            };
            if changed.map_err(|e| broken(&e))? == 0 {
                return Err(DesksError::Conflict);
            }
            tx.commit().map_err(|e| broken(&e))?;
            Ok(Revision(revision))
        })
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    fn add_epoch(&self, desk: &str, epoch: EpochRecord) -> BoxFuture<'static, Result<(), DesksError>> {
        let desk = desk.to_owned();
        self.run(move |conn| {
            let record = serde_json::to_string(&epoch).map_err(|e| DesksError::Broken(e.to_string()))?;
            let added = conn
                .execute(
                    "INSERT INTO epochs (desk, epoch, record) VALUES (?1, ?2, ?3) ON CONFLICT (desk, epoch) DO NOTHING",
                    params![desk, column(epoch.epoch), record],
                )
                .map_err(|e| broken(&e))?;
            if added == 1 { Ok(()) } else { Err(DesksError::Conflict) }
        })
    }

    fn epoch(&self, desk: &str, epoch: u64) -> BoxFuture<'static, Result<Option<EpochRecord>, DesksError>> {
        let desk = desk.to_owned();
        self.run(move |conn| {
            let record: Option<String> = conn
                .query_row(
                    "SELECT record FROM epochs WHERE desk = ?1 AND epoch = ?2",
                    params![desk, column(epoch)],
                    |row| row.get(0),
                )
                .optional()
                .map_err(|e| broken(&e))?;
            let read = |text: String| serde_json::from_str(&text).map_err(|_| DesksError::Unreadable(desk));
            record.map(read).transpose()
        })
    }

    fn last_epoch(&self, desk: &str) -> BoxFuture<'static, Result<u64, DesksError>> {
        let desk = desk.to_owned();
        self.run(move |conn| {
            let last: Option<i64> = conn
                .query_row("SELECT max(epoch) FROM epochs WHERE desk = ?1", params![desk], |row| row.get(0))
                .map_err(|e| broken(&e))?;
            Ok(u64::try_from(last.unwrap_or_default()).unwrap_or_default())
        })
    }
}

fn column(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
