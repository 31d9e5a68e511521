//! The proof for one person: everything that led to what they may receive today, as a document that can be checked years
//! later and elsewhere, without this database.
//!
//! A proof carries the entries of the person with the opening of each commitment (salt and evidence), the wording they
//! agreed to, the file and row that brought them, and their place in the ledger. It is sealed by a signing key of the
//! profile; whoever checks it compares the short mark of that key with the one that the business shows. JSON is the
//! document itself; CSV shows it as a table and carries it along.

mod check;
mod document;
mod seal;
mod table;

use std::path::PathBuf;

use switchboard_bridge::{UiError, UiErrorCode, dto};
use switchboard_domain::ids::ContactId;

use crate::{Console, EngineError};

pub use check::{Checked, check};
pub use seal::mark_of;
pub(crate) use seal::own_mark;

/// Word in front of every proof.
const FORMAT: &str = "switchboard-consent-proof";
/// Version of its shape.
const VERSION: u64 = 1;

/// How a proof is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The document itself.
    Json,
    /// A table for a spreadsheet; its last line is the document.
    Csv,
}

impl Format {
    /// Reads its word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

/// The sealed proof of a person.
///
/// # Errors
/// A `not_found` sentence; [`EngineError::Store`].
pub async fn of(console: &Console, id: ContactId) -> Result<serde_json::Value, EngineError> {
    let now = console.clock().now();
    let business = console.profile().card().ok().and_then(|c| c.business_name);
    let practice = console.profile().is_practice();
    let proof = console.store().read(move |c| document::of(c, id, now, business, practice)).await?;
    Ok(seal::sealed(proof, console.keys().proof()))
}

/// The sealed proof of a person out of a database at hand.
///
/// # Errors
/// A `not_found` sentence; [`EngineError::Store`].
pub fn in_store(
    c: &switchboard_store::Connection,
    id: ContactId,
    now: switchboard_domain::time::UnixMillis,
    seed: &[u8; 32],
) -> Result<serde_json::Value, EngineError> {
    Ok(seal::sealed(document::of(c, id, now, None, false)?, seed))
}

/// Writes the proof of a person to a file.
///
/// # Errors
/// A sentence if there is no such person or the file cannot be written.
pub async fn save(console: &Console, id: ContactId, format: Format, path: PathBuf) -> Result<dto::SavedFile, UiError> {
    let sealed = of(console, id).await?;
    let rows = document::entries(&sealed).len() as u64;
    let written = path.clone();
    tokio::task::spawn_blocking(move || {
        let bytes = match format {
            Format::Json => serde_json::to_vec_pretty(&sealed).map_err(|_| UiError::internal("writing a proof"))?,
            Format::Csv => table::render(&sealed)?,
        };
        crate::table_file::write_whole(&written, &bytes)
    })
    .await
    .map_err(|_| UiError::internal("writing a proof"))??;
    Ok(dto::SavedFile { path: path.to_string_lossy().into_owned(), rows: Some(rows) })
}

fn bad_format() -> UiError {
    UiError::new(UiErrorCode::InvalidInput, "There is no such format.", "Use csv or json.")
        .with_details(serde_json::json!({ "field": "format" }))
}

/// Writes the proof that a window or a script asked for.
///
/// # Errors
/// As [`save`], and for a format or path that is none.
pub async fn prove(console: &Console, request: dto::ConsentProve) -> Result<dto::SavedFile, UiError> {
    let id = crate::contacts::id_of(&request.id)?;
    let format = Format::parse(&request.format).ok_or_else(bad_format)?;
    let path = PathBuf::from(request.path.trim());
    if path.file_name().is_none() {
        return Err(UiError::new(UiErrorCode::InvalidInput, "There is no file to write to.", "Choose one."));
    }
    save(console, id, format, path).await
}

#[cfg(test)]
pub(crate) mod tests;
