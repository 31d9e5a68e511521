//! Sends whose outcome is unknown: the list, its evidence, what the operator may decide.

use crate::macros::{shapes, words};

words! {
    /// Which unknown sends are listed.
    pub enum UnknownFilter {
        /// Those that wait for a status or a decision.
        Open,
        /// Those that were decided here.
        Decided,
    }

    /// What an operator decides about an unknown send.
    pub enum UnknownDecision {
        /// It stays unknown and counts as if it had arrived; it is no longer asked about.
        Leave,
        /// It counts as never sent. Nothing is sent by this; who writes to the person again may reach them twice.
        NotSent,
        /// Takes an earlier decision back.
        TakeBack,
    }
}

shapes! {
    /// Asks for sends whose outcome is unknown, oldest first.
    pub struct UnknownListRequest {
        /// Which.
        pub filter: UnknownFilter,
        /// Only those of one campaign.
        pub campaign_id: Option<String>,
        /// First row, from 0.
        pub offset: u64,
        /// Rows wanted, at most 200.
        pub limit: u32,
    }

    /// A send whose outcome is unknown.
    pub struct UnknownSend {
        /// The message.
        pub id: String,
        /// The person.
        pub contact_id: String,
        /// Name.
        pub name: String,
        /// E.164 or username.
        pub address: String,
        /// The campaign, for a campaign's message.
        pub campaign_id: Option<String>,
        /// Its name.
        pub campaign_name: Option<String>,
        /// Template name, for a template.
        pub template: Option<String>,
        /// `template`, `text`, `media`, `opt_out_confirmation`.
        pub kind: String,
        /// How often it was tried.
        pub tries: u32,
        /// When the request was started.
        pub attempted_at_ms: i64,
        /// When it was clear that its outcome is unclear.
        pub noticed_at_ms: Option<i64>,
        /// Word for what went wrong: `timeout`, `connection_broken`, `server_error`, `interrupted` …, or a Graph code.
        pub cause: String,
        /// What went wrong, one clause without personal data.
        pub detail: String,
        /// Graph code of the answer, if there was one.
        pub graph_code: Option<i64>,
        /// The person wrote to us after it.
        pub person_wrote_at_ms: Option<i64>,
        /// Another message of ours reached their phone after it.
        pub other_reached_at_ms: Option<i64>,
        /// Until then a status may still come; after that it is called unresolved.
        pub waits_until_at_ms: i64,
        /// No status came in time.
        pub unresolved: bool,
        /// What was decided.
        pub decision: Option<UnknownDecision>,
        /// When.
        pub decided_at_ms: Option<i64>,
    }

    /// A page of them.
    pub struct UnknownPage {
        /// Sends.
        pub rows: Vec<UnknownSend>,
        /// How many under this filter.
        pub total: u64,
        /// How many wait for a status or a decision.
        pub open: u64,
        /// How many were decided here.
        pub decided: u64,
        /// When the relay, which brings the statuses, was last heard.
        pub relay_heard_at_ms: Option<i64>,
        /// Webhooks that the relay still holds for this console.
        pub relay_behind: u64,
    }

    /// Decides about unknown sends. Sends nothing.
    pub struct UnknownSettle {
        /// The messages, as a list showed them; at most 1,000.
        pub ids: Vec<String>,
        /// What is decided.
        pub decision: UnknownDecision,
    }

    /// What a decision came to.
    pub struct UnknownSettled {
        /// Messages that it was about.
        pub settled: u64,
        /// Messages that were no longer unknown: a status came first, or they were decided already.
        pub passed_over: u64,
    }
}
