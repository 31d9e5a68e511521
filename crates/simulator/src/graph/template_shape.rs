//! The keys of template components as they are sent, whatever the template is (messages.md §8).

use serde_json::Value;

use super::error::GraphError;
use super::free_form::only_keys;
use super::interactive::call_minutes;
use super::template_send::{button_index, kind};

/// The keys of the object that a parameter of each type carries; types without keys carry a plain value.
const PARAMETERS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("date_time", &["fallback_value", "calendar", "day_of_month", "day_of_week", "hour", "minute", "month", "year"]),
    ("currency", &["fallback_value", "code", "amount_1000"]),
    ("image", &["id", "link"]),
    ("video", &["id", "link"]),
    ("gif", &["id", "link"]),
    ("document", &["id", "link", "filename"]),
    ("location", &["latitude", "longitude", "name", "address"]),
    ("product", &["product_retailer_id", "catalog_id"]),
    ("payload", &[]),
    ("coupon_code", &[]),
    ("ttl_minutes", &[]),
    ("action", &["flow_token", "flow_action_data", "thumbnail_product_retailer_id", "sections"]),
    ("limited_time_offer", &["expiration_time_ms"]),
    ("tap_target_configuration", &[]),
];

/// Refuses components given twice and keys nobody documented, in the cards of a carousel as well.
pub(super) fn check(components: &[Value]) -> Result<(), GraphError> {
    const PLACE: &str = "template['components']";
    let mut seen: Vec<(String, Option<usize>)> = Vec::new();
    for component in components {
        only_keys(component, &["type", "parameters", "sub_type", "index", "cards"], PLACE)?;
        let kind = kind(component);
        let own = (kind.clone(), if kind == "button" { button_index(component) } else { None });
        if seen.contains(&own) {
            return Err(GraphError::of(132_018, format!("The component {kind} is given twice.")));
        }
        seen.push(own);
        for one in list(component, "parameters") {
            parameter(one)?;
        }
        for card in list(component, "cards") {
            only_keys(card, &["card_index", "components"], "template['components']['cards']")?;
            check(list(card, "components"))?;
        }
    }
    Ok(())
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn parameter(parameter: &Value) -> Result<(), GraphError> {
    const PLACE: &str = "template['components']['parameters']";
    let kind = parameter.get("type").and_then(Value::as_str).unwrap_or_default();
    // Types that are not known here are refused where the template says what it expects.
    let Some((_, inner)) = PARAMETERS.iter().find(|(known, _)| *known == kind) else { return Ok(()) };
    only_keys(parameter, &["type", "parameter_name", kind], PLACE)?;
    if kind == "ttl_minutes" {
        call_minutes(parameter.get(kind))?;
    }
    match parameter.get(kind) {
        Some(object @ Value::Object(_)) if !inner.is_empty() => only_keys(object, inner, &format!("{PLACE}['{kind}']")),
        _ => Ok(()),
    }
}
