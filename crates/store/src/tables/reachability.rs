//! What Meta's answers said about reaching a person. Not consent (errors.md §5).

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension};
use switchboard_domain::consent::{Reachability, withheld_for};
use switchboard_domain::ids::ContactId;
use switchboard_domain::time::UnixMillis;

use super::contacts::present_id;
use crate::columns::{IdColumn, RowExt};
use crate::{StoreError, WriteTx};

/// What is known of a person.
///
/// # Errors
/// [`StoreError`].
pub fn get(connection: &Connection, contact: ContactId) -> Result<Reachability, StoreError> {
    Ok(connection
        .prepare_cached("SELECT unreachable_until_ms, withheld_until_ms FROM reachability WHERE contact_id = ?1")?
        .query_row([contact.bytes()], |r| {
            Ok(Reachability {
                unreachable_until: r.ms_opt("unreachable_until_ms")?,
                withheld_until: r.ms_opt("withheld_until_ms")?,
            })
        })
        .optional()?
        .unwrap_or_default())
}

/// 131026: held from campaigns for as long as the operator set.
///
/// # Errors
/// [`StoreError`].
pub fn mark_unreachable(
    tx: &WriteTx<'_>,
    contact: ContactId,
    at: UnixMillis,
    hold: Duration,
) -> Result<(), StoreError> {
    let contact = present_id(tx, contact)?.unwrap_or(contact);
    tx.prepare_cached(
        "INSERT INTO reachability (contact_id, unreachable_until_ms) VALUES (?1, ?2)
         ON CONFLICT (contact_id) DO UPDATE SET unreachable_until_ms = MAX(COALESCE(unreachable_until_ms, 0), ?2)",
    )?
    .execute((contact.bytes(), at.plus(hold).as_ms()))?;
    Ok(())
}

/// 131049 or 130472: no marketing for a day, longer when repeated. The same failure told twice counts once.
///
/// # Errors
/// [`StoreError`].
pub fn mark_withheld(tx: &WriteTx<'_>, contact: ContactId, at: UnixMillis) -> Result<(), StoreError> {
    let contact = present_id(tx, contact)?.unwrap_or(contact);
    let was: Option<(Option<i64>, u32)> = tx
        .prepare_cached("SELECT withheld_until_ms, withheld_times FROM reachability WHERE contact_id = ?1")?
        .query_row([contact.bytes()], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?;
    let times = was.map_or(0, |(_, t)| t).saturating_add(1);
    let until = at.plus(withheld_for(times)).as_ms();
    if was.and_then(|(until, _)| until).is_some_and(|u| u >= until) {
        return Ok(());
    }
    tx.prepare_cached(
        "INSERT INTO reachability (contact_id, withheld_until_ms, withheld_times) VALUES (?1, ?2, ?3)
         ON CONFLICT (contact_id) DO UPDATE SET withheld_until_ms = ?2, withheld_times = ?3",
    )?
    .execute((contact.bytes(), until, times))?;
    Ok(())
}

/// The person wrote, or a message reached them: they are reachable.
///
/// # Errors
/// [`StoreError`].
pub fn mark_reached(tx: &WriteTx<'_>, contact: ContactId) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE reachability SET unreachable_until_ms = NULL WHERE contact_id = ?1")?
        .execute([contact.bytes()])?;
    Ok(())
}
