//! `POST /{phone-number-id}/messages`: validated by the documented rules, accepted only once it
//! is on disk (messages.md §1 to §8).

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::error::GraphError;
use super::{
    Answer, Call, Outcome, finish, free_form, planned_code, template_send, throughput_reached, unavailable, with_fault,
};
use crate::account_events::{self, AccountEvent};
use crate::config::{Mode, Mood};
use crate::crowd::fate::{self, DoorTrouble};
use crate::crowd::inbound;
use crate::ledger::{self, NewMessage};
use crate::limits::take_pair;
use crate::model::customer::Customer;
use crate::phone;
use crate::world::{Sim, State, Timer, What};

const KEYS: &[&str] = &[
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "type",
    "text",
    "image",
    "video",
    "audio",
    "document",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "interactive",
    "template",
    "context",
    "biz_opaque_callback_data",
    "recipient_identity_key_hash",
    "messaging_account_id",
    "paid_messaging_account_id",
    "category",
    "direct_send_config",
    "ttl_seconds",
    "preview_url",
];

/// Which of the two endpoints a send came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// `/messages`.
    CloudApi,
    /// `/marketing_messages` (messages.md §11).
    Marketing,
}

/// Keys of the Marketing Messages API alone.
const MARKETING_KEYS: &[&str] = &["product_policy", "message_activity_sharing", "bid_spec"];

/// How long Meta gathers feedback before it decides about held messages.
const PACING_MS: i64 = 600_000;
/// How long a new template takes to reach the Marketing Messages API.
const SYNC_MS: i64 = 600_000;

/// Answers one send or mark-as-read.
pub(super) async fn send(sim: &Arc<Sim>, call: &Call, door: Door) -> Outcome {
    let body = call.object()?;
    if body.contains_key("status") && door == Door::CloudApi {
        return mark_read(sim, &body).await;
    }
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
    let digits: String = text("to").chars().filter(char::is_ascii_digit).collect();
    let fault = {
        let mut state = sim.state();
        if state.faults.list.is_empty() {
            None
        } else {
            state.faults.take(call.word(1), &[&digits, text("recipient")], false)
        }
    };
    if fault.is_none() {
        return send_now(sim, call, &body, door).await;
    }
    let response = with_fault(sim, fault, async { finish(send_now(sim, call, &body, door).await) }).await;
    Ok(Answer::Response(response))
}

/// Whom a send is for.
struct Recipient {
    customer: i64,
    input: String,
    wa_id: String,
    user_id: String,
    by_user_id: bool,
}

/// A message that passed every check and is about to be written.
struct Accepted {
    message: NewMessage,
    new_customer: Option<Customer>,
    recipient: Recipient,
    status: Option<&'static str>,
    first_due_ms: Option<i64>,
    trouble: Option<DoorTrouble>,
    /// Things of the account this send sets in motion, with their simulated due time.
    events: Vec<(i64, AccountEvent)>,
}

async fn send_now(sim: &Arc<Sim>, call: &Call, body: &Map<String, Value>, door: Door) -> Outcome {
    let accepted = check(sim, call, body, door)?;
    if let Some(DoorTrouble::Slow(ms)) = accepted.trouble {
        tokio::time::sleep(Duration::from_millis(u64::try_from(ms).unwrap_or(0))).await;
    }
    let Accepted { message, new_customer, recipient, status, first_due_ms, trouble, events } = accepted;
    let wamid = message.wamid.clone();
    let person = new_customer.as_ref().map(|c| c.id);
    let (seq, timers) = sim
        .db
        .write(move |c| {
            if let Some(customer) = &new_customer {
                customer.save(c)?;
            }
            let seq = message.insert(c)?;
            let timers = events
                .iter()
                .map(|(due_ms, event)| account_events::plan(c, *due_ms, event))
                .collect::<rusqlite::Result<Vec<_>>>()?;
            Ok((seq, timers))
        })
        .await
        .map_err(|e| unavailable(&e))?;
    if let Some(person) = person
        && let Some(customer) = sim.state().people.get_mut(person)
    {
        customer.stored = true;
    }
    let first = first_due_ms.map(|due_ms| Timer { due_ms, what: What::Message(seq) });
    if first.is_some() || !timers.is_empty() {
        sim.schedule(first.into_iter().chain(timers));
    }
    if trouble == Some(DoorTrouble::ErrorAfter) {
        return Err(planned_code(131_000));
    }
    Ok(answer(&recipient, &wamid, status).into())
}

