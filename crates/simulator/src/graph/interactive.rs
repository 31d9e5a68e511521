//! Interactive messages: limits and the customer's view (messages.md §6 and §7).

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::error::GraphError;
use super::free_form::{at_most, check_media, only_keys, required};

type Media<'a> = &'a dyn Fn(&str) -> bool;

/// Checks the object and renders it.
pub(crate) fn render(object: &Value, media: Media<'_>) -> Result<Value, GraphError> {
    only_keys(object, &["type", "header", "body", "footer", "action"], "interactive")?;
    let kind = required(object, "type", "interactive")?;
    let mut view = Map::new();
    view.insert("interactive".into(), json!(kind));
    let rules = rules(kind)?;
    header(object, kind, rules.header, media, &mut view)?;
    body(object, rules.body, &mut view)?;
    footer(object, rules.footer, &mut view)?;
    let action = object.get("action").ok_or_else(|| GraphError::missing("interactive['action']"))?;
    match kind {
        "button" => reply_buttons(action, &mut view)?,
        "list" => list(action, &mut view)?,
        "cta_url" => cta_url(action, &mut view)?,
        "carousel" => carousel(action, media, &mut view)?,
        "product" => {
            required(action, "catalog_id", "interactive['action']")?;
            required(action, "product_retailer_id", "interactive['action']")?;
        }
        "product_list" => product_list(action)?,
        named => named_action(named, action, &mut view)?,
    }
    Ok(Value::Object(view))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum HeaderRule {
    None,
    Text,
    TextRequired,
    Any,
}

struct Rules {
    header: HeaderRule,
    /// Limit, and whether it must be there.
    body: (usize, bool),
    footer: bool,
}

fn rules(kind: &str) -> Result<Rules, GraphError> {
    let (header, body, footer) = match kind {
        "button" | "cta_url" => (HeaderRule::Any, (1024, true), true),
        "list" => (HeaderRule::Text, (4096, true), true),
        "location_request_message" | "request_contact_info" | "voice_call" => (HeaderRule::None, (1024, true), false),
        "call_permission_request" => (HeaderRule::None, (1024, false), false),
        "address_message" | "flow" => (HeaderRule::Any, (1024, true), true),
        "product" => (HeaderRule::None, (1024, false), true),
        "product_list" => (HeaderRule::TextRequired, (1024, true), true),
        "catalog_message" => (HeaderRule::None, (1024, true), true),
        "carousel" => (HeaderRule::None, (1024, true), false),
        "order_details" | "order_status" => (HeaderRule::Any, (1024, true), true),
        other => {
            return Err(GraphError::invalid(format!(
                "interactive['type'] \"{other}\" is not a supported interactive type."
            )));
        }
    };
    Ok(Rules { header, body, footer })
}

fn header(
    object: &Value,
    kind: &str,
    rule: HeaderRule,
    media: Media<'_>,
    view: &mut Map<String, Value>,
) -> Result<(), GraphError> {
    let Some(header) = object.get("header").filter(|h| !h.is_null()) else {
        if rule == HeaderRule::TextRequired {
            return Err(GraphError::missing("interactive['header']"));
        }
        return Ok(());
    };
    let form = required(header, "type", "interactive['header']")?;
    match (rule, form) {
        (HeaderRule::None, _) => {
            Err(GraphError::invalid(format!("interactive['header'] is not allowed for type {kind}.")))
        }
        (_, "text") => {
            let text = required(header, "text", "interactive['header']")?;
            at_most(text, 60, "interactive['header']['text']")?;
            view.insert("header".into(), json!({"type": "text", "text": text}));
            Ok(())
        }
        (HeaderRule::Any, "image" | "video" | "document") => {
            let object = header.get(form).cloned().unwrap_or(Value::Null);
            check_media(&object, "interactive['header']", media)?;
            view.insert("header".into(), json!({"type": form, "media": object}));
            Ok(())
        }
        (_, form) => Err(GraphError::invalid(format!(
            "interactive['header']['type'] \"{form}\" is not allowed for type {kind}."
        ))),
    }
}

fn body(object: &Value, (limit, needed): (usize, bool), view: &mut Map<String, Value>) -> Result<(), GraphError> {
    match object.get("body").filter(|b| !b.is_null()) {
        None if needed => Err(GraphError::missing("interactive['body']")),
        None => Ok(()),
        Some(body) => {
            let text = required(body, "text", "interactive['body']")?;
            at_most(text, limit, "interactive['body']['text']")?;
            view.insert("body".into(), json!(text));
            Ok(())
        }
    }
}

fn footer(object: &Value, allowed: bool, view: &mut Map<String, Value>) -> Result<(), GraphError> {
    let Some(footer) = object.get("footer").filter(|f| !f.is_null()) else { return Ok(()) };
    if !allowed {
        return Err(GraphError::invalid("interactive['footer'] is not allowed for this type."));
    }
    let text = required(footer, "text", "interactive['footer']")?;
    at_most(text, 60, "interactive['footer']['text']")?;
    view.insert("footer".into(), json!(text));
    Ok(())
}

fn list_of<'a>(
    value: &'a Value,
    key: &str,
    range: std::ops::RangeInclusive<usize>,
    place: &str,
) -> Result<&'a [Value], GraphError> {
    let list =
        value.get(key).and_then(Value::as_array).ok_or_else(|| GraphError::missing(&format!("{place}['{key}']")))?;
    if !range.contains(&list.len()) {
        return Err(GraphError::invalid(format!(
            "{place}['{key}'] must have {} to {} elements.",
            range.start(),
            range.end()
        )));
    }
    Ok(list)
}

