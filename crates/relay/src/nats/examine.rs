//! For the doctor: how the servers and the streams stand. Makes nothing.

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::GetStreamErrorKind;
use bytes::Bytes;

use super::{Nats, NatsConfig, NatsError};

/// How a desk's stream stands.
pub(crate) struct StreamState {
    pub(crate) desk: String,
    /// The server that leads it; none if it has no quorum or is missing.
    pub(crate) leader: Option<String>,
    /// Replicas that have everything.
    pub(crate) current: usize,
    pub(crate) is_missing: bool,
}

impl Nats {
    /// Whether JetStream is on for us. Asked by hand: the client expects more of the answer than older servers give.
    async fn ask_jetstream(&self) -> Result<(), NatsError> {
        let failed = |reason: String| NatsError::Stream { name: "of any desk".to_owned(), reason };
        let answer = self.client.request("$JS.API.INFO", Bytes::new()).await.map_err(|e| failed(e.to_string()))?;
        let answer: serde_json::Value = serde_json::from_slice(&answer.payload).map_err(|e| failed(e.to_string()))?;
        match answer.get("error") {
            Some(error) => Err(failed(error.to_string())),
            None => Ok(()),
        }
    }
}

/// Connects and looks.
pub(crate) async fn examine(
    config: &NatsConfig,
    desks: &[&str],
    largest_message_bytes: usize,
) -> Result<Vec<StreamState>, NatsError> {
    let nats = Nats::connect(config).await?;
    nats.check_payload(largest_message_bytes)?;
    nats.ask_jetstream().await?;
    let mut states = Vec::new();
    for desk in desks {
        let state = |leader, current, is_missing| StreamState { desk: (*desk).to_owned(), leader, current, is_missing };
        states.push(match nats.js.get_stream(nats.log_stream(desk)).await {
            Ok(stream) => match &stream.cached_info().cluster {
                Some(cluster) if stream.cached_info().config.num_replicas > 1 => {
                    let others = cluster.replicas.iter().filter(|peer| peer.current && !peer.offline).count();
                    state(cluster.leader.clone(), others.saturating_add(1), false)
                }
                Some(cluster) => state(cluster.leader.clone(), 1, false),
                None => state(Some("the only server".to_owned()), 1, false),
            },
            Err(error) => {
                let is_missing = matches!(
                    error.kind(),
                    GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND
                );
                state(None, 0, is_missing)
            }
        });
    }
    Ok(states)
}
