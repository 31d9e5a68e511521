//! Price lists, budgets, and the operator's own limits of numbers.

use switchboard_bridge::UiError;
use switchboard_bridge::dto::{
    ById, CampaignDetail, CampaignSetBudget, Nothing, NumberLimitsList, NumberLimitsSet, RateCardImport, RateCardList,
};

use crate::{Console, number_limits, rates};

/// The price lists, and which of them holds today.
///
/// # Errors
/// A store error's sentence.
pub async fn rate_card_list(console: &Console, _: Nothing) -> Result<RateCardList, UiError> {
    rates::list(console).await
}

/// Imports a price list.
///
/// # Errors
/// See [`rates::import`].
pub async fn rate_card_import(console: &Console, request: RateCardImport) -> Result<RateCardList, UiError> {
    rates::import(console, request).await
}

/// Removes a price list.
///
/// # Errors
/// See [`rates::remove`].
pub async fn rate_card_remove(console: &Console, request: ById) -> Result<RateCardList, UiError> {
    rates::remove(console, &request.id).await
}

/// Another budget for a campaign.
///
/// # Errors
/// See [`rates::set_budget`].
pub async fn campaign_set_budget(console: &Console, request: CampaignSetBudget) -> Result<CampaignDetail, UiError> {
    rates::set_budget(console, request).await
}

/// The operator's own limits of all numbers.
///
/// # Errors
/// A store error's sentence.
pub async fn number_limits_list(console: &Console, _: Nothing) -> Result<NumberLimitsList, UiError> {
    number_limits::list(console).await
}

/// Replaces those of one number.
///
/// # Errors
/// See [`number_limits::set`].
pub async fn number_limits_set(console: &Console, request: NumberLimitsSet) -> Result<NumberLimitsList, UiError> {
    number_limits::set(console, request).await
}
