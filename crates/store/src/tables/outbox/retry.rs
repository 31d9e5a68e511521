//! Trying again what Meta refused at the door. The only step back that an operator can ask for, and only for rows of
//! which no attempt can have been taken: each of them ended in a refusal, or certainly never left (P3; errors.md §11).

use rusqlite::Connection;
use switchboard_domain::ids::CampaignId;
use switchboard_domain::send::OutboxState;

use crate::columns::IdColumn;
use crate::{StoreError, WriteTx};

/// What holds for a row that no attempt of which can have been taken.
const NEVER_TAKEN: &str = "o.wamid IS NULL AND o.accepted_at_ms IS NULL AND o.delivery_rank = 0 \
     AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.outbox_id = o.outbox_id \
     AND (a.outcome IS NULL OR a.outcome NOT IN ('refused', 'throttled', 'not_sent')))";

/// Rows that did not arrive, by cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedGroup {
    /// State.
    pub state: OutboxState,
    /// Graph code or word of ours.
    pub code: String,
    /// The sentence kept with the rows.
    pub sentence: String,
    /// Rows of which Meta took no attempt.
    pub never_taken: u64,
    /// The others.
    pub taken: u64,
}

/// Everything of a campaign that did not arrive or is unknown, by cause, most frequent first.
///
/// # Errors
/// [`StoreError`].
pub fn failed_groups(connection: &Connection, id: CampaignId) -> Result<Vec<FailedGroup>, StoreError> {
    let sql = format!(
        "SELECT o.state, COALESCE(o.reason_code, ''), COALESCE(MAX(o.reason), ''), COUNT(*), \
         SUM(o.state IN ('refused', 'withheld') AND {NEVER_TAKEN}) FROM outbox o \
         WHERE o.campaign_id = ?1 AND o.state IN ('refused', 'withheld', 'unknown') GROUP BY 1, 2 ORDER BY 4 DESC, 2"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([id.bytes()], |r| {
        let state: String = r.get(0)?;
        let (all, never_taken): (u64, u64) = (r.get(3)?, r.get(4)?);
        Ok(FailedGroup {
            state: OutboxState::parse(&state).unwrap_or(OutboxState::Unknown),
            code: r.get(1)?,
            sentence: r.get(2)?,
            never_taken,
            taken: all.saturating_sub(never_taken),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Puts up to `limit` refused rows with one cause back into the queue; call again until it returns 0. Whoever may not
/// be written to any more is left out by the claim, as ever.
///
/// # Errors
/// [`StoreError`].
pub fn queue_again(tx: &WriteTx<'_>, id: CampaignId, code: &str, limit: u32) -> Result<usize, StoreError> {
    let sql = format!(
        "UPDATE outbox SET state = 'queued', not_before_ms = 0, failed_at_ms = NULL, reason_code = NULL, reason = NULL, \
         updated_at_ms = ?4 WHERE outbox_id IN (SELECT o.outbox_id FROM outbox o WHERE o.campaign_id = ?1 \
         AND o.state IN ('refused', 'withheld') AND COALESCE(o.reason_code, '') = ?2 AND {NEVER_TAKEN} LIMIT ?3) \
         AND state IN ('refused', 'withheld')"
    );
    Ok(tx.prepare_cached(&sql)?.execute((id.bytes(), code, limit, tx.now().as_ms()))?)
}
