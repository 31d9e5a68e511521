//! What a relay needs to run, with its secrets loaded. Who its consoles are is not configured: they pair.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use switchboard_relay_api::MAX_WEBHOOK_BODY_BYTES;
use switchboard_relay_api::endpoint::is_name;

use crate::nats::NatsConfig;
use crate::tls::TlsConfig;

/// Everything a relay is told at its start.
#[derive(Debug, Clone)]
pub struct RelayConfig {
    /// Folder of the embedded log; made if missing. One relay at a time.
    pub data_dir: PathBuf,
    /// What keeps the log and the desks.
    pub log: LogEngine,
    /// The desks it serves.
    pub desks: Vec<DeskConfig>,
    /// Sizes and times.
    pub limits: Limits,
    /// HTTPS by the relay itself; none behind a web server that ends TLS.
    pub tls: Option<TlsConfig>,
    /// Wall clock, Unix milliseconds UTC.
    pub clock: fn() -> i64,
}

impl RelayConfig {
    /// A relay with the usual limits and the system's clock.
    pub fn new(data_dir: PathBuf, desks: Vec<DeskConfig>) -> Self {
        let log = LogEngine::Embedded;
        Self { data_dir, log, desks, limits: Limits::default(), tls: None, clock: system_time_ms }
    }

    /// Checks names and numbers that would only fail later.
    pub fn check(&self) -> Result<(), ConfigError> {
        first(name_problems(self.desks.iter().map(|desk| desk.id.as_str())))?;
        for desk in &self.desks {
            let secrets = [Some(&desk.verify_token), Some(&desk.app_secret), desk.previous_app_secret.as_ref()];
            if secrets.into_iter().flatten().any(|secret| secret.expose_secret().is_empty()) {
                return Err(ConfigError::EmptySecret(desk.id.clone()));
            }
        }
        if let LogEngine::Nats(nats) = &self.log {
            first(nats.problems())?;
        }
        self.limits.check()
    }
}

fn first(problems: Vec<ConfigError>) -> Result<(), ConfigError> {
    problems.into_iter().next().map_or(Ok(()), Err)
}

/// What is wrong with the desks' names.
pub(crate) fn name_problems<'a>(names: impl Iterator<Item = &'a str>) -> Vec<ConfigError> {
    let mut seen = std::collections::HashSet::new();
    let wrong = |name: &'a str| match (is_name(name), seen.insert(name)) {
        (false, _) => Some(ConfigError::Name(name.to_owned())),
        (true, false) => Some(ConfigError::Twice(name.to_owned())),
        (true, true) => None,
    };
    names.filter_map(wrong).collect()
}

/// True for what Meta's app secrets look like: 32 hexadecimal digits, as App settings > Basic shows them. Other ones
/// are signed with and checked against all the same; practice accounts have them.
pub fn is_like_an_app_secret(secret: &SecretString) -> bool {
    let secret = secret.expose_secret();
    secret.len() == 32 && secret.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What keeps the log and the desks.
#[derive(Debug, Clone, Default)]
pub enum LogEngine {
    /// Files in the data folder: one relay, durable across a power cut.
    #[default]
    Embedded,
    /// A NATS JetStream cluster: several relays, durable as long as a quorum of its servers is.
    Nats(NatsConfig),
}

/// A configuration that cannot be right.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    /// A desk's name that cannot stand in a URL.
    #[error("{0:?} is not a usable name: 1 to 64 letters, digits, '-', '_' or '.', not starting with '.'")]
    Name(String),
    /// A name given twice.
    #[error("desk {0:?} is configured twice; give each desk its own name")]
    Twice(String),
    /// An empty verify token or app secret would let anyone in.
    #[error("desk {0:?} has an empty verify token or app secret; anyone could sign events then, so give it one")]
    EmptySecret(String),
    /// An address of NATS that cannot be one, or that holds a secret.
    #[error("log.servers: {0:?} is not like nats://host:4222 or tls://host:4222, without user and password")]
    NatsServer(String),
    /// No address of NATS.
    #[error("log.servers names no NATS server; give one like nats://host:4222")]
    NatsServers,
    /// A number of replicas that JetStream does not know.
    #[error("log.replicas must be 1, 3 or 5")]
    Replicas,
    /// Who we are to NATS, by half.
    #[error("[log] needs either credentials, or user and password, or none of them")]
    NatsLogin,
    /// HTTPS by half.
    #[error("[tls] needs either certificate and key, or acme with at least one domain")]
    Tls,
    /// Limits that contradict each other.
    #[error("limits.max_body_bytes must be at most 4 MiB and at most limits.max_in_flight_bytes")]
    Limits,
}

