#![allow(clippy::unwrap_used, reason = "tests")]

use rstest::rstest;
use serde_json::json;

use super::format;
use super::verdict::{Verdict, category, decide};

fn body(text: &str, samples: &[&str]) -> Vec<serde_json::Value> {
    vec![json!({"type": "BODY", "text": text, "example": {"body_text": [samples]}})]
}

#[rstest]
#[case("Hello {{1}}, your order is on its way to you.", &["Ana"], None)]
#[case("{{1}} hello there, how are you doing", &["Ana"], Some(2_388_299))]
#[case("hello there, how are you doing {{1}}", &["Ana"], Some(2_388_299))]
#[case("Hi {{1}} and {{2}} and {{3}} yes", &["a", "b", "c"], Some(2_388_293))]
#[case("Hello {{1}}, we have news for you today.", &[], Some(2_388_043))]
#[case("Hello {{2}}, we have news for you today.", &["Ana"], Some(2_388_072))]
#[case("Hello {{1}, we have news for you today.", &["Ana"], Some(2_388_072))]
#[case("Hello\n\n\n\nthere", &[], Some(2_388_072))]
fn body_rules_carry_the_documented_subcodes(
    #[case] text: &str,
    #[case] samples: &[&str],
    #[case] subcode: Option<i64>,
) {
    let outcome = format::components(&body(text, samples), "UTILITY", false);
    assert_eq!(outcome.err().and_then(|e| e.subcode), subcode, "{text}");
}

#[test]
fn quick_replies_stand_together_and_a_body_is_needed() {
    let mixed = vec![
        json!({"type": "BODY", "text": "Hello there"}),
        json!({"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "A"}, {"type": "URL", "text": "B", "url": "https://a.example"}, {"type": "QUICK_REPLY", "text": "C"}]}),
    ];
    assert!(format::components(&mixed, "MARKETING", false).is_err());
    assert_eq!(
        format::components(&[json!({"type": "FOOTER", "text": "x"})], "MARKETING", false).unwrap_err().subcode,
        Some(2_388_043)
    );
}

#[test]
fn utility_that_promotes_becomes_marketing_and_codes_are_rejected() {
    let sale = body("Hello {{1}}, your order is here, and so is our autumn sale.", &["Ana"]);
    assert_eq!(category("UTILITY", &sale), "MARKETING");
    let code = body("Hello, {{1}} is your verification code for the shop.", &["1234"]);
    assert_eq!(decide("UTILITY", &code), Verdict::Rejected { reason: "INCORRECT_CATEGORY", info: None });
    assert_eq!(decide("UTILITY", &body("Hello {{1}}, your order is on its way.", &["Ana"])), Verdict::Approved);
}
