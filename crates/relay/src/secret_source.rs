//! Where secrets come from: a file that only its owner can read, an environment variable, or a systemd credential.
//!
//! Never a program argument (others on the machine see those), never the configuration file itself (it is copied and
//! shown around), and never a file in the data folder (it is what gets backed up and carried away; promise P6).

use std::fs;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Where to find one secret. In the configuration: `{ file = "…" }`, `{ env = "…" }` or `{ credential = "…" }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretSource {
    /// A file that holds the secret and nothing else. Must not be readable by group or others.
    File(PathBuf),
    /// An environment variable.
    Env(String),
    /// A name in systemd's credential folder (`LoadCredential=`).
    Credential(String),
}

/// Why a secret could not be had. Never holds the secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file is not there or not readable.
    #[error(
        "cannot read the secret file {path} ({reason}); put the secret there as its only line, readable by the relay's \
         own user alone, and run this as that user"
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: std::io::Error,
    },
    /// Others can read the file.
    #[error(
        "{path} can be read by others on this machine (mode {mode:03o}); run: chmod 600 {path}, and if others may have \
         read it, make a new secret"
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file lies in the data folder.
    #[error(
        "the secret file {path} lies in the data folder {data_dir}, which is copied with backups; move it elsewhere"
    )]
    InDataFolder {
        /// The file.
        path: PathBuf,
        /// The data folder.
        data_dir: PathBuf,
    },
    /// The environment variable is missing.
    #[error("the environment variable {0}, which should hold it, is not set; set it where the relay is started")]
    NoVariable(String),
    /// The unit hands no such credential in.
    #[error(
        "systemd handed in no credential {0}; name it in the unit (systemctl edit switchboard-relay): \
         LoadCredentialEncrypted={0}:/etc/switchboard-relay/credentials/{0}.cred"
    )]
    NoCredential(String),
    /// Not started by systemd, and no relay runs as a service whose credentials could be read.
    #[error(
        "the systemd credential {0} is there only within the service. Start the service and run this as its user, or \
         run this with the credential: sudo systemd-run --pipe --wait --collect --uid=switchboard-relay \
         --property=LoadCredentialEncrypted={0}:/etc/switchboard-relay/credentials/{0}.cred \
         switchboard-relay doctor --config /etc/switchboard-relay/relay.toml"
    )]
    OutsideOfService(String),
    /// Nothing in it.
    #[error("the secret from {0} is empty; put it there as the only line")]
    Empty(String),
}

impl SecretSource {
    /// Fetches the secret. `base` is the folder that relative file names start from; `data_dir` is where no secret may
    /// lie.
    pub fn load(&self, base: &Path, data_dir: &Path) -> Result<SecretString, SecretError> {
        let (name, text) = match self {
            Self::File(path) => {
                let path = base.join(path);
                refuse_data_folder(&path, data_dir)?;
                (path.display().to_string(), read_private(&path)?)
            }
            Self::Env(variable) => {
                let text = std::env::var(variable).map_err(|_| SecretError::NoVariable(variable.clone()))?;
                (variable.clone(), Zeroizing::new(text))
            }
            Self::Credential(name) => {
                let handed_in = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
                (name.clone(), read_credential(name, handed_in.as_deref(), Path::new(SERVICE_CREDENTIALS))?)
            }
        };
        let secret = text.trim_end_matches(['\r', '\n']);
        if secret.is_empty() { Err(SecretError::Empty(name)) } else { Ok(SecretString::from(secret)) }
    }
}

/// Where systemd keeps the credentials of the service that runs, readable by its user alone: for the doctor and the desk
/// commands, which are run beside it.
const SERVICE_CREDENTIALS: &str = "/run/credentials/switchboard-relay.service";

/// From the folder that this process was handed, or else from the one of the service that runs.
fn read_credential(name: &str, handed_in: Option<&Path>, service: &Path) -> Result<Zeroizing<String>, SecretError> {
    let missing = |_| match handed_in {
        Some(_) => SecretError::NoCredential(name.to_owned()),
        None => SecretError::OutsideOfService(name.to_owned()),
    };
    fs::read_to_string(handed_in.unwrap_or(service).join(name)).map(Zeroizing::new).map_err(missing)
}

fn refuse_data_folder(path: &Path, data_dir: &Path) -> Result<(), SecretError> {
    // What does not exist yet resolves to itself; reading it will say so.
    let resolved = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if resolved(path).starts_with(resolved(data_dir)) {
        return Err(SecretError::InDataFolder { path: path.to_owned(), data_dir: data_dir.to_owned() });
    }
    Ok(())
}

fn read_private(path: &Path) -> Result<Zeroizing<String>, SecretError> {
    let unreadable = |reason| SecretError::Unreadable { path: path.to_owned(), reason };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path).map_err(unreadable)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(SecretError::Exposed { path: path.to_owned(), mode });
        }
    }
    fs::read_to_string(path).map(Zeroizing::new).map_err(unreadable)
}

/// Writes a secret to a new file that only its owner can read; an existing file is an error.
pub fn write_private(path: &Path, secret: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(secret.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_private_file_gives_its_line() {
        let folder = tempfile::tempdir().unwrap();
        write_private(&folder.path().join("secret"), "s3cret").unwrap();
        let source = SecretSource::File("secret".into());
        let secret = source.load(folder.path(), &folder.path().join("data")).unwrap();
        assert_eq!(secret.expose_secret(), "s3cret");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused_with_the_remedy() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        for mode in [0o640, 0o604, 0o644] {
            fs::write(&path, "s3cret").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let error = SecretSource::File(path.clone()).load(folder.path(), Path::new("/nowhere")).unwrap_err();
            assert!(matches!(error, SecretError::Exposed { mode: seen, .. } if seen == mode));
            let sentence = error.to_string();
            assert!(sentence.contains("chmod 600") && !sentence.contains("s3cret"), "{sentence}");
        }
    }

    #[test]
    fn a_file_in_the_data_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().join("data");
        fs::create_dir(&data_dir).unwrap();
        write_private(&data_dir.join("secret"), "s3cret").unwrap();
        let sneaky = SecretSource::File("elsewhere/../data/secret".into());
        fs::create_dir(folder.path().join("elsewhere")).unwrap();
        assert!(matches!(sneaky.load(folder.path(), &data_dir), Err(SecretError::InDataFolder { .. })));
    }

    #[test]
    fn a_credential_comes_from_the_unit_or_from_the_service_that_runs() {
        let (own, service) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(service.path().join("shop"), "s3cret").unwrap();
        let read = |handed_in: Option<&Path>, name: &str| read_credential(name, handed_in, service.path());
        assert_eq!(read(None, "shop").unwrap().as_str(), "s3cret");
        assert!(matches!(read(Some(own.path()), "shop"), Err(SecretError::NoCredential(_))), "its own folder alone");
        let outside = read(None, "branch").unwrap_err().to_string();
        assert!(outside.contains("systemd-run") && outside.contains("LoadCredentialEncrypted=branch:"), "{outside}");
    }

    #[test]
    fn what_is_missing_or_empty_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let load = |source: SecretSource| source.load(folder.path(), Path::new("/nowhere")).unwrap_err();
        assert!(matches!(load(SecretSource::File("none".into())), SecretError::Unreadable { .. }));
        assert!(matches!(load(SecretSource::Env("SWITCHBOARD_NO_SUCH_VARIABLE".into())), SecretError::NoVariable(_)));
        write_private(&folder.path().join("empty"), "").unwrap();
        assert!(matches!(load(SecretSource::File("empty".into())), SecretError::Empty(_)));
    }
}
