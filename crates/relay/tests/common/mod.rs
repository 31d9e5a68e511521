//! A relay on the loopback, a signer in Meta's place, and consoles to read with.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests; not every test file uses every helper"
)]

use hmac::{Hmac, KeyInit, Mac};
use secrecy::SecretString;
use sha2::Sha256;
use switchboard_relay::{DeskConfig, DeviceConfig, RelayConfig, RunningRelay, TokenHash};
use switchboard_relay_api::{
    ClientOptions, Entry, Payload, RelayClient, RelayEndpoint, RelayEvent, RelaySeq, WebhookPayload,
};
use tempfile::TempDir;
use tokio::net::TcpListener;

pub const DESK: &str = "shop";
pub const VERIFY_TOKEN: &str = "a verify token";
pub const APP_SECRET: &str = "test_app_secret";
pub const PREVIOUS_SECRET: &str = "the secret before";
pub const DEVICE: &str = "front-desk";
pub const DEVICE_TOKEN: &str = "token of the front desk";
pub const SECOND_DEVICE: &str = "back-office";
pub const SECOND_TOKEN: &str = "token of the back office";
pub const REVOKED_DEVICE: &str = "old-laptop";
pub const REVOKED_TOKEN: &str = "token of the old laptop";

pub struct Bench {
    pub relay: RunningRelay,
    pub folder: TempDir,
    pub http: reqwest::Client,
}

pub fn config(data_dir: std::path::PathBuf) -> RelayConfig {
    let device =
        |id: &str, token: &str, revoked| DeviceConfig { id: id.to_owned(), token: TokenHash::of(token), revoked };
    let desk = DeskConfig {
        id: DESK.to_owned(),
        verify_token: SecretString::from(VERIFY_TOKEN),
        app_secret: SecretString::from(APP_SECRET),
        previous_app_secret: Some(SecretString::from(PREVIOUS_SECRET)),
        devices: vec![
            device(DEVICE, DEVICE_TOKEN, false),
            device(SECOND_DEVICE, SECOND_TOKEN, false),
            device(REVOKED_DEVICE, REVOKED_TOKEN, true),
        ],
    };
    RelayConfig::new(data_dir, vec![desk])
}

impl Bench {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut RelayConfig)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(folder.path().join("data"));
        change(&mut config);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let relay = switchboard_relay::start(listener, config).await.unwrap();
        Self { relay, folder, http: http() }
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
        endpoint(&self.relay.url(), DEVICE, DEVICE_TOKEN)
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

pub fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

pub fn endpoint(url: &str, device: &str, token: &str) -> RelayEndpoint {
    RelayEndpoint::new(url, DESK, device, SecretString::from(token)).unwrap()
}

pub fn sign(secret: &str, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

pub fn event(number: usize) -> String {
    format!(r#"{{"object":"whatsapp_business_account","entry":[{{"id":"{number}","changes":[]}}]}}"#)
}

/// Reads until `count` entries came.
pub async fn read(client: &mut RelayClient, count: usize) -> Vec<Entry> {
    let mut entries = Vec::new();
    while entries.len() < count {
        match client.next_event().await {
            RelayEvent::Batch(batch) => entries.extend(batch),
            RelayEvent::Welcome { .. } | RelayEvent::HeartbeatHeard { .. } => {}
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
