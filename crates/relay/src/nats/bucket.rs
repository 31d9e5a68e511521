//! A key-value bucket of JetStream, changed by compare-and-set alone.

use async_nats::HeaderMap;
use async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE;
use async_nats::jetstream::stream;
use async_nats::jetstream::stream::RawMessageErrorKind;
use bytes::Bytes;
use std::sync::Arc;

use super::{Nats, NatsError, Published, token};

/// How often an outcome that is not known is looked at.
const LOOKS: usize = 4;

/// Why a key was not changed.
#[derive(Debug)]
pub(crate) enum CasError {
    /// It has another revision by now.
    Conflict,
    /// No server, no quorum, no room; in words.
    Broken(String),
}

/// A bucket. Any client of JetStream's key-value store can look into it.
pub(crate) struct Bucket {
    nats: Arc<Nats>,
    name: String,
    stream: stream::Stream,
}

impl Bucket {
    /// Opens the bucket, made if it is missing.
    pub(crate) async fn open(nats: &Arc<Nats>, name: &str) -> Result<Self, NatsError> {
        let name = format!("{}-{name}", nats.namespace);
        let config = stream::Config {
            name: format!("KV_{name}"),
            subjects: vec![format!("$KV.{name}.>")],
            max_messages_per_subject: 1,
            discard: stream::DiscardPolicy::New,
            storage: stream::StorageType::File,
            num_replicas: nats.replicas,
            allow_rollup: true,
            deny_delete: true,
            // Reads come from the leader: an old value from a replica that lags would undo what somebody decided.
            allow_direct: false,
            ..stream::Config::default()
        };
        let stream = nats.open_stream(config).await?;
        Ok(Self { nats: Arc::clone(nats), name, stream })
    }

    /// A key for something of a desk.
    pub(crate) fn key(what: &str, desk: &str) -> String {
        format!("{what}.{}", token(desk))
    }

    /// A key's value and revision.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<(Bytes, u64)>, String> {
        match self.stream.get_last_raw_message_by_subject(&self.subject(key)).await {
            Ok(message) => Ok(Some((message.payload, message.sequence))),
            Err(error) if matches!(error.kind(), RawMessageErrorKind::NoMessageFound) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Replaces a key's value if its revision is still `expected` (none: if there is none). Gives the new revision.
    pub(crate) async fn replace(&self, key: &str, value: Vec<u8>, expected: Option<u64>) -> Result<u64, CasError> {
        let value = Bytes::from(value);
        let mut last = String::new();
        for _ in 0..LOOKS {
            let mut headers = HeaderMap::new();
            headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, expected.unwrap_or_default().to_string());
            last = match self.nats.publish(self.subject(key), headers, value.clone()).await {
                Published::Stored(revision) => return Ok(revision),
                Published::Full(reason) => return Err(CasError::Broken(reason)),
                Published::Nobody => "no quorum of the NATS servers".to_owned(),
                Published::Unknown(reason) => reason,
                Published::Overtaken => "overtaken".to_owned(),
            };
            // Overtaken by ourselves, if an earlier try was stored and its answer lost.
            match self.get(key).await {
                Ok(Some((found, revision))) if found == value => return Ok(revision),
                Ok(found) if found.as_ref().map(|(_, revision)| *revision) != expected => {
                    return Err(CasError::Conflict);
                }
                Ok(_) => {}
                Err(reason) => last = reason,
            }
        }
        Err(CasError::Broken(last))
    }

    /// A number that rises with every change of any key.
    pub(crate) async fn version(&self) -> Result<u64, String> {
        self.stream.get_info().await.map(|info| info.state.last_sequence).map_err(|e| e.to_string())
    }

    fn subject(&self, key: &str) -> String {
        format!("$KV.{}.{key}", self.name)
    }
}
