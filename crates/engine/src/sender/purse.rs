//! The budget inside the claim: each message's list price is set aside in the transaction that claims it, and when the
//! campaign's or the month's budget does not reach for the next one, the campaign stops there. What is on its way or
//! unclear is set aside, so that the stop is hard whatever is delivered later.

use std::sync::Arc;

use switchboard_cloud_api::messages::Recipient;
use switchboard_domain::money::format_micros;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::campaigns::CampaignRow;
use switchboard_store::tables::spend;
use switchboard_store::{StoreError, WriteTx};

use super::rule::Rules;
use crate::rates::{self, Card};

/// There is not enough left for this message, or no price for it.
pub(super) struct Empty;

enum Stop {
    Campaign(i64),
    Month(i64),
    NoPrice(&'static str),
}

/// What a campaign may still spend.
pub(super) struct Purse {
    card: Arc<Card>,
    category: String,
    month: String,
    campaign: Option<(i64, i64)>,
    of_month: Option<(i64, i64)>,
    stop: Option<Stop>,
}

impl Purse {
    /// Looks up what is spent and set aside.
    pub(super) fn open(
        connection: &WriteTx<'_>,
        now: UnixMillis,
        campaign: &CampaignRow,
        rules: &Rules,
        card: &Arc<Card>,
        category: &str,
    ) -> Result<Self, StoreError> {
        let month = rates::month_of(now, &rules.operator().shop);
        let left = |budget: Option<i64>, used: i64| budget.map(|b| (b, b.saturating_sub(used)));
        let own = match campaign.operator_rules.budget_micros {
            Some(budget) => left(Some(budget), spend::of_campaign(connection, campaign.campaign_id)?.used_micros()),
            None => None,
        };
        let of_month = match rules.operator().month_budget {
            Some(budget) => left(Some(budget), spend::of_month(connection, &month)?.used_micros()),
            None => None,
        };
        Ok(Self {
            card: Arc::clone(card),
            category: rates::billed_as(category),
            month,
            campaign: own,
            of_month,
            stop: None,
        })
    }

    /// The month that the claim counts in.
    pub(super) fn month(&self) -> &str {
        &self.month
    }

    /// The price of one more message, taken out of what is left; `None` where there is neither price nor budget.
    pub(super) fn take(&mut self, recipient: &Recipient) -> Result<Option<i64>, Empty> {
        if self.stop.is_some() {
            return Err(Empty);
        }
        let market = match recipient {
            Recipient::Phone(phone) | Recipient::Both(phone, _) => rates::market_of(Some(phone.as_e164()), None),
            Recipient::Bsuid(id) => rates::market_of(None, Some(id.as_str())),
            Recipient::Group(_) => rates::market_of(None, None),
        };
        let limited = self.campaign.is_some() || self.of_month.is_some();
        let Some(price) = self.card.price(market, &self.category) else {
            if limited {
                self.stop = Some(Stop::NoPrice(market));
                return Err(Empty);
            }
            return Ok(None);
        };
        if let Some((budget, _)) = self.campaign.filter(|(_, left)| *left < price) {
            self.stop = Some(Stop::Campaign(budget));
            return Err(Empty);
        }
        if let Some((budget, _)) = self.of_month.filter(|(_, left)| *left < price) {
            self.stop = Some(Stop::Month(budget));
            return Err(Empty);
        }
        for purse in [&mut self.campaign, &mut self.of_month].into_iter().flatten() {
            purse.1 -= price;
        }
        Ok(Some(price))
    }

    /// Why the campaign stops, if it does: word and sentence.
    pub(super) fn stop(&self) -> Option<(&'static str, String)> {
        let currency = &self.card.currency;
        Some(match self.stop.as_ref()? {
            Stop::Campaign(budget) => (
                "budget",
                format!(
                    "Its budget of {} {currency} does not reach for the next message. Raise it and resume, or cancel the rest.",
                    format_micros(*budget)
                ),
            ),
            Stop::Month(budget) => (
                "month_budget",
                format!(
                    "The budget of {} {currency} for {} does not reach for the next message. Raise it in Settings, Prices, \
                     and resume, or wait for the next month.",
                    format_micros(*budget),
                    self.month
                ),
            ),
            Stop::NoPrice(market) => (
                "no_price",
                format!(
                    "There is no price for {market} in {}, so the budget cannot be kept. Import Meta's price list in \
                     Settings, Prices, and resume.",
                    if currency.is_empty() { "the account's currency" } else { currency }
                ),
            ),
        })
    }
}
