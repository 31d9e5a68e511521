//! How a window learns *that* something changed; it never learns *what*, it refetches.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

macro_rules! tags {
    ($($(#[$doc:meta])* $variant:ident = $text:literal),+ $(,)?) => {
        /// A part of the store that changed. Written in the same transaction as the change itself.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
        #[serde(rename_all = "snake_case")]
        pub enum ChangeTag { $($(#[$doc])* $variant),+ }

        impl ChangeTag {
            /// Every tag.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word of the store and the wire.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $text),+ } }
            /// Reads that word back; a tag of a newer version is `None` and means "refetch everything".
            pub fn parse(text: &str) -> Option<Self> { match text { $($text => Some(Self::$variant),)+ _ => None } }
        }
    };
}

tags! {
    /// WABA, numbers, token state, checklist.
    Account = "account",
    /// Templates.
    Templates = "templates",
    /// People and their identifiers.
    Contacts = "contacts",
    /// Consent ledger and suppression.
    Consent = "consent",
    /// Imports.
    Imports = "imports",
    /// Campaigns and their counts.
    Campaigns = "campaigns",
    /// Threads and messages.
    Inbox = "inbox",
    /// Relay connection state.
    Relay = "relay",
    /// Settings.
    Settings = "settings",
}

/// Something changed up to this point in the change log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Changes {
    /// Sequence number of the newest change.
    pub seq: u64,
    /// What changed since the window's last number.
    pub tags: Vec<ChangeTag>,
    /// The log no longer reaches back to the window's number: refetch everything.
    pub refetch_all: bool,
}

/// How far a long task has come; sent as the event `progress` while it runs (P9).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Progress {
    /// Which task, for example an import's or a campaign's id.
    pub job: String,
    /// What is being counted: `reading`, `writing`, `enqueueing`.
    pub phase: String,
    /// Units finished.
    pub done: u64,
    /// Units in all, if known.
    pub total: Option<u64>,
}
