//! The newest rehearsal of each campaign: figures, no names.

use rusqlite::{Connection, OptionalExtension};
use switchboard_domain::ids::CampaignId;
use switchboard_domain::time::UnixMillis;

use crate::columns::{IdColumn, RowExt};
use crate::{StoreError, WriteTx};

/// A rehearsal as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RehearsalRow {
    /// When it was run.
    pub at: UnixMillis,
    /// Hash of the draft that was rehearsed.
    pub draft_hash: String,
    /// Its figures, JSON.
    pub report: String,
}

/// Keeps a rehearsal, in place of an earlier one.
///
/// # Errors
/// [`StoreError`].
pub fn put(tx: &mut WriteTx<'_>, id: CampaignId, row: &RehearsalRow) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO rehearsals (campaign_id, at_ms, draft_hash, report) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (campaign_id) DO UPDATE SET at_ms = excluded.at_ms, draft_hash = excluded.draft_hash, \
         report = excluded.report",
    )?
    .execute((id.bytes(), row.at.as_ms(), &row.draft_hash, &row.report))?;
    tx.touch("campaigns")
}

/// The newest one.
///
/// # Errors
/// [`StoreError`].
pub fn get(connection: &Connection, id: CampaignId) -> Result<Option<RehearsalRow>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT at_ms, draft_hash, report FROM rehearsals WHERE campaign_id = ?1")?
        .query_row([id.bytes()], |r| Ok(RehearsalRow { at: r.ms("at_ms")?, draft_hash: r.get(1)?, report: r.get(2)? }))
        .optional()?)
}
