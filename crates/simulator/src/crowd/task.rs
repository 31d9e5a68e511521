//! The crowd at work: whatever is due is written and told in one transaction, so that a status
//! in the practice ledger and its webhook never part, whatever is killed in between.

use std::cmp::Reverse;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, params};
use tokio_util::sync::CancellationToken;

use super::fate::{Step, StepKind};
use super::inbound::{self, Incoming, Writing};
use super::{draw::Draw, pictures};
use crate::account_events;
use crate::ledger::{self, Stored};
use crate::webhooks::values::{self, Update};
use crate::webhooks::{groups, queue};
use crate::world::{Sim, Timer, What};

/// Timers handled in one transaction; bounds how long an accept may wait behind it.
const ROUND: usize = 200;

/// Runs until told to stop.
pub(crate) async fn run(sim: Arc<Sim>, stop: CancellationToken) {
    loop {
        let now = sim.clock.now_ms();
        let (due, next) = take_due(&sim, now);
        if due.is_empty() {
            let wait = next.map_or(60_000, |at| at.saturating_sub(now).clamp(1, 60_000));
            tokio::select! {
                () = stop.cancelled() => return,
                () = sim.crowd_wake.notified() => {}
                () = tokio::time::sleep(Duration::from_millis(u64::try_from(wait).unwrap_or(1))) => {}
            }
            continue;
        }
        let full = due.len() >= ROUND;
        let world = Arc::clone(&sim);
        match sim.db.write(move |c| fire(c, &world, &due, now)).await {
            Ok(next) => {
                sim.schedule(next);
                sim.post_wake.notify_one();
            }
            Err(error) => {
                tracing::error!(%error, "the crowd could not act; its messages stay as they are until a restart")
            }
        }
        if stop.is_cancelled() {
            return;
        }
        if !full {
            // A short breath lets what is due at nearly the same time travel in one POST.
            tokio::time::sleep(Duration::from_millis(8)).await;
        }
    }
}

fn take_due(sim: &Sim, now_ms: i64) -> (Vec<What>, Option<i64>) {
    let mut state = sim.state();
    let mut due = Vec::new();
    while due.len() < ROUND {
        match state.timers.peek() {
            Some(Reverse(timer)) if timer.due_ms <= now_ms => {
                if let Some(Reverse(timer)) = state.timers.pop() {
                    due.push(timer.what);
                }
            }
            _ => break,
        }
    }
    let next = state.timers.peek().map(|Reverse(timer)| timer.due_ms);
    (due, next)
}

fn fire(connection: &Connection, sim: &Sim, due: &[What], now_ms: i64) -> rusqlite::Result<Vec<Timer>> {
    let mut updates = Vec::new();
    let mut timers = Vec::new();
    for what in due {
        match what {
            What::Message(seq) => {
                if let Some(message) = ledger::by_seq(connection, *seq)? {
                    advance(connection, sim, message, now_ms, &mut updates, &mut timers)?;
                }
            }
            What::Account(id) => timers.extend(account_events::fire(connection, sim, *id, now_ms, &mut updates)?),
        }
    }
    queue::enqueue(connection, sim, updates, now_ms)?;
    Ok(timers)
}

/// Takes every step of one message that is due.
fn advance(
    connection: &Connection,
    sim: &Sim,
    mut message: Stored,
    now_ms: i64,
    updates: &mut Vec<Update>,
    timers: &mut Vec<Timer>,
) -> rusqlite::Result<()> {
    let (Some(position), Some(plan)) = (message.plan_pos, message.plan.as_deref()) else { return Ok(()) };
    let steps: Vec<Step> = serde_json::from_str(plan).unwrap_or_default();
    let mut at = usize::try_from(position).unwrap_or(usize::MAX);
    let mut next = None;
    while let Some(step) = steps.get(at) {
        let due = message.base_ms.saturating_add(step.after_ms);
        if due > now_ms {
            next = Some(Timer { due_ms: due, what: What::Message(message.seq) });
            break;
        }
        take(connection, sim, &mut message, &step.kind, due, updates, timers)?;
        at = at.saturating_add(1);
    }
    let position = next.is_some().then(|| i64::try_from(at).unwrap_or(i64::MAX));
    connection
        .prepare_cached("UPDATE messages SET plan_pos = ?2 WHERE seq = ?1")?
        .execute(params![message.seq, position])?;
    timers.extend(next);
    Ok(())
}

