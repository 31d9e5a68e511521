//! Operator settings, one JSON value per key.

use rusqlite::{Connection, OptionalExtension};

use crate::{StoreError, WriteTx};

/// All settings that were ever set.
///
/// # Errors
/// [`StoreError`].
pub fn all(connection: &Connection) -> Result<Vec<(String, String)>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT key, value FROM settings")?;
    Ok(statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<Result<_, _>>()?)
}

/// One of them.
///
/// # Errors
/// [`StoreError`].
pub fn get(connection: &Connection, key: &str) -> Result<Option<String>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT value FROM settings WHERE key = ?1")?
        .query_row([key], |r| r.get(0))
        .optional()?)
}

/// Sets one.
///
/// # Errors
/// [`StoreError`].
pub fn put(tx: &WriteTx<'_>, key: &str, json: &str) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2")?
        .execute((key, json))?;
    Ok(())
}
