//! Authentication templates: the text is Meta's own, the button is the point (templates.md §6).

use serde_json::Value;

use crate::findings::{Findings, Rule};
use crate::view::{Button, Kind, View};

const APPS: usize = 5;
const PACKAGE_CHARS: usize = 224;
const SIGNATURE_CHARS: usize = 11;
const TEXT_CHARS: usize = 25;

pub(crate) fn check(view: &View<'_>, findings: &mut Findings) {
    let mut say = |place: &str, message: &str| findings.add(Rule::AuthenticationShape, place, message);
    if view.part(Kind::Header).is_some() || view.cards.is_some() || view.offer.is_some() || view.call_permission {
        say("components", "An authentication template has a body, a footer and a one-time code button, nothing else.");
    }
    let listed = view.part(Kind::Body).is_some_and(|body| body.json.get("add_security_recommendation").is_some());
    if !listed && !view.text_of(Kind::Body).is_empty() {
        say(
            "body",
            "The text is Meta's own. Leave it out; `add_security_recommendation` adds a warning not to share the code.",
        );
    }
    let minutes = view.part(Kind::Footer).and_then(|footer| footer.json.get("code_expiration_minutes"));
    if minutes.is_some_and(|m| m.as_u64().is_none_or(|m| !(1..=90).contains(&m))) {
        say("footer", "A code is good for 1 to 90 minutes (`code_expiration_minutes`).");
    }
    let buttons = view.part(Kind::Buttons).map(|part| part.buttons()).unwrap_or_default();
    if buttons.is_empty() {
        say("buttons", "There is no one-time code button.");
    }
    for button in buttons.iter().filter(|button| button.kind == "OTP") {
        otp(button, findings);
    }
}

fn otp(button: &Button<'_>, findings: &mut Findings) {
    let mut say = |message: &str| findings.add(Rule::AuthenticationShape, &button.place, message);
    let kind = button.word("otp_type").unwrap_or_default().to_ascii_uppercase();
    if !matches!(kind.as_str(), "COPY_CODE" | "ONE_TAP" | "ZERO_TAP") {
        say("`otp_type` is COPY_CODE, ONE_TAP or ZERO_TAP.");
    }
    if kind == "ZERO_TAP" && button.json.get("zero_tap_terms_accepted") != Some(&Value::Bool(true)) {
        say("Codes that fill themselves in need `zero_tap_terms_accepted: true`.");
    }
    if button.word("autofill_text").is_some_and(|text| text.chars().count() > TEXT_CHARS) {
        say("`autofill_text` has at most 25 characters.");
    }
    let apps = button.json.get("supported_apps").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if (kind == "ONE_TAP" || kind == "ZERO_TAP") && apps.is_empty() {
        say("One-tap and zero-tap codes need the app that takes them (`supported_apps`).");
    }
    if apps.len() > APPS {
        say("At most five apps can be named.");
    }
    for app in apps {
        let package = app.get("package_name").and_then(Value::as_str).unwrap_or_default();
        let signature = app.get("signature_hash").and_then(Value::as_str).unwrap_or_default();
        if package.split('.').filter(|part| !part.is_empty()).count() < 2 || package.chars().count() > PACKAGE_CHARS {
            say("An app's package name has two parts or more, such as `com.example.shop`.");
        }
        if signature.chars().count() != SIGNATURE_CHARS {
            say("An app's signature hash has exactly 11 characters.");
        }
    }
}
