//! Turns updates into POST bodies and keeps them until they are answered 200.

use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::serialise;
use super::values::Update;
use crate::clock::seconds;
use crate::faults::Action;
use crate::world::{Sim, State};

/// A body never comes near Meta's 3 MB (webhooks.md §1.6).
const BODY_MAX_UPDATES: usize = 1000;
/// Bodies of answered POSTs kept for `GET webhooks`.
const KEPT_BODIES: i64 = 4_000;

/// Fields of the messages family carry no `entry.time` (webhooks.md §2.1).
fn timeless(field: &str) -> bool {
    matches!(
        field,
        "messages"
            | "user_preferences"
            | "account_settings_update"
            | "smb_message_echoes"
            | "smb_app_state_sync"
            | "messaging_handovers"
            | "history"
            | "standby"
            | "calls"
            | "group_lifecycle_update"
            | "group_participants_update"
            | "group_settings_update"
            | "group_status_update"
    )
}

/// Queues updates in the running transaction; the caller wakes the deliverer after the commit.
pub(crate) fn enqueue(
    connection: &Connection,
    sim: &Sim,
    mut updates: Vec<Update>,
    now_ms: i64,
) -> rusqlite::Result<()> {
    if updates.is_empty() {
        return Ok(());
    }
    let mut state = sim.state();
    if !state.account.subscribed {
        return Ok(());
    }
    if let Some(fields) = &state.account.app_fields {
        updates.retain(|update| fields.iter().any(|field| field == update.field));
    }
    let waba = state.account.id.clone();
    let most = state.settings.batch_max.clamp(1, BODY_MAX_UPDATES);
    let plans = group(&mut state, updates, most);
    drop(state);
    for plan in plans {
        let body = body(&waba, &plan.updates, now_ms);
        let copies = if plan.fault == Some(Action::WhDuplicate) { 2 } else { 1 };
        let delay = if plan.fault == Some(Action::WhReorder) { 1_500 } else { 0 };
        let state = if plan.fault == Some(Action::WhDrop) { "dropped" } else { "pending" };
        let (field, number) = plan.updates.first().map_or(("messages", None), |u| (u.field, u.phone_number_id.clone()));
        for _ in 0..copies {
            connection
                .prepare_cached("INSERT INTO posts(created_ms, field, phone_number_id, updates, body, state, next_attempt_ms) VALUES(?1,?2,?3,?4,?5,?6,?7)")?
                .execute(params![now_ms, field, number, i64::try_from(plan.updates.len()).unwrap_or(1), body, state, now_ms.saturating_add(delay)])?;
        }
        let newest = connection.last_insert_rowid();
        if newest % 256 == 0 {
            connection
                .prepare_cached("UPDATE posts SET body = NULL WHERE id < ?1 AND id > ?2 AND state <> 'pending' AND body IS NOT NULL")?
                .execute(params![newest.saturating_sub(KEPT_BODIES), newest.saturating_sub(KEPT_BODIES.saturating_mul(4))])?;
        }
    }
    Ok(())
}

struct Plan {
    updates: Vec<Update>,
    fault: Option<Action>,
}

fn group(state: &mut State, updates: Vec<Update>, most: usize) -> Vec<Plan> {
    let faults = state.faults.any_for_webhooks();
    let mut plans: Vec<Plan> = Vec::new();
    for update in updates {
        let fault = if faults {
            let who: Vec<&str> = [update.wa_id.as_deref(), update.user_id.as_deref()].into_iter().flatten().collect();
            state.faults.take("webhook", &who, true)
        } else {
            None
        };
        if fault.is_some() {
            plans.push(Plan { updates: vec![update], fault });
            continue;
        }
        let fits = plans.last().is_some_and(|plan| {
            plan.fault.is_none()
                && plan.updates.len() < most
                && plan
                    .updates
                    .first()
                    .is_some_and(|first| first.field == update.field && first.phone_number_id == update.phone_number_id)
        });
        match plans.last_mut() {
            Some(plan) if fits => plan.updates.push(update),
            _ => plans.push(Plan { updates: vec![update], fault: None }),
        }
    }
    plans
}

fn body(waba: &str, updates: &[Update], now_ms: i64) -> Vec<u8> {
    let changes: Vec<Value> = updates.iter().map(|u| json!({"value": u.value, "field": u.field})).collect();
    let timed = updates.first().is_some_and(|u| !timeless(u.field));
    let entry = if timed {
        json!({"id": waba, "time": seconds(now_ms), "changes": changes})
    } else {
        json!({"id": waba, "changes": changes})
    };
    serialise::bytes(&json!({"object": "whatsapp_business_account", "entry": [entry]}))
}