fn answer(recipient: &Recipient, wamid: &str, status: Option<&'static str>) -> Value {
    let contact = if recipient.by_user_id {
        json!({"input": recipient.input, "user_id": recipient.user_id})
    } else {
        json!({"input": recipient.input, "wa_id": recipient.wa_id})
    };
    let message = match status {
        Some(status) => json!({"id": wamid, "message_status": status}),
        None => json!({"id": wamid}),
    };
    json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]})
}

fn check(sim: &Sim, call: &Call, body: &Map<String, Value>, door: Door) -> Result<Accepted, GraphError> {
    envelope(body, door)?;
    let kind = body.get("type").and_then(Value::as_str).unwrap_or("text");
    let mut state = sim.state();
    sender(&state, call)?;
    let recipient = recipient(&mut state, call, body)?;
    limits(&mut state, call, &recipient)?;
    let now = call.now_ms;
    let trouble = trouble(sim, &mut state, recipient.customer);
    match trouble {
        Some(DoorTrouble::Throttled) => return Err(throughput_reached()),
        Some(DoorTrouble::ErrorBefore(code)) => return Err(planned_code(code)),
        Some(DoorTrouble::ErrorAfter | DoorTrouble::Slow(_)) | None => {}
    }
    let rendered = if kind == "template" {
        template(&mut state, body, &recipient, now, door)?
    } else {
        service(&mut state, body, kind, &recipient, now)?
    };
    Ok(accept(sim, &mut state, call, body, kind, recipient, rendered, trouble))
}

/// Rules of the request as a whole.
fn envelope(body: &Map<String, Value>, door: Door) -> Result<(), GraphError> {
    match body.get("messaging_product").and_then(Value::as_str) {
        Some("whatsapp") => {}
        Some(_) => return Err(GraphError::new(100, "Param messaging_product must be one of {WHATSAPP}.")),
        None => return Err(GraphError::new(100, "The parameter messaging_product is required.")),
    }
    if let Some(key) = body.keys().find(|key| {
        !(KEYS.contains(&key.as_str()) || door == Door::Marketing && MARKETING_KEYS.contains(&key.as_str()))
    }) {
        return Err(GraphError::unknown_key(key, "message"));
    }
    if door == Door::Marketing && body.get("type").and_then(Value::as_str) != Some("template") {
        return Err(GraphError::new(100, "Invalid parameter")
            .details("Only marketing templates can be sent through this endpoint."));
    }
    if let Some(kind) = body.get("recipient_type").and_then(Value::as_str)
        && kind != "individual"
    {
        let details = if kind == "group" {
            "Groups need an Official Business Account."
        } else {
            "recipient_type must be individual or group."
        };
        return Err(GraphError::of(if kind == "group" { 131_215 } else { 131_009 }, details));
    }
    if let Some(data) = body.get("biz_opaque_callback_data") {
        let text = data.as_str().ok_or_else(|| {
            GraphError::new(100, "Invalid parameter").details("biz_opaque_callback_data must be a string.")
        })?;
        free_form::at_most(text, 512, "biz_opaque_callback_data")?;
    }
    if body.contains_key("category") || body.contains_key("direct_send_config") {
        return Err(GraphError::new(100, "Invalid parameter")
            .details("Direct Send is not enabled for this WhatsApp Business Account."));
    }
    Ok(())
}

