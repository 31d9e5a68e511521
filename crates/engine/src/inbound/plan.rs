//! What is to be done with an event, decided from the event alone.
//!
//! [`apply_event`](super::apply_event) carries a plan out and [`explain`](super::explain) puts the same plan into words,
//! so what the explanation promises is what happens. Every kind of event stands here by name: a kind that the reader
//! learns does not compile until it is decided what becomes of it.

use std::borrow::Cow;

use switchboard_cloud_api::webhooks::{
    AgentEcho, CorrectCategory, Edit, Event, EventBody, HistoryMessage, Message, MessageContent, MessageContext,
    MessageStatus, PreferenceValue, StatusKind, SystemNotice, TemplateCategoryUpdate, TemplateQuality,
    TemplateStatusUpdate, UnknownReason, UserIdUpdate, UserPreference, UserRef, WebhookContact,
};
use switchboard_domain::consent::EventKind;
use switchboard_domain::ids::{Bsuid, PhoneNumberId, TemplateId, WaId, WaMessageId};
use switchboard_domain::redact::Personal;

use super::account::{self, Notice};
use super::people;

/// What becomes of one event. What only the store knows (is the template here? is the message new?) is decided when
/// the plan is carried out.
pub(super) enum Plan<'a> {
    /// Note that the App Dashboard's test came through; its made-up people are left alone (webhooks.md §2.1).
    NoteTest,
    /// Settle a message of ours, as far as the status speaks of delivery.
    Settle(&'a MessageStatus),
    /// Put a person's message into their thread and read it for an opt-out or opt-in.
    AddMessage { message: &'a Message, number: Option<&'a PhoneNumberId> },
    /// Put a reaction on a message, or take it away.
    React { message: &'a Message, target: &'a WaMessageId, emoji: Option<&'a str> },
    /// Show new words in place of a message's old ones, and read them too.
    Edit { message: &'a Message, edit: &'a Edit, target: &'a WaMessageId, number: Option<&'a PhoneNumberId> },
    /// Show new words in place of those of a message of ours.
    EditOurs { message: &'a Message, edit: &'a Edit, target: &'a WaMessageId },
    /// Mark a message as deleted.
    Revoke { target: &'a WaMessageId },
    /// Put a message of ours that was not sent from here into its thread.
    AddOurs { message: Box<Message>, number: &'a PhoneNumberId, by_agent: bool },
    /// Put a message of the past into its thread.
    AddPast { past: &'a HistoryMessage, user: UserRef, number: &'a PhoneNumberId, inbound: bool },
    /// Give new ids to a person.
    Relink(Relink),
    /// Record a choice made in WhatsApp's own menu.
    Prefer { preference: &'a UserPreference, kind: EventKind },
    /// Learn that two ids are one person's.
    Learn(&'a WebhookContact),
    /// Change a template's status.
    TemplateStatus { update: &'a TemplateStatusUpdate, id: &'a TemplateId },
    /// Change a template's quality.
    TemplateQuality { update: &'a TemplateQuality, id: &'a TemplateId, score: &'a str },
    /// Change a template's category, or note that it will change.
    TemplateCategory { update: &'a TemplateCategoryUpdate, id: &'a TemplateId, current: String },
    /// Note that Meta thinks of another category.
    TemplateDoubt { update: &'a CorrectCategory, id: &'a TemplateId },
    /// Note that a template's texts changed and read them.
    TemplateTexts { id: &'a TemplateId },
    /// Read all templates again.
    RereadTemplates,
    /// Note something about the account or a number.
    Notice(Notice),
    /// Understood, and there is nothing to do: why.
    Nothing(&'static str),
    /// Keep it as received.
    Keep(Keep),
}

/// Why an event is only kept.
pub(super) struct Keep {
    /// Ends the sentence "kept as received: …".
    pub why: Cow<'static, str>,
    /// Whether we know what it says and merely have no use for it.
    pub understood: bool,
}

impl Keep {
    fn unused<'a>(why: &'static str) -> Plan<'a> {
        Plan::Keep(Self { why: Cow::Borrowed(why), understood: true })
    }

    fn puzzling<'a>(why: impl Into<Cow<'static, str>>) -> Plan<'a> {
        Plan::Keep(Self { why: why.into(), understood: false })
    }
}

/// Why a message stays outside of the chats.
pub(super) const NO_NUMBER: &str = "a message without the number it went to";

/// Old ids and new ones of a person.
pub(super) struct Relink {
    pub old: UserRef,
    pub wa_id: Option<WaId>,
    pub bsuid: Option<Bsuid>,
}

/// Decides.
pub(super) fn of(event: &Event) -> Plan<'_> {
    if is_dashboard_test(event) {
        return Plan::NoteTest;
    }
    match &event.body {
        EventBody::Status(status) => of_status(status),
        EventBody::Message(message) => of_message(event, message),
        EventBody::Echo(message) => of_echo(event, message),
        EventBody::AgentEcho(echo) => of_agent_echo(event, echo),
        EventBody::HistoryMessage(past) => of_past(event, past),
        EventBody::UserPreference(preference) => of_preference(preference),
        EventBody::UserIdUpdate(update) => of_user_id_update(update),
        EventBody::Contact(contact) => match (&contact.user.wa_id, &contact.user.user_id) {
            (Some(_), Some(_)) => Plan::Learn(contact),
            _ => Plan::Nothing("it names a person by one id only, so there is nothing to learn"),
        },
        EventBody::TemplateStatus(update) => match (&update.template_id, &update.event) {
            (Some(id), Some(_)) => Plan::TemplateStatus { update, id },
            (_, None) => Keep::puzzling("a template change without a status"),
            (None, _) => no_template(),
        },
        EventBody::TemplateQuality(update) => match (&update.template_id, &update.new_quality_score) {
            (Some(id), Some(score)) => Plan::TemplateQuality { update, id, score },
            (_, None) => Keep::puzzling("a quality change without a score"),
            (None, _) => no_template(),
        },
        EventBody::TemplateCategory(update) => match (&update.template_id, &update.current) {
            (Some(id), Some(now)) => Plan::TemplateCategory { update, id, current: now.to_ascii_lowercase() },
            (Some(_), None) => Plan::RereadTemplates,
            (None, _) => no_template(),
        },
        EventBody::TemplateCorrectCategory(update) => match &update.template_id {
            Some(id) => Plan::TemplateDoubt { update, id },
            None => no_template(),
        },
        EventBody::TemplateComponents(update) => match &update.template_id {
            Some(id) => Plan::TemplateTexts { id },
            None => Plan::RereadTemplates,
        },
        EventBody::AccountUpdate(update) => Plan::Notice(account::of_update(update)),
        EventBody::AccountReview(review) => Plan::Notice(account::of_review(review)),
        EventBody::AccountAlert(alert) => Plan::Notice(account::of_alert(alert)),
        EventBody::AccountError(error) => Plan::Notice(account::of_error(error)),
        EventBody::BusinessCapability(capability) => Plan::Notice(account::of_capability(capability)),
        EventBody::PhoneNumberQuality(quality) => Plan::Notice(account::of_quality(quality, number_named(event))),
        EventBody::PhoneNumberName(name) => Plan::Notice(account::of_name(name, number_named(event))),
        EventBody::Security(security) => Plan::Notice(account::of_security(security, number_named(event))),
        EventBody::BusinessUsername(username) => Plan::Notice(account::of_username(username, number_named(event))),
        EventBody::PaymentStatus(_) => Keep::unused("payments are not part of this version"),
        EventBody::UserAction(_) => Keep::unused("clicks on marketing messages are not counted by this version"),
        EventBody::HistoryChunk(_) => {
            Keep::unused("it says how far the phone's history has come, which this version does not show")
        }
        EventBody::ContactSync(_) => Keep::unused("the phone's address book is not taken over by this version"),
        EventBody::Handover(_) => Keep::unused("who leads a chat, you or Meta's agent, is not shown by this version"),
        EventBody::ConversationContext => Keep::unused("an agent's summary of a chat is not shown by this version"),
        EventBody::Call(_) | EventBody::CallStatus(_) => Keep::unused("calls are not part of this version"),
        EventBody::Group(_) => Keep::unused("groups are not part of this version"),
        EventBody::AccountSettings(_) => Keep::unused("calling settings are not part of this version"),
        EventBody::Flow(flow) => match flow.event.as_deref() {
            Some(event) if FLOW_EVENTS.contains(&event) => Keep::unused("flows are not watched by this version"),
            other => Keep::puzzling(format!("an unknown flow event: {}", other.unwrap_or("without a name"))),
        },
        EventBody::PaymentConfiguration(_) => Keep::unused("payments are not part of this version"),
        EventBody::PartnerSolution(_) => Keep::unused("partners' solutions are not part of this version"),
        EventBody::AutomaticEvent(_) => Keep::unused("leads and purchases that Meta detects are not counted yet"),
        EventBody::Tracking(_) => Keep::unused("tracking events are not counted by this version"),
        EventBody::Unknown(reason) => Keep::puzzling(unknown(reason)),
    }
}

/// What is told about flows (webhooks.md §7.13).
const FLOW_EVENTS: [&str; 6] = [
    "FLOW_STATUS_CHANGE",
    "CLIENT_ERROR_RATE",
    "ENDPOINT_ERROR_RATE",
    "ENDPOINT_LATENCY",
    "ENDPOINT_AVAILABILITY",
    "FLOW_VERSION_EXPIRY_WARNING",
];

/// The dashboard's test button sends samples under the account id 0 (webhooks.md §2.1).
fn is_dashboard_test(event: &Event) -> bool {
    event.envelope.waba_id.as_ref().is_some_and(|id| id.as_str() == "0")
}

fn of_status(status: &MessageStatus) -> Plan<'_> {
    match &status.status {
        StatusKind::Other(word) => Keep::puzzling(format!("an unknown status: {word}")),
        StatusKind::Sent
        | StatusKind::Delivered
        | StatusKind::Read
        | StatusKind::Played
        | StatusKind::Failed
        | StatusKind::Deleted
        | StatusKind::Warning => Plan::Settle(status),
    }
}

fn of_message<'a>(event: &'a Event, message: &'a Message) -> Plan<'a> {
    if message.group_id.is_some() {
        return Keep::unused("a message in a group; groups are not part of this version");
    }
    match &message.content {
        MessageContent::RequestWelcome => {
            return Plan::Nothing("the person opened the chat and has written nothing yet");
        }
        MessageContent::System(notice) => return of_system(message, notice),
        _ => {}
    }
    if !people::is_named(&message.from, message.contact.as_ref()) {
        return Keep::puzzling("nobody is named");
    }
    match &message.content {
        MessageContent::Reaction(reaction) => match &reaction.message_id {
            Some(target) => {
                let emoji = reaction.emoji.as_ref().map(Personal::expose).filter(|e| !e.is_empty());
                Plan::React { message, target, emoji }
            }
            None => Keep::puzzling("a reaction to an unnamed message"),
        },
        MessageContent::Edit(edit) => match &edit.original_message_id {
            Some(target) => Plan::Edit { message, edit, target, number: number_of(event) },
            None => Keep::puzzling("a change of an unnamed message"),
        },
        MessageContent::Revoke { original_message_id: Some(target) } => Plan::Revoke { target },
        MessageContent::Revoke { original_message_id: None } => Keep::puzzling("an unnamed message was deleted"),
        _ => Plan::AddMessage { message, number: number_of(event) },
    }
}

fn of_system<'a>(message: &'a Message, notice: &'a SystemNotice) -> Plan<'a> {
    match notice.kind.as_deref() {
        // The middle one is the name of older webhooks; the oldest have none, only the new number.
        Some("user_changed_number" | "customer_changed_number" | "user_changed_user_id") | None
            if !notice.new.is_empty() =>
        {
            let old = UserRef {
                wa_id: notice.previous.wa_id.clone().or_else(|| message.from.wa_id.clone()),
                user_id: notice.previous.user_id.clone().or_else(|| message.from.user_id.clone()),
                parent_user_id: None,
            };
            relink(old, notice.new.wa_id.clone(), notice.new.user_id.clone())
        }
        // Only with identity checks switched on, which we do not; nothing of ours depends on the key.
        Some("customer_identity_changed") => Plan::Nothing("nothing here depends on the person's identity key"),
        other => Keep::puzzling(format!("a system message of kind {}", other.unwrap_or("unknown"))),
    }
}

fn of_user_id_update(update: &UserIdUpdate) -> Plan<'_> {
    let old = UserRef { wa_id: update.wa_id.clone(), user_id: update.user_id.previous.clone(), parent_user_id: None };
    relink(old, None, update.user_id.current.clone())
}

fn relink<'a>(old: UserRef, wa_id: Option<WaId>, bsuid: Option<Bsuid>) -> Plan<'a> {
    if wa_id.is_none() && bsuid.is_none() {
        return Keep::puzzling("a change of id that names no new one");
    }
    Plan::Relink(Relink { old, wa_id, bsuid })
}

fn of_echo<'a>(event: &'a Event, message: &'a Message) -> Plan<'a> {
    match &message.content {
        MessageContent::Revoke { original_message_id: Some(target) } => Plan::Revoke { target },
        MessageContent::Revoke { original_message_id: None } => Keep::puzzling("an unnamed message was deleted"),
        MessageContent::Edit(edit) => match &edit.original_message_id {
            Some(target) => Plan::EditOurs { message, edit, target },
            None => Keep::puzzling("a change of an unnamed message"),
        },
        _ => ours(event, Box::new(message.clone()), false),
    }
}

fn of_agent_echo<'a>(event: &'a Event, echo: &AgentEcho) -> Plan<'a> {
    let content = match &echo.text {
        Some(text) => MessageContent::Text(text.clone()),
        None => MessageContent::Unsupported { sub_type: echo.kind.clone() },
    };
    let message = Message {
        id: echo.id.clone(),
        from: UserRef::default(),
        to: echo.to.clone(),
        at: echo.at,
        kind: echo.kind.clone().unwrap_or_default(),
        content,
        context: echo.reply_to.clone().map(|id| MessageContext { id: Some(id), ..MessageContext::default() }),
        referral: None,
        group_id: None,
        errors: Vec::new(),
        contact: None,
    };
    ours(event, Box::new(message), true)
}

