//! `POST /{phone-number-id}/messages`: validated by the documented rules, accepted only once it
//! is on disk (messages.md §1 to §8).

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::direct_send;
use super::error::GraphError;
use super::send_content::{Rendered, service, template};
use super::send_request::{Recipient, envelope, limits, payer, recipient, sender, trouble};
use super::{
    Answer, Call, Outcome, finish, free_form, group_send, planned_code, throughput_reached, unavailable, with_fault,
};
use crate::account_events::{self, AccountEvent};
use crate::config::Mode;
use crate::control::chats::lead;
use crate::crowd::fate::{self, DoorTrouble};
use crate::crowd::inbound;
use crate::ledger::{self, NewMessage};
use crate::model::customer::Customer;
use crate::model::group::Group;
use crate::model::template::Template;
use crate::upkeep;
use crate::webhooks::values::Update;
use crate::webhooks::{chats, queue};
use crate::world::{Sim, State, Timer, What};

/// Which of the two endpoints a send came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// `/messages`.
    CloudApi,
    /// `/marketing_messages` (messages.md §11).
    Marketing,
}

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
            let who = [digits.as_str(), text("recipient")];
            // A plan for `messages` means sends, whichever door they take.
            let planned = state.faults.take(call.word(1), &who, false);
            if planned.is_none() && call.word(1) != "messages" {
                state.faults.take("messages", &who, false)
            } else {
                planned
            }
        }
    };
    if fault.is_none() {
        return send_now(sim, call, &body, door).await;
    }
    let response = with_fault(sim, fault, async { finish(send_now(sim, call, &body, door).await) }).await;
    Ok(Answer::Response(response))
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
    /// Our sending takes the chat from Meta's agent.
    taken: Option<Update>,
    /// A template that Meta made for it.
    made: Option<Box<Template>>,
}

async fn send_now(sim: &Arc<Sim>, call: &Call, body: &Map<String, Value>, door: Door) -> Outcome {
    let accepted = check(sim, call, body, door)?;
    if let Some(DoorTrouble::Slow(ms)) = accepted.trouble
        && !sim.state().settings.hurried
    {
        tokio::time::sleep(Duration::from_millis(u64::try_from(ms).unwrap_or(0))).await;
    }
    let Accepted { message, new_customer, recipient, status, first_due_ms, trouble, events, taken, made } = accepted;
    let (world, now, told) = (Arc::clone(sim), call.now_ms, taken.is_some());
    let wamid = message.wamid.clone();
    let person = new_customer.as_ref().map(|c| c.id);
    let (seq, timers) = sim
        .db
        .write(move |c| {
            if let Some(customer) = &new_customer {
                customer.save(c)?;
            }
            if let Some(template) = &made {
                template.save(c)?;
            }
            let seq = message.insert(c)?;
            if let Some(update) = taken {
                lead(c, &world, message.customer, false)?;
                queue::enqueue(c, &world, vec![update], now)?;
            }
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
    if told {
        sim.post_wake.notify_one();
    }
    if trouble == Some(DoorTrouble::ErrorAfter) {
        return Err(planned_code(131_000));
    }
    Ok(answer(&recipient, &wamid, status).into())
}

fn answer(recipient: &Recipient, wamid: &str, status: Option<&'static str>) -> Value {
    let contact = if recipient.group {
        json!({"input": recipient.input})
    } else if recipient.by_user_id {
        json!({"input": recipient.input, "user_id": recipient.user_id})
    } else {
        json!({"input": recipient.input, "wa_id": recipient.wa_id})
    };
    let mut message = match status {
        Some(status) => json!({"id": wamid, "message_status": status}),
        None => json!({"id": wamid}),
    };
    if let (true, Some(message)) = (recipient.group, message.as_object_mut()) {
        message.insert("group_id".into(), json!(recipient.input));
    }
    json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]})
}

