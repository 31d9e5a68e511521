//! The engine role: one process at a time recovers, pulls, claims and sends for a profile.
//!
//! An OS lock on a file, so that it ends with its process however that ends.

use std::fs::{File, TryLockError};

use crate::profile::{Profile, ProfileError};

/// Held as long as this value lives.
#[derive(Debug)]
pub struct EngineRole {
    _file: File,
}

impl EngineRole {
    /// Takes the role, or learns that another process has it.
    ///
    /// # Errors
    /// [`ProfileError::InUse`] or [`ProfileError::Io`].
    pub fn take(profile: &Profile) -> Result<Self, ProfileError> {
        let io = |source| ProfileError::Io { what: "lock the profile", source };
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(profile.dir().join("engine.lock"))
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(ProfileError::InUse { name: profile.name().to_owned() }),
            Err(TryLockError::Error(source)) => Err(io(source)),
        }
    }

    /// Whether some process holds the role now. Looking takes it for a moment, if it is free: whoever wants it at that
    /// very moment tries again.
    pub fn is_taken(profile: &Profile) -> bool {
        let file = File::options().write(true).open(profile.dir().join("engine.lock"));
        file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use switchboard_bridge::dto::ProfileKind;

    #[test]
    fn the_role_has_one_holder_and_is_free_again_after_it() {
        let dir = tempfile::tempdir().unwrap();
        let profile = Profile::create(dir.path(), "shop", ProfileKind::Real).unwrap();
        let held = EngineRole::take(&profile).unwrap();
        assert!(matches!(EngineRole::take(&profile), Err(ProfileError::InUse { .. })));
        assert!(EngineRole::is_taken(&profile));
        drop(held);
        assert!(!EngineRole::is_taken(&profile));
        EngineRole::take(&profile).unwrap();
    }
}
