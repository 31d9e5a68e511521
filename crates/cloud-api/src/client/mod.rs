//! The connection to Graph: where it may go, how it authenticates, how it waits.
//!
//! One plain struct with a base URL; tests put a server of their own behind it. The bearer leaves this
//! process only towards the hosts of [`hosts`], never across a redirect (redirects are off), and never towards
//! a URL taken from a payload. Nothing is repeated here: reqwest's own retries are off, because a send that
//! may have been accepted must not be written twice (errors.md §11). (hyper's pool may open a new connection
//! for a request it never began to write; that is not a repeat.)

mod call;
pub mod hosts;
mod transport;
mod usage;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use switchboard_domain::time::UnixMillis;
use url::Url;

pub use call::{CallError, Page, Paging};
pub(crate) use call::{Success, describe, read_body, with_query};
pub use hosts::{HostError, Origin};
pub(crate) use transport::transport_error;
pub use transport::{Carried, NotSentWhy, Transport, TransportError, UnknownWhy};
pub use usage::{AppUsage, BusinessUsage, Usage};

/// The newest Graph version known in November 2026 (account.md §2).
pub const DEFAULT_GRAPH_VERSION: &str = "v26.0";

/// How to reach Graph. All fields have sensible defaults; tests and the practice account change `base_url`.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// `https://` one of Meta's hosts, or `http://` a loopback address for the practice account.
    pub base_url: String,
    /// `v26.0` and the like (account.md §2).
    pub graph_version: String,
    /// Longest wait for DNS, TCP and TLS together; running out of it means that nothing was sent.
    pub connect_timeout: Duration,
    /// Longest wait for a whole call but media; running out of it after the request was written means Unknown.
    pub request_timeout: Duration,
    /// Longest wait for a media upload or download.
    pub transfer_timeout: Duration,
    /// Idle connections kept per host: as many as sends are in flight, so that none is opened anew each time.
    pub max_idle_connections: usize,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self {
            base_url: "https://graph.facebook.com".to_owned(),
            graph_version: DEFAULT_GRAPH_VERSION.to_owned(),
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(30),
            transfer_timeout: Duration::from_secs(300),
            max_idle_connections: 128,
        }
    }
}

impl ClientSettings {
    /// Settings for a server on the loopback, such as the practice account.
    pub fn loopback(base_url: impl Into<String>) -> Self {
        Self { base_url: base_url.into(), ..Self::default() }
    }
}

/// Why a client cannot be made from these settings.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The base URL is not one the bearer may go to.
    #[error(transparent)]
    Host(#[from] HostError),
    /// Not of the form `v26.0`.
    #[error("{0:?} is not a Graph version; it looks like v26.0")]
    Version(String),
    /// A token with characters that no HTTP header can carry; usually a cut-off or doubled paste.
    #[error("the token contains characters that a token never has; copy it again as a whole")]
    Token,
    /// The TLS or HTTP machinery of this system refused to start.
    #[error("starting the HTTP client: {0}")]
    Http(String),
}

/// What the last answers said about time and budget, for pacing and for a reference clock (P8).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerNotes {
    /// The `Date` header of the newest answer.
    pub server_time: Option<UnixMillis>,
    /// The newest usage headers.
    pub usage: Usage,
}

struct Inner {
    http: reqwest::Client,
    origin: Origin,
    version: String,
    token: SecretString,
    request_timeout: Duration,
    transfer_timeout: Duration,
    notes: Mutex<ServerNotes>,
    carrier: Option<Arc<dyn Transport>>,
}

