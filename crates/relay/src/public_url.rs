//! The address under which Meta and the consoles reach the relay, checked before it is printed, kept or used.

use switchboard_relay_api::RelayAddress;

/// Who can reach the relay there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Whoever finds the name.
    Everybody,
    /// This machine alone: good for trying out, not for Meta.
    ThisMachine,
}

/// An address that cannot be the relay's public one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublicUrlError {
    /// No `https://` in front.
    #[error("{0:?} does not begin with https://; write https://{0} if that is the relay's name")]
    NoScheme(String),
    /// Another scheme than https or, on this machine, http.
    #[error("{0:?} is no https address; Meta posts to https:// alone")]
    Scheme(String),
    /// Plain http to another machine.
    #[error("{0:?} is not encrypted; write https:// (plain http is accepted for this machine only, to try things out)")]
    Unencrypted(String),
    /// A callback URL instead of the relay's own address.
    #[error("{0:?} has the path of a callback URL; give the relay's address alone, without /hooks/… and /v1/…")]
    Callback(String),
    /// User, password, query, fragment, or nothing that is an address.
    #[error("{0:?} is no address of a relay; it looks like https://relay.example.com, without user, password, ? and #")]
    Malformed(String),
}

/// Checks the address, and says who can reach it. TLS that a web server in front ends is https all the same: this is
/// the address on its outside.
///
/// # Errors
/// [`PublicUrlError`].
pub fn check_public_url(text: &str) -> Result<Reach, PublicUrlError> {
    let text = text.trim();
    let shown = || text.to_owned();
    let Some((scheme, rest)) = text.split_once("://") else { return Err(PublicUrlError::NoScheme(shown())) };
    let is_plain = scheme.eq_ignore_ascii_case("http");
    if !is_plain && !scheme.eq_ignore_ascii_case("https") {
        return Err(PublicUrlError::Scheme(shown()));
    }
    // A password in an address would be shown with it.
    if rest.contains('@') {
        return Err(PublicUrlError::Malformed(format!("{scheme}://…")));
    }
    if rest.split('/').skip(1).any(|part| part == "hooks" || part == "v1") {
        return Err(PublicUrlError::Callback(shown()));
    }
    use switchboard_relay_api::endpoint::EndpointError;
    match RelayAddress::new(text, "desk") {
        Ok(address) if address.is_loopback() => Ok(Reach::ThisMachine),
        Ok(_) => Ok(Reach::Everybody),
        Err(EndpointError::Unencrypted(_)) => Err(PublicUrlError::Unencrypted(shown())),
        Err(_) => Err(PublicUrlError::Malformed(shown())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://relay.example.com", Ok(Reach::Everybody))]
    #[case(" https://relay.example.com:8443/shop/ ", Ok(Reach::Everybody))]
    #[case("http://127.0.0.1:8085", Ok(Reach::ThisMachine))]
    #[case("https://localhost", Ok(Reach::ThisMachine))]
    #[case("relay.example.com", Err(PublicUrlError::NoScheme("relay.example.com".to_owned())))]
    #[case("relay.example.com:443", Err(PublicUrlError::NoScheme("relay.example.com:443".to_owned())))]
    #[case("http://relay.example.com", Err(PublicUrlError::Unencrypted("http://relay.example.com".to_owned())))]
    #[case("wss://relay.example.com", Err(PublicUrlError::Scheme("wss://relay.example.com".to_owned())))]
    #[case("https://r.example/hooks/shop", Err(PublicUrlError::Callback("https://r.example/hooks/shop".to_owned())))]
    #[case("https://me:secret@r.example", Err(PublicUrlError::Malformed("https://…".to_owned())))]
    #[case("https://r.example/?a=b", Err(PublicUrlError::Malformed("https://r.example/?a=b".to_owned())))]
    #[case("https://", Err(PublicUrlError::Malformed("https://".to_owned())))]
    fn only_what_meta_or_this_machine_can_use_is_taken(
        #[case] text: &str,
        #[case] expected: Result<Reach, PublicUrlError>,
    ) {
        assert_eq!(check_public_url(text), expected);
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_answered_and_what_is_taken_leads_consoles_there(text in "(https?://)?[ -~]{0,40}") {
            if check_public_url(&text).is_ok() {
                RelayAddress::new(&text, "shop").unwrap();
            }
        }
    }
}
