//! Messages to a group: texts, files, templates with text or file, and pins (messages.md §4 and §10).

use serde_json::{Map, Value, json};

use super::error::{self, GraphError};
use super::send_content::{self, Rendered};
use super::{Call, free_form, groups, template_send};
use crate::model::account::Sending;
use crate::model::compiled::Header;
use crate::model::group::Group;
use crate::world::State;

const DAY_MS: i64 = 86_400_000;

/// The group that a request is for, and the message as its participants see it.
pub(super) fn render(
    state: &mut State,
    call: &Call,
    body: &Map<String, Value>,
    kind: &str,
) -> Result<(Group, Rendered), GraphError> {
    groups::eligible(state, call.word(0))?;
    let to = free_form::required(&Value::Object(body.clone()), "to", "message")?.to_owned();
    let group = state.groups.get(&to).filter(|g| g.phone_number_id == call.word(0)).cloned();
    let group = group.ok_or_else(|| GraphError::of(131_041, "There is no group of this id."))?;
    if group.suspended {
        return Err(GraphError::of(131_207, "The group has been suspended."));
    }
    if group.members.is_empty() {
        return Err(GraphError::of(131_020, "Nobody but the business is in the group."));
    }
    let per_s = state.numbers.get(call.word(0)).map_or(80, crate::model::account::Number::throughput_per_s);
    if state.settings.limits && !state.limits.take_throughput(call.word(0), per_s, call.now_ms) {
        return Err(super::throughput_reached());
    }
    let rendered = match kind {
        "template" => template(state, body, call.now_ms)?,
        "pin" => pin(state, &group, body, call.now_ms)?,
        "text" | "image" | "video" | "audio" | "document" | "sticker" => {
            let media = |id: &str| state.media.get(id).is_some_and(|expires| *expires > call.now_ms);
            let view = free_form::render(kind, body, &media)?;
            if !group.window_open(call.now_ms) {
                return Err(GraphError::of(131_047, error::failure_details(131_047)));
            }
            send_content::restriction(state, Sending::Service, call.now_ms)?;
            free(view)
        }
        other => {
            return Err(GraphError::of(131_051, format!("Message type \"{other}\" is not supported in groups.")));
        }
    };
    Ok((group, rendered))
}

fn free(view: Value) -> Rendered {
    Rendered {
        view,
        template: None,
        category: "group_service",
        billing: "free_group_customer_service",
        quick_replies: 0,
        opt_out_button: None,
        held: false,
        events: Vec::new(),
        made: None,
    }
}

fn template(state: &State, body: &Map<String, Value>, now_ms: i64) -> Result<Rendered, GraphError> {
    let (template, components) = send_content::sendable(state, body)?;
    let category = match template.category.as_str() {
        "MARKETING" => "group_marketing",
        "UTILITY" => "group_utility",
        _ => return Err(GraphError::of(131_051, "Authentication templates are not sent to groups.")),
    };
    let shape = &template.compiled;
    let plain = matches!(shape.main.header, Header::None | Header::Text(_) | Header::Media(_));
    if !plain || shape.offer.is_some() || !shape.cards.is_empty() {
        return Err(GraphError::of(131_051, "Groups take templates with text and files alone."));
    }
    send_content::restriction(state, Sending::Template(&template.category), now_ms)?;
    send_content::payment(state)?;
    let media = |id: &str| state.media.get(id).is_some_and(|expires| *expires > now_ms);
    let view = template_send::render(shape, components, &media)?;
    let named = Some((template.name.clone(), template.language.clone()));
    Ok(Rendered { template: named, category, billing: "regular", ..free(view) })
}

/// Pins a message of the group, or takes the pin away.
fn pin(state: &mut State, group: &Group, body: &Map<String, Value>, now_ms: i64) -> Result<Rendered, GraphError> {
    let pin = body.get("pin").ok_or_else(|| GraphError::missing("pin"))?;
    free_form::only_keys(pin, &["type", "message_id", "expiration_days"], "pin")?;
    let wamid = free_form::required(pin, "message_id", "pin")?.to_owned();
    let days = pin.get("expiration_days").and_then(super::template_write::number);
    let pinned = match (free_form::required(pin, "type", "pin")?, days) {
        ("pin", Some(days @ 1..=30)) => Some((wamid, now_ms.saturating_add(days.saturating_mul(DAY_MS)))),
        ("pin", None) => return Err(GraphError::missing("pin['expiration_days']")),
        ("pin", Some(_)) => return Err(GraphError::invalid("pin['expiration_days'] must be 1 to 30.")),
        ("unpin", _) => None,
        _ => return Err(GraphError::invalid("pin['type'] must be pin or unpin.")),
    };
    if let Some(group) = state.groups.get_mut(&group.id) {
        group.pinned = pinned;
    }
    Ok(free(json!({"pin": pin})))
}