/// A client for one token. Cheap to clone: clones share connections and the last seen usage.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.inner.origin.base().as_str())
            .field("version", &self.inner.version)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Makes a client.
    ///
    /// # Errors
    /// [`ClientError`] when the base URL is not on the allow-list, the version or the token is malformed.
    pub fn new(settings: &ClientSettings, token: SecretString) -> Result<Self, ClientError> {
        Self::make(settings, token, None)
    }

    /// A client whose calls another transport carries instead of the network: a server in the same process. Media
    /// transfers are not carried.
    ///
    /// # Errors
    /// As [`Client::new`]: the base URL must be one that the bearer may go to all the same.
    pub fn over(
        settings: &ClientSettings,
        token: SecretString,
        carrier: Arc<dyn Transport>,
    ) -> Result<Self, ClientError> {
        Self::make(settings, token, Some(carrier))
    }

    fn make(
        settings: &ClientSettings,
        token: SecretString,
        carrier: Option<Arc<dyn Transport>>,
    ) -> Result<Self, ClientError> {
        let origin = Origin::parse(&settings.base_url)?;
        let version = graph_version(&settings.graph_version)?;
        if token.expose_secret().is_empty() || !token.expose_secret().bytes().all(|b| b.is_ascii_graphic()) {
            return Err(ClientError::Token);
        }
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .user_agent(concat!("switchboard/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(settings.connect_timeout)
            .pool_max_idle_per_host(settings.max_idle_connections)
            .pool_idle_timeout(Duration::from_secs(55))
            .tcp_nodelay(true)
            .tcp_keepalive(Duration::from_secs(30))
            .http2_adaptive_window(true)
            .http2_keep_alive_interval(Duration::from_secs(20))
            .http2_keep_alive_timeout(Duration::from_secs(10));
        if origin.is_loopback() {
            // A proxy would carry the practice account's traffic off this machine.
            builder = builder.no_proxy();
        } else {
            builder = builder.https_only(true);
        }
        let http = builder.build().map_err(|e| ClientError::Http(e.without_url().to_string()))?;
        Ok(Self {
            inner: Arc::new(Inner {
                http,
                origin,
                version,
                token,
                request_timeout: settings.request_timeout,
                transfer_timeout: settings.transfer_timeout,
                notes: Mutex::default(),
                carrier,
            }),
        })
    }

    /// Where this client may send the bearer.
    pub fn origin(&self) -> &Origin {
        &self.inner.origin
    }

    /// The Graph version in the path of every call.
    pub fn graph_version(&self) -> &str {
        &self.inner.version
    }

    /// What the newest answers said about the server's clock and our call budget.
    pub fn notes(&self) -> ServerNotes {
        self.inner.notes.lock().map(|n| n.clone()).unwrap_or_default()
    }

    /// `{base}/{version}/{segments…}`, each segment percent-encoded so that an id cannot change the path.
    pub(crate) fn url(&self, segments: &[&str]) -> Url {
        join(self.inner.origin.base(), &self.inner.version, segments)
    }

    /// The same on `api.facebook.com`, where a few 2026 endpoints live (messages.md, head); on the loopback
    /// the practice account answers for both.
    pub(crate) fn api_url(&self, segments: &[&str]) -> Url {
        let mut url = self.inner.origin.api_base().clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.inner.http
    }

    pub(crate) fn bearer(&self) -> &SecretString {
        &self.inner.token
    }

    pub(crate) fn carrier(&self) -> Option<&Arc<dyn Transport>> {
        self.inner.carrier.as_ref()
    }

    pub(crate) fn transfer_timeout(&self) -> Duration {
        self.inner.transfer_timeout
    }

    pub(crate) fn request_timeout(&self) -> Duration {
        self.inner.request_timeout
    }

    pub(crate) fn note(&self, headers: &reqwest::header::HeaderMap) -> ServerNotes {
        let seen = ServerNotes { server_time: usage::date(headers), usage: Usage::read(headers) };
        if let Ok(mut notes) = self.inner.notes.lock() {
            if seen.server_time.is_some() {
                notes.server_time = seen.server_time;
            }
            if !seen.usage.is_empty() {
                notes.usage = seen.usage.clone();
            }
        }
        seen
    }
}

fn join(base: &Url, version: &str, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(version).extend(segments);
    }
    url
}

fn graph_version(text: &str) -> Result<String, ClientError> {
    let ok = text.strip_prefix('v').and_then(|rest| rest.split_once('.')).is_some_and(|(major, minor)| {
        let digits = |s: &str| !s.is_empty() && s.len() <= 3 && s.bytes().all(|b| b.is_ascii_digit());
        digits(major) && digits(minor)
    });
    if ok { Ok(text.to_owned()) } else { Err(ClientError::Version(text.to_owned())) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

    use super::*;

    fn client() -> Client {
        Client::new(&ClientSettings::default(), SecretString::from("EAAtest")).unwrap()
    }

    #[test]
    fn an_id_cannot_change_the_path_or_the_host() {
        let url = client().url(&["1/../2?x=1#y", "messages"]);
        assert_eq!(url.as_str(), "https://graph.facebook.com/v26.0/1%2F..%2F2%3Fx=1%23y/messages");
        let dots = client().url(&["..", "messages"]);
        assert!(dots.path().starts_with("/v26.0/"), "{dots}");
    }

    #[test]
    fn a_client_never_shows_its_token() {
        assert!(!format!("{:?}", client()).contains("EAAtest"));
    }

    #[test]
    fn a_malformed_version_or_token_is_refused() {
        let s = ClientSettings { graph_version: "26".to_owned(), ..ClientSettings::default() };
        assert!(matches!(Client::new(&s, SecretString::from("EAA")), Err(ClientError::Version(_))));
        for token in ["", "EAA\nEAA", "EAA x", "EÄ"] {
            let made = Client::new(&ClientSettings::default(), SecretString::from(token));
            assert!(matches!(made, Err(ClientError::Token)), "{token:?}");
        }
    }
}
