//! The newest reaction of a person to a message; it may come before the message itself.

use rusqlite::params;
use switchboard_domain::ids::{ContactId, WaMessageId};
use switchboard_domain::time::UnixMillis;

use crate::{StoreError, WriteTx};

/// Keeps a reaction, or its removal (`emoji` none), unless a newer one is there. Of two in one second (Meta's times
/// have no less) the later to arrive counts.
pub fn put(
    tx: &WriteTx<'_>,
    target: &WaMessageId,
    contact: ContactId,
    emoji: Option<&str>,
    at: UnixMillis,
) -> Result<bool, StoreError> {
    let n = tx
        .prepare_cached(
            "INSERT INTO reactions (target_wamid, contact_id, emoji, at_ms) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (target_wamid, contact_id) DO UPDATE SET emoji = excluded.emoji, at_ms = excluded.at_ms
             WHERE excluded.at_ms >= at_ms",
        )?
        .execute(params![target.as_str(), contact.as_bytes(), emoji, at.as_ms()])?;
    Ok(n == 1)
}
