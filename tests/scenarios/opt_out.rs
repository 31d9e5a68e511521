//! An opt-out is honoured wherever it comes from and whatever is under way.

use switchboard_testkit::{Desk, DeskOptions, numbers, opt_in_list};

#[tokio::test(flavor = "multi_thread")]
async fn an_opt_out_on_the_command_line_is_honoured_while_the_engine_sends() {
    let desk = Desk::open(DeskOptions::default()).await;
    let people = numbers(100);
    desk.import(&opt_in_list(&people));
    let _console = desk.run_console("console");
    let campaign = desk.launch("thank_you_note", people.len());
    desk.until("the campaign to start", async || (!desk.ledger().await.is_empty()).then_some(())).await;
    let reached: Vec<String> =
        desk.ledger().await.iter().map(|e| e["recipient"].as_str().unwrap().to_owned()).collect();
    let late = people.iter().rev().find(|p| !reached.contains(&p.trim_start_matches('+').to_owned())).unwrap();
    let answer = desk.cli_run(&["consent", "opt-out", "-", "--note", "asked by phone"], late);
    assert_eq!(answer["ok"], true, "{answer}");
    let already = desk.ledger().await.iter().any(|e| late.ends_with(e["recipient"].as_str().unwrap()));
    desk.until("the rest to be sent", async || {
        let counts = desk.counts(&campaign);
        (counts["queued"] == 0 && counts["sending"] == 0).then_some(())
    })
    .await;
    let got_it = desk.ledger().await.iter().any(|e| late.ends_with(e["recipient"].as_str().unwrap()));
    assert_eq!(got_it, already, "a message left after the opt-out was recorded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_that_waited_while_the_laptop_slept_is_applied_before_anything_is_claimed() {
    let desk = Desk::open(DeskOptions { auto: false, ..DeskOptions::default() }).await;
    let people = numbers(10);
    desk.import(&opt_in_list(&people));
    let campaign = desk.launch("thank_you_note", people.len());
    // Nobody runs; the customer's STOP goes to the relay and waits there.
    desk.customer_writes(&people[3], "STOP").await;
    desk.until("the relay to have it", async || {
        let webhooks = desk.control(reqwest::Method::GET, "webhooks", None).await;
        webhooks["items"].as_array().is_some_and(|l| !l.is_empty()).then_some(())
    })
    .await;
    let _console = desk.run_console("console");
    desk.until("the rest to be sent", async || (desk.ledger().await.len() >= people.len() - 1).then_some(())).await;
    let counts = desk.counts(&campaign);
    let stopped = people[3].trim_start_matches('+');
    assert!(desk.ledger().await.iter().all(|e| e["recipient"] != stopped), "a message left after STOP");
    assert_eq!(counts["accepted"].as_u64().unwrap(), people.len() as u64 - 1, "{counts}");
    let why = desk.cli_run(&["consent", "why", "-", "--category", "utility"], &people[3]);
    assert_eq!(
        (why["data"]["may_receive"].as_str(), why["data"]["reason"].as_str()),
        (Some("no"), Some("opted_out")),
        "{why}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn importing_the_same_file_again_changes_nothing_and_lifts_no_stop() {
    let desk = Desk::open(DeskOptions { auto: false, ..DeskOptions::default() }).await;
    let people = numbers(5);
    let list = opt_in_list(&people);
    desk.import(&list);
    desk.cli_run(&["consent", "opt-out", "-", "--note", "asked"], &people[0]);
    desk.import(&list);
    // The same people in another file, with a newer consent: still no.
    desk.import(&list.replace("2026-05-03", "2026-11-01"));
    let all = desk.cli_ok(&["contacts", "list"]);
    assert_eq!(all["total"], 5);
    let out = desk.cli_ok(&["contacts", "list", "--filter", "opted-out"]);
    assert_eq!(out["total"], 1, "{out}");
}
