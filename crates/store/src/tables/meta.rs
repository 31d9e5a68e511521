//! What this database file is: one text value per key.

use rusqlite::{Connection, OptionalExtension};

use crate::{StoreError, WriteTx};

/// Reads a value.
///
/// # Errors
/// [`StoreError`].
pub fn get(connection: &Connection, key: &str) -> Result<Option<String>, StoreError> {
    Ok(connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?.query_row([key], |r| r.get(0)).optional()?)
}

/// Writes a value.
///
/// # Errors
/// [`StoreError`].
pub fn put(tx: &WriteTx<'_>, key: &str, value: &str) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2")?
        .execute((key, value))?;
    Ok(())
}
