//! Control of what happens in chats beside the API: the Business app on a phone, Meta's agent, calls.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Value, json};

use super::given::Given;
use super::handle::{Control, ControlError};
use crate::crowd::{inbound, task};
use crate::ledger::{self, Stored};
use crate::model::account::Number;
use crate::model::customer::Customer;
use crate::model::template::save_document;
use crate::webhooks::values::Update;
use crate::webhooks::{chats, queue};
use crate::world::Sim;

type Answer = Result<Json<Value>, ControlError>;

/// People in one webhook of the address book, and chats in one chunk of history.
const PEOPLE_AT_ONCE: usize = 100;
const CHATS_AT_ONCE: usize = 20;

fn both(control: &Control, customer: i64) -> Result<(Number, Customer), ControlError> {
    let number = control.first_number()?;
    let state = control.sim.state();
    let number = state.numbers.get(&number).cloned().ok_or(ControlError::NotFound("phone number"))?;
    let customer = state.people.get(customer).cloned().ok_or(ControlError::NotFound("customer"))?;
    Ok((number, customer))
}

async fn tell(control: &Control, updates: Vec<Update>) -> Result<(), ControlError> {
    let (sim, now) = (Arc::clone(&control.sim), control.sim.clock.now_ms());
    control.sim.db.write(move |c| queue::enqueue(c, &sim, updates, now)).await?;
    control.sim.post_wake.notify_one();
    Ok(())
}

/// What the business wrote without the API.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Echo {
    text: String,
    /// A message the agent answers to.
    reply_to: Option<String>,
}

/// `POST customers/{id}/echoes`: a message written on the Business app, or by Meta's agent where it leads the chat.
pub(crate) async fn echo(State(control): State<Control>, Path(id): Path<String>, Given(wanted): Given<Echo>) -> Answer {
    let id = control.id_of(&id)?;
    let (number, customer) = both(&control, id)?;
    let now = control.sim.clock.now_ms();
    let wamid = inbound::wamid(&customer.wa_id, true);
    let by_agent = control.sim.state().agent_leads.contains(&id);
    let update = if by_agent {
        chats::agent_echo(&number, &customer, &wamid, &wanted.text, wanted.reply_to.as_deref(), now)
    } else if number.on_business_app() {
        chats::echo(&number, &customer, &wamid, &wanted.text, now)
    } else {
        return Err(ControlError::Invalid(String::from(
            "nobody but the API writes for this number: let it join the Business app (POST numbers/{id}/coexistence) or let Meta's agent lead the chat (POST customers/{id}/agent)",
        )));
    };
    tell(&control, vec![update]).await?;
    Ok(Json(json!({"wamid": wamid})))
}

/// Who leads a chat.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Leads {
    leads: bool,
}

/// `POST customers/{id}/agent`: Meta's agent takes the lead of a chat or passes it on; while it leads, what the person
/// writes comes as `standby`.
pub(crate) async fn agent(
    State(control): State<Control>,
    Path(id): Path<String>,
    Given(wanted): Given<Leads>,
) -> Answer {
    let id = control.id_of(&id)?;
    let (number, customer) = both(&control, id)?;
    let now = control.sim.clock.now_ms();
    let sim = Arc::clone(&control.sim);
    let leads = wanted.leads;
    control.sim.db.write(move |c| lead(c, &sim, id, leads)).await?;
    tell(&control, vec![chats::handover(&number, &customer, leads, false, now)]).await?;
    Ok(Json(json!({"success": true})))
}

/// Remembers who leads a chat.
pub(crate) fn lead(connection: &Connection, sim: &Sim, customer: i64, agent: bool) -> rusqlite::Result<()> {
    {
        let mut state = sim.state();
        if agent {
            state.agent_leads.insert(customer);
        } else {
            state.agent_leads.remove(&customer);
        }
    }
    if agent {
        return save_document(connection, "agent_leads", &customer.to_string(), &customer);
    }
    connection
        .prepare_cached("DELETE FROM documents WHERE kind = 'agent_leads' AND id = ?1")?
        .execute([customer.to_string()])?;
    Ok(())
}

