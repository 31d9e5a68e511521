//! Proof that a POST comes from Meta, and that a handshake comes from whoever set the verify token.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The app secrets of one desk, ready to check with. During a reset of the secret at Meta both may be in flight
/// (webhooks.md §1.2).
#[derive(Clone)]
pub struct SignatureKeys {
    keys: Vec<Hmac<Sha256>>,
}

impl SignatureKeys {
    /// Keys for the current secret and, while it may still sign, the previous one.
    pub fn new(current: &SecretString, previous: Option<&SecretString>) -> Self {
        let keys = std::iter::once(current)
            .chain(previous)
            .filter_map(|secret| Hmac::new_from_slice(secret.expose_secret().as_bytes()).ok())
            .collect();
        Self { keys }
    }

    /// True if `header` (`sha256=` and 64 hex digits) is the signature of exactly these bytes under one of the keys.
    /// Compares in constant time.
    pub fn verify(&self, header: &str, body: &[u8]) -> bool {
        let Some(digest) = header.trim().strip_prefix("sha256=") else { return false };
        let mut signature = [0_u8; 32];
        if hex::decode_to_slice(digest, &mut signature).is_err() {
            return false;
        }
        self.keys.iter().any(|key| key.clone().chain_update(body).verify_slice(&signature).is_ok())
    }
}

/// The signature header of a body, as Meta writes it: for the doctor, who posts to the relay as Meta does.
pub(crate) fn sign(secret: &SecretString, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes());
    mac.map(|mac| format!("sha256={}", hex::encode(mac.chain_update(body).finalize().into_bytes()))).unwrap_or_default()
}

/// Compares two secrets in a time that depends on neither's contents.
pub fn same_secret(a: &[u8], b: &[u8]) -> bool {
    // Digests have one length, so that lengths are not leaked either.
    Sha256::digest(a).ct_eq(&Sha256::digest(b)).into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use rstest::rstest;

    use super::*;

    fn keys(current: &str, previous: Option<&str>) -> SignatureKeys {
        SignatureKeys::new(&SecretString::from(current), previous.map(SecretString::from).as_ref())
    }

    const COMPACT: &str = r#"{"object":"whatsapp_business_account","entry":[]}"#;
    const COMPACT_SIGNATURE: &str = "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756";

    #[rstest]
    #[case(COMPACT, "dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756")]
    #[case(
        r#"{"object": "whatsapp_business_account", "entry": []}"#,
        "56cbbaf4961c6cfdae48b7f116c047e5eb513d2c931baae63a2bc1afd26f803a"
    )]
    #[case(r#"{"t":"\u00e4\u00f6\u00e5"}"#, "8cc2a80f11313ef9c69ca05a132f3f266a992c9b43953c1a520861f142a45c7a")]
    #[case(r#"{"t":"äöå"}"#, "07b8dabf93a804e697507061549bf1050a7e7efcff37c84effe4818d2a4f9c3e")]
    fn published_vectors_hold_for_their_own_bytes_only(#[case] body: &str, #[case] digest: &str) {
        let keys = keys("test_app_secret", None);
        assert!(keys.verify(&format!("sha256={digest}"), body.as_bytes()));
        assert!(!keys.verify(&format!("sha256={digest}"), format!("{body} ").as_bytes()));
    }

    #[test]
    fn both_secrets_count_while_one_is_being_replaced() {
        assert!(keys("new", Some("test_app_secret")).verify(COMPACT_SIGNATURE, COMPACT.as_bytes()));
        assert!(!keys("new", Some("older")).verify(COMPACT_SIGNATURE, COMPACT.as_bytes()));
    }

    #[rstest]
    #[case("")]
    #[case("sha256=")]
    #[case("sha1=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756")]
    #[case("dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756")]
    #[case("sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c6337")]
    #[case("sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c63375600")]
    #[case("sha256=zec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756")]
    fn a_header_of_another_shape_is_no_signature(#[case] header: &str) {
        assert!(!keys("test_app_secret", None).verify(header, COMPACT.as_bytes()));
    }

    #[test]
    fn secrets_are_equal_only_byte_for_byte() {
        assert!(same_secret(b"", b""));
        assert!(same_secret(b"token", b"token"));
        assert!(!same_secret(b"token", b"tokem"));
        assert!(!same_secret(b"token", b"token "));
    }
}
