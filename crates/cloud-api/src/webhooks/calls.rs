//! Calls (webhooks.md §7.10). The console makes none, but shows them and loses none.

use serde::Deserialize;
use switchboard_domain::ids::{Bsuid, MediaId, WaId};
use switchboard_domain::redact::Personal;
use switchboard_domain::time::UnixMillis;

use super::event::{UserRef, WebhookContact};
use crate::errors::GraphError;
use crate::lenient;

/// An element of `calls[]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// `wacid.…`.
    pub id: Personal,
    /// `connect`, `terminate`, `call_created`, `call_recording_available`, `call_transcription_available`.
    pub event: Option<String>,
    /// Who calls.
    pub from: UserRef,
    /// Who is called.
    pub to: UserRef,
    /// When.
    pub at: Option<UnixMillis>,
    /// `BUSINESS_INITIATED` or `USER_INITIATED`.
    pub direction: Option<String>,
    /// `COMPLETED` or `FAILED`, at the end.
    pub status: Option<String>,
    /// Begin of the conversation.
    pub started_at: Option<UnixMillis>,
    /// Its end.
    pub ended_at: Option<UnixMillis>,
    /// Its length in seconds; answered calls only.
    pub duration_s: Option<i64>,
    /// SDP, at the beginning.
    pub session: Option<CallSession>,
    /// Our callback data.
    pub callback_data: Option<String>,
    /// A recording or transcript to fetch.
    pub media: Option<CallMedia>,
    /// Who the person is.
    pub contact: Option<WebhookContact>,
}

/// SDP of a call.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct CallSession {
    /// `offer` or `answer`.
    #[serde(deserialize_with = "lenient::text")]
    pub sdp_type: Option<String>,
    /// The description.
    #[serde(deserialize_with = "lenient::id")]
    pub sdp: Option<Personal>,
}

/// A recording or transcript.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct CallMedia {
    /// Its media id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: Option<MediaId>,
    /// Its type.
    #[serde(deserialize_with = "lenient::text")]
    pub mime_type: Option<String>,
}

/// Fate of a call of ours: `RINGING`, `ACCEPTED`, `REJECTED`.
#[derive(Clone, Debug, PartialEq)]
pub struct CallStatus {
    /// `wacid.…`.
    pub id: String,
    /// The status word.
    pub status: String,
    /// When.
    pub at: Option<UnixMillis>,
    /// Who is called.
    pub recipient: UserRef,
    /// Our callback data.
    pub callback_data: Option<String>,
    /// Why it failed.
    pub errors: Vec<GraphError>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Wire {
    #[serde(deserialize_with = "lenient::id")]
    id: Option<Personal>,
    #[serde(deserialize_with = "lenient::text")]
    event: Option<String>,
    #[serde(deserialize_with = "lenient::id")]
    from: Option<WaId>,
    #[serde(deserialize_with = "lenient::id")]
    from_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::id")]
    from_parent_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::id")]
    to: Option<WaId>,
    #[serde(deserialize_with = "lenient::id")]
    to_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::id")]
    to_parent_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::secs")]
    timestamp: Option<UnixMillis>,
    #[serde(deserialize_with = "lenient::text")]
    direction: Option<String>,
    // A list in old captures.
    status: Option<serde_json::Value>,
    #[serde(deserialize_with = "lenient::secs")]
    start_time: Option<UnixMillis>,
    #[serde(deserialize_with = "lenient::secs")]
    end_time: Option<UnixMillis>,
    #[serde(deserialize_with = "lenient::int")]
    duration: Option<i64>,
    session: Option<CallSession>,
    #[serde(deserialize_with = "lenient::text")]
    biz_opaque_callback_data: Option<String>,
    call_recording: Option<WireMedia>,
    call_transcript: Option<WireMedia>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireMedia {
    audio: Option<CallMedia>,
    document: Option<CallMedia>,
}

impl Wire {
    /// The call, unless it has no id.
    pub(super) fn into_call(self) -> Option<Call> {
        let status = self.status.and_then(|s| match s {
            serde_json::Value::String(s) => Some(s),
            serde_json::Value::Array(list) => list.into_iter().find_map(|s| s.as_str().map(str::to_owned)),
            _ => None,
        });
        Some(Call {
            id: self.id?,
            event: self.event,
            from: UserRef { wa_id: self.from, user_id: self.from_user_id, parent_user_id: self.from_parent_user_id },
            to: UserRef { wa_id: self.to, user_id: self.to_user_id, parent_user_id: self.to_parent_user_id },
            at: self.timestamp,
            direction: self.direction,
            status,
            started_at: self.start_time,
            ended_at: self.end_time,
            duration_s: self.duration,
            session: self.session,
            callback_data: self.biz_opaque_callback_data,
            media: self.call_recording.or(self.call_transcript).and_then(|m| m.audio.or(m.document)),
            contact: None,
        })
    }
}
