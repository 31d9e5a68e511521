//! Hostile bytes at real sockets: each gets an answer in time, memory stays bounded, and what comes after is served.

use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use switchboard_testkit::{Desk, DeskOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// No answer to a body of some megabytes takes longer, on a machine that also builds.
const PATIENCE: Duration = Duration::from_secs(20);
/// A process of ours that was handed these bodies one after the other stays below.
const MEMORY_MIB: u64 = 400;

fn webhook(value: &str) -> Vec<u8> {
    format!(r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"field":"messages","value":{value}}}]}}]}}"#)
        .into_bytes()
}

/// Bodies that a signature may well cover: whoever holds the app secret is not always careful.
fn hostile_bodies() -> Vec<(&'static str, Vec<u8>)> {
    let nested = |n: usize| [b"[".repeat(n), b"]".repeat(n)].concat();
    let good = webhook(r#"{"messages":[{"id":"wamid.1","from":"14165550123","type":"text","text":{"body":"hi"}}]}"#);
    let mut not_text = good.clone();
    not_text[60] = 0xff;
    let deep_value = String::from_utf8(nested(100_000)).unwrap();
    vec![
        ("nothing", Vec::new()),
        ("one byte", b"{".to_vec()),
        ("cut off", good[..good.len() / 2].to_vec()),
        ("not UTF-8", not_text),
        ("nested a million times", nested(1_000_000)),
        ("nested inside", webhook(&format!(r#"{{"messages":[{{"id":"w","type":"text","text":{deep_value}}}]}}"#))),
        (
            "a hundred thousand empty updates",
            webhook(&format!(r#"{{"messages":[{}]}}"#, vec!["{}"; 100_000].join(","))),
        ),
        (
            "one text of 3.5 MB",
            webhook(&format!(
                r#"{{"messages":[{{"id":"wamid.2","type":"text","text":{{"body":"{}"}}}}]}}"#,
                "x".repeat(3_500_000)
            )),
        ),
        ("numbers out of range", webhook(r#"{"messages":[{"id":1e999,"timestamp":99999999999999999999,"type":7}]}"#)),
        ("the same key often", webhook(&format!(r#"{{{}"messages":[]}}"#, r#""messages":[{}],"#.repeat(50_000)))),
        ("zeros", vec![0; 1_000_000]),
    ]
}

/// Most memory a process ever held, where the system tells.
fn peak_mib(pid: u32) -> Option<u64> {
    memory_mib(pid, "VmHWM:")
}

/// A process's memory by the system's own word for it: `VmRSS:`, or `VmHWM:` for the most there ever was.
pub(crate) fn memory_mib(pid: u32, which: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|l| l.starts_with(which))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib / 1024)
}

/// Sends half of an announced body and hangs up, or never sends the rest: the first line of what is answered, if any.
async fn half_a_request(url: &str, path: &str, token: &str) -> String {
    let url: reqwest::Url = url.parse().unwrap();
    let mut socket = TcpStream::connect((url.host_str().unwrap(), url.port().unwrap())).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: 3000000\r\n\r\n{{\"object\":"
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.shutdown().await.unwrap();
    let mut answer = String::new();
    let _ = tokio::time::timeout(PATIENCE, socket.read_to_string(&mut answer)).await.expect("the connection ends");
    answer.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_relay_takes_or_refuses_and_the_console_reads_on() {
    let desk = Desk::open(DeskOptions { auto: false, ..DeskOptions::default() }).await;
    let console = desk.run_console("console");
    let hook = desk.relay().callback_url("shop");
    let secret = std::fs::read(desk.path("app-secret")).unwrap();
    let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
    let post = |body: Vec<u8>| {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&secret).unwrap();
        mac.update(&body);
        let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        http.post(&hook).header("Content-Type", "application/json").header("X-Hub-Signature-256", signature).body(body)
    };
    for (name, body) in hostile_bodies() {
        let status = post(body).send().await.unwrap_or_else(|e| panic!("{name}: {e}")).status();
        assert_eq!(status, 200, "{name}: signed bytes are kept whatever they are, so that nothing is lost");
    }
    // Larger than any webhook: refused by its announced length, and when none is announced.
    // The connection may be closed before all of it was taken.
    if let Ok(large) = post(vec![b' '; 6 << 20]).send().await {
        assert_eq!(
            (large.status().as_u16(), large.headers().get("connection").unwrap().as_bytes()),
            (413, &b"close"[..])
        );
    }
    let path = hook.parse::<reqwest::Url>().unwrap().path().to_owned();
    let first_line = half_a_request(&hook, &path, "").await;
    assert!(first_line.is_empty() || first_line.contains(" 4"), "{first_line}");

    desk.customer_writes("+14165550123", "Is anybody there?").await;
    let chats = desk
        .until("the console to get past them", async || {
            let chats = desk.cli_ok(&["inbox", "list"]);
            let texts = chats["items"].to_string();
            texts.contains("Is anybody there?").then_some(chats)
        })
        .await;
    assert!(!chats["items"].as_array().unwrap().is_empty());
    if let Some(peak) = peak_mib(console.0.id()) {
        assert!(peak < MEMORY_MIB, "the console held {peak} MiB");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_practice_account_answers_each_with_an_error() {
    let desk = Desk::open(DeskOptions { auto: false, ..DeskOptions::default() }).await;
    let graph = desk.account["graph"].as_str().unwrap();
    let number = desk.account["phone_number_id"].as_str().unwrap();
    let waba = desk.account["waba_id"].as_str().unwrap();
    let token = std::fs::read_to_string(desk.account["access_token_file"].as_str().unwrap()).unwrap();
    let token = token.trim();
    let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
    let nested = |n: usize| format!("{}{}", "{\"a\":".repeat(n), "1") + &"}".repeat(n);
    let mut bodies = hostile_bodies();
    bodies.push(("objects in objects", nested(100_000).into_bytes()));
    bodies.push(("not an object", b"[1,2,3]".to_vec()));
    for path in [format!("{number}/messages"), format!("{waba}/message_templates"), format!("{number}/settings")] {
        for (name, body) in &bodies {
            let began = Instant::now();
            let request = http.post(format!("{graph}/v26.0/{path}")).bearer_auth(token);
            let answer = request.header("Content-Type", "application/json").body(body.clone()).send().await.unwrap();
            let status = answer.status().as_u16();
            let said: Value = answer.json().await.unwrap_or_else(|e| panic!("{path}, {name}: {e}"));
            if status == 200 {
                assert!(path.ends_with("settings"), "{path}, {name}: {said}");
            } else {
                assert!(
                    (400..500).contains(&status) && said["error"]["code"].is_i64(),
                    "{path}, {name}: {status} {said}"
                );
            }
            assert!(began.elapsed() < PATIENCE, "{path}, {name}");
        }
        let large = http.post(format!("{graph}/v26.0/{path}")).bearer_auth(token).body(vec![b' '; 6 << 20]);
        // The connection may be closed before all of it was taken.
        if let Ok(answer) = large.send().await {
            assert_eq!(answer.status(), 413, "{path}");
            // Unsaid, the next request goes into a connection that is being closed.
            assert_eq!(answer.headers().get("connection").unwrap(), "close", "{path}");
        }
        let first_line = half_a_request(graph, &format!("/v26.0/{path}"), token).await;
        assert!(first_line.is_empty() || first_line.contains(" 4"), "{first_line}");
    }
    let control = desk.account["control"].as_str().unwrap();
    let control_token = std::fs::read_to_string(desk.path("control-token")).unwrap();
    for (name, body) in &bodies {
        let request = http.put(format!("{control}/mode")).bearer_auth(control_token.trim());
        match request.header("Content-Type", "application/json").body(body.clone()).send().await {
            Ok(answer) => {
                assert!((400..500).contains(&answer.status().as_u16()), "control, {name}: {}", answer.status())
            }
            // What is too large may be refused before all of it was taken, by closing.
            Err(error) => assert!(body.len() > 1 << 20, "control, {name}: {error}"),
        }
    }
    let answer = http
        .post(format!("{graph}/v26.0/{number}/messages"))
        .bearer_auth(token)
        .json(&json!({"messaging_product": "whatsapp", "to": "+14165550123", "type": "template", "template": {"name": "win_back", "language": {"code": "en_US"}}}))
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_client_error() || answer.status().is_success(), "it still answers");
    if let Some(peak) = peak_mib(desk.simulator_id()) {
        assert!(peak < MEMORY_MIB, "the practice account held {peak} MiB");
    }
}
