//! The relay's one configuration file (TOML). It names where secrets are and never holds one.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::config::{ConfigError, DeskConfig, Limits, LogEngine, RelayConfig, name_problems};
use crate::nats::{NatsConfig, NatsLogin};
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
    /// Where the log is kept, if not in the data folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<LogSection>,
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

/// `[log]`: a NATS JetStream cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSection {
    /// Its addresses, like `nats://10.0.0.1:4222`.
    #[serde(default)]
    pub servers: Vec<String>,
    /// How many servers keep each entry [default: 3].
    pub replicas: Option<usize>,
    /// The first part of all names there [default: `switchboard`].
    pub namespace: Option<String>,
    /// Where the operator's key is.
    pub key: SecretSource,
    /// Where the NATS credentials are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<SecretSource>,
    /// The NATS user, instead of credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Where that user's password is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<SecretSource>,
    /// Who signs the servers' certificates (PEM).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
}

impl LogSection {
    fn load(&self, base: &Path, data_dir: &Path) -> Result<NatsConfig, Vec<ConfigFileError>> {
        let mut problems = Vec::new();
        let mut secret = |what, source: &SecretSource| {
            let found = source.load(base, data_dir);
            found.map_err(|reason| problems.push(ConfigFileError::LogSecret { what, reason })).ok()
        };
        let key = secret("key", &self.key);
        let login = match (&self.credentials, &self.user, &self.password) {
            (Some(credentials), None, None) => secret("credentials", credentials).map(NatsLogin::Credentials),
            (None, Some(user), Some(password)) => {
                secret("password", password).map(|password| NatsLogin::Password { user: user.clone(), password })
            }
            (None, None, None) => Some(NatsLogin::None),
            _ => {
                problems.push(ConfigError::NatsLogin.into());
                None
            }
        };
        // Checked whether or not the secrets are there: everything that is wrong is told at once.
        let usual = NatsConfig::new(self.servers.clone(), key.clone().unwrap_or_default());
        let nats = NatsConfig {
            namespace: self.namespace.clone().unwrap_or(usual.namespace),
            replicas: self.replicas.unwrap_or(usual.replicas),
            login: login.unwrap_or_default(),
            ca: self.ca.as_ref().map(|path| base.join(path)),
            servers: usual.servers,
            key: usual.key,
        };
        problems.extend(nats.problems().into_iter().map(ConfigFileError::from));
        if key.is_some() && !nats.has_a_key() {
            problems.push(ConfigFileError::LogKey);
        }
        if problems.is_empty() { Ok(nats) } else { Err(problems) }
    }
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
    #[error(
        "cannot read the configuration {path} ({reason}); name it with --config, or make one: `switchboard-relay desk add`"
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: std::io::Error,
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
    #[error("desk {desk:?}, {what}: {reason}")]
    Secret {
        /// The desk.
        desk: String,
        /// Which secret.
        what: &'static str,
        /// Why.
        reason: SecretError,
    },
    /// A secret of the log cannot be had.
    #[error("log.{what}: {reason}")]
    LogSecret {
        /// Which secret.
        what: &'static str,
        /// Why.
        reason: SecretError,
    },
    /// What is there is none.
    #[error("log.key is no key: 64 hexadecimal digits, as `openssl rand -hex 32` makes them")]
    LogKey,
    /// NATS was asked for without a key.
    #[error(
        "--log needs a [log] section in {path} with the operator's key: key = {{ file = \"…\" }}, 64 hexadecimal digits \
         as `openssl rand -hex 32` makes them"
    )]
    NoLogKey {
        /// The file.
        path: PathBuf,
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
            .map_err(|reason| ConfigFileError::Unreadable { path: path.to_owned(), reason })?;
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
        folder_of(path).join(&self.data_dir)
    }

    /// Keeps the log in NATS at this address (several: separated by commas), whatever the file says. The rest of `[log]`
    /// is the file's. `path` is for the error.
    ///
    /// # Errors
    /// [`ConfigFileError::NoLogKey`] without such a section.
    pub fn use_log(&mut self, path: &Path, address: &str) -> Result<(), ConfigFileError> {
        let missing = || ConfigFileError::NoLogKey { path: path.to_owned() };
        let section = self.log.as_mut().ok_or_else(missing)?;
        section.servers = address.split(',').map(|server| server.trim().to_owned()).collect();
        Ok(())
    }

    /// What keeps log and desks, with its secrets. `path` is the file's own.
    ///
    /// # Errors
    /// [`ConfigFileError`], the first of them.
    pub fn log_engine(&self, path: &Path) -> Result<LogEngine, ConfigFileError> {
        self.all_of_log_engine(path).map_err(first)
    }

    fn all_of_log_engine(&self, path: &Path) -> Result<LogEngine, Vec<ConfigFileError>> {
        match &self.log {
            None => Ok(LogEngine::Embedded),
            Some(section) => section.load(folder_of(path), &self.data_dir(path)).map(LogEngine::Nats),
        }
    }

    /// Base address under which Meta and the consoles reach the relay.
    pub fn base_url(&self) -> String {
        let listening = || format!("http://{}", self.listen);
        self.public_url.clone().unwrap_or_else(listening).trim_end_matches('/').to_owned()
    }

    /// Fetches the secrets and checks everything. `path` is the file's own: relative names start from its folder.
    ///
    /// # Errors
    /// [`ConfigFileError`], the first of them.
    pub fn load(&self, path: &Path) -> Result<RelayConfig, ConfigFileError> {
        self.load_all(path).map_err(first)
    }

    /// As [`load`](Self::load), with everything that is wrong.
    ///
    /// # Errors
    /// At least one [`ConfigFileError`].
    pub fn load_all(&self, path: &Path) -> Result<RelayConfig, Vec<ConfigFileError>> {
        let (base, data_dir) = (folder_of(path), self.data_dir(path));
        let mut problems: Vec<ConfigFileError> =
            name_problems(self.desks.iter().map(|desk| desk.id.as_str())).into_iter().map(Into::into).collect();
        let mut desks = Vec::new();
        for desk in &self.desks {
            desk.load(base, &data_dir).map_or_else(|found| problems.extend(found), |desk| desks.push(desk));
        }
        let usual = Limits::default();
        let limits = Limits {
            max_body_bytes: self.limits.max_body_bytes.unwrap_or(usual.max_body_bytes),
            max_in_flight_bytes: self.limits.max_in_flight_bytes.unwrap_or(usual.max_in_flight_bytes),
            max_log_bytes: self.limits.max_log_bytes.unwrap_or(usual.max_log_bytes),
            max_connections: self.limits.max_connections.unwrap_or(usual.max_connections),
            ..usual
        };
        problems.extend(limits.check().err().map(Into::into));
        let tls = self.tls.as_ref().and_then(|tls| tls.load(base).map_err(|e| problems.push(e.into())).ok());
        let log = self.all_of_log_engine(path).unwrap_or_else(|found| {
            problems.extend(found);
            LogEngine::Embedded
        });
        if problems.is_empty() {
            Ok(RelayConfig { limits, tls, log, ..RelayConfig::new(data_dir, desks) })
        } else {
            Err(problems)
        }
    }

    /// HTTPS as it would be offered; none if it is not, or only by half.
    pub(crate) fn tls_config(&self, path: &Path) -> Option<TlsConfig> {
        self.tls.as_ref()?.load(folder_of(path)).ok()
    }
}

