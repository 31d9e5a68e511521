//! Where Meta sends the account's webhooks: read, changed by the console, and taken back.

use serde_json::Value;
use switchboard_testkit::{Desk, DeskOptions};

fn number(found: &Value) -> (&str, bool) {
    let number = &found["numbers"][0];
    (number["level"].as_str().unwrap(), number["is_relay"].as_bool().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_subscribes_the_app_and_sets_an_address_of_the_accounts_own() {
    let desk = Desk::open(DeskOptions { auto: false, ..DeskOptions::default() }).await;
    let found = desk.cli_ok(&["relay", "webhooks"]);
    assert_eq!((number(&found), &found["is_subscribed"]), (("app", true), &Value::Bool(true)), "{found}");
    assert_eq!(found["callback_url"], desk.relay().callback_url("shop"));
    assert!(found["to_do"].as_array().unwrap().is_empty(), "{found}");
    for field in ["user_preferences", "message_template_status_update"] {
        assert!(found["dashboard_fields"].as_array().unwrap().iter().any(|f| f == field));
    }

    // Meta calls the address before it takes it: the wrong token is told, and nothing has changed.
    let wrong = desk.cli_run(&["relay", "subscribe", "--level", "account", "--verify-token-file", "-"], "wrong");
    assert_eq!(wrong["ok"], false, "{wrong}");
    assert_eq!(number(&desk.cli_ok(&["relay", "webhooks"])), ("app", true));

    let token = std::fs::read_to_string(desk.path("verify-token")).unwrap();
    for level in ["account", "number"] {
        let set = desk.cli_run(&["relay", "subscribe", "--level", level, "--verify-token-file", "-"], &token);
        assert_eq!(set["ok"], true, "{set}");
        assert_eq!(number(&set["data"]), (level, true), "{set}");
        let to_do = set["data"]["to_do"].to_string();
        assert!(to_do.contains("user_preferences ignore that"), "{to_do}");
        assert!(!set.to_string().contains(token.trim()), "the token does not come back");
    }
    // Messages come by that address.
    let _console = desk.run_console("console");
    desk.customer_writes("+14165550123", "Hello there").await;
    desk.until("the message", async || {
        desk.cli_ok(&["inbox", "list"])["items"].to_string().contains("Hello there").then_some(())
    })
    .await;
    desk.cli_ok(&["relay", "subscribe", "--level", "number"]);
    let back = desk.cli_ok(&["relay", "subscribe"]);
    assert_eq!(number(&back), ("app", true), "{back}");
}
