//! What arrives: every event of a webhook finds its place in the store, in whatever order and however often it comes.
//!
//! [`apply_event`] works inside the transaction that also moves the relay cursor, so that an event is applied exactly
//! once however the process ends; and because everything it writes is guarded (unique wamid, delivery rank, event
//! time), an event that Meta delivers again changes nothing (P4). A STOP, the opt-out it records and the queued sends
//! it cancels are one transaction (P2). What is to be done is decided in [`plan`](self) from the event alone; the same
//! decision is what [`explain`] puts into words.

mod account;
mod consent;
pub mod explain;
mod messages;
mod people;
mod plan;
mod relink;
pub mod show;
mod statuses;
mod templates;

pub(crate) use templates::pause_campaigns_if_unsendable;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use plan::Plan;
use switchboard_cloud_api::webhooks::{Event, EventBody};
use switchboard_domain::ids::{ContactId, MessageId, RelaySeq};
use switchboard_domain::redact::Personal;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::{StoreError, WriteTx};

/// What an operator set that matters to what arrives, read once per batch.
#[derive(Clone, Debug)]
pub struct InboundRules {
    /// Key of the consent ledger's chain.
    pub ledger: LedgerKey,
    /// Send one confirmation after an opt-out in the chat, with this wording.
    pub opt_out_confirmation: Option<String>,
}

/// Where an event came from.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// The entry of the relay's log.
    pub seq: RelaySeq,
    /// When the relay took it; stands in where an event has no time of its own.
    pub received_at: UnixMillis,
}

/// Why an event was not applied; it is kept raw.
#[derive(Debug, thiserror::Error)]
pub enum NotApplied {
    /// This version does not know what to do with it.
    #[error("{0}")]
    NotUnderstood(Cow<'static, str>),
    /// What could be done was done and stays; the event is kept raw for the rest.
    #[error("{0}")]
    Partly(Cow<'static, str>),
    /// It speaks of somebody who was erased here and did not write since: nothing of it is kept.
    #[error("the person was erased")]
    Erased,
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for NotApplied {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(StoreError::from(error))
    }
}

/// A message that just arrived, for a native notification. Stays in the process.
#[derive(Clone, Debug)]
pub struct NewInbound {
    /// The person.
    pub contact_id: ContactId,
    /// The message.
    pub message_id: MessageId,
    /// What the person is called here.
    pub name: Personal,
    /// First words.
    pub line: Personal,
    /// When it was written.
    pub at: UnixMillis,
}

/// What a batch brought, for those who wait for it.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    /// Events applied, repetitions included.
    pub events: u64,
    /// Events kept raw.
    pub kept_raw: u64,
    /// Entries that the relay no longer had.
    pub gaps: u64,
    /// Messages that were new.
    pub messages: Vec<NewInbound>,
    /// A file waits to be fetched.
    pub media: bool,
    /// Templates should be read anew.
    pub templates: bool,
    /// Sends were settled or cancelled, or a confirmation was queued.
    pub sends: bool,
    /// Numbers or account should be read anew.
    pub account: bool,
}

/// Applies one event.
///
/// # Errors
/// [`NotApplied`]; the caller keeps the event raw, and rolls back to before it unless it was applied in part.
pub fn apply_event(
    tx: &mut WriteTx<'_>,
    event: &Event,
    arrival: Arrival,
    rules: &InboundRules,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    match plan::of(event) {
        Plan::NoteTest => account::note_test(tx, event, arrival),
        Plan::Settle(status) => statuses::apply(tx, status, rules, applied),
        Plan::AddMessage { message, number } => messages::add(tx, event, message, number, arrival, rules, applied),
        Plan::React { message, target, emoji } => messages::react(tx, event, message, (target, emoji), arrival, rules),
        Plan::Edit { message, edit, target, number } => {
            let plan = messages::EditPlan { message, edit, target, number };
            messages::edit(tx, event, &plan, arrival, rules, applied)
        }
        Plan::EditOurs { message, edit, target } => messages::edit_ours(tx, event, message, edit, target, arrival),
        Plan::Revoke { target } => messages::revoke(tx, event, target, arrival),
        Plan::AddOurs { message, number, by_agent: _ } => {
            messages::add_ours(tx, event, &message, number, arrival, rules)
        }
        Plan::AddPast { past, user, number, inbound } => {
            let plan = messages::PastPlan { message: &past.message, user: &user, number, inbound };
            messages::add_past(tx, event, &plan, arrival, rules, applied)
        }
        Plan::Relink(change) => relink::apply(tx, change, rules),
        Plan::Prefer { preference, kind } => {
            consent::apply_preference(tx, event, preference, kind, arrival, rules, applied)
        }
        Plan::Learn(contact) => people::learn(tx, &rules.ledger, contact),
        Plan::TemplateStatus { update, id } => templates::apply_status(tx, event, id, update, arrival, applied),
        Plan::TemplateQuality { update, id, score } => {
            templates::apply_quality(tx, event, id, score, update, arrival, applied)
        }
        Plan::TemplateCategory { update, id, current } => {
            templates::apply_category(tx, event, id, &current, update, arrival, applied)
        }
        Plan::TemplateDoubt { update, id } => {
            templates::apply_correct_category(tx, event, id, update, arrival, applied)
        }
        Plan::TemplateTexts { id } => templates::apply_components(tx, event, id, arrival, applied),
        Plan::RereadTemplates => {
            applied.templates = true;
            Ok(())
        }
        Plan::Notice(notice) => account::apply(tx, event, &notice, arrival, applied),
        Plan::Nothing(_) => Ok(()),
        Plan::Keep(keep) => Err(NotApplied::NotUnderstood(keep.why)),
    }
}

/// Whether an event may be an opt-out: its batch is then written before everything else (P2).
pub fn may_be_opt_out(event: &Event) -> bool {
    match &event.body {
        EventBody::UserPreference(_) => true,
        EventBody::Message(message) => consent::reading_of(message, None).is_opt_out(),
        _ => false,
    }
}

/// The time of an event: its own, else that of its entry, else of its arrival; never later than its arrival, so that
/// a sender's clock that runs ahead cannot hold a state for ever.
pub(crate) fn event_time(event: &Event, own: Option<UnixMillis>, arrival: Arrival) -> UnixMillis {
    own.or(event.envelope.entry_time).unwrap_or(arrival.received_at).min(arrival.received_at)
}

/// The rules in force: the operator's settings and the ledger's key.
pub async fn rules(console: &crate::Console) -> InboundRules {
    let settings = match crate::settings::load(console.store()).await {
        Ok(settings) => settings,
        Err(error) => {
            tracing::warn!(%error, "reading the settings; the defaults hold for this batch");
            crate::settings::defaults()
        }
    };
    InboundRules {
        ledger: LedgerKey::new(*console.keys().ledger()),
        opt_out_confirmation: settings
            .confirm_opt_out
            .then_some(settings.opt_out_confirmation)
            .filter(|text| !text.trim().is_empty()),
    }
}
