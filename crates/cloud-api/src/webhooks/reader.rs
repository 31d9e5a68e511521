//! From the bytes of a webhook to events.
//!
//! Reading goes over the bytes three times at most (envelope, arrays, elements) and builds no tree; a body whose
//! envelope is not of the documented shape is read again level by level, so that the good parts still count.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use switchboard_domain::ids::{PhoneNumberId, WabaId};
use switchboard_domain::time::UnixMillis;

use super::event::{Envelope, Event, EventBody, UnknownReason};
use super::history::{history_message, read_history};
use super::others::{AgentEchoWire, Handover, PreferenceWire};
use super::sink::{Contacts, Sink, shape};
use super::value::{Metadata, Object, Parts};
use super::{calls, message_wire, salvage, status};
use crate::errors::GraphError;
use crate::lenient;

/// Largest body that is read. Meta's are at most 3 MB (webhooks.md §1.6).
pub const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

/// Most updates in one body. Meta's limit is 1000, history chunks hold thousands of messages; the rest of the
/// room only keeps a hostile body from becoming hundreds of megabytes of events.
pub const MAX_EVENTS: usize = 60_000;

/// A body that is no webhook. Keep the bytes and answer 200: asking Meta again would bring the same.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// More bytes than any webhook has.
    #[error("the body has {size_bytes} bytes; webhooks have at most {MAX_BODY_BYTES}")]
    TooLarge {
        /// How many.
        size_bytes: usize,
    },
    /// Not text.
    #[error("the body is not UTF-8 text (at byte {at})")]
    NotUtf8 {
        /// Where.
        at: usize,
    },
    /// Not JSON, cut off, or nested too deeply.
    #[error("the body is not JSON: {problem}")]
    NotJson {
        /// Where reading stopped.
        problem: String,
    },
    /// JSON, but not an object with `entry`.
    #[error("the body is JSON but not a webhook: it has no list called entry")]
    NotAWebhook,
    /// More updates than any webhook has.
    #[error("the body has more than {MAX_EVENTS} updates")]
    TooMany,
}

// A key that is not known at these levels sends the body down the slower way, which keeps it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Top<'a> {
    #[serde(default, deserialize_with = "lenient::text")]
    object: Option<String>,
    #[serde(borrow)]
    entry: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry<'a> {
    #[serde(default, deserialize_with = "lenient::id")]
    id: Option<WabaId>,
    #[serde(default, deserialize_with = "lenient::secs")]
    time: Option<UnixMillis>,
    #[serde(borrow, default)]
    changes: Vec<Change<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change<'a> {
    #[serde(default, deserialize_with = "lenient::text")]
    field: Option<String>,
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
}

/// Reads a webhook body.
///
/// # Errors
/// [`ReadError`] when it is no webhook at all. Parts that are not understood are events, not errors.
pub fn read(body: &[u8]) -> Result<Vec<Event>, ReadError> {
    if body.len() > MAX_BODY_BYTES {
        return Err(ReadError::TooLarge { size_bytes: body.len() });
    }
    let text = std::str::from_utf8(body).map_err(|e| ReadError::NotUtf8 { at: e.valid_up_to() })?;
    let mut out = Sink::default();
    match serde_json::from_str::<Top<'_>>(text) {
        Ok(top) if is_ours(top.object.as_deref()) => {
            for entry in top.entry {
                for change in entry.changes {
                    read_change(&mut out, entry.id.as_ref(), entry.time, change);
                }
            }
        }
        _ => read_loosely(&mut out, text)?,
    }
    if out.full { Err(ReadError::TooMany) } else { Ok(out.events) }
}

/// Level by level, for bodies whose envelope is not as documented.
fn read_loosely(out: &mut Sink, text: &str) -> Result<(), ReadError> {
    let whole: &RawValue =
        serde_json::from_str(text).map_err(|e| ReadError::NotJson { problem: crate::client::describe(&e) })?;
    let text = salvage::whole_characters(text);
    let mut top = serde_json::from_str::<Object<'_>>(&text).map_err(|_| ReadError::NotAWebhook)?;
    let entries = top.take_list("entry").filter(|e| !e.is_not_a_list).ok_or(ReadError::NotAWebhook)?;
    let object = top.take_text("object");
    if !is_ours(object.as_deref()) {
        let envelope = Arc::new(Envelope { field: object.unwrap_or_default(), ..Envelope::default() });
        out.unknown(&envelope, whole, UnknownReason::OtherObject);
        return Ok(());
    }
    for raw in entries.items {
        read_entry_loosely(out, raw);
    }
    keep_rest(out, &Arc::default(), top);
    Ok(())
}

