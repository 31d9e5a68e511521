//! One person, however many identifiers: finding, making and merging.
//!
//! A phone number and a business-scoped user id are learned to belong together from any webhook that carries both.
//! If two entries stand for them until then, they are merged: the stricter consent wins, and what both were owed by
//! one campaign is owed once (P3).

use switchboard_domain::consent::{EventKind, Via, carried_over_by_merge};
use switchboard_domain::ids::ContactId;
use switchboard_domain::send::OutboxState;

use super::consent_events::{Appender, Evidence, NewEvent};
use super::contacts::{self, Names, NewContact};
use super::identifiers::{self, PersonKeys};
use super::ledger_chain::LedgerKey;
use super::{consent_events, consent_state, erasure};
use crate::columns::IdColumn;
use crate::{StoreError, WriteTx};

/// Who it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The person.
    pub contact_id: ContactId,
    /// New here.
    pub created: bool,
    /// Another entry that turned out to be the same person and was merged into this one.
    pub merged: Option<ContactId>,
}

/// Finds whom these identifiers stand for, or makes a new person; learns what was not known and merges where two
/// entries turn out to be one. Without any identifier it makes a person whom nothing recognises again.
///
/// # Errors
/// [`StoreError`].
pub fn resolve_in(
    tx: &mut WriteTx<'_>,
    key: &LedgerKey,
    keys: &PersonKeys,
    names: &Names,
) -> Result<Resolved, StoreError> {
    let by_phone = match keys.number() {
        Some(number) => identifiers::find_phone(tx, &number)?,
        None => None,
    };
    let by_bsuid = match &keys.bsuid {
        Some(bsuid) => identifiers::find_bsuid(tx, bsuid)?,
        None => None,
    };
    let (contact_id, merged) = match (by_phone, by_bsuid) {
        (Some(a), Some(b)) if a != b => {
            merge(tx, key, a, b)?;
            (a, Some(b))
        }
        (Some(a), _) => (a, None),
        (None, Some(b)) => (b, None),
        (None, None) => {
            let contact_id = ContactId::new(tx.now());
            contacts::insert(
                tx,
                &NewContact {
                    contact_id,
                    names,
                    keys,
                    attributes: "{}",
                    consent: switchboard_domain::consent::Summary::NoEvidence.as_str(),
                    marketing_consent: false,
                },
            )?;
            if let Some(at) = erasure::erased_at(tx, key, keys)? {
                erasure::carry_over(tx, key, contact_id, at)?;
            }
            tx.touch("contacts")?;
            return Ok(Resolved { contact_id, created: true, merged: None });
        }
    };
    if contacts::learn(tx, contact_id, names, keys, None, false)? || merged.is_some() {
        tx.touch("contacts")?;
        // An identifier that was learned just now may be one that was erased under another.
        if let Some(at) = erasure::erased_at(tx, key, keys)? {
            erasure::carry_over(tx, key, contact_id, at)?;
        }
    }
    Ok(Resolved { contact_id, created: false, merged })
}

/// Makes two entries one person. `from` keeps its rows of the ledger and leads to `into` from now on.
///
/// # Errors
/// [`StoreError`].
pub fn merge(tx: &mut WriteTx<'_>, key: &LedgerKey, into: ContactId, from: ContactId) -> Result<(), StoreError> {
    let a = consent_state::get(tx, into)?;
    let b = consent_state::get(tx, from)?;
    let lost = contacts::get(tx, from)?;
    identifiers::move_all(tx, from, into)?;
    // Chains of merges stay one step long.
    tx.execute(
        "UPDATE contacts SET merged_into = ?2 WHERE merged_into = ?1 OR contact_id = ?1",
        (from.bytes(), into.bytes()),
    )?;
    if let Some(lost) = lost {
        let names = Names { full: lost.name, first: lost.first_name, last: lost.last_name };
        let keys = PersonKeys {
            phone: lost.phone.map(switchboard_domain::phone::PhoneNumber::from_stored),
            wa_id: None,
            bsuid: lost.bsuid.map(switchboard_domain::ids::Bsuid::new),
            username: lost.username,
        };
        contacts::learn(tx, into, &names, &keys, Some(&lost.attributes), false)?;
    }
    let together = consent_state::refresh(tx, into)?;
    let repeat = carried_over_by_merge(&a, &b, &together);
    if !repeat.is_empty() {
        let at = consent_events::time_of_a_no_now(tx, into)?;
        let mut appender = Appender::begin(tx, key)?;
        for (kind, decides) in repeat {
            let via = if kind == EventKind::MarketingStop { Via::Platform } else { Via::Merge };
            let event = NewEvent {
                decides: Some(decides),
                evidence: Evidence {
                    source: Some("two entries turned out to be one person; the stricter state holds".to_owned()),
                    ..Evidence::default()
                },
                ..NewEvent::now(into, kind, via, at)
            };
            appender.append(tx, &event)?;
        }
        appender.finish(tx)?;
        consent_state::refresh(tx, into)?;
    }
    move_rows(tx, into, from)?;
    tx.execute("DELETE FROM consent_state WHERE contact_id = ?1", [from.bytes()])?;
    tx.touch("contacts")?;
    tx.touch("consent")?;
    Ok(())
}

