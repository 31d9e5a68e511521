//! Messages people send (webhooks.md §4), and the same elements inside echoes, edits and history.

use std::sync::Arc;

use serde::Deserialize;
use switchboard_domain::ids::{MediaId, WaId, WaMessageId};
use switchboard_domain::redact::Personal;
use switchboard_domain::time::UnixMillis;

use super::event::{RawJson, UserRef, WebhookContact};
use crate::errors::GraphError;
use crate::lenient;
use crate::messages::ContactCard;

/// A message element.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// `wamid.…`, or `wacid.…` for voicemail. Opaque.
    pub id: WaMessageId,
    /// Who wrote it; in echoes this is us.
    pub from: UserRef,
    /// Whom it went to; echoes and history only.
    pub to: UserRef,
    /// When, at one second's resolution. Absent only in broken payloads.
    pub at: Option<UnixMillis>,
    /// `type` as received.
    pub kind: String,
    /// What it says.
    pub content: MessageContent,
    /// What it quotes, or how it was forwarded.
    pub context: Option<MessageContext>,
    /// The ad it came from.
    pub referral: Option<Box<Referral>>,
    /// Present for messages in a group: look at it before filing under the sender's own chat.
    pub group_id: Option<String>,
    /// Why it is unsupported.
    pub errors: Vec<GraphError>,
    /// Who the person is, joined from `contacts[]` by user id, else wa id.
    pub contact: Option<WebhookContact>,
}

impl Message {
    /// The words of the message: body of a text, caption of a medium, label of a tapped button or row.
    pub fn text(&self) -> Option<&str> {
        self.content.text()
    }
}

/// What a message says. A type that Meta adds is [`MessageContent::Other`] until it gets a variant.
#[derive(Clone, Debug, PartialEq)]
pub enum MessageContent {
    /// Text.
    Text(Personal),
    /// Picture.
    Image(InboundMedia),
    /// Film.
    Video(InboundMedia),
    /// Sound; `voice` tells a voice note.
    Audio(InboundMedia),
    /// File.
    Document(InboundMedia),
    /// Sticker.
    Sticker(InboundMedia),
    /// Place.
    Location(InboundLocation),
    /// Shared cards; may be empty.
    Contacts(Vec<ContactCard>),
    /// Emoji on a message.
    Reaction(ReactionIn),
    /// Tap on a template's quick reply.
    Button(ButtonTap),
    /// Answer to an interactive message.
    Interactive(Box<InteractiveReply>),
    /// Cart.
    Order(Box<Order>),
    /// Number, user id or identity changed.
    System(Box<SystemNotice>),
    /// An earlier message has new content.
    Edit(Box<Edit>),
    /// An earlier message was deleted.
    Revoke {
        /// Which.
        original_message_id: Option<WaMessageId>,
    },
    /// History only: the medium follows in another webhook.
    MediaPlaceholder,
    /// First opening of the chat; removed by Meta in March 2026.
    RequestWelcome,
    /// Content that the API does not show; its sub-type if told.
    Unsupported {
        /// `poll_creation`, `gif`, ….
        sub_type: Option<String>,
    },
    /// A type we do not know; read the raw element.
    Other,
}

impl MessageContent {
    /// The words, if there are any.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(t) => Some(t.expose()),
            Self::Image(m) | Self::Video(m) | Self::Audio(m) | Self::Document(m) | Self::Sticker(m) => {
                m.caption.as_ref().map(Personal::expose)
            }
            Self::Button(b) => b.text.as_ref().or(b.payload.as_ref()).map(Personal::expose),
            Self::Interactive(i) => match &**i {
                InteractiveReply::Button(r) | InteractiveReply::List(r) => r.title.as_ref().map(Personal::expose),
                InteractiveReply::Flow(r) => r.body.as_ref().map(Personal::expose),
                InteractiveReply::CallPermission(_) | InteractiveReply::Other { .. } => None,
            },
            Self::Edit(e) => e.content.text(),
            Self::Order(o) => o.text.as_ref().map(Personal::expose),
            _ => None,
        }
    }

    /// The medium to fetch, if there is one.
    pub fn media(&self) -> Option<&InboundMedia> {
        match self {
            Self::Image(m) | Self::Video(m) | Self::Audio(m) | Self::Document(m) | Self::Sticker(m) => Some(m),
            Self::Edit(e) => e.content.media(),
            _ => None,
        }
    }
}

