//! Before a launch: the checklist, and test sends to the operator's own phones.

use super::CountedReason;
use crate::macros::{shapes, words};

words! {
    /// How a check came out.
    pub enum CheckState {
        /// Nothing stands against it.
        Good,
        /// Good to know; it does not stop the launch.
        Attention,
        /// It stops the launch, or everything would fail.
        Trouble,
        /// It could not be checked now.
        Unchecked,
    }

    /// What a check is about.
    pub enum CheckSubject {
        /// The template at Meta: approved, its category, its texts as they were reviewed.
        Template,
        /// Values of the variables and the header's file.
        Values,
        /// Who gets it, and who is left out.
        People,
        /// The sending number at Meta.
        Number,
        /// The WhatsApp Business Account, its business and the app at Meta.
        Account,
        /// Opt-outs are heard.
        Listening,
        /// Limits, start and end.
        Time,
        /// Prices and budgets.
        Cost,
    }
}

shapes! {
    /// One check.
    pub struct PreflightCheck {
        /// What about.
        pub subject: CheckSubject,
        /// How it came out.
        pub state: CheckState,
        /// The finding in one sentence.
        pub sentence: String,
        /// What is wrong or good to know, each with its remedy.
        pub problems: Vec<CountedReason>,
    }

    /// Everything that was checked before a launch.
    pub struct CampaignPreflight {
        /// The campaign.
        pub campaign_id: String,
        /// When.
        pub checked_at_ms: i64,
        /// The worst of the checks.
        pub state: CheckState,
        /// People who will receive it.
        pub will_receive: u64,
        /// What the template says, as a short word; the launch compares it.
        pub template_hash: Option<String>,
        /// The checks, always the same ones in the same order.
        pub checks: Vec<PreflightCheck>,
    }

    /// Sends a campaign's message to the operator's own phones.
    pub struct CampaignTestSend {
        /// The campaign, a draft or not.
        pub id: String,
        /// Which of the test phones, E.164.
        pub phones: Vec<String>,
        /// Made once per press of the button.
        pub idempotency_key: String,
    }

    /// One test phone and its newest test of a campaign.
    pub struct TestSend {
        /// E.164.
        pub phone: String,
        /// The person behind it, once something was sent; opens the conversation.
        pub contact_id: Option<String>,
        /// A field name of `CampaignCounts`; none = nothing was sent yet.
        pub state: Option<String>,
        /// Why it did not arrive.
        pub reason: Option<String>,
        /// When it was sent or last changed.
        pub at_ms: Option<i64>,
    }

    /// The operator's phones, as in Settings.
    pub struct TestSends {
        /// Phones.
        pub items: Vec<TestSend>,
        /// Whose values the test shows: the first recipient; none = nobody would receive it, so the samples are shown.
        pub as_for: Option<String>,
    }
}
