//! Importing opt-in lists.

use std::path::PathBuf;

use switchboard_bridge::dto::{
    ById, ImportCommit, ImportInspect, ImportInspection, ImportList, ImportPreview, ImportPreviewRequest,
    ImportRejectedSave, ImportRowsPage, ImportRowsRequest, ImportSummary, Nothing, SavedFile,
};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::ids::ImportId;
use switchboard_store::tables::ledger_chain::LedgerKey;

use crate::Console;
use crate::consent_import::{self, Confirmed, ImportContext};

/// What imports of an open profile work with.
pub fn import_context(console: &Console) -> ImportContext {
    ImportContext {
        store: console.store().clone(),
        ledger: LedgerKey::new(*console.keys().ledger()),
        progress: console.progress().clone(),
    }
}

fn import_id(text: &str) -> Result<ImportId, UiError> {
    ImportId::parse(text.trim()).map_err(|e| {
        UiError::new(UiErrorCode::InvalidInput, format!("{e}."), "Choose the import from the list.")
            .with_details(serde_json::json!({ "field": "id" }))
    })
}

/// Looks at a file before anything is decided.
///
/// # Errors
/// A sentence about the file.
pub async fn consent_import_inspect(console: &Console, request: ImportInspect) -> Result<ImportInspection, UiError> {
    Ok(consent_import::inspect(console.store(), request).await?)
}

/// Judges every row; nothing is written.
///
/// # Errors
/// A sentence about the file or the mapping.
pub async fn consent_import_preview(
    console: &Console,
    request: ImportPreviewRequest,
) -> Result<ImportPreview, UiError> {
    Ok(consent_import::preview(&import_context(console), request).await?)
}

/// A page of judged rows.
///
/// # Errors
/// A sentence if the preview or its file is gone.
pub async fn consent_import_rows(console: &Console, request: ImportRowsRequest) -> Result<ImportRowsPage, UiError> {
    Ok(consent_import::rows(console.store(), request).await?)
}

/// Writes what was previewed.
///
/// # Errors
/// A sentence; what was written before it stays and can be gone on with.
pub async fn consent_import_commit(console: &Console, request: ImportCommit) -> Result<ImportSummary, UiError> {
    let confirmed =
        Confirmed { preview_id: request.preview_id, unproven: request.unproven, attestation: request.attestation };
    Ok(consent_import::commit(&import_context(console), confirmed).await?)
}

/// Stops an import; what was written stays.
///
/// # Errors
/// A sentence if it is not under way.
pub async fn consent_import_cancel(console: &Console, request: ById) -> Result<ImportSummary, UiError> {
    Ok(consent_import::cancel(&import_context(console), import_id(&request.id)?).await?)
}

/// Takes everything back that an import recorded.
///
/// # Errors
/// A sentence if there is no such import, or it is being written.
pub async fn consent_import_undo(console: &Console, request: ById) -> Result<ImportSummary, UiError> {
    Ok(consent_import::undo(&import_context(console), import_id(&request.id)?).await?)
}

/// All imports.
///
/// # Errors
/// A store error's sentence.
pub async fn consent_import_list(console: &Console, _request: Nothing) -> Result<ImportList, UiError> {
    Ok(consent_import::list(console.store()).await?)
}

/// Saves the rows that were not taken.
///
/// # Errors
/// A sentence if there is no such import or the file cannot be written.
pub async fn consent_import_rejected_save(
    console: &Console,
    request: ImportRejectedSave,
) -> Result<SavedFile, UiError> {
    let path = request.path.map(PathBuf::from);
    Ok(consent_import::save_left_out(console.store(), import_id(&request.import_id)?, path).await?)
}
