//! Price lists in Settings, and the budget of a campaign that runs.

use std::path::Path;

use jiff::civil::Date;
use sha2::{Digest, Sha256};
use switchboard_bridge::dto::{
    CampaignDetail, CampaignSetBudget, RateCardImport, RateCardList, RateCardRow, RateCardUse,
};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::ids::RateCardId;
use switchboard_domain::money;
use switchboard_store::tables::rate_cards::{self, CardRow};
use switchboard_store::tables::{campaigns, spend};
use switchboard_store::{Connection, Priority, StoreError};

use super::{Card, month_of, parse};
use crate::operator_rules::OperatorRules;
use crate::{Console, EngineError};

/// A price list is a few kilobytes.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

fn invalid(field: &str, message: impl Into<String>, remedy: &str) -> UiError {
    UiError::new(UiErrorCode::InvalidInput, message, remedy).with_details(serde_json::json!({ "field": field }))
}

fn read(connection: &Connection, now: switchboard_domain::time::UnixMillis) -> Result<RateCardList, StoreError> {
    let rules = OperatorRules::load(connection)?;
    let card = Card::at(connection, now, &rules.shop)?;
    let month = month_of(now, &rules.shop);
    let spent = spend::of_month(connection, &month)?;
    Ok(RateCardList {
        items: rate_cards::list(connection)?
            .into_iter()
            .map(|row| RateCardRow {
                id: row.card_id.to_string(),
                tiers: row.tiers,
                in_use: !row.tiers
                    && !card.demo
                    && card.from.as_deref() == Some(row.effective_from.as_str())
                    && card.currency == row.currency,
                currency: row.currency,
                effective_from: row.effective_from,
                file_name: row.file_name,
                imported_at_ms: row.imported_at.as_ms(),
                markets: row.markets,
            })
            .collect(),
        in_use: RateCardUse {
            may_end: card.may_end().map(|d| d.to_string()),
            currency: (!card.currency.is_empty()).then_some(card.currency),
            from: card.from,
            demo: card.demo,
        },
        month,
        month_spent: money::format_micros(spent.used_micros()),
    })
}

/// The price lists, and which of them holds today.
///
/// # Errors
/// A store error's sentence.
pub async fn list(console: &Console) -> Result<RateCardList, UiError> {
    let now = console.clock().now();
    Ok(console.store().read(move |c| read(c, now)).await.map_err(EngineError::Store)?)
}

/// Imports a list as Meta offers it for download; one of the same currency and day is replaced.
///
/// # Errors
/// [`UiErrorCode::InvalidInput`] with `details.field`: the file is no price list, or names no day and none was given.
pub async fn import(console: &Console, request: RateCardImport) -> Result<RateCardList, UiError> {
    let path = request.path.clone();
    let bytes = tokio::task::spawn_blocking(move || {
        let size = std::fs::metadata(&path)?.len();
        if size > MOST_BYTES {
            return Err(std::io::Error::other("too large"));
        }
        std::fs::read(&path)
    })
    .await
    .map_err(|_| UiError::internal("the reading was broken off"))?
    .map_err(|_| invalid("path", "The file cannot be read.", "Choose the CSV file that you downloaded from Meta."))?;
    let parsed = parse(&bytes).map_err(|error| {
        invalid(
            "path",
            format!("This is not a price list that can be used: {error}."),
            "Download “Rates” or “Volume tiers” as CSV from Meta's pricing page for your account's currency.",
        )
    })?;
    let given = match request.effective_from.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
        Some(text) => Some(text.parse::<Date>().map_err(|_| {
            invalid("effective_from", "This is not a day.", "Write it as year-month-day, for example 2026-10-01.")
        })?),
        None => None,
    };
    let day = given.or(parsed.effective_from).ok_or_else(|| {
        invalid(
            "effective_from",
            "The file does not say from which day its prices hold.",
            "Enter the day; Meta changes prices on the first of January, April, July and October.",
        )
    })?;
    let file_name = Path::new(&request.path).file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let sha256 = hex::encode(Sha256::digest(&bytes));
    console
        .store()
        .write(Priority::Claim, move |tx| {
            let row = CardRow {
                card_id: RateCardId::new(tx.now()),
                tiers: parsed.tiers,
                currency: parsed.currency,
                effective_from: day.to_string(),
                file_name,
                sha256,
                imported_at: tx.now(),
                markets: 0,
            };
            rate_cards::put(tx, &row, &parsed.prices).map_err(EngineError::from)
        })
        .await?;
    list(console).await
}

/// Removes a list.
///
/// # Errors
/// [`UiErrorCode::NotFound`].
pub async fn remove(console: &Console, id: &str) -> Result<RateCardList, UiError> {
    let gone =
        || UiError::new(UiErrorCode::NotFound, "This price list is not there (any more).", "Look at the list again.");
    let id = RateCardId::parse(id).map_err(|_| gone())?;
    let removed =
        console.store().write(Priority::Claim, move |tx| rate_cards::remove(tx, id).map_err(EngineError::from)).await?;
    if removed { list(console).await } else { Err(gone()) }
}

/// Another budget for a campaign, launched or not; it does not resume by itself.
///
/// # Errors
/// [`UiErrorCode::NotFound`], [`UiErrorCode::InvalidInput`] with `details.field`.
pub async fn set_budget(console: &Console, request: CampaignSetBudget) -> Result<CampaignDetail, UiError> {
    let id = crate::campaigns::parse_id(&request.id)?;
    let micros = crate::campaigns::budget_micros(request.budget.as_deref())?;
    let found = console
        .store()
        .write(Priority::Claim, move |tx| {
            let Some(row) = campaigns::get(tx, id)? else { return Ok(false) };
            let mut rules = row.operator_rules;
            rules.budget_micros = micros;
            campaigns::set_operator_rules(tx, id, &rules)?;
            Ok::<_, EngineError>(true)
        })
        .await?;
    if !found {
        return Err(UiError::new(
            UiErrorCode::NotFound,
            "This campaign does not exist (any more).",
            "Choose one from the list.",
        ));
    }
    crate::campaigns::get(console, id).await
}
