//! A webhook in words: which events it contains, whom they concern, what the console would do, what is not understood.
//!
//! For `switchboard-cli webhook explain` and the page Diagnostics. Every sentence is made from the plan that
//! [`apply_event`](super::apply_event) carries out, and needs no profile.

mod effect;
mod who;

use std::io::Read;
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;
use switchboard_bridge::dto::{ExplainedEvent, WebhookExplanation};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_cloud_api::webhooks::{
    Event, EventBody, InteractiveReply, MAX_BODY_BYTES, MessageContent, ReadError, reader,
};
use switchboard_domain::time::UnixMillis;

use super::account::Notice;
use super::plan::{self, NO_NUMBER, Plan};

/// Most bytes that are read at once: some twenty of the largest webhooks.
pub const MAX_INPUT_BYTES: usize = 64 * 1024 * 1024;

/// Why nothing can be explained.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExplainError {
    /// Nothing was given.
    #[error("There is nothing to explain: the input is empty.")]
    Empty,
    /// More than is read at once.
    #[error("The input has {size_bytes} bytes; at most {MAX_INPUT_BYTES} are read at once.")]
    TooLarge {
        /// How many.
        size_bytes: usize,
    },
    /// Not text.
    #[error("The input is not UTF-8 text: byte {at} cannot be read.")]
    NotUtf8 {
        /// Where, from 0.
        at: usize,
    },
    /// Not JSON, or cut off.
    #[error("The input is not JSON: {what} at line {line}, column {column}.")]
    NotJson {
        /// What is wrong there.
        what: &'static str,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// JSON, but no webhook.
    #[error("The input is JSON, but no webhook: it has no list called `entry`.")]
    NotAWebhook,
    /// A webhook beyond Meta's own limits.
    #[error("The webhook cannot be read: {0}.")]
    BeyondLimits(String),
}

impl From<ExplainError> for UiError {
    fn from(error: ExplainError) -> Self {
        let remedy = match &error {
            ExplainError::Empty => "Give a webhook's JSON, as Meta posts it.",
            ExplainError::TooLarge { .. } => "Explain the payloads one by one, or in smaller files.",
            ExplainError::NotUtf8 { .. } => "Save the payload as UTF-8, unchanged from what came over the wire.",
            ExplainError::NotJson { .. } => "Correct it there, or copy the payload again as a whole.",
            ExplainError::NotAWebhook | ExplainError::BeyondLimits(_) => {
                "Give the whole body that Meta posts: an object with `object` and `entry`."
            }
        };
        Self::new(UiErrorCode::InvalidInput, error.to_string(), remedy)
    }
}

/// Reads webhooks (one, a JSON list of them, or one after the other) and says what becomes of each of their events.
/// At most `limit` events are put into words; all are counted. An entry or a change alone, as documentation shows
/// them, counts as a webhook.
///
/// # Errors
/// [`ExplainError`], with the place where reading stopped.
pub fn explain(input: &[u8], limit: usize) -> Result<WebhookExplanation, ExplainError> {
    if input.len() > MAX_INPUT_BYTES {
        return Err(ExplainError::TooLarge { size_bytes: input.len() });
    }
    let text = std::str::from_utf8(input).map_err(|e| ExplainError::NotUtf8 { at: e.valid_up_to() })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let payloads = payloads(text)?;
    let alone = payloads.len() == 1;
    let mut out = WebhookExplanation { payloads: 0, total: 0, unknown: 0, events: Vec::new() };
    for payload in payloads {
        out.payloads = out.payloads.saturating_add(1);
        let number = out.payloads;
        let (read, text) = match payload {
            Payload::Json(payload) => (reader::read(whole(payload).as_bytes()), payload.get()),
            Payload::Broken(line) => (reader::read(line.as_bytes()), line),
        };
        match read {
            Ok(events) => {
                for event in &events {
                    put(&mut out, limit, number, event);
                }
            }
            Err(error) if alone => return Err(of_reader(error)),
            // One bad payload of a list costs no other; it stands in its place.
            Err(error) => {
                out.total = out.total.saturating_add(1);
                out.unknown = out.unknown.saturating_add(1);
                if out.events.len() < limit {
                    out.events.push(unreadable(number, &error, text));
                }
            }
        }
    }
    Ok(out)
}

/// The bytes of a file with payloads; never much more than can be explained.
///
/// # Errors
/// [`UiErrorCode::InvalidInput`] with the system's reason.
pub fn read_file(path: &Path) -> Result<Vec<u8>, UiError> {
    let mut bytes = Vec::new();
    std::fs::File::open(path).and_then(|file| read_from(file, &mut bytes)).map(|()| bytes).map_err(|error| {
        UiError::new(
            UiErrorCode::InvalidInput,
            format!("The file cannot be read: {error}."),
            "Check its path and permissions.",
        )
    })
}

/// The same from anything that can be read.
///
/// # Errors
/// The system's.
pub fn read_from(from: impl Read, bytes: &mut Vec<u8>) -> std::io::Result<()> {
    let most = u64::try_from(MAX_INPUT_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    from.take(most).read_to_end(bytes).map(|_| ())
}

/// The documents of a text, with those of a list taken out of it.
fn payloads(text: &str) -> Result<Vec<Payload<'_>>, ExplainError> {
    let mut all = Vec::new();
    for document in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
        match document {
            Ok(document) => push(&mut all, document),
            Err(e) => return by_line(text).ok_or_else(|| not_json(&e)),
        }
    }
    if all.is_empty() { Err(ExplainError::Empty) } else { Ok(all) }
}

