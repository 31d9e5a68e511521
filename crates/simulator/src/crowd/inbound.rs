//! A customer writes: the message is kept, the window opens, the webhook is built.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusqlite::{Connection, params};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::fate;
use crate::clock::seconds;
use crate::ledger::NewMessage;
use crate::webhooks::chats;
use crate::webhooks::values::{self, Update};
use crate::world::Sim;

/// Ids received in webhooks live 7 days (webhooks.md §4.2).
const INBOUND_MEDIA_MS: i64 = 7 * 86_400_000;
/// Download URLs live 5 minutes.
pub(crate) const URL_MS: i64 = 300_000;

/// What the customer sends.
#[derive(Debug, Clone)]
pub(crate) enum Writing {
    /// Plain text.
    Text(String),
    /// A file; `kind` is `image`, `video`, `audio`, `document` or `sticker`.
    Media { kind: &'static str, mime_type: String, bytes: Vec<u8>, caption: Option<String>, filename: Option<String> },
    /// A tap on a template's quick reply.
    Button { text: String, payload: String },
    /// A tap on a free-form reply button.
    ButtonReply { id: String, title: String },
    /// A choice from a list.
    ListReply { id: String, title: String, description: Option<String> },
    /// An emoji on a message of ours; `None` takes it back.
    Reaction { message_id: String, emoji: Option<String> },
    /// A place.
    Location(Value),
    /// Cards.
    Contacts(Value),
    /// Anything else, as the whole `messages[]` element without the sender.
    Raw { kind: String, element: Map<String, Value> },
}

/// One incoming message.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    pub(crate) customer: i64,
    pub(crate) phone_number_id: String,
    pub(crate) writing: Writing,
    /// The wamid they answer to.
    pub(crate) reply_to: Option<String>,
    pub(crate) at_ms: i64,
}

/// What became of it.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) wamid: String,
    pub(crate) updates: Vec<Update>,
}

/// Keeps the message and says what to tell the business; `None` when the person or the number
/// is unknown or the business blocked them.
pub(crate) fn receive(connection: &Connection, sim: &Sim, incoming: Incoming) -> rusqlite::Result<Option<Received>> {
    let (customer, number) = {
        let mut state = sim.state();
        let Some(number) = state.numbers.get(&incoming.phone_number_id).cloned() else { return Ok(None) };
        let Some(customer) = state.people.get_mut(incoming.customer) else { return Ok(None) };
        if customer.blocked_by_us {
            return Ok(None);
        }
        if !matches!(incoming.writing, Writing::Reaction { .. }) {
            customer.last_inbound_ms = Some(customer.last_inbound_ms.unwrap_or(0).max(incoming.at_ms));
        }
        customer.replied_ms = Some(incoming.at_ms);
        if says_stop(&incoming.writing) {
            customer.said_stop_ms.get_or_insert(incoming.at_ms);
        }
        customer.stored = true;
        (customer.clone(), number)
    };
    customer.save(connection)?;
    let wamid = wamid(&customer.wa_id, false);
    let (kind, object, view) = payload(connection, sim, &number.id, &incoming)?;
    let mut element = match &incoming.writing {
        Writing::Raw { element, .. } => element.clone(),
        _ => Map::new(),
    };
    element.insert("id".into(), json!(wamid));
    element.insert("timestamp".into(), json!(seconds(incoming.at_ms).to_string()));
    element.insert("type".into(), json!(kind));
    if let Some(object) = object {
        element.insert(kind.clone(), object);
    }
    if let Some(quoted) = &incoming.reply_to {
        element.insert("context".into(), json!({"from": number.digits, "id": quoted}));
    }
    NewMessage {
        wamid: wamid.clone(),
        inbound: true,
        at_ms: incoming.at_ms,
        phone_number_id: number.id.clone(),
        customer: customer.id,
        nth: 0,
        input: String::new(),
        by_user_id: false,
        correlation: None,
        kind,
        template: None,
        language: None,
        category: None,
        billing: None,
        content: view.to_string(),
        reply_to: incoming.reply_to.clone(),
        fate: None,
        held: false,
        plan: Vec::new(),
    }
    .insert(connection)?;
    let mut update = values::incoming(&number, &customer, element, incoming.at_ms);
    if sim.state().agent_leads.contains(&customer.id) {
        update = chats::standby(update);
    }
    Ok(Some(Received { wamid, updates: vec![update] }))
}

fn says_stop(writing: &Writing) -> bool {
    match writing {
        Writing::Text(text) => fate::is_stop(text),
        Writing::Button { text, payload } => is_opt_out_label(text) || is_opt_out_label(payload),
        Writing::ButtonReply { id, title } => is_opt_out_label(title) || is_opt_out_label(id),
        _ => false,
    }
}

/// Whether a quick reply is there to opt out.
pub(crate) fn is_opt_out_label(label: &str) -> bool {
    let label = label.to_lowercase();
    ["stop", "unsubscribe", "opt out", "opt-out", "no more", "se désabonner", "arrêter"]
        .iter()
        .any(|word| label.contains(word))
}

