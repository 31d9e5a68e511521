//! Where Meta sends this account's webhooks, and the audit of statuses that never came.

use super::SecretInput;
use crate::macros::{shapes, words};

words! {
    /// Where a callback address is set at Meta; the one nearest to the number counts.
    pub enum CallbackLevel {
        /// The app's own, set in the App Dashboard.
        App,
        /// An address of the WABA's own.
        Account,
        /// An address of the number's own.
        Number,
    }
}

shapes! {
    /// Where Meta sends this account's webhooks.
    pub struct WebhookSubscription {
        /// Where they should go: the paired relay; none without one.
        pub callback_url: Option<String>,
        /// The app of the token.
        pub app_id: Option<String>,
        /// Its name.
        pub app_name: Option<String>,
        /// The WABA sends its webhooks to that app.
        pub is_subscribed: bool,
        /// Each of the account's numbers.
        pub numbers: Vec<NumberCallback>,
        /// Fields that always go to the app's own address, whatever is set nearer to the number: they are chosen, and
        /// that address is set, in the App Dashboard.
        pub dashboard_fields: Vec<String>,
        /// Fields that follow an address of the account's or the number's own.
        pub override_fields: Vec<String>,
        /// The page of the App Dashboard.
        pub dashboard_link: String,
        /// What is to be done, a sentence each; empty = nothing that can be seen from here.
        pub to_do: Vec<String>,
    }

    /// Where one number's messages and statuses go.
    pub struct NumberCallback {
        /// The number.
        pub phone_number_id: String,
        /// As people read it.
        pub display_phone_number: String,
        /// Whose address counts.
        pub level: Option<CallbackLevel>,
        /// That address.
        pub callback_url: Option<String>,
        /// It is the relay's.
        pub is_relay: bool,
    }

    /// The audit of the missing, over the last 7 days.
    pub struct StatusAudit {
        /// Messages looked up in Meta's message history.
        pub looked_up: u64,
        /// Of those, messages with a status that never came by webhook.
        pub found: u64,
        /// Messages whose status is overdue now.
        pub overdue: u64,
        /// When the last look was.
        pub last_at_ms: Option<i64>,
    }

    /// Looks messages up now.
    pub struct StatusAuditRun {
        /// Minutes without a status that count as overdue; none = as in the background.
        pub overdue_minutes: Option<u32>,
    }

    /// What one look came to.
    pub struct StatusAuditResult {
        /// Messages looked up.
        pub looked_up: u64,
        /// Of those, messages with a status that never came.
        pub found: u64,
        /// Messages that are overdue still.
        pub overdue: u64,
    }
}

/// Subscribes the app to the account, or sets or removes an address nearer to the number.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, ts_rs::TS)]
pub struct WebhookSubscribe {
    /// `app` subscribes the app and removes an address of the account's own; the others set the relay's address.
    pub level: CallbackLevel,
    /// Which number, for `number`; none = the one that sends by default.
    pub phone_number_id: Option<String>,
    /// The desk's verify token as the relay printed it. Without one the address of that level is removed.
    pub verify_token: Option<SecretInput>,
}
