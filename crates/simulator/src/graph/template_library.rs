//! Meta's template library: a few entries of the documented shape, and templates made from them
//! (templates.md §7).

use serde_json::{Map, Value, json};

use super::error::GraphError;
use super::template_write::{fresh_id, text};
use super::{Call, Outcome, fields};
use crate::model::template::Template;
use crate::world::Sim;

struct Entry {
    name: &'static str,
    topic: &'static str,
    usecase: &'static str,
    header: &'static str,
    body: &'static str,
    params: &'static [&'static str],
    types: &'static [&'static str],
    button: Option<&'static str>,
}

const ENTRIES: &[Entry] = &[
    Entry {
        name: "order_confirmation_1",
        topic: "ORDER_MANAGEMENT",
        usecase: "ORDER_CONFIRMATION",
        header: "Order confirmed",
        body: "Hi {{1}}, thank you for your purchase. Your order number is {{2}} and we are getting it ready.",
        params: &["Jim", "#12345"],
        types: &["TEXT", "TEXT"],
        button: Some("View order"),
    },
    Entry {
        name: "delivery_update_1",
        topic: "ORDER_MANAGEMENT",
        usecase: "DELIVERY_UPDATE",
        header: "Your order is on its way",
        body: "Your order {{1}} is on its way and should arrive on {{2}}. Please be there to receive it.",
        params: &["#12345", "Jan 1, 2026"],
        types: &["TEXT", "DATE"],
        button: Some("Track order"),
    },
    Entry {
        name: "order_pick_up_1",
        topic: "ORDER_MANAGEMENT",
        usecase: "ORDER_PICK_UP",
        header: "Ready for pick-up",
        body: "Hi {{1}}, your order {{2}} can be picked up at {{3}} during opening hours.",
        params: &["Jim", "#12345", "1 Example Street"],
        types: &["TEXT", "TEXT", "ADDRESS"],
        button: None,
    },
    Entry {
        name: "payment_overdue_1",
        topic: "PAYMENTS",
        usecase: "PAYMENT_OVERDUE",
        header: "Payment overdue",
        body: "Hi {{1}}, your payment of {{2}} was due on {{3}}. Please pay soon to avoid a fee.",
        params: &["Jim", "$12.34", "Jan 1, 2026"],
        types: &["TEXT", "AMOUNT", "DATE"],
        button: Some("Make a payment"),
    },
    Entry {
        name: "feedback_survey_1",
        topic: "CUSTOMER_FEEDBACK",
        usecase: "FEEDBACK_SURVEY",
        header: "How did we do?",
        body: "Hi {{1}}, you recently visited us at {{2}}. We value your opinion, please take our short survey.",
        params: &["Jim", "1 Example Street"],
        types: &["TEXT", "ADDRESS"],
        button: Some("Take survey"),
    },
    Entry {
        name: "account_creation_confirmation_1",
        topic: "ACCOUNT_UPDATE",
        usecase: "ACCOUNT_CREATION_CONFIRMATION",
        header: "Account created",
        body: "Hi {{1}}, your new account was created. Please verify {{2}} to complete your profile.",
        params: &["Jim", "jim@example.com"],
        types: &["TEXT", "EMAIL"],
        button: Some("Verify account"),
    },
];

impl Entry {
    fn node(&self, at: usize, language: &str) -> Value {
        let buttons: Vec<Value> = self
            .button
            .iter()
            .map(|text| json!({"type": "URL", "text": text, "url": "https://www.example.com/"}))
            .collect();
        json!({
            "name": self.name, "language": language, "category": "UTILITY", "topic": self.topic, "usecase": self.usecase, "industry": ["E_COMMERCE"],
            "header": self.header, "body": self.body, "body_params": self.params, "body_param_types": self.types, "buttons": buttons, "id": format!("70000000000{at:04}"),
        })
    }
}

/// `GET /message_template_library`.
pub(super) fn browse(sim: &Sim, call: &Call) -> Outcome {
    let asked = |key: &str| call.query.get(key).map(|v| v.to_lowercase()).unwrap_or_default();
    let language = call.query.get("language").map_or("en_US", String::as_str);
    let mut items = Vec::new();
    for (at, entry) in ENTRIES.iter().enumerate() {
        let node = entry.node(at, language);
        let field = |key: &str| node.get(key).and_then(Value::as_str).unwrap_or_default().to_lowercase();
        let fits = ["topic", "usecase"].iter().all(|key| asked(key).is_empty() || asked(key) == field(key))
            && (asked("industry").is_empty() || asked("industry") == "e_commerce")
            && (asked("name").is_empty() || asked("name") == field("name"))
            && (asked("search").is_empty()
                || field("body").contains(&asked("search"))
                || field("name").contains(&asked("search")));
        if fits {
            items.push((entry.name.to_owned(), node));
        }
    }
    Ok(Value::Object(fields::page(items, call, &sim.graph_url, 25)?).into())
}

/// A template made from the library; uncustomised texts are approved at once.
pub(super) fn from_library(body: &Map<String, Value>, language: &str, now_ms: i64) -> Result<Template, GraphError> {
    let source = text(body, "library_template_name")?;
    let entry = ENTRIES.iter().find(|e| e.name == source).ok_or_else(|| {
        GraphError::new(100, "Invalid parameter")
            .user("Library template not found", format!("There is no library template {source}."))
    })?;
    if !text(body, "category")?.eq_ignore_ascii_case("UTILITY") {
        return Err(GraphError::new(100, "Library templates need the category UTILITY."));
    }
    let mut components = vec![
        json!({"type": "HEADER", "format": "TEXT", "text": entry.header}),
        json!({"type": "BODY", "text": entry.body, "example": {"body_text": [entry.params]}}),
    ];
    if let Some(label) = entry.button {
        let inputs = super::template_write::list(body.get("library_template_button_inputs")).unwrap_or_default();
        let url = inputs.iter().find_map(|i| i.get("url")).ok_or_else(|| {
            GraphError::new(100, "The parameter library_template_button_inputs is required for this library template.")
        })?;
        let base = url
            .get("base_url")
            .and_then(Value::as_str)
            .ok_or_else(|| GraphError::new(100, "library_template_button_inputs needs url.base_url."))?;
        let mut button = json!({"type": "URL", "text": label, "url": base});
        if let (Some(suffix), Some(button)) = (url.get("url_suffix_example"), button.as_object_mut()) {
            button.insert("example".into(), json!([suffix]));
        }
        components.push(json!({"type": "BUTTONS", "buttons": [button]}));
    }
    let mut extra = Map::new();
    extra.insert("library_template_name".into(), json!(source));
    Ok(Template {
        name: text(body, "name")?,
        language: language.to_owned(),
        status: String::from("APPROVED"),
        category: String::from("UTILITY"),
        components,
        extra,
        ..Template::fresh(fresh_id(), now_ms)
    }
    .compile())
}
