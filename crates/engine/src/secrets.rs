//! Where secrets are kept: the OS keychain, or a file that a headless machine names (P6).
//!
//! Secrets are read into Rust memory and go nowhere else. Keychain calls block, so they run off the async
//! runtime. A practice profile uses a throwaway file in its own folder, so that practice needs no keychain.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use keyring_core::Entry;
use secrecy::{ExposeSecret, SecretString};

use crate::keychain;

/// The service under which keychain entries appear.
const SERVICE: &str = "Switchboard";
/// Windows' credential store takes 2,560 bytes; the smallest of the three (architecture.md).
const LONGEST_BYTES: usize = 2_560;

/// Which secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretName {
    /// The System User token.
    SystemUserToken,
    /// The key of the database.
    DatabaseKey,
    /// The console's token at the relay.
    RelayDeviceToken,
    /// The console's own key at the relay: opens what was sealed for it.
    RelayDeviceKey,
    /// Which install and generation the database should be (P11).
    InstallMark,
    /// Where the consent ledger ended when it was last looked at (P7).
    LedgerAnchor,
}

impl SecretName {
    const fn as_str(self) -> &'static str {
        match self {
            Self::SystemUserToken => "system_user_token",
            Self::DatabaseKey => "database_key",
            Self::RelayDeviceToken => "relay_device_token",
            Self::RelayDeviceKey => "relay_device_key",
            Self::InstallMark => "install_mark",
            Self::LedgerAnchor => "ledger_anchor",
        }
    }

    /// For sentences.
    pub const fn words(self) -> &'static str {
        match self {
            Self::SystemUserToken => "token",
            Self::DatabaseKey => "database key",
            Self::RelayDeviceToken => "relay token",
            Self::RelayDeviceKey => "relay key",
            Self::InstallMark => "install mark",
            Self::LedgerAnchor => "mark of the consent ledger",
        }
    }
}

/// Why a secret cannot be read or kept. Never carries the secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// There is a keychain, but it is locked or denied access.
    #[error("the keychain is locked")]
    Locked,
    /// There is none.
    #[error("there is no keychain")]
    Missing,
    /// It works, but this secret is not in it.
    #[error("the {what} is not there")]
    Absent {
        /// Which, in words.
        what: &'static str,
    },
    /// The secret file cannot be read or written.
    #[error("the secret file cannot be read or written")]
    File {
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The secret file can be read by others.
    #[error("the secret file {path} can be read by other users")]
    Unsafe {
        /// Where.
        path: String,
    },
    /// Secrets on a descriptor cannot be changed.
    #[error("secrets handed in on a descriptor cannot be changed")]
    ReadOnly,
    /// Too long for a keychain entry.
    #[error("the secret is longer than keychains take")]
    TooLong,
}

/// Where one profile's secrets are.
#[derive(Clone, Debug)]
pub enum SecretStore {
    /// The OS keychain, entries named after the profile's folder.
    Keychain {
        /// Distinguishes profiles of the same name in different data folders.
        account: String,
    },
    /// A JSON file with mode 0600, named by the operator of a headless machine.
    File {
        /// Where.
        path: PathBuf,
    },
    /// Handed in for one run on a descriptor; can be read, not changed.
    Given {
        /// By the names of the secret file.
        values: std::sync::Arc<BTreeMap<String, SecretString>>,
    },
    /// As `File`, in the practice profile's own folder, with throwaway keys.
    Practice {
        /// Where.
        path: PathBuf,
    },
}

impl SecretStore {
    /// Where a profile's secrets are unless a headless machine names another place: the keychain, or for practice a
    /// throwaway file in its own folder.
    pub fn for_profile(profile: &crate::profile::Profile) -> Self {
        if profile.is_practice() {
            return Self::Practice { path: profile.dir().join("practice-secrets.json") };
        }
        // Profiles of one name in different data folders are different: the folder is part of the entry's name.
        let folder = std::path::absolute(profile.dir()).unwrap_or_else(|_| profile.dir().to_path_buf());
        let digest = <sha2::Sha256 as sha2::Digest>::digest(folder.to_string_lossy().as_bytes());
        let short: String = hex::encode(digest).chars().take(12).collect();
        Self::Keychain { account: format!("{}-{short}", profile.name()) }
    }

