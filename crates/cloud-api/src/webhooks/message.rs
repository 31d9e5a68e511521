//! Messages people send (webhooks.md §4), and the same elements inside echoes, edits and history.

use std::sync::Arc;

use serde::Deserialize;
use switchboard_domain::ids::{Bsuid, MediaId, WaId, WaMessageId};
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

/// What a message says.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
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
#[non_exhaustive]
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

/// Every key of a message element; which ones are set depends on the type. Large parts are boxed: one of these
/// is made per element, and most of its keys stay empty.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Wire {
    #[serde(deserialize_with = "lenient::id")]
    pub id: Option<WaMessageId>,
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
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    group_id: Option<String>,
    context: Option<MessageContext>,
    referral: Option<Box<Referral>>,
    #[serde(deserialize_with = "lenient::or_default")]
    errors: Vec<GraphError>,
    text: Option<WireText>,
    image: Option<Box<InboundMedia>>,
    video: Option<Box<InboundMedia>>,
    audio: Option<Box<InboundMedia>>,
    voice: Option<Box<InboundMedia>>,
    document: Option<Box<InboundMedia>>,
    sticker: Option<Box<InboundMedia>>,
    location: Option<Box<InboundLocation>>,
    contacts: Option<Vec<ContactCard>>,
    reaction: Option<ReactionIn>,
    button: Option<ButtonTap>,
    interactive: Option<Box<WireInteractive>>,
    order: Option<Box<Order>>,
    system: Option<Box<WireSystem>>,
    identity: Option<Identity>,
    unsupported: Option<WireUnsupported>,
    edit: Option<Box<WireEdit>>,
    revoke: Option<WireRevoke>,
    history_context: Option<WireHistoryContext>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireText {
    #[serde(deserialize_with = "lenient::text")]
    body: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireInteractive {
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    kind: Option<String>,
    button_reply: Option<ListOrButtonReply>,
    list_reply: Option<ListOrButtonReply>,
    nfm_reply: Option<FlowReply>,
    call_permission_reply: Option<CallPermissionReply>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireSystem {
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient::id")]
    body: Option<Personal>,
    #[serde(deserialize_with = "lenient::id")]
    wa_id: Option<WaId>,
    #[serde(deserialize_with = "lenient::id")]
    new_wa_id: Option<WaId>,
    #[serde(deserialize_with = "lenient::id")]
    user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::id")]
    parent_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::id")]
    previous_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::id")]
    previous_parent_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::id")]
    customer: Option<WaId>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireUnsupported {
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    kind: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireEdit {
    #[serde(deserialize_with = "lenient::id")]
    original_message_id: Option<WaMessageId>,
    message: Wire,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireRevoke {
    #[serde(deserialize_with = "lenient::id")]
    original_message_id: Option<WaMessageId>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireHistoryContext {
    #[serde(deserialize_with = "lenient::text")]
    status: Option<String>,
}

impl Wire {
    /// How far a past message had come.
    pub(super) fn history_status(&self) -> Option<String> {
        self.history_context.as_ref().and_then(|h| h.status.clone())
    }

    /// The message, unless it has no id: without one it cannot be kept apart from others.
    pub(super) fn into_message(mut self) -> Option<Message> {
        let id = self.id.take()?;
        let from = UserRef {
            wa_id: self.from.take(),
            user_id: self.from_user_id.take(),
            parent_user_id: self.from_parent_user_id.take(),
        };
        let to = UserRef {
            wa_id: self.to.take(),
            user_id: self.to_user_id.take(),
            parent_user_id: self.to_parent_user_id.take(),
        };
        let kind = self.kind.take().unwrap_or_else(|| self.kind_by_content().to_owned());
        let at = self.timestamp;
        let group_id = self.group_id.take().filter(|g| !g.is_empty());
        let context = self.context.take();
        let referral = self.referral.take();
        let errors = std::mem::take(&mut self.errors);
        let content = self.into_content(&kind);
        Some(Message { id, from, to, at, kind, content, context, referral, group_id, errors, contact: None })
    }

    /// For elements without `type`: the content that is there names it.
    fn kind_by_content(&self) -> &'static str {
        let present = [
            ("text", self.text.is_some()),
            ("image", self.image.is_some()),
            ("video", self.video.is_some()),
            ("audio", self.audio.is_some()),
            ("document", self.document.is_some()),
            ("sticker", self.sticker.is_some()),
            ("location", self.location.is_some()),
            ("contacts", self.contacts.is_some()),
            ("reaction", self.reaction.is_some()),
            ("button", self.button.is_some()),
            ("interactive", self.interactive.is_some()),
            ("order", self.order.is_some()),
            ("system", self.system.is_some()),
        ];
        present.iter().find(|(_, there)| *there).map_or("", |(kind, _)| kind)
    }

    fn into_content(self, kind: &str) -> MessageContent {
        use MessageContent as C;
        match kind {
            "text" => self.text.and_then(|t| t.body).map(Personal::new).map(C::Text),
            "image" => self.image.map(|m| C::Image(*m)),
            "video" => self.video.map(|m| C::Video(*m)),
            "audio" | "voice" => self.audio.or(self.voice).map(|m| C::Audio(*m)),
            "document" => self.document.map(|m| C::Document(*m)),
            "sticker" => self.sticker.map(|m| C::Sticker(*m)),
            "location" => self.location.map(|l| C::Location(*l)),
            "contacts" => Some(C::Contacts(self.contacts.unwrap_or_default())),
            "reaction" => self.reaction.map(C::Reaction),
            "button" => self.button.map(C::Button),
            "interactive" => self.interactive.map(|i| C::Interactive(Box::new(i.into_reply()))),
            "order" => self.order.map(C::Order),
            "system" => self.system.map(|s| C::System(Box::new(s.into_notice(self.identity)))),
            "edit" => self.edit.map(|e| C::Edit(Box::new(e.into_edit()))),
            "revoke" => self.revoke.map(|r| C::Revoke { original_message_id: r.original_message_id }),
            "media_placeholder" => Some(C::MediaPlaceholder),
            "request_welcome" => Some(C::RequestWelcome),
            "unsupported" | "unknown" | "ephemeral" => {
                Some(C::Unsupported { sub_type: self.unsupported.and_then(|u| u.kind) })
            }
            _ => None,
        }
        .unwrap_or(C::Other)
    }
}

impl WireInteractive {
    fn into_reply(self) -> InteractiveReply {
        let kind = self.kind.unwrap_or_default();
        if let Some(r) = self.button_reply {
            InteractiveReply::Button(r)
        } else if let Some(r) = self.list_reply {
            InteractiveReply::List(r)
        } else if let Some(r) = self.nfm_reply {
            InteractiveReply::Flow(r)
        } else if let Some(r) = self.call_permission_reply {
            InteractiveReply::CallPermission(r)
        } else {
            InteractiveReply::Other { kind }
        }
    }
}

impl WireSystem {
    fn into_notice(self, identity: Option<Identity>) -> SystemNotice {
        SystemNotice {
            kind: self.kind,
            body: self.body,
            new: UserRef {
                wa_id: self.wa_id.or(self.new_wa_id),
                user_id: self.user_id,
                parent_user_id: self.parent_user_id,
            },
            previous: UserRef {
                wa_id: self.customer,
                user_id: self.previous_user_id,
                parent_user_id: self.previous_parent_user_id,
            },
            identity,
        }
    }
}

impl WireEdit {
    fn into_edit(self) -> Edit {
        let mut message = self.message;
        let kind = message.kind.take().unwrap_or_default();
        let context = message.context.take();
        Edit { original_message_id: self.original_message_id, content: message.into_content(&kind), kind, context }
    }
}
