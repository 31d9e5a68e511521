//! Where a relay is and who we are to it.
//!
//! Plain WebSocket is for the loopback alone (practice mode, tests, a relay on the same machine behind a tunnel): the
//! bearer token and customers' messages must not cross a network in the clear.

use std::fmt;
use std::net::IpAddr;

use secrecy::SecretString;
use url::{Host, Url};

use crate::sealing::DeviceKey;

/// A relay and a desk on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayAddress {
    /// Base address with http or https and no slash at the end of its path.
    base: Url,
    desk: String,
}

impl RelayAddress {
    /// Checks an address. `url` is the relay's base address (`https://host[:port][/prefix]`, or the same with `wss`;
    /// `http`/`ws` for the loopback only).
    ///
    /// # Errors
    /// [`EndpointError`].
    pub fn new(url: &str, desk: &str) -> Result<Self, EndpointError> {
        let mut base = Url::parse(url.trim()).map_err(|_| EndpointError::Malformed(url.trim().to_owned()))?;
        let scheme = match base.scheme() {
            "https" | "wss" => "https",
            "http" | "ws" => "http",
            other => return Err(EndpointError::Scheme(other.to_owned())),
        };
        if scheme == "http" && !is_loopback(&base) {
            return Err(EndpointError::Unencrypted(base.host_str().unwrap_or_default().to_owned()));
        }
        let has_user = !base.username().is_empty() || base.password().is_some();
        if has_user || base.query().is_some() || base.fragment().is_some() {
            return Err(EndpointError::Decorated);
        }
        if !is_name(desk) {
            return Err(EndpointError::Name(desk.to_owned()));
        }
        if base.set_scheme(scheme).is_err() {
            return Err(EndpointError::Scheme(scheme.to_owned()));
        }
        let path = base.path().trim_end_matches('/').to_owned();
        base.set_path(&path);
        Ok(Self { base, desk: desk.to_owned() })
    }

    /// The base address, as it is kept and shown.
    pub fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// The desk's name on the relay.
    pub fn desk(&self) -> &str {
        &self.desk
    }

    /// True for a relay on this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.base)
    }

    /// An address below the base, like `/v1/pair`.
    pub fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url
    }

    /// The WebSocket address of the desk's log.
    pub fn log_url(&self) -> Url {
        let mut url = self.at(&format!("/v1/desks/{}/log", self.desk));
        let scheme = if self.base.scheme() == "https" { "wss" } else { "ws" };
        // Both are special schemes of the URL standard, between which changing is always allowed.
        let changed = url.set_scheme(scheme);
        debug_assert!(changed.is_ok(), "http and ws are both special schemes");
        url
    }
}

/// A relay, a desk on it, and this console's identity there.
#[derive(Clone)]
pub struct RelayEndpoint {
    address: RelayAddress,
    device: String,
    token: SecretString,
    key: DeviceKey,
    log_id: Vec<u8>,
}

/// Why an endpoint was refused before anything was sent.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
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
    /// This console (`device`, its bearer token and its own key) at a desk.
    ///
    /// # Errors
    /// [`EndpointError::Name`] for a device name that cannot be one.
    pub fn new(
        address: RelayAddress,
        device: &str,
        token: SecretString,
        key: DeviceKey,
    ) -> Result<Self, EndpointError> {
        if !is_name(device) {
            return Err(EndpointError::Name(device.to_owned()));
        }
        Ok(Self { address, device: device.to_owned(), token, key, log_id: Vec::new() })
    }

    /// Refuses every log but this one, as named when the console was paired.
    #[must_use]
    pub fn expecting(self, log_id: Vec<u8>) -> Self {
        Self { log_id, ..self }
    }

    /// The same console at the same desk, with the relay at another address.
    #[must_use]
    pub fn moved_to(self, address: RelayAddress) -> Self {
        Self { address, ..self }
    }

    /// Where the relay is.
    pub fn address(&self) -> &RelayAddress {
        &self.address
    }

    /// The desk's name on the relay.
    pub fn desk(&self) -> &str {
        self.address.desk()
    }

    /// This console's device id on the desk.
    pub fn device(&self) -> &str {
        &self.device
    }

    pub(crate) fn token(&self) -> &SecretString {
        &self.token
    }

    pub(crate) fn key(&self) -> &DeviceKey {
        &self.key
    }

    /// True if a welcome with this id comes from the log that was paired with.
    pub(crate) fn is_log(&self, log_id: &[u8]) -> bool {
        self.log_id.is_empty() || self.log_id == log_id
    }
}

impl fmt::Debug for RelayEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RelayEndpoint")
            .field("relay", &self.address.base())
            .field("desk", &self.address.desk())
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

/// True for a name that may be given to a new desk: as [`is_name`], and with a letter or digit at both ends, so that it
/// is no option and no hidden file anywhere. Desks that had their name before keep it.
pub fn is_new_name(name: &str) -> bool {
    let ends = |end: Option<u8>| end.is_some_and(|byte| byte.is_ascii_alphanumeric());
    is_name(name) && ends(name.bytes().next()) && ends(name.bytes().next_back())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}
