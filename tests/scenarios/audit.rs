//! Webhooks that never came: Meta's message history closes the gap.

use reqwest::Method;
use serde_json::json;
use switchboard_testkit::{Desk, DeskOptions, numbers, opt_in_list};

#[tokio::test(flavor = "multi_thread")]
async fn statuses_whose_webhooks_were_lost_are_found_in_the_message_history() {
    let desk = Desk::open(DeskOptions { auto: false, ..DeskOptions::default() }).await;
    let people = numbers(6);
    desk.import(&opt_in_list(&people));
    let _console = desk.run_console("console");
    let lost = json!({ "match": { "endpoint": "webhook" }, "action": "wh_drop", "times": 0 });
    desk.control(Method::POST, "faults", Some(lost)).await;
    let campaign = desk.launch("thank_you_note", people.len());
    let ledger = desk
        .until("all to be accepted", async || {
            let ledger = desk.ledger().await;
            (ledger.len() == people.len()).then_some(ledger)
        })
        .await;
    for (i, entry) in ledger.iter().enumerate() {
        let wamid = entry["wamid"].as_str().unwrap();
        let words: &[&str] = match i {
            0 => &[],
            1 => &["sent", "failed"],
            2 => &["sent", "delivered", "read"],
            _ => &["sent", "delivered"],
        };
        for status in words {
            let path = format!("messages/{wamid}/status");
            desk.control(Method::POST, &path, Some(json!({ "status": status }))).await;
        }
    }
    let counts = desk.counts(&campaign);
    assert_eq!(counts["accepted"], 6, "no webhook came: {counts}");
    let audit = desk.cli_ok(&["relay", "audit", "--overdue-minutes", "0"]);
    assert_eq!((&audit["looked_up"], &audit["found"]), (&json!(6), &json!(5)), "{audit}");
    let counts = desk.counts(&campaign);
    let got = ["accepted", "delivered", "read", "failed"].map(|word| counts[word].as_u64().unwrap());
    assert_eq!(got, [1, 3, 1, 1], "{counts}");
    let again = desk.cli_ok(&["relay", "audit", "--overdue-minutes", "0"]);
    assert_eq!(again["found"], 0, "{again}");
}
