//! One outgoing message as a value, and its JSON.

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use switchboard_domain::ids::{Bsuid, WaMessageId};
use switchboard_domain::phone::PhoneNumber;
use switchboard_domain::redact::Personal;

use super::Endpoint;
use super::contacts::ContactCard;
use super::interactive::Interactive;
use super::simple::{Location, MediaRef, Pin, Reaction, Text};
use super::template::TemplateMessage;
use crate::limits::{LimitError, at_most_chars, count_within};

/// Longest callback data (messages.md §1).
pub const MAX_CALLBACK_CHARS: usize = 512;

/// Whom a message goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// By number; always written with `+`, because without it Meta prepends the sender's country code.
    Phone(PhoneNumber),
    /// By business-scoped user id (or parent id). Not for authentication templates (131062).
    Bsuid(Bsuid),
    /// Both: the number wins at Meta (messages.md §1).
    Both(PhoneNumber, Bsuid),
    /// A group id.
    Group(String),
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Plain text, ≤ 4096 characters.
    Text(Text),
    /// JPEG or PNG.
    Image(MediaRef),
    /// MP4 or 3GPP.
    Video(MediaRef),
    /// Audio file, or a voice note.
    Audio(MediaRef),
    /// A file.
    Document(MediaRef),
    /// WebP.
    Sticker(MediaRef),
    /// A place.
    Location(Location),
    /// Contact cards.
    Contacts(Vec<ContactCard>),
    /// An emoji on a person's message.
    Reaction(Reaction),
    /// An approved template: the only kind outside the customer service window.
    Template(TemplateMessage),
    /// Buttons, lists and the like.
    Interactive(Box<Interactive>),
    /// Pins a message in a group.
    Pin(Pin),
}

impl Content {
    /// A plain text without link preview.
    pub fn text(body: impl Into<String>) -> Self {
        Self::Text(Text { body: Personal::new(body), preview_url: None })
    }

    /// The word of the `type` key.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Image(_) => "image",
            Self::Video(_) => "video",
            Self::Audio(_) => "audio",
            Self::Document(_) => "document",
            Self::Sticker(_) => "sticker",
            Self::Location(_) => "location",
            Self::Contacts(_) => "contacts",
            Self::Reaction(_) => "reaction",
            Self::Template(_) => "template",
            Self::Interactive(_) => "interactive",
            Self::Pin(_) => "pin",
        }
    }

    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("type", self.kind())?;
        match self {
            Self::Text(v) => map.serialize_entry("text", v),
            Self::Image(v) => map.serialize_entry("image", v),
            Self::Video(v) => map.serialize_entry("video", v),
            Self::Audio(v) => map.serialize_entry("audio", v),
            Self::Document(v) => map.serialize_entry("document", v),
            Self::Sticker(v) => map.serialize_entry("sticker", v),
            Self::Location(v) => map.serialize_entry("location", v),
            Self::Contacts(v) => map.serialize_entry("contacts", v),
            Self::Reaction(v) => map.serialize_entry("reaction", v),
            Self::Template(v) => map.serialize_entry("template", v),
            Self::Interactive(v) => map.serialize_entry("interactive", v),
            Self::Pin(v) => map.serialize_entry("pin", v),
        }
    }

    /// Checks the documented limits.
    ///
    /// # Errors
    /// [`LimitError`] names the field and the limit.
    pub fn check(&self) -> Result<(), LimitError> {
        match self {
            Self::Text(v) => v.check(),
            Self::Image(v) => v.check("image"),
            Self::Video(v) => v.check("video"),
            Self::Audio(v) => v.check("audio"),
            Self::Document(v) => v.check("document"),
            Self::Sticker(v) => v.check("sticker"),
            Self::Location(v) => v.check(),
            Self::Contacts(cards) => {
                count_within("contacts", cards.len(), 1, 257)?;
                cards.iter().try_for_each(ContactCard::check)
            }
            Self::Reaction(v) => v.check(),
            Self::Template(v) => v.check(),
            Self::Interactive(v) => v.check(),
            Self::Pin(v) => v.check(),
        }
    }
}

/// Whether the Marketing Messages API may fall back to the Cloud API (messages.md §11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProductPolicy {
    /// Send by the Cloud API if the account is not onboarded.
    #[serde(rename = "CLOUD_API_FALLBACK")]
    CloudApiFallback,
    /// Fail instead.
    #[serde(rename = "STRICT")]
    Strict,
}

/// The keys that only `/marketing_messages` takes (messages.md §11).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MarketingOptions {
    /// Fallback or not.
    pub product_policy: Option<ProductPolicy>,
    /// Share read and click activity with Meta; defaults to the account's setting.
    pub message_activity_sharing: Option<bool>,
    /// Scales the template's maximum price; positive, beta.
    pub per_message_bid_multiplier: Option<f64>,
}

