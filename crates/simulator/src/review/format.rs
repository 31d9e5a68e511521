//! Format rules of templates, answered at once by the endpoint (templates.md §2, §3 and §12).

use serde_json::Value;

use super::buttons;
use crate::graph::error::GraphError;
use crate::model::compiled::{kind_of, variables};

pub(super) type Checked = Result<(), GraphError>;

/// A refusal of template management: code 100, the reason in subcode and the user texts
/// (errors.md §7).
pub(crate) fn refusal(subcode: i64, title: &str, message: impl Into<String>) -> GraphError {
    GraphError::new(100, "Invalid parameter").subcode(subcode).user(title, message)
}

fn too_long(place: &str, limit: usize) -> GraphError {
    refusal(
        2_388_040,
        "Message template field is too long",
        format!("The {place} may have at most {limit} characters."),
    )
}

/// A refusal for which no subcode is documented.
pub(super) fn wrong(title: &str, message: impl Into<String>) -> GraphError {
    GraphError::new(100, "Invalid parameter").user(title, message)
}

/// A field that is not there, by the component it belongs to.
pub(super) fn missing(kind: &str, field: &str) -> GraphError {
    const TITLE: &str = "Message template is missing expected fields";
    let why = format!("Component of type {kind} is missing the expected field {field}.");
    match kind {
        "HEADER" => refusal(2_388_047, TITLE, why),
        "BODY" => refusal(2_388_072, TITLE, why),
        "FOOTER" => refusal(2_388_073, TITLE, why),
        _ => wrong(TITLE, why),
    }
}

/// What the components of one template are judged by.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) category: &'a str,
    pub(crate) named: bool,
    /// Whether a handle was given out by a resumable upload.
    pub(crate) handle: &'a dyn Fn(&str) -> bool,
}

/// Everything the endpoint checks about the components.
pub(crate) fn components(components: &[Value], rules: Rules<'_>) -> Checked {
    let category = rules.category;
    let mut seen: Vec<String> = Vec::new();
    for component in components {
        let kind = kind_of(component);
        if seen.contains(&kind) {
            return Err(wrong("Component is given twice", format!("The component {kind} may be given once.")));
        }
        component_of(&kind, component, rules)?;
        seen.push(kind);
    }
    let has = |kind: &str| seen.iter().any(|k| k == kind);
    if !has("BODY") {
        return Err(missing("BODY", "text"));
    }
    if category == "AUTHENTICATION" && !has("BUTTONS") {
        return Err(missing("BUTTONS", "of type OTP"));
    }
    if has("LIMITED_TIME_OFFER") && has("FOOTER") {
        return Err(refusal(2_388_073, "Footer is not allowed", "A limited-time offer may not have a footer."));
    }
    if category != "MARKETING" && (has("LIMITED_TIME_OFFER") || has("CAROUSEL")) {
        return Err(wrong(
            "Component is not allowed",
            "Limited-time offers and carousels need the category MARKETING.",
        ));
    }
    Ok(())
}

fn component_of(kind: &str, component: &Value, rules: Rules<'_>) -> Checked {
    let Rules { category, named, .. } = rules;
    match kind {
        "HEADER" if category == "AUTHENTICATION" => Err(refusal(
            2_388_047,
            "Header is not allowed",
            "Authentication templates have a fixed text without a header.",
        )),
        "HEADER" => header(component, rules),
        "BODY" if category == "AUTHENTICATION" => fixed_body(component),
        "BODY" => body(component, named, 1024),
        "FOOTER" => footer(component, category),
        "BUTTONS" => buttons::check(component, category),
        "LIMITED_TIME_OFFER" => {
            let offer = component.get("limited_time_offer").unwrap_or(component);
            text_at_most(offer.get("text").and_then(Value::as_str).unwrap_or_default(), 16, "offer text")
        }
        "CAROUSEL" => carousel(component, rules),
        "CALL_PERMISSION_REQUEST" => Ok(()),
        other => Err(GraphError::new(
            100,
            format!(
                "Param components[0]['type'] must be one of {{BODY, BUTTONS, CALL_PERMISSION_REQUEST, CAROUSEL, FOOTER, HEADER, LIMITED_TIME_OFFER}} - got \"{other}\"."
            ),
        )),
    }
}

pub(super) fn text_at_most(text: &str, limit: usize, place: &str) -> Checked {
    if text.chars().count() > limit { Err(too_long(place, limit)) } else { Ok(()) }
}

