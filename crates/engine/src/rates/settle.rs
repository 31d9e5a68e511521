//! The actual cost of a message: once, when it is delivered, from the `pricing` object of its statuses and the list in
//! force at the delivery (pricing.md §8). Not delivered or free costs nothing. Meta marks the free ones itself.

use switchboard_domain::ids::OutboxId;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::spend::{self, Cost};
use switchboard_store::{StoreError, WriteTx};

use super::{billed_as, market_of, month_of, price_at};
use crate::operator_rules::shop_zone_in;

/// What a `pricing` object says; `None` = nothing about money.
fn charged(pricing: &str) -> Option<(bool, Option<String>)> {
    let value: serde_json::Value = serde_json::from_str(pricing).ok()?;
    let word = |key: &str| value.get(key).and_then(|v| v.as_str()).map(str::to_owned);
    let category = word("category");
    match (word("type"), value.get("billable").and_then(serde_json::Value::as_bool)) {
        (Some(kind), _) => Some((!kind.starts_with("free_"), category)),
        // `billable` is deprecated, but older statuses carry nothing else.
        (None, Some(billable)) => Some((billable, category)),
        (None, None) => None,
    }
}

/// Settles the cost of a message that a status says was delivered at `at`. Asks for nothing once it is settled, and for
/// nothing while no status has spoken of money.
///
/// # Errors
/// [`StoreError`].
pub fn settle_cost(tx: &WriteTx<'_>, id: OutboxId, at: UnixMillis) -> Result<(), StoreError> {
    let Some(message) = spend::delivered_without_cost(tx, id)? else { return Ok(()) };
    let Some((charged, category)) = message.pricing.as_deref().and_then(charged) else { return Ok(()) };
    let zone = shop_zone_in(tx)?;
    let month = month_of(at, &zone);
    let cost = if charged {
        let category = billed_as(&category.or(message.category).unwrap_or_else(|| "service".to_owned()));
        let market = market_of(message.phone.as_deref(), message.bsuid.as_deref());
        match price_at(tx, at, &zone, market, &category)? {
            Some(micros) => Cost::Charged(micros),
            None => Cost::Unpriced,
        }
    } else {
        Cost::Free
    };
    spend::settle(tx, id, cost, &month)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_decides_and_billable_only_where_there_is_no_type() {
        let says = |json: &str| charged(json).map(|(charged, _)| charged);
        assert_eq!(says(r#"{"billable":true,"type":"regular","category":"marketing"}"#), Some(true));
        assert_eq!(says(r#"{"billable":true,"type":"free_entry_point"}"#), Some(false));
        assert_eq!(says(r#"{"billable":false,"type":null}"#), Some(false));
        assert_eq!(says(r#"{"pricing_model":"PMP"}"#), None);
        assert_eq!(says("nonsense"), None);
    }
}