fn sender(state: &State, call: &Call) -> Result<(), GraphError> {
    let number = state.numbers.get(call.word(0)).ok_or_else(|| GraphError::no_object("post", call.word(0)))?;
    if let Some(restriction) =
        state.account.restricted.as_ref().filter(|r| r.expires_ms.is_none_or(|at| at > call.now_ms))
    {
        return Err(GraphError::of(368, format!("The WhatsApp Business Account is restricted: {}.", restriction.kind)));
    }
    match number.text("status") {
        "CONNECTED" => Ok(()),
        "RATE_LIMITED" => Err(GraphError::of(131_048, super::error::failure_details(131_048))),
        "BANNED" => Err(GraphError::of(131_031, "The account has been locked.")),
        _ => Err(GraphError::of(133_010, "The phone number is not registered on the WhatsApp Business Platform.")),
    }
}

fn recipient(state: &mut State, call: &Call, body: &Map<String, Value>) -> Result<Recipient, GraphError> {
    let (own, sandbox, allow) = state.numbers.get(call.word(0)).map_or_else(
        || (String::new(), false, Vec::new()),
        |n| (n.digits.clone(), n.text("account_mode") == "SANDBOX", n.allow_list.clone()),
    );
    let country = if own.starts_with('1') { "1" } else { own.get(0..2).unwrap_or("1") };
    let to = match body.get("to") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(_) => return Err(GraphError::new(100, "Invalid parameter").details("to must be a string.")),
    };
    let to = to.filter(|t| !t.trim().is_empty());
    let (input, wa_id, by_user_id) = match (to, body.get("recipient").and_then(Value::as_str)) {
        (Some(to), _) => {
            let wa_id = phone::wa_id(&to, country)
                .map_err(|_| GraphError::invalid("to: the recipient is not a valid phone number."))?;
            (to, wa_id, false)
        }
        (None, Some(user_id)) => {
            let known = state.people.by_user_id(user_id).map(|c| c.wa_id.clone());
            (
                user_id.to_owned(),
                known.ok_or_else(|| {
                    GraphError::invalid("recipient: the user id is unknown to this business portfolio.")
                })?,
                true,
            )
        }
        (None, None) => return Err(GraphError::missing("to")),
    };
    if wa_id == own {
        return Err(GraphError::of(131_021, "The recipient and the sender are the same number."));
    }
    if sandbox && !allow.contains(&wa_id) {
        return Err(GraphError::of(
            131_030,
            "Recipient phone number not in allowed list: Add recipient phone number to recipient list and try again.",
        ));
    }
    let customer = state.people.meet(&wa_id);
    if customer.blocked_by_us {
        return Err(GraphError::of(130_403, "The business has blocked this user. Unblock the user first."));
    }
    Ok(Recipient { customer: customer.id, input, user_id: customer.user_id.clone(), wa_id, by_user_id })
}

fn limits(state: &mut State, call: &Call, recipient: &Recipient) -> Result<(), GraphError> {
    if !state.settings.limits {
        return Ok(());
    }
    let per_s = state.numbers.get(call.word(0)).map_or(80, super::super::model::account::Number::throughput_per_s);
    if !state.limits.take_throughput(call.word(0), per_s, call.now_ms) {
        return Err(throughput_reached());
    }
    if let Some(customer) = state.people.get_mut(recipient.customer)
        && !take_pair(customer, call.now_ms)
    {
        return Err(GraphError::of(
            131_056,
            "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.",
        ));
    }
    Ok(())
}

fn trouble(sim: &Sim, state: &mut State, customer: i64) -> Option<DoorTrouble> {
    let rough = state.settings.mode == Mode::Auto && state.settings.mood == Mood::Rough;
    let customer = state.people.get_mut(customer)?;
    let tries = customer.tries;
    customer.tries = tries.saturating_add(1);
    if rough { fate::door(sim.seed, &customer.wa_id, tries) } else { None }
}

