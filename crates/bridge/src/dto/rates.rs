//! Price lists, budgets, and the operator's own limits of numbers.

use crate::macros::shapes;

shapes! {
    /// A price list of Meta's that was imported.
    pub struct RateCardRow {
        /// Its id.
        pub id: String,
        /// Prices by volume instead of list prices.
        pub tiers: bool,
        /// Its currency.
        pub currency: String,
        /// First day on which it holds, `2026-10-01`.
        pub effective_from: String,
        /// The file it came from.
        pub file_name: String,
        /// When it was imported.
        pub imported_at_ms: i64,
        /// Markets in it.
        pub markets: u32,
        /// It is the one that holds today for this account.
        pub in_use: bool,
    }

    /// The list prices that hold today.
    pub struct RateCardUse {
        /// The account's currency; none = not known yet.
        pub currency: Option<String>,
        /// First day of the list; none = there is none for this currency.
        pub from: Option<String>,
        /// Demo data that came with the program.
        pub demo: bool,
        /// Day on which Meta may change prices next.
        pub may_end: Option<String>,
    }

    /// All price lists, newest first.
    pub struct RateCardList {
        /// Lists.
        pub items: Vec<RateCardRow>,
        /// What holds today.
        pub in_use: RateCardUse,
        /// This month, `2026-11`.
        pub month: String,
        /// What campaigns have spent or set aside in it, in the account's currency.
        pub month_spent: String,
    }

    /// Imports a price list.
    pub struct RateCardImport {
        /// The file.
        pub path: String,
        /// First day on which it holds, where the file does not say so.
        pub effective_from: Option<String>,
    }

    /// Another budget for a campaign.
    pub struct CampaignSetBudget {
        /// The campaign.
        pub id: String,
        /// Decimal text in the account's currency; none = no limit of its own.
        pub budget: Option<String>,
    }

    /// Stages of a number that is warming up: more people from day to day.
    pub struct WarmUpStages {
        /// People on the first day.
        pub first_day: u32,
        /// Each day so many percent of the day before: 200 doubles.
        pub percent: u32,
        /// Days that it takes.
        pub days: u32,
        /// The day that it is on, from 1; none = it is over.
        pub day_now: Option<u32>,
        /// People on this day.
        pub people_now: Option<u64>,
    }

    /// The operator's own lower limits of a number.
    pub struct NumberLimitsRow {
        /// The number.
        pub phone_number_id: String,
        /// As people read it.
        pub display_phone_number: String,
        /// Messages per second; none = as Meta allows.
        pub per_second: Option<u32>,
        /// People of campaigns per 24 hours; none = as Meta allows.
        pub per_day: Option<u32>,
        /// Warm-up.
        pub warm_up: Option<WarmUpStages>,
        /// People to whom campaigns of this number sent in the last 24 hours, at least.
        pub reached: u64,
    }

    /// All numbers of the account.
    pub struct NumberLimitsList {
        /// Numbers.
        pub items: Vec<NumberLimitsRow>,
    }

    /// Replaces the limits of a number.
    pub struct NumberLimitsSet {
        /// The number.
        pub phone_number_id: String,
        /// Messages per second.
        pub per_second: Option<u32>,
        /// People of campaigns per 24 hours.
        pub per_day: Option<u32>,
        /// Warm-up; one with other stages than before begins now. `day_now` and `people_now` are not read.
        pub warm_up: Option<WarmUpStages>,
    }
}
