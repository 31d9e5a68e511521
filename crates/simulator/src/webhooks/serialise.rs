//! Meta's own serialisation: non-ASCII as `\uXXXX` with lowercase hex and `/` as `\/`
//! (webhooks.md §1.2). The signature covers exactly these bytes.

use std::io::{self, Write};

use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde_json::ser::Formatter;
use sha2::Sha256;

struct MetaFormatter;

impl Formatter for MetaFormatter {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let plain = |b: u8| b.is_ascii() && b != b'/';
        let mut rest = fragment;
        while !rest.is_empty() {
            let ascii = rest.bytes().take_while(|b| plain(*b)).count();
            let (head, tail) = rest.split_at(ascii);
            writer.write_all(head.as_bytes())?;
            let mut chars = tail.chars();
            match chars.next() {
                None => {}
                Some('/') => writer.write_all(b"\\/")?,
                Some(c) => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        write!(writer, "\\u{unit:04x}")?;
                    }
                }
            }
            rest = chars.as_str();
        }
        Ok(())
    }
}

/// The bytes of a value as Meta writes them.
pub(crate) fn bytes<T: Serialize>(value: &T) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, MetaFormatter);
    if let Err(error) = value.serialize(&mut serializer) {
        tracing::error!(%error, "a webhook could not be written");
    }
    out
}

/// The `X-Hub-Signature-256` header for a body.
pub(crate) fn signature(app_secret: &str, body: &[u8]) -> String {
    match Hmac::<Sha256>::new_from_slice(app_secret.as_bytes()) {
        Ok(mut mac) => {
            mac.update(body);
            format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
        }
        Err(error) => {
            tracing::error!(%error, "no signature");
            String::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn signatures_match_the_documented_vectors() {
        let secret = "test_app_secret";
        assert_eq!(
            signature(secret, br#"{"object":"whatsapp_business_account","entry":[]}"#),
            "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756"
        );
        let escaped = bytes(&json!({"t": "äöå"}));
        assert_eq!(escaped, br#"{"t":"\u00e4\u00f6\u00e5"}"#);
        assert_eq!(
            signature(secret, &escaped),
            "sha256=8cc2a80f11313ef9c69ca05a132f3f266a992c9b43953c1a520861f142a45c7a"
        );
    }

    #[test]
    fn emoji_become_surrogate_pairs_and_slashes_are_escaped() {
        assert_eq!(
            bytes(&json!({"u": "https://a/b", "e": "👍\n\""})),
            br#"{"e":"\ud83d\udc4d\n\"","u":"https:\/\/a\/b"}"#
        );
    }
}
