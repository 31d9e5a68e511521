//! Writing templates: what is refused before the wire, and what travels.

use rstest::rstest;
use serde_json::{Value, json};
use switchboard_cloud_api::templates::{self, CompareWindow, DeleteWhat, TemplateDraft, TemplateEdit};
use switchboard_domain::ids::{TemplateId, WabaId};
use wiremock::matchers::{body_json, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::client;

fn draft() -> Value {
    json!({
        "name": "order_ready", "language": "en_US", "category": "UTILITY",
        "components": [
            {"type": "HEADER", "format": "TEXT", "text": "Ready, {{1}}!", "example": {"header_text": ["Ana"]}},
            {"type": "BODY", "text": "Order {{1}} is ready since {{2}}.", "example": {"body_text": [["17", "nine"]]}},
            {"type": "FOOTER", "text": "Example Shop"},
            {"type": "BUTTONS", "buttons": [
                {"type": "QUICK_REPLY", "text": "Thanks"},
                {"type": "URL", "text": "Track", "url": "https://example.com/o/{{1}}", "example": ["https://example.com/o/17"]}
            ]}
        ]
    })
}

#[test]
fn a_good_template_passes() {
    serde_json::from_value::<TemplateDraft>(draft()).unwrap().check().unwrap();
}

#[rstest]
#[case("/name", json!("Order Ready"), "name")]
#[case("/category", json!("TRANSACTIONAL"), "category")]
#[case("/message_send_ttl_seconds", json!(29), "message_send_ttl_seconds")]
#[case("/components/0/text", json!("*Ready* {{1}}"), "components.header.text")]
#[case("/components/0/text", json!("Ready {{1}} {{2}}"), "components.header.text")]
#[case("/components/0/text", json!("x".repeat(61)), "components.header.text")]
#[case("/components/0/example", json!(null), "components.header.example")]
#[case("/components/1/text", json!("{{1}} is ready since {{2}}."), "components.body.text")]
#[case("/components/1/text", json!("Order {{1}} is ready since {{3}}."), "components.body.text")]
#[case("/components/1/text", json!("Order {{1} is ready since {{2}}."), "components.body.text")]
#[case("/components/1/text", json!("Order {{1}}\n\n\nis ready since {{2}}."), "components.body.text")]
#[case("/components/1/text", json!(format!("{} {{{{1}}}} {{{{2}}}}.", "x".repeat(1024))), "components.body.text")]
#[case("/components/1/example/body_text", json!([["17"]]), "components.body.example")]
#[case("/components/2/text", json!("By {{1}}"), "components.footer.text")]
#[case("/components/3/buttons/1/url", json!("https://example.com/{{1}}/x"), "components.buttons.url")]
#[case("/components/3/buttons/1/example", json!(null), "components.buttons.example")]
#[case("/components/3/buttons/0/text", json!("x".repeat(26)), "components.buttons.text")]
#[case("/components/3/buttons/0", json!({"type": "COPY_CODE", "example": "25-OFF"}), "components.buttons.example")]
#[case("/components/3/buttons/0", json!({"type": "OTP", "otp_type": "COPY_CODE"}), "components.buttons")]
fn what_meta_refuses_is_named_before_the_wire(#[case] at: &str, #[case] value: Value, #[case] field: &str) {
    let mut draft = draft();
    match draft.pointer_mut(at) {
        Some(place) => *place = value,
        None => draft[at.trim_start_matches('/')] = value,
    }
    let e = serde_json::from_value::<TemplateDraft>(draft).unwrap().check().unwrap_err();
    assert_eq!(e.field, field, "{e}");
}

#[test]
fn quick_replies_stand_together() {
    let mut d = draft();
    d["components"][3]["buttons"].as_array_mut().unwrap().push(json!({"type": "QUICK_REPLY", "text": "Later"}));
    let e = serde_json::from_value::<TemplateDraft>(d).unwrap().check().unwrap_err();
    assert!(e.problem.contains("stand together"), "{e}");
}

#[test]
fn one_time_codes_have_metas_text_and_zero_tap_needs_its_terms() {
    let with = |button: Value| {
        json!({"name": "otp", "language": "en_US", "category": "AUTHENTICATION", "message_send_ttl_seconds": 60,
            "components": [{"type": "BODY", "add_security_recommendation": true}, {"type": "FOOTER", "code_expiration_minutes": 10},
                           {"type": "BUTTONS", "buttons": [button]}]})
    };
    let app = json!([{"package_name": "com.example.shop", "signature_hash": "K8a/AINcGX7"}]);
    let good =
        with(json!({"type": "OTP", "otp_type": "ZERO_TAP", "zero_tap_terms_accepted": true, "supported_apps": app}));
    serde_json::from_value::<TemplateDraft>(good).unwrap().check().unwrap();
    let bad = with(json!({"type": "OTP", "otp_type": "ZERO_TAP", "supported_apps": app}));
    let e = serde_json::from_value::<TemplateDraft>(bad).unwrap().check().unwrap_err();
    assert!(e.field.ends_with("zero_tap_terms_accepted"), "{e}");
    let bad = with(json!({"type": "OTP", "otp_type": "ONE_TAP"}));
    let e = serde_json::from_value::<TemplateDraft>(bad).unwrap().check().unwrap_err();
    assert!(e.field.ends_with("supported_apps"), "{e}");
}

#[tokio::test]
async fn creating_reads_the_category_that_meta_gave() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v26.0/2/message_templates"))
        .and(body_json(draft()))
        .respond_with(
            ResponseTemplate::new(200).set_body_json(json!({"id": "3", "status": "APPROVED", "category": "MARKETING"})),
        )
        .expect(1)
        .mount(&server)
        .await;
    let draft: TemplateDraft = serde_json::from_value(draft()).unwrap();
    let made = templates::create(&client(&server.uri()), &WabaId::new("2"), &draft).await.unwrap();
    assert_eq!(made.category.as_deref(), Some("MARKETING"));
}

