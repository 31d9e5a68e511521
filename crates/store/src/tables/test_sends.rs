//! Tests of a campaign's message on the operator's own phones: single sends that know which campaign they try out.

use rusqlite::{Connection, OptionalExtension};
use switchboard_domain::ids::{CampaignId, ContactId, OutboxId};
use switchboard_domain::send::OutboxState;
use switchboard_domain::time::UnixMillis;

use crate::columns::{IdColumn, RowExt};
use crate::{StoreError, WriteTx};

/// Marks a single send as the test of a campaign, in the transaction that writes it.
///
/// # Errors
/// [`StoreError`].
pub fn mark(tx: &WriteTx<'_>, outbox: OutboxId, campaign: CampaignId) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE outbox SET test_of = ?2 WHERE outbox_id = ?1")?
        .execute((outbox.bytes(), campaign.bytes()))?;
    Ok(())
}

/// A test as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestRow {
    /// State.
    pub state: OutboxState,
    /// How far it came.
    pub delivery_rank: u8,
    /// Why it did not arrive.
    pub reason: Option<String>,
    /// Last change.
    pub updated_at: UnixMillis,
}

/// The newest test of a campaign to a person.
///
/// # Errors
/// [`StoreError`].
pub fn newest(
    connection: &Connection,
    campaign: CampaignId,
    contact: ContactId,
) -> Result<Option<TestRow>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT state, delivery_rank, reason, updated_at_ms FROM outbox \
             WHERE test_of = ?1 AND contact_id = ?2 ORDER BY created_at_ms DESC, outbox_id DESC LIMIT 1",
        )?
        .query_row((campaign.bytes(), contact.bytes()), |r| {
            let state: String = r.get(0)?;
            Ok(TestRow {
                state: OutboxState::parse(&state).unwrap_or(OutboxState::Unknown),
                delivery_rank: r.get(1)?,
                reason: r.get(2)?,
                updated_at: r.ms("updated_at_ms")?,
            })
        })
        .optional()?)
}

/// When a campaign was tried out first.
///
/// # Errors
/// [`StoreError`].
pub fn first_at(connection: &Connection, campaign: CampaignId) -> Result<Option<UnixMillis>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT MIN(created_at_ms) FROM outbox WHERE test_of = ?1")?
        .query_row([campaign.bytes()], |r| r.get::<_, Option<i64>>(0))?
        .map(UnixMillis::new))
}