/// Meta writes the text of authentication templates (templates.md §6).
fn fixed_body(component: &Value) -> Checked {
    match component.get("text").and_then(Value::as_str) {
        None => Ok(()),
        Some(text) if text.starts_with(crate::graph::OTP_TEXT) => Ok(()),
        Some(_) => Err(refusal(
            2_388_072,
            "Body text is not allowed",
            "Authentication templates have a fixed text; use add_security_recommendation.",
        )),
    }
}

fn header(component: &Value, rules: Rules<'_>) -> Checked {
    let named = rules.named;
    let format = component.get("format").and_then(Value::as_str).unwrap_or_default().to_ascii_uppercase();
    match format.as_str() {
        "TEXT" => {
            let text = component
                .get("text")
                .and_then(Value::as_str)
                .filter(|t| !t.is_empty())
                .ok_or_else(|| missing("HEADER", "text"))?;
            text_at_most(text, 60, "header")?;
            if text.contains(['\n', '\r', '*', '_', '~', '`']) && !variables(text).iter().any(|v| v.contains('_'))
                || text.chars().any(is_emoji)
            {
                return Err(refusal(
                    2_388_047,
                    "Header format is incorrect",
                    "The header may not contain new lines, formatting marks or emoji.",
                ));
            }
            let vars = braces(text, named)?;
            if vars.len() > 1 {
                return Err(refusal(2_388_047, "Header format is incorrect", "The header may have one variable."));
            }
            samples(component, "header", vars.len(), named)
        }
        "IMAGE" | "VIDEO" | "DOCUMENT" | "GIF" => {
            let handle = component
                .get("example")
                .and_then(|e| e.get("header_handle"))
                .and_then(|h| h.get(0))
                .and_then(Value::as_str);
            match handle.filter(|h| !h.is_empty()) {
                None => Err(missing("HEADER", "example.header_handle")),
                Some(handle) if (rules.handle)(handle) => Ok(()),
                Some(_) => Err(refusal(
                    2_388_047,
                    "Header format is incorrect",
                    "The header_handle was not given out by a resumable upload of this app.",
                )),
            }
        }
        "LOCATION" | "PRODUCT" => Ok(()),
        other => Err(GraphError::new(
            100,
            format!(
                "Param components[0]['format'] must be one of {{DOCUMENT, GIF, IMAGE, LOCATION, PRODUCT, TEXT, VIDEO}} - got \"{other}\"."
            ),
        )),
    }
}

fn body(component: &Value, named: bool, limit: usize) -> Checked {
    let text = component
        .get("text")
        .and_then(Value::as_str)
        .filter(|t| !t.trim().is_empty())
        .ok_or_else(|| missing("BODY", "text"))?;
    text_at_most(text, limit, "body")?;
    if text.contains("\n\n\n") || text.contains('\t') || text.contains("     ") {
        return Err(refusal(
            2_388_072,
            "Body format is incorrect",
            "The body may not have tabs, more than two new lines or more than four spaces in a row.",
        ));
    }
    let vars = braces(text, named)?;
    let trimmed = text.trim();
    if trimmed.starts_with("{{") || trimmed.ends_with("}}") {
        return Err(refusal(
            2_388_299,
            "Variables are at the start or the end",
            "Variables can't be at the start or the end of the template.",
        ));
    }
    let words = text.split_whitespace().filter(|w| !w.contains("{{")).count();
    if words < vars.len().saturating_mul(2) {
        return Err(refusal(
            2_388_293,
            "Too many variables",
            "This template has too many variables for its length. Reduce the number of variables or increase the message length.",
        ));
    }
    samples(component, "body", vars.len(), named)
}

fn is_emoji(c: char) -> bool {
    matches!(u32::from(c), 0x1f300..=0x1faff | 0x2600..=0x27bf | 0xfe0f)
}

/// The variables of a text, after brace and naming rules.
fn braces(text: &str, named: bool) -> Result<Vec<String>, GraphError> {
    let wrong = |why: &str| refusal(2_388_072, "Variable format is incorrect", why.to_owned());
    if text.matches("{{").count() != text.matches("}}").count() {
        return Err(wrong("Variables must be written with two opening and two closing braces."));
    }
    let mut vars: Vec<String> = Vec::new();
    for name in variables(text) {
        if !vars.contains(&name) {
            vars.push(name);
        }
    }
    if named {
        let good = |name: &str| {
            !name.is_empty()
                && name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
                && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        };
        return if vars.iter().all(|v| good(v)) {
            Ok(vars)
        } else {
            Err(wrong("Named variables are lower-case letters, digits and underscores."))
        };
    }
    let mut numbers: Vec<usize> = Vec::new();
    for name in &vars {
        numbers.push(
            name.parse().map_err(|_| {
                wrong("Positional variables are whole numbers; for names set parameter_format to NAMED.")
            })?,
        );
    }
    numbers.sort_unstable();
    if numbers.iter().enumerate().any(|(at, n)| *n != at.saturating_add(1)) {
        return Err(wrong("Positional variables must count from 1 without gaps."));
    }
    Ok(vars)
}

