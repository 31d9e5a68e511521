//! Tags: short words that an operator, or a list's column "Tags", puts on people.

use rusqlite::Connection;
use switchboard_domain::audience::tag_key;
use switchboard_domain::ids::ContactId;

use crate::columns::IdColumn;
use crate::{StoreError, WriteTx};

/// A tag and how many people carry it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagCount {
    /// As it was typed first.
    pub tag: String,
    /// People.
    pub people: u64,
}

/// Puts a tag on a person. `false`: they carry it already.
///
/// # Errors
/// [`StoreError`].
pub fn add_tag(tx: &mut WriteTx<'_>, contact: ContactId, tag: &str) -> Result<bool, StoreError> {
    let added = tx
        .prepare_cached("INSERT OR IGNORE INTO contact_tags (contact_id, tag_key, tag) VALUES (?1, ?2, ?3)")?
        .execute((contact.bytes(), tag_key(tag), tag))?;
    tx.touch("contacts")?;
    Ok(added == 1)
}

/// Takes a tag off a person. `false`: they did not carry it.
///
/// # Errors
/// [`StoreError`].
pub fn remove_tag(tx: &mut WriteTx<'_>, contact: ContactId, tag: &str) -> Result<bool, StoreError> {
    let removed = tx
        .prepare_cached("DELETE FROM contact_tags WHERE contact_id = ?1 AND tag_key = ?2")?
        .execute((contact.bytes(), tag_key(tag)))?;
    tx.touch("contacts")?;
    Ok(removed == 1)
}

/// The tags of a person, by name.
///
/// # Errors
/// [`StoreError`].
pub fn tags_of(connection: &Connection, contact: ContactId) -> Result<Vec<String>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT tag FROM contact_tags WHERE contact_id = ?1 ORDER BY tag_key")?;
    Ok(statement.query_map([contact.bytes()], |r| r.get(0))?.collect::<Result<_, _>>()?)
}

/// All tags by name, at most so many. Each is counted in its own stretch of the index.
///
/// # Errors
/// [`StoreError`].
pub fn tags(connection: &Connection, at_most: u32) -> Result<Vec<TagCount>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT MIN(tag), COUNT(*) FROM contact_tags INDEXED BY contact_tags_by_tag GROUP BY tag_key ORDER BY tag_key LIMIT ?1",
    )?;
    let rows = statement.query_map([at_most], |r| Ok(TagCount { tag: r.get(0)?, people: r.get(1)? }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
