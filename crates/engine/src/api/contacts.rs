//! People and their consent.

use switchboard_bridge::dto::{
    ById, ConsentProve, ConsentVerdict, ConsentWhyRequest, ContactDetail, ContactErase, ContactExport,
    ContactListRequest, ContactOptIn, ContactOptOut, ContactPage, ErasureDone, ErasurePreview, LedgerVerification,
    Nothing, OptOutDecide, SavedFile, SuppressionExport, SuppressionImport, SuppressionImported, TakenContacts,
};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::consent::{Purposes, Via};
use switchboard_domain::ids::ConsentEventId;
use switchboard_domain::template::Category;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::ledger_chain::LedgerKey;

use crate::{
    Console, EngineError, consent_ledger, contacts, erasure, ledger_check, proof, subject_access, suppression_list,
    take_contacts,
};

fn ledger(console: &Console) -> LedgerKey {
    LedgerKey::new(*console.keys().ledger())
}

/// A page of people.
///
/// # Errors
/// A store error's sentence.
pub async fn contact_list(console: &Console, request: ContactListRequest) -> Result<ContactPage, UiError> {
    Ok(contacts::list(console.store(), request).await?)
}

/// One person.
///
/// # Errors
/// A sentence if there is no such person.
pub async fn contact_get(console: &Console, request: ById) -> Result<ContactDetail, UiError> {
    Ok(contacts::get(console.store(), contacts::id_of(&request.id)?).await?)
}

/// Records an opt-out by the operator.
///
/// # Errors
/// A sentence if there is no such person.
pub async fn contact_opt_out(console: &Console, request: ContactOptOut) -> Result<ContactDetail, UiError> {
    let id = contacts::id_of(&request.id)?;
    consent_ledger::opt_out(console.store(), &ledger(console), id, request.note, Via::Operator).await?;
    Ok(contacts::get(console.store(), id).await?)
}

/// Why may this person (not) get this?
///
/// # Errors
/// A sentence if there is no such person or category.
pub async fn consent_why(console: &Console, request: ConsentWhyRequest) -> Result<ConsentVerdict, UiError> {
    let category = Category::parse(&request.category).ok_or_else(|| {
        UiError::new(
            UiErrorCode::InvalidInput,
            "There is no such category of templates.",
            "Ask about marketing, utility or authentication.",
        )
        .with_details(serde_json::json!({ "field": "category" }))
    })?;
    Ok(contacts::why(console.store(), contacts::id_of(&request.id)?, category).await?)
}

/// Decides a probable opt-out.
///
/// # Errors
/// A sentence if it is none or was decided already.
pub async fn opt_out_decide(console: &Console, request: OptOutDecide) -> Result<ContactDetail, UiError> {
    let event = ConsentEventId::parse(request.event_id.trim())
        .map_err(|e| UiError::new(UiErrorCode::InvalidInput, format!("{e}."), "Open the person again."))?;
    let id = consent_ledger::decide(console.store(), &ledger(console), event, request.is_opt_out, request.note).await?;
    Ok(contacts::get(console.store(), id).await?)
}

/// What an erasure would take away.
///
/// # Errors
/// A sentence if there is no such person.
pub async fn contact_erase_preview(console: &Console, request: ById) -> Result<ErasurePreview, UiError> {
    Ok(erasure::preview(console, contacts::id_of(&request.id)?).await?)
}

/// Erases a person whose name was typed.
///
/// # Errors
/// A sentence if there is no such person, or the name does not fit.
pub async fn contact_erase(console: &Console, request: ContactErase) -> Result<ErasureDone, UiError> {
    let id = contacts::id_of(&request.id)?;
    Ok(erasure::confirmed(console, id, &request.typed, request.note).await?)
}

/// Saves the proof of a person's consent.
///
/// # Errors
/// A sentence if there is no such person, or the file cannot be written.
pub async fn consent_prove(console: &Console, request: ConsentProve) -> Result<SavedFile, UiError> {
    proof::prove(console, request).await
}

/// Saves everything that is on record about a person.
///
/// # Errors
/// A sentence if there is no such person, or the file cannot be written.
pub async fn contact_export(console: &Console, request: ContactExport) -> Result<SavedFile, UiError> {
    subject_access::export(console, request).await
}

/// Records a documented, dated opt-in of one person.
///
/// # Errors
/// A sentence for a missing wording, place or day, or an unknown person.
pub async fn contact_opt_in(console: &Console, request: ContactOptIn) -> Result<ContactDetail, UiError> {
    let id = contacts::id_of(&request.id)?;
    let given = consent_ledger::OperatorOptIn {
        contact_id: id,
        at: UnixMillis::new(request.at_ms),
        wording: request.wording,
        source: request.source,
        purposes: request.purposes.iter().fold(Purposes::GENERAL, |all, word| all.with(word)),
    };
    consent_ledger::opt_in(console.store(), &ledger(console), given).await?;
    Ok(contacts::get(console.store(), id).await?)
}

/// Saves everybody who opted out.
///
/// # Errors
/// A sentence if the file cannot be written.
pub async fn suppression_export(console: &Console, request: SuppressionExport) -> Result<SavedFile, UiError> {
    suppression_list::export(console.store(), request.path).await
}

/// Reads a list of people who opted out.
///
/// # Errors
/// A sentence about the file.
pub async fn suppression_import(console: &Console, request: SuppressionImport) -> Result<SuppressionImported, UiError> {
    suppression_list::import(console.store(), &ledger(console), request).await
}

/// Walks the whole consent ledger and names the first entry that does not hold.
///
/// # Errors
/// A store error's sentence.
pub async fn consent_verify(console: &Console, _request: Nothing) -> Result<LedgerVerification, UiError> {
    Ok(ledger_check::verify(console).await?)
}

/// Ends a walk that is under way.
///
/// # Errors
/// None.
pub async fn consent_verify_cancel(console: &Console, _request: Nothing) -> Result<Nothing, UiError> {
    console.end_ledger_walk();
    Ok(Nothing {})
}

/// Copies people with their consent from another open profile into this one.
///
/// # Errors
/// A store error's sentence.
pub async fn profile_take_contacts(into: &Console, from: &Console) -> Result<TakenContacts, UiError> {
    let practice = from.profile().is_practice();
    Ok(take_contacts::take(into.store(), &ledger(into), from.store(), practice).await.map_err(EngineError::Store)?)
}
