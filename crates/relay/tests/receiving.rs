//! What Meta sees: the handshake, signatures, and which answer means that an event is kept.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use common::*;
use rstest::rstest;

const COMPACT: &str = r#"{"object":"whatsapp_business_account","entry":[]}"#;

async fn handshake(bench: &Bench, query: &str) -> (u16, String) {
    let url = format!("{}?{query}", bench.relay.callback_url(DESK));
    let response = bench.http.get(url).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[rstest]
#[case("1158201444", "1158201444")]
#[case("", "")]
#[case("%22quoted%22%3Cb%3E", "\"quoted\"<b>")]
#[case("a%2Bb+c%26d%3De", "a+b c&d=e")]
#[case("%C3%A4%E2%9C%93", "ä✓")]
#[tokio::test]
async fn handshake_gives_the_challenge_back_unchanged(#[case] sent: &str, #[case] expected: &str) {
    let bench = Bench::start().await;
    let query = format!("hub.mode=subscribe&hub.challenge={sent}&hub.verify_token=a%20verify+token");
    let url = format!("{}?{query}", bench.relay.callback_url(DESK));
    let response = bench.http.get(url).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/plain"));
    assert_eq!(response.text().await.unwrap(), expected);
}

#[rstest]
#[case("hub.mode=subscribe&hub.challenge=1&hub.verify_token=another")]
#[case("hub.mode=subscribe&hub.challenge=1")]
#[case("hub.mode=subscribe&hub.challenge=1&hub.verify_token=")]
#[case("hub.mode=subscribe&hub.verify_token=a%20verify%20token")]
#[case("hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=a%20verify%20token")]
#[case("hub_mode=subscribe&hub_challenge=1&hub_verify_token=a%20verify%20token")]
#[case("")]
#[tokio::test]
async fn handshake_refuses_what_does_not_fit_and_does_not_echo_it(#[case] query: &str) {
    let bench = Bench::start().await;
    let (status, body) = handshake(&bench, query).await;
    assert_eq!(status, 403);
    assert!(!body.contains('1'), "{body}");
    assert_eq!(bench.metric("switchboard_relay_handshakes_refused_total{").await, 1);
}

#[rstest]
#[case(COMPACT, "dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756")]
#[case(
    r#"{"object": "whatsapp_business_account", "entry": []}"#,
    "56cbbaf4961c6cfdae48b7f116c047e5eb513d2c931baae63a2bc1afd26f803a"
)]
#[case(r#"{"t":"\u00e4\u00f6\u00e5"}"#, "8cc2a80f11313ef9c69ca05a132f3f266a992c9b43953c1a520861f142a45c7a")]
#[case(r#"{"t":"äöå"}"#, "07b8dabf93a804e697507061549bf1050a7e7efcff37c84effe4818d2a4f9c3e")]
#[tokio::test]
async fn what_is_signed_is_kept_byte_for_byte_with_its_signature(#[case] body: &str, #[case] digest: &str) {
    let bench = Bench::start().await;
    let signature = format!("sha256={digest}");
    assert_eq!(bench.post_signed(body, &signature).await, 200);
    let entries = read(&mut bench.connect(0).await, 1).await;
    let kept = webhook(&entries[0]);
    assert_eq!((kept.body, kept.signature), (body.as_bytes().to_vec(), signature));
}

#[tokio::test]
async fn bytes_that_are_no_text_are_kept_as_they_came() {
    let bench = Bench::start().await;
    let body: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    assert_eq!(bench.post(body.clone()).await, 200);
    assert_eq!(webhook(&read(&mut bench.connect(0).await, 1).await[0]).body, body);
}

#[tokio::test]
async fn the_previous_secret_still_counts() {
    let bench = Bench::start().await;
    assert_eq!(bench.post_signed(COMPACT, &sign(PREVIOUS_SECRET, COMPACT.as_bytes())).await, 200);
}

#[tokio::test]
async fn a_wrong_or_missing_signature_is_refused_counted_and_not_kept() {
    let bench = Bench::start().await;
    assert_eq!(bench.post_signed(COMPACT, &sign("another secret", COMPACT.as_bytes())).await, 401);
    assert_eq!(bench.post_signed(format!("{COMPACT} "), &sign(APP_SECRET, COMPACT.as_bytes())).await, 401);
    let unsigned = bench.http.post(bench.relay.callback_url(DESK)).header("content-type", "application/json");
    assert_eq!(unsigned.body(COMPACT).send().await.unwrap().status(), 401);
    assert_eq!(bench.metric("switchboard_relay_bad_signatures_total{").await, 3);
    assert_eq!(bench.metric("switchboard_relay_head{").await, 0);
}

#[tokio::test]
async fn the_count_of_refused_signatures_survives_a_restart() {
    let bench = Bench::start().await;
    assert_eq!(bench.post_signed(COMPACT, "sha256=00").await, 401);
    bench.relay.stop().await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let relay = switchboard_relay::start(listener, config(bench.folder.path().join("data"))).await.unwrap();
    let bench = Bench { relay, ..bench };
    assert_eq!(bench.metric("switchboard_relay_bad_signatures_total{").await, 1);
}

