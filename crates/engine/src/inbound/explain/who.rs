//! Whom or what an event concerns, and when it happened.

use switchboard_cloud_api::webhooks::{Event, EventBody, MessageContent, UserRef, WebhookContact};
use switchboard_domain::redact::Personal;
use switchboard_domain::time::UnixMillis;

use super::super::people;

/// Whom or what, in words.
pub(super) fn of(event: &Event) -> String {
    match &event.body {
        EventBody::Message(m) if m.from.is_empty() && m.contact.is_none() => match &m.content {
            // A change of user id names the person by the old and the new one only.
            MessageContent::System(notice) if notice.previous.is_empty() => person(&notice.new, None),
            MessageContent::System(notice) => person(&notice.previous, None),
            _ => person(&m.from, None),
        },
        EventBody::Message(m) => match &m.group_id {
            Some(group) => format!("{} in the group {group}", person(&m.from, m.contact.as_ref())),
            None => person(&m.from, m.contact.as_ref()),
        },
        EventBody::Echo(m) => person(&m.to, m.contact.as_ref()),
        EventBody::AgentEcho(echo) => person(&echo.to, None),
        EventBody::Status(s) => match (&s.group_id, s.participant.is_empty() && s.recipient.is_empty()) {
            (Some(group), true) => format!("the group {group}"),
            (Some(group), false) => format!("{} in the group {group}", person(&s.participant, s.contact.as_ref())),
            (None, true) => format!("whoever got message {}", s.id.as_str()),
            (None, false) => person(&s.recipient, s.contact.as_ref()),
        },
        EventBody::PaymentStatus(p) => person(&p.recipient, None),
        EventBody::HistoryMessage(past) => match &past.thread {
            Some(thread) => {
                let mut user = thread.user.clone();
                user.wa_id = user.wa_id.or_else(|| thread.id.clone());
                person(&user, None)
            }
            // Of ours, the person is the one it went to.
            None if !past.message.to.is_empty() => person(&past.message.to, None),
            None => person(&past.message.from, None),
        },
        EventBody::ContactSync(sync) => {
            let user = UserRef {
                wa_id: sync.contact.phone_number.clone(),
                user_id: sync.contact.user_id.clone(),
                parent_user_id: None,
            };
            let name = sync.contact.full_name.as_ref().or(sync.contact.first_name.as_ref());
            named(name.map(Personal::expose), &user)
        }
        EventBody::UserPreference(p) => person(&p.user, p.contact.as_ref()),
        EventBody::UserIdUpdate(u) => {
            let user_id = u.user_id.previous.clone().or_else(|| u.user_id.current.clone());
            person(&UserRef { wa_id: u.wa_id.clone(), user_id, parent_user_id: None }, None)
        }
        EventBody::Handover(h) => {
            let user = UserRef {
                wa_id: h.sender.phone_number.clone(),
                user_id: h.sender.user_id.clone(),
                parent_user_id: None,
            };
            person(&user, None)
        }
        EventBody::Call(c) => match &c.contact {
            Some(contact) => person(&contact.user, Some(contact)),
            // The other side: who called us, or whom we called.
            None if c.direction.as_deref() == Some("BUSINESS_INITIATED") => person(&c.to, None),
            None => person(&c.from, None),
        },
        EventBody::CallStatus(c) => person(&c.recipient, None),
        EventBody::Contact(c) => person(&c.user, Some(c)),
        EventBody::Group(group) => format!("the group {}", group.group_id.as_deref().unwrap_or("without an id")),
        EventBody::TemplateStatus(t) => {
            template(t.name.as_deref(), t.language.as_deref(), t.template_id.as_ref().map(ToString::to_string))
        }
        EventBody::TemplateQuality(t) => {
            template(t.name.as_deref(), t.language.as_deref(), t.template_id.as_ref().map(ToString::to_string))
        }
        EventBody::TemplateComponents(t) => {
            template(t.name.as_deref(), t.language.as_deref(), t.template_id.as_ref().map(ToString::to_string))
        }
        EventBody::TemplateCategory(t) => {
            template(t.name.as_deref(), t.language.as_deref(), t.template_id.as_ref().map(ToString::to_string))
        }
        EventBody::TemplateCorrectCategory(t) => {
            template(t.name.as_deref(), t.language.as_deref(), t.template_id.as_ref().map(ToString::to_string))
        }
        EventBody::Flow(flow) => format!("the flow {}", flow.flow_id.as_deref().unwrap_or("without an id")),
        EventBody::BusinessCapability(_) => "your business portfolio".to_owned(),
        EventBody::PartnerSolution(_) => "your business portfolio".to_owned(),
        EventBody::AccountAlert(alert) => match (alert.entity_type.as_deref(), alert.entity_id.as_deref()) {
            (Some("PHONE_NUMBER"), Some(id)) => format!("your number {id}"),
            (Some("BUSINESS"), _) => "your business portfolio".to_owned(),
            _ => own(event),
        },
        EventBody::AccountSettings(s) => match &s.phone_number_settings.phone_number_id {
            Some(id) => format!("your number {id}"),
            None => own(event),
        },
        EventBody::UserAction(_) | EventBody::Tracking(_) => "somebody whom the event does not name".to_owned(),
        EventBody::AutomaticEvent(_) => "the sender of a message".to_owned(),
        EventBody::AccountError(_)
        | EventBody::HistoryChunk(_)
        | EventBody::ConversationContext
        | EventBody::AccountUpdate(_)
        | EventBody::AccountReview(_)
        | EventBody::Security(_)
        | EventBody::PhoneNumberQuality(_)
        | EventBody::PhoneNumberName(_)
        | EventBody::BusinessUsername(_)
        | EventBody::PaymentConfiguration(_)
        | EventBody::Unknown(_) => own(event),
    }
}

