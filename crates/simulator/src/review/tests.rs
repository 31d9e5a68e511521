#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use rstest::rstest;
use serde_json::json;

use super::format::{self, Rules};
use super::verdict::{Verdict, category, decide};

const UTILITY: Rules<'static> = Rules { category: "UTILITY", named: false, handle: &|_| false };
const MARKETING: Rules<'static> = Rules { category: "MARKETING", ..UTILITY };

fn body(text: &str, samples: &[&str]) -> Vec<serde_json::Value> {
    vec![json!({"type": "BODY", "text": text, "example": {"body_text": [samples]}})]
}

#[rstest]
#[case("Hello {{1}}, your order is on its way to you.", &["Ana"], None)]
#[case("{{1}} hello there, how are you doing", &["Ana"], Some(2_388_299))]
#[case("hello there, how are you doing {{1}}", &["Ana"], Some(2_388_299))]
#[case("Hi {{1}} and {{2}} and {{3}} yes", &["a", "b", "c"], Some(2_388_293))]
#[case("Hello {{1}}, we have news for you today.", &[], Some(2_388_072))]
#[case("Hello {{2}}, we have news for you today.", &["Ana"], Some(2_388_072))]
#[case("Hello {{1}, we have news for you today.", &["Ana"], Some(2_388_072))]
#[case("Hello\n\n\n\nthere", &[], Some(2_388_072))]
fn body_rules_carry_the_documented_subcodes(
    #[case] text: &str,
    #[case] samples: &[&str],
    #[case] subcode: Option<i64>,
) {
    let outcome = format::components(&body(text, samples), UTILITY);
    assert_eq!(outcome.err().and_then(|e| e.subcode), subcode, "{text}");
}

#[test]
fn quick_replies_stand_together_and_a_body_is_needed() {
    let mixed = vec![
        json!({"type": "BODY", "text": "Hello there"}),
        json!({"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "A"}, {"type": "URL", "text": "B", "url": "https://a.example"}, {"type": "QUICK_REPLY", "text": "C"}]}),
    ];
    assert!(format::components(&mixed, MARKETING).is_err());
    assert_eq!(
        format::components(&[json!({"type": "FOOTER", "text": "x"})], MARKETING).unwrap_err().subcode,
        Some(2_388_072)
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

#[rstest]
#[case(json!({"type": "FLOW", "text": "Book"}), false)]
#[case(json!({"type": "FLOW", "text": "Book", "flow_id": "1", "flow_name": "booking"}), false)]
#[case(json!({"type": "FLOW", "text": "Book", "flow_id": "1", "flow_action": "jump"}), false)]
#[case(json!({"type": "FLOW", "text": "Book", "flow_name": "booking", "flow_action": "navigate", "icon": "REVIEW"}), true)]
#[case(json!({"type": "FLOW", "text": "Book", "flow_json": {}}), true)]
#[case(json!({"type": "REQUEST_CONTACT_INFO"}), true)]
#[case(json!({"type": "REQUEST_CONTACT_INFO", "text": "Your phone, please"}), false)]
fn flow_and_contact_buttons_are_as_documented(#[case] button: serde_json::Value, #[case] good: bool) {
    let parts = [json!({"type": "BODY", "text": "Hello there"}), json!({"type": "BUTTONS", "buttons": [button]})];
    assert_eq!(format::components(&parts, MARKETING).is_ok(), good, "{}", parts[1]);
}

#[test]
fn meta_writes_the_text_of_authentication_templates_and_they_have_one_otp_button() {
    let authentication = |parts: &[serde_json::Value]| {
        format::components(parts, Rules { category: "AUTHENTICATION", ..UTILITY }).map_err(|e| e.subcode)
    };
    let body = json!({"type": "BODY", "add_security_recommendation": true});
    let button = json!({"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]});
    assert_eq!(authentication(&[body.clone(), button.clone()]), Ok(()));
    assert_eq!(authentication(std::slice::from_ref(&body)), Err(None), "no button");
    let own = json!({"type": "BODY", "text": "Your code is {{1}}, says the shop.", "example": {"body_text": [["1"]]}});
    assert_eq!(authentication(&[own, button.clone()]), Err(Some(2_388_072)));
    let header = json!({"type": "HEADER", "format": "TEXT", "text": "Code"});
    assert_eq!(authentication(&[header, body.clone(), button.clone()]), Err(Some(2_388_047)));
    let footer = json!({"type": "FOOTER", "text": "Tide & Timber"});
    assert_eq!(authentication(&[body, footer, button]), Err(Some(2_388_073)));
}