#[tokio::test]
async fn events_of_other_products_are_answered_and_not_kept() {
    let bench = Bench::start().await;
    assert_eq!(bench.post(r#"{"object":"instagram","entry":[]}"#).await, 200);
    assert_eq!(bench.metric("switchboard_relay_foreign_total{").await, 1);
    assert_eq!(bench.metric("switchboard_relay_head{").await, 0);
}

#[rstest]
#[case("application/json", 200)]
#[case("application/json; charset=utf-8", 200)]
#[case("APPLICATION/JSON", 200)]
#[case("text/plain", 415)]
#[case("application/x-www-form-urlencoded", 415)]
#[tokio::test]
async fn only_json_is_taken(#[case] content_type: &str, #[case] expected: u16) {
    let bench = Bench::start().await;
    let request = bench.http.post(bench.relay.callback_url(DESK)).header("content-type", content_type);
    let request = request.header("X-Hub-Signature-256", sign(APP_SECRET, COMPACT.as_bytes()));
    assert_eq!(request.body(COMPACT).send().await.unwrap().status(), expected);
}

#[rstest]
#[case(b"not json at all".as_slice())]
#[case(b"{\"object\":\"whatsapp_business_account\",")]
#[case(b"\xff\xfe\0")]
#[tokio::test]
async fn what_is_signed_is_kept_as_it_came_whether_or_not_it_can_be_read(#[case] body: &[u8]) {
    let bench = Bench::start().await;
    assert_eq!(bench.post(body).await, 200);
    assert_eq!(webhook(&read(&mut bench.connect(0).await, 1).await[0]).body, body);
}

#[tokio::test]
async fn four_mebibytes_are_taken_and_one_byte_more_is_not() {
    let bench = Bench::start().await;
    let largest = vec![b' '; switchboard_relay_api::MAX_WEBHOOK_BODY_BYTES];
    assert_eq!(bench.post(largest.clone()).await, 200);
    assert_eq!(bench.post([largest.as_slice(), b" "].concat()).await, 413);
    assert_eq!(webhook(&read(&mut bench.connect(0).await, 1).await[0]).body, largest);
}

#[tokio::test]
async fn a_body_of_unknown_length_is_held_to_the_same_limit() {
    let bench = Bench::start_with(|config| config.limits.max_body_bytes = 1_000).await;
    let chunks = futures::stream::iter(vec![Ok::<_, std::io::Error>(vec![b' '; 600]), Ok(vec![b' '; 600])]);
    let request = bench.http.post(bench.relay.callback_url(DESK)).header("content-type", "application/json");
    let status = request.body(reqwest::Body::wrap_stream(chunks)).send().await.unwrap().status();
    assert_eq!(status, 413);
}

#[tokio::test]
async fn a_desk_that_does_not_exist_takes_nothing() {
    let bench = Bench::start().await;
    let url = bench.relay.callback_url("nobody");
    let request = bench.http.post(&url).header("content-type", "application/json").body(COMPACT);
    assert_eq!(request.send().await.unwrap().status(), 404);
    assert_eq!(bench.http.get(&url).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_full_log_answers_503_says_so_and_loses_nothing_it_took() {
    let bench = Bench::start_with(|config| config.limits.max_log_bytes = 256 * 1024).await;
    let mut taken = 0;
    while bench.post(format!("{}{}", " ".repeat(20_000), event(taken))).await == 200 {
        taken += 1;
        assert!(taken < 100, "the limit was never reached");
    }
    assert_eq!(bench.post(event(taken)).await, 503);
    assert!(bench.metric("switchboard_relay_full_total{").await >= 2);
    let ready = bench.http.get(format!("{}/readyz", bench.relay.url())).send().await.unwrap();
    assert_eq!(ready.status(), 503);
    assert!(ready.text().await.unwrap().contains("full"));
    assert_eq!(seqs(&read(&mut bench.connect(0).await, taken).await).len(), taken);
}

#[tokio::test]
async fn a_desk_without_room_for_another_body_answers_503() {
    let bench = Bench::start_with(|config| {
        config.limits.max_body_bytes = 10_000;
        config.limits.max_in_flight_bytes = 10_000;
    })
    .await;
    // A body that never ends holds all the room there is.
    let (mut feed, held) = futures::channel::mpsc::channel::<Result<Vec<u8>, std::io::Error>>(1);
    let slow = bench.http.post(bench.relay.callback_url(DESK)).header("content-type", "application/json");
    let slow = tokio::spawn(slow.body(reqwest::Body::wrap_stream(held)).send());
    futures::SinkExt::send(&mut feed, Ok(vec![b' '; 9_900])).await.unwrap();
    let mut status = 200;
    while status == 200 {
        status = bench.post(COMPACT).await;
    }
    assert_eq!(status, 503);
    drop(feed);
    drop(slow);
}

#[tokio::test]
async fn health_is_answered_and_figures_name_no_event() {
    let bench = Bench::start().await;
    assert_eq!(bench.post(event(14_165_550_123)).await, 200);
    for path in ["healthz", "readyz"] {
        assert_eq!(bench.http.get(format!("{}/{path}", bench.relay.url())).send().await.unwrap().status(), 200);
    }
    assert_eq!(bench.metric("switchboard_relay_accepted_total{desk=\"shop\"}").await, 1);
    assert_eq!(bench.metric("switchboard_relay_head{desk=\"shop\"}").await, 1);
    let text = bench.http.get(format!("{}/metrics", bench.relay.url())).send().await.unwrap().text().await.unwrap();
    assert!(!text.contains("14165550123") && !text.contains(APP_SECRET) && !text.contains(&bench.token));
}
