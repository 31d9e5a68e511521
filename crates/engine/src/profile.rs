//! Profiles: one business portfolio each, or practice, with a folder of its own.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use switchboard_bridge::dto::ProfileKind;

/// Name of the practice profile.
pub const PRACTICE: &str = "practice";

/// Why a profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Not a name that every file system takes.
    #[error("not a profile name")]
    BadName,
    /// There is no such profile.
    #[error("no such profile")]
    NotFound {
        /// Its name.
        name: String,
    },
    /// It exists already.
    #[error("the profile exists")]
    Exists {
        /// Its name.
        name: String,
    },
    /// Another process has its engine role.
    #[error("the profile is in use")]
    InUse {
        /// Its name.
        name: String,
    },
    /// Its folder cannot be read or written.
    #[error("cannot {what}")]
    Io {
        /// What was being done.
        what: &'static str,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
}

/// A profile's place on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    name: String,
    kind: ProfileKind,
    dir: PathBuf,
}

/// What `profile.json` keeps: enough to list profiles without opening them. Nothing personal.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Card {
    /// Practice or real.
    pub practice: bool,
    /// Business name for the list.
    #[serde(default)]
    pub business_name: Option<String>,
    /// Own number for the list.
    #[serde(default)]
    pub display_phone_number: Option<String>,
}

impl Profile {
    /// Makes the folder of a new profile.
    ///
    /// # Errors
    /// [`ProfileError::Exists`], [`ProfileError::BadName`], [`ProfileError::Io`].
    pub fn create(data_dir: &Path, name: &str, kind: ProfileKind) -> Result<Self, ProfileError> {
        let profile = Self::at(data_dir, name, kind)?;
        if profile.card_path().exists() {
            return Err(ProfileError::Exists { name: name.to_owned() });
        }
        make_private_dir(&profile.dir)?;
        profile.write_card(&Card { practice: kind == ProfileKind::Practice, ..Card::default() })?;
        Ok(profile)
    }

    /// Finds an existing profile.
    ///
    /// # Errors
    /// [`ProfileError::NotFound`], [`ProfileError::BadName`].
    pub fn find(data_dir: &Path, name: &str) -> Result<Self, ProfileError> {
        let mut profile = Self::at(data_dir, name, ProfileKind::Real)?;
        let card = profile.card()?;
        profile.kind = if card.practice { ProfileKind::Practice } else { ProfileKind::Real };
        Ok(profile)
    }

    /// The practice profile, made if it is not there.
    ///
    /// # Errors
    /// [`ProfileError::Io`].
    pub fn practice(data_dir: &Path) -> Result<Self, ProfileError> {
        match Self::find(data_dir, PRACTICE) {
            Err(ProfileError::NotFound { .. }) => Self::create(data_dir, PRACTICE, ProfileKind::Practice),
            other => other,
        }
    }

