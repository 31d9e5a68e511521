//! Pairing by the command line alone: what one process of a profile does, the others take up, and nothing needs to run
//! for a console to be let in.

use serde_json::Value;
use switchboard_testkit::{Desk, DeskOptions};

async fn explicit() -> Desk {
    Desk::open(DeskOptions { auto: false, ..DeskOptions::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_further_console_is_let_in_by_commands_alone() {
    let desk = explicit().await;
    let (second, paired) = desk.introduce_console("office");
    let words = paired["words"].as_str().unwrap_or_else(|| panic!("no words: {paired}"));
    assert_eq!((&paired["state"], words.split(' ').count()), (&"waiting".into(), 6), "{paired}");
    let status = second.ok(&["relay", "status"]);
    assert_eq!((&status["state"], &status["words"]), (&paired["state"], &paired["words"]), "{status}");
    assert!(status["trouble"].as_str().unwrap().contains("compare the words"), "{status}");

    desk.let_in(words);
    let status = second.ok(&["relay", "status"]);
    assert_eq!((&status["state"], &status["words"]), (&"catching_up".into(), &Value::Null), "{status}");
    assert!(status["trouble"].as_str().unwrap().contains("switchboard-cli run"), "{status}");
    let devices = second.ok(&["relay", "devices"]);
    let states: Vec<&Value> = devices["items"].as_array().unwrap().iter().map(|d| &d["state"]).collect();
    assert_eq!(states, ["active", "active"]);
}

/// The id of this console at its desk.
fn own_id(desk: &Desk) -> String {
    let devices = desk.cli_ok(&["relay", "devices"]);
    let own = devices["items"].as_array().unwrap().iter().find(|d| d["is_self"] == true);
    own.unwrap_or_else(|| panic!("not among them: {devices}"))["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_runs_takes_up_what_another_process_pairs() {
    let desk = explicit().await;
    let pair = async || {
        let link = desk.relay().pairing_link("shop").await.unwrap().to_string();
        let paired = desk.cli_run(&["relay", "pair", "--name", "Front desk", "--yes"], &link);
        assert_eq!(paired["ok"], true, "{paired}");
        let connected = async || (desk.cli_ok(&["relay", "status"])["state"] == "connected").then_some(());
        desk.until("the engine to connect with the new pairing", connected).await;
        own_id(&desk)
    };
    desk.cli_ok(&["relay", "leave"]);
    let _engine = desk.run_console("engine");
    desk.until("the engine to hold its role", async || desk.role_is_taken().then_some(())).await;
    assert_eq!(desk.cli_ok(&["relay", "status"])["state"], "not_configured");

    // None before, then another one in its place while the engine follows the first.
    let first = pair().await;
    desk.cli_ok(&["relay", "leave"]);
    let second = pair().await;
    assert_ne!(first, second, "a place of its own at the relay");
}
