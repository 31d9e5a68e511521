//! Statuses that came before we knew their message (a webhook may overtake the HTTP answer, P5). They are kept
//! until the message is known, and forgotten after a while: they may belong to another program of this account.

use rusqlite::Connection;
use switchboard_domain::ids::WaMessageId;
use switchboard_domain::time::UnixMillis;

use crate::{StoreError, WriteTx};

/// Keeps a status. A second one of the same kind changes nothing.
///
/// # Errors
/// [`StoreError`].
pub fn keep(
    tx: &WriteTx<'_>,
    wamid: &WaMessageId,
    status: &str,
    at: UnixMillis,
    raw: &str,
) -> Result<bool, StoreError> {
    let inserted = tx
        .prepare_cached(
            "INSERT INTO early_statuses (wamid, status, at_ms, raw, recorded_at_ms) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT DO NOTHING",
        )?
        .execute((wamid.as_str(), status, at.as_ms(), raw, tx.now().as_ms()))?;
    Ok(inserted == 1)
}

/// What waits for a message, as it was kept.
///
/// # Errors
/// [`StoreError`].
pub fn of(connection: &Connection, wamid: &WaMessageId) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT raw FROM early_statuses WHERE wamid = ?1 ORDER BY at_ms")?;
    Ok(statement.query_map([wamid.as_str()], |r| r.get(0))?.collect::<Result<_, _>>()?)
}

/// Forgets what was taken up.
///
/// # Errors
/// [`StoreError`].
pub fn take(tx: &WriteTx<'_>, wamid: &WaMessageId) -> Result<usize, StoreError> {
    Ok(tx.prepare_cached("DELETE FROM early_statuses WHERE wamid = ?1")?.execute([wamid.as_str()])?)
}

/// Forgets what nobody claimed since `older_than`.
///
/// # Errors
/// [`StoreError`].
pub fn forget_old(tx: &WriteTx<'_>, older_than: UnixMillis) -> Result<usize, StoreError> {
    Ok(tx.prepare_cached("DELETE FROM early_statuses WHERE recorded_at_ms < ?1")?.execute([older_than.as_ms()])?)
}