/// One payload a line, as logs keep them; a line that is cut off or no JSON stands in its place. None if that is not
/// how the text is written.
fn by_line(text: &str) -> Option<Vec<Payload<'_>>> {
    let mut all = Vec::new();
    let mut read = 0_usize;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match serde_json::from_str::<&RawValue>(line) {
            Ok(document) if line.starts_with(['{', '[']) => {
                read = read.saturating_add(1);
                push(&mut all, document);
            }
            _ => all.push(Payload::Broken(line)),
        }
    }
    // Of a pretty-printed document that is broken somewhere, hardly a line is a document of its own.
    (read.saturating_mul(2) > all.len()).then_some(all)
}

fn push<'a>(all: &mut Vec<Payload<'a>>, document: &'a RawValue) {
    match serde_json::from_str::<Vec<&RawValue>>(document.get()) {
        Ok(list) => all.extend(list.into_iter().map(Payload::Json)),
        Err(_) => all.push(Payload::Json(document)),
    }
}

/// One document of the input.
enum Payload<'a> {
    Json(&'a RawValue),
    /// A line that is none.
    Broken(&'a str),
}

fn not_json(error: &serde_json::Error) -> ExplainError {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Io | serde_json::error::Category::Syntax | serde_json::error::Category::Data => {
            "something else is expected"
        }
    };
    ExplainError::NotJson { what, line: error.line(), column: error.column() }
}

#[derive(Deserialize)]
struct Piece<'a> {
    #[serde(borrow, default)]
    entry: Option<&'a RawValue>,
    #[serde(borrow, default)]
    changes: Option<&'a RawValue>,
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
}

/// A payload as Meta posts it; an entry or a change alone gets the levels around it.
fn whole(payload: &RawValue) -> String {
    let text = payload.get();
    match serde_json::from_str::<Piece<'_>>(text) {
        Ok(Piece { entry: None, changes: Some(_), .. }) => format!(r#"{{"entry":[{text}]}}"#),
        Ok(Piece { entry: None, changes: None, value: Some(_) }) => format!(r#"{{"entry":[{{"changes":[{text}]}}]}}"#),
        _ => text.to_owned(),
    }
}

fn of_reader(error: ReadError) -> ExplainError {
    match error {
        ReadError::NotUtf8 { at } => ExplainError::NotUtf8 { at },
        ReadError::NotAWebhook => ExplainError::NotAWebhook,
        ReadError::TooLarge { size_bytes } => {
            ExplainError::BeyondLimits(format!("it has {size_bytes} bytes, and webhooks have at most {MAX_BODY_BYTES}"))
        }
        other @ (ReadError::NotJson { .. } | ReadError::TooMany) => ExplainError::BeyondLimits(other.to_string()),
    }
}

fn unreadable(payload: u64, error: &ReadError, raw: &str) -> ExplainedEvent {
    ExplainedEvent {
        payload,
        kind: "unknown".to_owned(),
        field: String::new(),
        detail: None,
        who: "nobody that can be read".to_owned(),
        effect: "Kept as received; a later version reads it again.".to_owned(),
        at_ms: None,
        waba_id: None,
        phone_number_id: None,
        unknown: true,
        reason: Some(error.to_string()),
        raw: Some(raw.to_owned()),
    }
}

fn put(out: &mut WebhookExplanation, limit: usize, payload: u64, event: &Event) {
    let plan = plan::of(event);
    let reason = not_understood(event, &plan);
    out.total = out.total.saturating_add(1);
    out.unknown = out.unknown.saturating_add(u64::from(reason.is_some()));
    if out.events.len() >= limit {
        return;
    }
    let envelope = &event.envelope;
    out.events.push(ExplainedEvent {
        payload,
        kind: event.body.kind().to_owned(),
        field: envelope.field.clone(),
        detail: who::detail(event),
        who: who::of(event),
        effect: effect::of(&plan),
        at_ms: who::at(event).or(envelope.entry_time).map(UnixMillis::as_ms),
        waba_id: envelope.waba_id.as_ref().map(|id| id.as_str().to_owned()),
        phone_number_id: envelope.phone_number_id.as_ref().map(|id| id.as_str().to_owned()),
        unknown: reason.is_some(),
        raw: reason.is_some().then(|| event.raw.as_str().to_owned()),
        reason,
    });
}

/// What this version does not understand of an event; none if it knows what it says, whether it has a use for it or
/// not.
fn not_understood(event: &Event, plan: &Plan<'_>) -> Option<String> {
    if let Plan::Keep(keep) = plan {
        return (!keep.understood).then(|| keep.why.clone().into_owned());
    }
    if let Plan::Notice(Notice { unknown: Some(event), .. }) = plan {
        return Some(format!("an unknown change of the account: {event}"));
    }
    if matches!(plan, Plan::AddMessage { number: None, .. }) {
        return Some(NO_NUMBER.to_owned());
    }
    // A dashboard test is passed over whole, but what it holds may be new to us all the same.
    let content = match &event.body {
        EventBody::Unknown(_) => return Some("not understood, in a test of the App Dashboard".to_owned()),
        EventBody::Message(m) | EventBody::Echo(m) => &m.content,
        EventBody::HistoryMessage(past) => &past.message.content,
        _ => return None,
    };
    let kind = || who::detail(event).filter(|k| !k.is_empty()).unwrap_or_else(|| "without a type".to_owned());
    match content {
        MessageContent::Other => Some(format!("an unknown type of message: {}", kind())),
        MessageContent::Interactive(reply) => match &**reply {
            InteractiveReply::Other { kind } => Some(format!("an unknown answer to an interactive message: {kind}")),
            InteractiveReply::Button(_)
            | InteractiveReply::List(_)
            | InteractiveReply::Flow(_)
            | InteractiveReply::CallPermission(_) => None,
        },
        MessageContent::Edit(edit) if edit.content == MessageContent::Other => {
            Some(format!("an unknown type of message: {}", edit.kind))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
