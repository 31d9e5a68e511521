//! Last run and result of each background task, for the page Diagnostics.

use rusqlite::{Connection, params};
use switchboard_domain::time::UnixMillis;

use crate::{StoreError, WriteTx};

/// A task's last run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRow {
    /// Its name.
    pub name: String,
    /// When it last ran.
    pub last_run_at: Option<UnixMillis>,
    /// What came of it; no personal data.
    pub last_result: Option<String>,
    /// Whether that was a failure.
    pub failed: bool,
}

/// Keeps the result of a run.
pub fn record(tx: &WriteTx<'_>, name: &str, at: UnixMillis, result: &str, failed: bool) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO tasks (name, last_run_at_ms, last_result, failed) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (name) DO UPDATE SET last_run_at_ms = excluded.last_run_at_ms,
             last_result = excluded.last_result, failed = excluded.failed",
    )?
    .execute(params![name, at.as_ms(), result, failed])?;
    Ok(())
}

/// Every task that ever ran, by name.
pub fn list(conn: &Connection) -> Result<Vec<TaskRow>, StoreError> {
    conn.prepare_cached("SELECT name, last_run_at_ms, last_result, failed FROM tasks ORDER BY name")?
        .query_map([], |row| {
            Ok(TaskRow {
                name: row.get(0)?,
                last_run_at: row.get::<_, Option<i64>>(1)?.map(UnixMillis::new),
                last_result: row.get(2)?,
                failed: row.get(3)?,
            })
        })?
        .collect::<Result<_, _>>()
        .map_err(StoreError::from)
}
