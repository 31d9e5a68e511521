//! `webhook explain` as scripts run it: without a profile, one document on standard output, exit status by outcome.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

/// Runs the command on an empty machine: no home, no data folder.
fn explain(arguments: &[&str], input: &[u8]) -> Output {
    let empty = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_switchboard-cli"))
        .args(arguments)
        .env_clear()
        .current_dir(empty.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // The program may answer (to a usage error) without reading everything.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!(std::fs::read_dir(empty.path()).unwrap().count(), 0, "it leaves nothing behind");
    output
}

fn document(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stdout)))
}

fn payload(messages: usize, words: &str) -> Vec<u8> {
    let messages: Vec<Value> = (0..messages)
        .map(|i| json!({"from": "14165550123", "id": format!("wamid.{i}"), "timestamp": "1795305601", "type": "text", "text": {"body": words}}))
        .collect();
    json!({"object": "whatsapp_business_account", "entry": [{"id": "200", "changes": [
        {"field": "messages", "value": {"metadata": {"phone_number_id": "100"}, "messages": messages}},
        {"field": "a_field_of_2027", "value": {"colour": "mauve"}}]}]})
    .to_string()
    .into_bytes()
}

#[test]
fn a_payload_on_standard_input_is_explained_without_a_profile() {
    let output = explain(&["--json", "webhook", "explain", "-"], &payload(1, "STOP"));
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let document = document(&output);
    assert_eq!(
        (&document["v"], &document["ok"], &document["command"]),
        (&json!(1), &json!(true), &json!("webhook.explain"))
    );
    let events = document["data"]["events"].as_array().unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(
        (&events[0]["kind"], &events[0]["field"], &events[0]["who"]),
        (&json!("message"), &json!("messages"), &json!("+14165550123"))
    );
    assert!(events[0]["effect"].as_str().unwrap().contains("Read as an opt-out"));
    assert_eq!((&events[1]["unknown"], &events[1]["raw"]), (&json!(true), &json!({"colour": "mauve"})));
}

#[test]
fn three_megabytes_are_explained_event_by_event() {
    let body = payload(1_000, &"x".repeat(3_000));
    assert!(body.len() > 3_000_000);
    let output = explain(&["--json", "webhook", "explain", "-"], &body);
    assert_eq!(document(&output)["data"]["events"].as_array().unwrap().len(), 1_001);
}

#[test]
fn what_is_no_webhook_ends_with_a_sentence_that_says_where() {
    let output = explain(&["--json", "webhook", "explain", "-"], b"{\"entry\": [\n  {,}]}");
    assert_eq!(output.status.code(), Some(1));
    let error = &document(&output)["error"];
    assert_eq!(error["code"], "invalid_input");
    assert!(error["message"].as_str().unwrap().contains("line 2, column 4"), "{error}");
    let output = explain(&["webhook", "explain", "/no/such/file.json"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot be read"), "{output:?}");
}
