//! Taking an import back, in short transactions, so that it can be watched and survives a crash.

use std::time::Duration;

use switchboard_bridge::dto;
use switchboard_domain::ids::ImportId;
use switchboard_store::tables::{import_undo, imports};
use switchboard_store::{Priority, StoreError};

use super::write::Counts;
use super::{ImportContext, ImportError, blocking, summary};

/// A transaction of it ends when it has run this long (P9).
const STEP: Duration = Duration::from_millis(30);

/// Takes everything back that an import recorded: its entries count no more, and people whom nothing else knows are
/// gone. What was recorded or sent since stays, and so does whom it concerns.
///
/// # Errors
/// [`ImportError::NoImport`], [`ImportError::NotUndoable`] while it is being written or once it was taken back.
pub async fn undo(context: &ImportContext, import_id: ImportId) -> Result<dto::ImportSummary, ImportError> {
    let began = context
        .store
        .write(Priority::Claim, move |tx| {
            Ok::<_, ImportError>(match imports::get(tx, import_id)? {
                None => return Err(ImportError::NoImport),
                Some(_) => {
                    imports::set_state(tx, import_id, &["committed", "cancelled", "interrupted", "undoing"], "undoing")?
                }
            })
        })
        .await?;
    if !began {
        return Err(ImportError::NotUndoable);
    }
    let for_run = context.clone();
    blocking(move || run(&for_run, import_id)).await?;
    summary::of(&context.store, import_id).await
}

fn run(context: &ImportContext, import_id: ImportId) -> Result<(), ImportError> {
    let job = import_id.to_string();
    let mut after = None;
    let mut looked_at = 0u64;
    loop {
        let key = context.ledger.clone();
        let done = context.store.write_blocking(Priority::Bulk, move |tx| {
            let done = import_undo::some(tx, &key, import_id, after, STEP)?;
            let Some(record) = imports::get(tx, import_id)? else { return Ok(done) };
            let mut counts: Counts = serde_json::from_str(&record.counts).unwrap_or_default();
            counts.undone_entries = counts.undone_entries.saturating_add(done.entries);
            counts.undone_removed = counts.undone_removed.saturating_add(done.people_removed);
            counts.undone_kept = counts.undone_kept.saturating_add(done.people_kept);
            let json = serde_json::to_string(&counts).map_err(|_| StoreError::BadValue { column: "imports.counts" })?;
            imports::keep_counts(tx, import_id, &json)?;
            if done.last.is_none() {
                imports::set_state(tx, import_id, &["undoing"], "undone")?;
            }
            Ok::<_, StoreError>(done)
        })?;
        looked_at = looked_at.saturating_add(done.people_removed).saturating_add(done.people_kept);
        context.report(&job, "undoing", looked_at, None);
        match done.last {
            Some(last) => after = Some(last),
            None => return Ok(()),
        }
    }
}
