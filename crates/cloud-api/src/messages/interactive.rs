//! Interactive messages (messages.md §6, §7). All need an open customer service window.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use switchboard_domain::redact::Personal;

use super::simple::MediaRef;
use crate::limits::LimitError;

/// An interactive message by kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Interactive {
    /// Up to three reply buttons.
    #[serde(alias = "BUTTON")]
    Button(Parts<ButtonsAction>),
    /// Up to ten rows behind a button.
    #[serde(alias = "LIST")]
    List(Parts<ListAction>),
    /// One button that opens a link.
    CtaUrl(Parts<CtaUrlAction>),
    /// Asks where the person is.
    LocationRequestMessage(Parts<LocationRequestAction>),
    /// Asks for the person's own number (July 2026).
    RequestContactInfo(Parts<RequestContactAction>),
    /// Asks for a postal address (India).
    AddressMessage(Parts<AddressAction>),
    /// Opens a flow.
    Flow(Parts<FlowAction>),
    /// One product.
    Product(Parts<ProductAction>),
    /// Up to thirty products.
    ProductList(Parts<ProductListAction>),
    /// The catalogue.
    CatalogMessage(Parts<CatalogAction>),
    /// Two to ten cards.
    Carousel(Parts<CarouselAction>),
    /// A button that calls us.
    VoiceCall(Parts<VoiceCallAction>),
    /// Asks whether we may call.
    CallPermissionRequest(Parts<CallPermissionAction>),
}

/// Header, body and footer around an action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parts<A> {
    /// Above the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// The text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<TextPart>,
    /// Small print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<TextPart>,
    /// What can be done.
    pub action: A,
}

impl<A> Parts<A> {
    /// A body and an action.
    pub fn new(body: impl Into<String>, action: A) -> Self {
        Self { header: None, body: Some(TextPart::new(body)), footer: None, action }
    }
}

/// A body or footer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextPart {
    /// The text.
    pub text: Personal,
}

impl TextPart {
    /// From a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: Personal::new(text) }
    }
}

/// A header.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Header {
    /// ≤ 60 characters.
    Text {
        /// The text.
        text: Personal,
    },
    /// A picture.
    Image {
        /// The medium.
        image: MediaRef,
    },
    /// A film.
    Video {
        /// The medium.
        video: MediaRef,
    },
    /// A file.
    Document {
        /// The medium.
        document: MediaRef,
    },
}

/// `action` of any kind, as a common bound.
pub trait Action {
    /// Checks the action's own limits.
    ///
    /// # Errors
    /// [`LimitError`] names the field and the limit.
    fn check(&self) -> Result<(), LimitError>;
}

macro_rules! word {
    ($(#[$doc:meta])* $name:ident = $text:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            /// The only value.
            #[default]
            #[serde(rename = $text)]
            It,
        }
    };
}
word!(/** `reply` */ ReplyWord = "reply");
word!(/** `cta_url` */ CtaUrlWord = "cta_url");
word!(/** `send_location` */ SendLocationWord = "send_location");
word!(/** `request_contact_info` */ RequestContactWord = "request_contact_info");
word!(/** `address_message` */ AddressWord = "address_message");
word!(/** `flow` */ FlowWord = "flow");
word!(/** `catalog_message` */ CatalogWord = "catalog_message");
word!(/** `voice_call` */ VoiceCallWord = "voice_call");
word!(/** `call_permission_request` */ CallPermissionWord = "call_permission_request");
word!(/** `quick_reply` */ QuickReplyWord = "quick_reply");

/// `action` of a button message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ButtonsAction {
    /// One to three.
    pub buttons: Vec<ReplyButton>,
}

/// A reply button.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReplyButton {
    /// `reply`.
    #[serde(rename = "type")]
    pub kind: ReplyWord,
    /// Id and title.
    pub reply: Reply,
}

impl ReplyButton {
    /// From id (≤ 256) and title (≤ 20).
    pub fn new(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self { kind: ReplyWord::It, reply: Reply { id: id.into(), title: Personal::new(title) } }
    }
}

/// Id and title of a button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Returns in the webhook.
    pub id: String,
    /// What the person sees.
    pub title: Personal,
}

/// `action` of a list message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListAction {
    /// Label of the button that opens the list, ≤ 20.
    pub button: Personal,
    /// One to ten, with ten rows in total.
    pub sections: Vec<ListSection>,
}

/// A section of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListSection {
    /// ≤ 24; required when there is more than one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Personal>,
    /// The rows.
    pub rows: Vec<ListRow>,
}

/// A row of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListRow {
    /// ≤ 200; returns in the webhook.
    pub id: String,
    /// ≤ 24.
    pub title: Personal,
    /// ≤ 72.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Personal>,
}

