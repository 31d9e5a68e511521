//! Buttons: how many, of which kind, and what each needs (templates.md §3).

use std::collections::BTreeMap;

use crate::findings::{Findings, Rule};
use crate::variables::scan;
use crate::view::{Button, Kind, Part, View};

const IN_ALL: usize = 10;
const LABEL_CHARS: usize = 25;
const URL_CHARS: usize = 2000;
const PHONE_CHARS: usize = 20;
const COUPON_CHARS: usize = 20;
const COUPON_CHARS_OF_OLDER_PAGES: usize = 15;

/// Kinds, and how many of each a template may have.
const MOST: &[(&str, usize, &str)] = &[
    ("QUICK_REPLY", 10, "quick replies"),
    ("URL", 2, "web address buttons"),
    ("PHONE_NUMBER", 1, "phone number button"),
    ("COPY_CODE", 1, "coupon button"),
    ("FLOW", 1, "form button"),
    ("VOICE_CALL", 1, "call button"),
    ("REQUEST_CONTACT_INFO", 1, "contact info button"),
    ("CATALOG", 1, "catalog button"),
    ("MPM", 1, "product list button"),
    ("SPM", 1, "product button"),
    ("OTP", 1, "one-time code button"),
];

/// Kinds whose label the operator writes.
const LABELLED: &[&str] = &["QUICK_REPLY", "URL", "PHONE_NUMBER", "FLOW", "VOICE_CALL"];

pub(crate) fn check(view: &View<'_>, findings: &mut Findings) {
    for part in view.all_parts().filter(|part| part.kind == Kind::Buttons) {
        let buttons = part.buttons();
        counts(part, &buttons, findings);
        labels(part, &buttons, findings);
        for button in &buttons {
            kind(view, button, findings);
            one(button, findings);
        }
    }
    if let Some(part) = view.part(Kind::Buttons) {
        seen(part, findings);
    }
}

fn counts(part: &Part<'_>, buttons: &[Button<'_>], findings: &mut Findings) {
    if buttons.is_empty() {
        findings.add(Rule::ButtonCount, &part.place, "The list of buttons is empty. Leave it out, or add one.");
    }
    if buttons.len() > IN_ALL {
        findings.add(
            Rule::ButtonCount,
            &part.place,
            format!("{} buttons are too many: {IN_ALL} are allowed.", buttons.len()),
        );
    }
    for (kind, most, what) in MOST {
        let count = buttons.iter().filter(|button| button.kind == *kind).count();
        if count > *most && *most < IN_ALL {
            findings.add(
                Rule::ButtonCount,
                &part.place,
                format!("There are {count} of them, but {most} {what} may stand here."),
            );
        }
    }
    let replies: Vec<bool> = buttons.iter().map(|button| button.kind == "QUICK_REPLY").collect();
    if replies.chunk_by(|a, b| a == b).filter(|group| group.first() == Some(&true)).count() > 1 {
        findings.add(
            Rule::ButtonGroups,
            &part.place,
            "Quick replies must stand together: put all of them before or after the other buttons.",
        );
    }
}

fn labels(part: &Part<'_>, buttons: &[Button<'_>], findings: &mut Findings) {
    let mut per_label: BTreeMap<String, usize> = BTreeMap::new();
    for button in buttons {
        let label = button.word("text").unwrap_or_default();
        let chars = label.chars().count();
        if label.trim().is_empty() && LABELLED.contains(&button.kind.as_str()) {
            findings.add(Rule::ButtonLabel, &button.place, "The button has no label.");
        } else if chars > LABEL_CHARS {
            findings.add(
                Rule::ButtonLabel,
                &button.place,
                format!("The label has {chars} characters; {LABEL_CHARS} are allowed."),
            );
        } else if label.contains(['\n', '\r', '\t']) || !scan(label).found.is_empty() {
            findings.add(Rule::ButtonLabel, &button.place, "A label is one line of plain text without variables.");
        }
        if !label.is_empty() {
            *per_label.entry(label.to_lowercase()).or_default() += 1;
        }
    }
    if per_label.values().any(|count| *count > 1) {
        findings.add(Rule::ButtonTwins, &part.place, "Two buttons have the same label. Nobody can tell them apart.");
    }
}

fn kind(view: &View<'_>, button: &Button<'_>, findings: &mut Findings) {
    let kind = button.kind.as_str();
    let authentication = view.category == crate::AUTHENTICATION;
    if kind != "APP" && !MOST.iter().any(|(known, _, _)| *known == kind) {
        findings.add(Rule::ButtonUnknown, &button.place, format!("`{kind}` is no documented kind of button."));
    } else if (kind == "OTP") != authentication && !(authentication && kind == "URL") {
        let message = if authentication {
            "An authentication template has a one-time code button and no other."
        } else {
            "One-time code buttons are for authentication templates alone."
        };
        findings.add(Rule::ButtonKind, &button.place, message);
    } else if view.category == "UTILITY" && matches!(kind, "CATALOG" | "MPM" | "SPM") {
        findings.add(Rule::ButtonKind, &button.place, "Catalog and product buttons are for marketing templates.");
    }
}

