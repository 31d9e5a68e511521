//! Killing the console in mid-campaign.

use switchboard_testkit::{Desk, DeskOptions, count, counted, nobody_twice, numbers, opt_in_list};

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
    nobody_twice(&ledger, "after the kill");
    let audience = count(&counts, "audience");
    let all = counted(&counts);
    assert_eq!((audience, all), (people.len() as u64, people.len() as u64), "{counts}");
    assert_eq!((count(&counts, "queued"), count(&counts, "sending")), (0, 0), "somebody was skipped: {counts} {idle}");
    // A claim is at most 250 ms of sends at 20 messages/s, so no more than a handful can have been in flight.
    let unknown = count(&counts, "unknown");
    assert!(unknown <= 10, "{unknown} unknown, more than were in flight");
    let reached =
        audience - unknown - count(&counts, "failed") - count(&counts, "withheld") - count(&counts, "excluded");
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
            let open = count(&counts, "queued") + count(&counts, "sending") + count(&counts, "unknown");
            (open == 0 && count(&counts, "audience") == 12).then_some(counts)
        })
        .await;
    let ledger = desk.ledger().await;
    nobody_twice(&ledger, "after the kill");
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
    nobody_twice(&desk.ledger().await, "at the end");
    assert_eq!(count(&desk.counts(&campaign), "failed"), 0);
}
