//! Creating, editing and deleting templates (templates.md §1.2, §1.3 and §5).

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::error::GraphError;
use super::{Call, OTP_TEXT, Outcome, unavailable};
use crate::account_events;
use crate::control::account::status_update;
use crate::model::compiled::kind_of;
use crate::model::template::{Template, save_document};
use crate::review::format::{self, Rules};
use crate::review::{languages, verdict};
use crate::webhooks::queue;
use crate::webhooks::values::Update;
use crate::world::{Sim, State};

const DAY_MS: i64 = 86_400_000;
const CREATE_KEYS: &[&str] = &[
    "name",
    "language",
    "category",
    "parameter_format",
    "components",
    "sub_category",
    "message_send_ttl_seconds",
    "cta_url_link_tracking_opted_out",
    "degrees_of_freedom_spec",
    "optimization_spec",
    "allow_category_change",
    "library_template_name",
    "library_template_button_inputs",
    "library_template_body_inputs",
    "send_type",
    "display_format",
    "creative_sourcing_spec",
    "is_primary_device_delivery_only",
    "bid_spec",
];
/// Stored and shown again, nothing more.
const EXTRA_KEYS: &[&str] = &[
    "sub_category",
    "message_send_ttl_seconds",
    "cta_url_link_tracking_opted_out",
    "degrees_of_freedom_spec",
    "optimization_spec",
    "library_template_name",
    "send_type",
    "display_format",
];

/// `POST /{waba}/message_templates`.
pub(super) async fn create(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let body = call.object()?;
    if let Some(key) = body.keys().find(|k| !CREATE_KEYS.contains(&k.as_str())) {
        return Err(GraphError::unknown_key(key, "message_template"));
    }
    let template = {
        let mut state = sim.state();
        if !state.limits.take_creation(call.now_ms) && state.settings.limits {
            return Err(GraphError::of(80_007, "100 templates may be created per hour."));
        }
        let language = text(&body, "language")?;
        let template = if body.contains_key("library_template_name") {
            super::template_library::from_library(&body, &language, call.now_ms)?
        } else {
            drafted(&state, &body, &language, call.now_ms)?
        };
        room(&state, &template.name, &template.language, call.now_ms)?;
        duplicate(&state, &template)?;
        template
    };
    let answer = json!({"id": template.id, "status": template.status, "category": template.category});
    keep(sim, template, Vec::new(), call.now_ms).await?;
    Ok(answer.into())
}

/// A required text of a request.
pub(super) fn text(body: &Map<String, Value>, key: &str) -> Result<String, GraphError> {
    body.get(key)
        .and_then(Value::as_str)
        .filter(|t| !t.is_empty())
        .map(str::to_owned)
        .ok_or_else(|| GraphError::new(100, format!("The parameter {key} is required.")))
}

/// A list that may also come as JSON text, as form bodies carry it.
pub(super) fn list(value: Option<&Value>) -> Option<Vec<Value>> {
    match value? {
        Value::Array(list) => Some(list.clone()),
        Value::String(text) => serde_json::from_str(text).ok(),
        _ => None,
    }
}