/// One business: one Meta app, one log, the consoles that read it.
#[derive(Debug, Clone)]
pub struct DeskConfig {
    /// Name, as in `/hooks/{desk}`.
    pub id: String,
    /// The string Meta repeats in the handshake (webhooks.md §1.1).
    pub verify_token: SecretString,
    /// The app secret that signs the POSTs (webhooks.md §1.2).
    pub app_secret: SecretString,
    /// The secret before a reset, while it may still sign.
    pub previous_app_secret: Option<SecretString>,
}

/// SHA-256 of a device token or pairing code. Those are at least 128 random bits, so a plain digest gives nothing away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// Hashes a token.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// Reads 64 hex digits.
    pub fn from_hex(digits: &str) -> Option<Self> {
        let mut hash = [0_u8; 32];
        hex::decode_to_slice(digits, &mut hash).ok()?;
        Some(Self(hash))
    }

    /// 64 hex digits.
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }

    /// Compares in constant time.
    pub fn is(&self, other: &Self) -> bool {
        other.0.ct_eq(&self.0).into()
    }
}

impl From<TokenHash> for String {
    fn from(hash: TokenHash) -> Self {
        hash.to_hex()
    }
}

impl TryFrom<String> for TokenHash {
    type Error = &'static str;

    fn try_from(digits: String) -> Result<Self, Self::Error> {
        Self::from_hex(&digits).ok_or("a digest is 64 hex digits")
    }
}

/// Sizes and times of a relay. `Default` suits a small machine.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Largest webhook body in bytes; at most 4 MiB. Meta sends up to 3 MB (webhooks.md §1.6).
    pub max_body_bytes: usize,
    /// Bodies that may be in memory at once, in bytes; beyond it the answer is 503.
    pub max_in_flight_bytes: usize,
    /// Size of the log in bytes at which the answer is 503 until entries were read and dropped. The embedded log counts
    /// all desks together; in NATS each desk has a stream of its own, and this is for each.
    pub max_log_bytes: u64,
    /// Entries stay at least this long, read or not: Meta's own retry period (webhooks.md §1.5).
    pub keep_at_least: Duration,
    /// Connections at once; more are hung up on.
    pub max_connections: usize,
    /// A request whose header takes longer than this to arrive is given up; an idle connection too.
    pub header_timeout: Duration,
    /// Events with a wrong signature that are answered as such each second; more of them are turned away with 429.
    pub bad_signatures_per_second: u32,
    /// A body that takes longer than this to arrive is given up.
    pub body_timeout: Duration,
    /// How often old entries are looked for.
    pub purge_every: Duration,
}

impl Limits {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if self.max_body_bytes > MAX_WEBHOOK_BODY_BYTES || self.max_in_flight_bytes < self.max_body_bytes {
            return Err(ConfigError::Limits);
        }
        Ok(())
    }
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        Self {
            max_body_bytes: MAX_WEBHOOK_BODY_BYTES,
            max_in_flight_bytes: 64 * MIB,
            max_log_bytes: 8 * 1024 * MIB as u64,
            keep_at_least: Duration::from_secs(7 * 24 * 60 * 60),
            max_connections: 12_000,
            header_timeout: Duration::from_secs(30),
            bad_signatures_per_second: 20,
            body_timeout: Duration::from_secs(30),
            purge_every: Duration::from_secs(60),
        }
    }
}

/// The system's wall clock, Unix milliseconds UTC.
pub(crate) fn system_time_ms() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or_default()
}
