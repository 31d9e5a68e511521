//! Checks free-form message objects and renders what the customer sees (messages.md §4).

use serde_json::{Map, Value, json};

use super::error::GraphError;
use super::interactive;

/// Message types that need an open customer service window and are understood here.
pub(crate) const TYPES: &[&str] =
    &["text", "image", "video", "audio", "document", "sticker", "location", "contacts", "reaction", "interactive"];

/// The customer's view of a free-form message of this type.
pub(crate) fn render(
    kind: &str,
    request: &Map<String, Value>,
    media: &dyn Fn(&str) -> bool,
) -> Result<Value, GraphError> {
    let Some(object) = request.get(kind) else {
        return Err(GraphError::missing(kind));
    };
    match kind {
        "text" => text(object),
        "image" | "video" | "audio" | "document" | "sticker" => medium(kind, object, media),
        "location" => location(object),
        "contacts" => contacts(object),
        "reaction" => reaction(object),
        "interactive" => interactive::render(object, media),
        other => Err(GraphError::of(131_051, format!("Message type \"{other}\" is not supported."))),
    }
}

/// The string at `key`, or a refusal that names it.
pub(crate) fn required<'a>(object: &'a Value, key: &str, place: &str) -> Result<&'a str, GraphError> {
    match object.get(key) {
        None | Some(Value::Null) => Err(GraphError::missing(&format!("{place}['{key}']"))),
        Some(Value::String(text)) if text.trim().is_empty() => Err(GraphError::missing(&format!("{place}['{key}']"))),
        Some(Value::String(text)) => Ok(text),
        Some(_) => {
            Err(GraphError::new(100, "Invalid parameter").details(format!("Param {place}['{key}'] must be a string.")))
        }
    }
}

/// Refuses a text that is longer than documented (messages.md §13).
pub(crate) fn at_most(text: &str, limit: usize, place: &str) -> Result<(), GraphError> {
    let count = text.chars().count();
    if count > limit {
        return Err(GraphError::new(100, "Invalid parameter")
            .details(format!("Param {place} must be at most {limit} characters long, it has {count}.")));
    }
    Ok(())
}

/// Refuses a key that is not documented for this object.
pub(crate) fn only_keys(object: &Value, allowed: &[&str], place: &str) -> Result<(), GraphError> {
    let Some(map) = object.as_object() else {
        return Err(GraphError::new(100, "Invalid parameter").details(format!("Param {place} must be a JSON object.")));
    };
    match map.keys().find(|key| !allowed.contains(&key.as_str())) {
        Some(key) => Err(GraphError::unknown_key(key, place)),
        None => Ok(()),
    }
}

fn text(object: &Value) -> Result<Value, GraphError> {
    only_keys(object, &["body", "preview_url"], "text")?;
    let body = required(object, "body", "text")?;
    at_most(body, 4096, "text['body']")?;
    Ok(json!({"body": body}))
}

/// Either an id of this number's media or a link, not both.
pub(crate) fn check_media(object: &Value, place: &str, known: &dyn Fn(&str) -> bool) -> Result<(), GraphError> {
    let id = object.get("id").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
    let link = object.get("link").and_then(Value::as_str);
    match (id, link) {
        (Some(id), None) if known(&id) => Ok(()),
        (Some(id), None) => Err(GraphError::invalid(format!(
            "{place}: the media id {id} is unknown or has expired. Upload the file again."
        ))),
        (None, Some(link)) if link.starts_with("https://") || link.starts_with("http://") => Ok(()),
        (None, Some(_)) => Err(GraphError::invalid(format!("{place}: the link must start with http:// or https://."))),
        (Some(_), Some(_)) => Err(GraphError::new(100, "Invalid parameter")
            .details(format!("{place}: give either an id or a link, not both."))),
        (None, None) => Err(GraphError::missing(&format!("{place}['id'] or {place}['link']"))),
    }
}

fn medium(kind: &str, object: &Value, media: &dyn Fn(&str) -> bool) -> Result<Value, GraphError> {
    let allowed: &[&str] = match kind {
        "audio" => &["id", "link", "voice"],
        "document" => &["id", "link", "caption", "filename"],
        "sticker" => &["id", "link"],
        _ => &["id", "link", "caption"],
    };
    only_keys(object, allowed, kind)?;
    check_media(object, kind, media)?;
    let mut view = Map::new();
    let mut shown = Map::new();
    for key in ["id", "link", "filename"] {
        if let Some(value) = object.get(key) {
            shown.insert(key.to_owned(), value.clone());
        }
    }
    view.insert("media".into(), Value::Object(shown));
    if let Some(caption) = object.get("caption").and_then(Value::as_str) {
        at_most(caption, 1024, &format!("{kind}['caption']"))?;
        view.insert("body".into(), json!(caption));
    }
    Ok(Value::Object(view))
}

fn coordinate(object: &Value, key: &str, limit: f64) -> Result<f64, GraphError> {
    let number = match object.get(key) {
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => return Err(GraphError::missing(&format!("location['{key}']"))),
    };
    number
        .filter(|n| n.abs() <= limit)
        .ok_or_else(|| GraphError::invalid(format!("location['{key}'] is not a coordinate.")))
}

fn location(object: &Value) -> Result<Value, GraphError> {
    only_keys(object, &["latitude", "longitude", "name", "address"], "location")?;
    let latitude = coordinate(object, "latitude", 90.0)?;
    let longitude = coordinate(object, "longitude", 180.0)?;
    Ok(
        json!({"location": {"latitude": latitude, "longitude": longitude, "name": object.get("name"), "address": object.get("address")}}),
    )
}

fn contacts(object: &Value) -> Result<Value, GraphError> {
    let Some(cards) = object.as_array() else {
        return Err(GraphError::new(100, "Invalid parameter").details("Param contacts must be an array."));
    };
    if cards.is_empty() || cards.len() > 257 {
        return Err(GraphError::new(100, "Invalid parameter").details("Param contacts must have 1 to 257 elements."));
    }
    for card in cards {
        let name = card.get("name").ok_or_else(|| GraphError::missing("contacts['name']"))?;
        required(name, "formatted_name", "contacts['name']")?;
    }
    Ok(json!({"contacts": cards}))
}

fn reaction(object: &Value) -> Result<Value, GraphError> {
    only_keys(object, &["message_id", "emoji"], "reaction")?;
    let target = required(object, "message_id", "reaction")?;
    let emoji = object.get("emoji").and_then(Value::as_str).unwrap_or_default();
    if emoji.chars().count() > 12 {
        return Err(GraphError::invalid("reaction['emoji'] must be one emoji."));
    }
    Ok(json!({"reaction": {"message_id": target, "emoji": emoji}}))
}