/// A medium in a message. Fetch it at once: the id lives 7 days, an address 5 minutes.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct InboundMedia {
    /// Its id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: Option<MediaId>,
    /// May carry parameters (`; codecs=opus`).
    #[serde(deserialize_with = "lenient::text")]
    pub mime_type: Option<String>,
    /// Base64 or hex.
    #[serde(deserialize_with = "lenient::text")]
    pub sha256: Option<String>,
    /// Not used for fetching (media go by id); kept because it came.
    #[serde(deserialize_with = "lenient::id")]
    pub url: Option<Personal>,
    /// Words with it.
    #[serde(deserialize_with = "lenient::id")]
    pub caption: Option<Personal>,
    /// Documents; may be missing in old captures.
    #[serde(deserialize_with = "lenient::id")]
    pub filename: Option<Personal>,
    /// A voice note.
    #[serde(deserialize_with = "lenient::boolean")]
    pub voice: Option<bool>,
    /// An animated sticker.
    #[serde(deserialize_with = "lenient::boolean")]
    pub animated: Option<bool>,
}

/// A place; a dropped pin has only coordinates.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct InboundLocation {
    /// Degrees north.
    #[serde(deserialize_with = "lenient::float")]
    pub latitude: Option<f64>,
    /// Degrees east.
    #[serde(deserialize_with = "lenient::float")]
    pub longitude: Option<f64>,
    /// What it is called.
    #[serde(deserialize_with = "lenient::id")]
    pub name: Option<Personal>,
    /// Its address.
    #[serde(deserialize_with = "lenient::id")]
    pub address: Option<Personal>,
    /// Its page.
    #[serde(deserialize_with = "lenient::id")]
    pub url: Option<Personal>,
}

impl std::fmt::Debug for InboundLocation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InboundLocation(hidden)")
    }
}

/// A reaction; without emoji it is taken back.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct ReactionIn {
    /// The message reacted to.
    #[serde(deserialize_with = "lenient::id")]
    pub message_id: Option<WaMessageId>,
    /// The emoji; absent or empty at Meta means removed.
    #[serde(deserialize_with = "lenient::id")]
    pub emoji: Option<Personal>,
}

/// A tap on a template's quick reply.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct ButtonTap {
    /// The payload we sent, else equal to the text.
    #[serde(deserialize_with = "lenient::id")]
    pub payload: Option<Personal>,
    /// The label.
    #[serde(deserialize_with = "lenient::id")]
    pub text: Option<Personal>,
}

/// An answer to an interactive message.
#[derive(Clone, Debug, PartialEq)]
pub enum InteractiveReply {
    /// A reply button.
    Button(ListOrButtonReply),
    /// A row of a list.
    List(ListOrButtonReply),
    /// A flow or form.
    Flow(FlowReply),
    /// Whether we may call.
    CallPermission(CallPermissionReply),
    /// Another kind; read the raw element.
    Other {
        /// `interactive.type`.
        kind: String,
    },
}

/// Which button or row.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct ListOrButtonReply {
    /// The id we gave it.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Its label.
    #[serde(deserialize_with = "lenient::id")]
    pub title: Option<Personal>,
    /// Rows only.
    #[serde(deserialize_with = "lenient::id")]
    pub description: Option<Personal>,
}

/// `nfm_reply`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct FlowReply {
    /// `flow`, `address_message` or anything: do not switch on it alone.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// What the person saw.
    #[serde(deserialize_with = "lenient::id")]
    pub body: Option<Personal>,
    /// A text with JSON inside, which may fail to parse.
    #[serde(deserialize_with = "lenient::id")]
    pub response_json: Option<Personal>,
}

impl FlowReply {
    /// The answers as a tree, if the text inside is JSON.
    pub fn response(&self) -> Option<serde_json::Value> {
        serde_json::from_str(self.response_json.as_ref()?.expose()).ok()
    }
}

/// Whether we may call.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct CallPermissionReply {
    /// `accept` or `reject`.
    #[serde(deserialize_with = "lenient::text")]
    pub response: Option<String>,
    /// Without end.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_permanent: Option<bool>,
    /// Until when.
    #[serde(deserialize_with = "lenient::secs")]
    pub expiration_timestamp: Option<UnixMillis>,
    /// `user_action` or `automatic`.
    #[serde(deserialize_with = "lenient::text")]
    pub response_source: Option<String>,
}

/// A cart.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Order {
    /// The catalogue.
    #[serde(deserialize_with = "lenient::text")]
    pub catalog_id: Option<String>,
    /// Usually empty.
    #[serde(deserialize_with = "lenient::id")]
    pub text: Option<Personal>,
    /// What is in it.
    #[serde(deserialize_with = "lenient::or_default")]
    pub product_items: Vec<OrderItem>,
}

