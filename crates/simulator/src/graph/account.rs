//! The WABA node and its phone numbers, for reading (account.md §3 and §5).

use serde_json::{Map, Value, json};

use super::error::GraphError;
use super::{Call, Outcome, fields};
use crate::model::account::{Account, Number};
use crate::world::{Sim, State};

const WABA_DEFAULTS: &[&str] = &["id", "name", "timezone_id", "message_template_namespace", "currency"];
const WABA_KNOWN: &[&str] = &[
    "primary_funding_id",
    "purchase_order_number",
    "on_behalf_of_business_info",
    "auth_international_rate_eligibility",
    "linked_commerce_account",
    "marketing_messages_ad_account",
    "degrees_of_freedom_spec",
    "is_shared_with_partners",
    "analytics",
    "conversation_analytics",
    "pricing_analytics",
    "call_analytics",
    "group_analytics",
    "marketing_messages_lite_api_status",
    "whatsapp_manager_marketing_messages_max_price_enroll_status",
];
const NUMBER_DEFAULTS: &[&str] = &[
    "id",
    "verified_name",
    "code_verification_status",
    "display_phone_number",
    "quality_rating",
    "platform_type",
    "throughput",
    "webhook_configuration",
];
const NUMBER_KNOWN: &[&str] = &[
    "new_name_status",
    "new_display_name",
    "username",
    "certificate",
    "new_certificate",
    "official_business_account",
    "search_visibility",
    "is_preverified_number",
    "eligibility_for_api_business_global_search",
    "country_code",
    "country_dial_code",
];

/// `GET /{waba}`.
pub(super) fn waba(sim: &Sim, call: &Call) -> Outcome {
    let state = sim.state();
    Ok(fields::pick(&waba_node(&state), call, WABA_DEFAULTS, WABA_KNOWN, "WhatsAppBusinessAccount")?.into())
}

/// Every field of the WABA.
pub(crate) fn waba_node(state: &State) -> Map<String, Value> {
    let mut node = state.account.fields.clone();
    node.insert("id".into(), json!(state.account.id));
    node.insert("whatsapp_business_manager_messaging_limit".into(), json!(state.account.messaging_limit));
    node.insert("owner_business_info".into(), json!({"name": "Tide & Timber", "id": state.account.business_id}));
    node.insert("owner_business".into(), json!({"name": "Tide & Timber", "id": state.account.business_id}));
    node.insert("health_status".into(), health(state, None));
    // An edge that is asked for as a field comes expanded.
    node.insert("subscribed_apps".into(), super::subscribed_apps::edge(state));
    node
}

/// `GET /{waba}/phone_numbers`.
pub(super) fn numbers(sim: &Sim, call: &Call) -> Outcome {
    let state = sim.state();
    let mut list: Vec<&Number> = state.numbers.values().filter(|n| passes(n, call)).collect();
    list.sort_by(|a, b| a.id.cmp(&b.id));
    let mut items = Vec::with_capacity(list.len());
    for number in list {
        let node = number_node(&state, number);
        items.push((
            number.id.clone(),
            fields::pick(&node, call, NUMBER_DEFAULTS, NUMBER_KNOWN, "WhatsAppBusinessPhoneNumber")?,
        ));
    }
    Ok(Value::Object(fields::page(items, call, &sim.graph_url, 25)?).into())
}

fn passes(number: &Number, call: &Call) -> bool {
    let Some(filters) = call.query.get("filtering").and_then(|f| serde_json::from_str::<Vec<Value>>(f).ok()) else {
        return true;
    };
    filters.iter().all(|filter| {
        let field = filter.get("field").and_then(Value::as_str).unwrap_or_default();
        let wanted = filter.get("value").and_then(Value::as_str).unwrap_or_default();
        number.text(field).eq_ignore_ascii_case(wanted)
    })
}