fn read_entry_loosely(out: &mut Sink, raw: &RawValue) {
    let mut entry = match serde_json::from_str::<Object<'_>>(raw.get()) {
        Ok(entry) => entry,
        Err(e) => return out.unknown(&Arc::default(), raw, shape(&e)),
    };
    let envelope = Envelope {
        waba_id: entry.take_text("id").filter(|id| !id.is_empty()).map(WabaId::new),
        entry_time: entry.take_text("time").and_then(|time| lenient::secs_of(&time)),
        ..Envelope::default()
    };
    let shared = Arc::new(envelope.clone());
    let changes = entry.take_list("changes").unwrap_or_default();
    if changes.is_not_a_list {
        return out.unknown(&shared, raw, UnknownReason::Shape("changes is not a list".to_owned()));
    }
    for raw_change in changes.items {
        let mut change = match serde_json::from_str::<Object<'_>>(raw_change.get()) {
            Ok(change) => change,
            Err(e) => {
                out.unknown(&shared, raw_change, shape(&e));
                continue;
            }
        };
        let read = Change { field: change.take_text("field"), value: change.take("value") };
        read_change(out, envelope.waba_id.as_ref(), envelope.entry_time, read);
        keep_rest(out, &shared, change);
    }
    keep_rest(out, &shared, entry);
}

/// What stands beside the documented keys of a level.
fn keep_rest(out: &mut Sink, envelope: &Arc<Envelope>, object: Object<'_>) {
    for (key, raw) in object.0 {
        out.unknown(envelope, raw, UnknownReason::Key(key.into_owned()));
    }
}

/// Missing in some fixtures; anything else belongs to another product.
fn is_ours(object: Option<&str>) -> bool {
    object.is_none_or(|o| o == "whatsapp_business_account")
}

fn read_change(out: &mut Sink, waba_id: Option<&WabaId>, entry_time: Option<UnixMillis>, change: Change<'_>) {
    let mut envelope = Envelope {
        waba_id: waba_id.cloned(),
        field: change.field.unwrap_or_default(),
        entry_time,
        phone_number_id: None,
        display_phone_number: None,
    };
    let Some(value) = change.value else {
        // A field without a value still says that something happened.
        if let Ok(null) = serde_json::from_str::<&RawValue>("null") {
            out.unknown(&Arc::new(envelope), null, UnknownReason::Shape("value is missing".to_owned()));
        }
        return;
    };
    if read_object(out, &mut envelope, value) {
        return;
    }
    match serde_json::from_str::<Parts<'_>>(value.get()) {
        Ok(parts) => read_parts(out, envelope, value, parts, Source::Direct),
        Err(e) => match serde_json::from_str::<Parts<'_>>(&salvage::whole_characters(value.get())) {
            Ok(parts) => read_parts(out, envelope, value, parts, Source::Direct),
            Err(_) => out.unknown(&Arc::new(envelope), value, shape(&e)),
        },
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Numbered {
    #[serde(deserialize_with = "lenient::text")]
    display_phone_number: Option<String>,
}

