//! Where the practice account of a rehearsal sends its webhooks: they are checked by their signature and kept in memory
//! until the console of the rehearsal applies them, by the same code as what comes from a relay.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use switchboard_engine::relay_pull::apply_entries;
use switchboard_engine::{Console, EngineError, inbound};
use switchboard_relay_api::payload::encode_webhook;
use switchboard_relay_api::{Entry, EntryKind, RelaySeq};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Largest webhook (webhooks.md §1.6).
const LARGEST: usize = 4 * 1024 * 1024;

struct Inner {
    app_secret: SecretString,
    verify_token: SecretString,
    waiting: Mutex<Vec<Vec<u8>>>,
}

/// The inbox of one rehearsal.
#[derive(Clone)]
pub(super) struct Inbox {
    inner: Arc<Inner>,
    seq: u64,
}

impl Inbox {
    /// Opens it on the loopback; the address to give to the practice account.
    pub(super) async fn open(
        app_secret: SecretString,
        verify_token: SecretString,
        stop: CancellationToken,
    ) -> anyhow::Result<(Self, String)> {
        let inner = Arc::new(Inner { app_secret, verify_token, waiting: Mutex::default() });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let router = Router::new()
            .route("/hooks", get(handshake).post(receive))
            .layer(axum::extract::DefaultBodyLimit::max(LARGEST))
            .with_state(Arc::clone(&inner));
        tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await {
                tracing::warn!(%error, "the inbox of a rehearsal");
            }
        });
        Ok((Self { inner, seq: 0 }, format!("http://{address}/hooks")))
    }

    /// Applies everything that has come, as entries of a relay's log. Returns how many.
    pub(super) async fn apply(&mut self, console: &Console) -> Result<usize, EngineError> {
        let bodies = std::mem::take(&mut *self.inner.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        if bodies.is_empty() {
            return Ok(0);
        }
        let count = bodies.len();
        let received_ms = console.clock().now().as_ms();
        let entries = bodies
            .into_iter()
            .map(|body| {
                self.seq = self.seq.saturating_add(1);
                Entry {
                    seq: RelaySeq::new(self.seq),
                    kind: EntryKind::Webhook,
                    received_ms,
                    epoch: 0,
                    nonce: Vec::new(),
                    sealed: encode_webhook(&body, ""),
                    note_id: Vec::new(),
                }
            })
            .collect();
        let rules = inbound::rules(console).await;
        apply_entries(console.store(), entries, &rules, |_| {}).await?;
        Ok(count)
    }

    /// The newest entry that was applied.
    pub(super) const fn head(&self) -> u64 {
        self.seq
    }
}

async fn handshake(
    State(inner): State<Arc<Inner>>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<String, StatusCode> {
    let given = |key: &str| query.get(key).map(String::as_str).unwrap_or_default();
    if given("hub.mode") == "subscribe" && given("hub.verify_token") == inner.verify_token.expose_secret() {
        return Ok(given("hub.challenge").to_owned());
    }
    Err(StatusCode::FORBIDDEN)
}

async fn receive(State(inner): State<Arc<Inner>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some(Ok(signature)) = signature.strip_prefix("sha256=").map(hex::decode) else { return StatusCode::FORBIDDEN };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(inner.app_secret.expose_secret().as_bytes()) else {
        return StatusCode::FORBIDDEN;
    };
    mac.update(&body);
    if mac.verify_slice(&signature).is_err() {
        return StatusCode::FORBIDDEN;
    }
    inner.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(body.to_vec());
    StatusCode::OK
}
