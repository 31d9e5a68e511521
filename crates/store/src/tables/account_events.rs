//! Notices of the account and number fields (webhooks.md §7), for Today and the timeline. Appended, each once.

use rusqlite::{Connection, Row, params};
use switchboard_domain::time::UnixMillis;

use crate::{StoreError, WriteTx};

/// A notice to append.
#[derive(Clone, Copy, Debug)]
pub struct NewAccountEvent<'a> {
    /// Webhook field it came in.
    pub field: &'a str,
    /// When it happened at Meta.
    pub at: UnixMillis,
    /// `calm`, `attention`, `trouble`.
    pub severity: &'a str,
    /// The sentence.
    pub text: &'a str,
    /// As received, JSON text.
    pub raw: &'a str,
    /// Field and a hash of the content: a repeated delivery is the same notice.
    pub dedupe_key: &'a str,
}

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountEvent {
    /// Row id.
    pub id: i64,
    /// Webhook field it came in.
    pub field: String,
    /// When it happened at Meta.
    pub at: UnixMillis,
    /// `calm`, `attention`, `trouble`.
    pub severity: String,
    /// The sentence.
    pub text: String,
}

/// Appends a notice; false if it is already there.
pub fn append(tx: &WriteTx<'_>, event: &NewAccountEvent<'_>) -> Result<bool, StoreError> {
    let n = tx
        .prepare_cached(
            "INSERT INTO account_events (field, at_ms, severity, text, raw, dedupe_key) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (dedupe_key) DO NOTHING",
        )?
        .execute(params![event.field, event.at.as_ms(), event.severity, event.text, event.raw, event.dedupe_key])?;
    Ok(n == 1)
}

/// Notices since `since` that ask for attention, newest first.
pub fn wanting_attention(conn: &Connection, since: UnixMillis, limit: u32) -> Result<Vec<AccountEvent>, StoreError> {
    conn.prepare_cached(
        "SELECT id, field, at_ms, severity, text FROM account_events
         WHERE seen_at_ms IS NULL AND severity <> 'calm' AND at_ms >= ?1 ORDER BY at_ms DESC, id DESC LIMIT ?2",
    )?
    .query_map(params![since.as_ms(), limit], read)?
    .collect::<Result<_, _>>()
    .map_err(StoreError::from)
}

fn read(row: &Row<'_>) -> rusqlite::Result<AccountEvent> {
    Ok(AccountEvent {
        id: row.get(0)?,
        field: row.get(1)?,
        at: UnixMillis::new(row.get(2)?),
        severity: row.get(3)?,
        text: row.get(4)?,
    })
}

/// The operator saw every notice up to now.
pub fn mark_seen(tx: &WriteTx<'_>, at: UnixMillis) -> Result<usize, StoreError> {
    tx.prepare_cached("UPDATE account_events SET seen_at_ms = ?1 WHERE seen_at_ms IS NULL")?
        .execute([at.as_ms()])
        .map_err(StoreError::from)
}
