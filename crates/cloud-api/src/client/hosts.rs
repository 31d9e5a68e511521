//! Where the bearer may go (architecture P6): Meta's hosts over https, or one loopback origin for the practice
//! account. Everything else is refused before a connection exists.

use url::{Host, Url};

/// Hosts of Meta that take the bearer: Graph, the 2026 endpoints, and media downloads
/// (messages.md head, §12; webhooks.md §4.2).
pub const META_HOSTS: [&str; 3] = ["graph.facebook.com", "api.facebook.com", "lookaside.fbsbx.com"];

/// A URL that the bearer may not go to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// Not a URL at all.
    #[error("this is not a URL; it looks like https://graph.facebook.com")]
    NotAUrl,
    /// A host that is not Meta's.
    #[error("{host} is not one of Meta's hosts, so the access token is not sent there")]
    NotMeta {
        /// The host as given.
        host: String,
    },
    /// Meta's host without TLS.
    #[error("{host} is reached over https only")]
    NotHttps {
        /// The host as given.
        host: String,
    },
    /// User name, password, port, query or fragment where none belongs.
    #[error("the URL of {host} carries more than it should (user name, port, query or fragment)")]
    Extra {
        /// The host as given.
        host: String,
    },
    /// A URL of another origin than the practice account's own.
    #[error("the practice account's token stays with the practice account, not with {host}")]
    OtherLoopback {
        /// The host as given.
        host: String,
    },
}

/// The origin a client belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    base: Url,
    api_base: Url,
    loopback: bool,
}

impl Origin {
    /// Checks a base URL against the allow-list.
    ///
    /// # Errors
    /// [`HostError`] names the host and what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, HostError> {
        let base = Url::parse(text.trim()).map_err(|_| HostError::NotAUrl)?;
        if base.query().is_some() || base.fragment().is_some() {
            return Err(HostError::Extra { host: host_of(&base) });
        }
        if is_loopback(&base) {
            no_credentials(&base)?;
            return Ok(Self { api_base: base.clone(), base, loopback: true });
        }
        meta(&base)?;
        let api_base = Url::parse("https://api.facebook.com").map_err(|_| HostError::NotAUrl)?;
        Ok(Self { base, api_base, loopback: false })
    }

    /// The base URL of Graph calls.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// The base URL of the endpoints that live on `api.facebook.com`.
    pub(crate) fn api_base(&self) -> &Url {
        &self.api_base
    }

    /// Whether this is the practice account on this machine.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Checks a media URL that Graph returned for an id before the bearer goes to it.
    ///
    /// # Errors
    /// [`HostError`] when it leads elsewhere than to Meta (or, for the practice account, than to itself).
    pub fn check_media_url(&self, text: &str) -> Result<Url, HostError> {
        let url = Url::parse(text).map_err(|_| HostError::NotAUrl)?;
        if self.loopback {
            no_credentials(&url)?;
            return if url.origin() == self.base.origin() {
                Ok(url)
            } else {
                Err(HostError::OtherLoopback { host: host_of(&url) })
            };
        }
        meta(&url)?;
        Ok(url)
    }
}

fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or("(no host)").to_owned()
}

fn no_credentials(url: &Url) -> Result<(), HostError> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err(HostError::Extra { host: host_of(url) });
    }
    Ok(())
}

/// http and a literal loopback address; a name could be pointed elsewhere.
fn is_loopback(url: &Url) -> bool {
    url.scheme() == "http"
        && match url.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            Some(Host::Domain(_)) | None => false,
        }
}

fn meta(url: &Url) -> Result<(), HostError> {
    let host = host_of(url);
    if !META_HOSTS.contains(&host.as_str()) {
        return Err(HostError::NotMeta { host });
    }
    if url.scheme() != "https" {
        return Err(HostError::NotHttps { host });
    }
    no_credentials(url)?;
    if url.port().is_some() {
        return Err(HostError::Extra { host });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("https://graph.facebook.com")]
    #[case("https://graph.facebook.com/")]
    #[case("http://127.0.0.1:4311")]
    #[case("http://[::1]:4311")]
    fn a_base_on_the_list_is_accepted(#[case] url: &str) {
        Origin::parse(url).unwrap();
    }

    #[rstest]
    #[case("https://graph.facebook.com.example.org")]
    #[case("https://graph.facebook.com@example.org")]
    #[case("https://example.org/graph.facebook.com")]
    #[case("http://graph.facebook.com")]
    #[case("https://graph.facebook.com:8443")]
    #[case("https://user@graph.facebook.com")]
    #[case("https://graph.facebook.com./")]
    #[case("https://sub.graph.facebook.com")]
    #[case("http://localhost:4311")]
    #[case("http://127.0.0.1.example.org")]
    #[case("http://10.0.0.1")]
    #[case("https://127.0.0.1")]
    #[case("ftp://graph.facebook.com")]
    #[case("graph.facebook.com")]
    #[case("https://graph.facebook.com?access_token=x")]
    fn any_other_base_is_refused(#[case] url: &str) {
        assert!(Origin::parse(url).is_err(), "{url}");
    }

    #[test]
    fn a_media_url_elsewhere_never_gets_the_bearer() {
        let meta = Origin::parse("https://graph.facebook.com").unwrap();
        meta.check_media_url("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=5").unwrap();
        for url in ["https://cdn.example.org/a", "http://lookaside.fbsbx.com/a", "http://127.0.0.1:1/a", "//x"] {
            assert!(meta.check_media_url(url).is_err(), "{url}");
        }
        let practice = Origin::parse("http://127.0.0.1:4311").unwrap();
        practice.check_media_url("http://127.0.0.1:4311/media/5?x=1").unwrap();
        for url in ["http://127.0.0.1:4312/a", "https://lookaside.fbsbx.com/a"] {
            assert!(practice.check_media_url(url).is_err(), "{url}");
        }
    }
}
