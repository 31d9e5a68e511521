//! One test per outcome of a send (errors.md §11): what may be repeated, and what never.

use std::time::Duration;

use rstest::rstest;
use secrecy::SecretString;
use serde_json::{Value, json};
use switchboard_cloud_api::client::{NotSentWhy, UnknownWhy};
use switchboard_cloud_api::messages::{
    self, AcceptedStatus, Content, Endpoint, OutgoingMessage, RefusedBecause, SendOutcome,
};
use switchboard_cloud_api::{Client, ClientSettings};
use switchboard_domain::ids::{Bsuid, WaMessageId};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::{bearer_token, body_json, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{TOKEN, client, hello, number};

async fn answered_with(template: ResponseTemplate) -> SendOutcome {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(template).expect(1).mount(&server).await;
    messages::send(&client(&server.uri()), &number(), &hello()).await
}

fn envelope(status: u16, error: Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({ "error": error }))
}

#[tokio::test]
async fn an_accepted_send_carries_the_wamid_and_the_persons_ids() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v26.0/100000000000001/messages"))
        .and(bearer_token(TOKEN))
        .and(body_json(json!({
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+14165550123",
            "type": "text", "text": {"body": "Hello"}, "biz_opaque_callback_data": "attempt-1"
        })))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "messaging_product": "whatsapp",
            "contacts": [{"input": "+14165550123", "wa_id": "14165550123"}],
            "messages": [{"id": "wamid.A"}]
        })))
        .expect(1)
        .mount(&server)
        .await;
    let outcome = messages::send(&client(&server.uri()), &number(), &hello().with_callback_data("attempt-1")).await;
    let SendOutcome::Accepted { wamid, wa_id, user_id, status } = outcome else { panic!("{outcome:?}") };
    assert_eq!(wamid, WaMessageId::new("wamid.A"));
    assert_eq!(wa_id.unwrap().as_str(), "14165550123");
    assert_eq!((user_id, status), (None, AcceptedStatus::Accepted));
}

#[tokio::test]
async fn a_person_without_a_number_is_addressed_by_user_id() {
    let server = MockServer::start().await;
    Mock::given(body_json(json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "recipient": "CA.900",
        "type": "text", "text": {"body": "Hi"}
    })))
    .respond_with(ResponseTemplate::new(200).set_body_json(json!({
        "contacts": [{"input": "CA.900", "user_id": "CA.900"}],
        "messages": [{"id": "wamid.B", "message_status": "held_for_quality_assessment"}]
    })))
    .mount(&server)
    .await;
    let message = OutgoingMessage::to_bsuid(Bsuid::new("CA.900"), Content::text("Hi"));
    let outcome = messages::send(&client(&server.uri()), &number(), &message).await;
    let SendOutcome::Accepted { wa_id, user_id, status, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!((wa_id, user_id), (None, Some(Bsuid::new("CA.900"))));
    assert_eq!(status, AcceptedStatus::HeldForQualityAssessment);
}

#[rstest]
#[case("paused", AcceptedStatus::Paused)]
#[case("delivered_by_pigeon", AcceptedStatus::Other("delivered_by_pigeon".into()))]
#[tokio::test]
async fn every_message_status_is_kept(#[case] word: &str, #[case] expected: AcceptedStatus) {
    let body = json!({"messages": [{"id": "wamid.C", "message_status": word}]});
    let outcome = answered_with(ResponseTemplate::new(200).set_body_json(body)).await;
    assert!(matches!(&outcome, SendOutcome::Accepted { status, .. } if *status == expected), "{outcome:?}");
}

#[rstest]
#[case(4, 400, Some(60))]
#[case(80007, 400, Some(60))]
#[case(130429, 400, Some(1))]
#[case(131056, 400, Some(1))]
#[case(131057, 500, Some(60))]
#[case(133004, 503, Some(5))]
#[case(613, 400, Some(1))]
#[case(131048, 400, None)]
#[tokio::test]
async fn a_documented_throttle_goes_back_to_the_queue(
    #[case] code: i64,
    #[case] http: u16,
    #[case] wait_s: Option<u64>,
) {
    let outcome = answered_with(envelope(http, json!({"code": code, "message": "x"}))).await;
    let SendOutcome::Throttled { error, retry_after } = &outcome else { panic!("{outcome:?}") };
    assert_eq!((error.code, *retry_after), (code, wait_s.map(Duration::from_secs)));
    assert_eq!(outcome.may_requeue(), code != 131_048);
}

