//! Numbers, profile, block list, links, analytics, resumable upload, limits of messages.

use bytes::Bytes;
use rstest::rstest;
use serde_json::{Value, json};
use switchboard_cloud_api::account::{self, BlockWhom, Profile};
use switchboard_cloud_api::analytics::{self, Filter, Granularity, Period};
use switchboard_cloud_api::media::resumable;
use switchboard_cloud_api::messages::{self, Content, Endpoint, MarketingRoute, OutgoingMessage};
use switchboard_domain::ids::{AppId, Bsuid, WabaId};
use switchboard_domain::phone::PhoneNumber;
use switchboard_domain::redact::Personal;
use wiremock::matchers::{body_json, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{TOKEN, client, hello, number};

#[tokio::test]
async fn a_wrong_pin_never_shows_and_a_malformed_one_never_leaves() {
    let server = MockServer::start().await;
    Mock::given(path("/v26.0/100000000000001/register"))
        .and(body_json(json!({"messaging_product": "whatsapp", "pin": "123456"})))
        .respond_with(ResponseTemplate::new(400).set_body_json(json!({"error": {"code": 133_005}})))
        .expect(1)
        .mount(&server)
        .await;
    let client = client(&server.uri());
    let e = account::register(&client, &number(), &Personal::new("123456")).await.unwrap_err();
    assert!(e.to_string().contains("PIN is wrong") && !format!("{e:?}{e}").contains("123456"), "{e:?}");
    let e = account::register(&client, &number(), &Personal::new("12345a")).await.unwrap_err();
    assert!(e.to_string().contains("six digits"), "{e}");
}

#[tokio::test]
async fn the_events_of_a_message_are_read_from_their_nodes() {
    let server = MockServer::start().await;
    let node = json!({"id": "1", "delivery_status": "READ", "occurrence_timestamp": 1_795_305_733, "application": {"id": "4"}});
    Mock::given(path("/v26.0/880000000001/events"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"data": [{"cursor": "c", "node": node}]})))
        .mount(&server)
        .await;
    let events = account::message_history_events(&client(&server.uri()), "880000000001").await.unwrap();
    assert_eq!(events[0].delivery_status.as_deref(), Some("READ"));
    assert_eq!(events[0].timestamp.map(|at| at.as_ms()), Some(1_795_305_733_000));
    assert_eq!(events[0].rest["application"]["id"], "4");
}

#[tokio::test]
async fn blocking_that_works_in_part_is_a_value_with_both_lists() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v26.0/100000000000001/block_users"))
        .and(body_json(
            json!({"messaging_product": "whatsapp", "block_users": [{"user": "+14165550123"}, {"user_id": "CA.1"}]}),
        ))
        .respond_with(ResponseTemplate::new(400).set_body_json(json!({
            "messaging_product": "whatsapp",
            "block_users": {
                "added_users": [{"input": "+14165550123", "wa_id": "14165550123"}],
                "failed_users": [{"input": "CA.1", "errors": [{"code": 139_103, "message": "x"}]}]
            },
            "error": {"code": 139_100}
        })))
        .mount(&server)
        .await;
    let users =
        [BlockWhom::Phone(PhoneNumber::parse_in("+14165550123", None).unwrap()), BlockWhom::Bsuid(Bsuid::new("CA.1"))];
    let result = account::block(&client(&server.uri()), &number(), &users).await.unwrap();
    assert_eq!((result.done.len(), result.failed.len()), (1, 1));
    assert_eq!(result.failed[0].errors[0].code, 139_103);
    assert_eq!(result.error.unwrap().code, 139_100);
}

