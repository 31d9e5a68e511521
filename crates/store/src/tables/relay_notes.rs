//! What the desk's other consoles are to be told: prohibitions that were recorded here and did not come by webhook.
//!
//! A note is written in the transaction that records the prohibition, and stays until it comes back as an entry of the
//! relay's log: then it is durable there, and every console applies it before it claims a send again (P2).

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use switchboard_domain::consent::{EventKind, Via};
use switchboard_domain::ids::ContactId;

use super::consent_events::NewEvent;
use super::{contacts, identifiers};
use crate::{StoreError, WriteTx};

/// In front of the dedupe key of an entry that a note brought; such entries are not told again.
const TOLD: &str = "note:";

/// What one console tells the others. The text of a note, sealed by the relay's client; kept readable by later versions.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskNote {
    /// Version of this shape.
    pub v: u32,
    /// Word of [`EventKind`].
    pub kind: String,
    /// Word of [`Via`].
    pub via: String,
    /// When it happened, Unix milliseconds UTC.
    pub at_ms: i64,
    /// By what the person is known: kind (`phone`, `wa_id`, `bsuid`) and value.
    pub keys: Vec<(String, String)>,
}

impl std::fmt::Debug for DeskNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeskNote").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A note to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct PendingNote {
    /// Its id, unique in the desk.
    pub id: Vec<u8>,
    /// [`DeskNote`] as JSON.
    pub payload: Vec<u8>,
}

/// The dedupe key of the entry that a note brings.
pub fn dedupe_key(note_id: &[u8]) -> String {
    format!("{TOLD}{}", hex::encode(note_id))
}

/// Writes the note for an entry that was just appended, if the other consoles do not hear of it by themselves: a
/// prohibition by the operator, a script or a list, in a profile that is paired with a relay.
///
/// # Errors
/// [`StoreError`].
pub fn tell(tx: &WriteTx<'_>, event: &NewEvent) -> Result<(), StoreError> {
    let forbids = matches!(event.kind, EventKind::OptOut | EventKind::Blocked | EventKind::Erased);
    let is_ours = matches!(event.via, Via::Operator | Via::Cli | Via::Import | Via::Profile);
    let was_told = event.dedupe_key.as_deref().is_some_and(|key| key.starts_with(TOLD));
    if !forbids || !is_ours || was_told || !is_paired(tx)? {
        return Ok(());
    }
    let keys = keys_of(tx, event.contact_id)?;
    if keys.is_empty() {
        return Ok(());
    }
    let note = DeskNote {
        v: 1,
        kind: event.kind.as_str().to_owned(),
        via: event.via.as_str().to_owned(),
        at_ms: event.at.as_ms(),
        keys,
    };
    let payload = serde_json::to_vec(&note).map_err(|_| StoreError::BadValue { column: "relay_notes.payload" })?;
    tx.prepare_cached("INSERT INTO relay_notes (note_id, payload, created_at_ms) VALUES (?1, ?2, ?3)")?
        .execute(params![uuid::Uuid::now_v7().as_bytes().as_slice(), payload, tx.now().as_ms()])?;
    Ok(())
}

fn is_paired(connection: &Connection) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached("SELECT 1 FROM relay WHERE id = 1")?.exists([])?)
}

fn keys_of(connection: &Connection, contact: ContactId) -> Result<Vec<(String, String)>, StoreError> {
    let contact = contacts::present_id(connection, contact)?.unwrap_or(contact);
    let all = identifiers::of_contact(connection, contact)?;
    Ok(all.into_iter().map(|i| (i.kind, i.value)).filter(|(kind, _)| kind != "username").collect())
}

/// The oldest notes that have not come back yet.
///
/// # Errors
/// [`StoreError`].
pub fn pending(connection: &Connection, limit: u32) -> Result<Vec<PendingNote>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT note_id, payload FROM relay_notes ORDER BY note_id LIMIT ?1")?;
    let rows = statement.query_map([limit], |r| Ok(PendingNote { id: r.get(0)?, payload: r.get(1)? }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Forgets a note that came back. True if it was one of ours.
///
/// # Errors
/// [`StoreError`].
pub fn came_back(tx: &WriteTx<'_>, id: &[u8]) -> Result<bool, StoreError> {
    Ok(tx.prepare_cached("DELETE FROM relay_notes WHERE note_id = ?1")?.execute([id])? == 1)
}