fn one(button: &Button<'_>, findings: &mut Findings) {
    match button.kind.as_str() {
        "URL" => url(button, findings),
        "PHONE_NUMBER" => phone(button, findings),
        "COPY_CODE" => coupon(button, findings),
        "FLOW" => {
            let given =
                ["flow_id", "flow_name", "flow_json"].iter().filter(|key| button.json.get(**key).is_some()).count();
            if given != 1 {
                findings.add(
                    Rule::ButtonFlow,
                    &button.place,
                    "A form button names its form once: `flow_id`, `flow_name` or `flow_json`.",
                );
            }
        }
        "REQUEST_CONTACT_INFO" if button.word("text").is_some_and(|text| text != "Share Contact Info") => {
            findings.add(Rule::ButtonLabel, &button.place, "The label is Meta's own: leave it out.");
        }
        _ => {}
    }
}

fn url(button: &Button<'_>, findings: &mut Findings) {
    let place = format!("{}.url", button.place);
    // An authentication template's button reads back as a web address that Meta made.
    let Some(url) = button.word("url").filter(|url| !url.trim().is_empty()) else {
        findings.add(Rule::ButtonUrl, place, "The button has no web address.");
        return;
    };
    if url.chars().count() > URL_CHARS {
        findings.add(Rule::ButtonUrl, &place, format!("The web address is longer than {URL_CHARS} characters."));
    }
    let scan = scan(url);
    if scan.stray || scan.found.len() > 1 || (!scan.found.is_empty() && !scan.tail.is_empty()) {
        findings.add(Rule::ButtonUrl, &place, "A web address may have one variable, `{{1}}`, at its very end.");
    }
    let fixed = scan.found.first().map_or(url, |found| found.before.as_str());
    match url::Url::parse(fixed) {
        Ok(parsed) if parsed.scheme() == "https" => {}
        Ok(parsed) if parsed.scheme() == "http" => {
            let secure = url.replacen("http://", "https://", 1);
            findings.add_replacing(
                Rule::ButtonUrlPlain,
                &place,
                "The web address is not encrypted. Use https.",
                &format!("{}/url", button.pointer),
                &secure,
            );
        }
        _ => findings.add(
            Rule::ButtonUrl,
            &place,
            "This is no web address. Write it whole, such as https://shop.example/orders/{{1}}.",
        ),
    }
    if !scan.found.is_empty() && button.example().is_none_or(|sample| sample.trim().is_empty()) {
        findings.add(Rule::SampleMissing, &place, "The variable of the web address has no sample.");
    }
}

fn phone(button: &Button<'_>, findings: &mut Findings) {
    let number = button.word("phone_number").unwrap_or_default();
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let plain = number.chars().all(|c| c.is_ascii_digit() || "+ -().".contains(c));
    if number.chars().count() > PHONE_CHARS || !(5..=15).contains(&digits) || !plain {
        findings.add(
            Rule::ButtonPhone,
            format!("{}.phone_number", button.place),
            format!(
                "A number with country code is needed, such as +1 416 555 0123, of at most {PHONE_CHARS} characters."
            ),
        );
    }
}

fn coupon(button: &Button<'_>, findings: &mut Findings) {
    let place = format!("{}.example", button.place);
    let code = button.example().unwrap_or_default();
    let chars = code.chars().count();
    if chars == 0 {
        findings.add(Rule::CouponCode, place, "The coupon has no sample code.");
    } else if chars > COUPON_CHARS || !code.chars().all(|c| c.is_ascii_alphanumeric()) {
        findings.add(
            Rule::CouponCode,
            place,
            format!("A coupon code has letters and digits alone, at most {COUPON_CHARS}."),
        );
    } else if chars > COUPON_CHARS_OF_OLDER_PAGES {
        findings.add(
            Rule::CouponLong,
            place,
            format!("Codes of more than {COUPON_CHARS_OF_OLDER_PAGES} characters are newly allowed; some accounts may still be refused."),
        );
    }
}

/// What a person sees of the buttons.
fn seen(part: &Part<'_>, findings: &mut Findings) {
    let buttons = part.buttons();
    let replies = buttons.iter().filter(|button| button.kind == "QUICK_REPLY").count();
    let mixed = replies > 0 && replies < buttons.len();
    if buttons.len() > 3 {
        findings.add(
            Rule::ButtonsFolded,
            &part.place,
            "Only two buttons are seen at first; the others are behind \"See all options\".",
        );
    }
    if buttons.len() >= 4 || mixed {
        findings.add(
            Rule::HiddenOnDesktop,
            &part.place,
            "WhatsApp for desktop does not show this template: it has four or more buttons, or quick replies beside others.",
        );
    }
}
