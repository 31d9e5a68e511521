//! The relay's one configuration file (TOML). It names where secrets are and never holds one.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::config::{ConfigError, DeskConfig, Limits, RelayConfig};
use crate::secret_source::{SecretError, SecretSource};
use crate::tls::{AcmeConfig, CertificateSource, META_CLIENT_NAME, TlsConfig};

/// The file as written. Unknown keys are refused: a misspelt setting must not be silently without effect.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// Address to listen on.
    #[serde(default = "default_listen")]
    pub listen: String,
    /// Folder of the log; relative to the file's own folder.
    pub data_dir: PathBuf,
    /// Address under which Meta reaches the relay, for the callback URLs that are printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// Sizes and times.
    #[serde(default)]
    pub limits: LimitsSection,
    /// HTTPS by the relay itself; left out behind a web server that ends TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsSection>,
    /// The desks.
    #[serde(default)]
    pub desks: Vec<DeskSection>,
}

/// `[limits]`; what is left out has its usual value.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsSection {
    /// Largest webhook body, bytes.
    pub max_body_bytes: Option<usize>,
    /// Bodies in memory at once, bytes.
    pub max_in_flight_bytes: Option<usize>,
    /// Size of the log at which the answer is 503, bytes.
    pub max_log_bytes: Option<u64>,
    /// Connections at once.
    pub max_connections: Option<usize>,
}

/// `[tls]`: either `certificate` and `key`, or `acme`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsSection {
    /// The certificate with its chain (PEM).
    pub certificate: Option<PathBuf>,
    /// Its private key (PEM).
    pub key: Option<PathBuf>,
    /// A certificate by ACME.
    pub acme: Option<AcmeSection>,
    /// Who signs Meta's client certificate (PEM); turn client certificates on at Meta first.
    pub client_ca: Option<PathBuf>,
    /// The name in Meta's client certificate.
    pub client_name: Option<String>,
}

/// `[tls.acme]`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcmeSection {
    /// Host names.
    pub domains: Vec<String>,
    /// Whom the authority may write to.
    #[serde(default)]
    pub contact: Vec<String>,
    /// The directory; Let's Encrypt if left out.
    pub directory: Option<String>,
    /// Folder for account and certificate [default: `acme` beside the configuration].
    pub cache_dir: Option<PathBuf>,
    /// The authority of the directory's own certificate, if it is a private one (PEM).
    pub directory_ca: Option<PathBuf>,
}

impl TlsSection {
    fn load(&self, base: &Path) -> Result<TlsConfig, ConfigError> {
        let source = match (&self.certificate, &self.key, &self.acme) {
            (Some(certificate), Some(key), None) => {
                CertificateSource::Files { certificate: base.join(certificate), key: base.join(key) }
            }
            (None, None, Some(acme)) if !acme.domains.is_empty() => CertificateSource::Acme(AcmeConfig {
                domains: acme.domains.clone(),
                contact: acme.contact.clone(),
                directory: acme.directory.clone().unwrap_or_else(|| LETS_ENCRYPT.to_owned()),
                cache_dir: base.join(acme.cache_dir.as_deref().unwrap_or_else(|| Path::new("acme"))),
                directory_ca: acme.directory_ca.as_ref().map(|path| base.join(path)),
            }),
            _ => return Err(ConfigError::Tls),
        };
        Ok(TlsConfig {
            source,
            client_ca: self.client_ca.as_ref().map(|path| base.join(path)),
            client_name: self.client_name.clone().unwrap_or_else(|| META_CLIENT_NAME.to_owned()),
        })
    }
}

const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// `[[desks]]`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeskSection {
    /// Name, as in `/hooks/{desk}`.
    pub id: String,
    /// Where the verify token is.
    pub verify_token: SecretSource,
    /// Where the Meta app's secret is.
    pub app_secret: SecretSource,
    /// Where the previous app secret is, while it may still sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_app_secret: Option<SecretSource>,
}

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFileError {
    /// Not there, or not readable.
    #[error("cannot read the configuration {path}: {source}; `switchboard-relay desk add` makes one")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Not TOML, or not ours.
    #[error("the configuration {path} is not right: {reason}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where and what.
        reason: String,
    },
    /// A secret cannot be had.
    #[error("desk {desk:?}, {what}: {source}")]
    Secret {
        /// The desk.
        desk: String,
        /// Which secret.
        what: &'static str,
        /// Why.
        source: SecretError,
    },
    /// The values contradict each other.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

fn default_listen() -> String {
    "127.0.0.1:8085".to_owned()
}

impl ConfigFile {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<Self, ConfigFileError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigFileError::Unreadable { path: path.to_owned(), source })?;
        Self::parse(path, &text)
    }

    /// Reads the file's text; `path` is for the error.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigFileError> {
        let malformed =
            |e: toml::de::Error| ConfigFileError::Malformed { path: path.to_owned(), reason: e.to_string() };
        toml::from_str(text).map_err(malformed)
    }

    /// The data folder. `path` is the file's own.
    pub fn data_dir(&self, path: &Path) -> PathBuf {
        path.parent().unwrap_or_else(|| Path::new(".")).join(&self.data_dir)
    }

    /// Base address under which Meta and the consoles reach the relay.
    pub fn base_url(&self) -> String {
        let listening = || format!("http://{}", self.listen);
        self.public_url.clone().unwrap_or_else(listening).trim_end_matches('/').to_owned()
    }

    /// Fetches the secrets and checks everything. `path` is the file's own: relative names start from its folder.
    pub fn load(&self, path: &Path) -> Result<RelayConfig, ConfigFileError> {
        let base = path.parent().unwrap_or_else(|| Path::new("."));
        let data_dir = self.data_dir(path);
        let desks = self.desks.iter().map(|desk| desk.load(base, &data_dir)).collect::<Result<Vec<_>, _>>()?;
        let usual = Limits::default();
        let limits = Limits {
            max_body_bytes: self.limits.max_body_bytes.unwrap_or(usual.max_body_bytes),
            max_in_flight_bytes: self.limits.max_in_flight_bytes.unwrap_or(usual.max_in_flight_bytes),
            max_log_bytes: self.limits.max_log_bytes.unwrap_or(usual.max_log_bytes),
            max_connections: self.limits.max_connections.unwrap_or(usual.max_connections),
            ..usual
        };
        let tls = self.tls.as_ref().map(|tls| tls.load(base)).transpose()?;
        let config = RelayConfig { limits, tls, ..RelayConfig::new(data_dir, desks) };
        config.check()?;
        Ok(config)
    }
}

impl DeskSection {
    fn load(&self, base: &Path, data_dir: &Path) -> Result<DeskConfig, ConfigFileError> {
        let secret = |what, source: &SecretSource| {
            let named = |source| ConfigFileError::Secret { desk: self.id.clone(), what, source };
            source.load(base, data_dir).map_err(named)
        };
        Ok(DeskConfig {
            id: self.id.clone(),
            verify_token: secret("verify token", &self.verify_token)?,
            app_secret: secret("app secret", &self.app_secret)?,
            previous_app_secret: self
                .previous_app_secret
                .as_ref()
                .map(|source| secret("previous app secret", source))
                .transpose()?,
        })
    }
}
