//! Marking a person's message as read, with or without the typing indicator (messages.md §5).

use serde::Serialize;
use switchboard_domain::ids::{PhoneNumberId, WaMessageId};

use crate::client::{CallError, Client};

/// The body of a mark-as-read call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MarkRead {
    messaging_product: &'static str,
    status: &'static str,
    /// The person's message; earlier ones of a 1:1 thread become read with it.
    pub message_id: WaMessageId,
    #[serde(skip_serializing_if = "Option::is_none")]
    typing_indicator: Option<Typing>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Typing {
    #[serde(rename = "type")]
    kind: &'static str,
}

impl MarkRead {
    /// `typing` shows the indicator for up to 25 s or until we send; only when a reply follows.
    pub fn new(message_id: WaMessageId, typing: bool) -> Self {
        Self {
            messaging_product: "whatsapp",
            status: "read",
            message_id,
            typing_indicator: typing.then_some(Typing { kind: "text" }),
        }
    }
}

/// Marks a message as read; `typing` also shows the typing indicator.
///
/// # Errors
/// [`CallError`]; safe to repeat, because marking twice changes nothing.
pub async fn mark_read(
    client: &Client,
    number: &PhoneNumberId,
    message_id: &WaMessageId,
    typing: bool,
) -> Result<(), CallError> {
    let body = MarkRead::new(message_id.clone(), typing);
    client.post_ok("marking a message as read", &[number.as_str(), "messages"], &body).await
}
