//! The operator's own lower limits of a sending number, and the stages of a number that is warming up.

use rusqlite::{Connection, OptionalExtension};
use switchboard_domain::ids::PhoneNumberId;
use switchboard_domain::rules::{NumberLimits, WarmUp};
use switchboard_domain::time::UnixMillis;

use crate::{StoreError, WriteTx};

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<(PhoneNumberId, NumberLimits)> {
    let from: Option<i64> = row.get("warm_up_from_ms")?;
    let first: Option<u32> = row.get("warm_up_first_day")?;
    let percent: Option<u32> = row.get("warm_up_percent")?;
    let days: Option<u32> = row.get("warm_up_days")?;
    let warm_up = match (from, first, percent, days) {
        (Some(from), Some(first_day), Some(percent), Some(days)) => {
            Some(WarmUp { from: UnixMillis::new(from), first_day, percent, days })
        }
        _ => None,
    };
    let limits = NumberLimits { per_second: row.get("per_second")?, per_day: row.get("per_day")?, warm_up };
    Ok((PhoneNumberId::new(row.get::<_, String>("phone_number_id")?), limits))
}

/// All that were set.
///
/// # Errors
/// [`StoreError`].
pub fn all(connection: &Connection) -> Result<Vec<(PhoneNumberId, NumberLimits)>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT * FROM number_limits")?;
    Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
}

/// Those of one number; none set = no limits of the operator's own.
///
/// # Errors
/// [`StoreError`].
pub fn get(connection: &Connection, number: &PhoneNumberId) -> Result<NumberLimits, StoreError> {
    Ok(connection
        .prepare_cached("SELECT * FROM number_limits WHERE phone_number_id = ?1")?
        .query_row([number.as_str()], read)
        .optional()?
        .map(|(_, limits)| limits)
        .unwrap_or_default())
}

/// Replaces those of one number.
///
/// # Errors
/// [`StoreError`].
pub fn put(tx: &mut WriteTx<'_>, number: &PhoneNumberId, limits: &NumberLimits) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO number_limits (phone_number_id, per_second, per_day, warm_up_from_ms, \
         warm_up_first_day, warm_up_percent, warm_up_days) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((
        number.as_str(),
        limits.per_second,
        limits.per_day,
        limits.warm_up.map(|w| w.from.as_ms()),
        limits.warm_up.map(|w| w.first_day),
        limits.warm_up.map(|w| w.percent),
        limits.warm_up.map(|w| w.days),
    ))?;
    tx.touch("account")
}

/// The people of [`reached_since`] by the hour in which they were reached first, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn reached_by_hour(
    connection: &Connection,
    number: &PhoneNumberId,
    since: UnixMillis,
) -> Result<Vec<(UnixMillis, u64)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT hour_ms, COUNT(*) FROM (SELECT MIN(accepted_at_ms) / 3600000 * 3600000 AS hour_ms FROM outbox \
         WHERE accepted_at_ms >= ?1 AND phone_number_id = ?2 AND campaign_id IS NOT NULL GROUP BY contact_id) \
         GROUP BY hour_ms ORDER BY hour_ms",
    )?;
    let rows =
        statement.query_map((since.as_ms(), number.as_str()), |r| Ok((UnixMillis::new(r.get(0)?), r.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// People to whom campaigns of a number sent a template since a moment; what is on its way or unclear counts.
///
/// # Errors
/// [`StoreError`].
pub fn reached_since(connection: &Connection, number: &PhoneNumberId, since: UnixMillis) -> Result<u64, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT COUNT(*) FROM ( \
             SELECT contact_id FROM outbox WHERE accepted_at_ms >= ?1 AND phone_number_id = ?2 \
             AND campaign_id IS NOT NULL \
             UNION SELECT contact_id FROM outbox WHERE state IN ('claimed', 'sending', 'unknown') \
             AND campaign_id IS NOT NULL AND phone_number_id = ?2 AND updated_at_ms >= ?1)",
        )?
        .query_row((since.as_ms(), number.as_str()), |r| r.get(0))?)
}