fn take(
    connection: &Connection,
    sim: &Sim,
    message: &mut Stored,
    kind: &StepKind,
    at_ms: i64,
    updates: &mut Vec<Update>,
    timers: &mut Vec<Timer>,
) -> rusqlite::Result<()> {
    match kind {
        StepKind::Sent => status(connection, sim, message, "sent", at_ms, None, updates),
        StepKind::Delivered => status(connection, sim, message, "delivered", at_ms, None, updates),
        StepKind::Read => status(connection, sim, message, "read", at_ms, None, updates),
        StepKind::Played => status(connection, sim, message, "played", at_ms, None, updates),
        StepKind::Failed(code) => status(connection, sim, message, "failed", at_ms, Some(*code), updates),
        StepKind::Text(text) => write(connection, sim, message, Writing::Text(text.clone()), at_ms, updates),
        StepKind::Tap(button) => match tap(message, *button) {
            Some(writing) => write(connection, sim, message, writing, at_ms, updates),
            None => Ok(()),
        },
        StepKind::Photo(caption) => {
            let bytes = photo(sim, message);
            let writing = Writing::Media {
                kind: "image",
                mime_type: String::from("image/jpeg"),
                bytes,
                caption: Some(caption.clone()),
                filename: None,
            };
            write(connection, sim, message, writing, at_ms, updates)
        }
        StepKind::React(emoji) => {
            let writing = Writing::Reaction { message_id: message.wamid.clone(), emoji: Some(emoji.clone()) };
            write(connection, sim, message, writing, at_ms, updates)
        }
        StepKind::StopMarketing => {
            timers.extend(account_events::feedback(connection, sim, message, at_ms, updates)?);
            preference(connection, sim, message.customer, &message.phone_number_id, "stop", at_ms, updates)
        }
        StepKind::Block => {
            timers.extend(account_events::feedback(connection, sim, message, at_ms, updates)?);
            change(connection, sim, message.customer, |customer| customer.blocks_us = true)
        }
        StepKind::Complain => {
            timers.extend(account_events::feedback(connection, sim, message, at_ms, updates)?);
            Ok(())
        }
    }
}

fn photo(sim: &Sim, message: &Stored) -> Vec<u8> {
    let mut draw = Draw::new(sim.seed, "photo", &message.wamid, u64::from(message.nth));
    pictures::jpeg(&mut draw, 480, 360)
}

/// The tap on the n-th quick reply of what the customer sees.
fn tap(message: &Stored, wanted: usize) -> Option<Writing> {
    let view: serde_json::Value = serde_json::from_str(&message.content).ok()?;
    let buttons = view.get("buttons")?.as_array()?;
    let button = buttons
        .iter()
        .filter(|b| matches!(b.get("type").and_then(|t| t.as_str()), Some("QUICK_REPLY" | "REPLY")))
        .nth(wanted)?;
    let text = button.get("text")?.as_str()?.to_owned();
    let payload = button.get("payload").and_then(|p| p.as_str()).unwrap_or(&text).to_owned();
    Some(if message.kind == "template" {
        Writing::Button { text, payload }
    } else {
        Writing::ButtonReply { id: payload, title: text }
    })
}

fn write(
    connection: &Connection,
    sim: &Sim,
    message: &Stored,
    writing: Writing,
    at_ms: i64,
    updates: &mut Vec<Update>,
) -> rusqlite::Result<()> {
    let quotes = matches!(writing, Writing::Button { .. } | Writing::ButtonReply { .. });
    let incoming = Incoming {
        customer: message.customer,
        phone_number_id: message.phone_number_id.clone(),
        writing,
        reply_to: quotes.then(|| message.wamid.clone()),
        at_ms,
    };
    if let Some(received) = inbound::receive(connection, sim, incoming)? {
        updates.extend(received.updates);
    }
    Ok(())
}

/// Records a status and builds its webhook. A status that is there already changes nothing.
pub(crate) fn status(
    connection: &Connection,
    sim: &Sim,
    message: &mut Stored,
    name: &'static str,
    at_ms: i64,
    failure: Option<i64>,
    updates: &mut Vec<Update>,
) -> rusqlite::Result<()> {
    let update = {
        let state = sim.state();
        let Some(number) = state.numbers.get(&message.phone_number_id) else { return Ok(()) };
        if let Some(customer) = state.people.get(message.customer) {
            values::status(number, customer, message, name, at_ms, failure)
        } else if let Some(group) = state.groups.get(&message.input) {
            groups::statuses(number, group, &group.people(&state), message, name, at_ms, failure)
        } else {
            return Ok(());
        }
    };
    updates.push(update);
    let (slot, column) = match name {
        "sent" => (&mut message.sent_ms, "sent_ms"),
        "delivered" => (&mut message.delivered_ms, "delivered_ms"),
        "read" => (&mut message.read_ms, "read_ms"),
        "failed" => (&mut message.failed_ms, "failed_ms"),
        _ => return Ok(()),
    };
    slot.get_or_insert(at_ms);
    connection
        .prepare_cached(&format!("UPDATE messages SET {column} = coalesce({column}, ?2), failed_code = coalesce(?3, failed_code), held = 0 WHERE seq = ?1"))?
        .execute(params![message.seq, at_ms, failure])?;
    Ok(())
}

/// "Stop marketing" or "resume" by the person.
pub(crate) fn preference(
    connection: &Connection,
    sim: &Sim,
    customer: i64,
    phone_number_id: &str,
    value: &str,
    at_ms: i64,
    updates: &mut Vec<Update>,
) -> rusqlite::Result<()> {
    change(connection, sim, customer, |customer| customer.stopped_marketing = value == "stop")?;
    let (number, customer) = {
        let state = sim.state();
        (state.numbers.get(phone_number_id).cloned(), state.people.get(customer).cloned())
    };
    if let (Some(number), Some(customer)) = (number, customer) {
        updates.push(values::preference(&number, &customer, value, at_ms));
    }
    Ok(())
}

/// Changes a person in memory and on disk.
pub(crate) fn change(
    connection: &Connection,
    sim: &Sim,
    customer: i64,
    how: impl FnOnce(&mut crate::model::customer::Customer),
) -> rusqlite::Result<()> {
    let changed = {
        let mut state = sim.state();
        state.people.get_mut(customer).map(|customer| {
            how(customer);
            customer.stored = true;
            customer.clone()
        })
    };
    changed.map_or(Ok(()), |customer| customer.save(connection))
}
