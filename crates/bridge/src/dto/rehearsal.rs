//! A rehearsal: a campaign on a practice account of its own, with its real audience, leaving nothing behind.

use super::{CampaignCounts, CountedReason};
use crate::macros::{shapes, words};

words! {
    /// How much goes wrong in a rehearsal.
    pub enum Trouble {
        /// Nothing: everybody is reached.
        None,
        /// As on a good day: a few phones off, a few refusals, a rare STOP.
        Some,
        /// As on a bad day: throttling, server errors, held and withheld messages, duplicates, many STOPs.
        Much,
    }
}

shapes! {
    /// Runs a rehearsal.
    pub struct CampaignRehearse {
        /// The campaign.
        pub id: String,
        /// How much goes wrong.
        pub trouble: Trouble,
    }

    /// Plan or outcome, side by side.
    pub struct RehearsalFigures {
        /// People who (would) get it.
        pub people: u64,
        /// Seconds from the start to the last message; none = it would not be done.
        pub seconds: Option<u64>,
        /// Cost, decimal text; none = not known.
        pub cost: Option<String>,
    }

    /// What came of a rehearsal.
    pub struct Rehearsal {
        /// The campaign.
        pub campaign_id: String,
        /// When it was run.
        pub at_ms: i64,
        /// How much went wrong.
        pub trouble: Trouble,
        /// The campaign was changed since.
        pub outdated: bool,
        /// Currency of the costs.
        pub currency: Option<String>,
        /// What was foretold.
        pub planned: RehearsalFigures,
        /// What happened.
        pub rehearsed: RehearsalFigures,
        /// Where everybody ended.
        pub counts: CampaignCounts,
        /// People who answered.
        pub replied: u64,
        /// People who opted out.
        pub opted_out: u64,
        /// What did not arrive and why.
        pub failures: Vec<CountedReason>,
        /// Who was left out and why.
        pub excluded: Vec<CountedReason>,
        /// What the practice account did on purpose: throttled requests, duplicate webhooks ….
        pub obstacles: Vec<CountedReason>,
        /// Why the campaign was paused by itself, if it was.
        pub paused_reason: Option<String>,
        /// Nobody got it twice by the practice account's own ledger.
        pub nobody_twice: bool,
        /// Seconds that the rehearsal itself took.
        pub took_seconds: f64,
    }

    /// The newest rehearsal of a campaign.
    pub struct RehearsalFound {
        /// None = never rehearsed.
        pub rehearsal: Option<Rehearsal>,
    }
}
