//! The binary as tests and curious people run it: ready line, kill, restart, orderly end.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::harness::sale;

struct Process {
    child: Child,
    ready: Value,
}

fn run(dir: &Path) -> Process {
    let mut child = Command::new(env!("CARGO_BIN_EXE_switchboard-simulator"))
        .args(["--mode", "explicit", "--no-throughput-limit", "--seed", "7", "--data-dir"])
        .arg(dir)
        .arg("--control-token-file")
        .arg(dir.join("control-token"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    Process { child, ready: serde_json::from_str(&line).unwrap() }
}

fn secret(ready: &Value, file: &str) -> String {
    std::fs::read_to_string(ready[file].as_str().unwrap()).unwrap()
}

async fn ledger(ready: &Value, dir: &Path) -> Value {
    let token = std::fs::read_to_string(dir.join("control-token")).unwrap();
    let url = format!("{}/ledger", ready["control"].as_str().unwrap());
    reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .get(url)
        .bearer_auth(token)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

#[tokio::test]
async fn every_answered_message_is_in_the_ledger_after_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let mut process = run(dir.path());
    assert_eq!((&process.ready["v"], &process.ready["ready"]), (&json!(1), &json!(true)));
    let url = format!(
        "{}/v26.0/{}/messages",
        process.ready["graph"].as_str().unwrap(),
        process.ready["phone_number_id"].as_str().unwrap()
    );
    let token = secret(&process.ready, "access_token_file");
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut accepted: Vec<String> = Vec::new();
    for n in 0..40 {
        let answer: Value = http
            .post(&url)
            .bearer_auth(&token)
            .json(&sale(&format!("+1604555{n:04}"), "x"))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        accepted.push(answer["messages"][0]["id"].as_str().unwrap().to_owned());
    }
    process.child.kill().unwrap();
    process.child.wait().unwrap();

    let mut process = run(dir.path());
    let found = ledger(&process.ready, dir.path()).await;
    let found: Vec<String> =
        found["items"].as_array().unwrap().iter().map(|i| i["wamid"].as_str().unwrap().to_owned()).collect();
    assert_eq!(found, accepted);
    process.child.kill().unwrap();
    process.child.wait().unwrap();
}

#[cfg(unix)]
#[test]
fn it_ends_in_order_when_asked_and_its_secrets_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let mut process = run(dir.path());
    for file in ["app_secret_file", "access_token_file", "verify_token_file"] {
        let path = process.ready[file].as_str().unwrap();
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }
    assert_eq!(std::fs::metadata(dir.path().join("control-token")).unwrap().permissions().mode() & 0o777, 0o600);
    let asked = Command::new("kill").args(["-TERM", &process.child.id().to_string()]).status().unwrap();
    assert!(asked.success());
    assert!(process.child.wait().unwrap().success());
}

#[test]
fn the_help_names_every_path_of_control() {
    let output = Command::new(env!("CARGO_BIN_EXE_switchboard-simulator")).arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    let document: Value = serde_json::from_str(include_str!("../../src/control/openapi.json")).unwrap();
    for path in document["paths"].as_object().unwrap().keys() {
        let word = path.split('/').rfind(|w| !w.is_empty() && !w.starts_with('{')).unwrap();
        assert!(help.contains(word), "{path} is not in --help");
    }
}