    /// All profiles under a data folder, by name.
    ///
    /// # Errors
    /// [`ProfileError::Io`] if the folder cannot be read; it need not exist.
    pub fn list(data_dir: &Path) -> Result<Vec<(Self, Card)>, ProfileError> {
        let folder = data_dir.join("profiles");
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(ProfileError::Io { what: "read the folder of profiles", source }),
        };
        let mut found = Vec::new();
        for entry in entries.flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            if let Ok(profile) = Self::find(data_dir, &name)
                && let Ok(card) = profile.card()
            {
                found.push((profile, card));
            }
        }
        found.sort_by(|a, b| a.0.name.cmp(&b.0.name));
        Ok(found)
    }

    fn at(data_dir: &Path, name: &str, kind: ProfileKind) -> Result<Self, ProfileError> {
        let good = name.len() <= 40
            && name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if !good {
            return Err(ProfileError::BadName);
        }
        Ok(Self { name: name.to_owned(), kind, dir: data_dir.join("profiles").join(name) })
    }

    /// A profile for one rehearsal, in a folder of its own inside this one, and gone with it ([`Profile::remove`]).
    ///
    /// # Errors
    /// [`ProfileError::Io`].
    pub fn for_rehearsal(&self, name: &str) -> Result<Self, ProfileError> {
        let profile = Self::at(&self.rehearsals_dir(), name, ProfileKind::Practice)?;
        make_private_dir(&profile.dir)?;
        Ok(profile)
    }

    fn rehearsals_dir(&self) -> PathBuf {
        self.dir.join("rehearsals")
    }

    /// Removes its folder with everything in it.
    ///
    /// # Errors
    /// [`ProfileError::Io`].
    pub fn remove(&self) -> Result<(), ProfileError> {
        match std::fs::remove_dir_all(&self.dir) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(ProfileError::Io { what: "remove a rehearsal", source })
            }
            _ => Ok(()),
        }
    }

    /// Removes what rehearsals left behind that ended by surprise. Their keys were in memory alone, so what lies there
    /// can be read by nobody; it goes all the same. One that is under way in another program stays.
    pub fn sweep_rehearsals(&self) {
        let Ok(entries) = std::fs::read_dir(self.rehearsals_dir().join("profiles")) else { return };
        for name in entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()) {
            let Ok(left) = Self::at(&self.rehearsals_dir(), &name, ProfileKind::Practice) else { continue };
            if !crate::role::EngineRole::is_taken(&left)
                && let Err(error) = left.remove()
            {
                tracing::warn!(%error, "removing what a rehearsal left behind");
            }
        }
    }

    /// Removes a profile that never got an account: its folder and its secrets. The folder goes even where the secret
    /// store does not answer, or the name could not be used again.
    ///
    /// # Errors
    /// [`crate::EngineError`].
    pub async fn discard(&self, secrets: &crate::secrets::SecretStore) -> Result<(), crate::EngineError> {
        use crate::secrets::SecretName;
        let mut kept = Ok(());
        for name in [
            SecretName::SystemUserToken,
            SecretName::DatabaseKey,
            SecretName::RelayDeviceToken,
            SecretName::InstallMark,
            SecretName::LedgerAnchor,
        ] {
            if let Err(error) = secrets.forget(name).await {
                kept = Err(error.into());
                break;
            }
        }
        tokio::fs::remove_dir_all(&self.dir)
            .await
            .map_err(|source| ProfileError::Io { what: "remove an unfinished profile", source })?;
        kept
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Practice or real.
    pub fn kind(&self) -> ProfileKind {
        self.kind
    }

    /// Whether nothing leaves this computer.
    pub fn is_practice(&self) -> bool {
        self.kind == ProfileKind::Practice
    }

    /// Its folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The database file.
    pub fn database_path(&self) -> PathBuf {
        self.dir.join("console.db")
    }

    /// The folder of media blobs.
    pub fn media_dir(&self) -> PathBuf {
        self.dir.join("media")
    }

    /// The folder of the practice account's own state (simulator and relay).
    pub fn practice_dir(&self) -> PathBuf {
        self.dir.join("practice-account")
    }

    /// A folder for files made for the operator (samples, left-out rows), made if missing.
    ///
    /// # Errors
    /// [`ProfileError::Io`].
    pub fn files_dir(&self) -> Result<PathBuf, ProfileError> {
        let dir = self.dir.join("files");
        make_private_dir(&dir)?;
        Ok(dir)
    }

    fn card_path(&self) -> PathBuf {
        self.dir.join("profile.json")
    }

    /// What the list shows.
    ///
    /// # Errors
    /// [`ProfileError::NotFound`] or [`ProfileError::Io`].
    pub fn card(&self) -> Result<Card, ProfileError> {
        match std::fs::read(self.card_path()) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|e| ProfileError::Io { what: "read profile.json", source: e.into() }),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                Err(ProfileError::NotFound { name: self.name.clone() })
            }
            Err(source) => Err(ProfileError::Io { what: "read profile.json", source }),
        }
    }

    /// Replaces what the list shows.
    ///
    /// # Errors
    /// [`ProfileError::Io`].
    pub fn write_card(&self, card: &Card) -> Result<(), ProfileError> {
        let io = |source| ProfileError::Io { what: "write profile.json", source };
        let bytes = serde_json::to_vec_pretty(card).map_err(|e| io(e.into()))?;
        let beside = self.dir.join("profile.json.new");
        std::fs::write(&beside, bytes).map_err(io)?;
        std::fs::rename(beside, self.card_path()).map_err(io)
    }
}

/// Where profiles are kept when nobody says otherwise: the platform's folder for application data.
pub fn default_data_dir() -> Option<PathBuf> {
    directories::ProjectDirs::from("app", "Switchboard", "Switchboard").map(|d| d.data_dir().to_path_buf())
}

/// Makes a folder that only its owner reads.
///
/// # Errors
/// [`ProfileError::Io`].
pub fn make_private_dir(dir: &Path) -> Result<(), ProfileError> {
    let io = |source| ProfileError::Io { what: "make a folder", source };
    std::fs::create_dir_all(dir).map_err(io)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700)).map_err(io)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn names_that_leave_the_folder_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["", "..", "../x", "a/b", "-a", "ü", "a b", &"a".repeat(41)] {
            assert!(
                matches!(Profile::create(dir.path(), name, ProfileKind::Real), Err(ProfileError::BadName)),
                "{name}"
            );
        }
    }

    #[tokio::test]
    async fn an_unfinished_profile_goes_even_if_its_secrets_cannot_be_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let profile = Profile::create(dir.path(), "shop", ProfileKind::Real).unwrap();
        let secrets = crate::secrets::SecretStore::given(b"{}").unwrap();
        assert!(profile.discard(&secrets).await.is_err(), "the secret store's refusal is told");
        assert!(Profile::create(dir.path(), "shop", ProfileKind::Real).is_ok(), "the name is free again");
    }

    #[test]
    fn a_profile_is_made_once_found_and_listed() {
        let dir = tempfile::tempdir().unwrap();
        Profile::create(dir.path(), "shop", ProfileKind::Real).unwrap();
        assert!(matches!(Profile::create(dir.path(), "shop", ProfileKind::Real), Err(ProfileError::Exists { .. })));
        assert!(Profile::practice(dir.path()).unwrap().is_practice());
        let names: Vec<String> = Profile::list(dir.path()).unwrap().iter().map(|(p, _)| p.name().to_owned()).collect();
        assert_eq!(names, vec!["practice", "shop"]);
    }
}