/// Every variable needs a sample (templates.md §2).
fn samples(component: &Value, place: &str, wanted: usize, named: bool) -> Checked {
    if wanted == 0 {
        return Ok(());
    }
    let example = component.get("example");
    let given = if named {
        example.and_then(|e| e.get(format!("{place}_text_named_params"))).and_then(Value::as_array).map_or(0, Vec::len)
    } else if place == "header" {
        example.and_then(|e| e.get("header_text")).and_then(Value::as_array).map_or(0, Vec::len)
    } else {
        let list = example.and_then(|e| e.get("body_text")).and_then(Value::as_array);
        list.and_then(|l| l.first())
            .map_or(0, |first| first.as_array().map_or_else(|| list.map_or(0, Vec::len), Vec::len))
    };
    if given == wanted {
        return Ok(());
    }
    Err(missing(
        &place.to_uppercase(),
        &format!("example: a sample for each of its {wanted} variables ({given} were given)"),
    ))
}

fn footer(component: &Value, category: &str) -> Checked {
    if category == "AUTHENTICATION" {
        if component.get("code_expiration_minutes").is_none() {
            return Err(missing("FOOTER", "code_expiration_minutes"));
        }
        return match component.get("code_expiration_minutes").and_then(Value::as_i64) {
            Some(1..=90) | None => Ok(()),
            Some(_) => {
                Err(refusal(2_388_073, "Footer format is incorrect", "code_expiration_minutes must be 1 to 90."))
            }
        };
    }
    let text = component.get("text").and_then(Value::as_str).ok_or_else(|| missing("FOOTER", "text"))?;
    text_at_most(text, 60, "footer")?;
    if text.contains("{{") || text.contains('\n') || text.chars().any(is_emoji) {
        return Err(refusal(
            2_388_073,
            "Footer format is incorrect",
            "The footer may not have variables, new lines or emoji.",
        ));
    }
    Ok(())
}

fn carousel(component: &Value, rules: Rules<'_>) -> Checked {
    let cards = component.get("cards").and_then(Value::as_array).ok_or_else(|| missing("CAROUSEL", "cards"))?;
    let wrong = |why: &str| wrong("Carousel format is incorrect", why);
    if !(2..=10).contains(&cards.len()) {
        return Err(wrong("A carousel has 2 to 10 cards."));
    }
    let mut shapes: Vec<Vec<String>> = Vec::new();
    for card in cards {
        let parts =
            card.get("components").and_then(Value::as_array).ok_or_else(|| missing("CAROUSEL", "components"))?;
        let mut shape = Vec::new();
        for part in parts {
            match kind_of(part).as_str() {
                "HEADER" => header(part, rules)?,
                "BODY" => body(part, rules.named, 160)?,
                "BUTTONS" => {
                    buttons::check(part, "MARKETING")?;
                    shape.extend(
                        part.get("buttons")
                            .and_then(Value::as_array)
                            .map(Vec::as_slice)
                            .unwrap_or_default()
                            .iter()
                            .map(kind_of),
                    );
                }
                _ => return Err(wrong("A card has a header, a body and buttons.")),
            }
            shape.push(kind_of(part));
        }
        if !shape.iter().any(|k| k == "HEADER") {
            return Err(wrong("Every card needs an image, video or product header."));
        }
        shapes.push(shape);
    }
    shapes.dedup();
    if shapes.len() == 1 { Ok(()) } else { Err(wrong("All cards must have the same components and buttons.")) }
}

/// The allowed time to live (messages.md §10).
pub(crate) fn ttl(seconds: i64, category: &str) -> Checked {
    let good = match category {
        "AUTHENTICATION" => (30..=900).contains(&seconds) || seconds == -1,
        "UTILITY" => (30..=43_200).contains(&seconds) || seconds == -1,
        _ => (43_200..=2_592_000).contains(&seconds),
    };
    if good {
        Ok(())
    } else {
        Err(GraphError::new(100, "Invalid parameter")
            .details(format!("message_send_ttl_seconds {seconds} is out of range for {category}.")))
    }
}
