//! How the servers are reached and who we are to them.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_nats::ConnectOptions;
use secrecy::{ExposeSecret, SecretString};
use switchboard_relay_api::endpoint::is_name;

use crate::config::ConfigError;

/// How long a connection may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// Between two tries to reach a server again, at most.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A JetStream cluster, and how to get into it.
#[derive(Debug, Clone)]
pub struct NatsConfig {
    /// Addresses like `nats://10.0.0.1:4222` or `tls://…`; one that answers is enough, the others are learnt.
    pub servers: Vec<String>,
    /// The first part of every name that is made there: relays of one namespace serve the same desks.
    pub namespace: String,
    /// How many servers keep each entry: 1, 3 or 5.
    pub replicas: usize,
    /// The operator's key for what lies in the key-value store: 64 hexadecimal digits.
    pub key: SecretString,
    /// Who we are.
    pub login: NatsLogin,
    /// Who signs the servers' certificates, if it is nobody whom the system knows (PEM).
    pub ca: Option<PathBuf>,
}

impl NatsConfig {
    /// The usual settings: the namespace `switchboard`, three replicas, nobody in particular.
    pub fn new(servers: Vec<String>, key: SecretString) -> Self {
        let namespace = "switchboard".to_owned();
        Self { servers, namespace, replicas: 3, key, login: NatsLogin::None, ca: None }
    }

    /// True if the operator's key is one.
    pub(crate) fn has_a_key(&self) -> bool {
        super::Vault::new(&self.key).is_ok()
    }

    /// What would only fail later.
    pub(crate) fn problems(&self) -> Vec<ConfigError> {
        let mut problems = Vec::new();
        if self.servers.is_empty() {
            problems.push(ConfigError::NatsServers);
        }
        for server in &self.servers {
            let rest = server.strip_prefix("nats://").or_else(|| server.strip_prefix("tls://"));
            // A password in an address would be shown with it.
            if rest.is_none_or(|rest| rest.is_empty() || rest.contains('@')) {
                problems.push(ConfigError::NatsServer(rest.map_or_else(|| server.clone(), hide_login)));
            }
        }
        if !is_name(&self.namespace) || self.namespace.contains('.') {
            problems.push(ConfigError::Name(self.namespace.clone()));
        }
        if ![1, 3, 5].contains(&self.replicas) {
            problems.push(ConfigError::Replicas);
        }
        problems
    }
}

fn hide_login(address: &str) -> String {
    address.rsplit_once('@').map_or_else(|| address.to_owned(), |(_, host)| format!("…@{host}"))
}

/// Who the relay is to the servers.
#[derive(Debug, Clone, Default)]
pub enum NatsLogin {
    /// Nobody in particular.
    #[default]
    None,
    /// The contents of a credentials file (a signed name and its key).
    Credentials(SecretString),
    /// A user with a password.
    Password {
        /// The user.
        user: String,
        /// The password.
        password: SecretString,
    },
}

/// Why NATS cannot be used. Never holds a secret.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum NatsError {
    /// No address can be used, or nobody answers.
    #[error("no NATS server answers at {servers} ({reason}); check that one runs there and lets this relay in")]
    Unreachable {
        /// The addresses.
        servers: String,
        /// What the client says.
        reason: String,
    },
    /// JetStream is off, or the stream cannot be made as asked.
    #[error(
        "the stream {name} cannot be opened ({reason}); JetStream must be on (`jetstream {{ }}` in the server's \
         configuration), and `replicas` servers of the cluster must be up"
    )]
    Stream {
        /// The stream.
        name: String,
        /// What the server says.
        reason: String,
    },
    /// The servers would refuse a large webhook.
    #[error(
        "the NATS servers take messages up to {has} bytes, but a webhook may need {needs}; set `max_payload: 8MB` in \
         their configuration"
    )]
    MaxPayload {
        /// What they take, bytes.
        has: usize,
        /// What is needed, bytes.
        needs: usize,
    },
    /// The key is none.
    #[error("log.key is no key: 64 hexadecimal digits, as `openssl rand -hex 32` makes them")]
    Key,
    /// The credentials cannot be read.
    #[error("log.credentials is no NATS credentials file: {0}")]
    Credentials(String),
    /// No random numbers.
    #[error("the system gives no random numbers")]
    Random,
    /// Something else failed.
    #[error("NATS failed: {0}")]
    Failed(String),
}

/// What was told of the connection last: each try to reach servers that are down fails in the same way, once a second.
#[derive(Default)]
struct Told(Mutex<String>);

impl Told {
    fn tell(&self, event: &async_nats::Event) {
        let text = event.to_string();
        if !self.is_news(&text) {
            return;
        }
        match event {
            async_nats::Event::Connected => tracing::info!("connected to NATS"),
            async_nats::Event::Disconnected => tracing::warn!("the connection to NATS is lost; trying again"),
            _ => tracing::warn!(event = text, "NATS"),
        }
    }

    fn is_news(&self, text: &str) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_news = *last != text;
        text.clone_into(&mut last);
        is_news
    }
}

pub(super) async fn client(config: &NatsConfig) -> Result<async_nats::Client, NatsError> {
    let servers = config.servers.join(", ");
    let unreachable = |reason: String| NatsError::Unreachable { servers: servers.clone(), reason };
    let addresses: Result<Vec<async_nats::ServerAddr>, _> =
        config.servers.iter().map(|server| server.parse()).collect();
    let addresses = addresses.map_err(|e: std::io::Error| unreachable(e.to_string()))?;
    let told = Told::default();
    let mut options = ConnectOptions::new()
        .name("switchboard-relay")
        .connection_timeout(CONNECT_WITHIN)
        .ping_interval(Duration::from_secs(5))
        // As long as the relay runs: it answers 503 meanwhile.
        .max_reconnects(None)
        .reconnect_delay_callback(|attempts| {
            let after = Duration::from_millis(20).saturating_mul(u32::try_from(attempts.min(50)).unwrap_or(50));
            after.min(RETRY_AFTER)
        })
        .event_callback(move |event| {
            told.tell(&event);
            std::future::ready(())
        });
    options = match &config.login {
        NatsLogin::None => options,
        NatsLogin::Credentials(text) => {
            options.credentials(text.expose_secret()).map_err(|e| NatsError::Credentials(e.to_string()))?
        }
        NatsLogin::Password { user, password } => {
            options.user_and_password(user.clone(), password.expose_secret().to_owned())
        }
    };
    if let Some(ca) = &config.ca {
        options = options.add_root_certificates(ca.clone());
    }
    options.connect(addresses).await.map_err(|e| unreachable(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_again_and_again_is_told_once() {
        let told = Told::default();
        let news: Vec<bool> = ["connected", "lost", "IO error", "IO error", "IO error", "connected", "IO error"]
            .into_iter()
            .map(|event| told.is_news(event))
            .collect();
        assert_eq!(news, [true, true, true, false, false, true, true]);
    }
}
