//! Format rules of templates, answered at once by the endpoint (templates.md §2, §3 and §12).

use serde_json::Value;

use crate::graph::error::GraphError;
use crate::model::compiled::{kind_of, variables};

type Checked = Result<(), GraphError>;

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

fn missing(place: &str) -> GraphError {
    refusal(
        2_388_043,
        "Message template is missing expected fields",
        format!("Component {place} is missing an expected field."),
    )
}

/// Everything the endpoint checks about the components.
pub(crate) fn components(components: &[Value], category: &str, named: bool) -> Checked {
    let mut seen: Vec<String> = Vec::new();
    for component in components {
        let kind = kind_of(component);
        if seen.contains(&kind) {
            return Err(refusal(
                2_388_043,
                "Component is given twice",
                format!("The component {kind} may be given once."),
            ));
        }
        component_of(&kind, component, category, named)?;
        seen.push(kind);
    }
    let has = |kind: &str| seen.iter().any(|k| k == kind);
    if !has("BODY") {
        return Err(missing("of type BODY"));
    }
    if has("LIMITED_TIME_OFFER") && has("FOOTER") {
        return Err(refusal(2_388_073, "Footer is not allowed", "A limited-time offer may not have a footer."));
    }
    if category != "MARKETING" && (has("LIMITED_TIME_OFFER") || has("CAROUSEL")) {
        return Err(refusal(
            2_388_043,
            "Component is not allowed",
            "Limited-time offers and carousels need the category MARKETING.",
        ));
    }
    Ok(())
}

fn component_of(kind: &str, component: &Value, category: &str, named: bool) -> Checked {
    match kind {
        "HEADER" => header(component, named),
        "BODY" if category == "AUTHENTICATION" => Ok(()),
        "BODY" => body(component, named, 1024),
        "FOOTER" => footer(component, category),
        "BUTTONS" => buttons(component, category),
        "LIMITED_TIME_OFFER" => {
            let offer = component.get("limited_time_offer").unwrap_or(component);
            text_at_most(offer.get("text").and_then(Value::as_str).unwrap_or_default(), 16, "offer text")
        }
        "CAROUSEL" => carousel(component, named),
        "CALL_PERMISSION_REQUEST" => Ok(()),
        other => Err(GraphError::new(
            100,
            format!(
                "Param components[0]['type'] must be one of {{BODY, BUTTONS, CALL_PERMISSION_REQUEST, CAROUSEL, FOOTER, HEADER, LIMITED_TIME_OFFER}} - got \"{other}\"."
            ),
        )),
    }
}

fn text_at_most(text: &str, limit: usize, place: &str) -> Checked {
    if text.chars().count() > limit { Err(too_long(place, limit)) } else { Ok(()) }
}