fn check(sim: &Sim, call: &Call, body: &Map<String, Value>, door: Door) -> Result<Accepted, GraphError> {
    envelope(body, door)?;
    let kind = body.get("type").and_then(Value::as_str).unwrap_or("text");
    let mut state = sim.state();
    sender(&state, call)?;
    payer(&state, body, call.now_ms)?;
    if body.get("recipient_type").and_then(Value::as_str) == Some("group") {
        let (group, rendered) = group_send::render(&mut state, call, body, kind)?;
        return Ok(accept_group(&state, call, body, kind, &group, rendered));
    }
    let recipient = recipient(&mut state, call, body)?;
    limits(&mut state, call, &recipient)?;
    let now = call.now_ms;
    let trouble = trouble(sim, &mut state, recipient.customer);
    match trouble {
        Some(DoorTrouble::Throttled) => return Err(throughput_reached()),
        Some(DoorTrouble::ErrorBefore(code)) => return Err(planned_code(code)),
        Some(DoorTrouble::ErrorAfter | DoorTrouble::Slow(_)) | None => {}
    }
    let rendered = if direct_send::asked(body) {
        direct_send::render(&mut state, body, kind, &recipient, now)?
    } else if kind == "template" {
        template(&mut state, body, &recipient, now, door)?
    } else {
        service(&mut state, body, kind, &recipient, now)?
    };
    Ok(accept(sim, &mut state, call, body, kind, recipient, rendered, trouble))
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
    let leader = state.agent_leads.contains(&recipient.customer).then(|| customer.clone());
    let taken = leader.and_then(|customer| {
        let number = state.numbers.get(call.word(0))?;
        Some(chats::handover(number, &customer, false, true, now))
    });
    let mut events = rendered.events;
    events.extend(upkeep::faster(state, call.word(0), now));
    let status = (kind == "template").then_some(if rendered.held { "held_for_quality_assessment" } else { "accepted" });
    Accepted { message, new_customer, recipient, status, first_due_ms, trouble, events, taken, made: rendered.made }
}

/// A message to a group: everybody in it gets and reads it.
fn accept_group(
    state: &State,
    call: &Call,
    body: &Map<String, Value>,
    kind: &str,
    group: &Group,
    rendered: Rendered,
) -> Accepted {
    let step = |after_ms, kind| fate::Step { after_ms: state.settings.scaled(after_ms), kind };
    let plan = if state.settings.mode == Mode::Explicit {
        Vec::new()
    } else {
        vec![
            step(300, fate::StepKind::Sent),
            step(2_000, fate::StepKind::Delivered),
            step(30_000, fate::StepKind::Read),
        ]
    };
    let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
    let (template, language) = rendered.template.clone().unzip();
    let recipient = Recipient {
        customer: group.row,
        input: group.id.clone(),
        wa_id: group.id.clone(),
        user_id: String::new(),
        by_user_id: false,
        group: true,
    };
    let message = NewMessage {
        wamid: inbound::wamid(&group.id, true),
        inbound: false,
        at_ms: call.now_ms,
        phone_number_id: call.word(0).to_owned(),
        customer: group.row,
        nth: 0,
        input: group.id.clone(),
        by_user_id: false,
        correlation: text("biz_opaque_callback_data"),
        kind: kind.to_owned(),
        template,
        language,
        category: Some(rendered.category.to_owned()),
        billing: Some(rendered.billing),
        content: rendered.view.to_string(),
        reply_to: body.get("context").and_then(|c| c.get("message_id")).and_then(Value::as_str).map(str::to_owned),
        fate: (state.settings.mode == Mode::Auto).then(|| fate::summary(&plan)),
        held: false,
        plan,
    };
    Accepted {
        first_due_ms: message.plan.first().map(|step| call.now_ms.saturating_add(step.after_ms)),
        message,
        new_customer: None,
        recipient,
        status: (kind == "template").then_some("accepted"),
        trouble: None,
        events: Vec::new(),
        taken: None,
        made: None,
    }
}

/// Marks an incoming message, and those before it unless they are a group's, as read; the customer sees blue ticks.
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
            c.prepare_cached("UPDATE messages SET read_ms = ?3 WHERE customer = ?1 AND inbound = 1 AND (seq = ?2 OR ?1 > 0 AND seq < ?2) AND read_ms IS NULL")?
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
