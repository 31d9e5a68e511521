//! The message itself: a template against its stored form, free-form against the window, and what
//! each sets in motion (messages.md §8 and §11, account.md §7, templates.md §9).

use serde_json::{Map, Value, json};

use super::error::{self, GraphError};
use super::messages::Door;
use super::send_request::Recipient;
use super::{free_form, template_send};
use crate::account_events::AccountEvent;
use crate::config::Mode;
use crate::crowd::inbound;
use crate::model::account::Sending;
use crate::model::template::Template;
use crate::world::State;

/// How long Meta gathers feedback before it decides about held messages.
const PACING_MS: i64 = 600_000;
/// How long a new template takes to reach the Marketing Messages API.
const SYNC_MS: i64 = 600_000;

/// What a message is, after its content was checked.
pub(super) struct Rendered {
    pub(super) view: Value,
    pub(super) template: Option<(String, String)>,
    pub(super) category: &'static str,
    pub(super) billing: &'static str,
    pub(super) quick_replies: usize,
    pub(super) opt_out_button: Option<usize>,
    pub(super) held: bool,
    pub(super) events: Vec<(i64, AccountEvent)>,
    /// A template that Meta made for this message.
    pub(super) made: Option<Box<Template>>,
}

/// The template that a request names, if it can be sent, and the request's components.
pub(super) fn sendable<'a>(
    state: &'a State,
    body: &'a Map<String, Value>,
) -> Result<(&'a Template, Option<&'a Value>), GraphError> {
    let object = body.get("template").ok_or_else(|| GraphError::missing("template"))?;
    free_form::only_keys(object, &["name", "language", "components", "namespace"], "template")?;
    let name = free_form::required(object, "name", "template")?;
    let language = object.get("language").ok_or_else(|| GraphError::missing("template['language']"))?;
    let code = free_form::required(language, "code", "template['language']")?;
    let Some(template) = state.templates.named(name, code) else {
        return Err(GraphError::of(132_001, format!("template name ({name}) does not exist in {code}")));
    };
    match template.status.as_str() {
        "APPROVED" | "FLAGGED" | "REINSTATED" => {}
        "PAUSED" => {
            return Err(GraphError::of(
                132_015,
                "Template is paused due to low quality so it cannot be sent in a template message.",
            ));
        }
        "DISABLED" => {
            return Err(GraphError::of(
                132_016,
                "Template has been paused too many times due to low quality and is now permanently disabled.",
            ));
        }
        _ => return Err(GraphError::of(132_001, format!("template name ({name}) does not exist in {code}"))),
    }
    Ok((template, object.get("components")))
}

pub(super) fn template(
    state: &mut State,
    body: &Map<String, Value>,
    recipient: &Recipient,
    now_ms: i64,
    door: Door,
) -> Result<Rendered, GraphError> {
    let media = |id: &str| state.media.get(id).is_some_and(|expires| *expires > now_ms);
    let (template, components) = sendable(state, body)?;
    if recipient.by_user_id && template.category == "AUTHENTICATION" {
        return Err(GraphError::of(
            131_062,
            "Authentication templates cannot be sent to a business-scoped user id. Use the phone number.",
        ));
    }
    restriction(state, Sending::Template(&template.category), now_ms)?;
    payment(state)?;
    let view = template_send::render(&template.compiled, components, &media)?;
    let category = match template.category.as_str() {
        "MARKETING" => "marketing",
        "UTILITY" => "utility",
        _ => "authentication",
    };
    if door == Door::CloudApi
        && category == "marketing"
        && state.account.fields.get("disable_marketing_messages_on_cloud_api") == Some(&json!(true))
    {
        return Err(GraphError::of(
            131_063,
            "Marketing templates are disabled on Cloud API for this account. Use the Marketing Messages API.",
        ));
    }
    let onboarded =
        state.account.fields.get("marketing_messages_onboarding_status").and_then(Value::as_str) == Some("ONBOARDED");
    let strict = body.get("product_policy").and_then(Value::as_str) == Some("STRICT");
    let category = match marketing_door(door, category, now_ms.saturating_sub(template.created_ms))? {
        "marketing_lite" if !onboarded && strict => {
            return Err(GraphError::of(134_102, "This account has not been onboarded to the Marketing Messages API."));
        }
        // Sent through Cloud API instead.
        "marketing_lite" if !onboarded => "marketing",
        category => category,
    };
    let labels: Vec<String> = template.compiled.quick_replies().map(str::to_owned).collect();
    let opt_out_button = labels.iter().position(|label| inbound::is_opt_out_label(label));
    let id = template.id.clone();
    let named = (template.name.clone(), template.language.clone());
    let mut events: Vec<(i64, AccountEvent)> = portfolio(state, recipient, now_ms)?.into_iter().collect();
    let (held, verdict) = pace(state, &id, now_ms);
    events.extend(verdict);
    Ok(Rendered {
        view,
        template: Some(named),
        category,
        billing: "regular",
        quick_replies: labels.len(),
        opt_out_button,
        held,
        events,
        made: None,
    })
}

