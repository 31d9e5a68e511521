//! What arrives: every event of a webhook finds its place in the store, in whatever order and however often it comes.
//!
//! [`apply_event`] works inside the transaction that also moves the relay cursor, so that an event is applied exactly
//! once however the process ends; and because everything it writes is guarded (unique wamid, delivery rank, event
//! time), an event that Meta delivers again changes nothing (P4). A STOP, the opt-out it records and the queued sends
//! it cancels are one transaction (P2).

mod account;
mod consent;
mod messages;
mod people;
mod relink;
pub mod show;
mod statuses;
mod templates;

pub(crate) use templates::pause_campaigns_if_unsendable;

#[cfg(test)]
mod tests;

use switchboard_cloud_api::webhooks::{Event, EventBody, UnknownReason};
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
    NotUnderstood(String),
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
/// [`NotApplied`]; the caller rolls back to before this event and keeps it raw.
pub fn apply_event(
    tx: &mut WriteTx<'_>,
    event: &Event,
    arrival: Arrival,
    rules: &InboundRules,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    let envelope = &event.envelope;
    // The App Dashboard's "Test" button sends made-up people under the account id 0 (webhooks.md §2.1).
    if envelope.waba_id.as_ref().is_some_and(|id| id.as_str() == "0") {
        return account::note_test(tx, event, arrival);
    }
    match &event.body {
        EventBody::Status(status) => statuses::apply(tx, status, rules, applied),
        EventBody::Message(message) => messages::apply(tx, event, message, arrival, rules, applied),
        EventBody::Echo(message) => messages::apply_echo(tx, event, message, arrival, rules),
        EventBody::HistoryMessage(past) => messages::apply_history(tx, event, past, arrival, rules, applied),
        EventBody::UserPreference(preference) => {
            consent::apply_preference(tx, event, preference, arrival, rules, applied)
        }
        EventBody::UserIdUpdate(update) => relink::apply_user_id_update(tx, event, update, rules),
        EventBody::Contact(contact) => people::learn(tx, &rules.ledger, contact),
        EventBody::TemplateStatus(update) => templates::apply_status(tx, event, update, arrival, applied),
        EventBody::TemplateQuality(update) => templates::apply_quality(tx, event, update, arrival, applied),
        EventBody::TemplateCategory(update) => templates::apply_category(tx, event, update, arrival, applied),
        EventBody::TemplateCorrectCategory(update) => {
            templates::apply_correct_category(tx, event, update, arrival, applied)
        }
        EventBody::TemplateComponents(update) => templates::apply_components(tx, event, update, arrival, applied),
        EventBody::AccountUpdate(_)
        | EventBody::AccountReview(_)
        | EventBody::AccountAlert(_)
        | EventBody::AccountError(_)
        | EventBody::BusinessCapability(_)
        | EventBody::PhoneNumberQuality(_)
        | EventBody::PhoneNumberName(_)
        | EventBody::Security(_)
        | EventBody::BusinessUsername(_) => account::apply(tx, event, arrival, applied),
        EventBody::Unknown(reason) => Err(NotApplied::NotUnderstood(unknown(reason))),
        _ => Err(NotApplied::NotUnderstood("this version does nothing with this kind of event".to_owned())),
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

fn unknown(reason: &UnknownReason) -> String {
    match reason {
        UnknownReason::Field => "an unknown field".to_owned(),
        UnknownReason::Key(key) => format!("an unknown key: {key}"),
        UnknownReason::Shape(at) => format!("an unknown shape: {at}"),
        UnknownReason::OtherObject => "another product's webhook".to_owned(),
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
