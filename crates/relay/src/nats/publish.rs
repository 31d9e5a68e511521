//! One publish with its outcome told apart as far as it can be: stored, certainly not stored, or unknown.

use async_nats::HeaderMap;
use async_nats::client::{Request, RequestErrorKind};
use bytes::Bytes;
use serde::Deserialize;

use super::{Nats, REQUEST_WITHIN};

/// How a publish ended.
#[derive(Debug)]
pub(crate) enum Published {
    /// A quorum has it, at this sequence.
    Stored(u64),
    /// Something else was stored before: it is not stored.
    Overtaken,
    /// The servers have no room: it is not stored.
    Full(String),
    /// Nobody takes it now (no leader, no quorum, no such stream): it is not stored.
    Nobody,
    /// It may be stored or not.
    Unknown(String),
}

#[derive(Deserialize)]
struct Reply {
    #[serde(default)]
    seq: u64,
    error: Option<ReplyError>,
}

#[derive(Deserialize)]
struct ReplyError {
    #[serde(default)]
    err_code: u32,
    #[serde(default)]
    description: String,
}

/// JetStream's own error codes (`jetstream/errors.json` of nats-server).
mod code {
    pub(super) const WRONG_LAST_SEQUENCE: [u32; 2] = [10_071, 10_164];
    /// Account or server out of memory or file storage, stream at its maximum, storing failed.
    pub(super) const NO_ROOM: [u32; 6] = [10_002, 10_023, 10_028, 10_047, 10_077, 10_122];
}

impl Nats {
    /// Publishes and waits until a quorum of the stream's servers has stored it.
    pub(crate) async fn publish(&self, subject: String, headers: HeaderMap, payload: Bytes) -> Published {
        let request = Request::new().headers(headers).payload(payload).timeout(Some(REQUEST_WITHIN));
        let answer = match self.client.send_request(subject, request).await {
            Ok(answer) => answer,
            Err(error) => {
                return match error.kind() {
                    RequestErrorKind::NoResponders => Published::Nobody,
                    RequestErrorKind::MaxPayloadExceeded => {
                        Published::Full("larger than the servers' max_payload".to_owned())
                    }
                    _ => Published::Unknown(error.to_string()),
                };
            }
        };
        match serde_json::from_slice::<Reply>(&answer.payload) {
            Ok(Reply { error: None, seq }) if seq > 0 => Published::Stored(seq),
            Ok(Reply { error: Some(error), .. }) if code::WRONG_LAST_SEQUENCE.contains(&error.err_code) => {
                Published::Overtaken
            }
            Ok(Reply { error: Some(error), .. }) if code::NO_ROOM.contains(&error.err_code) => {
                Published::Full(error.description)
            }
            Ok(Reply { error: Some(error), .. }) => {
                Published::Unknown(format!("{} ({})", error.description, error.err_code))
            }
            Ok(_) | Err(_) => Published::Unknown("an answer that is none".to_owned()),
        }
    }
}
