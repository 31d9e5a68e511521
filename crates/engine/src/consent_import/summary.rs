//! What imports did, for lists and answers.

use switchboard_bridge::dto;
use switchboard_domain::ids::ImportId;
use switchboard_domain::import::RowVerdict;
use switchboard_store::Store;
use switchboard_store::tables::imports::{self, ImportRecord};

use super::ImportError;
use super::shown::verdict_to_dto;
use super::write::Counts;

/// All imports, newest first.
///
/// # Errors
/// [`ImportError::Store`].
pub async fn list(store: &Store) -> Result<dto::ImportList, ImportError> {
    let all = store.read(imports::list).await?;
    Ok(dto::ImportList { items: all.iter().map(shown).collect() })
}

pub(super) async fn of(store: &Store, id: ImportId) -> Result<dto::ImportSummary, ImportError> {
    let record = store.read(move |c| imports::get(c, id)).await?.ok_or(ImportError::NoImport)?;
    Ok(shown(&record))
}

pub(super) fn shown(i: &ImportRecord) -> dto::ImportSummary {
    let counts: Counts = serde_json::from_str(&i.counts).unwrap_or_default();
    let of = |v| match v {
        RowVerdict::Accepted => counts.accepted,
        RowVerdict::Repaired => counts.repaired,
        RowVerdict::Duplicate => counts.duplicate,
        RowVerdict::Quarantined => counts.quarantined,
        RowVerdict::Rejected => counts.rejected,
    };
    dto::ImportSummary {
        import_id: i.import_id.to_string(),
        state: match i.state.as_str() {
            "committed" => dto::ImportState::Committed,
            "cancelled" => dto::ImportState::Cancelled,
            "interrupted" => dto::ImportState::Interrupted,
            "undoing" => dto::ImportState::Undoing,
            "undone" => dto::ImportState::Undone,
            _ => dto::ImportState::Committing,
        },
        file_name: i.file_name.clone(),
        at_ms: i.finished_at.unwrap_or(i.created_at).as_ms(),
        verdicts: RowVerdict::ALL
            .iter()
            .map(|v| dto::VerdictCount { verdict: verdict_to_dto(*v), count: of(*v) })
            .collect(),
        contacts_added: counts.contacts_added,
        consents_recorded: counts.consents,
        opt_outs_recorded: counts.opt_outs,
        rows_left_out: counts.left_out,
        already_imported: false,
        can_undo: matches!(i.state.as_str(), "committed" | "cancelled" | "interrupted") && i.cursor_row > 0,
        undone: (i.state == "undone").then_some(dto::ImportUndone {
            entries: counts.undone_entries,
            people_removed: counts.undone_removed,
            people_kept: counts.undone_kept,
        }),
    }
}
