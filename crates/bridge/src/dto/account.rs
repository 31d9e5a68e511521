//! Connecting an account, the checklist, the relay.

use crate::macros::{shapes, words};

/// A secret on its way in. It can be handed in once and never comes back: it has no `Serialize`.
#[derive(Clone, serde::Deserialize, ts_rs::TS)]
#[ts(type = "string")]
pub struct SecretInput(String);

impl SecretInput {
    /// Wraps a secret read from a file or standard input.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// Takes the secret out, to be put into its keeper at once.
    pub fn into_inner(self) -> String {
        self.0
    }
}

impl PartialEq for SecretInput {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

impl std::fmt::Debug for SecretInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretInput(hidden)")
    }
}

/// Requests that carry a secret in: they can be read, never written.
macro_rules! inward {
    ($($(#[$meta:meta])* pub struct $name:ident { $($(#[$fmeta:meta])* pub $field:ident : $ty:ty),* $(,)? })*) => {$(
        $(#[$meta])*
        #[derive(Clone, PartialEq, serde::Deserialize, ts_rs::TS)]
        pub struct $name { $($(#[$fmeta])* pub $field: $ty),* }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(stringify!($name)) }
        }
    )*};
}

inward! {
    /// Which accounts does this token reach? Nothing is saved.
    pub struct AccountDiscover {
        /// System User token.
        pub token: SecretInput,
        /// WABA id, if the operator knows it (tokens without granular scopes do not tell).
        pub waba_id: Option<String>,
        /// Another Graph host: only a loopback address (a practice account) is accepted.
        pub graph_url: Option<String>,
    }

    /// Checks token, WABA and number and only then saves.
    pub struct AccountConnect {
        /// Name of the new profile; a letter or digit first, then letters, digits, `-`, `_`.
        pub profile: String,
        /// System User token; goes to the keychain.
        pub token: SecretInput,
        /// WABA id.
        pub waba_id: String,
        /// Phone number id.
        pub phone_number_id: String,
        /// Another Graph host: only a loopback address is accepted.
        pub graph_url: Option<String>,
        /// Graph version such as `v26.0`.
        pub graph_version: Option<String>,
    }

    /// A new token for the same account.
    pub struct AccountReplaceToken {
        /// System User token; goes to the keychain.
        pub token: SecretInput,
    }

    /// A pairing link, as the relay or a paired console gave it.
    pub struct RelayLink {
        /// `switchboard://pair?…`; it holds a code that works once.
        pub link: SecretInput,
    }

    /// Pairing, confirmed by the operator.
    pub struct RelayPair {
        /// As in [`RelayLink::link`].
        pub link: SecretInput,
        /// What this computer is called among the desk's consoles.
        pub name: String,
    }
}

words! {
    /// State of one step of the checklist.
    pub enum StepState {
        /// Checked and in order.
        Done,
        /// Not yet done; sending may not work or not last.
        Todo,
        /// In order, but something should be looked at.
        Attention,
        /// Cannot be checked by us; the operator confirms it.
        Confirm,
        /// Could not be checked just now.
        Unknown,
    }

    /// How the relay is.
    pub enum RelayState {
        /// None is set up.
        NotConfigured,
        /// Connecting, or connected and applying what waited.
        CatchingUp,
        /// Connected and nothing waits.
        Connected,
        /// Not heard since [`RelayStatus::since_ms`].
        Unreachable,
        /// The relay refused this console (revoked, unknown desk).
        Refused,
        /// Paired by a link of another console, which has not let this one in yet.
        Waiting,
    }

    /// How a console of the desk stands.
    pub enum RelayDeviceState {
        /// Waits to be let in after its words were compared.
        Pending,
        /// Reads what comes in.
        Active,
        /// Was removed.
        Revoked,
    }

    /// Who sends the desk's campaigns.
    pub enum RelaySender {
        /// Nobody yet.
        Nobody,
        /// This console.
        Here,
        /// Another console of the desk.
        Elsewhere,
        /// It changes hands: nobody starts sends until what was on its way has its answer.
        ChangingHands,
    }
}

shapes! {
    /// A WABA and number that a token reaches.
    pub struct DiscoveredNumber {
        /// WABA id.
        pub waba_id: String,
        /// WABA name.
        pub waba_name: Option<String>,
        /// Phone number id.
        pub phone_number_id: String,
        /// The number as people read it.
        pub display_phone_number: String,
        /// Name shown to customers.
        pub verified_name: Option<String>,
        /// Number status, `CONNECTED` can send.
        pub status: Option<String>,
    }

    /// What a token is and reaches.
    pub struct DiscoveredAccounts {
        /// `SYSTEM_USER`, `USER` …
        pub token_type: Option<String>,
        /// When it ends; none = never.
        pub expires_at_ms: Option<i64>,
        /// Scopes it lacks for our work.
        pub missing_scopes: Vec<String>,
        /// What it reaches. Empty: type the WABA id.
        pub numbers: Vec<DiscoveredNumber>,
    }

    /// One thing that Meta wants before messages flow.
    pub struct ChecklistStep {
        /// Stable word: `app`, `token`, `waba`, `number`, `registration`, `relay`, `webhook_fields`, `payment`, `verification`, `display_name`.
        pub key: String,
        /// Title.
        pub title: String,
        /// How it stands.
        pub state: StepState,
        /// What was found, or what to do, in a sentence or two.
        pub detail: String,
        /// Page at Meta where it is done.
        pub link: Option<String>,
        /// When it was last checked or confirmed.
        pub checked_at_ms: Option<i64>,
    }

    /// The operator says that a step we cannot check is done, or takes that back.
    pub struct AccountConfirmStep {
        /// As in [`ChecklistStep::key`].
        pub key: String,
        /// Done or not.
        pub done: bool,
    }

    /// The connected account.
    pub struct AccountOverview {
        /// Profile name.
        pub profile: String,
        /// WABA id.
        pub waba_id: String,
        /// WABA name.
        pub waba_name: Option<String>,
        /// Currency of the WABA.
        pub currency: Option<String>,
        /// Own numbers.
        pub numbers: Vec<OwnNumber>,
        /// The number that sends by default.
        pub phone_number_id: String,
        /// When the token ends; none = never.
        pub token_expires_at_ms: Option<i64>,
        /// All that Meta wants, in order.
        pub checklist: Vec<ChecklistStep>,
        /// Where Graph is and which version.
        pub graph: String,
    }

    /// One of our own numbers.
    pub struct OwnNumber {
        /// Phone number id.
        pub phone_number_id: String,
        /// The number as people read it.
        pub display_phone_number: String,
        /// Name shown to customers.
        pub verified_name: Option<String>,
        /// `GREEN`, `YELLOW`, `RED` …
        pub quality_rating: Option<String>,
        /// `CONNECTED` can send.
        pub status: Option<String>,
        /// Messages per second that Meta allows, in and out together.
        pub throughput_mps: Option<u32>,
        /// Messaging limit tier word.
        pub messaging_limit: Option<String>,
    }

    /// The relay as the status bar shows it.
    pub struct RelayStatus {
        /// How it is.
        pub state: RelayState,
        /// Entries not yet applied here.
        pub behind: u64,
        /// When it was last heard.
        pub last_heard_at_ms: Option<i64>,
        /// Since when the state holds.
        pub since_ms: Option<i64>,
        /// Where.
        pub url: Option<String>,
        /// Desk there.
        pub desk: Option<String>,
        /// Newest sequence number applied here.
        pub cursor: u64,
        /// Newest sequence number there.
        pub head: u64,
        /// Webhooks it turned away for a bad signature; more than a few means the app secret changed.
        pub bad_signatures: u64,
        /// What is wrong and what to do, if anything.
        pub trouble: Option<String>,
        /// The relay is heard, but has no room for webhooks; [`RelayStatus::trouble`] says what to do.
        pub refusing: bool,
        /// Nothing came for longer than is usual for this desk: what is missing and what to do.
        pub silence: Option<String>,
        /// Who sends the desk's campaigns.
        pub sender: RelaySender,
        /// This console asked to send from now on, and waits for it.
        pub taking_over: bool,
        /// Words to compare on the console that lets this one in.
        pub words: Option<String>,
    }

    /// What a pairing link leads to, to be confirmed before anything is sent there.
    pub struct RelayPairing {
        /// The relay.
        pub url: String,
        /// The desk there.
        pub desk: String,
        /// Compare with what the relay, or the console that made the link, shows beside it.
        pub fingerprint: String,
        /// This profile is paired already; pairing again needs to leave that relay first.
        pub is_paired: bool,
    }

    /// A console of the desk.
    pub struct RelayDevice {
        /// Its id there.
        pub id: String,
        /// What people call it.
        pub name: String,
        /// How it stands.
        pub state: RelayDeviceState,
        /// To be compared with the words it shows before it is let in; also names its key.
        pub words: String,
        /// When it was introduced.
        pub paired_at_ms: i64,
        /// When it was last seen.
        pub seen_at_ms: Option<i64>,
        /// Connected now.
        pub is_connected: bool,
        /// This console.
        pub is_self: bool,
        /// It sends the desk's campaigns.
        pub is_sender: bool,
    }

    /// The desk's consoles.
    pub struct RelayDevices {
        /// In the order in which they came.
        pub items: Vec<RelayDevice>,
    }

    /// A link for a further console.
    pub struct RelayNewLink {
        /// To be opened there; works once.
        pub link: String,
        /// Until when.
        pub expires_at_ms: i64,
        /// Shown there too.
        pub fingerprint: String,
    }

    /// Lets a console in.
    pub struct RelayApprove {
        /// Its id.
        pub id: String,
        /// The words that were compared.
        pub words: String,
    }

    /// Gives a console another name.
    pub struct RelayRename {
        /// Its id.
        pub id: String,
        /// The name.
        pub name: String,
    }
}
