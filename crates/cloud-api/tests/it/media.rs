//! Media by id, the bearer only to the own origin, the 5-minute rule.

use bytes::Bytes;
use serde_json::json;
use switchboard_cloud_api::CallError;
use switchboard_cloud_api::media::{self, MediaError};
use switchboard_domain::ids::MediaId;
use wiremock::matchers::{bearer_token, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{TOKEN, client, number};

const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0 not much of a picture";

async fn resolves_to(server: &MockServer, url: &str, sha256: &str, times: u64) {
    Mock::given(method("GET"))
        .and(path("/v26.0/500"))
        .and(query_param("phone_number_id", "100000000000001"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "messaging_product": "whatsapp", "url": url, "mime_type": "image/jpeg", "sha256": sha256, "file_size": JPEG.len(), "id": "500"
        })))
        .expect(times)
        .mount(server)
        .await;
}

#[tokio::test]
async fn a_file_goes_up_with_the_type_its_bytes_have() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v26.0/100000000000001/media"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": "500"})))
        .expect(1)
        .mount(&server)
        .await;
    let (id, sniffed) =
        media::upload(&client(&server.uri()), &number(), Bytes::from_static(JPEG), "picture.pdf").await.unwrap();
    assert_eq!((id.as_str(), sniffed.mime), ("500", "image/jpeg"));
    let request = &server.received_requests().await.unwrap()[0];
    let body = String::from_utf8_lossy(&request.body);
    assert!(body.contains("Content-Type: image/jpeg") && body.contains("name=\"messaging_product\""), "{body}");
}

#[tokio::test]
async fn an_expired_address_is_asked_for_once_more() {
    let server = MockServer::start().await;
    resolves_to(&server, &format!("{}/blob", server.uri()), "", 2).await;
    Mock::given(path("/blob")).respond_with(ResponseTemplate::new(404)).up_to_n_times(1).mount(&server).await;
    Mock::given(path("/blob"))
        .and(bearer_token(TOKEN))
        .respond_with(ResponseTemplate::new(200).set_body_bytes(JPEG))
        .mount(&server)
        .await;
    let (_, bytes) = media::download(&client(&server.uri()), &MediaId::new("500"), Some(&number())).await.unwrap();
    assert_eq!(bytes, JPEG);
}

#[tokio::test]
async fn an_address_elsewhere_is_never_asked() {
    let elsewhere = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(ResponseTemplate::new(200)).expect(0).mount(&elsewhere).await;
    let server = MockServer::start().await;
    resolves_to(&server, &format!("{}/blob", elsewhere.uri()), "", 1).await;
    let e = media::download(&client(&server.uri()), &MediaId::new("500"), Some(&number())).await.unwrap_err();
    assert!(matches!(e, CallError::Host(_)), "{e:?}");
}

#[tokio::test]
async fn a_file_that_arrives_damaged_is_not_kept() {
    let server = MockServer::start().await;
    resolves_to(&server, &format!("{}/blob", server.uri()), &"0".repeat(64), 1).await;
    Mock::given(path("/blob")).respond_with(ResponseTemplate::new(200).set_body_bytes(JPEG)).mount(&server).await;
    let e = media::download(&client(&server.uri()), &MediaId::new("500"), Some(&number())).await.unwrap_err();
    assert!(matches!(e, CallError::Media(MediaError::Checksum)), "{e:?}");
}
