//! What bad input gets: a sentence and a remedy, and nothing is lost.

use serde_json::Value;
use switchboard_testkit::{Desk, DeskOptions, numbers, opt_in_list};

fn refused(answer: &Value, code: &str) {
    assert_eq!((answer["ok"].as_bool(), answer["error"]["code"].as_str()), (Some(false), Some(code)), "{answer}");
    for key in ["message", "remedy"] {
        assert!(answer["error"][key].as_str().is_some_and(|t| t.len() > 10), "no {key}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_accounts_get_a_sentence_and_leave_no_profile() {
    let desk = Desk::open(DeskOptions { auto: false, ..DeskOptions::default() }).await;
    let graph = desk.account["graph"].as_str().unwrap().to_owned();
    let waba = desk.account["waba_id"].as_str().unwrap().to_owned();
    let number = desk.account["phone_number_id"].as_str().unwrap().to_owned();
    let token = std::fs::read_to_string(desk.account["access_token_file"].as_str().unwrap()).unwrap();
    let connect = |waba: &str, number: &str, token: &str| {
        let arguments = ["account", "connect", "--waba", waba, "--phone-number", number, "--graph-url", &graph];
        Desk::run_with(desk.cli_as("other"), &arguments, token)
    };
    refused(&connect(&waba, &number, "EAAwrong"), "token_rejected");
    refused(&connect("999999999999999", &number, &token), "account_not_found");
    refused(&connect(&waba, "999999999999999", &token), "account_not_found");
    assert!(!desk.path("data/profiles/other").exists(), "a profile was left behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_no_lists_get_a_sentence() {
    let desk = Desk::open(DeskOptions { auto: false, ..DeskOptions::default() }).await;
    let cases: [(&str, &[u8]); 3] =
        [("empty.csv", b""), ("really.csv", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), ("zip.csv", b"PK\x03\x04\x14\0\x06\0")];
    for (name, bytes) in cases {
        let path = desk.path(name);
        std::fs::write(&path, bytes).unwrap();
        refused(&desk.cli_run(&["import", "preview", &path.to_string_lossy()], ""), "import_file");
    }
    refused(&desk.cli_run(&["import", "preview", "/nowhere/list.csv"], ""), "import_file");
    let path = desk.path("headers.csv");
    std::fs::write(&path, "phone,first_name\n,Ana\nnot a number,Bo\n+14165550123,Cy\n").unwrap();
    let commit = desk.cli_ok(&["import", "commit", &path.to_string_lossy(), "--unproven", "without-marketing"]);
    assert_eq!((commit["contacts_added"].as_u64(), commit["rows_left_out"].as_u64()), (Some(1), Some(2)), "{commit}");
    assert_eq!((commit["already_imported"].as_bool(), commit.get("message")), (Some(false), None), "{commit}");
    let again = desk.cli_ok(&["import", "commit", &path.to_string_lossy(), "--unproven", "without-marketing"]);
    let message = again["message"].as_str().unwrap_or_default();
    assert!(message.contains("already imported on ") && message.contains("nothing changed"), "{again}");
    assert_eq!((again["already_imported"].as_bool(), &again["import_id"]), (Some(true), &commit["import_id"]));

    // Nothing that looks like a number: the remedy is what to type.
    let path = desk.path("odd.csv");
    std::fs::write(&path, "Kunde,Leitung\nAna,4165550123\n").unwrap();
    let answer = desk.cli_run(&["import", "preview", &path.to_string_lossy()], "");
    refused(&answer, "invalid_input");
    let remedy = answer["error"]["remedy"].as_str().unwrap();
    assert!(remedy.contains("--column HEADER=phone") && remedy.contains("\"Leitung=phone\""), "{answer}");
    desk.cli_ok(&["import", "preview", &path.to_string_lossy(), "--column", "Leitung=phone", "--region", "CA"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_engines_on_one_profile_and_an_unlaunchable_campaign_are_refused() {
    let desk = Desk::open(DeskOptions { auto: false, ..DeskOptions::default() }).await;
    let people = numbers(3);
    desk.import(&opt_in_list(&people));
    let mut console = desk.run_console("console");
    desk.until("the role to be taken", async || desk.role_is_taken().then_some(())).await;
    refused(&desk.cli_run(&["run", "--until-idle"], ""), "profile_in_use");
    console.stop();
    let templates = desk.cli_ok(&["templates", "list"]);
    let paused =
        templates["items"].as_array().unwrap().iter().find(|t| t["status"] == "PAUSED").expect("a paused template");
    let draft = serde_json::json!({
        "id": null, "name": "No", "template_id": paused["id"], "phone_number_id": desk.account["phone_number_id"],
        "audience": { "kind": "everybody", "import_ids": [], "contact_ids": [] }, "values": [],
    });
    let made = desk.cli_run(&["campaign", "create", "-"], &draft.to_string());
    let id = made["data"]["id"].as_str().unwrap();
    refused(&desk.cli_run(&["campaign", "launch", id, "--people", "3"], ""), "launch_refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_without_its_key_says_so_and_touches_nothing() {
    let desk = Desk::open(DeskOptions { auto: false, ..DeskOptions::default() }).await;
    let secrets = desk.path("secrets.json");
    let kept = std::fs::read(&secrets).unwrap();
    std::fs::remove_file(&secrets).unwrap();
    refused(&desk.cli_run(&["contacts", "list"], ""), "keychain");
    std::fs::write(&secrets, kept).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        refused(&desk.cli_run(&["contacts", "list"], ""), "keychain");
        std::fs::set_permissions(&secrets, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    desk.cli_ok(&["contacts", "list"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_program_is_refused_and_left_as_it_is() {
    let desk = Desk::open(DeskOptions { auto: false, ..DeskOptions::default() }).await;
    desk.import(&opt_in_list(&numbers(2)));
    let database = desk.path("data/profiles/shop/console.db");
    switchboard_testkit::mark_newer(&database, &desk.path("secrets.json")).unwrap();
    let before = std::fs::read(&database).unwrap();
    refused(&desk.cli_run(&["contacts", "list"], ""), "newer_database");
    refused(&desk.cli_run(&["run", "--until-idle"], ""), "newer_database");
    assert!(std::fs::read(&database).unwrap() == before, "the file was touched");
}
