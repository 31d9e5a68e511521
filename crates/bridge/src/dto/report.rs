//! After a campaign: what became of it, what may be tried again, and the list as a file.

use super::{CampaignCost, CampaignRow, CountedReason};
use crate::macros::shapes;

shapes! {
    /// Asks for a report.
    pub struct CampaignReportRequest {
        /// The campaign.
        pub id: String,
        /// Days after a message in which what the person writes counts as a reply, 1 to 30; none = 7.
        pub reply_days: Option<u32>,
    }

    /// What was foretold at the launch.
    pub struct CampaignPlan {
        /// People in the audience.
        pub audience: u64,
        /// People who would receive it.
        pub will_receive: u64,
        /// When it was to start.
        pub starts_at_ms: i64,
        /// When it was to be done; none = not before its end.
        pub finish_at_ms: Option<i64>,
        /// Cost at most.
        pub cost_most: Option<String>,
        /// Cost at least.
        pub cost_least: Option<String>,
        /// Currency of both.
        pub currency: Option<String>,
    }

    /// How many got how far: every number holds those of the next.
    pub struct ReportReach {
        /// Meta took it.
        pub sent: u64,
        /// On a phone.
        pub delivered: u64,
        /// Read, as far as people let that be seen.
        pub read: u64,
        /// People who wrote back in time.
        pub replied: u64,
        /// Of those, who answered to this very message.
        pub replied_to_it: u64,
        /// People who opted out or stopped marketing in time.
        pub opted_out: u64,
    }

    /// How much was charged in which way, from the `pricing` of Meta's statuses.
    pub struct ReportCharge {
        /// `charged`, `free`, `unpriced`.
        pub kind: String,
        /// Category that Meta charged.
        pub category: String,
        /// Messages.
        pub messages: u64,
        /// Sum.
        pub amount: String,
    }

    /// One step of the timeline.
    pub struct ReportStep {
        /// When.
        pub at_ms: i64,
        /// `test`, `launched`, `undone`, `first_sent`, `last_sent`, `paused`, `resumed`, `retried`, `done`, `cancelled`.
        pub kind: String,
        /// Why, for a pause or an end.
        pub reason: Option<String>,
    }

    /// A stretch of time in which things happened.
    pub struct ReportInterval {
        /// Its start.
        pub at_ms: i64,
        /// Its length.
        pub interval_ms: u64,
        /// Messages that Meta took in it.
        pub sent: u64,
        /// Messages that reached a phone.
        pub delivered: u64,
        /// Messages that were read.
        pub read: u64,
        /// Replies, of whatever number a person wrote.
        pub replies: u64,
    }

    /// Everything about a launched campaign.
    pub struct CampaignReport {
        /// As in the list.
        pub row: CampaignRow,
        /// When this was worked out.
        pub made_at_ms: i64,
        /// Sending number as people read it.
        pub from_display_phone_number: String,
        /// What was foretold; none for campaigns of an older version.
        pub plan: Option<CampaignPlan>,
        /// How far it came.
        pub reach: ReportReach,
        /// Days in which a reply counts.
        pub reply_days: u32,
        /// Those days are not over for everybody.
        pub replies_may_come: bool,
        /// Cost.
        pub cost: CampaignCost,
        /// Cost in detail.
        pub charges: Vec<ReportCharge>,
        /// What did not arrive and why.
        pub failures: Vec<CountedReason>,
        /// Who was left out and why.
        pub excluded: Vec<CountedReason>,
        /// What happened, oldest first.
        pub steps: Vec<ReportStep>,
        /// Over time, at most 60 stretches.
        pub intervals: Vec<ReportInterval>,
        /// Seconds from the first message to the last; none = nothing was sent.
        pub sending_seconds: Option<u64>,
    }

    /// What of a campaign's failures could be tried again.
    pub struct RetryGroup {
        /// Graph code or word of ours.
        pub code: String,
        /// What happened.
        pub sentence: String,
        /// People.
        pub count: u64,
        /// Whether the button takes them.
        pub retries: bool,
        /// Why, or why not.
        pub why: String,
    }

    /// What the button would do.
    pub struct RetryOffer {
        /// People whom it would try again.
        pub count: u64,
        /// Why it cannot be pressed now, if so.
        pub blocked: Option<String>,
        /// All that did not arrive, by cause.
        pub groups: Vec<RetryGroup>,
    }

    /// Saves a campaign's people with their states as a table.
    pub struct CampaignRecipientsSave {
        /// The campaign.
        pub id: String,
        /// A field name of `CampaignCounts`; none = everybody.
        pub state: Option<String>,
        /// Only those with this reason code.
        pub reason: Option<String>,
        /// Full path; a file that is there is replaced.
        pub path: String,
    }

    /// Why a campaign that runs does not send at the moment.
    pub struct Stall {
        /// Machine word.
        pub code: String,
        /// What it waits for.
        pub sentence: String,
        /// What can be done, if anything.
        pub remedy: Option<String>,
        /// Until when, if that is known.
        pub until_at_ms: Option<i64>,
    }
}
