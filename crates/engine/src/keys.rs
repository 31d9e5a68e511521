//! Keys of one profile, all derived from its database key, so that the keychain holds one secret for them.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use switchboard_store::DbKey;
use zeroize::Zeroizing;

/// Derived keys. Wiped when dropped, hidden in `Debug`.
pub struct Keys {
    ledger: Zeroizing<[u8; 32]>,
    media: Zeroizing<[u8; 32]>,
    proof: Zeroizing<[u8; 32]>,
}

impl Keys {
    /// Derives them: HMAC-SHA256(database key, label), each label a domain of its own.
    pub fn derive(key: &DbKey) -> Self {
        Self {
            ledger: derive(key, b"switchboard consent ledger v1"),
            media: derive(key, b"switchboard media v1"),
            proof: derive(key, b"switchboard proof v1"),
        }
    }

    /// Key of the consent ledger's chain (P7).
    pub fn ledger(&self) -> &[u8; 32] {
        &self.ledger
    }

    /// Seed of the key that seals proofs of consent.
    pub fn proof(&self) -> &[u8; 32] {
        &self.proof
    }

    /// Key that wraps the per-file keys of the media store.
    pub fn media(&self) -> &[u8; 32] {
        &self.media
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(hidden)")
    }
}

fn derive(key: &DbKey, label: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut out = Zeroizing::new([0u8; 32]);
    // HMAC takes a key of any length; the error cannot happen for 32 bytes and would leave a key of zeros unused.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.bytes()) {
        mac.update(label);
        out.copy_from_slice(&mac.finalize().into_bytes());
    }
    out
}
