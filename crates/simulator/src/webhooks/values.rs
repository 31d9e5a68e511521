//! The `value` objects of webhooks, one function per documented shape.

use serde_json::{Map, Value, json};

use crate::clock::seconds;
use crate::graph::error::{failure_details, webhook_error};
use crate::ledger::Stored;
use crate::model::account::Number;
use crate::model::customer::Customer;

/// One change, about to be queued.
#[derive(Debug, Clone)]
pub(crate) struct Update {
    pub(crate) field: &'static str,
    /// Set for number-related fields; decides overrides.
    pub(crate) phone_number_id: Option<String>,
    pub(crate) value: Value,
    /// Whom it concerns, for faults.
    pub(crate) wa_id: Option<String>,
    pub(crate) user_id: Option<String>,
}

/// Which keys identify a person in webhooks right now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    pub(crate) phone: bool,
}

/// An element of `contacts[]`.
pub(crate) fn contact(customer: &Customer, shown: Shown, name: bool, username: bool) -> Value {
    let mut profile = Map::new();
    if name {
        profile.insert("name".into(), json!(customer.name));
    }
    if username && let Some(username) = &customer.username {
        profile.insert("username".into(), json!(username));
    }
    let mut contact = Map::new();
    contact.insert("profile".into(), Value::Object(profile));
    if shown.phone {
        contact.insert("wa_id".into(), json!(customer.wa_id));
    }
    contact.insert("user_id".into(), json!(customer.user_id));
    Value::Object(contact)
}

/// A delivery status (webhooks.md §5); v24+ carries no `conversation`.
pub(crate) fn status(
    number: &Number,
    customer: &Customer,
    message: &Stored,
    status: &str,
    at_ms: i64,
    failure: Option<i64>,
) -> Update {
    let shown = Shown { phone: !message.by_user_id || customer.phone_visible(at_ms) };
    let mut object = Map::new();
    object.insert("id".into(), json!(message.wamid));
    object.insert("status".into(), json!(status));
    object.insert("timestamp".into(), json!(seconds(at_ms).to_string()));
    if shown.phone {
        object.insert("recipient_id".into(), json!(customer.wa_id));
    }
    if failure.is_none() || message.by_user_id {
        object.insert("recipient_user_id".into(), json!(customer.user_id));
    }
    if number.checks_identity() {
        object.insert("recipient_identity_key_hash".into(), json!(customer.identity_hash()));
    }
    if let Some(correlation) = &message.correlation {
        object.insert("biz_opaque_callback_data".into(), json!(correlation));
    }
    let priced = status == "sent" || status == "delivered" || (status == "read" && message.delivered_ms.is_none());
    if priced && let (Some(category), Some(billing)) = (&message.category, &message.billing) {
        object.insert(
            "pricing".into(),
            json!({"billable": billing == "regular", "pricing_model": "PMP", "type": billing, "category": category}),
        );
    }
    if let Some(code) = failure {
        object.insert("errors".into(), json!([webhook_error(code, failure_details(code))]));
    }
    let mut value = Map::new();
    value.insert("messaging_product".into(), json!("whatsapp"));
    value.insert("metadata".into(), number.metadata());
    if failure.is_none() {
        value.insert("contacts".into(), json!([contact(customer, shown, status == "sent", status != "sent")]));
    }
    value.insert("statuses".into(), Value::Array(vec![Value::Object(object)]));
    about("messages", number, customer, Value::Object(value))
}

/// An incoming message; `element` already holds `id`, `timestamp`, `type` and its object.
pub(crate) fn incoming(number: &Number, customer: &Customer, mut element: Map<String, Value>, at_ms: i64) -> Update {
    let shown = Shown { phone: customer.phone_visible(at_ms) };
    if shown.phone {
        element.insert("from".into(), json!(customer.wa_id));
    }
    element.insert("from_user_id".into(), json!(customer.user_id));
    let mut person = contact(customer, shown, true, true);
    if let (true, Some(person)) = (number.checks_identity(), person.as_object_mut()) {
        person.insert("identity_key_hash".into(), json!(customer.identity_hash()));
    }
    let value = json!({
        "messaging_product": "whatsapp", "metadata": number.metadata(), "contacts": [person], "messages": [element],
    });
    about("messages", number, customer, value)
}

/// A system message: the person changed number or user id (webhooks.md §4.13); no `contacts`.
pub(crate) fn system(number: &Number, customer: &Customer, element: Value) -> Update {
    about(
        "messages",
        number,
        customer,
        json!({"messaging_product": "whatsapp", "metadata": number.metadata(), "messages": [element]}),
    )
}

/// "Stop marketing" or "resume" in WhatsApp itself (webhooks.md §7.6).
pub(crate) fn preference(number: &Number, customer: &Customer, value: &str, at_ms: i64) -> Update {
    let shown = Shown { phone: customer.phone_visible(at_ms) };
    let mut item = Map::new();
    if shown.phone {
        item.insert("wa_id".into(), json!(customer.wa_id));
    }
    item.insert("user_id".into(), json!(customer.user_id));
    item.insert("detail".into(), json!(format!("User requested to {value} marketing messages")));
    item.insert("category".into(), json!("marketing_messages"));
    item.insert("value".into(), json!(value));
    item.insert("timestamp".into(), json!(seconds(at_ms)));
    let value = json!({
        "messaging_product": "whatsapp", "metadata": number.metadata(), "contacts": [contact(customer, shown, true, false)], "user_preferences": [item],
    });
    about("user_preferences", number, customer, value)
}

/// A change that concerns a person.
pub(crate) fn about(field: &'static str, number: &Number, customer: &Customer, value: Value) -> Update {
    Update {
        field,
        phone_number_id: Some(number.id.clone()),
        value,
        wa_id: Some(customer.wa_id.clone()),
        user_id: Some(customer.user_id.clone()),
    }
}

/// A change of the account, a template or a number: no person, no metadata.
pub(crate) fn account(field: &'static str, value: Value) -> Update {
    Update { field, phone_number_id: None, value, wa_id: None, user_id: None }
}
