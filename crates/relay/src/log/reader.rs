//! Reads of the log.
//!
//! A page of the file that the disk gave back wrong costs the entries on it and no others: they are looked for one by
//! one, and those that cannot be read become a gap entry, like entries that were dropped.

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};
use switchboard_relay_api::{Entry, EntryKind, RelaySeq};

use super::stretch::Stretch;
use super::{DeviceCursor, ReadLimit};

/// Bits of an id that hold the sequence number; the desk is above them.
const SEQ_BITS: u32 = 40;

/// Most entries that one read looks for one by one.
const MAX_SALVAGE: u64 = 2_000;

/// The id of an entry in the file. Sequence numbers stay below 2^40: 30,000 a second for a thousand years.
pub(super) fn to_id(desk_id: i64, seq: RelaySeq) -> i64 {
    let seq = i64::try_from(seq.get()).unwrap_or(i64::MAX).min((1 << SEQ_BITS) - 1);
    (desk_id << SEQ_BITS) | seq
}

/// The sequence number in an id.
pub(super) fn seq_of(id: i64) -> RelaySeq {
    from_column(id & ((1 << SEQ_BITS) - 1))
}

/// A sequence number as the file holds it elsewhere.
pub(super) fn to_column(seq: RelaySeq) -> i64 {
    i64::try_from(seq.get()).unwrap_or(i64::MAX)
}

/// A sequence number from the file.
pub(super) fn from_column(value: i64) -> RelaySeq {
    RelaySeq::new(u64::try_from(value).unwrap_or_default())
}

/// What a read found.
pub(super) struct Found {
    pub(super) entries: Vec<Entry>,
    /// Entries that should be there and cannot be read.
    pub(super) damaged: u64,
}

/// The entries after `after` up to `head`; whatever is missing in between is a gap entry.
pub(super) fn read(
    conn: &Connection,
    desk_id: i64,
    head: RelaySeq,
    after: RelaySeq,
    limit: ReadLimit,
) -> Result<Found, rusqlite::Error> {
    let mut stretch = Stretch::new(after, limit);
    let walked = walk(conn, desk_id, head, &mut stretch);
    let (reached, damaged) = match walked {
        Ok(()) if stretch.is_full() => (stretch.last(), 0),
        Ok(()) => (head, 0),
        Err(error) if is_damage(&error) => salvage(conn, desk_id, head, &mut stretch)?,
        Err(error) => return Err(error),
    };
    Ok(Found { entries: stretch.finish(reached), damaged })
}

fn walk(conn: &Connection, desk_id: i64, head: RelaySeq, stretch: &mut Stretch) -> Result<(), rusqlite::Error> {
    let mut statement = conn.prepare_cached(
        "SELECT id, kind, received_ms, epoch, nonce, sealed, note_id FROM log WHERE id > ?1 AND id <= ?2 ORDER BY id",
    )?;
    let mut rows = statement.query(params![to_id(desk_id, stretch.last()), to_id(desk_id, head)])?;
    while !stretch.is_full() {
        let Some(row) = rows.next()? else { break };
        stretch.push(entry(row)?);
    }
    Ok(())
}

/// Goes on where [`walk`] met a page that cannot be read. Returns how far it came and how many entries are lost.
fn salvage(
    conn: &Connection,
    desk_id: i64,
    head: RelaySeq,
    stretch: &mut Stretch,
) -> Result<(RelaySeq, u64), rusqlite::Error> {
    let mut statement =
        conn.prepare_cached("SELECT id, kind, received_ms, epoch, nonce, sealed, note_id FROM log WHERE id = ?1")?;
    let (mut seq, mut damaged) = (stretch.last(), 0_u64);
    for _ in 0..MAX_SALVAGE {
        if seq >= head || stretch.is_full() {
            break;
        }
        seq = seq.next();
        match statement.query_row(params![to_id(desk_id, seq)], entry).optional() {
            Ok(Some(entry)) => stretch.push(entry),
            Ok(None) => {}
            Err(error) if is_damage(&error) => damaged = damaged.saturating_add(1),
            Err(error) => return Err(error),
        }
    }
    Ok((seq, damaged))
}

/// True for a file that the disk gave back wrong, as opposed to one that cannot be read at all just now.
fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
    ) || error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt)
}

fn entry(row: &Row<'_>) -> Result<Entry, rusqlite::Error> {
    Ok(Entry {
        seq: seq_of(row.get(0)?),
        kind: EntryKind::from_code(row.get(1)?),
        received_ms: row.get(2)?,
        epoch: row.get::<_, i64>(3).map(|epoch| u64::try_from(epoch).unwrap_or_default())?,
        nonce: row.get(4)?,
        sealed: row.get(5)?,
        note_id: row.get::<_, Option<Vec<u8>>>(6)?.unwrap_or_default(),
    })
}

/// The last entry of a desk in the file, 0 if there is none.
pub(super) fn last(conn: &Connection, desk_id: i64) -> Result<RelaySeq, rusqlite::Error> {
    newest(conn, "SELECT max(id) FROM log WHERE id > ?1 AND id <= ?2", desk_id)
}

/// The last note or lease of a desk in the file, 0 if there is none.
pub(super) fn last_note(conn: &Connection, desk_id: i64) -> Result<RelaySeq, rusqlite::Error> {
    newest(conn, "SELECT max(id) FROM log WHERE id > ?1 AND id <= ?2 AND kind IN (2, 4)", desk_id)
}

fn newest(conn: &Connection, sql: &str, desk_id: i64) -> Result<RelaySeq, rusqlite::Error> {
    let (low, high) = (to_id(desk_id, RelaySeq::START), to_id(desk_id, RelaySeq::new(u64::MAX)));
    let id: Option<i64> = conn.prepare_cached(sql)?.query_row(params![low, high], |row| row.get(0))?;
    Ok(id.map_or(RelaySeq::START, seq_of))
}

pub(super) fn cursors(conn: &Connection, desk_id: i64) -> Result<Vec<DeviceCursor>, rusqlite::Error> {
    let mut statement =
        conn.prepare_cached("SELECT device, acked, seen_ms FROM cursors WHERE desk_id = ?1 ORDER BY device")?;
    let rows = statement.query_map(params![desk_id], |row| {
        Ok(DeviceCursor { device: row.get(0)?, acked: from_column(row.get(1)?), seen_ms: row.get(2)? })
    })?;
    rows.collect()
}

pub(super) fn bad_signatures(conn: &Connection, desk_id: i64) -> Result<u64, rusqlite::Error> {
    let count: i64 = conn
        .prepare_cached("SELECT bad_signatures FROM desks WHERE desk_id = ?1")?
        .query_row(params![desk_id], |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or_default())
}
