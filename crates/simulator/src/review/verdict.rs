//! The verdict of the review: a pure function of the template's text, so that a test and an
//! operator can cause every documented outcome on purpose (templates.md §5, §8 and §12).

use serde_json::Value;

/// What the review decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    Approved,
    /// A reason of templates.md §8, and for `INVALID_FORMAT` what to do about it.
    Rejected {
        reason: &'static str,
        info: Option<(&'static str, &'static str)>,
    },
}

const PROMOTION: &[&str] = &[
    "sale",
    "discount",
    "% off",
    "special offer",
    "promo",
    "coupon",
    "limited time",
    "congratulations",
    "deal",
    "free gift",
    "buy now",
    "shop now",
    "solde",
    "rabais",
    "voucher",
];
const ONE_TIME_CODE: &[&str] =
    &["verification code", "one-time code", "one time password", "otp", "security code", "code de vérification"];
const SENSITIVE: &[&str] = &[
    "card number",
    "full credit card",
    "social insurance number",
    "passport number",
    "send us your password",
    "bank login",
];
const ABUSE: &[&str] = &["idiot", "we will find you", "last warning or else"];
const SCAM: &[&str] = &["wire the money", "you have won", "claim your prize", "crypto doubling"];

/// All words a customer would read.
pub(crate) fn words(components: &[Value]) -> String {
    let mut all = String::new();
    collect(components, &mut all);
    all.to_lowercase()
}

fn collect(components: &[Value], into: &mut String) {
    for component in components {
        if let Some(text) = component.get("text").and_then(Value::as_str) {
            into.push_str(text);
            into.push('\n');
        }
        for key in ["buttons", "cards", "components"] {
            if let Some(list) = component.get(key).and_then(Value::as_array) {
                collect(list, into);
            }
        }
    }
}

fn any(text: &str, list: &[&str]) -> bool {
    list.iter().any(|word| text.contains(word))
}

/// The category Meta sees in a text: utility that promotes is marketing.
pub(crate) fn category(asked: &str, components: &[Value]) -> &'static str {
    let text = words(components);
    match asked {
        "AUTHENTICATION" => "AUTHENTICATION",
        "UTILITY" if any(&text, PROMOTION) => "MARKETING",
        "UTILITY" => "UTILITY",
        _ => "MARKETING",
    }
}

/// The verdict on a template of this category.
pub(crate) fn decide(category: &str, components: &[Value]) -> Verdict {
    let text = words(components);
    let rejected = |reason| Verdict::Rejected { reason, info: None };
    if any(&text, ABUSE) {
        return rejected("ABUSIVE_CONTENT");
    }
    if any(&text, SCAM) {
        return rejected("SCAM");
    }
    if category == "AUTHENTICATION" {
        return Verdict::Approved;
    }
    if any(&text, ONE_TIME_CODE) {
        return rejected("INCORRECT_CATEGORY");
    }
    if any(&text, SENSITIVE) {
        return rejected("TAG_CONTENT_MISMATCH");
    }
    if text.contains("}}{{") || text.contains("}} {{") {
        return Verdict::Rejected {
            reason: "INVALID_FORMAT",
            info: Some((
                "Two variables stand next to each other.",
                "Put words between the variables so that a reader knows what they mean.",
            )),
        };
    }
    if text.contains("wa.me/") || text.contains("bit.ly/") {
        return Verdict::Rejected {
            reason: "INVALID_FORMAT",
            info: Some(("The text contains a shortened link.", "Write the full address of your own site.")),
        };
    }
    Verdict::Approved
}
