//! Tokens, accounts, numbers, subscriptions.

use secrecy::SecretString;
use serde_json::json;
use switchboard_cloud_api::account::{self, MessagingLimit, NumberStatus, QualityRating};
use switchboard_domain::ids::WabaId;
use wiremock::matchers::{method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{TOKEN, client};

#[tokio::test]
async fn a_token_that_never_expires_and_lacks_a_scope_says_so() {
    let server = MockServer::start().await;
    Mock::given(path("/v26.0/debug_token"))
        .and(query_param("input_token", TOKEN))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"data": {
            "app_id": "7", "type": "SYSTEM_USER", "application": "Example app", "is_valid": true,
            "issued_at": 1_712_099_387, "expires_at": 0, "data_access_expires_at": 0,
            "scopes": ["whatsapp_business_management"],
            "granular_scopes": [{"scope": "whatsapp_business_management", "target_ids": ["2"]}]
        }})))
        .mount(&server)
        .await;
    let info = account::debug_token(&client(&server.uri()), &SecretString::from(TOKEN)).await.unwrap();
    assert!(info.is_valid && info.expires_at.is_none());
    assert_eq!(info.missing_scopes(), ["whatsapp_business_messaging"]);
}

#[tokio::test]
async fn a_refused_token_is_an_account_stop_with_a_remedy() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(401).set_body_json(json!({"error": {"code": 190, "fbtrace_id": "T1"}})))
        .mount(&server)
        .await;
    let e = account::waba(&client(&server.uri()), &WabaId::new("2")).await.unwrap_err();
    assert_eq!(e.graph().unwrap().class(), switchboard_cloud_api::ErrorClass::AccountStop);
    assert!(e.to_string().contains("Paste a new System User token"), "{e}");
}

#[tokio::test]
async fn numbers_come_from_all_pages_by_cursor_and_never_by_the_offered_url() {
    let server = MockServer::start().await;
    Mock::given(path("/v26.0/2/phone_numbers"))
        .and(query_param_is_missing("after"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "data": [{"id": "1", "display_phone_number": "+1 416-555-0110", "status": "CONNECTED", "quality_rating": "GREEN",
                      "throughput": {"level": "HIGH"}, "whatsapp_business_manager_messaging_limit": "TIER_2K"}],
            "paging": {"cursors": {"after": "C1"}, "next": "http://127.0.0.1:9/elsewhere"}
        })))
        .mount(&server)
        .await;
    Mock::given(path("/v26.0/2/phone_numbers"))
        .and(query_param("after", "C1"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "data": [{"id": 3, "status": "SLEEPING", "username": null, "is_on_biz_app": true}]
        })))
        .mount(&server)
        .await;
    let numbers = account::phone_numbers(&client(&server.uri()), &WabaId::new("2")).await.unwrap();
    assert_eq!(numbers.len(), 2);
    assert_eq!(numbers[0].status, Some(NumberStatus::Connected));
    assert_eq!(numbers[0].quality_rating, Some(QualityRating::Green));
    assert_eq!(numbers[0].messages_per_second(), 1000);
    assert_eq!(
        numbers[0].whatsapp_business_manager_messaging_limit.as_ref().and_then(MessagingLimit::users),
        Some(2000)
    );
    assert_eq!(numbers[1].status, Some(NumberStatus::Other("SLEEPING".into())));
    assert_eq!(numbers[1].messages_per_second(), 20);
    assert_eq!(numbers[1].id.as_ref().unwrap().as_str(), "3");
}

#[tokio::test]
async fn subscribing_with_and_without_an_override() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v26.0/2/subscribed_apps"))
        .and(wiremock::matchers::body_json(json!({
            "override_callback_uri": "https://relay.example.com/a", "verify_token": "v"
        })))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"success": true})))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(wiremock::matchers::body_json(json!({})))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"success": true})))
        .expect(1)
        .mount(&server)
        .await;
    let client = client(&server.uri());
    let to = account::WebhookOverride {
        callback_url: "https://relay.example.com/a".into(),
        verify_token: switchboard_domain::redact::Personal::new("v"),
    };
    account::subscribe_app(&client, &WabaId::new("2"), Some(&to)).await.unwrap();
    account::subscribe_app(&client, &WabaId::new("2"), None).await.unwrap();
    let long = account::WebhookOverride { callback_url: format!("https://x/{}", "a".repeat(200)), ..to };
    let e = account::subscribe_app(&client, &WabaId::new("2"), Some(&long)).await.unwrap_err();
    assert!(e.to_string().contains("at most 200"), "{e}");
}
