//! Whose folders these are. A command that is run as root where a service user's relay lives would leave files behind
//! that the relay cannot write, so it is refused before it does anything.

use std::path::{Path, PathBuf};

/// Root is about to write where another user's relay works.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{path} belongs to the user {owner}, and this is run as root: it would leave files behind that the relay cannot \
     write. Run it as that user, like: sudo -u {owner} switchboard-relay …"
)]
pub struct NotTheOwner {
    /// What belongs to the other user.
    pub path: PathBuf,
    /// That user's name, or number if it has none.
    pub owner: String,
}

/// Refuses to go on as root if one of these, or what would be made there, belongs to somebody else.
///
/// # Errors
/// [`NotTheOwner`].
pub fn refuse_root_elsewhere<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Result<(), NotTheOwner> {
    #[cfg(unix)]
    if rustix::process::geteuid().is_root() {
        use std::os::unix::fs::MetadataExt;
        for path in paths {
            let Some((path, found)) = nearest(path) else { continue };
            if found.uid() != 0 {
                return Err(NotTheOwner { path, owner: name_of(found.uid()) });
            }
        }
    }
    #[cfg(not(unix))]
    let _ = paths;
    Ok(())
}

/// The path itself, or the folder above it that exists.
#[cfg(unix)]
fn nearest(path: &Path) -> Option<(PathBuf, std::fs::Metadata)> {
    let absolute = std::path::absolute(path).ok()?;
    absolute.ancestors().find_map(|path| Some((path.to_owned(), std::fs::metadata(path).ok()?)))
}

/// A user's name, by `id`: the standard library does not tell.
#[cfg(unix)]
fn name_of(uid: u32) -> String {
    let asked = std::process::Command::new("id").args(["-un", &uid.to_string()]).output();
    let name = asked.ok().filter(|output| output.status.success());
    let name = name.and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default();
    if name.trim().is_empty() { format!("#{uid}") } else { name.trim().to_owned() }
}
