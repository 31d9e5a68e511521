//! The gallery: templates with what a preview needs, and their history.

mod fingerprint;
pub mod sentences;

pub use fingerprint::fingerprint;

use std::collections::BTreeMap;

use serde_json::Value;
use switchboard_bridge::dto::{
    TemplateButton, TemplateCard, TemplateDetail, TemplateEvent, TemplateList, TemplateListRequest, TemplateMedia,
    TemplateRow,
};
use switchboard_domain::ids::TemplateId;
use switchboard_domain::template::{Components, status_is_sendable};
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::templates::{self, TemplateRow as StoredTemplate};
use switchboard_store::{Connection, StoreError};

/// Longest history shown.
const HISTORY: u32 = 200;

/// The gallery under a filter.
///
/// # Errors
/// [`StoreError`].
pub fn list(conn: &Connection, request: &TemplateListRequest) -> Result<TemplateList, StoreError> {
    let wanted = request.search.as_deref().map(|s| s.trim().to_lowercase()).filter(|s| !s.is_empty());
    let items = templates::list(conn)?
        .iter()
        .map(row)
        .filter(|t| !request.sendable_only || t.sendable)
        .filter(|t| {
            wanted.as_deref().is_none_or(|w| {
                t.name.to_lowercase().contains(w)
                    || t.name.replace('_', " ").to_lowercase().contains(w)
                    || t.body.to_lowercase().contains(w)
            })
        })
        .collect();
    Ok(TemplateList { items, synced_at_ms: templates::synced_at(conn)?.map(UnixMillis::as_ms) })
}

/// One template with its history; also one that is gone.
///
/// # Errors
/// [`StoreError`].
pub fn detail(conn: &Connection, id: &TemplateId) -> Result<Option<TemplateDetail>, StoreError> {
    let Some(stored) = templates::get(conn, id)? else { return Ok(None) };
    let history = templates::history(conn, id, HISTORY)?
        .into_iter()
        .map(|e| TemplateEvent { at_ms: e.at.as_ms(), kind: e.kind, text: e.text })
        .collect();
    let rejected = stored.status.eq_ignore_ascii_case("REJECTED");
    Ok(Some(TemplateDetail {
        template: row(&stored),
        rejected_reason: stored.rejected_reason.as_deref().filter(|_| rejected).map(sentences::rejection),
        components_json: stored.components,
        history,
    }))
}

/// A stored template as the gallery shows it.
pub fn row(stored: &StoredTemplate) -> TemplateRow {
    let raw: Value = serde_json::from_str(&stored.components).unwrap_or(Value::Null);
    let components = Components::from_api(&raw);
    let variables: Vec<String> = components.variables().iter().map(|v| v.key()).collect();
    let known = samples(&raw);
    let removed = stored.removed_at.is_some();
    let sendable = status_is_sendable(&stored.status) && !removed;
    TemplateRow {
        id: stored.template_id.as_str().to_owned(),
        name: stored.name.clone(),
        language: stored.language.clone(),
        category: stored.category.clone(),
        correct_category: stored.correct_category.clone(),
        status: stored.status.clone(),
        sendable,
        unsendable_reason: sentences::unsendable(&stored.status, stored.rejected_reason.as_deref(), removed),
        quality: stored.quality.clone(),
        media: components.media().into_iter().map(|m| TemplateMedia { key: m.key, format: m.format }).collect(),
        cards: components
            .cards
            .iter()
            .map(|card| TemplateCard {
                header_format: card.header_format.clone(),
                body: card.body.clone(),
                buttons: card.buttons.iter().map(button).collect(),
            })
            .collect(),
        header_format: components.header_format,
        header_text: components.header_text,
        body: components.body,
        footer: components.footer,
        buttons: components.buttons.iter().map(button).collect(),
        samples: variables.iter().map(|key| known.get(key).cloned().unwrap_or_default()).collect(),
        variables,
        updated_at_ms: stored.updated_at.as_ms(),
    }
}