    /// Secrets handed in as the JSON of a secret file.
    ///
    /// # Errors
    /// [`SecretError::File`] when it is not such JSON.
    pub fn given(json: &[u8]) -> Result<Self, SecretError> {
        let all: BTreeMap<String, String> =
            serde_json::from_slice(json).map_err(|e| SecretError::File { source: e.into() })?;
        let values = all.into_iter().map(|(k, v)| (k, SecretString::from(v))).collect();
        Ok(Self::Given { values: std::sync::Arc::new(values) })
    }

    /// Whether secrets can be kept here; a descriptor only hands them in.
    pub const fn can_keep(&self) -> bool {
        !matches!(self, Self::Given { .. })
    }

    /// One word for Diagnostics.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Keychain { .. } => "keychain",
            Self::File { .. } => "file",
            Self::Given { .. } => "descriptor",
            Self::Practice { .. } => "practice",
        }
    }

    /// Reads a secret; `None` if it was never put.
    ///
    /// # Errors
    /// [`SecretError`].
    pub async fn get(&self, name: SecretName) -> Result<Option<SecretString>, SecretError> {
        let this = self.clone();
        off_runtime(move || this.get_blocking(name)).await
    }

    /// Reads a secret that must be there.
    ///
    /// # Errors
    /// [`SecretError::Absent`] if it is not.
    pub async fn need(&self, name: SecretName) -> Result<SecretString, SecretError> {
        self.get(name).await?.ok_or(SecretError::Absent { what: name.words() })
    }

    /// Keeps a secret, replacing an earlier one.
    ///
    /// # Errors
    /// [`SecretError`]; then nothing was kept.
    pub async fn put(&self, name: SecretName, secret: SecretString) -> Result<(), SecretError> {
        let this = self.clone();
        off_runtime(move || this.put_blocking(name, &secret)).await
    }

    /// Forgets a secret; fine if it was not there.
    ///
    /// # Errors
    /// [`SecretError`].
    pub async fn forget(&self, name: SecretName) -> Result<(), SecretError> {
        let this = self.clone();
        off_runtime(move || this.forget_blocking(name)).await
    }

    /// [`SecretStore::get`] for threads that may block.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn get_blocking(&self, name: SecretName) -> Result<Option<SecretString>, SecretError> {
        match self {
            Self::Keychain { account } => match keychain::call(SERVICE, &user(account, name), Entry::get_password) {
                Ok(secret) => Ok(Some(SecretString::from(secret))),
                Err(keyring::Error::NoEntry) => Ok(None),
                Err(error) => Err(refused(&error)),
            },
            Self::Given { values } => Ok(values.get(name.as_str()).cloned()),
            Self::File { path } | Self::Practice { path } => {
                Ok(read_file(path)?.remove(name.as_str()).map(SecretString::from))
            }
        }
    }

    /// [`SecretStore::put`] for threads that may block.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn put_blocking(&self, name: SecretName, secret: &SecretString) -> Result<(), SecretError> {
        if secret.expose_secret().len() > LONGEST_BYTES {
            return Err(SecretError::TooLong);
        }
        match self {
            Self::Keychain { account } => {
                keychain::call(SERVICE, &user(account, name), |e| e.set_password(secret.expose_secret()))
                    .map_err(|e| refused(&e))
            }
            Self::Given { .. } => Err(SecretError::ReadOnly),
            Self::File { path } | Self::Practice { path } => {
                let mut all = read_file(path)?;
                all.insert(name.as_str().to_owned(), secret.expose_secret().to_owned());
                write_file(path, &all)
            }
        }
    }

    fn forget_blocking(&self, name: SecretName) -> Result<(), SecretError> {
        match self {
            Self::Keychain { account } => {
                match keychain::call(SERVICE, &user(account, name), Entry::delete_credential) {
                    Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
                    Err(error) => Err(refused(&error)),
                }
            }
            Self::Given { .. } => Err(SecretError::ReadOnly),
            Self::File { path } | Self::Practice { path } => {
                let mut all = read_file(path)?;
                all.remove(name.as_str());
                write_file(path, &all)
            }
        }
    }
}

