//! The engine's errors on their way to a person: every kind of trouble gets its sentence and remedy here.

use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_cloud_api::CallError;
use switchboard_cloud_api::client::ClientError;
use switchboard_store::StoreError;

use crate::profile::ProfileError;
use crate::secrets::SecretError;

/// Any error of a use case. Those that a caller decides on are variants of their own module's enum and arrive
/// here already as a [`UiError`]; the rest keep their cause until the crossing.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A call to Graph.
    #[error(transparent)]
    Graph(#[from] CallError),
    /// The Graph client could not be made.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The secret store.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The profile.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// Already a sentence for a person.
    #[error(transparent)]
    Ui(#[from] UiError),
}

impl From<EngineError> for UiError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Store(e) => store(&e),
            EngineError::Graph(e) => graph(&e),
            EngineError::Client(e) => UiError::new(
                UiErrorCode::InvalidInput,
                format!("Meta could not be called: {e}."),
                "Check the address and paste the token again as a whole.",
            ),
            EngineError::Secret(e) => secret(&e),
            EngineError::Profile(e) => profile(&e),
            EngineError::Ui(e) => e,
        }
    }
}

/// A store error as a person reads it.
pub fn store(error: &StoreError) -> UiError {
    tracing::error!(error = %error, cause = ?std::error::Error::source(error).map(ToString::to_string), "store");
    match error {
        StoreError::WrongKey => UiError::new(
            UiErrorCode::Database,
            "The database does not open with the key in this computer's keychain.",
            "If you copied this profile from another computer, open it there; or connect the account here under another profile name. Nothing was changed.",
        ),
        StoreError::Newer { .. } => UiError::new(
            UiErrorCode::NewerDatabase,
            format!("This profile was last used with a newer Switchboard: {error}."),
            "Install the newest Switchboard; the file was not touched.",
        ),
        StoreError::DiskFull => UiError::new(
            UiErrorCode::Disk,
            "The disk is full or the profile's folder cannot be written; what was accepted before is safe.",
            "Free some space or correct the folder's permissions, then try again.",
        )
        .retryable(),
        StoreError::Damaged => UiError::new(
            UiErrorCode::Database,
            "The database file is damaged. It was left as it is, because it holds evidence of consent.",
            "Restore the newest backup into a new profile; keep the damaged file.",
        ),
        StoreError::Busy => UiError::new(
            UiErrorCode::ProfileInUse,
            "Another program kept the database busy for too long.",
            "Try again in a moment.",
        )
        .retryable(),
        StoreError::Io { .. } => UiError::new(
            UiErrorCode::Disk,
            format!("The profile's folder cannot be used: {error}."),
            "Check the disk and the folder's permissions.",
        ),
        StoreError::Closed | StoreError::BadValue { .. } | StoreError::Sqlite(_) | StoreError::Migration(_) => {
            UiError::internal("the database refused the change")
        }
    }
}

/// A Graph call's error as a person reads it.
pub fn graph(error: &CallError) -> UiError {
    match error {
        CallError::Graph(e) => {
            let advice = e.advice();
            let code = match e.code {
                0 | 104 | 190 | 2500 => UiErrorCode::TokenRejected,
                3 | 10 | 200..=299 => UiErrorCode::TokenScope,
                33 | 803 => UiErrorCode::AccountNotFound,
                _ => UiErrorCode::GraphRefused,
            };
            let mut message = advice.sentence.to_owned();
            if let Some(text) = e.meta_text().filter(|_| code == UiErrorCode::GraphRefused) {
                message = format!("{message} Meta says: {text}");
            }
            UiError::new(code, message, advice.remedy)
                .with_details(serde_json::json!({ "graph_code": e.code, "graph_subcode": e.subcode }))
        }
        CallError::Transport(_) => UiError::new(
            UiErrorCode::GraphUnreachable,
            format!("Meta could not be reached: {error}."),
            "Check the internet connection; reading, searching and drafting still work.",
        )
        .retryable(),
        CallError::Unreadable { .. } => UiError::new(
            UiErrorCode::GraphUnreachable,
            format!("Meta answered something unexpected: {error}."),
            "Try again in a few minutes; a proxy may stand in between.",
        )
        .retryable(),
        CallError::Host(_) | CallError::Limit(_) | CallError::Media(_) => {
            UiError::new(UiErrorCode::InvalidInput, format!("This was not sent: {error}."), "Correct it and try again.")
        }
    }
}

/// A secret store's error as a person reads it.
pub fn secret(error: &SecretError) -> UiError {
    match error {
        SecretError::Locked => UiError::new(
            UiErrorCode::Keychain,
            "The keychain is locked or refused access, so no secret can be read or kept.",
            "Unlock the keychain (on Linux: log in to the desktop or open Passwords and Keys), then try again. Nothing was saved.",
        )
        .retryable(),
        SecretError::Missing => UiError::new(
            UiErrorCode::Keychain,
            "This computer has no keychain that Switchboard could use.",
            "On Linux install and start a Secret Service such as gnome-keyring; on a server name a secret file with --secrets file:PATH. The practice account works without one.",
        ),
        SecretError::Absent { what } => UiError::new(
            UiErrorCode::Keychain,
            format!("The {what} of this profile is not in this computer's secret store."),
            "If the profile was copied from another computer, open it there. If the keychain or secret file was replaced, bring the old one back; a token can also be pasted again in Settings.",
        ),
        SecretError::File { .. } | SecretError::Unsafe { .. } | SecretError::TooLong | SecretError::ReadOnly => UiError::new(
            UiErrorCode::Keychain,
            format!("The secret store cannot be used: {error}."),
            "Correct the file or its permissions (0600) and try again.",
        ),
    }
}

/// A profile's error as a person reads it.
pub fn profile(error: &ProfileError) -> UiError {
    match error {
        ProfileError::BadName => UiError::new(
            UiErrorCode::InvalidInput,
            "This is not a name for a profile.",
            "Use up to 40 letters, digits, - and _, beginning with a letter or digit.",
        ),
        ProfileError::NotFound { name } => UiError::new(
            UiErrorCode::NotFound,
            format!("There is no profile “{name}” here."),
            "Check the name and the data folder, start the practice account, or connect an account to make it.",
        ),
        ProfileError::Exists { name } => UiError::new(
            UiErrorCode::WrongState,
            format!("A profile “{name}” exists already."),
            "Choose another name, or open that profile.",
        ),
        ProfileError::InUse { name } => UiError::new(
            UiErrorCode::ProfileInUse,
            format!("Another Switchboard already sends and listens for “{name}”."),
            "Use that one, or close it first.",
        )
        .retryable(),
        ProfileError::Io { .. } => UiError::new(
            UiErrorCode::Disk,
            format!("The profile's folder cannot be used: {error}."),
            "Check the disk and the folder's permissions.",
        ),
    }
}