/// A template from a request, checked but not yet counted or compared with others.
pub(super) fn drafted(
    state: &State,
    body: &Map<String, Value>,
    language: &str,
    now_ms: i64,
) -> Result<Template, GraphError> {
    let name = text(body, "name")?;
    if name.chars().count() > 512 || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
        return Err(GraphError::new(100, "Invalid parameter").user(
            "Invalid template name",
            "Template names have up to 512 lower-case letters, digits and underscores.",
        ));
    }
    if !languages::supported(language) {
        return Err(GraphError::new(
            100,
            format!("Param language must be one of the supported languages - got \"{language}\"."),
        ));
    }
    let asked = text(body, "category")?.to_ascii_uppercase();
    if !matches!(asked.as_str(), "MARKETING" | "UTILITY" | "AUTHENTICATION") {
        return Err(GraphError::new(
            100,
            format!("Param category must be one of {{AUTHENTICATION, MARKETING, UTILITY}} - got \"{asked}\"."),
        ));
    }
    let parameter_format =
        body.get("parameter_format").and_then(Value::as_str).unwrap_or("POSITIONAL").to_ascii_uppercase();
    let components =
        list(body.get("components")).ok_or_else(|| GraphError::new(100, "The parameter components is required."))?;
    let handle = |handle: &str| state.handles.contains(handle);
    let rules = Rules { category: &asked, named: parameter_format == "NAMED", handle: &handle };
    format::components(&components, rules)?;
    if let Some(ttl) = body.get("message_send_ttl_seconds").and_then(number) {
        format::ttl(ttl, &asked)?;
    }
    let category = verdict::category(&asked, &components);
    let components = if category == "AUTHENTICATION" { authentication(&components) } else { components };
    Ok(Template {
        name,
        language: language.to_owned(),
        status: String::from("PENDING"),
        category: category.to_owned(),
        parameter_format,
        components,
        extra: body
            .iter()
            .filter(|(k, _)| EXTRA_KEYS.contains(&k.as_str()))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect(),
        ..Template::fresh(fresh_id(), now_ms)
    }
    .compile())
}

/// A number that may come as text.
pub(super) fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str().and_then(|t| t.parse().ok()))
}

/// A fresh template id.
pub(super) fn fresh_id() -> String {
    format!("3{:014}", rand::random::<u64>() % 100_000_000_000_000)
}

/// Authentication templates get their fixed text, and the OTP button reads back as URL
/// (templates.md §6).
pub(super) fn authentication(components: &[Value]) -> Vec<Value> {
    components
        .iter()
        .map(|component| {
            let mut component = component.clone();
            let Some(map) = component.as_object_mut() else { return component };
            let kind = map.get("type").and_then(Value::as_str).unwrap_or_default().to_ascii_uppercase();
            match kind.as_str() {
                "BODY" => {
                    let safe = map.get("add_security_recommendation") == Some(&Value::Bool(true));
                    let tail = if safe { " For your security, do not share this code." } else { "" };
                    map.insert("text".into(), json!(format!("{OTP_TEXT}{tail}")));
                    map.insert("example".into(), json!({"body_text": [["123456"]]}));
                }
                "FOOTER" => {
                    if let Some(minutes) = map.get("code_expiration_minutes").and_then(number) {
                        map.insert("text".into(), json!(format!("This code expires in {minutes} minutes.")));
                    }
                }
                "BUTTONS" => {
                    for button in map.get_mut("buttons").and_then(Value::as_array_mut).into_iter().flatten() {
                        if kind_of(button) != "OTP" {
                            continue;
                        }
                        let label = button.get("text").and_then(Value::as_str).unwrap_or("Copy code").to_owned();
                        *button = json!({
                            "type": "URL", "text": label, "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}",
                            "example": ["https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp123456"]});
                    }
                }
                _ => {}
            }
            component
        })
        .collect()
}

/// Caps, duplicates of name and language, and names that were deleted lately.
pub(super) fn room(state: &State, name: &str, language: &str, now_ms: i64) -> Result<(), GraphError> {
    if state.templates.named(name, language).is_some() {
        return Err(format::refusal(
            2_388_024,
            "Content in this language already exists",
            format!("There is already {language} content for this template. Create a new template and try again."),
        ));
    }
    if let Some(at) = state.deleted_names.get(name).filter(|at| now_ms < at.saturating_add(30 * DAY_MS)) {
        let days = at.saturating_add(30 * DAY_MS).saturating_sub(now_ms).div_euclid(DAY_MS).saturating_add(1);
        return Err(format::refusal(
            2_388_023,
            "Message template name is being deleted",
            format!("The name was deleted lately. Try again in {days} days or use another name."),
        ));
    }
    if state.templates.len() >= super::templates::template_limit(state) {
        return Err(format::refusal(
            2_388_019,
            "Message template limit exceeded",
            "You cannot have more than 250 message templates.",
        ));
    }
    Ok(())
}

