//! What a campaign will cost: recipients by market times the list price of its category, and the lowest price by volume
//! beside it where tiers apply (pricing.md §8). What is not delivered costs nothing, so this is "at most". Whose free
//! window is open at the start costs nothing if it reaches them before it closes: that lowers the "at least" alone.

use std::collections::BTreeMap;

use switchboard_bridge::dto::{CampaignCost, CostForecast, CostLine};
use switchboard_domain::money::format_micros;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::campaigns::CampaignRow;
use switchboard_store::tables::{account, spend};
use switchboard_store::{Connection, StoreError};

use super::replies;
use crate::operator_rules::OperatorRules;
use crate::rates::{self, Card};

/// What a forecast needs besides the people.
pub(super) struct Priced {
    pub forecast: CostForecast,
    /// At most in all, millionths.
    pub most: Option<i64>,
    /// What the month's budget leaves, millionths.
    pub month_left: Option<i64>,
    /// The day on which prices may change after the card began.
    pub may_end: Option<jiff::civil::Date>,
}

/// At most and at least, millionths, and the line that says so.
type Priceable = (Option<i64>, Option<i64>, CostLine);

/// The people of a campaign by market.
pub(super) struct People<'a> {
    /// Who gets it.
    pub by_market: &'a BTreeMap<&'static str, u64>,
    /// Of those, to whom it is free if it leaves at the start.
    pub free: &'a BTreeMap<&'static str, u64>,
}

/// Prices people by market.
pub(super) fn price(
    connection: &Connection,
    row: &CampaignRow,
    category: &str,
    people: &People<'_>,
    at: UnixMillis,
    now: UnixMillis,
    rules: &OperatorRules,
) -> Result<Priced, StoreError> {
    let card = Card::at(connection, at, &rules.shop)?;
    let category = rates::billed_as(category);
    let free = people.free;
    let number = row.phone_number_id.as_ref();
    let replies = replies::foretell(connection, number, people.by_market, at, now, &rules.shop, &card)?;
    let month = rates::month_of(at, &rules.shop);
    let spent = spend::of_month(connection, &month)?;
    let month_budget =
        crate::settings::load_in(connection)?.month_budget.as_deref().and_then(switchboard_domain::money::parse_micros);
    let of = |rate: Option<i64>, people: u64| rate.map(|r| r.saturating_mul(i64::try_from(people).unwrap_or(i64::MAX)));
    let mut lines: Vec<Priceable> = people
        .by_market
        .iter()
        .map(|(market, people)| {
            let rate = card.price(market, &category);
            let charged = people.saturating_sub(free.get(market).copied().unwrap_or(0));
            let (most, least) = (of(rate, *people), of(card.lowest(market, &category), charged));
            let line = CostLine {
                market: (*market).to_owned(),
                category: category.clone(),
                people: *people,
                rate: rate.map(format_micros),
                most: most.map(format_micros),
                least: least.map(format_micros),
            };
            (most, least, line)
        })
        .collect();
    lines.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.2.market.cmp(&b.2.market)));
    let add = |all: i64, one: Option<i64>| one.map(|n| all.saturating_add(n));
    let most = lines.iter().try_fold(0, |all, line| add(all, line.0));
    let least = lines.iter().try_fold(0, |all, line| add(all, line.1));
    Ok(Priced {
        most,
        month_left: month_budget.map(|budget| budget.saturating_sub(spent.used_micros())),
        may_end: card.may_end(),
        forecast: CostForecast {
            currency: (!card.currency.is_empty()).then(|| card.currency.clone()),
            most: most.filter(|_| !card.is_empty()).map(format_micros),
            least: least.filter(|_| !card.is_empty()).map(format_micros),
            card_from: card.from.clone(),
            card_is_demo: card.demo,
            month_spent: format_micros(spent.used_micros()),
            month,
            month_budget: month_budget.map(format_micros),
            budget: row.operator_rules.budget_micros.map(format_micros),
            free_people: free.values().sum(),
            replies,
            lines: lines.into_iter().map(|(_, _, line)| line).collect(),
        },
    })
}

/// What a campaign has cost so far.
pub(super) fn so_far(connection: &Connection, row: &CampaignRow) -> Result<CampaignCost, StoreError> {
    let spent = spend::of_campaign(connection, row.campaign_id)?;
    Ok(CampaignCost {
        currency: account::get(connection)?.and_then(|a| a.currency),
        actual: format_micros(spent.actual_micros),
        reserved: format_micros(spent.reserved_micros),
        budget: row.operator_rules.budget_micros.map(format_micros),
        free: spent.free,
        charged: spent.charged,
        unpriced: spent.unpriced,
    })
}
