//! The one error that crosses to a person: what was attempted, what happened, what to do next (P10).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident),+ $(,)?) => {
        /// What kind of trouble; the window matches on this and never on text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
        #[serde(rename_all = "snake_case")]
        pub enum UiErrorCode { $($(#[$doc])* $variant),+ }
    };
}

codes! {
    /// An input is not acceptable; `details.field` may name it.
    InvalidInput,
    /// The thing asked for does not exist (any more).
    NotFound,
    /// The state does not allow this now, for example pausing what is finished.
    WrongState,
    /// No profile is open.
    NoProfile,
    /// Another program holds this profile's engine role.
    ProfileInUse,
    /// The keychain is missing, locked or refused.
    Keychain,
    /// The token is wrong, expired or revoked.
    TokenRejected,
    /// The token lacks a scope or the system user an asset.
    TokenScope,
    /// The WABA or number does not exist or is not reachable with this token.
    AccountNotFound,
    /// Meta (or the practice account) cannot be reached.
    GraphUnreachable,
    /// Meta refused, with its own code in `details.graph_code`.
    GraphRefused,
    /// The relay cannot be reached or refused us.
    Relay,
    /// A campaign cannot be launched, with the reasons in `details.blockers`.
    LaunchRefused,
    /// Consent or suppression forbids this message; `details` says which event decides.
    ConsentForbids,
    /// The customer service window is closed: only a template may be sent (131047).
    WindowClosed,
    /// The file cannot be imported as it is.
    ImportFile,
    /// The disk is full or not writable.
    Disk,
    /// The database belongs to a newer version.
    NewerDatabase,
    /// The database was copied or restored from elsewhere (P11).
    CopiedDatabase,
    /// The database is damaged or its key does not open it.
    Database,
    /// Only offered on the practice account.
    PracticeOnly,
    /// The operator cancelled it.
    Cancelled,
    /// A fault of ours; the log has the details.
    Internal,
}

/// An error as a person reads it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
pub struct UiError {
    /// For the program.
    pub code: UiErrorCode,
    /// What was attempted and what happened, one sentence without personal data.
    pub message: String,
    /// What to do next, one sentence.
    pub remedy: String,
    /// Whether the same call may succeed later without anybody changing anything.
    pub retryable: bool,
    /// Structured details for the code, `null` if none.
    #[ts(type = "Record<string, unknown> | null")]
    pub details: serde_json::Value,
}

impl UiError {
    /// An error with its sentence and remedy.
    pub fn new(code: UiErrorCode, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            remedy: remedy.into(),
            retryable: false,
            details: serde_json::Value::Null,
        }
    }

    /// Marks it as worth repeating without a change.
    #[must_use]
    pub fn retryable(mut self) -> Self {
        self.retryable = true;
        self
    }

    /// Adds structured details.
    #[must_use]
    pub fn with_details(mut self, details: serde_json::Value) -> Self {
        self.details = details;
        self
    }

    /// A fault of ours. The cause goes to the log, not to the person.
    pub fn internal(what: &str) -> Self {
        Self::new(
            UiErrorCode::Internal,
            format!("Switchboard could not finish: {what}."),
            "Try again; if it happens again, Settings > Diagnostics shows the log to report.",
        )
    }
}
