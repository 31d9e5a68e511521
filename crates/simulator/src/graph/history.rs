//! Message history: delivery diagnostics of webhooks, by message (account.md §5).

use std::sync::Arc;

use rusqlite::params;
use serde_json::{Value, json};

use super::error::GraphError;
use super::{Call, Outcome, fields, unavailable};
use crate::clock::seconds;
use crate::ledger;
use crate::world::Sim;

fn events(message: &ledger::Stored, app: &str) -> Vec<(String, Value)> {
    let mut seen: Vec<(i64, &str)> = Vec::new();
    for (at, name) in [
        (message.sent_ms, "SENT"),
        (message.delivered_ms, "DELIVERED"),
        (message.read_ms, "READ"),
        (message.failed_ms, "FAILED"),
    ] {
        seen.extend(at.map(|at| (at, name)));
    }
    // Stable: statuses of the same millisecond stay in the order in which they can come.
    seen.sort_by_key(|&(at, _)| at);
    seen.into_iter()
        .enumerate()
        .map(|(at, (ms, name))| {
            let id = format!("{}{at:02}", message.seq);
            let mut event =
                json!({"id": id, "delivery_status": name, "timestamp": seconds(ms), "application": {"id": app}});
            if let (Some(code), "FAILED", Some(event)) = (message.failed_code, name, event.as_object_mut()) {
                event.insert("error_description".into(), json!(super::error::title(code)));
            }
            (id, event)
        })
        .collect()
}

/// `GET /{phone-number-id}/message_history`.
pub(super) async fn list(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let (number, wamid) = (call.word(0).to_owned(), call.query.get("message_id").cloned());
    let rows = sim
        .db
        .read(move |c| match wamid {
            Some(wamid) => Ok(ledger::by_wamid(c, &wamid)?.into_iter().filter(|m| !m.inbound).collect::<Vec<_>>()),
            None => {
                let seqs: Vec<i64> = c
                    .prepare_cached("SELECT seq FROM messages WHERE inbound = 0 AND phone_number_id = ?1 ORDER BY seq DESC LIMIT 1000")?
                    .query_map(params![number], |row| row.get(0))?
                    .collect::<rusqlite::Result<_>>()?;
                seqs.into_iter().filter_map(|seq| ledger::by_seq(c, seq).transpose()).collect()
            }
        })
        .await
        .map_err(|e| unavailable(&e))?;
    let app = sim.state().account.app_id.clone();
    // By itself the list names ids alone.
    let with_events = call.query.get("fields").is_some_and(|fields| fields.contains("events"));
    let items = rows
        .iter()
        .map(|m| {
            let mut entry = json!({"id": history_id(m.seq), "message_id": m.wamid});
            if let (true, Some(entry)) = (with_events, entry.as_object_mut()) {
                let events: Vec<Value> = events(m, &app).into_iter().map(|(_, e)| e).collect();
                entry.insert("events".into(), json!({"data": events}));
            }
            (m.seq.to_string(), entry)
        })
        .collect();
    Ok(Value::Object(fields::page(items, call, &sim.graph_url, 25)?).into())
}

fn history_id(seq: i64) -> String {
    format!("88{seq:012}")
}

/// The ledger sequence behind a history id.
pub(super) fn seq_of(id: &str) -> Option<i64> {
    id.strip_prefix("88").filter(|rest| rest.len() == 12)?.parse().ok()
}

/// An event as the edge of its own shows it: in a node, with its time under another name than in the list.
fn as_node((id, mut event): (String, Value)) -> (String, Value) {
    if let Some(map) = event.as_object_mut() {
        let at = map.remove("timestamp").unwrap_or_default();
        map.insert("occurrence_timestamp".into(), at.clone());
        map.insert("status_timestamp".into(), at);
    }
    let item = json!({"cursor": id, "node": event});
    (id, item)
}

/// `GET /{message-history-id}/events`.
pub(super) async fn show_events(sim: &Arc<Sim>, call: &Call, seq: i64) -> Outcome {
    let message =
        sim.db.read(move |c| ledger::by_seq(c, seq)).await.map_err(|e| unavailable(&e))?.filter(|m| !m.inbound);
    let message = message.ok_or_else(|| GraphError::no_object("get", call.word(0)))?;
    let app = sim.state().account.app_id.clone();
    let events = events(&message, &app).into_iter().map(as_node).collect();
    Ok(Value::Object(fields::page(events, call, &sim.graph_url, 25)?).into())
}
