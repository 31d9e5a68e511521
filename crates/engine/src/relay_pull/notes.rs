//! Notes between the consoles of a desk: an opt-out that one of them records stops the sender of another before its next
//! claim.

use std::collections::HashSet;

use switchboard_domain::consent::{EventKind, Via};
use switchboard_domain::ids::{Bsuid, WaId};
use switchboard_domain::phone::PhoneNumber;
use switchboard_domain::time::UnixMillis;
use switchboard_relay_api::RelayLink;
use switchboard_relay_api::client::PlainNote;
use switchboard_store::tables::consent_events::{self, Evidence, NewEvent};
use switchboard_store::tables::consent_state;
use switchboard_store::tables::contacts::Names;
use switchboard_store::tables::identifiers::PersonKeys;
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::tables::people;
use switchboard_store::tables::relay_notes::{self, DeskNote};
use switchboard_store::{Store, StoreError, WriteTx};

use crate::{consent_ledger, erasure};

/// Notes under way at once.
const AT_ONCE: u32 = 500;

/// What became of a note.
pub(super) enum Outcome {
    /// It was ours, and is in the log now.
    Ours,
    /// It is on record here (or was already).
    Applied,
    /// Of a kind that this version does not know.
    NotUnderstood(String),
}

/// Applies a note of another console; forgets one of our own.
pub(super) fn apply(
    tx: &mut WriteTx<'_>,
    id: &[u8],
    note: &DeskNote,
    received_at: UnixMillis,
    ledger: &LedgerKey,
) -> Result<Outcome, StoreError> {
    if relay_notes::came_back(tx, id)? {
        return Ok(Outcome::Ours);
    }
    let kind = match EventKind::parse(&note.kind) {
        Some(kind @ (EventKind::OptOut | EventKind::Blocked | EventKind::Erased)) if note.v == 1 => kind,
        _ => return Ok(Outcome::NotUnderstood(format!("a note of version {} and kind {}", note.v, note.kind))),
    };
    let keys = keys_of(note);
    if keys.number().is_none() && keys.bsuid.is_none() {
        return Ok(Outcome::NotUnderstood("a note that names nobody".to_owned()));
    }
    let dedupe_key = relay_notes::dedupe_key(id);
    let via = Via::parse(&note.via).unwrap_or(Via::Operator);
    if kind == EventKind::Erased {
        if !consent_events::has_dedupe_key(tx, &dedupe_key)? {
            let who = people::resolve_in(tx, ledger, &keys, &Names::default())?.contact_id;
            erasure::by_note(tx, ledger, who, via, UnixMillis::new(note.at_ms).min(received_at), dedupe_key)?;
        }
        return Ok(Outcome::Applied);
    }
    let who = people::resolve_in(tx, ledger, &keys, &Names::default())?.contact_id;
    // The other console's clock may be wrong. A note is never younger than its arrival at the relay, and a "no" that was
    // said there just now counts as said after everything that is known here: a slow clock must not let a "yes" stand
    // against it. A list tells its own days.
    let mut at = UnixMillis::new(note.at_ms).min(received_at);
    if !via.is_list() {
        at = consent_state::get(tx, who)?.last_event_at.map_or(at, |known| at.max(known));
    }
    let event = NewEvent {
        evidence: Evidence { source: Some("another console of this desk".to_owned()), ..Evidence::default() },
        dedupe_key: Some(dedupe_key),
        ..NewEvent::now(who, kind, via, at)
    };
    consent_ledger::record_in(tx, ledger, &event)?;
    Ok(Outcome::Applied)
}

fn keys_of(note: &DeskNote) -> PersonKeys {
    let value = |wanted: &str| note.keys.iter().find(|(kind, _)| kind == wanted).map(|(_, value)| value.as_str());
    PersonKeys {
        phone: value("phone").and_then(|e164| PhoneNumber::from_wa_id(&WaId::new(e164))),
        wa_id: value("wa_id").map(WaId::new),
        bsuid: value("bsuid").map(Bsuid::new),
        username: None,
    }
}

/// Hands over what has not been handed over on this link; the link sends again after a reconnect by itself.
pub(super) async fn send(store: &Store, link: &RelayLink, handed: &mut HashSet<Vec<u8>>) -> Result<(), StoreError> {
    let pending = store.read(|conn| relay_notes::pending(conn, AT_ONCE)).await?;
    // What is no longer pending came back, so its id need not be remembered.
    handed.retain(|id| pending.iter().any(|note| note.id == *id));
    for note in pending {
        if handed.insert(note.id.clone()) {
            link.note(PlainNote { id: note.id, payload: note.payload });
        }
    }
    Ok(())
}
