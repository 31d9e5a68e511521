//! A relay on the loopback, a signer in Meta's place, and consoles to read with.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests; not every test file uses every helper"
)]

#[cfg(unix)]
pub mod load;
pub mod nats;
#[cfg(unix)]
pub mod process;

use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit, Mac};
use secrecy::SecretString;
use sha2::Sha256;
use switchboard_relay::{DeskConfig, RelayConfig, RunningRelay};
use switchboard_relay_api::pairing::{DeskClient, PairingLink};
use switchboard_relay_api::{
    ClientOptions, DeviceKey, Entry, EntryKind, Payload, RelayAddress, RelayClient, RelayEndpoint, RelayEvent,
    RelaySeq, WebhookPayload,
};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::time::timeout;

pub const DESK: &str = "shop";
pub const VERIFY_TOKEN: &str = "a verify token";
pub const APP_SECRET: &str = "test_app_secret";
pub const PREVIOUS_SECRET: &str = "the secret before";
/// How long something may take that comes in seconds.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// Connections that post at once where there is load.
pub const CONNECTIONS: usize = 64;

pub struct Bench {
    pub relay: RunningRelay,
    pub folder: TempDir,
    /// The first console.
    pub console: RelayEndpoint,
    /// Its token.
    pub token: String,
    pub http: reqwest::Client,
}

pub fn config(data_dir: std::path::PathBuf) -> RelayConfig {
    let desk = DeskConfig {
        id: DESK.to_owned(),
        verify_token: SecretString::from(VERIFY_TOKEN),
        app_secret: SecretString::from(APP_SECRET),
        previous_app_secret: Some(SecretString::from(PREVIOUS_SECRET)),
    };
    RelayConfig::new(data_dir, vec![desk])
}

impl Bench {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// A relay whose first console is named and does not exist.
    pub async fn start_unpaired(change: impl FnOnce(&mut RelayConfig)) -> Self {
        let (relay, folder) = run(change).await;
        let console = stranger("http://127.0.0.1:1", DESK);
        Self { relay, folder, console, token: String::new(), http: http() }
    }

    pub async fn start_with(change: impl FnOnce(&mut RelayConfig)) -> Self {
        let (relay, folder) = run(change).await;
        let (console, token) = pair(&relay, "Front desk").await;
        Self { relay, folder, console, token, http: http() }
    }

    /// Stops the relay and starts it again on its folder, at the same address.
    pub async fn restart(self, change: impl FnOnce(&mut RelayConfig)) -> Self {
        let addr = self.relay.addr();
        self.relay.stop().await.unwrap();
        let mut config = config(self.folder.path().join("data"));
        change(&mut config);
        let relay = switchboard_relay::start(TcpListener::bind(addr).await.unwrap(), config).await.unwrap();
        Self { relay, ..self }
    }

    /// A further console, let in by whoever runs the relay.
    pub async fn another(&self, name: &str) -> RelayEndpoint {
        pair(&self.relay, name).await.0
    }

    pub async fn post(&self, body: impl Into<Vec<u8>>) -> u16 {
        let body = body.into();
        let signature = sign(APP_SECRET, &body);
        self.post_signed(body, &signature).await
    }

    pub async fn post_signed(&self, body: impl Into<Vec<u8>>, signature: &str) -> u16 {
        let request = self.http.post(self.relay.callback_url(DESK)).header("content-type", "application/json");
        let response = request.header("X-Hub-Signature-256", signature).body(body.into()).send().await.unwrap();
        response.status().as_u16()
    }

    pub fn endpoint(&self) -> RelayEndpoint {
        self.console.clone()
    }

    pub async fn connect(&self, cursor: u64) -> RelayClient {
        RelayClient::connect(&self.endpoint(), RelaySeq::new(cursor), &ClientOptions::default()).await.unwrap()
    }

    pub async fn metric(&self, sample: &str) -> u64 {
        let url = format!("{}/metrics", self.relay.url());
        let text = self.http.get(url).send().await.unwrap().text().await.unwrap();
        let line =
            text.lines().find(|line| line.starts_with(sample)).unwrap_or_else(|| panic!("no {sample} in {text}"));
        line.rsplit(' ').next().unwrap().parse().unwrap()
    }
}

