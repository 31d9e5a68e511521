//! Everything else: preferences, clicks, user ids, coexistence, agents, flows, payments, partners, signals
//! (webhooks.md §6.2, §7.5–§7.9, §7.13, §7.14).

use serde::Deserialize;
use serde_json::{Map, Value};
use switchboard_domain::ids::{Bsuid, PhoneNumberId, WaId, WaMessageId};
use switchboard_domain::redact::Personal;
use switchboard_domain::time::UnixMillis;

use super::event::{UserRef, WebhookContact};
use crate::errors::GraphError;
use crate::lenient;
use crate::open_enum::open_enum;

open_enum! {
    /// What a person wants.
    PreferenceValue {
        /// No more marketing.
        Stop = "stop",
        /// Marketing again. Lifts a native stop only, never our own opt-out.
        Resume = "resume",
        /// Signed up by a link (unconfirmed).
        Signup = "signup",
    }
}

/// A person's choice in WhatsApp itself.
#[derive(Clone, Debug, PartialEq)]
pub struct UserPreference {
    /// Who.
    pub user: UserRef,
    /// What they want.
    pub value: PreferenceValue,
    /// `marketing_messages`.
    pub category: Option<String>,
    /// When. Order by it: an old `resume` must not beat a newer `stop`.
    pub at: Option<UnixMillis>,
    /// In Meta's words.
    pub detail: Option<String>,
    /// With `signup`.
    pub signup_id: Option<String>,
    /// Who the person is.
    pub contact: Option<WebhookContact>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PreferenceWire {
    #[serde(deserialize_with = "lenient::id")]
    wa_id: Option<WaId>,
    #[serde(deserialize_with = "lenient::id")]
    user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::id")]
    parent_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::text")]
    detail: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    category: Option<String>,
    value: Option<PreferenceValue>,
    #[serde(deserialize_with = "lenient::secs")]
    timestamp: Option<UnixMillis>,
    #[serde(deserialize_with = "lenient::text")]
    signup_id: Option<String>,
}

impl PreferenceWire {
    pub(super) fn read(self) -> Option<UserPreference> {
        Some(UserPreference {
            user: UserRef { wa_id: self.wa_id, user_id: self.user_id, parent_user_id: self.parent_user_id },
            value: self.value?,
            category: self.category,
            at: self.timestamp,
            detail: self.detail,
            signup_id: self.signup_id,
            contact: None,
        })
    }
}

/// A click on a marketing message. It names neither person nor message, only tokens.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct UserAction {
    /// `marketing_messages_link_click`, `landing_page_view`.
    #[serde(deserialize_with = "lenient::text")]
    pub action_type: Option<String>,
    /// When.
    #[serde(deserialize_with = "lenient::secs")]
    pub timestamp: Option<UnixMillis>,
    /// What was clicked.
    #[serde(alias = "landing_page_view_data")]
    pub marketing_messages_link_click_data: Option<ClickData>,
}

/// What was clicked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ClickData {
    /// `cta` or `body`, in any case.
    #[serde(deserialize_with = "lenient::text")]
    pub click_component: Option<String>,
    /// The product.
    #[serde(deserialize_with = "lenient::text")]
    pub product_id: Option<String>,
    /// The click.
    #[serde(deserialize_with = "lenient::text")]
    pub click_id: Option<String>,
    /// The message, by token.
    #[serde(deserialize_with = "lenient::text")]
    pub tracking_token: Option<String>,
}

/// A person's BSUID changed. Documented but not subscribable; the change comes as a system message.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct UserIdUpdate {
    /// The person's number, if told.
    #[serde(deserialize_with = "lenient::id")]
    pub wa_id: Option<WaId>,
    /// Old and new id.
    #[serde(deserialize_with = "lenient::or_default")]
    pub user_id: IdChange,
    /// Old and new parent id.
    #[serde(deserialize_with = "lenient::or_default")]
    pub parent_user_id: IdChange,
    /// When.
    #[serde(deserialize_with = "lenient::secs")]
    pub timestamp: Option<UnixMillis>,
}

