//! An epoch's key, and sealing entries with it: XChaCha20-Poly1305 with random 192-bit nonces.
//!
//! Random nonces of this length do not repeat in practice, so no counter has to survive a crash. The associated data
//! binds an entry to its desk, epoch and kind; its place in the sequence is given later, by the log.

use std::fmt;

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::SealError;
use crate::wire::EntryKind;

/// Length of a nonce in bytes.
pub const NONCE_BYTES: usize = 24;

/// Bytes that sealing adds to a payload.
pub const SEAL_OVERHEAD_BYTES: usize = 16;

const KEY_BYTES: usize = 32;

/// The key of one epoch of one desk. Lives in memory only, and is wiped when dropped.
#[derive(Clone)]
pub struct EpochSecret {
    epoch: u64,
    bytes: Zeroizing<[u8; KEY_BYTES]>,
    cipher: XChaCha20Poly1305,
}

impl EpochSecret {
    /// A new key for this epoch (never 0).
    ///
    /// # Errors
    /// [`SealError::Random`].
    pub fn generate(epoch: u64) -> Result<Self, SealError> {
        let mut bytes = Zeroizing::new([0_u8; KEY_BYTES]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|_| SealError::Random)?;
        Ok(Self::from_bytes(epoch, bytes))
    }

    /// The key from its bytes.
    pub fn from_bytes(epoch: u64, bytes: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        let cipher = XChaCha20Poly1305::new(&Key::from(*bytes));
        Self { epoch, bytes, cipher }
    }

    /// Which epoch.
    pub const fn epoch(&self) -> u64 {
        self.epoch
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.as_slice()
    }

    /// Seals a payload in place and returns the nonce.
    ///
    /// # Errors
    /// [`SealError::Random`], [`SealError::Seal`].
    pub fn seal(&self, desk: &str, kind: EntryKind, payload: &mut Vec<u8>) -> Result<[u8; NONCE_BYTES], SealError> {
        let mut nonce = [0_u8; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| SealError::Random)?;
        self.seal_with(desk, kind, payload, &nonce)?;
        Ok(nonce)
    }

    /// As [`seal`](Self::seal) with a given nonce: for test vectors. A nonce must never be used twice under one key.
    ///
    /// # Errors
    /// [`SealError::Seal`].
    pub fn seal_with(
        &self,
        desk: &str,
        kind: EntryKind,
        payload: &mut Vec<u8>,
        nonce: &[u8; NONCE_BYTES],
    ) -> Result<(), SealError> {
        let context = entry_context(desk, self.epoch, kind);
        self.cipher.encrypt_in_place(&XNonce::from(*nonce), &context, payload).map_err(|_| SealError::Seal)
    }

    /// Opens a sealed payload in place. On an error the bytes are as they were.
    ///
    /// # Errors
    /// [`SealError::Broken`].
    pub fn open(&self, desk: &str, kind: EntryKind, nonce: &[u8], sealed: &mut Vec<u8>) -> Result<(), SealError> {
        let nonce = <[u8; NONCE_BYTES]>::try_from(nonce).map_err(|_| SealError::Broken)?;
        let context = entry_context(desk, self.epoch, kind);
        // The tag is checked before anything is decrypted.
        self.cipher.decrypt_in_place(&XNonce::from(nonce), &context, sealed).map_err(|_| SealError::Broken)
    }
}

impl fmt::Debug for EpochSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EpochSecret").field("epoch", &self.epoch).finish_non_exhaustive()
    }
}

/// The associated data of an entry. The desk stands last, so that no two contexts share their bytes.
fn entry_context(desk: &str, epoch: u64, kind: EntryKind) -> Vec<u8> {
    const LABEL: &[u8] = b"switchboard.relay.entry.v1\0";
    let mut context = Vec::with_capacity(LABEL.len() + 9 + desk.len());
    context.extend_from_slice(LABEL);
    context.extend_from_slice(&epoch.to_be_bytes());
    context.push(kind.code());
    context.extend_from_slice(desk.as_bytes());
    context
}