#[tokio::test]
async fn a_block_list_that_changes_is_read_again() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(400).set_body_json(json!({"error": {"code": 139_102}})))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"data": [{"wa_id": "14165550123"}]})))
        .mount(&server)
        .await;
    assert_eq!(account::blocked(&client(&server.uri()), &number()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_profile_over_its_limits_is_refused_with_field_and_limit() {
    let server = MockServer::start().await;
    let client = client(&server.uri());
    let sites = Profile { websites: Some(vec!["https://a".into(); 3]), ..Profile::default() };
    let e = account::set_profile(&client, &number(), &sites).await.unwrap_err();
    assert_eq!(e.to_string(), "websites has 3 entries; at most 2 are allowed");
    let about = Profile { about: Some(String::new()), ..Profile::default() };
    let e = account::set_profile(&client, &number(), &about).await.unwrap_err();
    assert_eq!(e.to_string(), "about is empty");
}

#[tokio::test]
async fn analytics_of_both_nestings_read_and_no_data_is_no_points() {
    let server = MockServer::start().await;
    Mock::given(query_param(
        "fields",
        r#"pricing_analytics.start(1).end(2).granularity(DAILY).dimensions(["COUNTRY"])"#,
    ))
    .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": "2", "pricing_analytics": {"data": [
        {"data_points": [{"start": 1, "end": 2, "country": "CA", "volume": 7, "cost": 0.175}]}
    ]}})))
    .mount(&server)
    .await;
    Mock::given(query_param("fields", "analytics.start(1).end(2).granularity(DAY)"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": "2"})))
        .mount(&server)
        .await;
    let client = client(&server.uri());
    let period = Period { start_s: 1, end_s: 2, granularity: Granularity::Day };
    let by_country = Filter { dimensions: vec!["COUNTRY".into()], ..Filter::default() };
    let points = analytics::pricing(&client, &WabaId::new("2"), &period, &by_country).await.unwrap();
    assert_eq!((points[0].volume, points[0].cost), (Some(7), Some(0.175)));
    let none = analytics::messages(&client, &WabaId::new("2"), &period, &Filter::default()).await.unwrap();
    assert!(none.is_empty());
}

#[tokio::test]
async fn a_sample_goes_up_in_two_steps_and_gives_a_handle() {
    let server = MockServer::start().await;
    let pdf = Bytes::from_static(b"%PDF-1.7 sample");
    Mock::given(method("POST"))
        .and(path("/v26.0/7/uploads"))
        .and(query_param("file_length", "15"))
        .and(query_param("file_type", "application/pdf"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": "upload:MTphdHRhY2htZW50?sig=ARZ"})))
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path("/v26.0/upload:MTphdHRhY2htZW50"))
        .and(query_param("sig", "ARZ"))
        .and(header("authorization", format!("OAuth {TOKEN}").as_str()))
        .and(header("file_offset", "0"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"h": "4::aW"})))
        .mount(&server)
        .await;
    let handle = resumable::upload_sample(&client(&server.uri()), &AppId::new("7"), pdf, "a.pdf").await.unwrap();
    assert_eq!(handle.0, "4::aW");
}

#[tokio::test]
async fn a_marketing_template_takes_its_own_endpoint_and_only_a_refusal_changes_the_way() {
    assert_eq!(Endpoint::for_template("marketing", MarketingRoute::MarketingMessages), Endpoint::MarketingMessages);
    assert_eq!(Endpoint::for_template("UTILITY", MarketingRoute::MarketingMessages), Endpoint::Messages);
    assert_eq!(Endpoint::for_template("MARKETING", MarketingRoute::CloudApi), Endpoint::Messages);
    assert_eq!(Endpoint::Messages.after_refusal(131_063), Some(Endpoint::MarketingMessages));
    assert_eq!(Endpoint::Messages.after_refusal(131_000), None);
    let server = MockServer::start().await;
    let e = messages::prepare(&client(&server.uri()), &number(), Endpoint::MarketingMessages, &hello()).unwrap_err();
    assert_eq!(e.field, "type");
}

fn interactive(body: Value) -> OutgoingMessage {
    let mut message = hello();
    message.content = Content::Interactive(serde_json::from_value(body).unwrap());
    message
}

#[rstest]
#[case(json!({"type": "button", "body": {"text": "?"}, "action": {"buttons": []}}), "interactive.action.buttons has 0 entries; 1 to 3 are allowed")]
#[case(json!({"type": "button", "body": {"text": "?"}, "action": {"buttons": [
    {"type": "reply", "reply": {"id": "a", "title": "Same"}}, {"type": "reply", "reply": {"id": "b", "title": "Same"}}]}}),
    "interactive.action.buttons.reply.title contains the same value twice; each must differ")]
