//! The common shape of every event.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use switchboard_domain::ids::{Bsuid, PhoneNumberId, WaId, WabaId};
use switchboard_domain::redact::Personal;
use switchboard_domain::time::UnixMillis;

use super::salvage;
use super::{
    AccountAlert, AccountReview, AccountSettings, AccountUpdate, AgentEcho, AutomaticEvent, BusinessCapability,
    BusinessUsername, Call, CallStatus, ContactSync, CorrectCategory, FlowEvent, GroupEvent, Handover, HistoryChunk,
    HistoryMessage, Message, MessageStatus, PartnerSolution, PaymentConfiguration, PaymentStatus, PhoneNumberName,
    PhoneNumberQuality, Security, TemplateCategoryUpdate, TemplateComponents, TemplateQuality, TemplateStatusUpdate,
    TrackingEvent, UserAction, UserIdUpdate, UserPreference,
};
use crate::errors::GraphError;
use crate::lenient;

/// A piece of a payload as received. Hidden in `Debug`: it is full of personal data.
#[derive(Clone)]
pub struct RawJson(Box<RawValue>);

impl RawJson {
    pub(super) fn of(raw: &RawValue) -> Self {
        Self(raw.to_owned())
    }

    /// The JSON text.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// Parsed into a tree.
    ///
    /// # Errors
    /// When it is nested deeper than `serde_json` follows.
    pub fn to_value(&self) -> Result<serde_json::Value, serde_json::Error> {
        serde_json::from_str(&salvage::whole_characters(self.0.get()))
    }
}

impl PartialEq for RawJson {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl std::fmt::Debug for RawJson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RawJson({} bytes)", self.0.get().len())
    }
}

/// What all updates of one change have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// `entry[].id`: the WABA; for `partner_solutions` a portfolio, in dashboard tests `0`.
    pub waba_id: Option<WabaId>,
    /// `changes[].field`; empty if it was missing.
    pub field: String,
    /// `entry[].time`; absent for the messages family.
    pub entry_time: Option<UnixMillis>,
    /// `value.metadata.phone_number_id`; absent for account and template fields.
    pub phone_number_id: Option<PhoneNumberId>,
    /// `value.metadata.display_phone_number` or `value.display_phone_number`: digits, or formatted.
    pub display_phone_number: Option<String>,
}

/// One update.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What it shares with its siblings.
    pub envelope: Arc<Envelope>,
    /// What it says.
    pub body: EventBody,
    /// Its JSON as received: the element of an array, or the whole `value` where there is no array.
    pub raw: RawJson,
}

/// Why something stays raw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnknownReason {
    /// A field we have no reader for.
    Field,
    /// A key of `value` we have no reader for.
    Key(String),
    /// A known element in an unknown shape; where reading failed, without the value.
    Shape(String),
    /// A known element that was read but for these parts of it, each by its place: the event before this one holds
    /// the rest.
    Part(String),
    /// Another product's webhook (`object` is not `whatsapp_business_account`).
    OtherObject,
}

/// Everything a webhook can say. Meta adds fields at any time; those are [`EventBody::Unknown`] until they get a variant.
/// The enum is exhaustive on purpose: who matches it without a wildcard is told by the compiler when a kind is added.
#[derive(Clone, Debug, PartialEq)]
pub enum EventBody {
    /// A person wrote (fields `messages`, `standby`).
    Message(Box<Message>),
    /// Fate of a message of ours.
    Status(Box<MessageStatus>),
    /// Fate of a payment; never feed it to the delivery state.
    PaymentStatus(Box<PaymentStatus>),
    /// `value.errors[]`: a notice about the number or account, without a message.
    AccountError(Box<GraphError>),
    /// A click on a marketing message.
    UserAction(Box<UserAction>),
    /// A message the business sent from the phone app. Outgoing: never unread, never automated.
    Echo(Box<Message>),
    /// A message that Meta's agent or another app sent while it controlled the chat.
    AgentEcho(Box<AgentEcho>),
    /// A past message (coexistence).
    HistoryMessage(Box<HistoryMessage>),
    /// A chunk of history: its place in the order, or why there is none.
    HistoryChunk(Box<HistoryChunk>),
    /// A change in the phone's address book (coexistence).
    ContactSync(Box<ContactSync>),
    /// A person stopped or resumed marketing.
    UserPreference(Box<UserPreference>),
    /// A person's BSUID changed.
    UserIdUpdate(Box<UserIdUpdate>),
    /// Control of a chat changed hands.
    Handover(Box<Handover>),
    /// What an agent hands over with the chat (`value.conversation_context`).
    ConversationContext,
    /// A call.
    Call(Box<Call>),
    /// Fate of a call of ours.
    CallStatus(Box<CallStatus>),
    /// A group changed.
    Group(Box<GroupEvent>),
    /// A template's status changed.
    TemplateStatus(Box<TemplateStatusUpdate>),
    /// A template's quality changed.
    TemplateQuality(Box<TemplateQuality>),
    /// A template's text changed: fetch it again.
    TemplateComponents(Box<TemplateComponents>),
    /// A template's category changed or is about to.
    TemplateCategory(Box<TemplateCategoryUpdate>),
    /// Meta's classifier disagrees with a category.
    TemplateCorrectCategory(Box<CorrectCategory>),
    /// The account changed.
    AccountUpdate(Box<AccountUpdate>),
    /// The account's review ended.
    AccountReview(Box<AccountReview>),
    /// Limit decisions, blue tick, lost picture.
    AccountAlert(Box<AccountAlert>),
    /// Messaging limit or number quota of the portfolio.
    BusinessCapability(Box<BusinessCapability>),
    /// Calling settings of a number.
    AccountSettings(Box<AccountSettings>),
    /// Two-step PIN of a number.
    Security(Box<Security>),
    /// Throughput or limit of a number.
    PhoneNumberQuality(Box<PhoneNumberQuality>),
    /// Display-name review.
    PhoneNumberName(Box<PhoneNumberName>),
    /// Our own username.
    BusinessUsername(Box<BusinessUsername>),
    /// A flow's state or health.
    Flow(Box<FlowEvent>),
    /// Payment configuration (India).
    PaymentConfiguration(Box<PaymentConfiguration>),
    /// A partner's solution.
    PartnerSolution(Box<PartnerSolution>),
    /// A lead or purchase that Meta detected.
    AutomaticEvent(Box<AutomaticEvent>),
    /// Undocumented tracking events.
    Tracking(Box<TrackingEvent>),
    /// A contact that came with no message or status to join.
    Contact(Box<WebhookContact>),
    /// Not understood; kept raw.
    Unknown(UnknownReason),
}