#[tokio::test]
async fn a_throttle_waits_as_long_as_the_usage_header_asks() {
    let answer = envelope(400, json!({"code": 80007})).insert_header(
        "x-business-use-case-usage",
        r#"{"2":[{"call_count":100,"estimated_time_to_regain_access":11}]}"#,
    );
    let outcome = answered_with(answer).await;
    assert!(
        matches!(outcome, SendOutcome::Throttled { retry_after: Some(d), .. } if d == Duration::from_secs(660)),
        "{outcome:?}"
    );
}

#[rstest]
#[case(131026, 400)]
#[case(131050, 400)]
#[case(131047, 400)]
#[case(132001, 404)]
#[case(190, 401)]
#[case(368, 403)]
#[case(99999, 400)]
#[tokio::test]
async fn a_refusal_is_final(#[case] code: i64, #[case] http: u16) {
    let outcome = answered_with(envelope(http, json!({"code": code}))).await;
    assert!(
        matches!(&outcome, SendOutcome::Refused { error: RefusedBecause::Meta(e) } if e.code == code),
        "{outcome:?}"
    );
    assert!(!outcome.may_requeue());
}

#[rstest]
#[case(envelope(400, json!({"code": 1})))]
#[case(envelope(503, json!({"code": 2})))]
#[case(envelope(500, json!({"code": 131000})))]
#[case(envelope(500, json!({"code": 131016})))]
#[case(envelope(500, json!({"code": 131009})))]
#[case(envelope(400, json!({"code": 99999, "is_transient": true})))]
#[case(envelope(400, json!({"code": 131009, "is_transient": true})))]
#[case(ResponseTemplate::new(502).set_body_string("<html>Bad Gateway</html>"))]
#[case(ResponseTemplate::new(400).set_body_string("no envelope"))]
#[case(ResponseTemplate::new(200).set_body_string("{\"messages\":"))]
#[case(ResponseTemplate::new(200).set_body_string("{}"))]
#[case(ResponseTemplate::new(200).set_body_json(json!({"messages": [{"message_status": "accepted"}]})))]
#[case(ResponseTemplate::new(204))]
#[case(ResponseTemplate::new(302).insert_header("location", "https://example.org/"))]
#[tokio::test]
async fn an_answer_that_does_not_tell_is_unknown_and_stays_so(#[case] answer: ResponseTemplate) {
    let outcome = answered_with(answer).await;
    assert!(matches!(outcome, SendOutcome::Unknown { .. }), "{outcome:?}");
    assert!(!outcome.may_requeue());
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_bearer_stays() {
    let elsewhere = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(ResponseTemplate::new(200)).expect(0).mount(&elsewhere).await;
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(307).insert_header("location", elsewhere.uri()))
        .mount(&server)
        .await;
    let outcome = messages::send(&client(&server.uri()), &number(), &hello()).await;
    assert!(matches!(outcome, SendOutcome::Unknown { why: UnknownWhy::Redirect(307), .. }), "{outcome:?}");
}

#[tokio::test]
async fn connection_refused_means_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let outcome = messages::send(&client(&base), &number(), &hello()).await;
    assert_eq!(outcome, SendOutcome::NotSent { why: NotSentWhy::Connect });
    assert!(outcome.may_requeue());
}

/// Accepts one connection, reads the whole request, then does `then`.
async fn after_the_request<F, Fut>(then: F) -> (String, tokio::task::JoinHandle<usize>)
where
    F: FnOnce(tokio::net::TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut read = Vec::new();
        let mut buffer = [0; 4096];
        while !read.ends_with(b"}") {
            let n = stream.read(&mut buffer).await.unwrap();
            read.extend_from_slice(&buffer[..n]);
        }
        then(stream).await;
        // How many further requests came: a repeat would be a second message to a person.
        let mut more = 0;
        while let Ok(Ok(_)) = tokio::time::timeout(Duration::from_millis(300), listener.accept()).await {
            more += 1;
        }
        more
    });
    (base, task)
}