fn button(b: &switchboard_domain::template::Button) -> TemplateButton {
    TemplateButton { kind: b.kind.clone(), text: b.text.clone() }
}

/// The samples that Meta keeps with a template, by the key of their variable (templates.md §2): positional ones as
/// (lists of) lists, named ones as objects, a URL button's as whole URLs.
fn samples(components: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let text = |v: &Value| v.as_str().map(str::to_owned);
    for component in components.as_array().into_iter().flatten() {
        let example = component.get("example");
        let place = match component.get("type").and_then(Value::as_str).map(str::to_ascii_uppercase).as_deref() {
            Some("HEADER") => "header",
            Some("BODY") => "body",
            Some("BUTTONS") => {
                for (i, button) in component.get("buttons").and_then(Value::as_array).into_iter().flatten().enumerate()
                {
                    let sample = button.get("example").and_then(|e| e.as_array().and_then(|a| a.first()).or(Some(e)));
                    let url = button.get("url").and_then(Value::as_str).unwrap_or_default();
                    if button.get("type").and_then(Value::as_str).is_some_and(|t| t.eq_ignore_ascii_case("COPY_CODE")) {
                        found.extend(sample.and_then(text).map(|code| (format!("button{i}.coupon_code"), code)));
                        continue;
                    }
                    if let (Some(sample), Some((before, rest))) = (sample.and_then(text), url.split_once("{{")) {
                        let name = rest.split("}}").next().unwrap_or("1").trim();
                        let end = sample.strip_prefix(before).unwrap_or(&sample).to_owned();
                        found.insert(format!("button{i}.{name}"), end);
                    }
                }
                continue;
            }
            Some("CAROUSEL") => {
                for (n, card) in component.get("cards").and_then(Value::as_array).into_iter().flatten().enumerate() {
                    let inner = samples(card.get("components").unwrap_or(&Value::Null));
                    found.extend(inner.into_iter().map(|(key, value)| (format!("card{n}.{key}"), value)));
                }
                continue;
            }
            _ => continue,
        };
        let positional = example.and_then(|e| e.get(format!("{place}_text"))).and_then(Value::as_array);
        // The body's list is nested once more than the header's.
        let values = positional.map(|list| match list.first() {
            Some(Value::Array(inner)) => inner.iter().collect::<Vec<_>>(),
            _ => list.iter().collect(),
        });
        for (i, value) in values.into_iter().flatten().enumerate() {
            if let Some(value) = text(value) {
                found.insert(format!("{place}.{}", i.saturating_add(1)), value);
            }
        }
        let named = example.and_then(|e| e.get(format!("{place}_text_named_params"))).and_then(Value::as_array);
        for param in named.into_iter().flatten() {
            if let (Some(name), Some(value)) =
                (param.get("param_name").and_then(Value::as_str), param.get("example").and_then(text))
            {
                found.insert(format!("{place}.{name}"), value);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_found_in_every_documented_shape() {
        let found = samples(&serde_json::json!([
            {"type": "HEADER", "format": "TEXT", "text": "Hi {{1}}", "example": {"header_text": ["Ana"]}},
            {"type": "BODY", "text": "{{1}} {{2}}", "example": {"body_text": [["one", "two"]]}},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Stop"},
                {"type": "URL", "url": "https://example.com/{{1}}", "example": ["https://example.com/42"]}]}
        ]));
        assert_eq!(found.get("header.1").map(String::as_str), Some("Ana"));
        assert_eq!(found.get("body.2").map(String::as_str), Some("two"));
        assert_eq!(found.get("button1.1").map(String::as_str), Some("42"));
        let named = samples(&serde_json::json!([{"type": "BODY", "text": "{{name}}",
            "example": {"body_text_named_params": [{"param_name": "name", "example": "Ana"}]}}]));
        assert_eq!(named.get("body.name").map(String::as_str), Some("Ana"));
    }
}