#[case(json!({"type": "list", "body": {"text": "?"}, "action": {"button": "Pick", "sections": [
    {"rows": [{"id": "a", "title": "A"}]}, {"rows": [{"id": "b", "title": "B"}]}]}}),
    "interactive.action.sections.title is required when there is more than one section")]
#[case(json!({"type": "location_request_message", "header": {"type": "text", "text": "x"}, "body": {"text": "?"}, "action": {"name": "send_location"}}),
    "interactive.header is not allowed for this kind")]
#[case(json!({"type": "product_list", "body": {"text": "?"}, "action": {"catalog_id": "1", "sections": []}}),
    "interactive.header is required for this kind")]
#[case(json!({"type": "voice_call", "body": {"text": "?"}, "action": {"name": "voice_call", "parameters": {"ttl_minutes": 50000}}}),
    "interactive.action.parameters.ttl_minutes must be 1 to 43200")]
#[case(json!({"type": "carousel", "body": {"text": "?"}, "action": {"cards": []}}), "interactive.action.cards has 0 entries; 2 to 10 are allowed")]
#[case(json!({"type": "flow", "body": {"text": "?"}, "action": {"name": "flow", "parameters": {"flow_message_version": "3", "flow_cta": "Go"}}}),
    "interactive.action.parameters.flow_id or flow_name must be given, and not both")]
#[case(json!({"type": "cta_url", "body": {"text": " "}, "action": {"name": "cta_url", "parameters": {"display_text": "Go", "url": "https://example.com"}}}),
    "interactive.body.text is empty")]
fn interactive_limits_name_field_and_limit(#[case] body: Value, #[case] says: &str) {
    assert_eq!(interactive(body).check(Endpoint::Messages).unwrap_err().to_string(), says);
}

#[rstest]
#[case(json!({"audio": {"id": "5", "caption": "x"}}), "audio.caption is not allowed; this kind has no caption")]
#[case(json!({"image": {"id": "5", "caption": "x".repeat(1025)}}), "image.caption has 1025 characters; at most 1024 are allowed")]
#[case(json!({"image": {"id": "5", "filename": "x"}}), "image.filename is not allowed; only documents have a file name")]
#[case(json!({"location": {"latitude": 91, "longitude": 0}}), "location.latitude must be a number between -90 and 90")]
#[case(json!({"contacts": []}), "contacts has 0 entries; 1 to 257 are allowed")]
#[case(json!({"contacts": [{"name": {"first_name": "Ana"}}]}), "contacts.name.formatted_name is missing")]
#[case(json!({"text": {"body": "  "}}), "text.body is empty")]
#[case(json!({"pin": {"type": "pin", "message_id": "w"}}), "pin.expiration_days must be 1 to 30 for a pin")]
#[case(json!({"template": {"name": "t", "language": {"code": "en"}, "components": [{"type": "body", "parameters": [{"type": "text", "text": ""}]}]}}), "template.body.text is empty")]
#[case(json!({"template": {"name": "t", "language": {"code": "en"}, "components": [{"type": "button", "sub_type": "copy_code", "index": "0", "parameters": [{"type": "coupon_code", "coupon_code": "25-OFF"}]}]}}), "template.button.coupon_code may have letters and digits only")]
#[case(json!({"template": {"name": "t", "language": {"code": "en"}, "components": [{"type": "body", "parameters": [{"type": "text", "text": "a"}, {"type": "text", "text": "b", "parameter_name": "x"}]}]}}), "template.body.parameters mixes named and positional values")]
fn content_limits_name_field_and_limit(#[case] content: Value, #[case] says: &str) {
    let content: Content = serde_json::from_value(content).unwrap();
    assert_eq!(content.check().unwrap_err().to_string(), says);
}

#[test]
fn callback_data_has_at_most_512_characters() {
    let e = hello().with_callback_data("x".repeat(513)).check(Endpoint::Messages).unwrap_err();
    assert_eq!(e.to_string(), "biz_opaque_callback_data has 513 characters; at most 512 are allowed");
}
