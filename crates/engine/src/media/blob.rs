//! One encrypted file: XChaCha20-Poly1305 under a key of its own, the file's id as associated data, the nonce in front.

use std::io::Write;
use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use switchboard_domain::ids::MediaFileId;
use zeroize::Zeroizing;

const NONCE_BYTES: usize = 24;
const KEY_BYTES: usize = 32;

/// Why a blob cannot be written or opened.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The file system refused.
    #[error("the media folder cannot be used")]
    Io(#[from] std::io::Error),
    /// It was altered, or belongs to another profile.
    #[error("it was altered or belongs to another profile")]
    Sealed,
    /// No random numbers.
    #[error("the system gives no random numbers")]
    Random,
}

/// Name of a blob in the media folder.
pub(super) fn file_name(id: MediaFileId) -> String {
    hex::encode(id.as_bytes())
}

/// Removes a blob; whether it is gone. One that is not there is.
pub fn remove_blob(dir: &Path, id: MediaFileId) -> bool {
    match std::fs::remove_file(dir.join(file_name(id))) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(%error, "removing a media blob; the next sweep tries again");
            false
        }
        _ => true,
    }
}

/// The blobs of a media folder, by the ids in their names; whatever else lies there is none of ours.
pub fn blobs_in(dir: &Path) -> Vec<MediaFileId> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let id_of = |name: String| {
        let mut id = [0u8; 16];
        hex::decode_to_slice(name, &mut id).ok().map(|()| MediaFileId::from_bytes(id))
    };
    entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).filter_map(id_of).collect()
}

/// Encrypts a file into the media folder and returns its wrapped key. The file appears whole or not at all, and is on
/// the disk when this returns.
///
/// # Errors
/// [`BlobError`].
pub fn write_blob(dir: &Path, wrapping: &[u8; KEY_BYTES], id: MediaFileId, plain: &[u8]) -> Result<Vec<u8>, BlobError> {
    let mut key = Zeroizing::new([0u8; KEY_BYTES]);
    getrandom::fill(&mut *key).map_err(|_| BlobError::Random)?;
    let sealed = seal(&key, id, plain)?;
    let path = dir.join(file_name(id));
    let beside = dir.join(format!("{}.part", file_name(id)));
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(&beside)?;
    file.write_all(&sealed)?;
    file.sync_all()?;
    drop(file);
    std::fs::rename(&beside, &path)?;
    seal(wrapping, id, key.as_slice())
}

/// Opens a file of the media folder.
///
/// # Errors
/// [`BlobError`].
pub fn open_blob(
    path: &Path,
    wrapping: &[u8; KEY_BYTES],
    id: MediaFileId,
    wrapped_key: &[u8],
) -> Result<Vec<u8>, BlobError> {
    let unwrapped = Zeroizing::new(unseal(wrapping, id, wrapped_key)?);
    let mut key = Zeroizing::new([0u8; KEY_BYTES]);
    if unwrapped.len() != KEY_BYTES {
        return Err(BlobError::Sealed);
    }
    key.copy_from_slice(&unwrapped);
    unseal(&key, id, &std::fs::read(path)?)
}

fn seal(key: &[u8; KEY_BYTES], id: MediaFileId, plain: &[u8]) -> Result<Vec<u8>, BlobError> {
    let mut nonce = [0u8; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(|_| BlobError::Random)?;
    let cipher = XChaCha20Poly1305::new(&Key::from(*key));
    let sealed = cipher
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: id.as_bytes() })
        .map_err(|_| BlobError::Sealed)?;
    let mut out = Vec::with_capacity(NONCE_BYTES.saturating_add(sealed.len()));
    out.extend_from_slice(&nonce);
    out.extend_from_slice(&sealed);
    Ok(out)
}

fn unseal(key: &[u8; KEY_BYTES], id: MediaFileId, bytes: &[u8]) -> Result<Vec<u8>, BlobError> {
    let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(BlobError::Sealed)?;
    XChaCha20Poly1305::new(&Key::from(*key))
        .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: id.as_bytes() })
        .map_err(|_| BlobError::Sealed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;
    use switchboard_domain::time::UnixMillis;

    #[test]
    fn a_file_opens_with_its_own_key_and_id_alone() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (MediaFileId::new(UnixMillis::new(1)), MediaFileId::new(UnixMillis::new(2)));
        let wrapped = write_blob(dir.path(), &[7; 32], a, b"a photo").unwrap();
        let path = dir.path().join(file_name(a));
        assert_eq!(open_blob(&path, &[7; 32], a, &wrapped).unwrap(), b"a photo");
        assert!(matches!(open_blob(&path, &[8; 32], a, &wrapped), Err(BlobError::Sealed)), "another profile's key");
        assert!(matches!(open_blob(&path, &[7; 32], b, &wrapped), Err(BlobError::Sealed)), "another file's id");
    }

    #[test]
    fn nothing_of_a_file_lies_open_on_the_disk_and_a_changed_byte_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let id = MediaFileId::new(UnixMillis::new(1));
        let wrapped = write_blob(dir.path(), &[7; 32], id, b"a secret photo").unwrap();
        let path = dir.path().join(file_name(id));
        let mut bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(6).any(|w| w == b"secret"));
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert!(matches!(open_blob(&path, &[7; 32], id, &wrapped), Err(BlobError::Sealed)));
    }
}
