//! What messages cost: set aside at the claim, settled once by the delivery. The sums are kept by triggers of the
//! database, so that whatever changes a message changes them with it.

use rusqlite::{Connection, OptionalExtension};
use switchboard_domain::ids::{CampaignId, OutboxId};

use crate::columns::IdColumn;
use crate::{StoreError, WriteTx};

/// Sums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spend {
    /// Set aside for what is on its way, millionths.
    pub reserved_micros: i64,
    /// Cost of what was delivered, millionths.
    pub actual_micros: i64,
    /// Messages that were charged.
    pub charged: u64,
    /// Messages that were free.
    pub free: u64,
    /// Messages that were charged at a price that no card has.
    pub unpriced: u64,
}

impl Spend {
    /// Spent or set aside.
    pub const fn used_micros(&self) -> i64 {
        self.reserved_micros.saturating_add(self.actual_micros)
    }
}

const SUMS: &str = "COALESCE(SUM(reserved_micros), 0), COALESCE(SUM(actual_micros), 0), COALESCE(SUM(charged), 0), \
     COALESCE(SUM(free), 0), COALESCE(SUM(unpriced), 0)";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Spend> {
    Ok(Spend {
        reserved_micros: row.get(0)?,
        actual_micros: row.get(1)?,
        charged: row.get(2)?,
        free: row.get(3)?,
        unpriced: row.get(4)?,
    })
}

/// What a campaign has cost.
///
/// # Errors
/// [`StoreError`].
pub fn of_campaign(connection: &Connection, id: CampaignId) -> Result<Spend, StoreError> {
    Ok(connection
        .prepare_cached(&format!("SELECT {SUMS} FROM spend WHERE campaign_id = ?1"))?
        .query_row([id.bytes()], read)?)
}

/// What all campaigns cost in a month, `2026-11`.
///
/// # Errors
/// [`StoreError`].
pub fn of_month(connection: &Connection, month: &str) -> Result<Spend, StoreError> {
    Ok(connection
        .prepare_cached(&format!("SELECT {SUMS} FROM spend WHERE month = ?1 AND campaign_id <> x''"))?
        .query_row([month], read)?)
}

/// Sets the list price of a claimed message aside.
///
/// # Errors
/// [`StoreError`].
pub fn reserve(tx: &WriteTx<'_>, id: OutboxId, micros: i64, month: &str) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE outbox SET reserved_micros = ?2, cost_month = ?3 WHERE outbox_id = ?1")?.execute((
        id.bytes(),
        micros,
        month,
    ))?;
    Ok(())
}

/// What is needed to price a delivered message, if it was not priced before.
pub struct Unpriced {
    /// The `pricing` object that came with a status, as JSON.
    pub pricing: Option<String>,
    /// Category of the template, for a template.
    pub category: Option<String>,
    /// E.164 of the person.
    pub phone: Option<String>,
    /// Their business-scoped user id.
    pub bsuid: Option<String>,
}

/// A delivered message without a cost. `None`: it has one, or was not delivered.
///
/// # Errors
/// [`StoreError`].
pub fn delivered_without_cost(connection: &Connection, id: OutboxId) -> Result<Option<Unpriced>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT o.pricing, o.category, c.phone, c.bsuid FROM outbox o LEFT JOIN contacts c \
             ON c.contact_id = o.contact_id WHERE o.outbox_id = ?1 AND o.delivery_rank >= 2 AND o.cost_kind IS NULL",
        )?
        .query_row([id.bytes()], |r| {
            Ok(Unpriced { pricing: r.get(0)?, category: r.get(1)?, phone: r.get(2)?, bsuid: r.get(3)? })
        })
        .optional()?)
}

/// What a delivered message cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// So many millionths.
    Charged(i64),
    /// Nothing.
    Free,
    /// Charged, at a price that no card has.
    Unpriced,
}

/// Settles the cost of a delivered message, once. `false`: it was settled before.
///
/// # Errors
/// [`StoreError`].
pub fn settle(tx: &WriteTx<'_>, id: OutboxId, cost: Cost, month: &str) -> Result<bool, StoreError> {
    let (kind, micros) = match cost {
        Cost::Charged(micros) => ("charged", Some(micros)),
        Cost::Free => ("free", Some(0)),
        Cost::Unpriced => ("unpriced", None),
    };
    let changed = tx
        .prepare_cached(
            "UPDATE outbox SET reserved_micros = NULL, cost_micros = ?2, cost_kind = ?3, cost_month = ?4 \
             WHERE outbox_id = ?1 AND cost_kind IS NULL",
        )?
        .execute((id.bytes(), micros, kind, month))?;
    Ok(changed == 1)
}

#[cfg(test)]
#[path = "spend_tests.rs"]
mod tests;