/// Old and new id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IdChange {
    /// Before.
    #[serde(deserialize_with = "lenient::id")]
    pub previous: Option<Bsuid>,
    /// Now.
    #[serde(deserialize_with = "lenient::id")]
    pub current: Option<Bsuid>,
}

/// A chunk of history: sort by `chunk_order`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistoryChunk {
    /// 0 (last day), 1 (90 days), 2 (180 days).
    pub phase: Option<i64>,
    /// Place within the phase.
    pub chunk_order: Option<i64>,
    /// 0 to 100 overall.
    pub progress: Option<i64>,
    /// Why there is none; 2593109 when the business shares nothing.
    pub errors: Vec<GraphError>,
}

/// A change in the phone's address book.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct ContactSync {
    /// `contact`.
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// `add` (also for edits) or `remove`.
    #[serde(deserialize_with = "lenient::text")]
    pub action: Option<String>,
    /// The entry; `remove` carries no names.
    #[serde(deserialize_with = "lenient::or_default")]
    pub contact: SyncedContact,
    /// When.
    #[serde(deserialize_with = "lenient::or_default")]
    pub metadata: SyncMetadata,
}

/// An entry of the address book.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SyncedContact {
    /// Whole name.
    #[serde(deserialize_with = "lenient::id")]
    pub full_name: Option<Personal>,
    /// Given name.
    #[serde(deserialize_with = "lenient::id")]
    pub first_name: Option<Personal>,
    /// Number, digits.
    #[serde(deserialize_with = "lenient::id")]
    pub phone_number: Option<WaId>,
    /// Business-scoped id.
    #[serde(deserialize_with = "lenient::id")]
    pub user_id: Option<Bsuid>,
}

/// When an entry changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SyncMetadata {
    /// The moment.
    #[serde(deserialize_with = "lenient::secs")]
    pub timestamp: Option<UnixMillis>,
}

