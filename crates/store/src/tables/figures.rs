//! Counts across tables, for Today and the status bar.

use rusqlite::{Connection, params};
use switchboard_domain::ids::ContactId;
use switchboard_domain::time::UnixMillis;

use crate::StoreError;
use crate::columns::RowExt;

fn unsigned(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

/// What became of the messages that Meta accepted in a stretch of time and neither failed nor held back later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// On their way or there.
    pub accepted: u64,
    /// Of those, delivered.
    pub delivered: u64,
    /// Of those, read.
    pub read: u64,
}

/// Counts messages accepted from `from` until before `to`.
///
/// # Errors
/// [`StoreError`].
pub fn sent_between(conn: &Connection, from: UnixMillis, to: UnixMillis) -> Result<Sent, StoreError> {
    Ok(conn
        .prepare_cached(
            "SELECT count(*), coalesce(sum(delivery_rank >= 2), 0), coalesce(sum(delivery_rank >= 3), 0)
             FROM outbox WHERE accepted_at_ms >= ?1 AND accepted_at_ms < ?2
             AND state NOT IN ('refused', 'withheld')",
        )?
        .query_row(params![from.as_ms(), to.as_ms()], |row| {
            Ok(Sent { accepted: unsigned(row.get(0)?), delivered: unsigned(row.get(1)?), read: unsigned(row.get(2)?) })
        })?)
}

/// Messages accepted since a moment, for the rate in the status bar.
///
/// # Errors
/// [`StoreError`].
pub fn accepted_since(conn: &Connection, since: UnixMillis) -> Result<u64, StoreError> {
    let n: i64 = conn
        .prepare_cached("SELECT count(*) FROM outbox WHERE accepted_at_ms >= ?1")?
        .query_row([since.as_ms()], |row| row.get(0))?;
    Ok(unsigned(n))
}

/// Messages that wait in campaigns that run.
///
/// # Errors
/// [`StoreError`].
pub fn queued(conn: &Connection) -> Result<u64, StoreError> {
    let n: i64 = conn
        .prepare_cached(
            "SELECT count(*) FROM campaigns c JOIN outbox o ON o.campaign_id = c.campaign_id AND o.state = 'queued'
             WHERE c.state IN ('launching', 'running')",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(unsigned(n))
}

/// People whose words may be an opt-out and wait for a decision, with one of them.
///
/// # Errors
/// [`StoreError`].
pub fn to_decide(conn: &Connection) -> Result<(u64, Option<ContactId>), StoreError> {
    Ok(conn
        .prepare_cached(
            "SELECT count(*) AS n, min(contact_id) AS contact FROM consent_state WHERE summary = 'to_decide'",
        )?
        .query_row([], |row| Ok((unsigned(row.get("n")?), row.id_opt("contact")?)))?)
}

/// People in the address book.
///
/// # Errors
/// [`StoreError`].
pub fn contacts(conn: &Connection) -> Result<u64, StoreError> {
    let n: i64 = conn
        .prepare_cached("SELECT count(*) FROM contacts WHERE merged_into IS NULL AND erased_at_ms IS NULL")?
        .query_row([], |row| row.get(0))?;
    Ok(unsigned(n))
}
