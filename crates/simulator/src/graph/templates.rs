//! Reading templates: list, filters, paging, one node (templates.md §1.1).

use serde_json::{Map, Value, json};

use super::error::GraphError;
use super::{Call, Outcome, fields};
use crate::model::template::Template;
use crate::world::Sim;

const DEFAULTS: &[&str] =
    &["name", "parameter_format", "components", "language", "status", "category", "sub_category", "id"];
const KNOWN: &[&str] = &[
    "sub_category",
    "previous_category",
    "message_send_ttl_seconds",
    "library_template_name",
    "degrees_of_freedom_spec",
    "optimization_spec",
    "health_status",
    "source",
    "specific_rejection_reason",
    "send_type",
    "display_format",
    "rejection_info",
];

/// `GET /{waba}/message_templates`.
pub(super) fn list(sim: &Sim, call: &Call) -> Outcome {
    let state = sim.state();
    let wanted = Filter::of(call)?;
    let mut items = Vec::new();
    for template in state.templates.sorted().into_iter().filter(|t| wanted.takes(t)) {
        items
            .push((template.id.clone(), fields::pick(&template.node(), call, DEFAULTS, KNOWN, "WhatsAppBusinessHSM")?));
    }
    let mut answer = fields::page(items, call, &sim.graph_url, 25)?;
    if call.query.contains_key("summary") {
        let names: std::collections::HashSet<&str> =
            state.templates.sorted().into_iter().map(|t| t.name.as_str()).collect();
        answer.insert(
            "summary".into(),
            json!({"total_count": names.len(), "message_template_count": state.templates.len(), "message_template_limit": template_limit(&state), "are_translations_complete": true}),
        );
    }
    Ok(Value::Object(answer).into())
}

/// The cap on templates (templates.md §1.3).
pub(crate) fn template_limit(state: &crate::world::State) -> usize {
    let verified = state.account.fields.get("business_verification_status").and_then(Value::as_str) == Some("verified");
    let named = state.numbers.values().any(|n| n.text("name_status") == "APPROVED");
    if verified && named { 6000 } else { 250 }
}

struct Filter {
    name: Option<String>,
    content: Option<String>,
    name_or_content: Option<String>,
    category: Vec<String>,
    language: Vec<String>,
    status: Vec<String>,
    quality: Vec<String>,
    source: Option<String>,
    since_ms: Option<i64>,
    until_ms: Option<i64>,
}

/// A `datetime` of the SDK's description: seconds since 1970, or ISO 8601.
fn time(call: &Call, key: &str) -> Result<Option<i64>, GraphError> {
    let Some(text) = call.query.get(key).map(|t| t.trim()).filter(|t| !t.is_empty()) else { return Ok(None) };
    let zoned = || text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond);
    let day = || {
        let date = text.parse::<jiff::civil::Date>().ok()?;
        Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
    };
    let seconds = text.parse::<i64>().ok().map(|s| s.saturating_mul(1000));
    seconds
        .or_else(zoned)
        .or_else(day)
        .map(Some)
        .ok_or_else(|| GraphError::new(100, format!("Param {key} must be a valid date/time or timestamp.")))
}

impl Filter {
    fn of(call: &Call) -> Result<Self, GraphError> {
        let text = |key: &str| call.query.get(key).filter(|t| !t.is_empty()).cloned();
        let set = |key: &str| -> Vec<String> {
            let Some(raw) = text(key) else { return Vec::new() };
            serde_json::from_str::<Vec<String>>(&raw)
                .unwrap_or_else(|_| raw.split(',').map(|w| w.trim().to_owned()).collect())
                .iter()
                .map(|w| w.to_ascii_uppercase())
                .collect()
        };
        let filter = Self {
            name: text("name"),
            content: text("content"),
            name_or_content: text("name_or_content"),
            category: set("category"),
            language: set("language"),
            status: set("status"),
            quality: set("quality_score"),
            source: text("source"),
            since_ms: time(call, "since")?,
            until_ms: time(call, "until")?,
        };
        let bad = filter.category.iter().find(|c| !matches!(c.as_str(), "MARKETING" | "UTILITY" | "AUTHENTICATION"));
        if let Some(bad) = bad {
            return Err(GraphError::new(
                100,
                format!("Param category[0] must be one of {{AUTHENTICATION, MARKETING, UTILITY}} - got \"{bad}\"."),
            ));
        }
        Ok(filter)
    }

    fn takes(&self, template: &Template) -> bool {
        let content = || template.components.iter().any(|c| c.to_string().to_lowercase().contains(&self.needle()));
        let among = |set: &[String], value: &str| set.is_empty() || set.iter().any(|w| w.eq_ignore_ascii_case(value));
        self.name.as_ref().is_none_or(|n| template.name.contains(n.as_str()))
            && (self.content.is_none() || content())
            && (self.name_or_content.is_none() || template.name.contains(&self.needle()) || content())
            && among(&self.category, &template.category)
            && among(&self.language, &template.language)
            && among(&self.status, &template.status)
            && among(&self.quality, &template.quality)
            && self.source.as_deref().is_none_or(|s| template.extra.get("source").and_then(Value::as_str) == Some(s))
            && self.since_ms.is_none_or(|since| template.changed_ms() >= since)
            && self.until_ms.is_none_or(|until| template.changed_ms() <= until)
    }

    fn needle(&self) -> String {
        self.content.as_deref().or(self.name_or_content.as_deref()).unwrap_or_default().to_lowercase()
    }
}

/// `GET /{template-id}`.
pub(super) fn show(sim: &Sim, call: &Call) -> Outcome {
    let state = sim.state();
    let template = state.templates.get(call.word(0)).ok_or_else(|| GraphError::no_object("get", call.word(0)))?;
    let mut node: Map<String, Value> = template.node();
    node.insert("health_status".into(), health(&state, template));
    Ok(fields::pick(&node, call, DEFAULTS, KNOWN, "WhatsAppBusinessHSM")?.into())
}

fn health(state: &crate::world::State, template: &Template) -> Value {
    let sendable = matches!(template.status.as_str(), "APPROVED" | "FLAGGED" | "REINSTATED");
    let mut health = super::account::health(state, None);
    let own = if sendable {
        json!({"entity_type": "MESSAGE_TEMPLATE", "id": template.id, "can_send_message": "AVAILABLE"})
    } else {
        json!({
            "entity_type": "MESSAGE_TEMPLATE", "id": template.id, "can_send_message": "BLOCKED",
            "errors": [{"error_code": 141_002, "error_description": "The message template is not approved.", "possible_solution": "Wait for the review, or edit the template and submit it again."}]
        })
    };
    if let Some(entities) = health.get_mut("entities").and_then(Value::as_array_mut) {
        entities.insert(0, own);
    }
    if !sendable && let Some(map) = health.as_object_mut() {
        map.insert("can_send_message".into(), json!("BLOCKED"));
    }
    health
}
