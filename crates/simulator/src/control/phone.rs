//! The customer's side of a conversation, for the pretend phone.

use serde::Serialize;
use serde_json::Value;

use crate::ledger::Stored;
use crate::model::customer::Customer;

/// A customer as a list of chats shows them.
#[derive(Debug, Clone, Serialize)]
pub struct CustomerCard {
    /// Row id; also accepted wherever a customer is named.
    pub id: i64,
    /// Digits with country code.
    pub wa_id: String,
    /// The business-scoped user id (BSUID).
    pub user_id: String,
    /// Profile name.
    pub name: String,
    /// WhatsApp username, if they have one.
    pub username: Option<String>,
    /// Whether webhooks may leave the phone number out.
    pub hides_phone: bool,
    /// Whether the 24 h customer service window is open.
    pub window_open: bool,
    /// Used WhatsApp's own "stop marketing".
    pub stopped_marketing: bool,
    /// Wrote STOP or tapped an opt-out button, simulated ms UTC.
    pub said_stop_at_ms: Option<i64>,
    /// Has blocked the business.
    pub blocks_us: bool,
    /// Was blocked by the business.
    pub blocked_by_us: bool,
    /// Played by hand: the crowd does not answer for them.
    pub played: bool,
    /// Messages the business sent them.
    pub received: u32,
    /// Newest line of the chat.
    pub last_text: Option<String>,
    /// When that was, simulated ms UTC.
    pub last_at_ms: Option<i64>,
    /// Delivered and not read yet.
    pub unread: u32,
}

impl CustomerCard {
    pub(crate) fn of(customer: &Customer, now_ms: i64) -> Self {
        Self {
            id: customer.id,
            wa_id: customer.wa_id.clone(),
            user_id: customer.user_id.clone(),
            name: customer.name.clone(),
            username: customer.username.clone(),
            hides_phone: customer.hides_phone,
            window_open: customer.window_open(now_ms),
            stopped_marketing: customer.stopped_marketing,
            said_stop_at_ms: customer.said_stop_ms,
            blocks_us: customer.blocks_us,
            blocked_by_us: customer.blocked_by_us,
            played: customer.played,
            received: customer.nth,
            last_text: None,
            last_at_ms: None,
            unread: 0,
        }
    }
}

/// A file in a message.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Medium {
    /// Media id; `Control::media` gives the bytes.
    pub id: Option<String>,
    /// A link the business sent instead.
    pub link: Option<String>,
    /// MIME type where known.
    pub mime_type: Option<String>,
    /// File name of documents.
    pub filename: Option<String>,
}

/// A button under a message.
#[derive(Debug, Clone, Serialize)]
pub struct PhoneButton {
    /// `QUICK_REPLY`, `REPLY`, `URL`, `PHONE_NUMBER`, `COPY_CODE` …
    pub kind: String,
    /// Label.
    pub text: String,
    /// Where a link button leads, or the code a copy button holds.
    pub url: Option<String>,
    /// What a tap answers with.
    pub payload: Option<String>,
}

/// One message as the customer sees it.
#[derive(Debug, Clone, Serialize)]
pub struct PhoneLine {
    /// Ledger sequence; grows with every message of the account.
    pub seq: i64,
    /// Message id.
    pub wamid: String,
    /// Written by the customer; otherwise by the business.
    pub from_customer: bool,
    /// When it was written, simulated ms UTC.
    pub at_ms: i64,
    /// Message type: `text`, `template`, `image` …
    pub kind: String,
    /// Template name, for templates.
    pub template: Option<String>,
    /// Header text.
    pub header: Option<String>,
    /// The text, with template variables filled in, or the caption.
    pub body: Option<String>,
    /// Footer text.
    pub footer: Option<String>,
    /// Buttons.
    pub buttons: Vec<PhoneButton>,
    /// Picture, video, sound or file; a template's media header as well.
    pub media: Option<Medium>,
    /// The wamid this answers to.
    pub reply_to: Option<String>,
    /// Lists, cards, locations, contacts and reactions as they were sent.
    pub other: Value,
    /// Furthest status: `accepted`, `sent`, `delivered`, `read`, `failed`, `held`. For a message of
    /// the customer `read` means that the business has read it (blue ticks), else `delivered`.
    pub status: &'static str,
    /// Delivered at, simulated ms UTC.
    pub delivered_at_ms: Option<i64>,
    /// Read at, simulated ms UTC.
    pub read_at_ms: Option<i64>,
}

impl PhoneLine {
    pub(crate) fn of(message: &Stored) -> Self {
        let view: Value = serde_json::from_str(&message.content).unwrap_or_default();
        let text = |key: &str| view.get(key).and_then(Value::as_str).map(str::to_owned);
        let header = view.get("header");
        let media = view.get("media").or_else(|| header.and_then(|h| h.get("media"))).map(medium);
        let mut other = view.clone();
        if let Some(map) = other.as_object_mut() {
            for shown in ["header", "body", "footer", "buttons", "media"] {
                map.remove(shown);
            }
        }
        Self {
            seq: message.seq,
            wamid: message.wamid.clone(),
            from_customer: message.inbound,
            at_ms: message.at_ms,
            kind: message.kind.clone(),
            template: message.template.clone(),
            header: header.and_then(|h| h.get("text")).and_then(Value::as_str).map(str::to_owned),
            body: text("body"),
            footer: text("footer"),
            buttons: view
                .get("buttons")
                .and_then(Value::as_array)
                .map(|list| list.iter().map(button).collect())
                .unwrap_or_default(),
            media,
            reply_to: message.reply_to.clone(),
            other,
            status: if message.inbound && message.read_ms.is_none() { "delivered" } else { message.status() },
            delivered_at_ms: if message.inbound {
                Some(message.at_ms)
            } else {
                message.delivered_ms.or(message.read_ms)
            },
            read_at_ms: message.read_ms,
        }
    }

    /// Whether it is on the customer's phone.
    pub(crate) fn arrived(&self) -> bool {
        self.from_customer || self.delivered_at_ms.is_some()
    }
}

fn medium(value: &Value) -> Medium {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    Medium { id: text("id"), link: text("link"), mime_type: text("mime_type"), filename: text("filename") }
}

fn button(value: &Value) -> PhoneButton {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    PhoneButton {
        kind: text("type").unwrap_or_default(),
        text: text("text").unwrap_or_default(),
        url: text("url").or_else(|| text("phone_number")),
        payload: text("payload"),
    }
}