/// The same body and footer as another template (not checked for authentication).
fn duplicate(state: &State, new: &Template) -> Result<(), GraphError> {
    if new.category == "AUTHENTICATION" {
        return Ok(());
    }
    let same = state.templates.sorted().into_iter().find(|t| {
        t.language == new.language
            && t.compiled.main.body.raw == new.compiled.main.body.raw
            && t.compiled.footer == new.compiled.footer
            && !t.compiled.main.body.raw.is_empty()
    });
    match same {
        None => Ok(()),
        Some(other) => Err(format::refusal(
            2_388_072,
            "Template is a duplicate",
            format!("The template {} has the same body and footer.", other.name),
        )),
    }
}

/// Puts a template in place, plans its review when it is pending, and tells `updates`.
pub(super) async fn keep(
    sim: &Arc<Sim>,
    template: Template,
    updates: Vec<Update>,
    now_ms: i64,
) -> Result<(), GraphError> {
    sim.state().templates.put(template.clone());
    let world = Arc::clone(sim);
    let timer = sim
        .db
        .write(move |c| {
            template.save(c)?;
            queue::enqueue(c, &world, updates, now_ms)?;
            if template.status == "PENDING" {
                account_events::plan_review(c, &world, &template, now_ms)
            } else {
                Ok(None)
            }
        })
        .await
        .map_err(|e| unavailable(&e))?;
    sim.schedule(timer);
    sim.post_wake.notify_one();
    Ok(())
}

/// `POST /{template-id}`: replaces what it names; a reviewed part sends it back to review.
pub(super) async fn edit(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let body = call.object()?;
    const KEYS: &[&str] = &[
        "category",
        "components",
        "message_send_ttl_seconds",
        "cta_url_link_tracking_opted_out",
        "degrees_of_freedom_spec",
        "optimization_spec",
        "parameter_format",
        "bid_spec",
        "is_primary_device_delivery_only",
    ];
    if let Some(key) = body.keys().find(|k| !KEYS.contains(&k.as_str())) {
        return Err(GraphError::unknown_key(key, "message_template"));
    }
    let template = {
        let state = sim.state();
        let mut template =
            state.templates.get(call.word(0)).cloned().ok_or_else(|| GraphError::no_object("post", call.word(0)))?;
        apply(&state, &mut template, &body, call.now_ms)?;
        template.compile()
    };
    let answer = json!({"success": true, "id": template.id, "name": template.name, "category": template.category});
    keep(sim, template, Vec::new(), call.now_ms).await?;
    Ok(answer.into())
}

fn apply(state: &State, template: &mut Template, body: &Map<String, Value>, now_ms: i64) -> Result<(), GraphError> {
    let closed = |why: &str| format::refusal(2_388_039, "Template can't be edited", why.to_owned());
    if !matches!(template.status.as_str(), "APPROVED" | "REJECTED" | "PAUSED") {
        return Err(closed("Only approved, rejected and paused templates can be edited."));
    }
    let mut category = template.category.clone();
    if let Some(asked) = body.get("category").and_then(Value::as_str) {
        let asked = asked.to_ascii_uppercase();
        if asked != template.category && template.status == "APPROVED" {
            return Err(closed("The category of an approved template cannot be changed."));
        }
        category = asked;
    }
    let new = list(body.get("components"));
    if let Some(components) = &new {
        // What the template shows already may stay.
        let shown = serde_json::Value::from(template.components.clone()).to_string();
        let handle = |handle: &str| state.handles.contains(handle) || shown.contains(&format!("\"{handle}\""));
        let rules = Rules { category: &category, named: template.parameter_format == "NAMED", handle: &handle };
        format::components(components, rules)?;
    }
    if let Some(ttl) = body.get("message_send_ttl_seconds").and_then(number) {
        format::ttl(ttl, &category)?;
    }
    let reviewed = new.is_some() || category != template.category;
    if reviewed && template.status == "APPROVED" {
        let since = |ms: i64| template.edits_ms.iter().filter(|at| now_ms.saturating_sub(**at) < ms).count();
        if since(DAY_MS) >= 1 || since(30 * DAY_MS) >= 10 {
            return Err(closed("An approved template can be edited once in 24 hours and 10 times in 30 days."));
        }
        template.edits_ms.push(now_ms);
    }
    for key in EXTRA_KEYS {
        if let Some(value) = body.get(*key) {
            template.extra.insert((*key).to_owned(), value.clone());
        }
    }
    if reviewed {
        let components = new.unwrap_or_else(|| template.components.clone());
        template.category = verdict::category(&category, &components).to_owned();
        template.components =
            if template.category == "AUTHENTICATION" { authentication(&components) } else { components };
        template.status = String::from("PENDING");
        template.edited = true;
        template.rejected_reason = None;
        template.pause_kind = None;
    }
    template.touched_ms = now_ms;
    Ok(())
}

