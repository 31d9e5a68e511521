//! Webhook events that were not understood or could not be applied, kept raw (P4). They are read again by a later
//! version of the program.

use rusqlite::{Connection, OptionalExtension, Row, params};
use switchboard_domain::ids::RelaySeq;
use switchboard_domain::time::UnixMillis;

use crate::{StoreError, WriteTx};

/// An event kept raw.
#[derive(Clone, PartialEq, Eq)]
pub struct RawEvent {
    /// Row id.
    pub id: i64,
    /// The entry it came in.
    pub relay_seq: RelaySeq,
    /// The webhook field, `note` for a note of a console, or `entry` for a whole entry.
    pub field: String,
    /// The kind of the entry it came in, as in the relay's protocol; none for what older versions kept.
    pub kind: Option<u8>,
    /// The id of a note.
    pub note_id: Option<Vec<u8>>,
    /// Bytes as received.
    pub raw: Vec<u8>,
    /// Why it was not applied.
    pub reason: String,
    /// When the relay took it.
    pub received_at: UnixMillis,
    /// Version of the program that last tried.
    pub read_by: String,
}

impl std::fmt::Debug for RawEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RawEvent({}, {} bytes)", self.field, self.raw.len())
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<RawEvent> {
    Ok(RawEvent {
        id: row.get("id")?,
        relay_seq: RelaySeq(u64::try_from(row.get::<_, i64>("relay_seq")?).unwrap_or(0)),
        field: row.get("field")?,
        kind: row.get("kind")?,
        note_id: row.get("note_id")?,
        raw: row.get("raw")?,
        reason: row.get("reason")?,
        received_at: UnixMillis::new(row.get("received_at_ms")?),
        read_by: row.get("read_by")?,
    })
}

/// An event to be kept raw.
#[derive(Clone, Copy)]
pub struct NewRawEvent<'a> {
    /// The entry it came in.
    pub relay_seq: RelaySeq,
    /// Which kind that is, as in the relay's protocol.
    pub kind: u8,
    /// The id of a note; empty for everything else.
    pub note_id: &'a [u8],
    /// The webhook field, `note`, or `entry`.
    pub field: &'a str,
    /// Bytes as received.
    pub raw: &'a [u8],
    /// Why it was not applied.
    pub reason: &'a str,
    /// When the relay took it.
    pub received_at: UnixMillis,
    /// Version of the reader that tried.
    pub read_by: &'a str,
}

/// Keeps an event raw.
///
/// # Errors
/// [`StoreError`].
pub fn keep(tx: &WriteTx<'_>, event: &NewRawEvent<'_>) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO raw_events (relay_seq, kind, note_id, field, raw, reason, received_at_ms, read_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        i64::try_from(event.relay_seq.0).unwrap_or(i64::MAX),
        event.kind,
        (!event.note_id.is_empty()).then_some(event.note_id),
        event.field,
        event.raw,
        event.reason,
        event.received_at.as_ms(),
        event.read_by
    ])?;
    Ok(())
}

/// How many wait to be understood.
pub fn count_open(conn: &Connection) -> Result<u64, StoreError> {
    let n: i64 = conn
        .prepare_cached("SELECT count(*) FROM raw_events WHERE resolved_at_ms IS NULL")?
        .query_row([], |row| row.get(0))?;
    Ok(u64::try_from(n).unwrap_or(0))
}

/// What a list shows of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawEventRow {
    /// Row id.
    pub id: i64,
    /// The webhook field, or `entry` for a whole entry.
    pub field: String,
    /// Why it was not applied.
    pub reason: String,
    /// When the relay took it.
    pub received_at: UnixMillis,
    /// How many bytes were kept.
    pub size_bytes: u64,
}

/// Events that wait to be understood, newest first.
pub fn list_open(conn: &Connection, limit: u32) -> Result<Vec<RawEventRow>, StoreError> {
    conn.prepare_cached(
        "SELECT id, field, reason, received_at_ms, length(raw) AS size_bytes FROM raw_events
         WHERE resolved_at_ms IS NULL ORDER BY id DESC LIMIT ?1",
    )?
    .query_map([limit], |row| {
        Ok(RawEventRow {
            id: row.get("id")?,
            field: row.get("field")?,
            reason: row.get("reason")?,
            received_at: UnixMillis::new(row.get("received_at_ms")?),
            size_bytes: row.get("size_bytes")?,
        })
    })?
    .collect::<Result<_, _>>()
    .map_err(StoreError::from)
}

/// One event.
pub fn get(conn: &Connection, id: i64) -> Result<Option<RawEvent>, StoreError> {
    conn.prepare_cached("SELECT * FROM raw_events WHERE id = ?1")?
        .query_row([id], read)
        .optional()
        .map_err(StoreError::from)
}

/// Events that another version of the program could not read, oldest first.
pub fn to_read_again(conn: &Connection, version: &str, limit: u32) -> Result<Vec<RawEvent>, StoreError> {
    conn.prepare_cached("SELECT * FROM raw_events WHERE resolved_at_ms IS NULL AND read_by <> ?1 ORDER BY id LIMIT ?2")?
        .query_map(params![version, limit], read)?
        .collect::<Result<_, _>>()
        .map_err(StoreError::from)
}

/// The event was applied at last.
pub fn resolve(tx: &WriteTx<'_>, id: i64, at: UnixMillis) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE raw_events SET resolved_at_ms = ?2 WHERE id = ?1")?.execute(params![id, at.as_ms()])?;
    Ok(())
}

/// This version tried and could not either.
pub fn tried_by(tx: &WriteTx<'_>, id: i64, version: &str) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE raw_events SET read_by = ?2 WHERE id = ?1")?.execute(params![id, version])?;
    Ok(())
}