/// The fields whose `value` is one object. Says whether it was one of them.
fn read_object(out: &mut Sink, envelope: &mut Envelope, value: &RawValue) -> bool {
    use EventBody as B;
    let field = envelope.field.clone();
    if field == "messages" || field == "standby" {
        return false;
    }
    if let Ok(numbered) = serde_json::from_str::<Numbered>(value.get()) {
        envelope.display_phone_number = numbered.display_phone_number;
    }
    if field == "messaging_handovers" {
        if let Ok(h) = serde_json::from_str::<Handover>(value.get()) {
            envelope.phone_number_id = h.recipient.phone_number_id;
            envelope.display_phone_number = h.recipient.display_phone_number;
        }
        out.plain(&Arc::new(std::mem::take(envelope)), value, B::Handover);
        return true;
    }
    let shared = Arc::new(envelope.clone());
    let e = &shared;
    match field.as_str() {
        // One example of Meta carries quality under the status field's name (webhooks.md §7.1).
        "message_template_status_update" | "template_status_update" | "message_template_quality_update"
            if value.get().contains("\"new_quality_score\"") =>
        {
            out.plain(e, value, B::TemplateQuality);
        }
        "message_template_status_update" | "template_status_update" => out.plain(e, value, B::TemplateStatus),
        "message_template_quality_update" => out.plain(e, value, B::TemplateQuality),
        "message_template_components_update" => out.plain(e, value, B::TemplateComponents),
        "template_category_update" => out.plain(e, value, B::TemplateCategory),
        "template_correct_category_detection" => out.plain(e, value, B::TemplateCorrectCategory),
        "account_update" => out.plain(e, value, B::AccountUpdate),
        "account_review_update" => out.plain(e, value, B::AccountReview),
        "account_alerts" => out.plain(e, value, B::AccountAlert),
        "business_capability_update" => out.plain(e, value, B::BusinessCapability),
        "account_settings_update" => out.plain(e, value, B::AccountSettings),
        "security" => out.plain(e, value, B::Security),
        "phone_number_quality_update" => out.plain(e, value, B::PhoneNumberQuality),
        "phone_number_name_update" => out.plain(e, value, B::PhoneNumberName),
        "business_username_updates" | "business_username_update" => out.plain(e, value, B::BusinessUsername),
        "flows" => out.plain(e, value, B::Flow),
        "payment_configuration_update" => out.plain(e, value, B::PaymentConfiguration),
        "partner_solutions" => out.plain(e, value, B::PartnerSolution),
        "business_status_update" | "consumer_profile" | "whatsapp_account" => {
            out.unknown(e, value, UnknownReason::Field);
        }
        _ => return false,
    }
    true
}

/// Whether the arrays stood in `value` or in `value.standby`.
#[derive(Clone, Copy, PartialEq)]
enum Source {
    Direct,
    Standby,
}

/// Fields whose arrays are understood. Any other field with arrays is read too, if it has no other content.
fn is_array_field(field: &str) -> bool {
    matches!(
        field,
        "messages"
            | "standby"
            | "message_echoes"
            | "smb_message_echoes"
            | "history"
            | "smb_app_state_sync"
            | "calls"
            | "group_lifecycle_update"
            | "group_participants_update"
            | "group_participant_update"
            | "group_settings_update"
            | "group_status_update"
            | "user_preferences"
            | "user_id_update"
            | "automatic_events"
            | "tracking_events"
            | ""
    )
}

fn read_metadata(out: &mut Sink, envelope: &mut Envelope, raw: &RawValue) {
    if let Ok(metadata) = serde_json::from_str::<Metadata>(raw.get()) {
        envelope.phone_number_id = metadata.phone_number_id;
        envelope.display_phone_number = metadata.display_phone_number.or(envelope.display_phone_number.take());
        return;
    }
    let text = salvage::whole_characters(raw.get());
    let mut metadata = match serde_json::from_str::<Object<'_>>(&text) {
        Ok(metadata) => metadata,
        Err(_) if raw.get() == "null" => return,
        Err(e) => return out.unknown(&Arc::new(envelope.clone()), raw, shape(&e)),
    };
    envelope.phone_number_id =
        metadata.take_text("phone_number_id").filter(|id| !id.is_empty()).map(PhoneNumberId::new);
    envelope.display_phone_number = metadata.take_text("display_phone_number").or(envelope.display_phone_number.take());
    keep_rest(out, &Arc::new(envelope.clone()), metadata);
}

