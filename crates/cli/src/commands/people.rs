//! `contacts list|show|tag|untag`, `consent opt-out|show|why`.

use serde_json::{Value, json};
use switchboard_bridge::dto::{
    ById, ConsentProve, ConsentWhyRequest, ContactExport, ContactFilter, ContactListRequest, ContactOptIn,
    ContactOptOut, ContactTag, LedgerVerification, Nothing,
};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::consent::Via;
use switchboard_domain::phone::PhoneNumber;
use switchboard_engine::{Console, api, contacts, erasure};

use super::document;
use crate::arguments::{Consent, Contacts};
use crate::output::{page, usage};
use crate::session::{Session, stdin};

pub(super) async fn contacts(session: &Session, command: Contacts) -> Result<Value, UiError> {
    let console = session.open(false).await?;
    match command {
        Contacts::List { filter, search_stdin, after, limit } => {
            let filter: ContactFilter = serde_json::from_value(json!(filter.replace('-', "_"))).map_err(|_| {
                usage("--filter is not one of the choices.", "Use all, marketing, opted-out, no-consent or to-decide.")
            })?;
            let search = if search_stdin { Some(stdin()?.trim().to_owned()) } else { None };
            let request = ContactListRequest { search, filter, import_id: None, offset: after, limit };
            let list = api::contact_list(&console, request).await?;
            Ok(page(document(&list.rows)?, after, list.total))
        }
        Contacts::Show { id } => {
            let id = person(&console, id).await?;
            document(&api::contact_get(&console, ById { id }).await?)
        }
        Contacts::Export { id, out } => {
            let id = person(&console, id).await?;
            document(&api::contact_export(&console, ContactExport { id, path: full(&out) }).await?)
        }
        Contacts::Erase { id, yes, note } => {
            let id = person(&console, id).await?;
            let would_go = api::contact_erase_preview(&console, ById { id: id.clone() }).await?;
            if !yes {
                return Ok(json!({ "erased": false, "would_go": document(&would_go)?, "do_it_with": "--yes" }));
            }
            let done = erasure::erase(&console, contacts::id_of(&id)?, Via::Cli, note).await?;
            Ok(json!({ "erased": true, "contact_id": id, "gone": document(&done)? }))
        }
        Contacts::Tag { id, tag } => tagged(&console, id, tag, true).await,
        Contacts::Untag { id, tag } => tagged(&console, id, tag, false).await,
    }
}

async fn tagged(console: &Console, id: String, tag: String, on: bool) -> Result<Value, UiError> {
    let id = person(console, id).await?;
    api::contact_tag(console, ContactTag { ids: vec![id.clone()], tag, on }).await?;
    let detail = api::contact_get(console, ById { id }).await?;
    Ok(json!({ "contact_id": detail.row.id, "tags": detail.tags }))
}

pub(super) async fn consent(session: &Session, command: Consent) -> Result<Value, UiError> {
    let console = session.open(false).await?;
    match command {
        Consent::OptOut { id, note } => {
            let id = person(&console, id).await?;
            document(&api::contact_opt_out(&console, ContactOptOut { id, note }).await?)
        }
        Consent::Show { id } => {
            let id = person(&console, id).await?;
            let detail = api::contact_get(&console, ById { id }).await?;
            Ok(json!({
                "contact_id": detail.row.id,
                "consent": detail.row.consent,
                "timeline": document(&detail.timeline)?,
                "may_receive": document(&detail.may_receive)?,
            }))
        }
        Consent::Prove { id, format, out } => {
            let id = person(&console, id).await?;
            document(&api::consent_prove(&console, ConsentProve { id, format, path: full(&out) }).await?)
        }
        Consent::CheckProof { file } => super::rights::check_proof(&file).map(|answer| answer.data),
        Consent::OptIn { id, at, wording, source, purpose } => {
            let id = person(&console, id).await?;
            let at: jiff::Timestamp =
                at.parse().map_err(|_| usage("--at is not a time.", "Write it like 2026-11-03T14:30:00Z."))?;
            let request = ContactOptIn { id, at_ms: at.as_millisecond(), wording, source, purposes: purpose };
            document(&api::contact_opt_in(&console, request).await?)
        }
        Consent::Verify => {
            super::import::progress_to_stderr(&console);
            verified(&api::consent_verify(&console, Nothing {}).await?)
        }
        Consent::Why { id, category } => {
            let id = person(&console, id).await?;
            document(&api::consent_why(&console, ConsentWhyRequest { id, category }).await?)
        }
    }
}

/// A ledger that does not hold is an error of the command, so that a script sees it by its exit code.
fn verified(found: &LedgerVerification) -> Result<Value, UiError> {
    match &found.broken {
        None => document(found),
        Some(broken) => Err(UiError::new(
            UiErrorCode::WrongState,
            broken.sentence.clone(),
            "Keep this file as it is, and compare it with a backup. Entries before this one hold.",
        )
        .with_details(document(found)?)),
    }
}

/// A path as the engine takes it, whatever folder the command was given in.
pub(super) fn full(path: &std::path::Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()).to_string_lossy().into_owned()
}

/// The id as given, or for `-` that of the person with the phone number on standard input.
pub(super) async fn person(console: &Console, id: String) -> Result<String, UiError> {
    if id != "-" {
        return Ok(id);
    }
    let phone = PhoneNumber::parse_in(stdin()?.trim(), None).map_err(|e| {
        usage(format!("Standard input is not a phone number: {e}."), "Write it with + and country code.")
    })?;
    let request = ContactListRequest {
        search: Some(phone.as_e164().to_owned()),
        filter: ContactFilter::All,
        import_id: None,
        offset: 0,
        limit: 5,
    };
    let found = api::contact_list(console, request).await?;
    found
        .rows
        .into_iter()
        .find(|r| r.phone.as_deref().is_some_and(|p| PhoneNumber::from_stored(p).canonical() == phone.canonical()))
        .map(|r| r.id)
        .ok_or_else(|| UiError::new(UiErrorCode::NotFound, "Nobody here has that number.", "Import or add them first."))
}