/// Refuses what a restriction of the account stands in the way of.
pub(super) fn restriction(state: &State, sending: Sending<'_>, now_ms: i64) -> Result<(), GraphError> {
    let Some(code) = state.account.refuses(sending, now_ms) else { return Ok(()) };
    let kind = state.account.restricted.as_ref().map_or("", |r| r.kind.as_str());
    Err(GraphError::of(code, format!("The WhatsApp Business Account is restricted: {kind}.")))
}

/// Refuses what costs when nobody can be billed for it.
pub(super) fn payment(state: &State) -> Result<(), GraphError> {
    if state.account.cannot_pay() {
        return Err(GraphError::of(
            131_042,
            "The account has no payment method, currency or time zone that can be billed.",
        ));
    }
    Ok(())
}

/// The Marketing Messages API takes marketing templates only, once they are synced, and prices
/// them as `marketing_lite` (messages.md §11).
pub(super) fn marketing_door(door: Door, category: &'static str, age_ms: i64) -> Result<&'static str, GraphError> {
    match door {
        Door::CloudApi => Ok(category),
        Door::Marketing if category != "marketing" => {
            Err(GraphError::of(134_100, "Only marketing templates can be sent through this endpoint."))
        }
        Door::Marketing if age_ms < SYNC_MS => {
            Err(GraphError::of(134_101, "The template is still being synced. Try again in 10 minutes."))
        }
        Door::Marketing => Ok("marketing_lite"),
    }
}

/// The portfolio messaging limit counts people outside a window (account.md §7).
///
/// Using half of it with good quality brings the next level within six hours.
pub(super) fn portfolio(
    state: &mut State,
    recipient: &Recipient,
    now_ms: i64,
) -> Result<Option<(i64, AccountEvent)>, GraphError> {
    let open = state.people.get(recipient.customer).is_some_and(|c| c.window_open(now_ms));
    if open || !state.settings.limits {
        return Ok(None);
    }
    let cap = state.account.messaging_cap();
    if state.limits.reached.admit(recipient.customer, now_ms, cap) {
        let used = u64::try_from(state.limits.reached.used()).unwrap_or(u64::MAX);
        let half = cap.is_some_and(|cap| used.saturating_mul(2) >= cap) && state.settings.mode == Mode::Auto;
        if half && !state.limits.upgrade_planned {
            state.limits.upgrade_planned = true;
            let due_ms = now_ms.saturating_add(state.settings.scaled(6 * 3_600_000));
            return Ok(Some((due_ms, AccountEvent::LimitUpgrade)));
        }
        return Ok(None);
    }
    Err(GraphError::of(
        131_048,
        format!(
            "Message failed to send because the messaging limit of this business portfolio ({}) has been reached for the last 24 hours.",
            state.account.messaging_limit
        ),
    ))
}

/// Counts a send against the template's pacing: whether it must be held, and for the first held
/// one the decision that will follow.
pub(super) fn pace(state: &mut State, id: &str, now_ms: i64) -> (bool, Option<(i64, AccountEvent)>) {
    let wait_ms = state.settings.scaled(PACING_MS);
    let auto = state.settings.mode == Mode::Auto;
    let Some(template) = state.templates.get_mut(id) else { return (false, None) };
    template.used_ms = now_ms;
    template.feedback_sends = template.feedback_sends.saturating_add(1);
    match template.pacing_left {
        None => (false, None),
        Some(0) => {
            let first = !std::mem::replace(&mut template.pacing_planned, true);
            let event = AccountEvent::Pacing { template: id.to_owned() };
            (true, (first && auto).then(|| (now_ms.saturating_add(wait_ms), event)))
        }
        Some(left) => {
            template.pacing_left = Some(left.saturating_sub(1));
            (false, None)
        }
    }
}

pub(super) fn service(
    state: &mut State,
    body: &Map<String, Value>,
    kind: &str,
    recipient: &Recipient,
    now_ms: i64,
) -> Result<Rendered, GraphError> {
    if !free_form::TYPES.contains(&kind) {
        return Err(if kind == "template" || kind == "pin" {
            GraphError::of(131_051, format!("Message type \"{kind}\" is not supported here."))
        } else {
            GraphError::new(
                100,
                format!(
                    "Param type must be one of {{AUDIO, CONTACTS, DOCUMENT, IMAGE, INTERACTIVE, LOCATION, REACTION, STICKER, TEMPLATE, TEXT, VIDEO}} - got \"{kind}\"."
                ),
            )
        });
    }
    let media = |id: &str| state.media.get(id).is_some_and(|expires| *expires > now_ms);
    let view = free_form::render(kind, body, &media)?;
    if !state.people.get(recipient.customer).is_some_and(|c| c.window_open(now_ms)) {
        return Err(GraphError::of(131_047, error::failure_details(131_047)));
    }
    restriction(state, Sending::Service, now_ms)?;
    let free = kind != "reaction" && state.limits.service_is_free(now_ms);
    if !free && kind != "reaction" {
        payment(state)?;
    }
    Ok(Rendered {
        view,
        template: None,
        category: "service",
        billing: if free { "free_customer_service" } else { "regular" },
        quick_replies: 0,
        opt_out_button: None,
        held: false,
        events: Vec::new(),
        made: None,
    })
}