/// `GET /{phone-number-id}`.
pub(super) fn number(sim: &Sim, call: &Call) -> Outcome {
    let state = sim.state();
    let number = state.numbers.get(call.word(0)).ok_or_else(|| GraphError::no_object("get", call.word(0)))?;
    Ok(fields::pick(&number_node(&state, number), call, NUMBER_DEFAULTS, NUMBER_KNOWN, "WhatsAppBusinessPhoneNumber")?
        .into())
}

/// Every field of a number.
pub(crate) fn number_node(state: &State, number: &Number) -> Map<String, Value> {
    let mut node = number.fields.clone();
    node.insert("id".into(), json!(number.id));
    node.insert("whatsapp_business_manager_messaging_limit".into(), json!(state.account.messaging_limit));
    node.insert("messaging_limit_tier".into(), json!(state.account.messaging_limit));
    node.insert("is_pin_enabled".into(), json!(number.pin.is_some()));
    if let Some(username) = &number.username {
        node.insert("username".into(), json!(username));
    }
    let mut automation = number.automation.clone();
    automation.insert("id".into(), json!(number.id));
    node.insert("conversational_automation".into(), Value::Object(automation));
    node.insert("webhook_configuration".into(), callbacks(&state.account, number));
    node.insert("health_status".into(), health(state, Some(number)));
    node
}

fn callbacks(account: &Account, number: &Number) -> Value {
    let mut map = Map::new();
    let levels = [
        ("phone_number", &number.override_callback),
        ("whatsapp_business_account", &account.override_callback),
        ("application", &account.app_callback),
    ];
    for (level, callback) in levels {
        if let Some(callback) = callback {
            map.insert(level.to_owned(), json!(callback.url));
        }
    }
    Value::Object(map)
}

/// `health_status`: the worst entity decides (account.md §8).
pub(crate) fn health(state: &State, number: Option<&Number>) -> Value {
    let mut entities = Vec::new();
    if let Some(number) = number {
        let mut entity = json!({"entity_type": "PHONE_NUMBER", "id": number.id, "can_send_message": if number.connected() { "AVAILABLE" } else { "BLOCKED" }});
        if !number.connected()
            && let Some(entity) = entity.as_object_mut()
        {
            entity.insert(
                "errors".into(),
                json!([{"error_code": 141_000, "error_description": format!("The phone number is {}.", number.text("status")), "possible_solution": "Register the phone number again."}]),
            );
        }
        entities.push(entity);
    }
    let waba = match &state.account.restricted {
        None => json!({"entity_type": "WABA", "id": state.account.id, "can_send_message": "AVAILABLE"}),
        Some(restriction) => json!({
            "entity_type": "WABA", "id": state.account.id, "can_send_message": "BLOCKED",
            "errors": [{"error_code": 141_014, "error_description": format!("The account is restricted: {}.", restriction.kind), "possible_solution": "See Business Support Home for details and to appeal."}]
        }),
    };
    entities.push(waba);
    let verified = state.account.fields.get("business_verification_status").and_then(Value::as_str) == Some("verified");
    entities.push(if verified {
        json!({"entity_type": "BUSINESS", "id": state.account.business_id, "can_send_message": "AVAILABLE"})
    } else {
        json!({
            "entity_type": "BUSINESS", "id": state.account.business_id, "can_send_message": "LIMITED",
            "errors": [{"error_code": 141_010, "error_description": "The Business has not passed business verification.", "possible_solution": "Visit business settings and start or resolve the business verification request."}]
        })
    });
    entities.push(json!({"entity_type": "APP", "id": state.account.app_id, "can_send_message": "AVAILABLE"}));
    let worst =
        |wanted: &str| entities.iter().any(|e| e.get("can_send_message").and_then(Value::as_str) == Some(wanted));
    let overall = if worst("BLOCKED") {
        "BLOCKED"
    } else if worst("LIMITED") {
        "LIMITED"
    } else {
        "AVAILABLE"
    };
    json!({"can_send_message": overall, "entities": entities})
}
