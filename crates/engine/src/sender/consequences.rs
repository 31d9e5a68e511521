//! Error classes do things (errors.md §10): account class stops the account, template class its campaigns, and what
//! is about a person is remembered for that person. The same for answers and for `failed` webhooks.

use std::time::Duration;

use switchboard_cloud_api::errors::{ErrorClass, ErrorScope, GraphError};
use switchboard_domain::consent::{EventKind, Purposes, Via};
use switchboard_domain::ids::{CampaignId, ContactId, PhoneNumberId, TemplateId};
use switchboard_domain::send::OutboxState;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::consent_events::{self, Evidence, NewEvent};
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::tables::{account_stops, campaigns, outbox, reachability};
use switchboard_store::{StoreError, WriteTx};

use crate::settings;

/// What an error was about.
#[derive(Clone, Debug)]
pub struct About<'a> {
    /// The person.
    pub contact_id: ContactId,
    /// The campaign.
    pub campaign_id: Option<CampaignId>,
    /// The template.
    pub template_id: Option<&'a TemplateId>,
    /// The sending number.
    pub phone_number_id: &'a PhoneNumberId,
    /// When, at Meta if it says so.
    pub at: UnixMillis,
    /// Attempt id or wamid: what leads to the proof.
    pub proof: String,
}

/// Where a refused row goes: held back by Meta, or refused.
pub fn state_of(error: &GraphError) -> OutboxState {
    match error.code {
        // Ecosystem health, experiment, dropped by pacing: counted apart, not as our failure (errors.md §10).
        131_049 | 130_472 | 132_015 => OutboxState::Withheld,
        _ => OutboxState::Refused,
    }
}

/// The sentence and remedy kept with a refused row.
pub fn sentence_of(error: &GraphError) -> String {
    let advice = error.advice();
    format!("{} {}", advice.sentence, advice.remedy)
}

/// What an error does beyond the message that got it, decided from the error alone; [`apply`] carries it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consequences {
    /// What stands still until a person acts.
    pub stops: Option<Stops>,
    /// Whether what runs on the template is paused.
    pub pauses_template: bool,
    /// What is remembered about the person.
    pub about_person: Option<AboutPerson>,
}

/// What an error of the account class stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stops {
    /// Everything.
    Account,
    /// Everything from the number.
    Number,
}

/// What an error says about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AboutPerson {
    /// Not reachable on WhatsApp.
    Unreachable,
    /// Held back by Meta for now.
    Withheld,
    /// They stopped marketing.
    MarketingStopped,
    /// We blocked them.
    Blocked,
}

impl Consequences {
    /// Decides.
    pub fn of(error: &GraphError) -> Self {
        let entry = error.advice();
        let stops = match (entry.scope, entry.class) {
            (ErrorScope::Account, ErrorClass::AccountStop | ErrorClass::Fix) => Some(Stops::Account),
            (ErrorScope::Number, ErrorClass::AccountStop | ErrorClass::Fix) => Some(Stops::Number),
            _ => None,
        };
        let about_person = match error.code {
            131_026 | 1026 => Some(AboutPerson::Unreachable),
            131_049 | 130_472 => Some(AboutPerson::Withheld),
            131_050 => Some(AboutPerson::MarketingStopped),
            130_403 => Some(AboutPerson::Blocked),
            _ => None,
        };
        Self { stops, pauses_template: entry.scope == ErrorScope::Template, about_person }
    }
}

/// Does what the class of an error asks for, within the transaction that records it.
///
/// # Errors
/// [`StoreError`].
pub fn apply(
    tx: &mut WriteTx<'_>,
    ledger: &LedgerKey,
    error: &GraphError,
    about: &About<'_>,
) -> Result<(), StoreError> {
    let advice = error.advice();
    let consequences = Consequences::of(error);
    if let Some(stops) = consequences.stops {
        let number = (stops == Stops::Number).then_some(about.phone_number_id);
        account_stops::open(tx, Some(error.code), number, advice.sentence, advice.remedy)?;
        campaigns::pause_all(tx, number, "account_stop", advice.sentence)?;
    }
    if consequences.pauses_template {
        let reason = sentence_of(error);
        match about.template_id {
            Some(template) => campaigns::pause_of_template(tx, template, "template_refused", &reason)?,
            None => 0,
        };
        if let Some(id) = about.campaign_id {
            campaigns::pause(tx, id, "template_refused", &reason)?;
        }
    }
    match consequences.about_person {
        Some(AboutPerson::Unreachable) => {
            let days = u64::from(settings::load_in(tx)?.unreachable_hold_days);
            reachability::mark_unreachable(tx, about.contact_id, about.at, Duration::from_secs(days * 86_400))
        }
        Some(AboutPerson::Withheld) => reachability::mark_withheld(tx, about.contact_id, about.at),
        Some(AboutPerson::MarketingStopped) => {
            signal(tx, ledger, EventKind::MarketingStop, Purposes::MARKETING, error, about)
        }
        Some(AboutPerson::Blocked) => signal(tx, ledger, EventKind::Blocked, Purposes::GENERAL, error, about),
        None => Ok(()),
    }
}

/// Records what Meta says about a person's will, with the code as evidence, and cancels what it forbids (P2).
fn signal(
    tx: &mut WriteTx<'_>,
    ledger: &LedgerKey,
    kind: EventKind,
    purposes: Purposes,
    error: &GraphError,
    about: &About<'_>,
) -> Result<(), StoreError> {
    let event = NewEvent {
        purposes,
        evidence: Evidence {
            source: Some(format!("error {} of a send", error.code)),
            message_id: Some(about.proof.clone()),
            ..Evidence::default()
        },
        dedupe_key: Some(format!("error:{}:{}", error.code, about.proof)),
        ..NewEvent::now(about.contact_id, kind, Via::Platform, about.at)
    };
    if consent_events::append(tx, ledger, &event)?.is_some() {
        tx.touch("consent")?;
    }
    let marketing_only = kind == EventKind::MarketingStop;
    let cancelled = outbox::cancel_queued_of_contact(
        tx,
        about.contact_id,
        marketing_only,
        if marketing_only { "marketing_stopped" } else { "blocked" },
        error.advice().sentence,
    )?;
    if cancelled > 0 {
        tx.touch("campaigns")?;
    }
    Ok(())
}
