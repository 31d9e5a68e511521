//! Checks a `template` object against the stored template and renders what the customer sees
//! (messages.md §8, errors.md §6).

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::error::GraphError;
use super::template_shape as shape;
use crate::model::compiled::{Button, Compiled, Header, Part, Text, button_view};

type Refusal = GraphError;

/// What a send of `compiled` with these `components` looks like to the customer.
pub(crate) fn render(
    compiled: &Compiled,
    components: Option<&Value>,
    media: &dyn Fn(&str) -> bool,
) -> Result<Value, Refusal> {
    let empty = Vec::new();
    let components = match components {
        None | Some(Value::Null) => &empty,
        Some(Value::Array(list)) => list,
        Some(_) => {
            return Err(GraphError::new(100, "Invalid parameter").details("template.components must be an array."));
        }
    };
    shape::check(components)?;
    let mut view = part(&compiled.main, components, compiled.named, media, "")?;
    if compiled.one_time_code {
        one_time_code(components)?;
    }
    if let Some(footer) = &compiled.footer {
        view.insert("footer".into(), json!(footer));
    }
    check_kinds(compiled, components)?;
    if let Some((text, expires)) = &compiled.offer {
        view.insert("offer".into(), offer(text, *expires, components)?);
    }
    if !compiled.cards.is_empty() {
        view.insert("cards".into(), Value::Array(cards(compiled, components, media)?));
    }
    Ok(Value::Object(view))
}

/// The code stands in the body and in the button, and is 15 characters at most (messages.md §8).
fn one_time_code(components: &[Value]) -> Result<(), Refusal> {
    let code = |wanted: &str| {
        let component = components.iter().find(|c| kind(c) == wanted);
        parameters(component).first().and_then(|p| p.get("text")).and_then(Value::as_str)
    };
    let (body, button) = (code("body"), code("button"));
    if body.or(button).is_some_and(|code| code.chars().count() > 15) {
        return Err(GraphError::of(132_018, "The code of an authentication template is limited to 15 characters."));
    }
    if body == button {
        return Ok(());
    }
    Err(GraphError::of(132_018, "The button of an authentication template must carry the same code as its body."))
}

pub(super) fn kind(component: &Value) -> String {
    component.get("type").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase()
}

fn check_kinds(compiled: &Compiled, components: &[Value]) -> Result<(), Refusal> {
    for component in components {
        let kind = kind(component);
        let known = match kind.as_str() {
            "header" => compiled.main.header != Header::None,
            "body" | "tap_target_configuration" => true,
            "button" => !compiled.main.buttons.is_empty(),
            "limited_time_offer" => compiled.offer.is_some(),
            "carousel" => !compiled.cards.is_empty(),
            _ => {
                return Err(GraphError::new(100, "Invalid parameter")
                    .details(format!("Param template['components'] has an unsupported type \"{kind}\".")));
            }
        };
        if !known {
            return Err(GraphError::of(
                132_018,
                format!("The template has no {kind} component, but parameters for one were sent."),
            ));
        }
    }
    Ok(())
}