fn reply_buttons(action: &Value, view: &mut Map<String, Value>) -> Result<(), GraphError> {
    let buttons = list_of(action, "buttons", 1..=3, "interactive['action']")?;
    let mut ids = HashSet::new();
    let mut titles = HashSet::new();
    let mut shown = Vec::new();
    for button in buttons {
        let reply =
            button.get("reply").ok_or_else(|| GraphError::missing("interactive['action']['buttons']['reply']"))?;
        let id = required(reply, "id", "reply")?;
        let title = required(reply, "title", "reply")?;
        at_most(id, 256, "reply['id']")?;
        at_most(title, 20, "reply['title']")?;
        if !ids.insert(id) || !titles.insert(title) {
            return Err(GraphError::invalid("Button ids and titles must be unique."));
        }
        shown.push(json!({"type": "REPLY", "text": title, "payload": id}));
    }
    view.insert("buttons".into(), Value::Array(shown));
    Ok(())
}

fn list(action: &Value, view: &mut Map<String, Value>) -> Result<(), GraphError> {
    let label = required(action, "button", "interactive['action']")?;
    at_most(label, 20, "interactive['action']['button']")?;
    let sections = list_of(action, "sections", 1..=10, "interactive['action']")?;
    let mut rows = 0_usize;
    let mut ids = HashSet::new();
    for section in sections {
        if sections.len() > 1 {
            at_most(required(section, "title", "section")?, 24, "section['title']")?;
        }
        for row in list_of(section, "rows", 1..=10, "section")? {
            rows = rows.saturating_add(1);
            let id = required(row, "id", "row")?;
            at_most(id, 200, "row['id']")?;
            at_most(required(row, "title", "row")?, 24, "row['title']")?;
            if let Some(description) = row.get("description").and_then(Value::as_str) {
                at_most(description, 72, "row['description']")?;
            }
            if !ids.insert(id) {
                return Err(GraphError::invalid("Row ids must be unique."));
            }
        }
    }
    if rows > 10 {
        return Err(GraphError::invalid(format!("A list may have 10 rows in total, it has {rows}.")));
    }
    view.insert("list".into(), json!({"button": label, "sections": sections}));
    Ok(())
}

fn cta_url(action: &Value, view: &mut Map<String, Value>) -> Result<(), GraphError> {
    expect_name(action, "cta_url")?;
    let parameters =
        action.get("parameters").ok_or_else(|| GraphError::missing("interactive['action']['parameters']"))?;
    let text = required(parameters, "display_text", "parameters")?;
    at_most(text, 20, "parameters['display_text']")?;
    let url = required(parameters, "url", "parameters")?;
    view.insert("buttons".into(), json!([{"type": "URL", "text": text, "url": url}]));
    Ok(())
}

