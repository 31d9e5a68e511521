//! The real program with its log in NATS: what it says of its configuration, its doctor, its commands.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "tests"
)]

mod common;

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use common::nats::{NatsServer, section};
use common::process::{PROGRAM, Site};
use common::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::timeout;

async fn run(arguments: &[&str], folder: &Path) -> Output {
    Command::new(PROGRAM).args(arguments).current_dir(folder).output().await.unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_and_the_desk_commands_know_the_log_in_nats() {
    let Some(mut server) = NatsServer::start() else { return };
    let keys = tempfile::tempdir().unwrap();
    let site = Site::new(&[DESK.to_owned()], &section(keys.path(), &[server.url()], 1));
    let folder = site.folder.path();
    let check = run(&["serve", "--check-config"], folder).await;
    assert!(check.status.success() && said(&check).contains(&server.url()), "{}", said(&check));
    let early = said(&run(&["doctor"], folder).await);
    assert!(early.contains("there is no stream yet"), "{early}");

    let mut relay = site.serve().await;
    let console = site.pair(site.desks().await.as_ref(), DESK).await;
    let well = run(&["doctor"], folder).await;
    let text = said(&well);
    assert!(well.status.success(), "{text}");
    for line in ["JetStream is on", "1 replica(s) up to date", "events of shop: a signed event is accepted", "1 paired"]
    {
        assert!(text.contains(line), "no {line:?} in {text}");
    }
    assert!(!text.contains(&"5b".repeat(8)) && !text.contains(APP_SECRET), "{text}");
    let listed = said(&run(&["desk", "devices", DESK], folder).await);
    assert!(listed.contains(console.device()) && listed.contains("active"), "{listed}");
    let linked = said(&run(&["desk", "link", DESK], folder).await);
    assert!(linked.contains("switchboard://pair?"), "{linked}");
    let revoked = run(&["desk", "revoke", DESK, console.device()], folder).await;
    assert!(revoked.status.success(), "{}", said(&revoked));
    let listed = said(&run(&["desk", "devices", DESK], folder).await);
    assert!(listed.contains("removed"), "{listed}");

    if let Some(plain) = NatsServer::start_plain() {
        let without = run(&["doctor", "--log", &plain.url()], folder).await;
        assert!(!without.status.success() && said(&without).contains("JetStream must be on"), "{}", said(&without));
    }

    relay.kill().await;
    server.kill();
    let down = run(&["doctor"], folder).await;
    assert!(!down.status.success() && said(&down).contains("no NATS server answers"), "{}", said(&down));
}

#[tokio::test(flavor = "multi_thread")]
async fn other_servers_are_named_on_the_command_line_and_the_key_never_is() {
    let Some(server) = NatsServer::start() else { return };
    let keys = tempfile::tempdir().unwrap();
    let site = Site::new(&[DESK.to_owned()], &section(keys.path(), &["nats://127.0.0.1:1".to_owned()], 1));
    let folder = site.folder.path();
    let here = run(&["serve", "--check-config", "--log", &server.url()], folder).await;
    assert!(here.status.success() && said(&here).contains(&server.url()), "{}", said(&here));
    let linked = run(&["desk", "link", DESK, "--log", &server.url()], folder).await;
    assert!(said(&linked).contains("switchboard://pair?"), "{}", said(&linked));
    let wrong = run(&["serve", "--check-config", "--log", "https://127.0.0.1"], folder).await;
    assert!(!wrong.status.success() && said(&wrong).contains("nats://host:4222"), "{}", said(&wrong));
    let embedded = Site::new(&[DESK.to_owned()], "");
    let without = run(&["serve", "--check-config", "--log", &server.url()], embedded.folder.path()).await;
    assert!(!without.status.success() && said(&without).contains("openssl rand -hex 32"), "{}", said(&without));
    let own = run(&["serve", "--check-config"], embedded.folder.path()).await;
    assert!(said(&own).contains("log in "), "{}", said(&own));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_servers_it_says_so_once_and_ends_when_asked_to() {
    let Some(mut server) = NatsServer::start() else { return };
    let keys = tempfile::tempdir().unwrap();
    let site = Site::new(&[DESK.to_owned()], &section(keys.path(), &[server.url()], 1));
    let mut relay = site.serve().await;
    site.pair(site.desks().await.as_ref(), DESK).await;
    assert_eq!(site.said().matches("connected to NATS").count(), 1, "{}", site.said());
    server.kill();
    until_said(&site, "IO error").await;
    // Longer than between two tries to reach the server again.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(site.said().matches("IO error").count(), 1, "{}", site.said());
    let mut waits = under_way(&relay.url, &event(1)).await;
    let pid = relay.child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().await.unwrap().success());
    let mut answer = String::new();
    waits.read_to_string(&mut answer).await.expect("an answer before it ends");
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    // The unit gives it 20 seconds.
    let ended = timeout(Duration::from_secs(16), relay.child.wait()).await;
    assert!(ended.expect("it ends by itself").unwrap().success(), "{}", site.said());
}

/// Posts an event and gives the connection once the relay reads it: it asks for the body only then.
async fn under_way(url: &str, body: &str) -> TcpStream {
    let mut connection = TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
    let (signature, length) = (sign(APP_SECRET, body.as_bytes()), body.len());
    let head = format!(
        "POST /hooks/{DESK} HTTP/1.1\r\nhost: relay\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         x-hub-signature-256: {signature}\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut goes_on = [0; 25];
    timeout(Duration::from_secs(60), connection.read_exact(&mut goes_on)).await.expect("it asks for the body").unwrap();
    assert!(goes_on.starts_with(b"HTTP/1.1 100 Continue\r\n\r\n"), "{}", String::from_utf8_lossy(&goes_on));
    connection.write_all(body.as_bytes()).await.unwrap();
    connection
}

async fn until_said(site: &Site, words: &str) {
    let said = async {
        while !site.said().contains(words) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(60), said).await.unwrap_or_else(|_| panic!("never said: {words}"));
}
