//! The throwaway secrets of a practice account: files of mode 0600 in the data folder, never in
//! the database, in arguments or in logs.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};

/// A fresh random token with a readable prefix.
pub(crate) fn random_token(prefix: &str) -> String {
    let bytes: [u8; 24] = rand::random();
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// Reads the secret `name` in `dir`; a `given` one is written, an absent one drawn.
pub(crate) fn keep(
    dir: &Path,
    name: &str,
    given: Option<&SecretString>,
    draw: impl FnOnce() -> String,
) -> anyhow::Result<(SecretString, PathBuf)> {
    let path = dir.join(name);
    if let Some(given) = given {
        write_private(&path, given.expose_secret())?;
        return Ok((given.clone(), path));
    }
    if path.exists() {
        let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let text = text.trim();
        if !text.is_empty() {
            return Ok((SecretString::from(text.to_owned()), path));
        }
    }
    let drawn = draw();
    write_private(&path, &drawn)?;
    Ok((SecretString::from(drawn), path))
}

fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path).with_context(|| format!("creating {}", path.display()))?;
    file.write_all(text.as_bytes()).with_context(|| format!("writing {}", path.display()))?;
    file.sync_all().with_context(|| format!("syncing {}", path.display()))
}
