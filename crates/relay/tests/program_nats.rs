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
    // Longer than between two tries to reach the server again.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(site.said().matches("IO error").count(), 1, "{}", site.said());
    let body = event(1);
    let request = http().post(format!("{}/hooks/{DESK}", relay.url)).header("content-type", "application/json");
    let request = request.header("X-Hub-Signature-256", sign(APP_SECRET, body.as_bytes())).body(body);
    let waits = tokio::spawn(request.send());
    tokio::time::sleep(Duration::from_millis(500)).await;
    let pid = relay.child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().await.unwrap().success());
    assert_eq!(waits.await.unwrap().expect("an answer before it ends").status(), 503);
    // The unit gives it 20 seconds.
    let ended = timeout(Duration::from_secs(16), relay.child.wait()).await;
    assert!(ended.expect("it ends by itself").unwrap().success(), "{}", site.said());
}
