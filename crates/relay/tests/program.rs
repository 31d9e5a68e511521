//! The real program as a process: set up, killed without warning, started again, stopped in order.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Output, Stdio};

use common::*;
use switchboard_relay_api::pairing::PairingLink;
use switchboard_relay_api::{ClientOptions, RelayAddress, RelayClient, RelayEndpoint, RelaySeq};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

const PROGRAM: &str = env!("CARGO_BIN_EXE_switchboard-relay");

struct Installed {
    folder: TempDir,
    link: PairingLink,
}

struct Running {
    child: Child,
    url: String,
}

async fn run(arguments: &[&str], folder: &Path) -> Output {
    Command::new(PROGRAM).args(arguments).current_dir(folder).output().await.unwrap()
}

fn private(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

impl Installed {
    async fn new() -> (Self, Output) {
        let folder = tempfile::tempdir().unwrap();
        private(&folder.path().join("app-secret"), APP_SECRET);
        let arguments = ["desk", "add", DESK, "--data-dir", "data", "--app-secret-file", "app-secret"];
        let output = run(&arguments, folder.path()).await;
        let link = link_in(&output);
        (Self { folder, link }, output)
    }

    fn secret(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join("secrets").join(name)).unwrap().trim().to_owned()
    }

    async fn serve(&self) -> Running {
        self.serve_at("127.0.0.1:0").await
    }

    async fn serve_at(&self, listen: &str) -> Running {
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--listen", listen])
            .current_dir(self.folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).await.unwrap();
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!((ready["v"].as_u64(), ready["ready"].as_bool()), (Some(1), Some(true)));
        Running { child, url: ready["url"].as_str().unwrap().to_owned() }
    }

    /// The first console pairs with the link that `desk add` printed; the port is another one in tests.
    async fn pair(&self, running: &Running) -> RelayEndpoint {
        let text = self.link.to_string();
        let printed = self.link.address().base();
        let query = |url: &str| url.replace(':', "%3A").replace('/', "%2F");
        let link: PairingLink = text.replace(&query(printed), &query(&running.url)).parse().unwrap();
        pair_by(&link, "Front desk").await.0
    }
}

async fn connect(console: &RelayEndpoint, running: &Running) -> RelayClient {
    let console = console.clone().moved_to(RelayAddress::new(&running.url, DESK).unwrap());
    RelayClient::connect(&console, RelaySeq::START, &ClientOptions::default()).await.unwrap()
}

/// The pairing link in what the program printed.
fn link_in(output: &Output) -> PairingLink {
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = printed.lines().find(|line| line.contains("switchboard://")).unwrap_or_else(|| panic!("{output:?}"));
    line.parse().unwrap()
}

async fn post(http: &reqwest::Client, url: &str, body: String) -> Option<u16> {
    let signature = sign(APP_SECRET, body.as_bytes());
    let request = http.post(format!("{url}/hooks/{DESK}")).header("content-type", "application/json");
    let response = request.header("X-Hub-Signature-256", signature).body(body).send().await;
    response.ok().map(|response| response.status().as_u16())
}

#[tokio::test]
async fn killing_it_loses_nothing_that_was_answered_200() {
    let (installed, _) = Installed::new().await;
    let http = http();
    let mut answered = Vec::new();
    let mut next = 0;
    let mut console = None;
    for round in 0..3 {
        let mut running = installed.serve().await;
        if console.is_none() {
            console = Some(installed.pair(&running).await);
        }
        let (told, mut results) = tokio::sync::mpsc::unbounded_channel();
        for _ in 0..150 {
            next += 1;
            let (number, http, url, told) = (next, http.clone(), running.url.clone(), told.clone());
            tokio::spawn(async move {
                if post(&http, &url, event(number)).await == Some(200) {
                    told.send(number).unwrap();
                }
            });
        }
        drop(told);
        // Killed in the midst of it: after a part of the answers, with the rest under way.
        for _ in 0..40 * (round + 1) {
            answered.push(results.recv().await.unwrap());
        }
        running.child.kill().await.unwrap();
        while let Some(number) = results.recv().await {
            answered.push(number);
        }
    }
    let running = installed.serve().await;
    let head = {
        let text = http.get(format!("{}/metrics", running.url)).send().await.unwrap().text().await.unwrap();
        let line = text.lines().find(|line| line.starts_with("switchboard_relay_head{")).unwrap();
        line.rsplit(' ').next().unwrap().parse::<usize>().unwrap()
    };
    let entries = read(&mut connect(&console.unwrap(), &running).await, head).await;
    assert_eq!(seqs(&entries), (1..=head as u64).collect::<Vec<_>>(), "gapless and in order");
    let kept = bodies(&entries);
    let posted: std::collections::HashSet<String> = (1..=next).map(event).collect();
    assert!(kept.iter().all(|body| posted.contains(body)), "nothing was invented");
    let kept: std::collections::HashSet<&String> = kept.iter().collect();
    let lost: Vec<_> = answered.iter().filter(|number| !kept.contains(&event(**number))).collect();
    assert!(lost.is_empty(), "answered 200 and lost: {lost:?}");
}