/// A message to one recipient.
#[derive(Clone, Debug, PartialEq)]
pub struct OutgoingMessage {
    /// Whom it goes to.
    pub recipient: Recipient,
    /// What it says.
    pub content: Content,
    /// The message it quotes.
    pub reply_to: Option<WaMessageId>,
    /// Our correlation id, echoed in every status webhook; ≤ 512 characters.
    pub callback_data: Option<String>,
    /// Fails the send with 137000 when the person's identity changed (needs the check switched on).
    pub identity_key_hash: Option<String>,
    /// Which messaging account is billed; leave out unless a number is shared (messages.md §1).
    pub messaging_account_id: Option<String>,
    /// Keys of the Marketing Messages API.
    pub marketing: MarketingOptions,
}

impl OutgoingMessage {
    /// A message without quote, callback data or options.
    pub fn new(recipient: Recipient, content: Content) -> Self {
        Self {
            recipient,
            content,
            reply_to: None,
            callback_data: None,
            identity_key_hash: None,
            messaging_account_id: None,
            marketing: MarketingOptions::default(),
        }
    }

    /// To a phone number.
    pub fn to_phone(phone: PhoneNumber, content: Content) -> Self {
        Self::new(Recipient::Phone(phone), content)
    }

    /// To a person known by user id only.
    pub fn to_bsuid(id: Bsuid, content: Content) -> Self {
        Self::new(Recipient::Bsuid(id), content)
    }

    /// With callback data.
    pub fn with_callback_data(mut self, data: impl Into<String>) -> Self {
        self.callback_data = Some(data.into());
        self
    }

    /// As a reply that quotes a message.
    pub fn in_reply_to(mut self, wamid: WaMessageId) -> Self {
        self.reply_to = Some(wamid);
        self
    }

    /// Checks everything that the platform is documented to refuse.
    ///
    /// # Errors
    /// [`LimitError`] names the field and the limit.
    pub fn check(&self, endpoint: Endpoint) -> Result<(), LimitError> {
        if let Some(data) = &self.callback_data {
            at_most_chars("biz_opaque_callback_data", data, MAX_CALLBACK_CHARS)?;
        }
        match &self.recipient {
            Recipient::Bsuid(id) if id.as_str().trim().is_empty() => {
                return Err(LimitError::new("recipient", "is empty"));
            }
            Recipient::Group(id) if id.trim().is_empty() => return Err(LimitError::new("to", "is empty")),
            _ => {}
        }
        if self.reply_to.is_some() && matches!(self.content, Content::Reaction(_)) {
            return Err(LimitError::new("context", "cannot stand in a reaction, which names its message itself"));
        }
        let is_template = matches!(self.content, Content::Template(_));
        match endpoint {
            Endpoint::MarketingMessages if !is_template => {
                return Err(LimitError::new("type", "must be a marketing template for the Marketing Messages API"));
            }
            Endpoint::Messages if self.marketing != MarketingOptions::default() => {
                return Err(LimitError::new(
                    "product_policy",
                    "and its siblings belong to the Marketing Messages API only",
                ));
            }
            _ => {}
        }
        if self.marketing.per_message_bid_multiplier.is_some_and(|m| !(m.is_finite() && m > 0.0)) {
            return Err(LimitError::new("bid_spec.per_message_bid_multiplier", "must be greater than zero"));
        }
        self.content.check()
    }
}

#[derive(Serialize)]
struct Context<'a> {
    message_id: &'a WaMessageId,
}

#[derive(Serialize)]
struct BidSpec {
    per_message_bid_multiplier: f64,
}

impl Serialize for OutgoingMessage {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut map = s.serialize_map(None)?;
        map.serialize_entry("messaging_product", "whatsapp")?;
        map.serialize_entry(
            "recipient_type",
            if matches!(self.recipient, Recipient::Group(_)) { "group" } else { "individual" },
        )?;
        match &self.recipient {
            Recipient::Phone(p) => map.serialize_entry("to", p.as_e164())?,
            Recipient::Bsuid(id) => map.serialize_entry("recipient", id)?,
            Recipient::Both(p, id) => {
                map.serialize_entry("to", p.as_e164())?;
                map.serialize_entry("recipient", id)?;
            }
            Recipient::Group(id) => map.serialize_entry("to", id)?,
        }
        self.content.write(&mut map)?;
        if let Some(message_id) = &self.reply_to {
            map.serialize_entry("context", &Context { message_id })?;
        }
        if let Some(v) = &self.callback_data {
            map.serialize_entry("biz_opaque_callback_data", v)?;
        }
        if let Some(v) = &self.identity_key_hash {
            map.serialize_entry("recipient_identity_key_hash", v)?;
        }
        if let Some(v) = &self.messaging_account_id {
            map.serialize_entry("messaging_account_id", v)?;
        }
        if let Some(v) = &self.marketing.product_policy {
            map.serialize_entry("product_policy", v)?;
        }
        if let Some(v) = &self.marketing.message_activity_sharing {
            map.serialize_entry("message_activity_sharing", v)?;
        }
        if let Some(per_message_bid_multiplier) = self.marketing.per_message_bid_multiplier {
            map.serialize_entry("bid_spec", &BidSpec { per_message_bid_multiplier })?;
        }
        map.end()
    }
}