#[tokio::test]
async fn a_reset_after_the_request_was_written_is_unknown_and_never_repeated() {
    let (base, task) = after_the_request(|stream| async move {
        // Closing with SO_LINGER 0 sends RST instead of FIN.
        let stream = stream.into_std().unwrap();
        let socket = socket2::Socket::from(stream);
        socket.set_linger(Some(Duration::ZERO)).unwrap();
    })
    .await;
    let outcome = messages::send(&client(&base), &number(), &hello()).await;
    assert!(matches!(outcome, SendOutcome::Unknown { why: UnknownWhy::Broken, .. }), "{outcome:?}");
    assert_eq!(task.await.unwrap(), 0);
}

#[tokio::test]
async fn a_connection_closed_in_the_middle_of_the_answer_is_unknown() {
    let (base, task) = after_the_request(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"messages\":[").await.unwrap();
    })
    .await;
    let outcome = messages::send(&client(&base), &number(), &hello()).await;
    assert!(matches!(outcome, SendOutcome::Unknown { .. }), "{outcome:?}");
    assert_eq!(task.await.unwrap(), 0);
}

#[tokio::test]
async fn no_answer_in_time_is_unknown() {
    let (base, task) = after_the_request(|stream| async move {
        // Held open until the client has given up.
        let _ = tokio::time::timeout(Duration::from_secs(5), stream.readable()).await;
    })
    .await;
    let settings = ClientSettings { request_timeout: Duration::from_millis(200), ..ClientSettings::loopback(base) };
    let client = Client::new(&settings, SecretString::from(TOKEN)).unwrap();
    let outcome = messages::send(&client, &number(), &hello()).await;
    assert_eq!(outcome, SendOutcome::Unknown { why: UnknownWhy::Timeout, error: None });
    assert_eq!(task.await.unwrap(), 0);
}

#[tokio::test]
async fn a_message_over_a_limit_never_reaches_the_wire() {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(ResponseTemplate::new(200)).expect(0).mount(&server).await;
    let mut message = hello();
    message.content = Content::text("x".repeat(4097));
    let outcome = messages::send(&client(&server.uri()), &number(), &message).await;
    let SendOutcome::Refused { error: RefusedBecause::Limit(limit) } = &outcome else { panic!("{outcome:?}") };
    assert_eq!(limit.to_string(), "text.body has 4097 characters; at most 4096 are allowed");
}

#[tokio::test]
async fn a_prepared_send_that_is_dropped_writes_nothing() {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(ResponseTemplate::new(200)).expect(0).mount(&server).await;
    let prepared = messages::prepare(&client(&server.uri()), &number(), Endpoint::Messages, &hello()).unwrap();
    assert!(!format!("{prepared:?}").contains("4165550123"));
    drop(prepared);
}

#[tokio::test]
async fn an_outcome_never_shows_number_or_token() {
    let outcome = answered_with(envelope(
        400,
        json!({"code": 131026, "message": "+14165550123", "error_data": {"details": TOKEN}}),
    ))
    .await;
    let shown = format!("{outcome:?}");
    assert!(!shown.contains("4165550123") && !shown.contains(TOKEN), "{shown}");
}

#[tokio::test]
async fn the_servers_clock_and_usage_are_noted() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(json!({"messages": [{"id": "wamid.D"}]}))
                .insert_header("date", "Sun, 22 Nov 2026 00:00:00 GMT")
                .insert_header("x-app-usage", r#"{"call_count":80,"total_time":1,"total_cputime":2}"#),
        )
        .mount(&server)
        .await;
    let client = client(&server.uri());
    messages::send(&client, &number(), &hello()).await;
    let notes = client.notes();
    assert_eq!(notes.server_time.unwrap().to_rfc3339(), "2026-11-22T00:00:00.000Z");
    assert_eq!(notes.usage.highest_percent(), 80.0);
}

#[tokio::test]
async fn marking_as_read_shows_typing_only_when_asked() {
    let server = MockServer::start().await;
    let plain = json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.E"});
    let mut typing = plain.clone();
    typing["typing_indicator"] = json!({"type": "text"});
    for body in [plain, typing] {
        Mock::given(body_json(body))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({"success": true})))
            .expect(1)
            .mount(&server)
            .await;
    }
    let client = client(&server.uri());
    let id = WaMessageId::new("wamid.E");
    messages::mark_read(&client, &number(), &id, false).await.unwrap();
    messages::mark_read(&client, &number(), &id, true).await.unwrap();
}