#[tokio::test]
async fn it_stops_in_order_when_asked() {
    let (installed, _) = Installed::new().await;
    let mut running = installed.serve().await;
    let mut console = connect(&installed.pair(&running).await, &running).await;
    assert_eq!(post(&http(), &running.url, event(1)).await, Some(200));
    read(&mut console, 1).await;
    let pid = running.child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().await.unwrap().success());
    let goodbye =
        async { while !matches!(console.next_event().await, switchboard_relay_api::RelayEvent::Closed(_)) {} };
    let (status, ()) = tokio::join!(running.child.wait(), goodbye);
    assert!(status.unwrap().success());
}

#[tokio::test]
async fn desk_add_leaves_everything_ready_and_never_shows_the_app_secret() {
    let (installed, output) = Installed::new().await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    let config = std::fs::read_to_string(installed.folder.path().join("relay.toml")).unwrap();
    assert!(printed.contains("/hooks/shop"), "{printed}");
    let path = installed.folder.path().join("secrets/shop.verify-token");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let token = installed.secret("shop.verify-token");
    assert!(token.len() == 64 && printed.contains(&token) && !config.contains(&token), "what Meta is to be told");
    assert!(!printed.contains(APP_SECRET) && !config.contains(APP_SECRET));
    let running = installed.serve().await;
    let query =
        format!("hub.mode=subscribe&hub.challenge=7&hub.verify_token={}", installed.secret("shop.verify-token"));
    let answer = http().get(format!("{}/hooks/{DESK}?{query}", running.url)).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "7");
}

#[tokio::test]
async fn a_second_desk_leaves_the_first_and_the_comments_alone() {
    let (installed, _) = Installed::new().await;
    let config = installed.folder.path().join("relay.toml");
    let commented = format!("# kept by hand\n{}", std::fs::read_to_string(&config).unwrap());
    std::fs::write(&config, &commented).unwrap();
    let output = run(&["desk", "add", "branch"], installed.folder.path()).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("Still to do"));
    assert!(std::fs::read_to_string(&config).unwrap().starts_with(commented.trim_end()));
    let again = run(&["desk", "add", "branch"], installed.folder.path()).await;
    assert!(!again.status.success());
    assert!(String::from_utf8_lossy(&again.stderr).contains("already"));
    private(&installed.folder.path().join("secrets/branch.app-secret"), "another secret");
    let check = run(&["serve", "--check-config"], installed.folder.path()).await;
    assert!(String::from_utf8_lossy(&check.stdout).contains("2 desk(s)"), "{check:?}");
}

#[tokio::test]
async fn a_secret_that_others_can_read_keeps_it_from_starting() {
    let (installed, _) = Installed::new().await;
    let secret = installed.folder.path().join("app-secret");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o644)).unwrap();
    let output = run(&["serve", "--listen", "127.0.0.1:0"], installed.folder.path()).await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("chmod 600") && said.contains("app secret") && !said.contains(APP_SECRET), "{said}");
}

#[tokio::test]
async fn a_missing_or_misspelt_configuration_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let missing = run(&["serve"], folder.path()).await;
    assert!(String::from_utf8_lossy(&missing.stderr).contains("desk add"));
    std::fs::write(folder.path().join("relay.toml"), "data_dir = 'data'\nlisten_on = '127.0.0.1:1'\n").unwrap();
    let misspelt = run(&["serve"], folder.path()).await;
    assert!(String::from_utf8_lossy(&misspelt.stderr).contains("listen_on"));
}

#[tokio::test]
async fn the_doctor_is_green_where_all_is_well_and_names_what_is_not() {
    let (installed, _) = Installed::new().await;
    let folder = installed.folder.path();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let config = std::fs::read_to_string(folder.join("relay.toml")).unwrap();
    std::fs::write(folder.join("relay.toml"), config.replace("127.0.0.1:8085", &free.to_string())).unwrap();
    let down = run(&["doctor"], folder).await;
    let said = String::from_utf8_lossy(&down.stdout).into_owned();
    assert!(!down.status.success() && said.contains("is the relay running?"), "{said}");

    let mut running = installed.serve_at(&free.to_string()).await;
    installed.pair(&running).await;
    let well = run(&["doctor"], folder).await;
    let said = String::from_utf8_lossy(&well.stdout).into_owned();
    assert!(well.status.success(), "{said}");
    for line in
        ["handshake of shop: callback URL", "events of shop: a signed event is accepted", "1 paired", "writable"]
    {
        assert!(said.contains(line), "no {line:?} in {said}");
    }
    assert!(said.contains("public_url is not set"), "pointed out, not refused: {said}");
    let token = installed.secret("shop.verify-token");
    assert!(!said.contains(APP_SECRET) && !said.contains(&token), "{said}");
    running.child.kill().await.unwrap();
}

#[tokio::test]
async fn help_explains_where_to_start() {
    let folder = tempfile::tempdir().unwrap();
    let help = run(&["--help"], folder.path()).await;
    let said = String::from_utf8(help.stdout).unwrap();
    assert!(help.status.success() && said.contains("desk add NAME") && said.contains("serve"), "{said}");
}
