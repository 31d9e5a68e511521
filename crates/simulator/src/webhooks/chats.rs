//! The `value` objects of chats that are not led through the API alone: the Business app beside it (coexistence),
//! Meta's agent, and calls (webhooks.md §7.7 to §7.10).

use serde_json::{Map, Value, json};

use super::values::{Shown, Update, about, contact};
use crate::clock::seconds;
use crate::ledger::Stored;
use crate::model::account::Number;
use crate::model::customer::Customer;

fn shown(customer: &Customer, at_ms: i64) -> Shown {
    Shown { phone: customer.phone_visible(at_ms) }
}

/// The person as the addressee of an echo.
fn addressed(map: &mut Map<String, Value>, customer: &Customer, at_ms: i64) {
    if shown(customer, at_ms).phone {
        map.insert("to".into(), json!(customer.wa_id));
    }
    map.insert("to_user_id".into(), json!(customer.user_id));
}

/// A message that the business wrote on the Business app.
pub(crate) fn echo(number: &Number, customer: &Customer, wamid: &str, text: &str, at_ms: i64) -> Update {
    let mut element = Map::new();
    element.insert("from".into(), json!(number.digits));
    addressed(&mut element, customer, at_ms);
    element.insert("id".into(), json!(wamid));
    element.insert("timestamp".into(), json!(seconds(at_ms).to_string()));
    element.insert("type".into(), json!("text"));
    element.insert("text".into(), json!({"body": text}));
    let value = json!({
        "messaging_product": "whatsapp", "metadata": number.metadata(),
        "contacts": [contact(customer, shown(customer, at_ms), false, true)], "message_echoes": [element],
    });
    about("smb_message_echoes", number, customer, value)
}

/// A message of a person while Meta's agent leads the chat: what else would be `messages`, one level deeper.
pub(crate) fn standby(incoming: Update) -> Update {
    let Update { phone_number_id, value: Value::Object(mut value), wa_id, user_id, .. } = incoming else {
        return incoming;
    };
    let mut inner = Map::new();
    for key in ["contacts", "messages"] {
        if let Some(part) = value.remove(key) {
            inner.insert(key.to_owned(), part);
        }
    }
    value.insert("standby".into(), Value::Object(inner));
    Update { field: "standby", phone_number_id, value: Value::Object(value), wa_id, user_id }
}

/// What Meta's agent wrote: the whole send request.
pub(crate) fn agent_echo(
    number: &Number,
    customer: &Customer,
    wamid: &str,
    text: &str,
    reply_to: Option<&str>,
    at_ms: i64,
) -> Update {
    let mut message = Map::new();
    message.insert("messaging_product".into(), json!("whatsapp"));
    message.insert("recipient_type".into(), json!("individual"));
    if shown(customer, at_ms).phone {
        message.insert("to".into(), json!(customer.wa_id));
    } else {
        message.insert("recipient".into(), json!(customer.user_id));
    }
    message.insert("type".into(), json!("text"));
    message.insert("text".into(), json!({"body": text}));
    if let Some(quoted) = reply_to {
        message.insert("context".into(), json!({"message_id": quoted}));
    }
    let echo = json!({"id": wamid, "timestamp": seconds(at_ms).to_string(), "message": message});
    let value =
        json!({"messaging_product": "whatsapp", "metadata": number.metadata(), "standby": {"message_echoes": [echo]}});
    about("standby", number, customer, value)
}

/// Control of a chat changed: passed by the agent, or taken by our sending. There is no `metadata`.
pub(crate) fn handover(number: &Number, customer: &Customer, to_agent: bool, taken: bool, at_ms: i64) -> Update {
    let (from, to) = if to_agent { ("customer_service", "ai_agent") } else { ("ai_agent", "escalation") };
    let kind = if taken { "control_taken" } else { "control_passed" };
    let value = json!({
        "messaging_product": "whatsapp", "sender": {"phone_number": customer.wa_id},
        "recipient": {"phone_number_id": number.id, "display_phone_number": number.digits},
        "type": kind, "timestamp": seconds(at_ms).to_string(),
        kind: {"previous_owner_role": from, "new_owner_role": if taken { "customer_service" } else { to }},
    });
    about("messaging_handovers", number, customer, value)
}