#[tokio::test]
async fn deleting_by_name_id_and_many_travels_as_documented() {
    let server = MockServer::start().await;
    let ok = || ResponseTemplate::new(200).set_body_json(json!({"success": true}));
    let at = || Mock::given(method("DELETE")).and(path("/v26.0/2/message_templates"));
    at().and(query_param("hsm_ids", r#"["3","4"]"#)).respond_with(ok()).expect(1).mount(&server).await;
    at().and(query_param("hsm_id", "3"))
        .and(query_param("name", "a"))
        .respond_with(ok())
        .expect(1)
        .mount(&server)
        .await;
    at().and(query_param("name", "b")).respond_with(ok()).expect(1).mount(&server).await;
    let (client, waba, id) = (client(&server.uri()), WabaId::new("2"), TemplateId::new("3"));
    templates::delete(&client, &waba, &DeleteWhat::Many(vec![id.clone(), TemplateId::new("4")])).await.unwrap();
    templates::delete(&client, &waba, &DeleteWhat::One(id.clone(), "a".into())).await.unwrap();
    templates::delete(&client, &waba, &DeleteWhat::Name("b".into())).await.unwrap();
    let e = templates::delete(&client, &waba, &DeleteWhat::Many(vec![id; 101])).await.unwrap_err();
    assert!(e.to_string().contains("1 to 100"), "{e}");
}

#[tokio::test]
async fn archiving_goes_to_the_api_host_and_partial_failure_is_a_value() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/2/message_templates/archive"))
        .and(body_json(json!({"hsm_ids": "3,4"})))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(json!({"archived_templates": [3], "failed_templates": {"4": "in review"}})),
        )
        .mount(&server)
        .await;
    let ids = [TemplateId::new("3"), TemplateId::new("4")];
    let done = templates::archive(&client(&server.uri()), &WabaId::new("2"), &ids).await.unwrap();
    assert_eq!(done.done, [TemplateId::new("3")]);
    assert_eq!(done.failed["4"], "in review");
}

#[tokio::test]
async fn a_comparison_asks_one_of_the_four_windows() {
    let server = MockServer::start().await;
    Mock::given(path("/v26.0/3/compare"))
        .and(query_param("template_ids", r#"["4"]"#))
        .and(query_param("start", "1794700800"))
        .and(query_param("end", "1795305600"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"data": [
            {"metric": "BLOCK_RATE", "type": "RELATIVE", "order_by_relative_metric": ["4", 3]},
            {"metric": "MESSAGE_SENDS", "type": "NUMBER_VALUES", "number_values": [{"key": "3", "value": 1200}]}
        ]})))
        .mount(&server)
        .await;
    let rows = templates::compare(
        &client(&server.uri()),
        &TemplateId::new("3"),
        &TemplateId::new("4"),
        CompareWindow::Week,
        1_795_305_600,
    )
    .await
    .unwrap();
    assert_eq!(rows[0].order_by_relative_metric, [TemplateId::new("4"), TemplateId::new("3")]);
    assert_eq!(rows[1].number_values[0].value.as_deref(), Some("1200"));
}

#[tokio::test]
async fn an_edit_that_changes_nothing_and_a_quota_that_is_used_up_say_so() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(
            ResponseTemplate::new(400).set_body_json(json!({"error": {"code": 100, "error_subcode": 2_388_039}})),
        )
        .expect(1)
        .mount(&server)
        .await;
    let client = client(&server.uri());
    let e = templates::edit(&client, &TemplateId::new("3"), &TemplateEdit::default()).await.unwrap_err();
    assert!(e.to_string().contains("changes nothing"), "{e}");
    let ttl = TemplateEdit { message_send_ttl_seconds: Some(60), ..TemplateEdit::default() };
    let e = templates::edit(&client, &TemplateId::new("3"), &ttl).await.unwrap_err();
    assert!(e.to_string().contains("cannot be edited now"), "{e}");
}
