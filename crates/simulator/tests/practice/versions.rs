//! Versions of the Graph API, and requests that are no HTTP.

use secrecy::ExposeSecret;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::harness::explicit;

#[tokio::test]
async fn a_version_that_does_not_answer_is_no_version_and_pages_stay_in_theirs() {
    let (world, _dir) = explicit().await;
    let get = async |path: String| {
        let request = world.http.get(format!("{}/{path}", world.sim.graph_url));
        let answer = request.bearer_auth(world.sim.access_token.expose_secret()).send().await.unwrap();
        let version = answer.headers()["facebook-api-version"].to_str().unwrap().to_owned();
        (answer.status().as_u16(), version, answer.json::<Value>().await.unwrap())
    };
    let templates = format!("{}/message_templates?limit=1", world.sim.waba_id);
    for version in ["v9.0", "v20.0", "v27.0", "v26.1"] {
        let (status, _, answer) = get(format!("{version}/{templates}")).await;
        assert_eq!((status, &answer["error"]["code"]), (400, &serde_json::json!(2500)), "{version}");
    }
    for (prefix, meant) in [("v26.0/", "v26.0"), ("v23.0/", "v23.0"), ("", "v21.0")] {
        let (status, version, answer) = get(format!("{prefix}{templates}")).await;
        assert_eq!((status, version.as_str()), (200, meant), "{answer}");
        let next = answer["paging"]["next"].as_str().unwrap();
        assert!(next.contains(&format!("/{meant}/{}/", world.sim.waba_id)), "{next}");
    }
    world.close().await;
}

#[tokio::test]
async fn a_request_that_cannot_be_read_is_refused_in_the_words_of_graph() {
    let (world, _dir) = explicit().await;
    let host = world.sim.graph_url.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let line = format!("GET /v26.0/{}?fields=\"id\" HTTP/1.1\r\nHost: {host}\r\n\r\n", world.sim.waba_id);
    stream.write_all(line.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 400 ") && head.contains("content-type: application/json"), "{head}");
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["error"]["code"], 1);
    assert!(body["error"]["fbtrace_id"].is_string() && body["error"]["type"].is_string(), "{body}");
    world.close().await;
}
