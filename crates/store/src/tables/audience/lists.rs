//! Lists of numbers that were uploaded to choose people by. They prove nothing and add nobody.

use rusqlite::{Connection, OptionalExtension, Row};
use switchboard_domain::ids::{AudienceListId, ContactId};
use switchboard_domain::time::UnixMillis;

use crate::columns::{IdColumn, RowExt};
use crate::{StoreError, WriteTx};

/// An uploaded list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudienceList {
    /// Its id.
    pub list_id: AudienceListId,
    /// Name of the file.
    pub file_name: String,
    /// Rows of the file.
    pub rows: u64,
    /// People of ours on it.
    pub people: u64,
    /// Numbers that nobody here has.
    pub unknown: u64,
    /// Rows without a number that can be read.
    pub unreadable: u64,
    /// When it was uploaded.
    pub created_at: UnixMillis,
}

const COLUMNS: &str = "list_id, file_name, rows, unknown, unreadable, created_at_ms, \
     (SELECT COUNT(*) FROM audience_list_members m WHERE m.list_id = l.list_id) AS people";

fn read(r: &Row<'_>) -> rusqlite::Result<AudienceList> {
    Ok(AudienceList {
        list_id: r.id("list_id")?,
        file_name: r.get("file_name")?,
        rows: r.get("rows")?,
        people: r.get("people")?,
        unknown: r.get("unknown")?,
        unreadable: r.get("unreadable")?,
        created_at: r.ms("created_at_ms")?,
    })
}

/// Writes a list; its people are added with [`add_to_list`].
///
/// # Errors
/// [`StoreError`].
pub fn create_list(tx: &mut WriteTx<'_>, list: &AudienceList) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO audience_lists (list_id, file_name, rows, unknown, unreadable, created_at_ms) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute((
        list.list_id.bytes(),
        &list.file_name,
        list.rows,
        list.unknown,
        list.unreadable,
        list.created_at.as_ms(),
    ))?;
    tx.touch("imports")
}

/// Adds people to a list.
///
/// # Errors
/// [`StoreError`].
pub fn add_to_list(tx: &WriteTx<'_>, list: AudienceListId, people: &[ContactId]) -> Result<(), StoreError> {
    let mut insert =
        tx.prepare_cached("INSERT OR IGNORE INTO audience_list_members (list_id, contact_id) VALUES (?1, ?2)")?;
    for person in people {
        insert.execute((list.bytes(), person.bytes()))?;
    }
    Ok(())
}

/// The lists, newest first.
///
/// # Errors
/// [`StoreError`].
pub fn lists(connection: &Connection) -> Result<Vec<AudienceList>, StoreError> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM audience_lists l ORDER BY created_at_ms DESC, list_id DESC"))?;
    Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
}

/// One list.
///
/// # Errors
/// [`StoreError`].
pub fn list_of(connection: &Connection, id: AudienceListId) -> Result<Option<AudienceList>, StoreError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM audience_lists l WHERE list_id = ?1"))?;
    Ok(statement.query_row([id.bytes()], read).optional()?)
}