/// The folder that relative names in the configuration start from.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or_else(|| Path::new("."))
}

/// One of at least one.
fn first(problems: Vec<ConfigFileError>) -> ConfigFileError {
    let none = || ConfigFileError::Malformed { path: PathBuf::new(), reason: "it cannot be used".to_owned() };
    problems.into_iter().next().unwrap_or_else(none)
}

impl DeskSection {
    fn load(&self, base: &Path, data_dir: &Path) -> Result<DeskConfig, Vec<ConfigFileError>> {
        let mut problems = Vec::new();
        let mut secret = |what, source: &SecretSource| {
            let named = |reason| problems.push(ConfigFileError::Secret { desk: self.id.clone(), what, reason });
            source.load(base, data_dir).map_err(named).ok()
        };
        let verify_token = secret("verify token", &self.verify_token);
        let app_secret = secret("app secret", &self.app_secret);
        let previous = self.previous_app_secret.as_ref().map(|source| secret("previous app secret", source));
        match (verify_token, app_secret) {
            (Some(verify_token), Some(app_secret)) if problems.is_empty() => Ok(DeskConfig {
                id: self.id.clone(),
                verify_token,
                app_secret,
                previous_app_secret: previous.flatten(),
            }),
            _ => Err(problems),
        }
    }
}