/// What a message is, after its content was checked.
struct Rendered {
    view: Value,
    template: Option<(String, String)>,
    category: &'static str,
    billing: &'static str,
    quick_replies: usize,
    opt_out_button: Option<usize>,
    held: bool,
    events: Vec<(i64, AccountEvent)>,
}

fn template(
    state: &mut State,
    body: &Map<String, Value>,
    recipient: &Recipient,
    now_ms: i64,
    door: Door,
) -> Result<Rendered, GraphError> {
    let object = body.get("template").ok_or_else(|| GraphError::missing("template"))?;
    free_form::only_keys(object, &["name", "language", "components", "namespace"], "template")?;
    let name = free_form::required(object, "name", "template")?;
    let language = object.get("language").ok_or_else(|| GraphError::missing("template['language']"))?;
    let code = free_form::required(language, "code", "template['language']")?;
    let media = |id: &str| state.media.get(id).is_some_and(|expires| *expires > now_ms);
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
    if recipient.by_user_id && template.category == "AUTHENTICATION" {
        return Err(GraphError::of(
            131_062,
            "Authentication templates cannot be sent to a business-scoped user id. Use the phone number.",
        ));
    }
    let view = template_send::render(&template.compiled, object.get("components"), &media)?;
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
    let category = marketing_door(door, category, now_ms.saturating_sub(template.created_ms))?;
    let labels: Vec<String> = template.compiled.quick_replies().map(str::to_owned).collect();
    let opt_out_button = labels.iter().position(|label| inbound::is_opt_out_label(label));
    let id = template.id.clone();
    let mut events: Vec<(i64, AccountEvent)> = portfolio(state, recipient, now_ms)?.into_iter().collect();
    let (held, verdict) = pace(state, &id, now_ms);
    events.extend(verdict);
    Ok(Rendered {
        view,
        template: Some((name.to_owned(), code.to_owned())),
        category,
        billing: "regular",
        quick_replies: labels.len(),
        opt_out_button,
        held,
        events,
    })
}