impl EventBody {
    /// The kind as a word: stable, for logs and machines.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Message(_) => "message",
            Self::Status(_) => "status",
            Self::PaymentStatus(_) => "payment_status",
            Self::AccountError(_) => "account_error",
            Self::UserAction(_) => "user_action",
            Self::Echo(_) => "echo",
            Self::AgentEcho(_) => "agent_echo",
            Self::HistoryMessage(_) => "history_message",
            Self::HistoryChunk(_) => "history_chunk",
            Self::ContactSync(_) => "contact_sync",
            Self::UserPreference(_) => "user_preference",
            Self::UserIdUpdate(_) => "user_id_update",
            Self::Handover(_) => "handover",
            Self::ConversationContext => "conversation_context",
            Self::Call(_) => "call",
            Self::CallStatus(_) => "call_status",
            Self::Group(_) => "group",
            Self::TemplateStatus(_) => "template_status",
            Self::TemplateQuality(_) => "template_quality",
            Self::TemplateComponents(_) => "template_components",
            Self::TemplateCategory(_) => "template_category",
            Self::TemplateCorrectCategory(_) => "template_correct_category",
            Self::AccountUpdate(_) => "account_update",
            Self::AccountReview(_) => "account_review",
            Self::AccountAlert(_) => "account_alert",
            Self::BusinessCapability(_) => "business_capability",
            Self::AccountSettings(_) => "account_settings",
            Self::Security(_) => "security",
            Self::PhoneNumberQuality(_) => "phone_number_quality",
            Self::PhoneNumberName(_) => "phone_number_name",
            Self::BusinessUsername(_) => "business_username",
            Self::Flow(_) => "flow",
            Self::PaymentConfiguration(_) => "payment_configuration",
            Self::PartnerSolution(_) => "partner_solution",
            Self::AutomaticEvent(_) => "automatic_event",
            Self::Tracking(_) => "tracking",
            Self::Contact(_) => "contact",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// A person, by whichever ids came along; at least one in all documented payloads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct UserRef {
    /// Phone-based id; absent for people with a username whom we do not know by number.
    pub wa_id: Option<WaId>,
    /// Business-scoped user id.
    pub user_id: Option<Bsuid>,
    /// Its parent in linked portfolios.
    pub parent_user_id: Option<Bsuid>,
}

impl UserRef {
    /// Whether nobody is named.
    pub fn is_empty(&self) -> bool {
        self.wa_id.is_none() && self.user_id.is_none() && self.parent_user_id.is_none()
    }

    /// Whether both name the same person by an id they share.
    pub fn same_person(&self, other: &Self) -> bool {
        (self.user_id.is_some() && self.user_id == other.user_id) || (self.wa_id.is_some() && self.wa_id == other.wa_id)
    }

    pub(super) fn or(self, other: &Self) -> Self {
        Self {
            wa_id: self.wa_id.or_else(|| other.wa_id.clone()),
            user_id: self.user_id.or_else(|| other.user_id.clone()),
            parent_user_id: self.parent_user_id.or_else(|| other.parent_user_id.clone()),
        }
    }
}

/// `contacts[]`: who a person is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WebhookContact {
    /// Their ids.
    pub user: UserRef,
    /// Name they gave themselves.
    pub name: Option<Personal>,
    /// Username without a leading `@`. Mutable and re-assignable: never a key.
    pub username: Option<Personal>,
    /// With identity check only.
    pub identity_key_hash: Option<String>,
    /// As received.
    pub raw: Option<Arc<RawJson>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireContact {
    #[serde(deserialize_with = "lenient::id")]
    wa_id: Option<WaId>,
    #[serde(deserialize_with = "lenient::id")]
    user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::id")]
    parent_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::or_default")]
    profile: WireProfile,
    #[serde(deserialize_with = "lenient::text")]
    identity_key_hash: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireProfile {
    #[serde(deserialize_with = "lenient::id")]
    name: Option<Personal>,
    #[serde(deserialize_with = "lenient::text")]
    username: Option<String>,
}

/// May 2026 examples write usernames with a leading `@`, later ones without (webhooks.md §2.2).
pub(super) fn username(text: String) -> Personal {
    Personal::new(text.strip_prefix('@').map(str::to_owned).unwrap_or(text))
}

impl<'de> Deserialize<'de> for WebhookContact {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let w = WireContact::deserialize(d)?;
        Ok(Self {
            user: UserRef { wa_id: w.wa_id, user_id: w.user_id, parent_user_id: w.parent_user_id },
            name: w.profile.name,
            username: w.profile.username.filter(|u| !u.is_empty()).map(username),
            identity_key_hash: w.identity_key_hash,
            raw: None,
        })
    }
}
