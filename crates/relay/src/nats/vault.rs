//! What lies in the key-value store is sealed under the operator's key: XChaCha20-Poly1305, a random nonce each.
//!
//! Whoever runs the NATS servers, or takes their disks, sees which desks there are and how much happens, and can neither
//! read who their devices are nor put one there.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::NatsError;

const NONCE_BYTES: usize = 24;
const VERSION: u8 = 1;
const LABEL: &[u8] = b"switchboard.relay.kv.v1\0";

/// The operator's key.
pub(crate) struct Vault {
    cipher: XChaCha20Poly1305,
}

impl Vault {
    /// From 64 hexadecimal digits.
    pub(crate) fn new(key: &SecretString) -> Result<Self, NatsError> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        hex::decode_to_slice(key.expose_secret(), bytes.as_mut_slice()).map_err(|_| NatsError::Key)?;
        Ok(Self { cipher: XChaCha20Poly1305::new(&Key::from(*bytes)) })
    }

    /// Seals a value for its key in the store; at another key it does not open.
    pub(crate) fn seal(&self, key: &str, value: &[u8]) -> Option<Vec<u8>> {
        let mut nonce = [0_u8; NONCE_BYTES];
        getrandom::fill(&mut nonce).ok()?;
        let payload = Payload { msg: value, aad: &context(key) };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).ok()?;
        Some([&[VERSION], nonce.as_slice(), &sealed].concat())
    }

    /// Opens a value; none if it was altered, is another key's, or is sealed under another operator's key.
    pub(crate) fn open(&self, key: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (version, rest) = sealed.split_first()?;
        let (nonce, sealed) = rest.split_at_checked(NONCE_BYTES)?;
        if *version != VERSION {
            return None;
        }
        let nonce = <[u8; NONCE_BYTES]>::try_from(nonce).ok()?;
        self.cipher.decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: &context(key) }).ok()
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").finish_non_exhaustive()
    }
}

fn context(key: &str) -> Vec<u8> {
    [LABEL, key.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
    use super::*;

    fn vault(digit: &str) -> Vault {
        Vault::new(&SecretString::from(digit.repeat(64))).unwrap()
    }

    #[test]
    fn a_value_opens_under_its_own_key_and_name_only() {
        let sealed = vault("1").seal("desk.shop", b"devices").unwrap();
        assert!(!sealed.windows(7).any(|window| window == b"devices"));
        assert_eq!(vault("1").open("desk.shop", &sealed).unwrap(), b"devices");
        assert_eq!(vault("2").open("desk.shop", &sealed), None);
        assert_eq!(vault("1").open("desk.other", &sealed), None);
        assert_eq!(vault("1").open("desk.shop", b"\x01too short"), None);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "00", &"g".repeat(64), &"0".repeat(66)] {
            assert!(matches!(Vault::new(&SecretString::from(text)), Err(NatsError::Key)));
        }
    }
}