/// `action` of a link button.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CtaUrlAction {
    /// `cta_url`.
    pub name: CtaUrlWord,
    /// Label and link.
    pub parameters: CtaUrlParameters,
}

/// Label and link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CtaUrlParameters {
    /// ≤ 20.
    pub display_text: Personal,
    /// Where it leads.
    pub url: Personal,
}

/// `action` of a location request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LocationRequestAction {
    /// `send_location`.
    pub name: SendLocationWord,
}

/// `action` of a request for the person's number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RequestContactAction {
    /// `request_contact_info`.
    pub name: RequestContactWord,
}

/// `action` of an address form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AddressAction {
    /// `address_message`.
    pub name: AddressWord,
    /// Country and prefilled values.
    pub parameters: AddressParameters,
}

/// Country and prefilled values of an address form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AddressParameters {
    /// `IN`.
    pub country: String,
    /// Prefilled values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<PersonalMap>,
    /// Addresses to choose from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved_addresses: Option<Vec<PersonalMap>>,
    /// What was wrong with an earlier answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_errors: Option<PersonalMap>,
}

/// A JSON object with personal data; hidden in `Debug`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonalMap(pub Map<String, Value>);

impl std::fmt::Debug for PersonalMap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PersonalMap({} keys)", self.0.len())
    }
}

/// `action` of a flow message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowAction {
    /// `flow`.
    pub name: FlowWord,
    /// Which flow and how.
    pub parameters: FlowParameters,
}

/// Which flow and how it opens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowParameters {
    /// `3`.
    pub flow_message_version: String,
    /// By id …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_id: Option<String>,
    /// … or by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_name: Option<String>,
    /// Returns with the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_token: Option<String>,
    /// Button label, ≤ 30 to be safe.
    pub flow_cta: Personal,
    /// `published` or `draft`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// `navigate` or `data_exchange`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_action: Option<String>,
    /// First screen; required for `navigate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_action_payload: Option<FlowActionPayload>,
}

/// First screen and its data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowActionPayload {
    /// The screen.
    pub screen: String,
    /// Its data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<PersonalMap>,
}

/// `action` of a single product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductAction {
    /// The catalogue.
    pub catalog_id: String,
    /// The product.
    pub product_retailer_id: String,
}

/// `action` of a product list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProductListAction {
    /// The catalogue.
    pub catalog_id: String,
    /// ≤ 10 sections, ≤ 30 products.
    pub sections: Vec<ProductSection>,
}

/// A section of products.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProductSection {
    /// ≤ 24.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Personal>,
    /// The products.
    pub product_items: Vec<ProductItem>,
}

/// One product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductItem {
    /// Its id in the catalogue.
    pub product_retailer_id: String,
}

/// `action` of a catalogue message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CatalogAction {
    /// `catalog_message`.
    pub name: CatalogWord,
    /// Thumbnail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<CatalogParameters>,
}

/// Thumbnail of a catalogue message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogParameters {
    /// Product whose picture is shown.
    pub thumbnail_product_retailer_id: String,
}

/// `action` of a carousel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarouselAction {
    /// Two to ten.
    pub cards: Vec<CarouselCard>,
}

/// A card: media with a link or quick replies (`cta_url`), or a product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarouselCard {
    /// From 0.
    pub card_index: u8,
    /// `cta_url` or `product`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Image or video; required on media cards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// ≤ 160 characters and two line breaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<TextPart>,
    /// What the card does.
    pub action: CardAction,
}

/// What a card does; the same kind and number on all cards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CardAction {
    /// Opens a link.
    Link(CtaUrlAction),
    /// Shows a product.
    Product(ProductAction),
    /// Quick replies.
    Replies {
        /// The buttons.
        buttons: Vec<QuickReply>,
    },
}

/// A quick reply on a card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuickReply {
    /// `quick_reply`.
    #[serde(rename = "type")]
    pub kind: QuickReplyWord,
    /// Id and title, ≤ 20 each.
    pub quick_reply: Reply,
}

/// `action` of a call button.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VoiceCallAction {
    /// `voice_call`.
    pub name: VoiceCallWord,
    /// Label, lifetime, payload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<VoiceCallParameters>,
}

/// Label, lifetime and payload of a call button.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VoiceCallParameters {
    /// ≤ 20; "Call now" when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_text: Option<Personal>,
    /// 1 to 43 200; 10 080 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl_minutes: Option<u32>,
    /// ≤ 512.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<Personal>,
}

/// `action` of a request to call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CallPermissionAction {
    /// `call_permission_request`.
    pub name: CallPermissionWord,
}
