//! Our own numbers: what Meta last said about each (account.md §5).

use rusqlite::{Connection, OptionalExtension, Row, params};
use switchboard_domain::ids::{PhoneNumberId, WabaId};
use switchboard_domain::time::UnixMillis;

use crate::{StoreError, WriteTx};

/// One of our numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnNumberRow {
    /// Its id.
    pub phone_number_id: PhoneNumberId,
    /// The WABA it belongs to.
    pub waba_id: WabaId,
    /// The number as people read it.
    pub display_phone_number: String,
    /// Name shown to customers.
    pub verified_name: Option<String>,
    /// `GREEN`, `YELLOW`, `RED`, `NA` …
    pub quality_rating: Option<String>,
    /// `CONNECTED` can send.
    pub status: Option<String>,
    /// `STANDARD`, `HIGH` …
    pub throughput_level: Option<String>,
    /// `TIER_250` …
    pub messaging_limit: Option<String>,
    /// The node as last read, JSON text.
    pub raw: String,
    /// When a field here last changed.
    pub updated_at: UnixMillis,
}

fn read(row: &Row<'_>) -> rusqlite::Result<OwnNumberRow> {
    Ok(OwnNumberRow {
        phone_number_id: PhoneNumberId::new(row.get::<_, String>("phone_number_id")?),
        waba_id: WabaId::new(row.get::<_, String>("waba_id")?),
        display_phone_number: row.get("display_phone_number")?,
        verified_name: row.get("verified_name")?,
        quality_rating: row.get("quality_rating")?,
        status: row.get("status")?,
        throughput_level: row.get("throughput_level")?,
        messaging_limit: row.get("messaging_limit")?,
        raw: row.get("raw")?,
        updated_at: UnixMillis::new(row.get("updated_at_ms")?),
    })
}

/// All our numbers.
pub fn list(conn: &Connection) -> Result<Vec<OwnNumberRow>, StoreError> {
    conn.prepare_cached("SELECT * FROM phone_numbers ORDER BY display_phone_number")?
        .query_map([], read)?
        .collect::<Result<_, _>>()
        .map_err(StoreError::from)
}

/// One of our numbers.
pub fn get(conn: &Connection, id: &PhoneNumberId) -> Result<Option<OwnNumberRow>, StoreError> {
    conn.prepare_cached("SELECT * FROM phone_numbers WHERE phone_number_id = ?1")?
        .query_row([id.as_str()], read)
        .optional()
        .map_err(StoreError::from)
}

/// The number of ours with these digits: webhooks of account fields name it by its digits alone (webhooks.md §7).
pub fn find_by_digits(conn: &Connection, display: &str) -> Result<Option<PhoneNumberId>, StoreError> {
    let wanted = digits(display);
    Ok(list(conn)?.into_iter().find(|n| digits(&n.display_phone_number) == wanted).map(|n| n.phone_number_id))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Writes a number as it was read from Graph.
pub fn put(tx: &WriteTx<'_>, number: &OwnNumberRow) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO phone_numbers (phone_number_id, waba_id, display_phone_number, verified_name, quality_rating,
             status, throughput_level, messaging_limit, raw, updated_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (phone_number_id) DO UPDATE SET waba_id = excluded.waba_id,
             display_phone_number = excluded.display_phone_number, verified_name = excluded.verified_name,
             quality_rating = excluded.quality_rating, status = excluded.status,
             throughput_level = excluded.throughput_level,
             messaging_limit = coalesce(excluded.messaging_limit, messaging_limit),
             raw = excluded.raw, updated_at_ms = excluded.updated_at_ms",
    )?
    .execute(params![
        number.phone_number_id.as_str(),
        number.waba_id.as_str(),
        number.display_phone_number,
        number.verified_name,
        number.quality_rating,
        number.status,
        number.throughput_level,
        number.messaging_limit,
        number.raw,
        number.updated_at.as_ms()
    ])?;
    Ok(())
}

/// A webhook named a new messaging limit: of one number, or of all, since it holds for the portfolio (account.md §7).
/// Guarded by the event's time. Returns the rows changed.
pub fn set_messaging_limit(tx: &WriteTx<'_>, limit: &str, at: UnixMillis) -> Result<usize, StoreError> {
    tx.prepare_cached(
        "UPDATE phone_numbers SET messaging_limit = ?1, updated_at_ms = ?2
         WHERE updated_at_ms <= ?2 AND messaging_limit IS NOT ?1",
    )?
    .execute(params![limit, at.as_ms()])
    .map_err(StoreError::from)
}

/// A webhook named a new throughput level. Guarded by the event's time.
pub fn set_throughput_level(
    tx: &WriteTx<'_>,
    id: &PhoneNumberId,
    level: &str,
    at: UnixMillis,
) -> Result<usize, StoreError> {
    tx.prepare_cached(
        "UPDATE phone_numbers SET throughput_level = ?2, updated_at_ms = ?3
         WHERE phone_number_id = ?1 AND updated_at_ms <= ?3 AND throughput_level IS NOT ?2",
    )?
    .execute(params![id.as_str(), level, at.as_ms()])
    .map_err(StoreError::from)
}