/// How a call went.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    /// Seconds that were talked; absent for a missed call.
    talked_s: Option<i64>,
}

/// `POST customers/{id}/calls`: the person calls; that opens the customer service window (messages.md §1).
pub(crate) async fn call(State(control): State<Control>, Path(id): Path<String>, Given(wanted): Given<Call>) -> Answer {
    let id = control.id_of(&id)?;
    let (number, customer) = both(&control, id)?;
    if customer.blocked_by_us {
        return Err(ControlError::Invalid(String::from("the business has blocked this customer")));
    }
    let now = control.sim.clock.now_ms();
    let call_id = inbound::wamid(&customer.wa_id, false).replacen("wamid.", "wacid.", 1);
    let updates = chats::call(&number, &customer, &call_id, wanted.talked_s.filter(|s| *s >= 0), now);
    let sim = Arc::clone(&control.sim);
    control
        .sim
        .db
        .write(move |c| {
            task::change(c, &sim, id, |customer| customer.last_inbound_ms = Some(now))?;
            queue::enqueue(c, &sim, updates, now)
        })
        .await?;
    control.sim.post_wake.notify_one();
    Ok(Json(json!({"call_id": call_id})))
}

/// Whether a number is also on the Business app.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Coexistence {
    on: bool,
    /// Share past chats; true unless said otherwise.
    history: Option<bool>,
}

/// `POST numbers/{id}/coexistence`: the number joins or leaves the Business app. Joining sends its address book and
/// past chats; from then on it makes 20 messages a second and its own messages come as echoes.
pub(crate) async fn coexistence(
    State(control): State<Control>,
    Path(id): Path<String>,
    Given(wanted): Given<Coexistence>,
) -> Answer {
    let now = control.sim.clock.now_ms();
    let (number, people) = {
        let mut state = control.sim.state();
        let people: Vec<Customer> = state.people.iter().filter(|c| c.stored).cloned().collect();
        let number = state.numbers.get_mut(&id).ok_or(ControlError::NotFound("phone number of that id"))?;
        number.fields.insert("is_on_biz_app".into(), json!(wanted.on));
        (number.clone(), people)
    };
    let sim = Arc::clone(&control.sim);
    let shares = wanted.history.unwrap_or(true);
    let chunks = control
        .sim
        .db
        .write(move |c| {
            save_document(c, "number", &number.id, &number)?;
            let updates = if wanted.on { joined(c, &number, people, shares, now)? } else { Vec::new() };
            let chunks = updates.iter().filter(|u| u.field == "history").count();
            for update in updates {
                // One by one, as real chunks come: each may be large.
                queue::enqueue(c, &sim, vec![update], now)?;
            }
            Ok(chunks)
        })
        .await?;
    control.sim.post_wake.notify_one();
    Ok(Json(json!({"success": true, "history_chunks": chunks})))
}

fn joined(
    connection: &Connection,
    number: &Number,
    people: Vec<Customer>,
    shares: bool,
    now_ms: i64,
) -> rusqlite::Result<Vec<Update>> {
    let mut updates: Vec<Update> =
        people.chunks(PEOPLE_AT_ONCE).map(|some| chats::address_book(number, some, now_ms)).collect();
    if !shares {
        updates.push(chats::no_history(number));
        return Ok(updates);
    }
    let mut threads: Vec<(Customer, Vec<Stored>)> = Vec::new();
    for person in people {
        let messages = ledger::thread(connection, person.id, 0, 1_000)?;
        if !messages.is_empty() {
            threads.push((person, messages));
        }
    }
    let all = threads.len();
    for (order, some) in threads.chunks(CHATS_AT_ONCE).enumerate() {
        let done = order.saturating_add(1).saturating_mul(CHATS_AT_ONCE).min(all);
        let progress = done.saturating_mul(100).checked_div(all).unwrap_or(100);
        updates.push(chats::history(number, some, order, u64::try_from(progress).unwrap_or(100)));
    }
    Ok(updates)
}
