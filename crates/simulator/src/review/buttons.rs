//! Format rules of template buttons (templates.md §3 and §6).

use serde_json::Value;

use super::format::{Checked, missing, text_at_most, wrong};
use crate::graph::error::GraphError;
use crate::model::compiled::{kind_of, variables};

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

/// Checks the BUTTONS component.
pub(super) fn check(component: &Value, category: &str) -> Checked {
    let list = component
        .get("buttons")
        .and_then(Value::as_array)
        .filter(|l| !l.is_empty())
        .ok_or_else(|| missing("BUTTONS", "buttons"))?;
    let wrong = |why: String| wrong("Buttons format is incorrect", why);
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
    let wrong = |why: &str| wrong("Buttons format is incorrect", why);
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
                return Err(missing("BUTTONS", "example of the URL"));
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
        "OTP" if ["text", "autofill_text"].iter().any(|key| text(key).chars().count() > 25) => {
            text_at_most(text("text"), 25, "button text")?;
            text_at_most(text("autofill_text"), 25, "autofill text")
        }
        "FLOW" => flow(button),
        "REQUEST_CONTACT_INFO" if !matches!(text("text"), "" | "Share Contact Info") => {
            Err(wrong("A contact request button has no text of its own."))
        }
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
    let list =
        button.get("supported_apps").and_then(Value::as_array).ok_or_else(|| missing("BUTTONS", "supported_apps"))?;
    let good = |app: &Value| {
        let name = app.get("package_name").and_then(Value::as_str).unwrap_or_default();
        let hash = app.get("signature_hash").and_then(Value::as_str).unwrap_or_default();
        name.contains('.') && name.len() <= 224 && hash.chars().count() == 11
    };
    if (1..=5).contains(&list.len()) && list.iter().all(good) {
        Ok(())
    } else {
        Err(missing(
            "BUTTONS",
            "supported_apps (package_name with a dot, signature_hash of 11 characters, 1 to 5 apps)",
        ))
    }
}

/// A flow is named in one of three ways (templates.md §3).
fn flow(button: &Value) -> Checked {
    let given = |key: &str| button.get(key).is_some_and(|v| v.as_str().is_none_or(|text| !text.is_empty()));
    let wrong = |why: &str| Err(wrong("Buttons format is incorrect", why));
    if ["flow_id", "flow_name", "flow_json"].into_iter().filter(|key| given(key)).count() != 1 {
        return wrong("A flow button needs one of flow_id, flow_name and flow_json.");
    }
    let among = |key: &str, list: &[&str]| {
        button.get(key).is_none_or(|v| v.as_str().is_some_and(|v| list.iter().any(|l| l.eq_ignore_ascii_case(v))))
    };
    if !among("flow_action", &["navigate", "data_exchange"]) {
        return wrong("flow_action must be navigate or data_exchange.");
    }
    if !among("icon", &["DOCUMENT", "PROMOTION", "REVIEW"]) {
        return wrong("icon must be DOCUMENT, PROMOTION or REVIEW.");
    }
    Ok(())
}
