//! Recording consent, and answering "why?".
//!
//! Every function here appends to the ledger; none edits it. Whatever forbids also takes what is queued for the
//! person out of the queue, in the same transaction, so that nothing is left to claim when it is committed (P2).

use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::consent::{ConsentState, EventKind, Via};
use switchboard_domain::ids::{ConsentEventId, ContactId};
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::consent_events::{self, Evidence, NewEvent};
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::tables::{contacts, outbox};
use switchboard_store::{Priority, Store, StoreError, WriteTx};

use crate::EngineError;

/// Appends an event inside the caller's transaction and cancels what it forbids. `None` when an event with this
/// dedupe key is on record already; then nothing changed.
///
/// # Errors
/// [`StoreError`].
pub fn record_in(
    tx: &mut WriteTx<'_>,
    key: &LedgerKey,
    event: &NewEvent,
) -> Result<Option<(ConsentEventId, ConsentState)>, StoreError> {
    let Some((id, state)) = consent_events::append(tx, key, event)? else { return Ok(None) };
    tx.touch("consent")?;
    tx.touch("contacts")?;
    let contact = contacts::present_id(tx, event.contact_id)?.unwrap_or(event.contact_id);
    let cancelled = match event.kind {
        EventKind::OptOut | EventKind::Blocked | EventKind::Erased if forbids_all(&state) => {
            outbox::cancel_queued_of_contact(
                tx,
                contact,
                false,
                "opted_out",
                "The person opted out before this was sent.",
            )?
        }
        EventKind::MarketingStop if state.marketing_stopped.is_some() => outbox::cancel_queued_of_contact(
            tx,
            contact,
            true,
            "marketing_stopped",
            "The person stopped marketing before this was sent.",
        )?,
        EventKind::ProbableOptOut if state.probable_opt_out.is_some() => outbox::cancel_queued_of_contact(
            tx,
            contact,
            true,
            "to_decide",
            "The person may have opted out; nobody decided yet.",
        )?,
        _ => 0,
    };
    if cancelled > 0 {
        tx.touch("campaigns")?;
        tx.touch("inbox")?;
    }
    Ok(Some((id, state)))
}

const fn forbids_all(state: &ConsentState) -> bool {
    state.opted_out.is_some() || state.blocked.is_some() || state.erased.is_some()
}

/// The operator, or a script on their behalf, records that a person opted out.
///
/// # Errors
/// A `not_found` sentence for an id that nobody has; [`EngineError::Store`].
pub async fn opt_out(
    store: &Store,
    key: &LedgerKey,
    contact: ContactId,
    note: String,
    via: Via,
) -> Result<ConsentEventId, EngineError> {
    let key = key.clone();
    store
        .write(Priority::OptOut, move |tx| {
            let contact = known(tx, contact)?;
            let at = consent_events::time_of_a_no_now(tx, contact)?;
            let event = NewEvent {
                evidence: Evidence {
                    source: Some(source_of(via).to_owned()),
                    note: Some(note.trim().to_owned()).filter(|n| !n.is_empty()),
                    ..Evidence::default()
                },
                ..NewEvent::now(contact, EventKind::OptOut, via, at)
            };
            record_in(tx, &key, &event)?
                .map(|(id, _)| id)
                .ok_or_else(|| UiError::internal("the opt-out was not recorded").into())
        })
        .await
}

const fn source_of(via: Via) -> &'static str {
    match via {
        Via::Cli => "the command line",
        _ => "the operator",
    }
}

/// Decides a probable opt-out; both the words and the decision stay on record.
///
/// # Errors
/// Sentences for an unknown event, one that is no probable opt-out, or one that was decided already.
pub async fn decide(
    store: &Store,
    key: &LedgerKey,
    event_id: ConsentEventId,
    is_opt_out: bool,
    note: String,
) -> Result<ContactId, EngineError> {
    let key = key.clone();
    store
        .write(Priority::OptOut, move |tx| {
            let record = consent_events::get(tx, event_id)?.ok_or_else(|| {
                UiError::new(UiErrorCode::NotFound, "There is no such entry to decide.", "Open the person again.")
            })?;
            let contact = match record.contact_id {
                Some(c) if record.event.kind == EventKind::ProbableOptOut => known(tx, c)?,
                _ => {
                    return Err(UiError::new(
                        UiErrorCode::WrongState,
                        "This entry is not a probable opt-out.",
                        "Record an opt-out on the person's page instead.",
                    )
                    .into());
                }
            };
            if consent_events::for_fold(tx, contact)?.iter().any(|e| e.decides == Some(event_id)) {
                return Err(UiError::new(
                    UiErrorCode::WrongState,
                    "This was decided already.",
                    "The person's timeline shows how.",
                )
                .into());
            }
            let kind = if is_opt_out { EventKind::OptOut } else { EventKind::NotAnOptOut };
            // An opt-out counts from when the person wrote it.
            let at = if is_opt_out { record.event.at } else { tx.now() };
            let event = NewEvent {
                decides: Some(event_id),
                evidence: Evidence {
                    source: Some("the operator".to_owned()),
                    note: Some(note.trim().to_owned()).filter(|n| !n.is_empty()),
                    ..Evidence::default()
                },
                ..NewEvent::now(contact, kind, Via::Operator, at)
            };
            record_in(tx, &key, &event)?;
            Ok(contact)
        })
        .await
}

/// A documented, dated opt-in that the operator enters for one person. It is the one way, besides the person's own
/// words, to lift an opt-out.
#[derive(Clone)]
pub struct OperatorOptIn {
    /// The person.
    pub contact_id: ContactId,
    /// When they agreed.
    pub at: UnixMillis,
    /// To what wording.
    pub wording: String,
    /// Where (form, shop, call), kept as typed.
    pub source: String,
    /// For what.
    pub purposes: switchboard_domain::consent::Purposes,
}

/// Records it.
///
/// # Errors
/// Sentences for a missing wording or source, a date in the future, or an unknown person.
pub async fn opt_in(store: &Store, key: &LedgerKey, given: OperatorOptIn) -> Result<ConsentEventId, EngineError> {
    let key = key.clone();
    store
        .write(Priority::Claim, move |tx| {
            let contact = known(tx, given.contact_id)?;
            let incomplete = given.wording.trim().is_empty() || given.source.trim().is_empty();
            if incomplete || given.at > tx.now() {
                return Err(UiError::new(
                    UiErrorCode::InvalidInput,
                    "An opt-in needs the wording, the place and a day that is not in the future.",
                    "Fill in what the person agreed to, where and when.",
                )
                .into());
            }
            let wording = switchboard_store::tables::wordings::keep(tx, given.wording.trim())?;
            let event = NewEvent {
                purposes: given.purposes,
                wording: Some(wording),
                evidence: Evidence { source: Some(given.source.trim().to_owned()), ..Evidence::default() },
                ..NewEvent::now(contact, EventKind::OptIn, Via::Operator, given.at)
            };
            record_in(tx, &key, &event)?
                .map(|(id, _)| id)
                .ok_or_else(|| UiError::internal("the opt-in was not recorded").into())
        })
        .await
}

/// The id by which a person goes today.
fn known(tx: &WriteTx<'_>, contact: ContactId) -> Result<ContactId, EngineError> {
    contacts::present_id(tx, contact)?.ok_or_else(|| crate::contacts::unknown().into())
}

#[cfg(test)]
#[path = "consent_ledger_tests.rs"]
mod tests;
