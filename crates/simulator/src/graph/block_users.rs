//! Blocking users who wrote in the last 24 hours (account.md §5, errors.md §9).

use std::sync::Arc;

use serde_json::{Value, json};

use super::error::GraphError;
use super::number_write::product;
use super::{Call, Outcome, fields, unavailable};
use crate::world::Sim;

/// `/{phone-number-id}/block_users`, all methods.
pub(super) async fn serve(sim: &Arc<Sim>, call: &Call) -> Outcome {
    match call.method.as_str() {
        "GET" => {
            let state = sim.state();
            let items = state
                .people
                .iter()
                .filter(|c| c.blocked_by_us)
                .map(|c| {
                    (
                        c.user_id.clone(),
                        json!({"messaging_product": "whatsapp", "wa_id": c.wa_id, "user_id": c.user_id}),
                    )
                })
                .collect();
            let page = fields::page(items, call, &sim.graph_url, 25).map_err(|error| {
                if error.code == 131_059 {
                    GraphError::of(139_102, "The blocked list has changed. Start again without the cursor.")
                } else {
                    error
                }
            })?;
            Ok(Value::Object(page).into())
        }
        "POST" => change(sim, call, true).await,
        "DELETE" => change(sim, call, false).await,
        _ => Err(GraphError::no_object(call.method.as_str(), call.word(0))),
    }
}

async fn change(sim: &Arc<Sim>, call: &Call, block: bool) -> Outcome {
    let body = call.object()?;
    product(&body)?;
    let wanted: Vec<Value> = match body.get("block_users") {
        Some(Value::Array(list)) => list.clone(),
        Some(Value::Object(map)) => map.values().cloned().collect(),
        _ => return Err(GraphError::new(100, "The parameter block_users is required.")),
    };
    let (mut done, mut failed, mut changed) = (Vec::new(), Vec::new(), Vec::new());
    {
        let mut state = sim.state();
        for user in &wanted {
            let phone = user.get("user").and_then(Value::as_str);
            let input = phone.or_else(|| user.get("user_id").and_then(Value::as_str)).unwrap_or_default().to_owned();
            let key = phone.map_or_else(|| input.clone(), |p| p.chars().filter(char::is_ascii_digit).collect());
            let id = state.people.find(&key).map(|c| c.id);
            let customer = id.and_then(|id| state.people.get_mut(id));
            match customer {
                Some(customer) if !block || customer.window_open(call.now_ms) => {
                    customer.blocked_by_us = block;
                    customer.stored = true;
                    done.push(json!({"input": input, "wa_id": customer.wa_id, "user_id": customer.user_id}));
                    changed.push(customer.clone());
                }
                _ => failed
                    .push(json!({"input": input, "errors": [{"message": "Re-engagement required", "code": 131_047,
                    "error_data": {"details": "Only users who wrote in the last 24 hours can be blocked."}}]})),
            }
        }
    }
    sim.db
        .write(move |c| changed.iter().try_for_each(|customer| customer.save(c)))
        .await
        .map_err(|e| unavailable(&e))?;
    let list = if block { "added_users" } else { "removed_users" };
    let result = json!({"messaging_product": "whatsapp", "block_users": {list: done, "failed_users": failed}});
    if result.pointer("/block_users/failed_users").and_then(Value::as_array).is_some_and(Vec::is_empty) {
        return Ok(json!({"messaging_product": "whatsapp", "block_users": {list: result.pointer(&format!("/block_users/{list}"))}}).into());
    }
    Err(GraphError::of(139_100, "Some users could not be blocked or unblocked.").beside(result))
}