fn read_parts(out: &mut Sink, mut envelope: Envelope, value: &RawValue, parts: Parts<'_>, source: Source) {
    if let Some(raw) = parts.metadata {
        read_metadata(out, &mut envelope, raw);
    }
    let known_field = is_array_field(&envelope.field);
    let field = envelope.field.clone();
    let envelope = Arc::new(envelope);
    let has_content = parts.standby.is_some() || parts.lists.iter().any(|(_, l)| !l.items.is_empty());
    let has_context = parts.others.iter().any(|(key, _)| key == "conversation_context");
    let odd_list = parts.contacts.is_not_a_list || parts.lists.iter().any(|(_, l)| l.is_not_a_list);
    if !known_field || !(has_content || has_context || odd_list || !parts.contacts.items.is_empty()) {
        // An unknown field, or a known one with none of its arrays: kept whole.
        let why = if known_field {
            UnknownReason::Shape("value has none of the documented lists".to_owned())
        } else {
            UnknownReason::Field
        };
        out.unknown(&envelope, value, why);
        return;
    }
    let mut contacts = Contacts::read(out, &envelope, &parts.contacts);
    for (key, list) in &parts.lists {
        if list.is_not_a_list {
            out.unknown(&envelope, value, UnknownReason::Shape(format!("{key} is not a list")));
            continue;
        }
        for raw in &list.items {
            read_element(out, &envelope, key, raw, &mut contacts, &field, source);
        }
    }
    if parts.contacts.is_not_a_list {
        out.unknown(&envelope, value, UnknownReason::Shape("contacts is not a list".to_owned()));
    }
    contacts.rest(out, &envelope);
    for (key, raw) in parts.others {
        match key.as_ref() {
            "conversation_context" => out.push(&envelope, raw, EventBody::ConversationContext),
            _ => out.unknown(&envelope, raw, UnknownReason::Key(key.into_owned())),
        }
    }
    if let Some(standby) = parts.standby {
        match serde_json::from_str::<Parts<'_>>(standby.get()) {
            Ok(inner) if source == Source::Direct => {
                read_parts(out, Envelope::clone(&envelope), standby, inner, Source::Standby);
            }
            Ok(_) => out.unknown(&envelope, standby, UnknownReason::Key("standby".to_owned())),
            Err(e) => out.unknown(&envelope, standby, shape(&e)),
        }
    }
}

fn read_element(
    out: &mut Sink,
    envelope: &Arc<Envelope>,
    key: &str,
    raw: &RawValue,
    contacts: &mut Contacts<'_>,
    field: &str,
    source: Source,
) {
    use EventBody as B;
    match key {
        "messages" if field == "history" => out.each::<message_wire::Wire>(envelope, raw, |w| history_message(w, None)),
        "messages" => out.each::<message_wire::Wire>(envelope, raw, |w| {
            let mut m = w.into_message()?;
            m.contact = contacts.of(&m.from);
            Some(B::Message(Box::new(m)))
        }),
        "message_echoes" if field == "history" => {
            out.each::<message_wire::Wire>(envelope, raw, |w| history_message(w, None));
        }
        "message_echoes" => {
            let agent = serde_json::from_str::<AgentEchoWire>(raw.get()).ok().and_then(AgentEchoWire::read);
            match agent {
                Some(mut echo) if source == Source::Standby || field == "message_echoes" => {
                    if let Some(contact) = contacts.of(&echo.to) {
                        echo.to = echo.to.or(&contact.user);
                    }
                    out.push(envelope, raw, B::AgentEcho(Box::new(echo)));
                }
                _ => out.each::<message_wire::Wire>(envelope, raw, |w| {
                    let mut m = w.into_message()?;
                    m.contact = contacts.of(&m.to);
                    Some(B::Echo(Box::new(m)))
                }),
            }
        }
        "statuses" => out.each::<status::Wire>(envelope, raw, |w| {
            Some(match w.read()? {
                status::Read::Message(mut s) => {
                    s.contact = contacts.of(&s.recipient).or_else(|| contacts.of(&s.participant));
                    B::Status(s)
                }
                status::Read::Payment(p) => B::PaymentStatus(p),
                status::Read::Call(c) => B::CallStatus(c),
            })
        }),
        "errors" => out.plain::<GraphError>(envelope, raw, B::AccountError),
        "user_actions" => out.plain(envelope, raw, B::UserAction),
        "user_preferences" => out.each::<PreferenceWire>(envelope, raw, |w| {
            let mut p = w.read()?;
            p.contact = contacts.of(&p.user);
            Some(B::UserPreference(Box::new(p)))
        }),
        "user_id_update" => out.plain(envelope, raw, B::UserIdUpdate),
        "state_sync" => out.plain(envelope, raw, B::ContactSync),
        "calls" => out.each::<calls::Wire>(envelope, raw, |w| {
            let mut c = w.into_call()?;
            c.contact = contacts.of(&c.from).or_else(|| contacts.of(&c.to));
            Some(B::Call(Box::new(c)))
        }),
        "groups" => out.plain(envelope, raw, B::Group),
        "automatic_events" => out.plain(envelope, raw, B::AutomaticEvent),
        "events" => out.plain(envelope, raw, B::Tracking),
        "history" => read_history(out, envelope, raw),
        _ => out.unknown(envelope, raw, UnknownReason::Key(key.to_owned())),
    }
}
