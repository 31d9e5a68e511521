//! Error classes do things (errors.md §10): account class stops the account, template class its campaigns, and what
//! is about a person is remembered for that person. The same for answers and for `failed` webhooks.

use std::time::Duration;

use switchboard_cloud_api::errors::{ErrorClass, ErrorEntry, ErrorScope, GraphError};
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

/// Whether an error stops everything on the account or number.
fn stops_account(entry: &ErrorEntry) -> bool {
    match entry.scope {
        ErrorScope::Account | ErrorScope::Number => {
            matches!(entry.class, ErrorClass::AccountStop | ErrorClass::Fix)
        }
        ErrorScope::Message | ErrorScope::Recipient | ErrorScope::Pair | ErrorScope::Template => false,
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
    if stops_account(advice) {
        let number = (advice.scope == ErrorScope::Number).then_some(about.phone_number_id);
        account_stops::open(tx, Some(error.code), number, advice.sentence, advice.remedy)?;
        campaigns::pause_all(tx, number, "account_stop", advice.sentence)?;
    }
    if advice.scope == ErrorScope::Template {
        let reason = sentence_of(error);
        match about.template_id {
            Some(template) => campaigns::pause_of_template(tx, template, "template_refused", &reason)?,
            None => 0,
        };
        if let Some(id) = about.campaign_id {
            campaigns::pause(tx, id, "template_refused", &reason)?;
        }
    }
    about_person(tx, ledger, error, about)
}

fn about_person(
    tx: &mut WriteTx<'_>,
    ledger: &LedgerKey,
    error: &GraphError,
    about: &About<'_>,
) -> Result<(), StoreError> {
    match error.code {
        131_026 | 1026 => {
            let days = u64::from(settings::load_in(tx)?.unreachable_hold_days);
            reachability::mark_unreachable(tx, about.contact_id, about.at, Duration::from_secs(days * 86_400))
        }
        131_049 | 130_472 => reachability::mark_withheld(tx, about.contact_id, about.at),
        131_050 => signal(tx, ledger, EventKind::MarketingStop, Purposes::MARKETING, error, about),
        130_403 => signal(tx, ledger, EventKind::Blocked, Purposes::GENERAL, error, about),
        _ => Ok(()),
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
