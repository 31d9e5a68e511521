//! What is refused before anything is saved, against answers of Graph.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use serde_json::json;
use switchboard_bridge::dto::{AccountDiscover, SecretInput};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::account::discover::discover;

const NOW: UnixMillis = UnixMillis::new(1_795_305_600_000);

async fn graph(token: serde_json::Value) -> MockServer {
    let server = MockServer::start().await;
    answer(&server, "/v26.0/debug_token", 200, json!({"data": token})).await;
    answer(&server, "/v26.0/200", 200, json!({"id": "200", "name": "Example Shop", "currency": "CAD"})).await;
    let numbers = json!({"data": [{"id": "100", "display_phone_number": "+1 416 555 0100", "status": "CONNECTED"}]});
    answer(&server, "/v26.0/200/phone_numbers", 200, numbers).await;
    server
}

async fn answer(server: &MockServer, at: &str, status: u16, body: serde_json::Value) {
    Mock::given(method("GET"))
        .and(path(at))
        .respond_with(ResponseTemplate::new(status).set_body_json(body))
        .mount(server)
        .await;
}

fn good_token() -> serde_json::Value {
    json!({"app_id": "7", "type": "SYSTEM_USER", "is_valid": true, "expires_at": 0,
        "scopes": ["whatsapp_business_management", "whatsapp_business_messaging"],
        "granular_scopes": [{"scope": "whatsapp_business_management", "target_ids": ["200"]}]})
}

fn request(server: &MockServer, waba: &str, number: &str) -> AccountConnect {
    AccountConnect {
        profile: "shop".to_owned(),
        token: SecretInput::new("EAAtest"),
        waba_id: waba.to_owned(),
        phone_number_id: number.to_owned(),
        graph_url: Some(server.uri()),
        graph_version: None,
    }
}

#[tokio::test]
async fn a_token_with_account_and_number_in_order_is_verified() {
    let server = graph(good_token()).await;
    let verified = verify(request(&server, "200", "100"), NOW).await.unwrap();
    assert_eq!(verified.waba_id.as_str(), "200");
    assert!(!format!("{verified:?}").contains("EAAtest"));
}

#[tokio::test]
async fn each_kind_of_bad_token_has_its_own_code() {
    let bad = |key: &str, value: serde_json::Value| {
        let mut token = good_token();
        token.as_object_mut().unwrap().insert(key.to_owned(), value);
        token
    };
    for (token, code) in [
        (bad("is_valid", json!(false)), UiErrorCode::TokenRejected),
        (bad("expires_at", json!(1_700_000_000)), UiErrorCode::TokenRejected),
        (bad("scopes", json!(["whatsapp_business_management"])), UiErrorCode::TokenScope),
    ] {
        let server = graph(token).await;
        let error = verify(request(&server, "200", "100"), NOW).await.unwrap_err();
        assert_eq!(error.code, code, "{}", error.message);
        assert!(!error.remedy.is_empty());
    }
}

#[tokio::test]
async fn an_unknown_account_and_a_foreign_number_are_told_apart() {
    let server = graph(good_token()).await;
    let gone = json!({"error": {"code": 100, "error_subcode": 33, "message": "does not exist"}});
    answer(&server, "/v26.0/999", 400, gone.clone()).await;
    answer(&server, "/v26.0/555", 200, json!({"id": "555", "display_phone_number": "+1 604 555 0145"})).await;
    answer(&server, "/v26.0/556", 400, gone).await;
    let unknown = verify(request(&server, "999", "100"), NOW).await.unwrap_err();
    assert_eq!(unknown.code, UiErrorCode::AccountNotFound);
    let foreign = verify(request(&server, "200", "555"), NOW).await.unwrap_err();
    assert!(foreign.message.contains("another account"), "{}", foreign.message);
    let nowhere = verify(request(&server, "200", "556"), NOW).await.unwrap_err();
    assert!(nowhere.message.contains("no number"), "{}", nowhere.message);
}

#[tokio::test]
async fn graph_out_of_reach_is_not_a_bad_token() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let request = AccountConnect { graph_url: Some(nobody), ..request(&MockServer::start().await, "200", "100") };
    let error = verify(request, NOW).await.unwrap_err();
    assert!(matches!(error.code, UiErrorCode::GraphUnreachable), "{error:?}");
    assert!(error.retryable);
}

#[tokio::test]
async fn another_host_than_metas_is_refused_before_the_token_leaves() {
    let mut request = AccountConnect {
        profile: "shop".to_owned(),
        token: SecretInput::new("EAAtest"),
        waba_id: "200".to_owned(),
        phone_number_id: "100".to_owned(),
        graph_url: Some("https://graph.example.com".to_owned()),
        graph_version: None,
    };
    assert_eq!(verify(request.clone(), NOW).await.unwrap_err().code, UiErrorCode::InvalidInput);
    request.graph_url = Some("http://192.0.2.1".to_owned());
    assert_eq!(verify(request, NOW).await.unwrap_err().code, UiErrorCode::InvalidInput);
}

#[tokio::test]
async fn discovering_lists_what_the_token_reaches() {
    let server = graph(good_token()).await;
    let ask = AccountDiscover { token: SecretInput::new("EAAtest"), waba_id: None, graph_url: Some(server.uri()) };
    let found = discover(ask).await.unwrap();
    assert_eq!(found.numbers.len(), 1);
    assert_eq!((found.missing_scopes.len(), found.expires_at_ms), (0, None));
}
