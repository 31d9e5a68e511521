//! Is this webhook Meta's? HMAC-SHA256 over the exact bytes off the wire, keyed with the app secret
//! (webhooks.md §1.2). Verify first, parse after: a byte changed by a middleware breaks it.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// Header that carries the signature.
pub const HEADER: &str = "X-Hub-Signature-256";

/// Why a signature does not count. Answer 401 and do not process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// No header.
    #[error("the signature header is missing")]
    Missing,
    /// Not `sha256=` and 64 hex digits.
    #[error("the signature header is malformed")]
    Malformed,
    /// No secret fits: another app's webhook, a wrong app secret, or changed bytes.
    #[error("the signature fits none of the app secrets; check the app secret and that no proxy changes the body")]
    Mismatch,
}

/// Checks the header against each secret (current and previous, or several apps'); says which one fitted.
///
/// # Errors
/// [`SignatureError`].
pub fn verify(raw: &[u8], header: Option<&str>, secrets: &[SecretString]) -> Result<usize, SignatureError> {
    let given = parse(header.ok_or(SignatureError::Missing)?)?;
    let mut fitting = None;
    for (i, secret) in secrets.iter().enumerate() {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()) else { continue };
        mac.update(raw);
        // Constant time, and all secrets are tried so that the time does not tell which one fitted.
        if mac.verify_slice(&given).is_ok() && fitting.is_none() {
            fitting = Some(i);
        }
    }
    fitting.ok_or(SignatureError::Mismatch)
}

/// The 32 bytes of a `sha256=…` header, in any case.
///
/// # Errors
/// [`SignatureError::Malformed`].
pub fn parse(header: &str) -> Result<[u8; 32], SignatureError> {
    let header = header.trim();
    let (scheme, digits) = header.split_once('=').ok_or(SignatureError::Malformed)?;
    if !scheme.trim().eq_ignore_ascii_case("sha256") {
        return Err(SignatureError::Malformed);
    }
    let mut bytes = [0u8; 32];
    hex::decode_to_slice(digits.trim(), &mut bytes).map_err(|_| SignatureError::Malformed)?;
    Ok(bytes)
}

/// The header value for a body, for tests and for tools that replay captured webhooks.
pub fn sign(raw: &[u8], secret: &SecretString) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).map(|mut mac| {
        mac.update(raw);
        hex::encode(mac.finalize().into_bytes())
    });
    // HMAC takes keys of any length, so there is always a value.
    format!("sha256={}", mac.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

    use super::*;
    use rstest::rstest;

    fn secrets() -> Vec<SecretString> {
        vec![SecretString::from("other"), SecretString::from("test_app_secret")]
    }

    #[rstest]
    #[case(
        r#"{"object":"whatsapp_business_account","entry":[]}"#,
        "dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756"
    )]
    #[case(
        r#"{"object": "whatsapp_business_account", "entry": []}"#,
        "56cbbaf4961c6cfdae48b7f116c047e5eb513d2c931baae63a2bc1afd26f803a"
    )]
    #[case(r#"{"t":"\u00e4\u00f6\u00e5"}"#, "8cc2a80f11313ef9c69ca05a132f3f266a992c9b43953c1a520861f142a45c7a")]
    #[case(r#"{"t":"äöå"}"#, "07b8dabf93a804e697507061549bf1050a7e7efcff37c84effe4818d2a4f9c3e")]
    fn the_published_vectors_verify(#[case] body: &str, #[case] hex: &str) {
        assert_eq!(verify(body.as_bytes(), Some(&format!("sha256={hex}")), &secrets()), Ok(1));
        assert_eq!(verify(body.as_bytes(), Some(&format!("SHA256={}", hex.to_uppercase())), &secrets()), Ok(1));
        assert_eq!(sign(body.as_bytes(), &SecretString::from("test_app_secret")), format!("sha256={hex}"));
    }

    #[rstest]
    #[case(None, SignatureError::Missing)]
    #[case(Some(""), SignatureError::Malformed)]
    #[case(Some("sha256="), SignatureError::Malformed)]
    #[case(Some("sha1=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756"), SignatureError::Malformed)]
    #[case(Some("sha256=dec6"), SignatureError::Malformed)]
    #[case(Some("sha256=zzc6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756"), SignatureError::Malformed)]
    #[case(Some("sha256=aec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756"), SignatureError::Mismatch)]
    fn anything_else_is_refused(#[case] header: Option<&str>, #[case] why: SignatureError) {
        let body = br#"{"object":"whatsapp_business_account","entry":[]}"#;
        assert_eq!(verify(body, header, &secrets()), Err(why));
    }

    #[test]
    fn one_changed_byte_breaks_it() {
        let header = sign(b"{\"a\":1}", &SecretString::from("s"));
        assert_eq!(verify(b"{\"a\":2}", Some(&header), &[SecretString::from("s")]), Err(SignatureError::Mismatch));
    }
}
