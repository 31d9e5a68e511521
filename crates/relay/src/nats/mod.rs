//! What log and desks share when they are kept by NATS JetStream: the connection, names, and the word between relays.
//!
//! Everything durable is a compare-and-set on one stream: an append names the sequence that it expects to follow, a
//! change of a key names the revision that it replaces. So several relays serve the same desks without a leader of
//! their own, and an answer that got lost is settled by looking, not by hoping.

mod bucket;
mod connect;
mod examine;
mod publish;
mod vault;

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::{self, stream};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

pub(crate) use bucket::{Bucket, CasError};
pub use connect::{NatsConfig, NatsError, NatsLogin};
pub(crate) use examine::examine;
pub(crate) use publish::Published;
pub(crate) use vault::Vault;

/// How long one request to the servers may take before it is looked at again.
const REQUEST_WITHIN: Duration = Duration::from_secs(2);

/// Notices that a slow listener may be behind; whoever misses some looks for itself.
const NOTICES_KEPT: usize = 4_096;

/// What the relays of the same desks tell one another, at once and without a promise: each is only a reason to look, or
/// a shortcut for what a look would show.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(crate) enum Notice {
    /// A desk's log ends here now.
    Tail { desk: String, tail: crate::log::Tail },
    /// A desk's record changed.
    Desk { desk: String },
    /// A device connected.
    Seat { desk: String, device: String },
}

#[derive(Serialize, Deserialize)]
struct Letter {
    from: String,
    #[serde(flatten)]
    notice: Notice,
}

/// The connection to the servers.
pub(crate) struct Nats {
    client: async_nats::Client,
    js: jetstream::Context,
    namespace: String,
    replicas: usize,
    pub(crate) vault: Vault,
    /// Which of the relays this is; random.
    me: String,
    notices: broadcast::Sender<Notice>,
}

impl Nats {
    /// Connects and begins to listen for the other relays.
    pub(crate) async fn connect(config: &NatsConfig) -> Result<Arc<Self>, NatsError> {
        let client = connect::client(config).await?;
        let mut me = [0_u8; 8];
        getrandom::fill(&mut me).map_err(|_| NatsError::Random)?;
        let js = jetstream::ContextBuilder::new().timeout(REQUEST_WITHIN).build(client.clone());
        let nats = Arc::new(Self {
            js,
            namespace: config.namespace.clone(),
            replicas: config.replicas,
            vault: Vault::new(&config.key)?,
            me: hex::encode(me),
            notices: broadcast::Sender::new(NOTICES_KEPT),
            client,
        });
        nats.listen().await?;
        Ok(nats)
    }

    async fn listen(self: &Arc<Self>) -> Result<(), NatsError> {
        let mut letters =
            self.client.subscribe(self.notices_subject()).await.map_err(|e| NatsError::Failed(e.to_string()))?;
        let nats = Arc::downgrade(self);
        tokio::spawn(async move {
            while let Some(message) = letters.next().await {
                let Some(nats) = nats.upgrade() else { return };
                match serde_json::from_slice::<Letter>(&message.payload) {
                    Ok(letter) if letter.from != nats.me => drop(nats.notices.send(letter.notice)),
                    Ok(_) => {}
                    // A newer relay may say what this one does not know.
                    Err(error) => tracing::debug!(%error, "a notice of another relay was passed over"),
                }
            }
        });
        Ok(())
    }

    /// Tells the other relays.
    pub(crate) fn tell(self: &Arc<Self>, notice: Notice) {
        let nats = Arc::clone(self);
        tokio::spawn(async move {
            let Ok(letter) = serde_json::to_vec(&Letter { from: nats.me.clone(), notice }) else { return };
            if let Err(error) = nats.client.publish(nats.notices_subject(), letter.into()).await {
                tracing::debug!(%error, "the other relays were not told; they will look by themselves");
            }
        });
    }

    /// What other relays tell from now on.
    pub(crate) fn notices(&self) -> broadcast::Receiver<Notice> {
        self.notices.subscribe()
    }

    /// Which of the relays this is.
    pub(crate) fn me(&self) -> &str {
        &self.me
    }

    /// Whether a server is connected now.
    pub(crate) fn is_connected(&self) -> bool {
        self.client.connection_state() == async_nats::connection::State::Connected
    }

    /// Refuses servers that would refuse a message of this size, in bytes.
    pub(crate) fn check_payload(&self, needs: usize) -> Result<(), NatsError> {
        let has = self.client.server_info().max_payload;
        if has < needs { Err(NatsError::MaxPayload { has, needs }) } else { Ok(()) }
    }

    /// Sends what is buffered.
    pub(crate) async fn flush(&self) {
        if let Err(error) = self.client.flush().await {
            tracing::debug!(%error, "nothing more could be sent");
        }
    }

    fn notices_subject(&self) -> String {
        format!("{}.notices", self.namespace)
    }

    /// A stream's name; `name` is one of a desk.
    pub(crate) fn log_stream(&self, desk: &str) -> String {
        format!("{}-log-{}", self.namespace, token(desk))
    }

    /// Where a desk's entries are published.
    pub(crate) fn log_subject(&self, desk: &str) -> String {
        format!("{}.log.{}", self.namespace, token(desk))
    }

    /// Where a desk's note of this id is published.
    pub(crate) fn note_subject(&self, desk: &str, note_id: &[u8]) -> String {
        format!("{}.note.{}.{}", self.namespace, token(desk), hex::encode(note_id))
    }

    /// The stream of a desk's log, made if it is missing.
    pub(crate) async fn open_log(&self, desk: &str) -> Result<stream::Stream, NatsError> {
        let config = stream::Config {
            name: self.log_stream(desk),
            subjects: vec![
                self.log_subject(desk),
                self.note_subject(desk, b"").trim_end_matches('.').to_owned() + ".*",
            ],
            // Nothing is dropped by the server: what may go is decided by who has read it.
            retention: stream::RetentionPolicy::Limits,
            discard: stream::DiscardPolicy::New,
            storage: stream::StorageType::File,
            num_replicas: self.replicas,
            // Reads may be answered by any replica; whoever does not find what must be there asks the leader.
            allow_direct: true,
            duplicate_window: Duration::from_secs(120),
            ..stream::Config::default()
        };
        self.open_stream(config).await
    }

    async fn open_stream(&self, config: stream::Config) -> Result<stream::Stream, NatsError> {
        let replicas = config.num_replicas;
        let opened = self.js.get_or_create_stream(config.clone()).await;
        let stream = opened.map_err(|e| NatsError::Stream { name: config.name.clone(), reason: e.to_string() })?;
        let has = stream.cached_info().config.num_replicas;
        if has != replicas {
            let changed = stream::Config { num_replicas: replicas, ..stream.cached_info().config.clone() };
            self.js
                .update_stream(&changed)
                .await
                .map_err(|e| NatsError::Stream { name: config.name.clone(), reason: e.to_string() })?;
            tracing::info!(stream = config.name, from = has, to = replicas, "the number of replicas changes");
        }
        Ok(stream)
    }
}

/// A desk's name as one part of a subject: dots separate those.
fn token(name: &str) -> String {
    name.replace('.', "=2e")
}