fn carousel(action: &Value, media: Media<'_>, view: &mut Map<String, Value>) -> Result<(), GraphError> {
    let cards = list_of(action, "cards", 2..=10, "interactive['action']")?;
    for (at, card) in cards.iter().enumerate() {
        if card.get("card_index").and_then(Value::as_u64) != u64::try_from(at).ok() {
            return Err(GraphError::invalid(format!("card_index of card {at} must be {at}.")));
        }
        if required(card, "type", "card")? == "product" {
            continue;
        }
        let header = card.get("header").ok_or_else(|| GraphError::missing("card['header']"))?;
        let form = required(header, "type", "card['header']")?;
        if !matches!(form, "image" | "video") {
            return Err(GraphError::invalid("A card header must be an image or a video."));
        }
        check_media(header.get(form).unwrap_or(&Value::Null), "card['header']", media)?;
        if let Some(text) = card.get("body").and_then(|b| b.get("text")).and_then(Value::as_str) {
            at_most(text, 160, "card['body']['text']")?;
        }
    }
    view.insert("cards".into(), json!(cards));
    Ok(())
}

fn product_list(action: &Value) -> Result<(), GraphError> {
    required(action, "catalog_id", "interactive['action']")?;
    let sections = list_of(action, "sections", 1..=10, "interactive['action']")?;
    let products: usize =
        sections.iter().map(|s| s.get("product_items").and_then(Value::as_array).map_or(0, Vec::len)).sum();
    if !(1..=30).contains(&products) {
        return Err(GraphError::invalid("A product list must name 1 to 30 products."));
    }
    Ok(())
}

fn expect_name(action: &Value, name: &str) -> Result<(), GraphError> {
    let got = required(action, "name", "interactive['action']")?;
    if got == name {
        Ok(())
    } else {
        Err(GraphError::invalid(format!("interactive['action']['name'] must be {name}.")))
    }
}

fn named_action(kind: &str, action: &Value, view: &mut Map<String, Value>) -> Result<(), GraphError> {
    let (name, label) = match kind {
        "location_request_message" => ("send_location", "Send location"),
        "request_contact_info" => ("request_contact_info", "Share Contact Info"),
        "voice_call" => ("voice_call", "Call now"),
        "call_permission_request" => ("call_permission_request", "Choose preference"),
        "address_message" => ("address_message", "Provide address"),
        "flow" => ("flow", "Open"),
        "catalog_message" => ("catalog_message", "View catalog"),
        "order_details" => ("review_and_pay", "Review and pay"),
        _ => ("review_order", "Review order"),
    };
    expect_name(action, name)?;
    match kind {
        "flow" => flow(action)?,
        "voice_call" => call_button(action)?,
        "address_message" => address(action)?,
        _ => {}
    }
    view.insert("buttons".into(), json!([{"type": kind.to_ascii_uppercase(), "text": label}]));
    Ok(())
}

fn parameters(action: &Value) -> Result<&Value, GraphError> {
    action.get("parameters").ok_or_else(|| GraphError::missing("interactive['action']['parameters']"))
}

fn flow(action: &Value) -> Result<(), GraphError> {
    let parameters = parameters(action)?;
    required(parameters, "flow_message_version", "parameters")?;
    required(parameters, "flow_cta", "parameters")?;
    if parameters.get("flow_id").is_none() && parameters.get("flow_name").is_none() {
        return Err(GraphError::missing("parameters['flow_id'] or parameters['flow_name']"));
    }
    Ok(())
}

fn call_button(action: &Value) -> Result<(), GraphError> {
    let Some(parameters) = action.get("parameters") else { return Ok(()) };
    only_keys(parameters, &["display_text", "ttl_minutes", "payload"], "parameters")?;
    if let Some(text) = parameters.get("display_text").and_then(Value::as_str) {
        at_most(text, 20, "parameters['display_text']")?;
    }
    if let Some(payload) = parameters.get("payload").and_then(Value::as_str) {
        at_most(payload, 512, "parameters['payload']")?;
    }
    call_minutes(parameters.get("ttl_minutes"))
}

/// How long a call button works: 1 to 43200 minutes.
pub(crate) fn call_minutes(minutes: Option<&Value>) -> Result<(), GraphError> {
    if minutes.is_none_or(|m| super::template_write::number(m).is_some_and(|m| (1..=43_200).contains(&m))) {
        Ok(())
    } else {
        Err(GraphError::invalid("parameters['ttl_minutes'] must be 1 to 43200."))
    }
}

/// Addresses are asked for in India alone.
fn address(action: &Value) -> Result<(), GraphError> {
    let parameters = parameters(action)?;
    match required(parameters, "country", "parameters")? {
        "IN" => Ok(()),
        other => Err(GraphError::invalid(format!("parameters['country'] \"{other}\" does not take address messages."))),
    }
}