async fn run(change: impl FnOnce(&mut RelayConfig)) -> (RunningRelay, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path().join("data"));
    change(&mut config);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    (switchboard_relay::start(listener, config).await.unwrap(), folder)
}

/// A console pairs with a link of the relay's operator.
pub async fn pair(relay: &RunningRelay, name: &str) -> (RelayEndpoint, String) {
    pair_by(&relay.pairing_link(DESK).await.unwrap(), name).await
}

/// A console pairs with a link.
pub async fn pair_by(link: &PairingLink, name: &str) -> (RelayEndpoint, String) {
    let key = DeviceKey::generate().unwrap();
    let answer = DeskClient::new(link.address()).unwrap().pair(link, name, &key).await.unwrap();
    let token = SecretString::from(answer.token.as_str());
    let endpoint = RelayEndpoint::new(link.address().clone(), &answer.device, token, key).unwrap();
    (endpoint.expecting(hex::decode(answer.log_id).unwrap()), answer.token)
}

pub fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// A console that nobody let in.
pub fn stranger(url: &str, desk: &str) -> RelayEndpoint {
    let address = RelayAddress::new(url, desk).unwrap();
    RelayEndpoint::new(address, "console-1", SecretString::from("guessed"), DeviceKey::generate().unwrap()).unwrap()
}

pub fn sign(secret: &str, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

pub fn event(number: usize) -> String {
    format!(r#"{{"object":"whatsapp_business_account","entry":[{{"id":"{number}","changes":[]}}]}}"#)
}

/// Everything of a desk's log as far as it goes now, by a console that connects now, and again where the relay asks it to:
/// numbered without a gap, as bodies.
pub async fn whole_log(console: &RelayEndpoint, url: &str, desk: &str) -> Vec<String> {
    let console = console.clone().moved_to(RelayAddress::new(url, desk).unwrap());
    let until = Instant::now() + PATIENCE;
    'connected: loop {
        let mut client = RelayClient::connect(&console, RelaySeq::START, &ClientOptions::default()).await.unwrap();
        let (mut entries, mut head) = (Vec::new(), None);
        while head.is_none_or(|head: u64| entries.len() < head as usize) {
            match timeout(PATIENCE, client.next_event()).await.expect("the log goes on") {
                RelayEvent::Welcome { head: told, .. } => head = Some(told.get()),
                RelayEvent::Batch(batch) => entries.extend(batch),
                RelayEvent::Closed(reason) if !reason.needs_operator() && Instant::now() < until => continue 'connected,
                RelayEvent::Closed(reason) => panic!("{desk}: closed: {reason}"),
                _ => {}
            }
        }
        assert_eq!(seqs(&entries), (1..=entries.len() as u64).collect::<Vec<_>>(), "{desk}: gapless");
        return bodies(&entries);
    }
}

/// Reads until `count` entries came; marks of changed readers are passed over.
pub async fn read(client: &mut RelayClient, count: usize) -> Vec<Entry> {
    let mut entries = Vec::new();
    while entries.len() < count {
        match client.next_event().await {
            RelayEvent::Batch(batch) => {
                entries.extend(batch.into_iter().filter(|entry| entry.kind != EntryKind::Roster));
            }
            RelayEvent::Welcome { .. } | RelayEvent::HeartbeatHeard { .. } | RelayEvent::EpochBegan => {}
            RelayEvent::Closed(reason) => panic!("closed: {reason}"),
        }
    }
    entries
}

pub fn webhook(entry: &Entry) -> WebhookPayload {
    match entry.open().unwrap() {
        Payload::Webhook(webhook) => webhook,
        other => panic!("not a webhook: {other:?}"),
    }
}

pub fn bodies(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(|entry| String::from_utf8(webhook(entry).body).unwrap()).collect()
}

pub fn seqs(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.seq.get()).collect()
}
