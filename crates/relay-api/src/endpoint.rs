//! Where a relay is and who we are to it.
//!
//! Plain WebSocket is for the loopback alone (practice mode, tests, a relay on the same machine behind a tunnel): the
//! bearer token and customers' messages must not cross a network in the clear.

use std::fmt;
use std::net::IpAddr;

use secrecy::SecretString;
use url::{Host, Url};

/// A relay, a desk on it, and this console's identity there.
#[derive(Clone)]
pub struct RelayEndpoint {
    log_url: Url,
    desk: String,
    device: String,
    token: SecretString,
}

/// Why an endpoint was refused before anything was sent.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EndpointError {
    /// Not a URL at all.
    #[error("{0:?} is not a URL; a relay's address looks like https://relay.example.com")]
    Malformed(String),
    /// A scheme other than wss, https, ws, http.
    #[error("a relay's address starts with https:// or wss://, not {0}://")]
    Scheme(String),
    /// Plain ws or http to something other than this machine.
    #[error("{0} would be reached without encryption; use https:// (plain http is accepted for this machine only)")]
    Unencrypted(String),
    /// User, password, query or fragment in the URL.
    #[error("a relay's address holds no user name, password, query or fragment")]
    Decorated,
    /// The desk or device name cannot be used.
    #[error("{0:?} is not a usable name: 1 to 64 letters, digits, '-', '_' or '.', not starting with '.'")]
    Name(String),
}

impl RelayEndpoint {
    /// Checks and assembles an endpoint. `url` is the relay's base address (`https://host[:port][/prefix]`, or the
    /// same with `wss`; `http`/`ws` for the loopback only).
    pub fn new(url: &str, desk: &str, device: &str, token: SecretString) -> Result<Self, EndpointError> {
        let mut log_url = Url::parse(url.trim()).map_err(|_| EndpointError::Malformed(url.trim().to_owned()))?;
        let scheme = match log_url.scheme() {
            "https" | "wss" => "wss",
            "http" | "ws" => "ws",
            other => return Err(EndpointError::Scheme(other.to_owned())),
        };
        if scheme == "ws" && !is_loopback(&log_url) {
            return Err(EndpointError::Unencrypted(log_url.host_str().unwrap_or_default().to_owned()));
        }
        let has_user = !log_url.username().is_empty() || log_url.password().is_some();
        if has_user || log_url.query().is_some() || log_url.fragment().is_some() {
            return Err(EndpointError::Decorated);
        }
        for name in [desk, device] {
            if !is_name(name) {
                return Err(EndpointError::Name(name.to_owned()));
            }
        }
        if log_url.set_scheme(scheme).is_err() {
            return Err(EndpointError::Scheme(scheme.to_owned()));
        }
        let base = log_url.path().trim_end_matches('/').to_owned();
        log_url.set_path(&format!("{base}/v1/desks/{desk}/log"));
        Ok(Self { log_url, desk: desk.to_owned(), device: device.to_owned(), token })
    }

    /// The WebSocket address of the desk's log.
    pub fn log_url(&self) -> &Url {
        &self.log_url
    }

    /// The desk's name on the relay.
    pub fn desk(&self) -> &str {
        &self.desk
    }

    /// This console's device id on the desk.
    pub fn device(&self) -> &str {
        &self.device
    }

    pub(crate) fn token(&self) -> &SecretString {
        &self.token
    }
}

impl fmt::Debug for RelayEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RelayEndpoint")
            .field("log_url", &self.log_url.as_str())
            .field("device", &self.device)
            .finish_non_exhaustive()
    }
}

/// True for a name that may stand in a path: used for desks and devices on both ends.
pub fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && !name.starts_with('.')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}