/// A line of a cart.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct OrderItem {
    /// The product.
    #[serde(deserialize_with = "lenient::text")]
    pub product_retailer_id: Option<String>,
    /// How many.
    #[serde(deserialize_with = "lenient::float")]
    pub quantity: Option<f64>,
    /// What the person saw; check it against the catalogue.
    #[serde(deserialize_with = "lenient::float")]
    pub item_price: Option<f64>,
    /// ISO 4217.
    #[serde(deserialize_with = "lenient::text")]
    pub currency: Option<String>,
}

/// Number, user id or identity changed (webhooks.md §4.13).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SystemNotice {
    /// `user_changed_number`, `user_changed_user_id`, `customer_identity_changed`.
    pub kind: Option<String>,
    /// English prose; never parse it.
    pub body: Option<Personal>,
    /// The person's new ids. The old number is the message's `from`.
    pub new: UserRef,
    /// The person's old user ids, since August 2026.
    pub previous: UserRef,
    /// With identity changes.
    pub identity: Option<Identity>,
}

/// State of a person's identity key.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Identity {
    /// Whether we acknowledged it.
    #[serde(deserialize_with = "lenient::boolean")]
    pub acknowledged: Option<bool>,
    /// When it was made.
    #[serde(deserialize_with = "lenient::secs")]
    pub created_timestamp: Option<UnixMillis>,
    /// The hash.
    #[serde(deserialize_with = "lenient::text")]
    pub hash: Option<String>,
}

/// An edit.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// Which message.
    pub original_message_id: Option<WaMessageId>,
    /// `type` of the new content.
    pub kind: String,
    /// The new content.
    pub content: MessageContent,
    /// What it quotes.
    pub context: Option<MessageContext>,
}

/// What a message quotes (webhooks.md §4.15). All keys are optional.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct MessageContext {
    /// The quoted message; may be unknown to us.
    #[serde(deserialize_with = "lenient::id", alias = "message_id")]
    pub id: Option<WaMessageId>,
    /// Who wrote that.
    #[serde(deserialize_with = "lenient::id")]
    pub from: Option<WaId>,
    /// Forwarded.
    #[serde(deserialize_with = "lenient::boolean")]
    pub forwarded: Option<bool>,
    /// Forwarded more than five times.
    #[serde(deserialize_with = "lenient::boolean")]
    pub frequently_forwarded: Option<bool>,
    /// The product asked about.
    pub referred_product: Option<ReferredProduct>,
}

/// The product asked about.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct ReferredProduct {
    /// The catalogue.
    #[serde(deserialize_with = "lenient::text")]
    pub catalog_id: Option<String>,
    /// The product.
    #[serde(deserialize_with = "lenient::text")]
    pub product_retailer_id: Option<String>,
}

/// The ad or post a chat started from (webhooks.md §4.16).
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Referral {
    /// Link to it.
    #[serde(deserialize_with = "lenient::text")]
    pub source_url: Option<String>,
    /// `ad` or `post`.
    #[serde(deserialize_with = "lenient::text")]
    pub source_type: Option<String>,
    /// Its id.
    #[serde(deserialize_with = "lenient::text")]
    pub source_id: Option<String>,
    /// Headline.
    #[serde(deserialize_with = "lenient::text")]
    pub headline: Option<String>,
    /// Text.
    #[serde(deserialize_with = "lenient::text")]
    pub body: Option<String>,
    /// `image` or `video`.
    #[serde(deserialize_with = "lenient::text")]
    pub media_type: Option<String>,
    /// Click id for conversions; absent for Status ads and posts.
    #[serde(deserialize_with = "lenient::text")]
    pub ctwa_clid: Option<String>,
}

/// A past message with its thread.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryMessage {
    /// The chat it belongs to; absent when the medium of a placeholder follows.
    pub thread: Option<Arc<HistoryThread>>,
    /// The message; `from` is us or them.
    pub message: Message,
    /// `READ`, `DELIVERED`, …: how far it had come.
    pub status: Option<String>,
}

/// A chat in the history.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryThread {
    /// The person's number.
    pub id: Option<WaId>,
    /// The person's ids.
    pub user: UserRef,
    /// The person's username.
    pub username: Option<Personal>,
    /// `context` as received.
    pub raw_context: Option<RawJson>,
}
