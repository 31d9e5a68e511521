//! Steps of the account checklist: what a check found, and what the operator confirmed where nothing can be checked.

use rusqlite::{Connection, Row, params};
use switchboard_domain::time::UnixMillis;

use crate::{StoreError, WriteTx};

/// One step as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRow {
    /// Stable word: `app`, `token`, `waba` …
    pub key: String,
    /// `done`, `todo`, `attention`, `confirm`, `unknown`.
    pub state: String,
    /// What was found, or what to do.
    pub detail: String,
    /// When it was last checked.
    pub checked_at: Option<UnixMillis>,
    /// When the operator said that it is done.
    pub confirmed_at: Option<UnixMillis>,
}

fn read(row: &Row<'_>) -> rusqlite::Result<StepRow> {
    Ok(StepRow {
        key: row.get("key")?,
        state: row.get("state")?,
        detail: row.get("detail")?,
        checked_at: row.get::<_, Option<i64>>("checked_at_ms")?.map(UnixMillis::new),
        confirmed_at: row.get::<_, Option<i64>>("confirmed_at_ms")?.map(UnixMillis::new),
    })
}

/// Every stored step, in no order.
pub fn list(conn: &Connection) -> Result<Vec<StepRow>, StoreError> {
    conn.prepare_cached("SELECT * FROM checklist")?
        .query_map([], read)?
        .collect::<Result<_, _>>()
        .map_err(StoreError::from)
}

/// Keeps what a check found; a confirmation by the operator stays beside it.
pub fn put_checked(tx: &WriteTx<'_>, key: &str, state: &str, detail: &str, at: UnixMillis) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO checklist (key, state, detail, checked_at_ms) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (key) DO UPDATE SET state = excluded.state, detail = excluded.detail,
             checked_at_ms = excluded.checked_at_ms",
    )?
    .execute(params![key, state, detail, at.as_ms()])?;
    Ok(())
}

/// Keeps or takes back the operator's confirmation.
pub fn confirm(tx: &WriteTx<'_>, key: &str, confirmed_at: Option<UnixMillis>) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO checklist (key, state, detail, confirmed_at_ms) VALUES (?1, 'confirm', '', ?2)
         ON CONFLICT (key) DO UPDATE SET confirmed_at_ms = excluded.confirmed_at_ms",
    )?
    .execute(params![key, confirmed_at.map(UnixMillis::as_ms)])?;
    Ok(())
}
