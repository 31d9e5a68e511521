//! Wordings that people agreed to, kept once each.

use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

use crate::{StoreError, WriteTx};

/// The hash by which a wording is found.
pub fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// Keeps a wording and returns its hash.
///
/// # Errors
/// [`StoreError`].
pub fn keep(tx: &WriteTx<'_>, text: &str) -> Result<[u8; 32], StoreError> {
    let sha256 = hash(text);
    tx.prepare_cached("INSERT INTO wordings (sha256, text) VALUES (?1, ?2) ON CONFLICT (sha256) DO NOTHING")?
        .execute((sha256.as_slice(), text))?;
    Ok(sha256)
}

/// The text of a hash.
///
/// # Errors
/// [`StoreError`].
pub fn text(connection: &Connection, sha256: &[u8]) -> Result<Option<String>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT text FROM wordings WHERE sha256 = ?1")?
        .query_row([sha256], |r| r.get(0))
        .optional()?)
}