fn ours(event: &Event, message: Box<Message>, by_agent: bool) -> Plan<'_> {
    if !people::is_named(&message.to, message.contact.as_ref()) {
        return Keep::puzzling("nobody is named");
    }
    match number_of(event) {
        Some(number) => Plan::AddOurs { message, number, by_agent },
        None => no_number(),
    }
}

fn of_past<'a>(event: &'a Event, past: &'a HistoryMessage) -> Plan<'a> {
    let Some(thread) = &past.thread else {
        return Keep::unused("a file of the phone's history, which this version does not fetch");
    };
    let mut user = thread.user.clone();
    user.wa_id = user.wa_id.or_else(|| thread.id.clone());
    if !people::is_named(&user, None) {
        return Keep::puzzling("nobody is named");
    }
    let inbound = past.message.from.same_person(&user);
    match number_of(event) {
        Some(number) => Plan::AddPast { past, user, number, inbound },
        None => no_number(),
    }
}

fn of_preference(preference: &UserPreference) -> Plan<'_> {
    if !people::is_named(&preference.user, preference.contact.as_ref()) {
        return Keep::puzzling("nobody is named");
    }
    match preference.value {
        PreferenceValue::Stop => Plan::Prefer { preference, kind: EventKind::MarketingStop },
        // Marketing is all that can be stopped there (webhooks.md §7.6): a resume of something unknown lifts nothing.
        PreferenceValue::Resume if preference.category.as_deref().is_some_and(|c| c != "marketing_messages") => {
            Keep::puzzling("a resume of something other than marketing")
        }
        PreferenceValue::Resume => Plan::Prefer { preference, kind: EventKind::MarketingResume },
        // Unconfirmed at Meta (webhooks.md §7.6); an opt-in must not rest on it.
        PreferenceValue::Signup => Keep::unused("a sign-up by a link is not taken as an opt-in by this version"),
        PreferenceValue::Other(_) => Keep::puzzling("a preference that is neither stop nor resume"),
    }
}

/// The number that an event is about.
fn number_of(event: &Event) -> Option<&PhoneNumberId> {
    event.envelope.phone_number_id.as_ref()
}

/// The number as people read it, for sentences.
fn number_named(event: &Event) -> &str {
    event.envelope.display_phone_number.as_deref().unwrap_or("one of your numbers")
}

fn no_number<'a>() -> Plan<'a> {
    Keep::puzzling(NO_NUMBER)
}

fn no_template<'a>() -> Plan<'a> {
    Keep::puzzling("a template change that names no template")
}

fn unknown(reason: &UnknownReason) -> String {
    match reason {
        UnknownReason::Field => "an unknown field".to_owned(),
        UnknownReason::Key(key) => format!("an unknown key: {key}"),
        UnknownReason::Shape(at) => format!("an unknown shape: {at}"),
        UnknownReason::Part(parts) => format!("a part of the event before it, in an unknown shape: {parts}"),
        UnknownReason::OtherObject => "another product's webhook".to_owned(),
    }
}
