//! Taking people along from another profile of this machine: who they are, what they agreed to, that they opted out.
//!
//! Never what happened on a practice account: its customers are played, so what they wrote, stopped or blocked there
//! says nothing about the people. What is taken along counts as a list: a yes lifts nothing that stands here.

use switchboard_bridge::dto::TakenContacts;
use switchboard_domain::consent::{EventKind, Via};
use switchboard_domain::ids::{Bsuid, ContactId};
use switchboard_domain::phone::PhoneNumber;
use switchboard_store::tables::consent_events::{self, Appender, EventRecord, NewEvent};
use switchboard_store::tables::contacts::{self, ContactRecord, ListFilter, Names};
use switchboard_store::tables::identifiers::PersonKeys;
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::tables::{consent_state, erasure, people, wordings};
use switchboard_store::{Priority, Store, StoreError, WriteTx};

/// People per transaction; each stays well under the time of one (P9).
const CHUNK: u32 = 100;

struct Taken {
    contact: ContactRecord,
    events: Vec<EventRecord>,
}

/// Copies all people of `from` into `into`. `from_practice`: leave out what only happened on the practice account.
///
/// # Errors
/// [`StoreError`]; what was taken before it stays, and taking again goes on.
pub async fn take(
    into: &Store,
    key: &LedgerKey,
    from: &Store,
    from_practice: bool,
) -> Result<TakenContacts, StoreError> {
    let mut taken = TakenContacts { added: 0, known: 0 };
    let mut offset = 0u64;
    loop {
        let chunk = from
            .read(move |c| {
                contacts::list(c, &ListFilter::default(), offset, CHUNK)?
                    .into_iter()
                    .map(|contact| {
                        let mut events = consent_events::timeline(c, contact.contact_id)?;
                        events.reverse();
                        Ok::<_, StoreError>(Taken { contact, events })
                    })
                    .collect::<Result<Vec<_>, _>>()
            })
            .await?;
        if chunk.is_empty() {
            return Ok(taken);
        }
        offset = offset.saturating_add(chunk.len() as u64);
        let key = key.clone();
        let (added, known) = into
            .write(Priority::Bulk, move |tx| {
                let mut added = 0u64;
                let mut known = 0u64;
                for person in &chunk {
                    if take_one(tx, &key, person, from_practice)? {
                        added += 1;
                    } else {
                        known += 1;
                    }
                }
                tx.touch("contacts")?;
                tx.touch("consent")?;
                Ok::<_, StoreError>((added, known))
            })
            .await?;
        taken.added = taken.added.saturating_add(added);
        taken.known = taken.known.saturating_add(known);
    }
}

fn take_one(tx: &mut WriteTx<'_>, key: &LedgerKey, person: &Taken, from_practice: bool) -> Result<bool, StoreError> {
    let c = &person.contact;
    let keys = PersonKeys {
        phone: c.phone.clone().map(PhoneNumber::from_stored),
        wa_id: None,
        // User ids belong to one portfolio (messages.md §3): another profile's would name nobody here.
        bsuid: if c.phone.is_none() && !from_practice { c.bsuid.clone().map(Bsuid::new) } else { None },
        username: c.username.clone(),
    };
    if keys.phone.is_none() && keys.bsuid.is_none() {
        return Ok(false);
    }
    // Somebody who was erased here is not taken in again from elsewhere.
    if erasure::erased_at(tx, key, &keys)?.is_some() {
        return Ok(false);
    }
    let names = Names { full: c.name.clone(), first: c.first_name.clone(), last: c.last_name.clone() };
    let resolved = people::resolve_in(tx, key, &keys, &names)?;
    contacts::learn(tx, resolved.contact_id, &names, &keys, Some(&c.attributes), false)?;
    take_events(tx, key, resolved.contact_id, person, from_practice)?;
    Ok(resolved.created)
}

fn take_events(
    tx: &mut WriteTx<'_>,
    key: &LedgerKey,
    contact: ContactId,
    person: &Taken,
    from_practice: bool,
) -> Result<(), StoreError> {
    let played = |via: Via| via.is_person() || matches!(via, Via::Platform | Via::Merge);
    let mut appender = Appender::begin(tx, key)?;
    let mut any = false;
    for record in &person.events {
        let e = &record.event;
        let speaks = matches!(
            e.kind,
            EventKind::OptIn | EventKind::Attested | EventKind::Declined | EventKind::OptOut | EventKind::MarketingStop
        );
        if !speaks || (from_practice && played(e.via)) {
            continue;
        }
        let dedupe_key = format!("profile:{}", e.id);
        if consent_events::has_dedupe_key(tx, &dedupe_key)? {
            continue;
        }
        let wording = match &record.wording {
            Some(text) => Some(wordings::keep(tx, text)?),
            None => None,
        };
        let mut evidence = record.evidence.clone().unwrap_or_default();
        if let Some(file) = &record.file_name {
            let row = record.import.map(|(_, row)| format!(", row {row}")).unwrap_or_default();
            let was = evidence.source.map(|s| format!("{s}, ")).unwrap_or_default();
            evidence.source = Some(format!("{was}{file}{row}"));
        }
        let event = NewEvent {
            purposes: e.purposes,
            precision: e.precision,
            evidence,
            wording,
            dedupe_key: Some(dedupe_key),
            ..NewEvent::now(contact, e.kind, Via::Profile, e.at)
        };
        appender.append(tx, &event)?;
        any = true;
    }
    appender.finish(tx)?;
    if any {
        consent_state::refresh(tx, contact)?;
    }
    Ok(())
}
