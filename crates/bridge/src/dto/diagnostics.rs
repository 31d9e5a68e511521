//! What webhooks say, and those that were not understood.

use crate::macros::shapes;

shapes! {
    /// Asks what a webhook says and what the console would do.
    pub struct WebhookExplain {
        /// The payload: one webhook, a list of them, or one after the other.
        pub text: Option<String>,
        /// A file with it, instead.
        pub path: Option<String>,
        /// Events wanted at most; all are counted.
        pub limit: u32,
    }

    /// What webhooks say.
    pub struct WebhookExplanation {
        /// Webhooks that were read.
        pub payloads: u64,
        /// Events in them.
        pub total: u64,
        /// Of those, not understood.
        pub unknown: u64,
        /// The events, in order.
        pub events: Vec<ExplainedEvent>,
    }

    /// One event of a webhook.
    pub struct ExplainedEvent {
        /// Which webhook it stood in, from 1.
        pub payload: u64,
        /// Stable word: `message`, `status`, `template_status`, … or `unknown`.
        pub kind: String,
        /// The webhook field it came in.
        pub field: String,
        /// A message's own type, a status word, a template's new status.
        pub detail: Option<String>,
        /// Whom or what it concerns.
        pub who: String,
        /// What the console would do.
        pub effect: String,
        /// When it happened at Meta, if it says so.
        pub at_ms: Option<i64>,
        /// The WABA it came for.
        pub waba_id: Option<String>,
        /// The own number it came for.
        pub phone_number_id: Option<String>,
        /// Whether this version does not understand it.
        pub unknown: bool,
        /// What is not understood about it.
        pub reason: Option<String>,
        /// Its JSON as received, where it is not understood.
        pub raw: Option<String>,
    }

    /// A webhook that is kept as received, because something in it was not understood or has no use here yet.
    pub struct KeptEvent {
        /// Its id.
        pub id: String,
        /// The webhook field, or `entry` for something that is no webhook.
        pub field: String,
        /// Why it was kept.
        pub reason: String,
        /// When the relay took it.
        pub received_at_ms: i64,
        /// How large it is.
        pub size_bytes: u64,
    }

    /// Webhooks kept as received.
    pub struct KeptEvents {
        /// The newest, newest first.
        pub items: Vec<KeptEvent>,
        /// How many there are.
        pub total: u64,
    }

    /// What came.
    pub struct KeptEventText {
        /// The text; bytes that are no text show as replacement characters.
        pub text: String,
    }
}
