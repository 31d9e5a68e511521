//! What became of a send. The question is only whether the message can have been accepted, because there is
//! no idempotency key (errors.md §11).

use std::time::Duration;

use serde::Deserialize;
use switchboard_domain::ids::{Bsuid, WaId, WaMessageId};

use crate::client::{NotSentWhy, UnknownWhy, Usage};
use crate::errors::{AfterSend, Backoff, GraphError};
use crate::lenient;
use crate::limits::LimitError;
use crate::open_enum::open_enum;

open_enum! {
    /// `messages[].message_status` of an accepted send (messages.md §2). Absent means accepted.
    AcceptedStatus {
        /// On its way.
        Accepted = "accepted",
        /// Pacing holds it: not sent, not failed, never to be sent again.
        HeldForQualityAssessment = "held_for_quality_assessment",
        /// Delivery is paused.
        Paused = "paused",
    }
}

/// The five outcomes of a send.
#[derive(Clone, Debug, PartialEq)]
pub enum SendOutcome {
    /// Meta answered 200 with a wamid. Never send again.
    Accepted {
        /// The key of every later webhook about this message.
        wamid: WaMessageId,
        /// WhatsApp's id of the person; absent when addressed by BSUID, and not always the dialled number.
        wa_id: Option<WaId>,
        /// Present only when addressed by BSUID alone.
        user_id: Option<Bsuid>,
        /// Accepted, held or paused.
        status: AcceptedStatus,
    },
    /// Refused for good: only after the cause is fixed.
    Refused {
        /// Who refused, and why.
        error: RefusedBecause,
    },
    /// Refused before processing by a limit that passes: may go back to the queue by itself.
    Throttled {
        /// The refusal.
        error: GraphError,
        /// How long to wait before the first repeat; `None` means until the operator says so (131048).
        /// For later repeats ask `error.advice().backoff`.
        retry_after: Option<Duration>,
    },
    /// Certainly not processed: may go back to the queue by itself.
    NotSent {
        /// What stood in the way.
        why: NotSentWhy,
    },
    /// May have been accepted: settled only by a status webhook with our callback data, never repeated by itself.
    Unknown {
        /// What is missing.
        why: UnknownWhy,
        /// The envelope, where one came with it.
        error: Option<GraphError>,
    },
}

/// Who refused a message.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RefusedBecause {
    /// Meta did.
    #[error("{0}")]
    Meta(GraphError),
    /// Our own check of the documented limits did, before the wire.
    #[error("{0}")]
    Limit(LimitError),
}

impl RefusedBecause {
    /// Meta's refusal, if it was Meta's.
    pub fn graph(&self) -> Option<&GraphError> {
        match self {
            Self::Meta(e) => Some(e),
            Self::Limit(_) => None,
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default = "Vec::new", deserialize_with = "lenient::or_default")]
    contacts: Vec<AnswerContact>,
    #[serde(default = "Vec::new", deserialize_with = "lenient::or_default")]
    messages: Vec<AnswerMessage>,
}

#[derive(Deserialize)]
struct AnswerContact {
    #[serde(default, deserialize_with = "lenient::id")]
    wa_id: Option<WaId>,
    #[serde(default, deserialize_with = "lenient::id")]
    user_id: Option<Bsuid>,
}

#[derive(Deserialize)]
struct AnswerMessage {
    #[serde(default, deserialize_with = "lenient::id")]
    id: Option<WaMessageId>,
    #[serde(default)]
    message_status: Option<AcceptedStatus>,
}

impl SendOutcome {
    /// Reads an answer of `/messages` or `/marketing_messages`.
    pub fn read(http_status: u16, body: &[u8], usage: &Usage) -> Self {
        if let Some(error) = GraphError::read(http_status, body) {
            return Self::of_error(error, usage);
        }
        if (300..400).contains(&http_status) {
            return Self::Unknown { why: UnknownWhy::Redirect(http_status), error: None };
        }
        if !(200..300).contains(&http_status) {
            return Self::Unknown { why: UnknownWhy::ServerError(http_status), error: None };
        }
        let unreadable = Self::Unknown { why: UnknownWhy::Unreadable, error: None };
        let Ok(answer) = serde_json::from_slice::<Answer>(body) else { return unreadable };
        let Some(message) = answer.messages.into_iter().next() else { return unreadable };
        let Some(wamid) = message.id else { return unreadable };
        let contact = answer.contacts.into_iter().next();
        let (wa_id, user_id) = contact.map_or((None, None), |c| (c.wa_id, c.user_id));
        let status = message.message_status.unwrap_or(AcceptedStatus::Accepted);
        Self::Accepted { wamid, wa_id, user_id, status }
    }

    fn of_error(error: GraphError, usage: &Usage) -> Self {
        let advice = error.advice();
        let server_error = error.http_status.filter(|s| *s >= 500);
        match (advice.after_send, server_error) {
            // The documented safe codes win over status and `is_transient`: 131057 and 133004 come with 5xx.
            (AfterSend::SafeToRepeat, _) => {
                let retry_after = match advice.backoff {
                    Backoff::Operator => None,
                    backoff => usage.asked_wait().map(clamp).or_else(|| backoff.wait(0)),
                };
                Self::Throttled { error, retry_after }
            }
            (AfterSend::Unclear, status) => {
                let status = status.or(error.http_status).unwrap_or(500);
                Self::Unknown { why: UnknownWhy::ServerError(status), error: Some(error) }
            }
            (AfterSend::Refused, Some(status)) => {
                Self::Unknown { why: UnknownWhy::ServerError(status), error: Some(error) }
            }
            (AfterSend::Refused, None) if error.is_transient => {
                let status = error.http_status.unwrap_or(500);
                Self::Unknown { why: UnknownWhy::ServerError(status), error: Some(error) }
            }
            (AfterSend::Refused, None) => Self::Refused { error: RefusedBecause::Meta(error) },
        }
    }

    /// Whether the message may go back to the queue by itself (P3).
    pub const fn may_requeue(&self) -> bool {
        matches!(self, Self::NotSent { .. } | Self::Throttled { retry_after: Some(_), .. })
    }

    /// The envelope that came, if any.
    pub fn graph_error(&self) -> Option<&GraphError> {
        match self {
            Self::Refused { error } => error.graph(),
            Self::Throttled { error, .. } => Some(error),
            Self::Unknown { error, .. } => error.as_ref(),
            Self::Accepted { .. } | Self::NotSent { .. } => None,
        }
    }
}

/// A server's wish is followed within reason: at least a second, at most an hour.
fn clamp(wait: Duration) -> Duration {
    wait.clamp(Duration::from_secs(1), Duration::from_secs(3600))
}