fn header(component: &Value, named: bool) -> Checked {
    let format = component.get("format").and_then(Value::as_str).unwrap_or_default().to_ascii_uppercase();
    match format.as_str() {
        "TEXT" => {
            let text = component
                .get("text")
                .and_then(Value::as_str)
                .filter(|t| !t.is_empty())
                .ok_or_else(|| missing("of type HEADER"))?;
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
            if handle.is_some_and(|h| !h.is_empty()) {
                Ok(())
            } else {
                Err(missing("of type HEADER (example.header_handle)"))
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
        .ok_or_else(|| missing("of type BODY"))?;
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
    Err(refusal(
        2_388_043,
        "Message template is missing expected fields",
        format!(
            "Component of type {} needs a sample for each of its {wanted} variables (example), {given} were given.",
            place.to_uppercase()
        ),
    ))
}

fn footer(component: &Value, category: &str) -> Checked {
    if category == "AUTHENTICATION" {
        return match component.get("code_expiration_minutes").and_then(Value::as_i64) {
            Some(1..=90) | None => Ok(()),
            Some(_) => {
                Err(refusal(2_388_073, "Footer format is incorrect", "code_expiration_minutes must be 1 to 90."))
            }
        };
    }
    let text = component.get("text").and_then(Value::as_str).ok_or_else(|| missing("of type FOOTER"))?;
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

const BUTTONS: &[(&str, usize)] = &[
    ("QUICK_REPLY", 10),
    ("URL", 2),
    ("PHONE_NUMBER", 1),
    ("COPY_CODE", 1),
    ("FLOW", 1),
    ("VOICE_CALL", 1),
    ("REQUEST_CONTACT_INFO", 1),
    ("CATALOG", 1),
    ("MPM", 1),
    ("SPM", 1),
    ("OTP", 1),
    ("APP", 2),
];

fn buttons(component: &Value, category: &str) -> Checked {
    let list = component
        .get("buttons")
        .and_then(Value::as_array)
        .filter(|l| !l.is_empty())
        .ok_or_else(|| missing("of type BUTTONS"))?;
    let wrong = |why: String| refusal(2_388_043, "Buttons format is incorrect", why);
    if list.len() > 10 {
        return Err(wrong(String::from("A template may have 10 buttons.")));
    }
    let kinds: Vec<String> = list.iter().map(kind_of).collect();
    for (kind, most) in BUTTONS {
        if kinds.iter().filter(|k| k == kind).count() > *most {
            return Err(wrong(format!("A template may have {most} buttons of type {kind}.")));
        }
    }
    let mut runs = kinds.clone();
    runs.dedup_by(|a, b| (*a == "QUICK_REPLY") == (*b == "QUICK_REPLY"));
    if runs.iter().filter(|k| *k == "QUICK_REPLY").count() > 1 {
        return Err(wrong(String::from("Quick reply buttons must stand together.")));
    }
    if category == "AUTHENTICATION" && kinds.iter().any(|k| k != "OTP") {
        return Err(wrong(String::from("Authentication templates take one OTP button.")));
    }
    for (button, kind) in list.iter().zip(&kinds) {
        one_button(button, kind, category)?;
    }
    Ok(())
}

fn one_button(button: &Value, kind: &str, category: &str) -> Checked {
    let text = |key: &str| button.get(key).and_then(Value::as_str).unwrap_or_default();
    let wrong = |why: &str| refusal(2_388_043, "Buttons format is incorrect", why.to_owned());
    if matches!(kind, "QUICK_REPLY" | "URL" | "PHONE_NUMBER" | "FLOW" | "VOICE_CALL") {
        if text("text").is_empty() {
            return Err(wrong("A button needs a text."));
        }
        text_at_most(text("text"), 25, "button text")?;
        if text("text").contains("{{") {
            return Err(wrong("A button text may not have variables."));
        }
    }
    match kind {
        "URL" => {
            let url = text("url");
            text_at_most(url, 2000, "button URL")?;
            if !url.starts_with("https://") && !url.starts_with("http://") {
                return Err(wrong("A URL button needs a URL with http:// or https://."));
            }
            let vars = variables(url);
            if vars.len() > 1 || (vars.len() == 1 && !url.ends_with("}}")) {
                return Err(wrong("The URL of a button may have one variable, at its end."));
            }
            if vars.len() == 1
                && button.get("example").and_then(|e| e.get(0).or(Some(e))).and_then(Value::as_str).is_none()
            {
                return Err(missing("of type BUTTONS (example of the URL)"));
            }
            Ok(())
        }
        "PHONE_NUMBER" if text("phone_number").is_empty() => Err(wrong("A phone button needs a phone_number.")),
        "PHONE_NUMBER" => text_at_most(text("phone_number"), 20, "phone number"),
        "COPY_CODE" => {
            let code = button.get("example").map(|e| e.get(0).unwrap_or(e)).and_then(Value::as_str).unwrap_or_default();
            if code.is_empty() || !code.chars().all(|c| c.is_ascii_alphanumeric()) {
                return Err(wrong("A copy code button needs an example of letters and digits."));
            }
            text_at_most(code, 20, "coupon code")
        }
        "OTP" if category != "AUTHENTICATION" => Err(wrong("OTP buttons need the category AUTHENTICATION.")),
        "OTP" => match text("otp_type") {
            "COPY_CODE" | "copy_code" => Ok(()),
            "ONE_TAP" | "one_tap" => apps(button),
            "ZERO_TAP" | "zero_tap" if button.get("zero_tap_terms_accepted") != Some(&Value::Bool(true)) => {
                Err(wrong("zero_tap_terms_accepted must be true."))
            }
            "ZERO_TAP" | "zero_tap" => apps(button),
            _ => Err(wrong("otp_type must be COPY_CODE, ONE_TAP or ZERO_TAP.")),
        },
        known if BUTTONS.iter().any(|(k, _)| *k == known) => Ok(()),
        other => Err(GraphError::new(100, format!("Param buttons[0]['type'] is not a button type - got \"{other}\"."))),
    }
}

fn apps(button: &Value) -> Checked {
    let list = button
        .get("supported_apps")
        .and_then(Value::as_array)
        .ok_or_else(|| missing("of type BUTTONS (supported_apps)"))?;
    let good = |app: &Value| {
        let name = app.get("package_name").and_then(Value::as_str).unwrap_or_default();
        let hash = app.get("signature_hash").and_then(Value::as_str).unwrap_or_default();
        name.contains('.') && name.len() <= 224 && hash.chars().count() == 11
    };
    if (1..=5).contains(&list.len()) && list.iter().all(good) {
        Ok(())
    } else {
        Err(missing(
            "of type BUTTONS (supported_apps: package_name with a dot, signature_hash of 11 characters, 1 to 5 apps)",
        ))
    }
}

fn carousel(component: &Value, named: bool) -> Checked {
    let cards = component.get("cards").and_then(Value::as_array).ok_or_else(|| missing("of type CAROUSEL"))?;
    let wrong = |why: &str| refusal(2_388_043, "Carousel format is incorrect", why.to_owned());
    if !(2..=10).contains(&cards.len()) {
        return Err(wrong("A carousel has 2 to 10 cards."));
    }
    let mut shapes: Vec<Vec<String>> = Vec::new();
    for card in cards {
        let parts =
            card.get("components").and_then(Value::as_array).ok_or_else(|| missing("of type CAROUSEL (components)"))?;
        let mut shape = Vec::new();
        for part in parts {
            match kind_of(part).as_str() {
                "HEADER" => header(part, named)?,
                "BODY" => body(part, named, 160)?,
                "BUTTONS" => {
                    buttons(part, "MARKETING")?;
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
