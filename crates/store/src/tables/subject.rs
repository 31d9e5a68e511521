//! Everything that is on record about one person, table by table, for the answer to "what do you hold about me?".

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use serde_json::{Map, Value};
use switchboard_domain::ids::{ContactId, MediaFileId};
use switchboard_domain::time::UnixMillis;

use crate::StoreError;
use crate::columns::{IdColumn, RowExt};

/// The rows of one table, as the person would read them.
#[derive(Clone)]
pub struct Holding {
    /// Its name in the export: `messages`, `sends` ….
    pub name: &'static str,
    /// Names of the columns.
    pub columns: Vec<&'static str>,
    /// Its rows.
    pub rows: Vec<Vec<Value>>,
}

impl std::fmt::Debug for Holding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Holding({}: {} rows)", self.name, self.rows.len())
    }
}

impl Holding {
    /// Its rows as JSON objects.
    pub fn as_json(&self) -> Value {
        let object = |row: &Vec<Value>| {
            Value::Object(self.columns.iter().map(|c| (*c).to_owned()).zip(row.iter().cloned()).collect::<Map<_, _>>())
        };
        Value::Array(self.rows.iter().map(object).collect())
    }
}

/// Name, columns of the export, and the question. `?1` is the person; a column whose name ends in `_at` is a time.
const QUESTIONS: &[(&str, &[&str], &str)] = &[
    (
        "person",
        &["name", "first_name", "last_name", "username", "phone", "user_id", "fields", "known_at", "heard_at"],
        "SELECT display_name, first_name, last_name, username, phone, bsuid, attributes, created_at_ms, last_activity_at_ms
         FROM contacts WHERE contact_id = ?1",
    ),
    (
        "identifiers",
        &["kind", "value", "known_at"],
        "SELECT kind, value, since_ms FROM identifiers WHERE contact_id = ?1 AND kind <> 'phone_key'",
    ),
    ("tags", &["tag"], "SELECT tag FROM contact_tags WHERE contact_id = ?1 ORDER BY tag"),
    (
        "messages",
        &["direction", "kind", "text", "content", "written_at", "file"],
        "SELECT CASE direction WHEN 'in' THEN 'from you' ELSE 'to you' END, m.kind, text, content, at_ms, f.file_name
         FROM messages m LEFT JOIN media_files f ON f.media_file_id = m.media_file_id WHERE m.contact_id = ?1 ORDER BY at_ms",
    ),
    (
        "sends",
        &["campaign", "kind", "category", "content", "state", "reason", "created_at", "sent_at", "delivered_at", "read_at"],
        "SELECT c.name, o.kind, o.category, o.content, o.state, o.reason, o.created_at_ms, o.accepted_at_ms,
                o.delivered_at_ms, o.read_at_ms
         FROM outbox o LEFT JOIN campaigns c ON c.campaign_id = o.campaign_id WHERE o.contact_id = ?1 ORDER BY o.created_at_ms",
    ),
    (
        "reactions",
        &["emoji", "reacted_at"],
        "SELECT emoji, at_ms FROM reactions WHERE contact_id = ?1 ORDER BY at_ms",
    ),
    (
        "files",
        &["kind", "type", "name", "size_bytes", "state", "received_at"],
        "SELECT kind, mime_type, file_name, size_bytes, state, created_at_ms FROM media_files WHERE contact_id = ?1
         ORDER BY created_at_ms",
    ),
    (
        "imports",
        &["file", "imported_at", "new_here"],
        "SELECT i.file_name, i.created_at_ms, CASE ic.added WHEN 1 THEN 'yes' ELSE 'no' END FROM import_contacts ic
         JOIN imports i ON i.import_id = ic.import_id WHERE ic.contact_id = ?1 ORDER BY i.created_at_ms",
    ),
    (
        "reachability",
        &["unreachable_until_at", "no_marketing_until_at"],
        "SELECT unreachable_until_ms, withheld_until_ms FROM reachability WHERE contact_id = ?1",
    ),
];

/// Everything but the consent ledger, which is exported as a proof.
///
/// # Errors
/// [`StoreError`].
pub fn holdings(connection: &Connection, contact: ContactId) -> Result<Vec<Holding>, StoreError> {
    QUESTIONS
        .iter()
        .map(|(name, columns, sql)| {
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement
                .query_map([contact.bytes()], |r| {
                    columns
                        .iter()
                        .enumerate()
                        .map(|(i, column)| cell(r, i, column))
                        .collect::<rusqlite::Result<Vec<_>>>()
                })?
                .collect::<Result<_, _>>()?;
            Ok(Holding { name, columns: columns.to_vec(), rows })
        })
        .collect()
}

fn cell(row: &Row<'_>, index: usize, column: &str) -> rusqlite::Result<Value> {
    Ok(match row.get_ref(index)? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(ms) if column.ends_with("_at") => Value::String(UnixMillis::new(ms).to_rfc3339()),
        ValueRef::Integer(n) => Value::from(n),
        ValueRef::Real(n) => Value::from(n),
        ValueRef::Text(bytes) => {
            let text = String::from_utf8_lossy(bytes).into_owned();
            let is_json = matches!(column, "fields" | "content");
            match serde_json::from_str::<Value>(&text) {
                Ok(value) if is_json => value,
                _ => Value::String(text),
            }
        }
        ValueRef::Blob(_) => Value::Null,
    })
}

/// The files of a person that are here.
///
/// # Errors
/// [`StoreError`].
pub fn files(connection: &Connection, contact: ContactId) -> Result<Vec<MediaFileId>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT media_file_id FROM media_files WHERE contact_id = ?1 AND state = 'here' ORDER BY created_at_ms",
    )?;
    Ok(statement.query_map([contact.bytes()], |r| r.id("media_file_id"))?.collect::<Result<_, _>>()?)
}
