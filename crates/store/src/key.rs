//! The database key: 32 random bytes from the keychain, in Rust memory only (P6).

use zeroize::Zeroizing;

/// Key of the encrypted file. Wiped when dropped, hidden in `Debug`.
#[derive(Clone)]
pub struct DbKey(Zeroizing<[u8; 32]>);

impl DbKey {
    /// Wraps 32 bytes from the secret store.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for deriving other keys of the same profile.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The raw-key form of SQLCipher: no key derivation, the key is already random.
    pub(crate) fn pragma_value(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("x'{}'", hex::encode(*self.0)))
    }
}

impl std::fmt::Debug for DbKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DbKey(hidden)")
    }
}
