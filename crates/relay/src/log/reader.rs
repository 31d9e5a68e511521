//! Reads of the log, each on a snapshot of its own.

use rusqlite::{Connection, OptionalExtension, Row, params};
use switchboard_relay_api::payload::encode_gap;
use switchboard_relay_api::{Entry, EntryKind, GapPayload, RelaySeq};

use super::{DeviceCursor, ReadLimit};

/// A sequence number as the file holds it. Numbers past `i64::MAX` cannot occur in the file.
pub(super) fn to_column(seq: RelaySeq) -> i64 {
    i64::try_from(seq.get()).unwrap_or(i64::MAX)
}

/// A sequence number from the file.
pub(super) fn from_column(value: i64) -> RelaySeq {
    RelaySeq::new(u64::try_from(value).unwrap_or_default())
}

/// The entries after `after`; whatever is missing in the sequence up to the head is a gap entry.
pub(super) fn read(
    conn: &mut Connection,
    desk_id: i64,
    after: RelaySeq,
    limit: ReadLimit,
) -> Result<Vec<Entry>, rusqlite::Error> {
    let snapshot = conn.transaction()?;
    let head: i64 = snapshot
        .prepare_cached("SELECT head FROM desks WHERE desk_id = ?1")?
        .query_row(params![desk_id], |row| row.get(0))
        .optional()?
        .unwrap_or_default();
    let head = from_column(head);
    let mut entries: Vec<Entry> = Vec::new();
    let mut last = after;
    let mut bytes = 0_u64;
    let mut limited = false;
    {
        let mut statement = snapshot.prepare_cached(
            "SELECT seq, kind, received_ms, epoch, nonce, sealed, note_id FROM entries
             WHERE desk_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
        )?;
        let mut rows = statement.query(params![desk_id, to_column(after), limit.entries])?;
        while let Some(row) = rows.next()? {
            let entry = entry(row)?;
            if entry.seq > last.next() {
                entries.push(gap(last.next(), RelaySeq::new(entry.seq.get().saturating_sub(1)), entry.received_ms));
            }
            last = entry.seq;
            bytes = bytes.saturating_add(entry.wire_bytes());
            entries.push(entry);
            if bytes >= limit.bytes || entries.len() >= limit.entries as usize {
                limited = true;
                break;
            }
        }
    }
    if !limited && last < head {
        let received_ms = entries.last().map_or(0, |entry| entry.received_ms);
        entries.push(gap(last.next(), head, received_ms));
    }
    Ok(entries)
}

fn entry(row: &Row<'_>) -> Result<Entry, rusqlite::Error> {
    Ok(Entry {
        seq: from_column(row.get(0)?),
        kind: EntryKind::from_code(row.get(1)?),
        received_ms: row.get(2)?,
        epoch: row.get::<_, i64>(3).map(|epoch| u64::try_from(epoch).unwrap_or_default())?,
        nonce: row.get(4)?,
        sealed: row.get(5)?,
        note_id: row.get::<_, Option<Vec<u8>>>(6)?.unwrap_or_default(),
    })
}

fn gap(from: RelaySeq, to: RelaySeq, received_ms: i64) -> Entry {
    Entry {
        seq: to,
        kind: EntryKind::Gap,
        received_ms,
        epoch: 0,
        nonce: Vec::new(),
        sealed: encode_gap(&GapPayload { from, to }),
        note_id: Vec::new(),
    }
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