/// `DELETE /{waba}/message_templates` by name, by `hsm_id` with name, or by `hsm_ids`.
pub(super) async fn delete(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let body = call.object().unwrap_or_default();
    let asked = |key: &str| {
        call.query
            .get(key)
            .cloned()
            .or_else(|| body.get(key).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)))
    };
    let ids: Vec<String> = {
        let state = sim.state();
        match (asked("name"), asked("hsm_id"), asked("hsm_ids")) {
            (None, None, Some(list)) => {
                let ids: Vec<String> = serde_json::from_str::<Vec<Value>>(&list)
                    .map(|l| l.iter().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).collect())
                    .unwrap_or_else(|_| list.split(',').map(|w| w.trim().to_owned()).collect());
                if ids.len() > 100 {
                    return Err(GraphError::new(100, "Param hsm_ids may have at most 100 elements."));
                }
                ids
            }
            (_, _, Some(_)) => {
                return Err(GraphError::new(100, "hsm_ids cannot be used together with name or hsm_id."));
            }
            (Some(name), Some(id), None) => match state.templates.get(&id) {
                Some(template) if template.name == name => vec![id],
                _ => return Err(no_template(&name)),
            },
            (Some(name), None, None) => {
                let languages = state.templates.languages(&name);
                languages.iter().filter_map(|l| state.templates.named(&name, l)).map(|t| t.id.clone()).collect()
            }
            _ => return Err(GraphError::new(100, "The parameter name is required.")),
        }
    };
    if ids.is_empty() {
        return Err(no_template(&asked("name").unwrap_or_default()));
    }
    remove(sim, &ids, call.now_ms).await?;
    Ok(json!({"success": true}).into())
}

fn no_template(name: &str) -> GraphError {
    GraphError::new(100, "Invalid parameter")
        .user("Message template not found", format!("The template {name} does not exist."))
}

async fn remove(sim: &Arc<Sim>, ids: &[String], now_ms: i64) -> Result<(), GraphError> {
    let (gone, updates) = {
        let mut state = sim.state();
        for id in ids {
            match state.templates.get(id) {
                None => return Err(no_template(id)),
                Some(t) if t.status == "DISABLED" => {
                    return Err(format::refusal(
                        2_388_039,
                        "Template can't be deleted",
                        "A disabled template cannot be deleted.",
                    ));
                }
                Some(_) => {}
            }
        }
        let mut gone = Vec::new();
        let mut updates = Vec::new();
        for id in ids {
            if let Some(mut template) = state.templates.remove(id) {
                if template.status == "APPROVED" {
                    state.deleted_names.insert(template.name.clone(), now_ms);
                }
                template.status = String::from("DELETED");
                updates.push(status_update(&template, None));
                gone.push((template.id, template.name));
            }
        }
        (gone, updates)
    };
    let world = Arc::clone(sim);
    sim.db
        .write(move |c| {
            for (id, name) in &gone {
                c.prepare_cached("DELETE FROM documents WHERE kind = 'template' AND id = ?1")?.execute([id])?;
                save_document(c, "deleted_name", name, &(name, now_ms))?;
            }
            queue::enqueue(c, &world, updates, now_ms)
        })
        .await
        .map_err(|e| unavailable(&e))?;
    sim.post_wake.notify_one();
    Ok(())
}