/// The word beside the kind: type, status or event.
pub(super) fn detail(event: &Event) -> Option<String> {
    match &event.body {
        EventBody::Message(m) | EventBody::Echo(m) => Some(m.kind.clone()),
        EventBody::AgentEcho(echo) => echo.kind.clone(),
        EventBody::HistoryMessage(past) => Some(past.message.kind.clone()),
        EventBody::Status(s) => Some(s.status.as_str().to_owned()),
        EventBody::PaymentStatus(p) => Some(p.status.clone()),
        EventBody::CallStatus(c) => Some(c.status.clone()),
        EventBody::Call(c) => c.event.clone(),
        EventBody::Group(g) => g.kind.clone(),
        EventBody::UserPreference(p) => Some(p.value.as_str().to_owned()),
        EventBody::UserAction(a) => a.action_type.clone(),
        EventBody::ContactSync(s) => s.action.clone(),
        EventBody::Handover(h) => h.kind.clone(),
        EventBody::TemplateStatus(t) => t.event.as_ref().map(|s| s.as_str().to_owned()),
        EventBody::TemplateQuality(t) => t.new_quality_score.clone(),
        EventBody::TemplateCategory(t) => t.impending.clone().or_else(|| t.current.clone()),
        EventBody::TemplateCorrectCategory(t) => t.correct_category.clone(),
        EventBody::AccountUpdate(u) => u.event.clone(),
        EventBody::AccountReview(r) => r.decision.clone(),
        EventBody::AccountAlert(a) => a.alert().alert_type.clone(),
        EventBody::AccountError(e) => Some(e.code.to_string()),
        EventBody::BusinessCapability(c) => {
            c.max_daily_conversations_per_business.as_ref().map(|l| l.as_str().to_owned())
        }
        EventBody::AccountSettings(s) => s.kind.clone(),
        EventBody::Security(s) => s.event.clone(),
        EventBody::PhoneNumberQuality(q) => q.event.clone(),
        EventBody::PhoneNumberName(n) => n.decision.clone(),
        EventBody::BusinessUsername(u) => u.status.clone(),
        EventBody::Flow(f) => f.event.clone(),
        EventBody::PaymentConfiguration(p) => p.status.clone(),
        EventBody::PartnerSolution(p) => p.event.clone(),
        EventBody::AutomaticEvent(a) => a.event_name.clone(),
        EventBody::Tracking(t) => t.event_name.clone(),
        EventBody::UserIdUpdate(_)
        | EventBody::HistoryChunk(_)
        | EventBody::ConversationContext
        | EventBody::TemplateComponents(_)
        | EventBody::Contact(_)
        | EventBody::Unknown(_) => None,
    }
}

/// When it happened at Meta, by its own account.
pub(super) fn at(event: &Event) -> Option<UnixMillis> {
    match &event.body {
        EventBody::Message(m) | EventBody::Echo(m) => m.at,
        EventBody::AgentEcho(echo) => echo.at,
        EventBody::HistoryMessage(past) => past.message.at,
        EventBody::Status(s) => s.at,
        EventBody::PaymentStatus(p) => p.at,
        EventBody::Call(c) => c.at,
        EventBody::CallStatus(c) => c.at,
        EventBody::Group(g) => g.timestamp,
        EventBody::UserPreference(p) => p.at,
        EventBody::UserIdUpdate(u) => u.timestamp,
        EventBody::UserAction(a) => a.timestamp,
        EventBody::ContactSync(s) => s.metadata.timestamp,
        EventBody::Handover(h) => h.timestamp,
        EventBody::AccountSettings(s) => s.timestamp,
        EventBody::AutomaticEvent(a) => a.timestamp,
        EventBody::Tracking(t) => t.timestamp,
        _ => None,
    }
}

fn person(user: &UserRef, contact: Option<&WebhookContact>) -> String {
    let ids = people::merged(user, contact);
    let name = contact.and_then(|c| c.name.as_ref().or(c.username.as_ref()));
    named(name.map(Personal::expose), &ids)
}

fn named(name: Option<&str>, user: &UserRef) -> String {
    let mut parts: Vec<String> = name.filter(|n| !n.trim().is_empty()).map(str::to_owned).into_iter().collect();
    if let Some(wa_id) = &user.wa_id {
        let digits = wa_id.as_str();
        let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        parts.push(if is_number { format!("+{digits}") } else { digits.to_owned() });
    }
    if let Some(id) = user.user_id.as_ref().or(user.parent_user_id.as_ref()) {
        parts.push(id.as_str().to_owned());
    }
    if parts.is_empty() { "somebody whom the event does not name".to_owned() } else { parts.join(", ") }
}

fn template(name: Option<&str>, language: Option<&str>, id: Option<String>) -> String {
    match (name, language) {
        (Some(name), Some(language)) => format!("the template {name} ({language})"),
        (Some(name), None) => format!("the template {name}"),
        (None, _) => format!("the template {}", id.unwrap_or_else(|| "without a name".to_owned())),
    }
}

/// Our own number or account.
fn own(event: &Event) -> String {
    let envelope = &event.envelope;
    if let Some(number) = envelope.display_phone_number.as_deref().filter(|n| !n.is_empty()) {
        return format!("your number {number}");
    }
    if let Some(id) = &envelope.phone_number_id {
        return format!("your number {id}");
    }
    match &envelope.waba_id {
        Some(id) => format!("your account {id}"),
        None => "your account".to_owned(),
    }
}
