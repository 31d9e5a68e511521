//! Before and after a campaign from the command line: preflight with Meta's word, rehearsal, report, table of people.

use serde_json::{Value, json};
use switchboard_testkit::{Desk, DeskOptions, numbers, opt_in_list};

/// A draft for everybody, of a template without variables or with first names.
fn draft(desk: &Desk) -> String {
    let templates = desk.cli_ok(&["templates", "list", "--sendable"]);
    let fits = |t: &&Value| t["category"] == "marketing" && t["header_format"].as_str().is_none_or(|f| f == "TEXT");
    let template = templates["items"].as_array().unwrap().iter().find(fits).expect("a marketing template").clone();
    let values: Vec<Value> = template["variables"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| json!({ "key": key, "source": "first_name", "value": "", "fallback": "friend" }))
        .collect();
    let draft = json!({
        "id": null, "name": "Autumn", "template_id": template["id"], "phone_number_id": null,
        "audience": { "kind": "everybody", "import_ids": [], "contact_ids": [] }, "values": values,
    });
    let made = desk.cli_run(&["campaign", "create", "-"], &draft.to_string());
    made["data"]["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
}

/// Exit status and envelope.
fn run(desk: &Desk, arguments: &[&str]) -> (Option<i32>, Value) {
    let output = desk.cli().args(arguments).output().unwrap();
    let envelope = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code(), envelope)
}

#[tokio::test(flavor = "multi_thread")]
async fn preflight_ends_with_what_it_found_and_a_rehearsal_leaves_nothing_at_the_account() {
    let desk = Desk::open(DeskOptions { auto: false, ..DeskOptions::default() }).await;
    desk.import(&opt_in_list(&numbers(30)));
    let id = draft(&desk);
    let (status, found) = run(&desk, &["campaign", "preflight", &id]);
    assert_eq!((status, &found["ok"], &found["data"]["will_receive"]), (Some(0), &json!(true), &json!(30)), "{found}");
    let checks = found["data"]["checks"].as_array().unwrap();
    assert_eq!(checks.len(), 8);
    assert!(checks.iter().all(|c| c["state"] != "trouble"), "{found}");

    let (status, rehearsal) = run(&desk, &["campaign", "rehearse", &id, "--trouble", "none"]);
    assert_eq!((status, &rehearsal["data"]["rehearsed"]["people"]), (Some(0), &json!(30)), "{rehearsal}");
    assert_eq!(rehearsal["data"]["nobody_twice"], true);
    assert!(desk.ledger().await.is_empty(), "the account saw no message");

    // Meta takes the number off: the checklist says so in its words, and the exit status too.
    let number = desk.account["phone_number_id"].as_str().unwrap();
    desk.control(reqwest::Method::PUT, &format!("numbers/{number}"), Some(json!({ "status": "BANNED" }))).await;
    let (status, found) = run(&desk, &["campaign", "preflight", &id]);
    assert_eq!((status, &found["data"]["state"]), (Some(1), &json!("trouble")), "{found}");
    desk.control(reqwest::Method::PUT, &format!("numbers/{number}"), Some(json!({ "status": "CONNECTED" }))).await;
    let (status, _) = run(&desk, &["campaign", "preflight", &id]);
    assert_eq!(status, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_and_its_table_tell_what_became_of_everybody() {
    let desk = Desk::open(DeskOptions::default()).await;
    desk.import(&opt_in_list(&numbers(20)));
    let id = draft(&desk);
    let (_, review) = run(&desk, &["campaign", "review", &id]);
    let hash = review["data"]["template_hash"].as_str().unwrap();
    let (status, refused) = run(&desk, &["campaign", "launch", &id, "--people", "20", "--template", "another"]);
    assert_eq!((status, &refused["error"]["code"]), (Some(1), &json!("launch_refused")), "{refused}");
    desk.cli_ok(&["campaign", "launch", &id, "--people", "20", "--template", hash]);
    desk.run_until_idle();
    let table = desk.path("people.csv");
    let (status, report) = run(&desk, &["campaign", "report", &id, "--csv", &table.to_string_lossy()]);
    assert_eq!(status, Some(0), "{report}");
    let data = &report["data"];
    assert_eq!((&data["plan"]["will_receive"], &data["saved"]["rows"]), (&json!(20), &json!(20)), "{report}");
    let counts = desk.counts(&id);
    assert_eq!(data["row"]["counts"], counts, "report and status say the same");
    let text = std::fs::read_to_string(&table).unwrap();
    assert_eq!(text.lines().count(), 21, "a heading and everybody");
    let steps: Vec<&str> = data["steps"].as_array().unwrap().iter().filter_map(|s| s["kind"].as_str()).collect();
    assert!(steps.starts_with(&["launched", "first_sent"]) && steps.contains(&"done"), "{steps:?}");
}
