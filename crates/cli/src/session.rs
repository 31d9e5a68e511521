//! Opening a profile for one command.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use switchboard_bridge::dto::SecretInput;
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_engine::clock::SystemClock;
use switchboard_engine::profile::{Profile, default_data_dir};
use switchboard_engine::secrets::SecretStore;
use switchboard_engine::{Console, EngineError, OpenConsole};

use crate::arguments::Arguments;
use crate::output::usage;

/// Where the profile and its secrets are.
pub(crate) struct Session {
    pub(crate) data_dir: PathBuf,
    pub(crate) profile: String,
    secrets: Option<SecretStore>,
}

impl Session {
    /// Reads the global options.
    pub(crate) fn new(arguments: &Arguments) -> Result<Self, UiError> {
        let data_dir =
            arguments.data_dir.clone().or_else(default_data_dir).ok_or_else(|| {
                usage("There is no home folder to keep profiles in.", "Name a folder with --data-dir.")
            })?;
        let secrets = match arguments.secrets.as_deref() {
            None | Some("keychain") => None,
            Some(store) => Some(secret_store(store)?),
        };
        Ok(Self { data_dir, profile: arguments.profile.clone(), secrets })
    }

    /// The secret store of a profile: what was named, else the profile's usual one.
    pub(crate) fn secrets(&self, profile: &Profile) -> SecretStore {
        self.secrets.clone().unwrap_or_else(|| SecretStore::for_profile(profile))
    }

    /// Opens the profile; with the role only where the command needs it.
    pub(crate) async fn open(&self, want_role: bool) -> Result<Console, UiError> {
        let profile = Profile::find(&self.data_dir, &self.profile).map_err(EngineError::from)?;
        self.open_as(profile, want_role).await
    }

    /// Opens a profile that is at hand.
    pub(crate) async fn open_as(&self, profile: Profile, want_role: bool) -> Result<Console, UiError> {
        let secrets = self.secrets(&profile);
        let clock = Arc::new(SystemClock::new());
        Ok(Console::open(OpenConsole { profile, secrets, clock, want_role }).await?)
    }
}

fn secret_store(text: &str) -> Result<SecretStore, UiError> {
    if let Some(path) = text.strip_prefix("file:").filter(|p| !p.is_empty()) {
        return Ok(SecretStore::File { path: PathBuf::from(path) });
    }
    if let Some(number) = text.strip_prefix("fd:").and_then(|n| n.parse::<u32>().ok()) {
        let path = PathBuf::from(format!("/dev/fd/{number}"));
        let bytes = std::fs::read(&path)
            .map_err(|_| usage(format!("Descriptor {number} cannot be read."), "Hand the secrets in as JSON on it."))?;
        return SecretStore::given(&bytes).map_err(|e| EngineError::from(e).into());
    }
    Err(usage("This is not a secret store.", "Use keychain, file:PATH or fd:N."))
}

/// A secret from a file, or from standard input.
pub(crate) fn secret_input(file: Option<&Path>) -> Result<SecretInput, UiError> {
    let text = match file {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|_| usage("The token file cannot be read.", "Check its path and permissions."))?,
        None => stdin()?,
    };
    let secret = text.trim();
    if secret.is_empty() {
        return Err(usage("No token was given.", "Name a file with --token-file, or pipe it to standard input."));
    }
    Ok(SecretInput::new(secret))
}

/// All of standard input.
pub(crate) fn stdin() -> Result<String, UiError> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|_| {
        UiError::new(UiErrorCode::InvalidInput, "Standard input cannot be read as text.", "Pipe UTF-8 text in.")
    })?;
    Ok(text)
}