async fn off_runtime<T: Send + 'static>(
    f: impl FnOnce() -> Result<T, SecretError> + Send + 'static,
) -> Result<T, SecretError> {
    tokio::task::spawn_blocking(f).await.unwrap_or(Err(SecretError::Missing))
}

/// The name of a keychain entry.
fn user(account: &str, name: SecretName) -> String {
    format!("{account}/{}", name.as_str())
}

fn refused(error: &keyring::Error) -> SecretError {
    use keyring::Error as E;
    // The texts of the platform are for the log; they name the service, never the secret.
    tracing::warn!(error = %error, "keychain");
    match error {
        E::NoDefaultStore | E::NotSupportedByStore(_) => SecretError::Missing,
        E::TooLong(..) => SecretError::TooLong,
        E::PlatformFailure(inner) => {
            // No Secret Service on the bus at all is another trouble than one that is locked.
            let text = inner.to_string();
            if text.contains("ServiceUnknown")
                || text.contains("not provided by any")
                || text.contains("DBUS_SESSION_BUS")
                || text.contains("No such file")
                || text.contains("org.freedesktop.DBus.Error")
            {
                SecretError::Missing
            } else {
                SecretError::Locked
            }
        }
        _ => SecretError::Locked,
    }
}

fn read_file(path: &Path) -> Result<BTreeMap<String, String>, SecretError> {
    match std::fs::read(path) {
        Ok(bytes) => {
            private_only(path)?;
            serde_json::from_slice(&bytes).map_err(|e| SecretError::File { source: e.into() })
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(source) => Err(SecretError::File { source }),
    }
}

#[cfg(unix)]
fn private_only(path: &Path) -> Result<(), SecretError> {
    use std::os::unix::fs::MetadataExt;
    let meta = std::fs::metadata(path).map_err(|source| SecretError::File { source })?;
    if meta.mode() & 0o077 != 0 {
        return Err(SecretError::Unsafe { path: path.display().to_string() });
    }
    Ok(())
}

#[cfg(not(unix))]
fn private_only(_: &Path) -> Result<(), SecretError> {
    Ok(())
}

/// Replaces the file in one step, so that a crash leaves the old one or the new one.
fn write_file(path: &Path, all: &BTreeMap<String, String>) -> Result<(), SecretError> {
    use std::io::Write;
    let file_error = |source| SecretError::File { source };
    let bytes = serde_json::to_vec(all).map_err(|e| file_error(e.into()))?;
    let beside = path.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(&beside).map_err(file_error)?;
    file.write_all(&bytes).map_err(file_error)?;
    file.sync_all().map_err(file_error)?;
    drop(file);
    std::fs::rename(&beside, path).map_err(file_error)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_secret_file_keeps_replaces_and_forgets() {
        let dir = tempfile::tempdir().unwrap();
        let store = SecretStore::File { path: dir.path().join("s.json") };
        assert!(store.get_blocking(SecretName::DatabaseKey).unwrap().is_none());
        store.put_blocking(SecretName::DatabaseKey, &SecretString::from("a")).unwrap();
        store.put_blocking(SecretName::DatabaseKey, &SecretString::from("b")).unwrap();
        assert_eq!(store.get_blocking(SecretName::DatabaseKey).unwrap().unwrap().expose_secret(), "b");
        store.forget_blocking(SecretName::DatabaseKey).unwrap();
        assert!(store.get_blocking(SecretName::DatabaseKey).unwrap().is_none());
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s.json");
        std::fs::write(&path, "{}").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let store = SecretStore::File { path };
        assert!(matches!(store.get_blocking(SecretName::DatabaseKey), Err(SecretError::Unsafe { .. })));
    }
}