type Payload = (String, Option<Value>, Value);

fn payload(connection: &Connection, sim: &Sim, number: &str, incoming: &Incoming) -> rusqlite::Result<Payload> {
    let plain = |kind: &str, object: Value, view: Value| (kind.to_owned(), Some(object), view);
    Ok(match &incoming.writing {
        Writing::Text(text) => plain("text", json!({"body": text}), json!({"body": text})),
        Writing::Media { kind, mime_type, bytes, caption, filename } => {
            let id = media_id();
            let (object, view) =
                keep_media(connection, sim, number, &id, mime_type, bytes, filename.as_deref(), incoming.at_ms)?;
            let mut object = object;
            let mut view = view;
            if let (Some(caption), Some(object), Some(view)) = (caption, object.as_object_mut(), view.as_object_mut()) {
                object.insert("caption".into(), json!(caption));
                view.insert("body".into(), json!(caption));
            }
            if let Some(object) = object.as_object_mut() {
                match *kind {
                    "audio" => object.insert("voice".into(), json!(mime_type.starts_with("audio/ogg"))),
                    "sticker" => object.insert("animated".into(), json!(false)),
                    _ => None,
                };
            }
            plain(kind, object, view)
        }
        Writing::Button { text, payload } => {
            plain("button", json!({"payload": payload, "text": text}), json!({"body": text, "tapped": true}))
        }
        Writing::ButtonReply { id, title } => plain(
            "interactive",
            json!({"type": "button_reply", "button_reply": {"id": id, "title": title}}),
            json!({"body": title, "tapped": true}),
        ),
        Writing::ListReply { id, title, description } => {
            let mut reply = json!({"id": id, "title": title});
            if let (Some(description), Some(reply)) = (description, reply.as_object_mut()) {
                reply.insert("description".into(), json!(description));
            }
            plain(
                "interactive",
                json!({"type": "list_reply", "list_reply": reply}),
                json!({"body": title, "tapped": true}),
            )
        }
        Writing::Reaction { message_id, emoji } => {
            let mut object = json!({"message_id": message_id});
            if let (Some(emoji), Some(object)) = (emoji, object.as_object_mut()) {
                object.insert("emoji".into(), json!(emoji));
            }
            plain("reaction", object.clone(), json!({"reaction": object}))
        }
        Writing::Location(location) => plain("location", location.clone(), json!({"location": location})),
        Writing::Contacts(cards) => plain("contacts", cards.clone(), json!({"contacts": cards})),
        Writing::Raw { kind, element } => (kind.clone(), None, json!({"raw": element})),
    })
}

#[expect(clippy::too_many_arguments, reason = "one row has these columns")]
fn keep_media(
    connection: &Connection,
    sim: &Sim,
    number: &str,
    id: &str,
    mime_type: &str,
    bytes: &[u8],
    filename: Option<&str>,
    at_ms: i64,
) -> rusqlite::Result<(Value, Value)> {
    let sha256 = STANDARD.encode(Sha256::digest(bytes));
    let expires = at_ms.max(sim.clock.now_ms()).saturating_add(INBOUND_MEDIA_MS);
    connection
        .prepare_cached("INSERT INTO media(id, phone_number_id, mime_type, sha256, bytes, filename, inbound, created_ms, expires_ms) VALUES(?1,?2,?3,?4,?5,?6,1,?7,?8)")?
        .execute(params![id, number, mime_type, sha256, bytes, filename, at_ms, expires])?;
    sim.state().media.insert(id.to_owned(), expires);
    let url = crate::graph::media::download_url(sim, id, "webhook", sim.clock.now_ms().saturating_add(URL_MS));
    let mut object = json!({"mime_type": mime_type, "sha256": sha256, "id": id, "url": url});
    let mut view = json!({"media": {"id": id, "mime_type": mime_type}});
    if let Some(filename) = filename {
        if let Some(object) = object.as_object_mut() {
            object.insert("filename".into(), json!(filename));
        }
        if let Some(media) = view.get_mut("media").and_then(Value::as_object_mut) {
            media.insert("filename".into(), json!(filename));
        }
    }
    Ok((object, view))
}

/// A fresh media id: digits, as Meta's are.
pub(crate) fn media_id() -> String {
    format!("5{:015}", rand::random::<u64>() % 1_000_000_000_000_000)
}

/// A fresh message id in Meta's form: base64 around the number and a random part.
pub(crate) fn wamid(wa_id: &str, outbound: bool) -> String {
    let mut bytes: Vec<u8> = vec![0x1c, 0x18, u8::try_from(wa_id.len()).unwrap_or(15)];
    bytes.extend_from_slice(wa_id.as_bytes());
    bytes.extend_from_slice(&[0x15, 0x02, 0x00, if outbound { 0x11 } else { 0x12 }, 0x18]);
    let random: [u8; 10] = rand::random();
    let hex = hex::encode_upper(random);
    bytes.push(u8::try_from(hex.len()).unwrap_or(20));
    bytes.extend_from_slice(hex.as_bytes());
    bytes.push(0);
    format!("wamid.{}", STANDARD.encode(bytes))
}