/// What hangs on a person: threads, messages, sends, imports.
fn move_rows(tx: &mut WriteTx<'_>, into: ContactId, from: ContactId) -> Result<(), StoreError> {
    let ids = (from.bytes(), into.bytes());
    for sql in [
        "UPDATE OR REPLACE import_contacts SET contact_id = ?2 WHERE contact_id = ?1",
        "UPDATE messages SET contact_id = ?2 WHERE contact_id = ?1",
        "UPDATE OR REPLACE reactions SET contact_id = ?2 WHERE contact_id = ?1",
        "UPDATE media_files SET contact_id = ?2 WHERE contact_id = ?1",
        // The thread with the newer activity gives its last line; the other's unread count is added.
        "UPDATE threads SET unread = unread + COALESCE((SELECT unread FROM threads WHERE contact_id = ?1), 0),
             last_inbound_at_ms = NULLIF(MAX(COALESCE(last_inbound_at_ms, 0),
                 COALESCE((SELECT last_inbound_at_ms FROM threads WHERE contact_id = ?1), 0)), 0)
         WHERE contact_id = ?2",
        "UPDATE threads SET (last_message_id, last_line, last_direction, last_at_ms, phone_number_id) =
             (SELECT last_message_id, last_line, last_direction, last_at_ms, phone_number_id FROM threads WHERE contact_id = ?1)
         WHERE contact_id = ?2 AND last_at_ms < (SELECT last_at_ms FROM threads WHERE contact_id = ?1)",
        "UPDATE OR IGNORE threads SET contact_id = ?2 WHERE contact_id = ?1",
        "UPDATE OR IGNORE reachability SET contact_id = ?2 WHERE contact_id = ?1",
        // One person, one message per campaign: what the other entry is owed already stays, this is not sent.
        "UPDATE OR IGNORE outbox SET contact_id = ?2 WHERE contact_id = ?1",
    ] {
        tx.execute(sql, ids)?;
    }
    tx.execute("DELETE FROM threads WHERE contact_id = ?1", [from.bytes()])?;
    tx.execute("DELETE FROM reachability WHERE contact_id = ?1", [from.bytes()])?;
    let cancelled = tx.execute(
        "UPDATE outbox SET state = ?2, reason_code = 'merged', reason = 'The same person is in this campaign under another entry.',
             updated_at_ms = ?3 WHERE contact_id = ?1 AND state = ?4",
        rusqlite::params![
            from.bytes(),
            OutboxState::Cancelled.as_str(),
            tx.now().as_ms(),
            OutboxState::Queued.as_str()
        ],
    )?;
    if cancelled > 0 {
        tx.touch("campaigns")?;
    }
    tx.touch("inbox")?;
    Ok(())
}

/// Folds every person's events anew and stores what differs; returns how many did.
///
/// # Errors
/// [`StoreError`].
pub fn rebuild_consent(tx: &mut WriteTx<'_>) -> Result<usize, StoreError> {
    let differing = consent_state::differing(tx)?;
    for contact in &differing {
        let state = switchboard_domain::consent::fold(&consent_events::for_fold(tx, *contact)?);
        consent_state::put(tx, *contact, &state)?;
    }
    if !differing.is_empty() {
        tx.touch("consent")?;
    }
    Ok(differing.len())
}

#[cfg(test)]
#[path = "people_tests.rs"]
mod tests;
