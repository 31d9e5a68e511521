#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::corpus::{faulty, fine};

#[test]
fn fine_templates_are_not_blocked_and_hardly_warned_about() {
    let templates = fine();
    assert!(templates.len() >= 60, "{}", templates.len());
    for template in &templates {
        let loud: Vec<_> = lint(template, &[]).into_iter().filter(|f| f.severity() != Severity::Advises).collect();
        assert!(loud.is_empty(), "{template:#}\n{loud:#?}");
    }
}

#[test]
fn each_faulty_template_breaks_its_rule_and_no_other_that_blocks() {
    let templates = faulty();
    assert!(templates.len() >= 60, "{}", templates.len());
    for (rule, template) in &templates {
        let found = lint(template, &[]);
        assert!(found.iter().any(|f| f.rule == *rule), "{rule:?} in {template:#}\n{found:#?}");
        let others: Vec<_> = found.iter().filter(|f| f.severity() == Severity::Blocks && f.rule != *rule).collect();
        assert!(others.is_empty(), "{rule:?} in {template:#}\n{others:#?}");
    }
}

#[test]
fn repairs_take_their_finding_away_and_add_none() {
    let mut repaired = 0;
    for (_, template) in faulty() {
        let before = lint(&template, &[]);
        for finding in before.iter().filter(|f| f.fix.is_some()) {
            let fixed = apply(&template, std::slice::from_ref(finding));
            let after = lint(&fixed, &[]);
            assert!(
                !after.iter().any(|f| f.rule == finding.rule && f.place == finding.place),
                "{finding:#?}\n{fixed:#}"
            );
            let graver = after.iter().filter(|f| f.severity() == Severity::Blocks).count();
            assert!(graver <= before.iter().filter(|f| f.severity() == Severity::Blocks).count(), "{fixed:#}");
            repaired += 1;
        }
    }
    assert!(repaired >= 7, "only {repaired} findings could be repaired");
}

#[test]
fn the_same_text_under_another_name_is_found_and_nearly_the_same_too() {
    let template = fine().remove(0);
    let body = template["components"][0]["text"].as_str().unwrap().to_owned();
    let known =
        |body: &str| Known { name: "other".into(), language: "en_US".into(), body: body.into(), footer: String::new() };
    let rules = |known: Known| -> Vec<Rule> { lint(&template, &[known]).iter().map(|f| f.rule).collect() };
    assert_eq!(rules(known(&body)), [Rule::Duplicate]);
    assert_eq!(rules(known(&body.replace("packing it now", "packing it soon"))), [Rule::NearDuplicate]);
    assert!(rules(known("Your table is confirmed. We look forward to your visit, see you then.")).is_empty());
    let own = Known { name: "order_confirmed".into(), ..known(&body) };
    assert!(rules(own).is_empty(), "a template is no duplicate of itself");
}

#[test]
fn ids_of_rules_are_distinct_and_every_rule_that_the_corpus_can_show_is_shown() {
    let ids: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
    assert_eq!(ids.len(), Rule::ALL.len());
    let shown: BTreeSet<&str> = faulty().iter().flat_map(|(_, t)| lint(t, &[])).map(|f| f.rule.id()).collect();
    // Advice and what needs other templates have tests of their own.
    let blocking = Rule::ALL.iter().filter(|rule| rule.severity() == Severity::Blocks && **rule != Rule::Duplicate);
    let missing: Vec<_> = blocking.map(|rule| rule.id()).filter(|id| !shown.contains(id)).collect();
    assert!(missing.is_empty() || missing == ["product"], "no template of the corpus breaks {missing:?}");
}

#[test]
fn percentages_off_are_promotion_however_they_are_written() {
    for text in ["-20 % today", "20% off", "20 % descuento", "– 15% sur tout", "Spare jetzt: 10 % Rabatt"] {
        let template = json!({"name": "x", "language": "en_US", "category": "UTILITY", "components": [
            {"type": "BODY", "text": format!("Your order is on its way. {text} if you come again.")}]});
        assert!(lint(&template, &[]).iter().any(|f| f.rule == Rule::UtilityPromotes), "{text}");
    }
    let battery = json!({"name": "x", "language": "en_US", "category": "UTILITY", "components": [
        {"type": "BODY", "text": "Your order is 80 % packed and leaves our workshop tomorrow."}]});
    assert!(!lint(&battery, &[]).iter().any(|f| f.rule == Rule::UtilityPromotes));
}

#[test]
fn buttons_that_hide_a_template_from_desktops_are_told() {
    let template = json!({"name": "x", "language": "en_US", "category": "UTILITY", "components": [
        {"type": "BODY", "text": "Your order is packed and leaves our workshop tomorrow."},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Fine"},
            {"type": "URL", "text": "Track", "url": "https://shop.example/t"}]}]});
    assert_eq!(lint(&template, &[]).iter().map(|f| f.rule).collect::<Vec<_>>(), [Rule::HiddenOnDesktop]);
}

#[test]
fn ten_thousand_variables_are_read_in_one_go() {
    let text: String = (1..=10_000).map(|i| format!("word {{{{{i}}}}} ")).collect();
    let template = json!({"name": "x", "language": "en_US", "category": "UTILITY", "components": [{"type": "BODY", "text": text}]});
    assert!(blocks(&lint(&template, &[])));
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i32>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        prop::sample::select(vec![
            "BODY",
            "HEADER",
            "TEXT",
            "IMAGE",
            "BUTTONS",
            "URL",
            "OTP",
            "CAROUSEL",
            "{{1}}",
            "MARKETING",
            "{{a}} {{",
            "\u{202e}%"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        let key = prop::sample::select(vec![
            "type",
            "text",
            "format",
            "components",
            "buttons",
            "cards",
            "example",
            "body_text",
            "header_handle",
            "url",
            "name",
            "language",
            "category",
            "parameter_format",
            "limited_time_offer",
            "supported_apps",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..8)
                .prop_map(|entries| entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_the_file_holds_it_gets_an_answer(draft in anything(), text in "\\PC{0,200}") {
        let found = lint(&draft, &[]);
        let _ = apply(&draft, &found);
        let body = json!({"name": text, "language": text, "category": "MARKETING", "components": [{"type": "BODY", "text": text}]});
        let found = lint(&body, &[]);
        let _ = apply(&body, &found);
    }
}
