//! Killing the console in mid-campaign.

use std::collections::HashMap;

use serde_json::Value;
use switchboard_testkit::{Desk, DeskOptions, numbers, opt_in_list};

fn n(counts: &Value, key: &str) -> u64 {
    counts[key].as_u64().unwrap_or_else(|| panic!("no count {key} in {counts}"))
}

/// Nobody got two messages.
pub(crate) fn nobody_twice(ledger: &[Value]) {
    let mut per_person: HashMap<&str, u32> = HashMap::new();
    for entry in ledger {
        *per_person.entry(entry["recipient"].as_str().unwrap()).or_default() += 1;
    }
    let twice: Vec<_> = per_person.iter().filter(|(_, n)| **n > 1).collect();
    assert!(twice.is_empty(), "{} people got more than one message", twice.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_mid_campaign_leaves_nobody_twice_and_nobody_skipped() {
    let desk = Desk::open(DeskOptions::default()).await;
    let people = numbers(160);
    desk.import(&opt_in_list(&people));
    let mut console = desk.run_console("first");
    let campaign = desk.launch("thank_you_note", people.len());
    desk.until("some messages", async || (desk.ledger().await.len() >= 40).then_some(())).await;
    console.kill();
    let accepted_at_kill = desk.ledger().await.len();
    assert!(accepted_at_kill < people.len(), "the kill came too late to mean anything");

    let idle = desk.run_until_idle();
    let counts = desk.counts(&campaign);
    let ledger = desk.ledger().await;
    nobody_twice(&ledger);
    let audience = n(&counts, "audience");
    let all: u64 = [
        "excluded",
        "queued",
        "sending",
        "unknown",
        "held",
        "accepted",
        "sent",
        "delivered",
        "read",
        "failed",
        "withheld",
        "cancelled",
    ]
    .iter()
    .map(|k| n(&counts, k))
    .sum();
    assert_eq!((audience, all), (people.len() as u64, people.len() as u64), "{counts}");
    assert_eq!((n(&counts, "queued"), n(&counts, "sending")), (0, 0), "somebody was skipped: {counts} {idle}");
    // A claim is at most 250 ms of sends at 20 messages/s, so no more than a handful can have been in flight.
    let unknown = n(&counts, "unknown");
    assert!(unknown <= 10, "{unknown} unknown, more than were in flight");
    let reached = audience - unknown - n(&counts, "failed") - n(&counts, "withheld") - n(&counts, "excluded");
    assert!(ledger.len() as u64 >= reached, "the console claims more than the practice account accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_never_came_is_settled_by_its_status_and_not_sent_again() {
    let desk = Desk::open(DeskOptions::default()).await;
    let people = numbers(12);
    desk.import(&opt_in_list(&people));
    desk.control(
        reqwest::Method::POST,
        "faults",
        Some(serde_json::json!({ "match": { "endpoint": "messages" }, "action": "drop_after", "times": 3 })),
    )
    .await;
    let _console = desk.run_console("console");
    let campaign = desk.launch("thank_you_note", people.len());
    let counts = desk
        .until("statuses to settle what was unclear", async || {
            let counts = desk.counts(&campaign);
            let open = n(&counts, "queued") + n(&counts, "sending") + n(&counts, "unknown");
            (open == 0 && n(&counts, "audience") == 12).then_some(counts)
        })
        .await;
    let ledger = desk.ledger().await;
    nobody_twice(&ledger);
    assert_eq!(ledger.len(), people.len(), "{counts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_never_left_goes_out_once_meta_can_be_reached() {
    let desk = Desk::open(DeskOptions::default()).await;
    let people = numbers(6);
    desk.import(&opt_in_list(&people));
    desk.control(
        reqwest::Method::POST,
        "faults",
        Some(serde_json::json!({ "match": { "endpoint": "messages" }, "action": { "code": 130429 }, "times": 4 })),
    )
    .await;
    let _console = desk.run_console("console");
    let campaign = desk.launch("thank_you_note", people.len());
    desk.until("all to be accepted", async || (desk.ledger().await.len() == people.len()).then_some(())).await;
    nobody_twice(&desk.ledger().await);
    assert_eq!(n(&desk.counts(&campaign), "failed"), 0);
}
