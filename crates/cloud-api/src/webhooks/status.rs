//! What became of a message of ours (webhooks.md §5).

use serde::Deserialize;
use serde_json::{Map, Value};
use switchboard_domain::ids::{Bsuid, WaId, WaMessageId};
use switchboard_domain::time::UnixMillis;

use super::event::{UserRef, WebhookContact};
use crate::errors::GraphError;
use crate::lenient;
use crate::open_enum::open_enum;

open_enum! {
    /// `status` of a message of ours. Apply as a maximum over sent < delivered < read < played; `failed` never
    /// overrides delivered (webhooks.md §5.2).
    StatusKind {
        /// On WhatsApp's servers.
        Sent = "sent",
        /// On a device.
        Delivered = "delivered",
        /// Opened.
        Read = "read",
        /// A voice message was played.
        Played = "played",
        /// Terminal; has errors.
        Failed = "failed",
        /// Legacy: the person deleted it.
        Deleted = "deleted",
        /// Legacy.
        Warning = "warning",
    }
}

/// One status of one message.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageStatus {
    /// Our message: the only safe join key.
    pub id: WaMessageId,
    /// What happened.
    pub status: StatusKind,
    /// When, at Meta.
    pub at: Option<UnixMillis>,
    /// To whom; in groups `wa_id` is empty here and the group stands in `group_id`.
    pub recipient: UserRef,
    /// Groups only: the group.
    pub group_id: Option<String>,
    /// Groups only: which participant.
    pub participant: UserRef,
    /// Our `biz_opaque_callback_data`, verbatim.
    pub callback_data: Option<String>,
    /// Price, with `sent` and one of delivered or read.
    pub pricing: Option<Pricing>,
    /// Window, where told.
    pub conversation: Option<Conversation>,
    /// With identity check only.
    pub identity_key_hash: Option<String>,
    /// Why it failed.
    pub errors: Vec<GraphError>,
    /// `type` as received; absent for normal messages.
    pub kind: Option<String>,
    /// Who the person is, joined from `contacts[]`.
    pub contact: Option<WebhookContact>,
}

/// `pricing`, kept verbatim; interpreted by date (pricing.md §8).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Pricing {
    /// Being retired; derive from `kind`.
    #[serde(deserialize_with = "lenient::boolean")]
    pub billable: Option<bool>,
    /// `PMP`, or `CBP` before July 2025.
    #[serde(deserialize_with = "lenient::text")]
    pub pricing_model: Option<String>,
    /// `regular`, `free_customer_service`, ….
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// `marketing`, `authentication-international`, ….
    #[serde(deserialize_with = "lenient::text")]
    pub category: Option<String>,
}

/// `conversation`; from v24 on only for the free entry point.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Conversation {
    /// No grouping key.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// When the window ends.
    #[serde(deserialize_with = "lenient::secs")]
    pub expiration_timestamp: Option<UnixMillis>,
    /// Where it came from.
    #[serde(deserialize_with = "lenient::or_default")]
    pub origin: Origin,
    /// One example of Meta nests the price here.
    pub pricing: Option<Pricing>,
}

/// `conversation.origin`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Origin {
    /// `referral_conversion`, `marketing`, ….
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
}

/// Fate of a payment (India).
#[derive(Clone, Debug, PartialEq)]
pub struct PaymentStatus {
    /// The message with the order.
    pub id: WaMessageId,
    /// `captured`, `pending`, `failed`.
    pub status: String,
    /// When.
    pub at: Option<UnixMillis>,
    /// Who pays.
    pub recipient: UserRef,
    /// The payment as received.
    pub payment: Map<String, Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Wire {
    #[serde(deserialize_with = "lenient::id")]
    id: Option<WaMessageId>,
    #[serde(deserialize_with = "lenient::text")]
    status: Option<String>,
    #[serde(deserialize_with = "lenient::secs")]
    timestamp: Option<UnixMillis>,
    #[serde(deserialize_with = "lenient::id")]
    recipient_id: Option<WaId>,
    #[serde(deserialize_with = "lenient::id")]
    recipient_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::id")]
    recipient_parent_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::id")]
    parent_recipient_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::text")]
    recipient_type: Option<String>,
    #[serde(deserialize_with = "lenient::id")]
    recipient_participant_id: Option<WaId>,
    #[serde(deserialize_with = "lenient::id")]
    participant_recipient_id: Option<WaId>,
    #[serde(deserialize_with = "lenient::id", alias = "participant_recipient_user_id")]
    recipient_participant_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::id", alias = "participant_recipient_parent_user_id")]
    recipient_participant_parent_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::text")]
    recipient_identity_key_hash: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    biz_opaque_callback_data: Option<String>,
    conversation: Option<Conversation>,
    pricing: Option<Pricing>,
    #[serde(deserialize_with = "lenient::or_default")]
    errors: Vec<GraphError>,
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient::or_default")]
    payment: Map<String, Value>,
}

/// What a status element turned out to be.
pub(super) enum Read {
    Message(Box<MessageStatus>),
    Payment(Box<PaymentStatus>),
    Call(Box<super::CallStatus>),
}

impl Wire {
    /// The status, unless it lacks the id or the status word.
    pub(super) fn read(self) -> Option<Read> {
        let id = self.id?;
        let status = self.status?;
        let is_group = self.recipient_type.as_deref() == Some("group");
        let (group_id, wa_id) = match self.recipient_id {
            Some(g) if is_group => (Some(g.into_inner()), None),
            other => (None, other),
        };
        let recipient = UserRef {
            wa_id,
            user_id: self.recipient_user_id,
            parent_user_id: self.recipient_parent_user_id.or(self.parent_recipient_user_id),
        };
        Some(match self.kind.as_deref() {
            Some("payment") => Read::Payment(Box::new(PaymentStatus {
                id,
                status,
                at: self.timestamp,
                recipient,
                payment: self.payment,
            })),
            Some("call") => Read::Call(Box::new(super::CallStatus {
                id: id.into_inner(),
                status,
                at: self.timestamp,
                recipient,
                callback_data: self.biz_opaque_callback_data,
                errors: self.errors,
            })),
            _ => Read::Message(Box::new(MessageStatus {
                id,
                status: StatusKind::parse(&status),
                at: self.timestamp,
                recipient,
                group_id,
                participant: UserRef {
                    wa_id: self.recipient_participant_id.or(self.participant_recipient_id),
                    user_id: self.recipient_participant_user_id,
                    parent_user_id: self.recipient_participant_parent_user_id,
                },
                callback_data: self.biz_opaque_callback_data,
                pricing: self.pricing.or_else(|| self.conversation.as_ref().and_then(|c| c.pricing.clone())),
                conversation: self.conversation,
                identity_key_hash: self.recipient_identity_key_hash,
                errors: self.errors,
                kind: self.kind,
                contact: None,
            })),
        })
    }
}