/// What Meta's agent, or another app, sent while it controlled the chat (`standby.message_echoes[]`).
#[derive(Clone, Debug, PartialEq)]
pub struct AgentEcho {
    /// Its message.
    pub id: WaMessageId,
    /// When.
    pub at: Option<UnixMillis>,
    /// To whom.
    pub to: UserRef,
    /// `type` of the send request.
    pub kind: Option<String>,
    /// Its words, if it is a text.
    pub text: Option<Personal>,
    /// The message it answers.
    pub reply_to: Option<WaMessageId>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AgentEchoWire {
    #[serde(deserialize_with = "lenient::id")]
    id: Option<WaMessageId>,
    #[serde(deserialize_with = "lenient::secs")]
    timestamp: Option<UnixMillis>,
    message: Option<AgentMessage>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AgentMessage {
    #[serde(deserialize_with = "lenient::id")]
    to: Option<WaId>,
    #[serde(deserialize_with = "lenient::id")]
    recipient: Option<Bsuid>,
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient::or_default")]
    text: AgentText,
    #[serde(deserialize_with = "lenient::or_default")]
    context: AgentContext,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AgentText {
    #[serde(deserialize_with = "lenient::id")]
    body: Option<Personal>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AgentContext {
    #[serde(deserialize_with = "lenient::id")]
    message_id: Option<WaMessageId>,
}

impl AgentEchoWire {
    /// The echo, if it is of the agent's shape: the send request under `message`.
    pub(super) fn read(self) -> Option<AgentEcho> {
        let message = self.message?;
        Some(AgentEcho {
            id: self.id?,
            at: self.timestamp,
            to: UserRef { wa_id: message.to, user_id: message.recipient, parent_user_id: None },
            kind: message.kind,
            text: message.text.body,
            reply_to: message.context.message_id,
        })
    }
}

/// Control of a chat changed hands.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Handover {
    /// `control_passed` or `control_taken`.
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// When.
    #[serde(deserialize_with = "lenient::secs")]
    pub timestamp: Option<UnixMillis>,
    /// The person.
    #[serde(deserialize_with = "lenient::or_default")]
    pub sender: HandoverSender,
    /// Our number.
    #[serde(deserialize_with = "lenient::or_default")]
    pub recipient: HandoverRecipient,
    /// From whom to whom, as received.
    #[serde(alias = "control_taken")]
    pub control_passed: Option<Map<String, Value>>,
}

/// The person of a handover.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HandoverSender {
    /// Digits.
    #[serde(deserialize_with = "lenient::id", alias = "wa_id")]
    pub phone_number: Option<WaId>,
    /// Unconfirmed.
    #[serde(deserialize_with = "lenient::id")]
    pub user_id: Option<Bsuid>,
}

/// Our number in a handover, where there is no `metadata`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HandoverRecipient {
    /// The number's id.
    #[serde(deserialize_with = "lenient::id")]
    pub phone_number_id: Option<PhoneNumberId>,
    /// The number.
    #[serde(deserialize_with = "lenient::text")]
    pub display_phone_number: Option<String>,
}

/// `flows`: a flow's state or health.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct FlowEvent {
    /// `FLOW_STATUS_CHANGE`, `ENDPOINT_ERROR_RATE`, ….
    #[serde(deserialize_with = "lenient::text")]
    pub event: Option<String>,
    /// In words.
    #[serde(deserialize_with = "lenient::text")]
    pub message: Option<String>,
    /// Which flow.
    #[serde(deserialize_with = "lenient::text")]
    pub flow_id: Option<String>,
    /// Before.
    #[serde(deserialize_with = "lenient::text")]
    pub old_status: Option<String>,
    /// Now.
    #[serde(deserialize_with = "lenient::text")]
    pub new_status: Option<String>,
    /// What to do.
    #[serde(deserialize_with = "lenient::text")]
    pub warning: Option<String>,
    /// `ACTIVATED` or `DEACTIVATED`.
    #[serde(deserialize_with = "lenient::text")]
    pub alert_state: Option<String>,
    /// Rates, latencies and errors, as received.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// `payment_configuration_update` (India).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PaymentConfiguration {
    /// Its name.
    #[serde(deserialize_with = "lenient::text")]
    pub configuration_name: Option<String>,
    /// `razorpay`, ….
    #[serde(deserialize_with = "lenient::text")]
    pub provider_name: Option<String>,
    /// Merchant id at the provider.
    #[serde(deserialize_with = "lenient::text")]
    pub provider_mid: Option<String>,
    /// `Active`, `Needs Connecting`, `Needs Testing`.
    #[serde(deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// When it was made.
    #[serde(deserialize_with = "lenient::secs")]
    pub created_timestamp: Option<UnixMillis>,
    /// When it changed.
    #[serde(deserialize_with = "lenient::secs")]
    pub updated_timestamp: Option<UnixMillis>,
}

/// `partner_solutions`; the envelope's id is a portfolio.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PartnerSolution {
    /// `SOLUTION_CREATED`, `SOLUTION_UPDATED`.
    #[serde(deserialize_with = "lenient::text")]
    pub event: Option<String>,
    /// Which.
    #[serde(deserialize_with = "lenient::text")]
    pub solution_id: Option<String>,
    /// `ACTIVE`, `DRAFT`, ….
    #[serde(deserialize_with = "lenient::text")]
    pub solution_status: Option<String>,
}

/// A lead or purchase that Meta detected in a chat.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct AutomaticEvent {
    /// The message.
    #[serde(deserialize_with = "lenient::id")]
    pub id: Option<WaMessageId>,
    /// `LeadSubmitted` or `Purchase`.
    #[serde(deserialize_with = "lenient::text")]
    pub event_name: Option<String>,
    /// When.
    #[serde(deserialize_with = "lenient::secs")]
    pub timestamp: Option<UnixMillis>,
    /// The ad click.
    #[serde(deserialize_with = "lenient::text")]
    pub ctwa_clid: Option<String>,
    /// Currency and value × 1000.
    pub custom_data: Option<Map<String, Value>>,
}

/// `tracking_events`: a dashboard sample's shape only.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct TrackingEvent {
    /// What happened.
    #[serde(deserialize_with = "lenient::text")]
    pub event_name: Option<String>,
    /// When.
    #[serde(deserialize_with = "lenient::secs")]
    pub timestamp: Option<UnixMillis>,
    /// Tokens.
    pub tracking_data: Option<ClickData>,
}
