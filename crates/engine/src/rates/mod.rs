//! What messages cost: Meta's price lists by currency and day, as the operator imported them; until then demo data that
//! came with the program and says so. Every rate is dated data, never code (pricing.md).

mod api;
mod charged;
mod parse;
mod settle;

pub use api::{import, list, remove, set_budget};
pub use charged::Charged;
pub use parse::{CardError, ParsedCard, parse};
pub use settle::settle_cost;

use std::collections::HashMap;
use std::sync::OnceLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use switchboard_domain::market;
use switchboard_domain::phone::Region;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::{account, rate_cards};
use switchboard_store::{Connection, StoreError};

static DEMO: &str = include_str!("../../data/demo-rates-usd-2026-10-01.csv");

/// The list prices in force at a moment, and the lowest prices by volume.
#[derive(Clone, Debug, Default)]
pub struct Card {
    /// The account's currency; empty = not known.
    pub currency: String,
    /// First day of the list; none = there is no list.
    pub from: Option<String>,
    /// Demo data that came with the program.
    pub demo: bool,
    list: HashMap<(String, String), i64>,
    lowest: HashMap<(String, String), i64>,
}

fn demo() -> Option<&'static ParsedCard> {
    static CARD: OnceLock<Option<ParsedCard>> = OnceLock::new();
    CARD.get_or_init(|| parse(DEMO.as_bytes()).ok()).as_ref()
}

/// The category under which a message is billed, as lists name it (pricing.md §8).
pub fn billed_as(category: &str) -> String {
    match category.to_lowercase().replace('-', "_").as_str() {
        "marketing_lite" => "marketing".to_owned(),
        other => other.to_owned(),
    }
}

impl Card {
    /// The card of the account's currency at a moment. An account whose currency is not known yet has none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn at(connection: &Connection, at: UnixMillis, zone: &TimeZone) -> Result<Self, StoreError> {
        let Some(currency) = account::get(connection)?.and_then(|a| a.currency) else { return Ok(Self::default()) };
        let currency = currency.to_ascii_uppercase();
        let day = day_of(at, zone).to_string();
        let mut card = Self { currency: currency.clone(), ..Self::default() };
        if let Some((id, from)) = rate_cards::in_force(connection, false, &currency, &day)? {
            card.from = Some(from);
            card.take(&rate_cards::prices(connection, id)?);
        } else if demo_card().currency == currency {
            card = demo_card().clone();
        }
        if let Some((id, _)) = rate_cards::in_force(connection, true, &currency, &day)? {
            for price in rate_cards::prices(connection, id)? {
                let lowest = card.lowest.entry((market::key_of(&price.market), price.category)).or_insert(i64::MAX);
                *lowest = (*lowest).min(price.rate_micros);
            }
        }
        Ok(card)
    }

    fn take(&mut self, prices: &[rate_cards::Price]) {
        for price in prices {
            self.list.insert((market::key_of(&price.market), price.category.clone()), price.rate_micros);
        }
    }

    /// Whether there is any price.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The list price of a message, millionths.
    pub fn price(&self, market: &str, category: &str) -> Option<i64> {
        self.list.get(&(market::key_of(market), category.to_owned())).copied()
    }

    /// The lowest price by volume; the list price where no tiers apply (marketing and service have none).
    pub fn lowest(&self, market: &str, category: &str) -> Option<i64> {
        let list = self.price(market, category)?;
        let tiered = matches!(category, "utility" | "authentication");
        let lowest = self.lowest.get(&(market::key_of(market), category.to_owned())).filter(|_| tiered);
        Some(lowest.map_or(list, |lowest| list.min(*lowest)))
    }

    /// The day on which Meta may change prices after this card began (pricing.md §3): the first of a quarter.
    pub fn may_end(&self) -> Option<Date> {
        let from: Date = self.from.as_ref()?.parse().ok()?;
        let month = (from.month() - 1) / 3 * 3 + 4;
        if month > 12 { Date::new(from.year() + 1, 1, 1).ok() } else { Date::new(from.year(), month, 1).ok() }
    }
}

fn demo_card() -> &'static Card {
    static CARD: OnceLock<Card> = OnceLock::new();
    CARD.get_or_init(|| {
        let mut card = Card { demo: true, ..Card::default() };
        if let Some(demo) = demo() {
            card.currency.clone_from(&demo.currency);
            card.from = demo.effective_from.map(|d| d.to_string());
            card.take(&demo.prices);
        }
        card
    })
}

/// One list price at a moment, for where many are asked one after the other.
///
/// # Errors
/// [`StoreError`].
pub fn price_at(
    connection: &Connection,
    at: UnixMillis,
    zone: &TimeZone,
    market: &str,
    category: &str,
) -> Result<Option<i64>, StoreError> {
    let Some(currency) = account::currency(connection)? else { return Ok(None) };
    let currency = currency.to_ascii_uppercase();
    let day = day_of(at, zone).to_string();
    match rate_cards::in_force(connection, false, &currency, &day)? {
        Some((id, _)) => rate_cards::price(connection, id, market, category),
        None => Ok(Some(demo_card()).filter(|card| card.currency == currency).and_then(|c| c.price(market, category))),
    }
}

/// The market of a person.
pub fn market_of(phone: Option<&str>, bsuid: Option<&str>) -> &'static str {
    match phone {
        Some(phone) => market::of_phone(phone),
        None => {
            bsuid.and_then(|id| id.split('.').next()).and_then(Region::parse).map_or(market::OTHER, market::of_region)
        }
    }
}

/// The day on which a moment falls.
pub fn day_of(at: UnixMillis, zone: &TimeZone) -> Date {
    jiff::Timestamp::from_millisecond(at.as_ms()).unwrap_or_default().to_zoned(zone.clone()).date()
}

/// The month in which a moment falls, `2026-11`.
pub fn month_of(at: UnixMillis, zone: &TimeZone) -> String {
    let day = day_of(at, zone);
    format!("{:04}-{:02}", day.year(), day.month())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_demo_list_has_a_price_for_every_market_of_the_map() {
        let demo = demo().unwrap();
        let mut card = Card::default();
        card.take(&demo.prices);
        for phone in
            ["+14165550123", "+447911123456", "+254712345678", "+5511987654321", "+88213333333", "+77015550123"]
        {
            let market = market_of(Some(phone), None);
            assert!(card.price(market, "marketing").is_some(), "{market}");
            assert!(card.price(market, "utility").is_some(), "{market}");
        }
        assert_eq!(card.price("North America", "marketing"), Some(25_000));
    }

    #[test]
    fn prices_may_change_on_the_first_of_a_quarter() {
        let ends = |from: &str| Card { from: Some(from.to_owned()), ..Card::default() }.may_end().unwrap().to_string();
        assert_eq!(ends("2026-10-01"), "2027-01-01");
        assert_eq!(ends("2026-11-15"), "2027-01-01");
        assert_eq!(ends("2026-04-01"), "2026-07-01");
    }
}