/// A call of a person: it rings, and it ends.
pub(crate) fn call(number: &Number, customer: &Customer, id: &str, talked_s: Option<i64>, at_ms: i64) -> Vec<Update> {
    let people = json!([contact(customer, shown(customer, at_ms), true, true)]);
    let mut base = Map::new();
    base.insert("id".into(), json!(id));
    if shown(customer, at_ms).phone {
        base.insert("from".into(), json!(customer.wa_id));
    }
    base.insert("from_user_id".into(), json!(customer.user_id));
    base.insert("to".into(), json!(number.digits));
    base.insert("direction".into(), json!("USER_INITIATED"));
    let at = |later_s: i64| json!(seconds(at_ms).saturating_add(later_s).to_string());
    let mut rings = base.clone();
    rings.insert("event".into(), json!("connect"));
    rings.insert("timestamp".into(), at(0));
    rings.insert(
        "session".into(),
        json!({"sdp_type": "offer", "sdp": "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"}),
    );
    let mut ends = base;
    ends.insert("event".into(), json!("terminate"));
    match talked_s {
        Some(talked) => {
            ends.insert("status".into(), json!("COMPLETED"));
            ends.insert("start_time".into(), at(5));
            ends.insert("end_time".into(), at(talked.saturating_add(5)));
            ends.insert("timestamp".into(), at(talked.saturating_add(5)));
            ends.insert("duration".into(), json!(talked));
        }
        None => {
            ends.insert("status".into(), json!("FAILED"));
            ends.insert("timestamp".into(), at(30));
        }
    }
    [rings, ends]
        .into_iter()
        .map(|element| {
            let value = json!({"messaging_product": "whatsapp", "metadata": number.metadata(), "contacts": people, "calls": [element]});
            about("calls", number, customer, value)
        })
        .collect()
}

/// The phone's address book, as it comes when a number of the Business app joins.
pub(crate) fn address_book(number: &Number, people: &[Customer], at_ms: i64) -> Update {
    let items: Vec<Value> = people
        .iter()
        .map(|person| {
            let first = person.name.split(' ').next().unwrap_or_default();
            json!({"type": "contact", "action": "add", "metadata": {"timestamp": seconds(at_ms).to_string()},
                "contact": {"full_name": person.name, "first_name": first, "phone_number": person.wa_id, "user_id": person.user_id}})
        })
        .collect();
    Update {
        field: "smb_app_state_sync",
        phone_number_id: Some(number.id.clone()),
        value: json!({"messaging_product": "whatsapp", "metadata": number.metadata(), "state_sync": items}),
        wa_id: None,
        user_id: None,
    }
}

/// A chunk of past chats, as it comes when a number of the Business app joins.
pub(crate) fn history(number: &Number, threads: &[(Customer, Vec<Stored>)], order: usize, progress: u64) -> Update {
    let threads: Vec<Value> = threads
        .iter()
        .map(|(person, messages)| {
            let messages: Vec<Value> = messages.iter().map(|m| past(number, person, m)).collect();
            json!({"id": person.wa_id, "context": {"wa_id": person.wa_id, "user_id": person.user_id}, "messages": messages})
        })
        .collect();
    let chunk = json!({"metadata": {"phase": 0, "chunk_order": order, "progress": progress}, "threads": threads});
    Update {
        field: "history",
        phone_number_id: Some(number.id.clone()),
        value: json!({"messaging_product": "whatsapp", "metadata": number.metadata(), "history": [chunk]}),
        wa_id: None,
        user_id: None,
    }
}

fn past(number: &Number, person: &Customer, message: &Stored) -> Value {
    let view: Value = serde_json::from_str(&message.content).unwrap_or_default();
    let (from, to) = if message.inbound { (&person.wa_id, &number.digits) } else { (&number.digits, &person.wa_id) };
    let status = match (message.read_ms, message.delivered_ms, message.failed_ms) {
        (Some(_), _, _) => "READ",
        (None, Some(_), _) => "DELIVERED",
        (None, None, Some(_)) => "ERROR",
        (None, None, None) if message.inbound => "DELIVERED",
        (None, None, None) => "SENT",
    };
    let mut element = json!({"from": from, "to": to, "id": message.wamid, "timestamp": seconds(message.at_ms).to_string(),
        "history_context": {"status": status}});
    if let Some(map) = element.as_object_mut() {
        match view.get("body").and_then(Value::as_str) {
            Some(body) if view.get("media").is_none() => {
                map.insert("type".into(), json!("text"));
                map.insert("text".into(), json!({"body": body}));
            }
            // Files of the past come in webhooks of their own.
            _ => {
                map.insert("type".into(), json!("media_placeholder"));
            }
        }
    }
    element
}

/// A refusal of the business to share its history.
pub(crate) fn no_history(number: &Number) -> Update {
    let error = json!({"code": 2_593_109, "title": "History sharing is off", "message": "History sharing is off",
        "error_data": {"details": "The business turned history sharing off."}});
    Update {
        field: "history",
        phone_number_id: Some(number.id.clone()),
        value: json!({"messaging_product": "whatsapp", "metadata": number.metadata(), "history": [{"errors": [error]}]}),
        wa_id: None,
        user_id: None,
    }
}