fn parameters(component: Option<&Value>) -> &[Value] {
    component.and_then(|c| c.get("parameters")).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn part(
    part: &Part,
    components: &[Value],
    named: bool,
    media: &dyn Fn(&str) -> bool,
    place: &str,
) -> Result<Map<String, Value>, Refusal> {
    let find = |wanted: &str| components.iter().find(|c| kind(c) == wanted);
    let mut view = Map::new();
    if let Some(shown) = header(&part.header, parameters(find("header")), named, media, place)? {
        view.insert("header".into(), shown);
    }
    let values = text_values(&part.body, parameters(find("body")), named, &format!("{place}body"))?;
    let body = part.body.fill(&values);
    let limit = if part.header == Header::None && part.buttons.is_empty() { 32_768 } else { 1024 };
    if body.chars().count() > limit {
        return Err(GraphError::of(
            132_005,
            format!(
                "{place}body: the text is {} characters long after filling in, {limit} are allowed.",
                body.chars().count()
            ),
        ));
    }
    view.insert("body".into(), json!(body));
    if !part.buttons.is_empty() {
        view.insert("buttons".into(), Value::Array(buttons(&part.buttons, components, place)?));
    }
    Ok(view)
}

fn header(
    header: &Header,
    given: &[Value],
    named: bool,
    media: &dyn Fn(&str) -> bool,
    place: &str,
) -> Result<Option<Value>, Refusal> {
    match header {
        Header::None => Ok(None),
        Header::Text(text) => {
            let values = text_values(text, given, named, &format!("{place}header"))?;
            Ok(Some(json!({"type": "text", "text": text.fill(&values)})))
        }
        Header::Media(wanted) => {
            let Some(first) = given.first() else {
                return Err(GraphError::of(
                    132_012,
                    format!(
                        "{place}header: Format mismatch, expected {}, received UNKNOWN",
                        wanted.to_ascii_uppercase()
                    ),
                ));
            };
            let got = first.get("type").and_then(Value::as_str).unwrap_or("unknown");
            if got != wanted && !(wanted == "gif" && got == "video") {
                return Err(GraphError::of(
                    132_012,
                    format!(
                        "{place}header: Format mismatch, expected {}, received {}",
                        wanted.to_ascii_uppercase(),
                        got.to_ascii_uppercase()
                    ),
                ));
            }
            let object = first.get(got).cloned().unwrap_or(Value::Null);
            super::free_form::check_media(&object, &format!("{place}header {got}"), media)?;
            Ok(Some(json!({"type": wanted, "media": object})))
        }
        Header::Location => {
            let location = given.first().and_then(|p| p.get("location"));
            let Some(location) = location.filter(|l| l.get("latitude").is_some() && l.get("longitude").is_some())
            else {
                return Err(GraphError::of(
                    132_012,
                    format!("{place}header: Format mismatch, expected LOCATION, received UNKNOWN"),
                ));
            };
            Ok(Some(json!({"type": "location", "location": location})))
        }
        Header::Product => {
            let product = given.first().and_then(|p| p.get("product"));
            let Some(product) = product else {
                return Err(GraphError::of(
                    132_012,
                    format!("{place}header: Format mismatch, expected PRODUCT, received UNKNOWN"),
                ));
            };
            Ok(Some(json!({"type": "product", "product": product})))
        }
    }
}

/// Values by variable name, after the count and the kind of each were checked.
fn text_values(text: &Text, given: &[Value], named: bool, place: &str) -> Result<HashMap<String, String>, Refusal> {
    if given.len() != text.vars.len() {
        return Err(GraphError::of(
            132_000,
            format!(
                "{place}: number of localizable_params ({}) does not match the expected number of params ({})",
                given.len(),
                text.vars.len()
            ),
        ));
    }
    let mut values = HashMap::with_capacity(given.len());
    for (at, parameter) in given.iter().enumerate() {
        let value = text_value(parameter, named, place)?;
        let name = match parameter.get("parameter_name").and_then(Value::as_str) {
            Some(name) if named => name.to_owned(),
            Some(_) => {
                return Err(GraphError::of(
                    132_012,
                    format!("{place}: parameter_name is not allowed for a template with positional parameters."),
                ));
            }
            None if named => {
                return Err(GraphError::of(132_012, format!("{place}: Parameter name is missing or empty.")));
            }
            None => text.vars.get(at).cloned().unwrap_or_default(),
        };
        if named && !text.vars.contains(&name) {
            return Err(GraphError::of(
                132_012,
                format!("{place}: Parameter name \"{name}\" is not part of the template."),
            ));
        }
        if values.insert(name, value).is_some() {
            return Err(GraphError::of(132_012, format!("{place}: a parameter is given twice.")));
        }
    }
    Ok(values)
}

fn text_value(parameter: &Value, named: bool, place: &str) -> Result<String, Refusal> {
    let kind = parameter.get("type").and_then(Value::as_str).unwrap_or_default();
    let text = match kind {
        "text" => parameter.get("text").and_then(Value::as_str),
        "currency" | "date_time" if !named => {
            parameter.get(kind).and_then(|v| v.get("fallback_value")).and_then(Value::as_str)
        }
        other => {
            return Err(GraphError::of(
                132_012,
                format!("{place}: Format mismatch, expected TEXT, received {}", other.to_ascii_uppercase()),
            ));
        }
    };
    let text =
        text.ok_or_else(|| GraphError::of(131_008, format!("{place}: parameter of type {kind} is missing its text.")))?;
    if text.trim().is_empty() {
        return Err(GraphError::of(131_008, format!("{place}: parameter of type text is missing text value.")));
    }
    if text.contains(['\n', '\r', '\t']) || text.contains("     ") {
        return Err(GraphError::of(
            132_018,
            format!("{place}: Param text cannot have new-line/tab characters or more than 4 consecutive spaces."),
        ));
    }
    Ok(text.to_owned())
}

fn buttons(buttons: &[Button], components: &[Value], place: &str) -> Result<Vec<Value>, Refusal> {
    let given: Vec<&Value> = components.iter().filter(|c| kind(c) == "button").collect();
    for component in &given {
        let index = button_index(component)
            .ok_or_else(|| GraphError::of(131_008, format!("{place}button: index is missing.")))?;
        let Some(button) = buttons.get(index) else {
            return Err(GraphError::of(
                132_018,
                format!("{place}button: the template has no button at index {index}."),
            ));
        };
        let sub = component.get("sub_type").and_then(Value::as_str).unwrap_or_default().to_ascii_uppercase();
        let fits = sub == button.kind || (button.kind == "OTP" && sub == "URL");
        if !fits {
            return Err(GraphError::of(
                132_018,
                format!("{place}button at index {index} is of type {}, but {sub} was sent.", button.kind),
            ));
        }
    }
    let mut views = Vec::with_capacity(buttons.len());
    for (at, button) in buttons.iter().enumerate() {
        let component = given.iter().copied().find(|c| button_index(c) == Some(at));
        views.push(one_button(button, at, parameters(component), place)?);
    }
    Ok(views)
}

pub(super) fn button_index(component: &Value) -> Option<usize> {
    match component.get("index")? {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.as_u64().and_then(|n| usize::try_from(n).ok()),
        _ => None,
    }
}

fn one_button(button: &Button, at: usize, given: &[Value], place: &str) -> Result<Value, Refusal> {
    let first_text = |key: &str| given.first().and_then(|p| p.get(key)).and_then(Value::as_str);
    match button.kind.as_str() {
        "URL" | "OTP" => {
            let Some(url) = &button.url else { return Ok(button_view(button, None, None)) };
            if url.vars.is_empty() {
                if !given.is_empty() {
                    return Err(GraphError::of(
                        132_000,
                        format!("{place}buttons: Button at index {at} of type Url does not require parameters."),
                    ));
                }
                return Ok(button_view(button, Some(url.raw.clone()), None));
            }
            let Some(text) = first_text("text").filter(|t| !t.is_empty()) else {
                return Err(GraphError::of(
                    131_008,
                    format!("{place}buttons: Button at index {at} of type Url requires a parameter."),
                ));
            };
            let values = HashMap::from([(url.vars.first().cloned().unwrap_or_default(), text.to_owned())]);
            Ok(button_view(button, Some(url.fill(&values)), None))
        }
        "COPY_CODE" => {
            let Some(code) = first_text("coupon_code") else {
                return Err(GraphError::of(
                    131_008,
                    format!("{place}buttons: Button at index {at} of type COPY_CODE requires a coupon_code parameter."),
                ));
            };
            if code.is_empty() || code.chars().count() > 20 || !code.chars().all(|c| c.is_ascii_alphanumeric()) {
                return Err(GraphError::of(
                    132_018,
                    format!("{place}buttons: the coupon code must be 1 to 20 letters and digits."),
                ));
            }
            Ok(button_view(button, Some(code.to_owned()), None))
        }
        "QUICK_REPLY" => Ok(button_view(button, None, first_text("payload"))),
        "FLOW" | "CATALOG" | "MPM" | "SPM" | "VOICE_CALL" | "PHONE_NUMBER" | "REQUEST_CONTACT_INFO" => {
            Ok(button_view(button, None, None))
        }
        other => Err(GraphError::of(132_018, format!("{place}button at index {at} has the unknown type {other}."))),
    }
}

fn offer(text: &str, expires: bool, components: &[Value]) -> Result<Value, Refusal> {
    let given = components.iter().find(|c| kind(c) == "limited_time_offer");
    let until = parameters(given)
        .first()
        .and_then(|p| p.get("limited_time_offer"))
        .and_then(|o| o.get("expiration_time_ms"))
        .and_then(Value::as_i64);
    match (expires, until) {
        (true, None) => Err(GraphError::of(131_008, "limited_time_offer: expiration_time_ms is required.")),
        (_, until) => Ok(json!({"text": text, "expires_ms": until})),
    }
}

fn cards(compiled: &Compiled, components: &[Value], media: &dyn Fn(&str) -> bool) -> Result<Vec<Value>, Refusal> {
    let given = components
        .iter()
        .find(|c| kind(c) == "carousel")
        .and_then(|c| c.get("cards"))
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    if given.len() != compiled.cards.len() {
        return Err(GraphError::of(
            132_000,
            format!(
                "carousel: number of cards ({}) does not match the expected number ({})",
                given.len(),
                compiled.cards.len()
            ),
        ));
    }
    let mut views = Vec::with_capacity(given.len());
    for (at, (card, template)) in given.iter().zip(&compiled.cards).enumerate() {
        if card.get("card_index").and_then(Value::as_u64) != u64::try_from(at).ok() {
            return Err(GraphError::of(132_018, format!("carousel: card_index of card {at} must be {at}.")));
        }
        let own = card.get("components").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        views.push(Value::Object(part(template, own, compiled.named, media, &format!("card {at} "))?));
    }
    Ok(views)
}
