//! Meta's price lists as the operator imported them, by currency and the day from which they hold.

use rusqlite::{Connection, OptionalExtension};
use switchboard_domain::ids::RateCardId;
use switchboard_domain::market;
use switchboard_domain::time::UnixMillis;

use crate::columns::{IdColumn, RowExt};
use crate::{StoreError, WriteTx};

/// A price list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardRow {
    /// Its id.
    pub card_id: RateCardId,
    /// Prices by volume instead of list prices.
    pub tiers: bool,
    /// ISO 4217.
    pub currency: String,
    /// First day, `2026-10-01`, in the account's time zone.
    pub effective_from: String,
    /// The file it came from.
    pub file_name: String,
    /// Its hash.
    pub sha256: String,
    /// When.
    pub imported_at: UnixMillis,
    /// Markets in it.
    pub markets: u32,
}

/// A price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// Market as the file names it.
    pub market: String,
    /// `marketing`, `utility`, `authentication`, `authentication_international`, `service`.
    pub category: String,
    /// First message of the tier; 0 for a list price.
    pub from_count: i64,
    /// Millionths of the currency's unit.
    pub rate_micros: i64,
}

const fn kind(tiers: bool) -> &'static str {
    if tiers { "tiers" } else { "rates" }
}

/// All of them, newest first.
///
/// # Errors
/// [`StoreError`].
pub fn list(connection: &Connection) -> Result<Vec<CardRow>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT c.*, (SELECT COUNT(DISTINCT market_key) FROM rate_card_prices p WHERE p.card_id = c.card_id) AS markets \
         FROM rate_cards c ORDER BY effective_from DESC, currency, kind",
    )?;
    let rows = statement.query_map([], |r| {
        Ok(CardRow {
            card_id: r.id("card_id")?,
            tiers: r.get::<_, String>("kind")? == "tiers",
            currency: r.get("currency")?,
            effective_from: r.get("effective_from")?,
            file_name: r.get("file_name")?,
            sha256: r.get("sha256")?,
            imported_at: r.ms("imported_at_ms")?,
            markets: r.get("markets")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Keeps a price list. One of the same kind, currency and day is replaced.
///
/// # Errors
/// [`StoreError`].
pub fn put(tx: &mut WriteTx<'_>, card: &CardRow, prices: &[Price]) -> Result<(), StoreError> {
    let same: Option<RateCardId> = tx
        .prepare_cached("SELECT card_id FROM rate_cards WHERE kind = ?1 AND currency = ?2 AND effective_from = ?3")?
        .query_row((kind(card.tiers), &card.currency, &card.effective_from), |r| r.id("card_id"))
        .optional()?;
    if let Some(old) = same {
        remove(tx, old)?;
    }
    tx.prepare_cached(
        "INSERT INTO rate_cards (card_id, kind, currency, effective_from, file_name, sha256, imported_at_ms) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((
        card.card_id.bytes(),
        kind(card.tiers),
        &card.currency,
        &card.effective_from,
        &card.file_name,
        &card.sha256,
        card.imported_at.as_ms(),
    ))?;
    let mut statement = tx.prepare_cached(
        "INSERT OR REPLACE INTO rate_card_prices (card_id, market_key, market, category, from_count, rate_micros) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for price in prices {
        statement.execute((
            card.card_id.bytes(),
            market::key_of(&price.market),
            &price.market,
            &price.category,
            price.from_count,
            price.rate_micros,
        ))?;
    }
    drop(statement);
    tx.touch("settings")
}

/// Removes a price list. `false`: there is none with this id.
///
/// # Errors
/// [`StoreError`].
pub fn remove(tx: &mut WriteTx<'_>, id: RateCardId) -> Result<bool, StoreError> {
    tx.prepare_cached("DELETE FROM rate_card_prices WHERE card_id = ?1")?.execute([id.bytes()])?;
    let removed = tx.prepare_cached("DELETE FROM rate_cards WHERE card_id = ?1")?.execute([id.bytes()])?;
    tx.touch("settings")?;
    Ok(removed == 1)
}

/// The list in force on a day, `2026-12-01`: id and first day.
///
/// # Errors
/// [`StoreError`].
pub fn in_force(
    connection: &Connection,
    tiers: bool,
    currency: &str,
    day: &str,
) -> Result<Option<(RateCardId, String)>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT card_id, effective_from FROM rate_cards WHERE kind = ?1 AND currency = ?2 AND effective_from <= ?3 \
             ORDER BY effective_from DESC LIMIT 1",
        )?
        .query_row((kind(tiers), currency, day), |r| Ok((r.id("card_id")?, r.get(1)?)))
        .optional()?)
}

/// One list price of a list.
///
/// # Errors
/// [`StoreError`].
pub fn price(connection: &Connection, id: RateCardId, market: &str, category: &str) -> Result<Option<i64>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT rate_micros FROM rate_card_prices \
             WHERE card_id = ?1 AND market_key = ?2 AND category = ?3 AND from_count = 0",
        )?
        .query_row((id.bytes(), market::key_of(market), category), |r| r.get(0))
        .optional()?)
}

/// All prices of a list.
///
/// # Errors
/// [`StoreError`].
pub fn prices(connection: &Connection, id: RateCardId) -> Result<Vec<Price>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT market, category, from_count, rate_micros FROM rate_card_prices WHERE card_id = ?1 \
         ORDER BY market_key, category, from_count",
    )?;
    let rows = statement.query_map([id.bytes()], |r| {
        Ok(Price { market: r.get(0)?, category: r.get(1)?, from_count: r.get(2)?, rate_micros: r.get(3)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
