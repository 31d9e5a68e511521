//! The one-time link, as text.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use url::Url;

use super::PairError;
use crate::endpoint::RelayAddress;

const SCHEME: &str = "switchboard";
const HOST: &str = "pair";
const FINGERPRINT_BYTES: usize = 8;
const MAX_CODE_CHARS: usize = 128;

/// `switchboard://pair?relay=…&desk=…&code=…&fingerprint=…`. `Debug` shows no code.
#[derive(Clone, PartialEq, Eq)]
pub struct PairingLink {
    address: RelayAddress,
    code: String,
    fingerprint: String,
}

impl PairingLink {
    /// A link to a desk.
    pub fn new(address: RelayAddress, code: String, log_id: &[u8]) -> Self {
        let fingerprint = fingerprint(address.desk(), log_id);
        Self { address, code, fingerprint }
    }

    /// The relay and the desk.
    pub fn address(&self) -> &RelayAddress {
        &self.address
    }

    /// The code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The fingerprint of the log that is meant, for people to compare.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// True if the log with this id is the one that the link means.
    pub fn is_for(&self, log_id: &[u8]) -> bool {
        fingerprint(self.address.desk(), log_id) == self.fingerprint
    }
}

impl fmt::Display for PairingLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("relay", self.address.base())
            .append_pair("desk", self.address.desk())
            .append_pair("code", &self.code)
            .append_pair("fingerprint", &self.fingerprint)
            .finish();
        write!(f, "{SCHEME}://{HOST}?{query}")
    }
}

impl fmt::Debug for PairingLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PairingLink")
            .field("address", &self.address)
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}

impl FromStr for PairingLink {
    type Err = PairError;

    fn from_str(text: &str) -> Result<Self, PairError> {
        let url = Url::parse(text.trim()).map_err(|_| PairError::NotALink)?;
        if url.scheme() != SCHEME || url.host_str() != Some(HOST) {
            return Err(PairError::NotALink);
        }
        let value = |name: &str| {
            let mut found = url.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned());
            // A value given twice is somebody's trick.
            found.next().filter(|value| !value.is_empty()).filter(|_| found.next().is_none()).ok_or(PairError::NotALink)
        };
        let (relay, desk) = (value("relay")?, value("desk")?);
        let (code, fingerprint) = (value("code")?, value("fingerprint")?.to_ascii_lowercase());
        let code_fits = code.len() <= MAX_CODE_CHARS && code.bytes().all(|b| b.is_ascii_alphanumeric());
        let fingerprint_fits =
            fingerprint.len() == 2 * FINGERPRINT_BYTES && fingerprint.bytes().all(|b| b.is_ascii_hexdigit());
        if !code_fits || !fingerprint_fits {
            return Err(PairError::NotALink);
        }
        Ok(Self { address: RelayAddress::new(&relay, &desk)?, code, fingerprint })
    }
}

/// What a log's id looks like to people: 16 hex digits of its digest.
pub fn fingerprint(desk: &str, log_id: &[u8]) -> String {
    let mut digest = Sha256::new();
    digest.update(b"switchboard.relay.fingerprint.v1\0");
    digest.update(u64::try_from(log_id.len()).unwrap_or(u64::MAX).to_be_bytes());
    digest.update(log_id);
    digest.update(desk.as_bytes());
    let digest: [u8; 32] = digest.finalize().into();
    let (short, _) = digest.split_at(FINGERPRINT_BYTES);
    hex::encode(short)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    fn link() -> PairingLink {
        let address = RelayAddress::new("https://relay.example.com/switchboard/", "shop").unwrap();
        PairingLink::new(address, "abc123".to_owned(), &[7; 16])
    }

    #[test]
    fn a_link_is_read_as_it_was_written() {
        let text = link().to_string();
        assert!(
            text.starts_with("switchboard://pair?relay=https%3A%2F%2Frelay.example.com%2Fswitchboard&desk=shop&code=")
        );
        let read: PairingLink = format!("  {text}\n").parse().unwrap();
        assert_eq!(read, link());
        assert!(read.is_for(&[7; 16]) && !read.is_for(&[8; 16]));
        assert!(!format!("{read:?}").contains("abc123"));
    }

    #[test]
    fn what_is_no_link_or_an_unsafe_one_is_refused() {
        let text = link().to_string();
        for wrong in [
            String::new(),
            "https://relay.example.com".to_owned(),
            text.replace("switchboard://pair", "switchboard://campaign"),
            text.replace("code=abc123", "code="),
            text.replace("desk=shop&", ""),
            format!("{text}&code=other"),
            text.replace("abc123", "abc-123"),
        ] {
            assert_eq!(wrong.parse::<PairingLink>(), Err(PairError::NotALink), "{wrong}");
        }
        let plain = text.replace("https%3A", "http%3A").parse::<PairingLink>();
        assert!(matches!(plain, Err(PairError::Address(_))), "a token must not cross a network in the clear");
    }

    proptest! {
        #[test]
        fn whatever_is_pasted_is_a_link_or_an_error(text in "\\PC{0,200}") {
            let _ = text.parse::<PairingLink>();
            let _ = format!("switchboard://pair?{text}").parse::<PairingLink>();
        }
    }
}
