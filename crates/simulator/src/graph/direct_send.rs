//! Direct Send: utility and authentication messages without a template made before; Meta finds or makes one
//! (messages.md §9).

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::error::GraphError;
use super::free_form;
use super::send_content::{Rendered, payment, portfolio, restriction};
use super::send_request::Recipient;
use super::template_write::{fresh_id, number};
use crate::model::account::Sending;
use crate::model::template::Template;
use crate::world::State;

/// The keys that make a send a direct one.
const KEYS: &[&str] = &["category", "direct_send_config", "ttl_seconds"];

/// Whether the request asks for Direct Send.
pub(super) fn asked(body: &Map<String, Value>) -> bool {
    KEYS.iter().any(|key| body.contains_key(*key))
}

fn wrong(why: &str) -> GraphError {
    GraphError::new(100, "Invalid parameter").details(why)
}

/// Checks and renders a direct send; a template that was made for it comes along to be kept.
pub(super) fn render(
    state: &mut State,
    body: &Map<String, Value>,
    kind: &str,
    recipient: &Recipient,
    now_ms: i64,
) -> Result<Rendered, GraphError> {
    if !state.account.direct_send {
        return Err(wrong("Direct Send is not enabled for this WhatsApp Business Account."));
    }
    let category = match body.get("category").and_then(Value::as_str) {
        Some("utility") => "utility",
        Some("authentication") => "authentication",
        _ => return Err(wrong("Param category must be one of {authentication, utility}.")),
    };
    let utility = category == "utility";
    let interactive = body.get("interactive").and_then(|i| i.get("type")).and_then(Value::as_str);
    match (kind, interactive) {
        ("text", _) => {}
        ("interactive", Some("button" | "cta_url")) if utility => {}
        _ => return Err(wrong("Direct Send takes texts, and buttons or a link for the category utility.")),
    }
    if let Some(config) = body.get("direct_send_config") {
        free_form::only_keys(config, &["template_name"], "direct_send_config")?;
        if !utility {
            return Err(wrong("direct_send_config is for the category utility alone."));
        }
    }
    if let Some(ttl) = body.get("ttl_seconds")
        && (utility || !number(ttl).is_some_and(|ttl| (1..=900).contains(&ttl)))
    {
        return Err(wrong("ttl_seconds is for the category authentication alone and at most 900."));
    }
    if recipient.by_user_id && !utility {
        return Err(GraphError::of(131_062, "One-time codes cannot be sent to a business-scoped user id."));
    }
    restriction(state, Sending::Direct(category), now_ms)?;
    payment(state)?;
    let media = |id: &str| state.media.get(id).is_some_and(|expires| *expires > now_ms);
    let view = free_form::render(kind, body, &media)?;
    let text = view.get("body").and_then(Value::as_str).unwrap_or_default().to_owned();
    let events = portfolio(state, recipient, now_ms)?.into_iter().collect();
    let wanted = body.get("direct_send_config").and_then(|c| c.get("template_name")).and_then(Value::as_str);
    let (name, made) = matched(state, category, &text, wanted, now_ms);
    Ok(Rendered {
        view,
        template: Some((name, String::from("en_US"))),
        category,
        billing: "regular",
        quick_replies: 0,
        opt_out_button: None,
        held: false,
        events,
        made,
    })
}

/// The name of the template that has this text, and the template itself if it had to be made.
fn matched(
    state: &mut State,
    category: &str,
    text: &str,
    wanted: Option<&str>,
    now_ms: i64,
) -> (String, Option<Box<Template>>) {
    let upper = category.to_ascii_uppercase();
    let known = state.templates.sorted().into_iter().find(|t| {
        t.extra.get("source").and_then(Value::as_str) == Some("AUTO_GENERATED")
            && t.category == upper
            && t.compiled.main.body.raw == text
    });
    if let Some(known) = known {
        return (known.name.clone(), None);
    }
    let digest = hex::encode(Sha256::digest(text).get(..6).unwrap_or_default());
    let free = wanted.filter(|name| state.templates.named(name, "en_US").is_none());
    let name = free.map_or_else(|| format!("direct_send_{digest}"), str::to_owned);
    let template = Template {
        name: name.clone(),
        language: String::from("en_US"),
        status: String::from("APPROVED"),
        category: upper,
        components: vec![json!({"type": "BODY", "text": text})],
        extra: Map::from_iter([(String::from("source"), json!("AUTO_GENERATED"))]),
        ..Template::fresh(fresh_id(), now_ms)
    }
    .compile();
    state.templates.put(template.clone());
    (name, Some(Box::new(template)))
}
