//! A profile's database from outside: looked into with its key, or marked as a later program would.

use std::path::Path;

use anyhow::{Context, bail};
use rusqlite::Connection;

/// Marks a profile's database as written by a later Switchboard. `secrets` is the JSON file with its key.
///
/// # Errors
/// The file is not a database of this key, or somebody uses it.
pub fn mark_newer(database: &Path, secrets: &Path) -> anyhow::Result<()> {
    let connection = open(database, secrets)?;
    let known: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    connection.pragma_update(None, "user_version", known.saturating_add(1))?;
    // Into the file itself, so that a later comparison of the file says something.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

/// Opens a profile's database with its key. `secrets` is the JSON file that holds it.
///
/// # Errors
/// The file is not a database of this key.
pub fn open(database: &Path, secrets: &Path) -> anyhow::Result<Connection> {
    if !database.exists() {
        bail!("{} is not there", database.display());
    }
    let text = std::fs::read_to_string(secrets).with_context(|| format!("reading {}", secrets.display()))?;
    let secrets: serde_json::Value = serde_json::from_str(&text).context("secrets are JSON")?;
    let key = secrets.get("database_key").and_then(|k| k.as_str()).context("no database_key in it")?;
    let connection = Connection::open(database)?;
    connection.pragma_update(None, "key", format!("x'{key}'"))?;
    Ok(connection)
}
