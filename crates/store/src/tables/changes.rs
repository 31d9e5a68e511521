//! The change log that windows follow.

use rusqlite::Connection;
use switchboard_domain::ids::ChangeSeq;

use crate::{StoreError, WriteTx};

/// How many changes are kept; a window that is further behind refetches everything.
const KEPT: u64 = 10_000;

/// Changes after a number: the newest number, the tags without repeats, and whether the log reaches back that far.
pub struct Since {
    /// Newest number.
    pub newest: ChangeSeq,
    /// Tags touched since.
    pub tags: Vec<String>,
    /// The log was trimmed beyond the asked number.
    pub gap: bool,
}

/// What changed after `seq`.
///
/// # Errors
/// [`StoreError`].
pub fn since(connection: &Connection, seq: ChangeSeq) -> Result<Since, StoreError> {
    let newest: u64 = newest(connection)?.0;
    let oldest: u64 =
        connection.prepare_cached("SELECT COALESCE(MIN(seq), 0) FROM changes")?.query_row([], |r| r.get(0))?;
    let gap = seq.0 > newest || (newest > 0 && seq.0.saturating_add(1) < oldest);
    let mut statement = connection.prepare_cached("SELECT DISTINCT tag FROM changes WHERE seq > ?1")?;
    let tags = statement.query_map([seq.0], |r| r.get(0))?.collect::<Result<Vec<String>, _>>()?;
    Ok(Since { newest: ChangeSeq(newest), tags, gap })
}

/// The newest number in the log.
///
/// # Errors
/// [`StoreError`].
pub fn newest(connection: &Connection) -> Result<ChangeSeq, StoreError> {
    Ok(ChangeSeq(connection.prepare_cached("SELECT COALESCE(MAX(seq), 0) FROM changes")?.query_row([], |r| r.get(0))?))
}

/// Forgets all but the newest ten thousand changes.
///
/// # Errors
/// [`StoreError`].
pub fn trim(tx: &mut WriteTx<'_>) -> Result<usize, StoreError> {
    Ok(tx.execute("DELETE FROM changes WHERE seq <= (SELECT MAX(seq) FROM changes) - ?1", [KEPT])?)
}