/// The Marketing Messages API takes marketing templates only, once they are synced, and prices
/// them as `marketing_lite` (messages.md §11).
fn marketing_door(door: Door, category: &'static str, age_ms: i64) -> Result<&'static str, GraphError> {
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
fn portfolio(state: &mut State, recipient: &Recipient, now_ms: i64) -> Result<Option<(i64, AccountEvent)>, GraphError> {
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
fn pace(state: &mut State, id: &str, now_ms: i64) -> (bool, Option<(i64, AccountEvent)>) {
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

fn service(
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
        return Err(GraphError::of(131_047, super::error::failure_details(131_047)));
    }
    let free = kind != "reaction" && state.limits.service_is_free(now_ms);
    Ok(Rendered {
        view,
        template: None,
        category: "service",
        billing: if free { "free_customer_service" } else { "regular" },
        quick_replies: 0,
        opt_out_button: None,
        held: false,
        events: Vec::new(),
    })
}

#[expect(clippy::too_many_arguments, reason = "everything one row is made of")]
fn accept(
    sim: &Sim,
    state: &mut State,
    call: &Call,
    body: &Map<String, Value>,
    kind: &str,
    recipient: Recipient,
    rendered: Rendered,
    trouble: Option<DoorTrouble>,
) -> Accepted {
    let now = call.now_ms;
    let settings = state.settings.clone();
    let people = &mut state.people;
    let customer = people.meet(&recipient.wa_id);
    let nth = customer.nth;
    customer.nth = nth.saturating_add(1);
    if !recipient.by_user_id {
        customer.phone_used_ms = Some(now);
    }
    let plan = if settings.mode == Mode::Explicit {
        Vec::new()
    } else if kind == "reaction" {
        vec![fate::Step { after_ms: settings.scaled(300), kind: fate::StepKind::Sent }]
    } else {
        let message = fate::Message {
            wa_id: &customer.wa_id,
            nth,
            category: rendered.category,
            kind,
            quick_replies: rendered.quick_replies,
            opt_out_button: rendered.opt_out_button,
            stopped_marketing: customer.stopped_marketing,
            blocks_us: customer.blocks_us,
            said_stop: customer.said_stop_ms.is_some(),
        };
        let mut plan = fate::plan(sim.seed, settings.mood, &message);
        if customer.played {
            plan.retain(|s| {
                matches!(
                    s.kind,
                    fate::StepKind::Sent | fate::StepKind::Delivered | fate::StepKind::Failed(131_049 | 131_050)
                )
            });
        }
        for step in &mut plan {
            step.after_ms = settings.scaled(step.after_ms);
        }
        plan
    };
    let first_due_ms = plan.first().filter(|_| !rendered.held).map(|step| now.saturating_add(step.after_ms));
    let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
    let (template, language) = rendered.template.clone().unzip();
    let message = NewMessage {
        wamid: inbound::wamid(&recipient.wa_id, true),
        inbound: false,
        at_ms: now,
        phone_number_id: call.word(0).to_owned(),
        customer: recipient.customer,
        nth,
        input: recipient.input.clone(),
        by_user_id: recipient.by_user_id,
        correlation: text("biz_opaque_callback_data"),
        kind: kind.to_owned(),
        template,
        language,
        category: Some(rendered.category.to_owned()),
        billing: Some(rendered.billing),
        content: rendered.view.to_string(),
        reply_to: body.get("context").and_then(|c| c.get("message_id")).and_then(Value::as_str).map(str::to_owned),
        fate: (settings.mode == Mode::Auto).then(|| fate::summary(&plan)),
        held: rendered.held,
        plan,
    };
    let new_customer = (!customer.stored).then(|| customer.clone());
    let status =
        rendered.template.as_ref().map(|_| if rendered.held { "held_for_quality_assessment" } else { "accepted" });
    Accepted { message, new_customer, recipient, status, first_due_ms, trouble, events: rendered.events }
}

/// Marks an incoming message, and those before it, as read; the customer sees blue ticks.
async fn mark_read(sim: &Arc<Sim>, body: &Map<String, Value>) -> Outcome {
    if body.get("messaging_product").and_then(Value::as_str) != Some("whatsapp") {
        return Err(GraphError::new(100, "The parameter messaging_product is required."));
    }
    if let Some(key) =
        body.keys().find(|k| !matches!(k.as_str(), "messaging_product" | "status" | "message_id" | "typing_indicator"))
    {
        return Err(GraphError::unknown_key(key, "message"));
    }
    if body.get("status").and_then(Value::as_str) != Some("read") {
        return Err(GraphError::new(100, "Param status must be one of {READ}."));
    }
    if let Some(typing) = body.get("typing_indicator")
        && typing.get("type").and_then(Value::as_str) != Some("text")
    {
        return Err(GraphError::invalid("typing_indicator['type'] must be text."));
    }
    let wamid = free_form::required(&Value::Object(body.clone()), "message_id", "message")?.to_owned();
    let now = sim.clock.now_ms();
    let found = sim
        .db
        .write(move |c| {
            let Some(message) = ledger::by_wamid(c, &wamid)?.filter(|m| m.inbound) else { return Ok(false) };
            c.prepare_cached("UPDATE messages SET read_ms = ?3 WHERE customer = ?1 AND inbound = 1 AND seq <= ?2 AND read_ms IS NULL")?
                .execute(rusqlite::params![message.customer, message.seq, now])?;
            Ok(true)
        })
        .await
        .map_err(|e| unavailable(&e))?;
    if found {
        Ok(json!({"success": true}).into())
    } else {
        Err(GraphError::invalid("message_id: no incoming message has this id."))
    }
}
