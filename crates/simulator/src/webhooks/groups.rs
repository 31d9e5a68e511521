//! The `value` objects of groups (webhooks.md §5.3 and §7.11).

use serde_json::{Map, Value, json};

use super::values::{Shown, Update, contact};
use crate::clock::seconds;
use crate::graph::error::{failure_details, webhook_error};
use crate::ledger::Stored;
use crate::model::account::Number;
use crate::model::customer::Customer;
use crate::model::group::{Group, JoinRequest};

fn shown(customer: &Customer, at_ms: i64) -> Shown {
    Shown { phone: customer.phone_visible(at_ms) }
}

/// A participant by every name that may be told.
pub(crate) fn person(customer: &Customer, at_ms: i64) -> Map<String, Value> {
    let mut keys = Map::new();
    if shown(customer, at_ms).phone {
        keys.insert("wa_id".into(), json!(customer.wa_id));
    }
    keys.insert("user_id".into(), json!(customer.user_id));
    if let Some(username) = &customer.username {
        keys.insert("username".into(), json!(username));
    }
    keys
}

/// Something that happened to a group; `keys` are what its kind adds.
pub(crate) fn event(
    number: &Number,
    field: &'static str,
    kind: &str,
    group_id: &str,
    request: Option<&str>,
    keys: Value,
    at_ms: i64,
) -> Update {
    let mut element = Map::new();
    element.insert("timestamp".into(), json!(seconds(at_ms).to_string()));
    element.insert("group_id".into(), json!(group_id));
    element.insert("type".into(), json!(kind));
    if let Some(request) = request {
        element.insert("request_id".into(), json!(request));
    }
    if let Value::Object(keys) = keys {
        element.extend(keys);
    }
    let value = json!({"messaging_product": "whatsapp", "metadata": number.metadata(), "groups": [element]});
    Update { field, phone_number_id: Some(number.id.clone()), value, wa_id: None, user_id: None }
}

/// Somebody came by the link.
pub(crate) fn joined(number: &Number, group: &Group, customer: &Customer, at_ms: i64) -> Update {
    let keys = json!({"reason": "invite_link", "added_participants": [person(customer, at_ms)]});
    event(number, "group_participants_update", "group_participants_add", &group.id, None, keys, at_ms)
}

/// Somebody asks to be let in, or takes that back.
pub(crate) fn request(
    number: &Number,
    group: &Group,
    customer: &Customer,
    asked: &JoinRequest,
    revoked: bool,
    at_ms: i64,
) -> Update {
    let mut keys = person(customer, at_ms);
    keys.insert("join_request_id".into(), json!(asked.id));
    let kind = if revoked { "group_join_request_revoked" } else { "group_join_request_created" };
    event(number, "group_participants_update", kind, &group.id, None, Value::Object(keys), at_ms)
}

/// The statuses of one message, one for each participant but for `sent` and `failed`.
pub(crate) fn statuses(
    number: &Number,
    group: &Group,
    people: &[Customer],
    message: &Stored,
    status: &str,
    at_ms: i64,
    failure: Option<i64>,
) -> Update {
    let mut base = Map::new();
    base.insert("id".into(), json!(message.wamid));
    base.insert("status".into(), json!(status));
    base.insert("timestamp".into(), json!(seconds(at_ms).to_string()));
    base.insert("recipient_id".into(), json!(group.id));
    base.insert("recipient_type".into(), json!("group"));
    if let Some(correlation) = &message.correlation {
        base.insert("biz_opaque_callback_data".into(), json!(correlation));
    }
    if let Some(code) = failure {
        base.insert("errors".into(), json!([webhook_error(code, failure_details(code))]));
    }
    if let (None, Some(category), Some(billing)) = (failure, &message.category, &message.billing) {
        base.insert(
            "pricing".into(),
            json!({"billable": billing == "regular", "pricing_model": "PMP", "type": billing, "category": category}),
        );
    }
    let each = matches!(status, "delivered" | "read");
    let list: Vec<Value> = if each {
        people
            .iter()
            .map(|customer| {
                let mut one = base.clone();
                if shown(customer, at_ms).phone {
                    one.insert("recipient_participant_id".into(), json!(customer.wa_id));
                }
                one.insert("recipient_participant_user_id".into(), json!(customer.user_id));
                Value::Object(one)
            })
            .collect()
    } else {
        vec![Value::Object(base)]
    };
    let mut value = json!({"messaging_product": "whatsapp", "metadata": number.metadata(), "statuses": list});
    if let (None, Some(value)) = (failure, value.as_object_mut()) {
        let contacts: Vec<Value> = people.iter().map(|c| contact(c, shown(c, at_ms), !each, each)).collect();
        value.insert("contacts".into(), json!(contacts));
    }
    Update { field: "messages", phone_number_id: Some(number.id.clone()), value, wa_id: None, user_id: None }
}
