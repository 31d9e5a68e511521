//! Secrets and people stay where they belong: put through a whole flow, then looked for everywhere.

use std::path::Path;

use switchboard_testkit::{Desk, DeskOptions, opt_in_list};

const NAME: &str = "Zyxwindra";
const NUMBER: &str = "+14165550177";
const TEXT: &str = "quixotic-jabberwock-message";

/// Every file below a folder, but not what `skip` names.
fn files(dir: &Path, skip: &[&str], found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if skip.iter().any(|s| path.ends_with(s)) {
            continue;
        }
        if path.is_dir() {
            files(&path, skip, found);
        } else {
            found.push(path);
        }
    }
}

fn holds(bytes: &[u8], needle: &str) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_and_people_are_found_nowhere_but_in_their_keepers() {
    let desk = Desk::open(DeskOptions { auto: false, ..DeskOptions::default() }).await;
    let list = opt_in_list(&[NUMBER.to_owned()]).replace("First0", NAME);
    desk.import(&list);
    std::fs::remove_file(desk.path("list.csv")).unwrap();
    let mut console = desk.run_console("console");
    desk.launch("thank_you_note", 1);
    desk.until("the message", async || (!desk.ledger().await.is_empty()).then_some(())).await;
    desk.customer_writes(NUMBER, TEXT).await;
    desk.until("the answer to arrive", async || {
        let threads = desk.cli_ok(&["inbox", "list"]);
        threads["items"].as_array().is_some_and(|l| l.iter().any(|t| t["unread"] != 0)).then_some(())
    })
    .await;

    let secret_of = |file: &str| std::fs::read_to_string(desk.path(file)).unwrap().trim().to_owned();
    let secrets: serde_json::Value =
        serde_json::from_slice(&std::fs::read(desk.path("secrets.json")).unwrap()).unwrap();
    let needles = vec![
        std::fs::read_to_string(desk.account["access_token_file"].as_str().unwrap()).unwrap().trim().to_owned(),
        secret_of("app-secret"),
        secret_of("device-token"),
        secrets["database_key"].as_str().unwrap().to_owned(),
        NAME.to_owned(),
        NUMBER.trim_start_matches('+').to_owned(),
        TEXT.to_owned(),
    ];
    // What the running console shows the rest of the machine.
    let pid = console.0.id();
    for file in ["cmdline", "environ"] {
        let bytes = std::fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
        for needle in &needles {
            assert!(!holds(&bytes, needle), "/proc/{pid}/{file} holds a canary");
        }
    }
    // A forced crash writes nothing that it should not.
    console.kill();
    // The practice account, its secret files and the relay's log play Meta's side and the relay's own disk.
    let mut found = Vec::new();
    files(
        desk.dir(),
        &["simulator", "relay", "secrets.json", "app-secret", "verify-token", "device-token", "control-token"],
        &mut found,
    );
    assert!(found.iter().any(|f| f.ends_with("console.db")), "nothing was searched");
    for file in found {
        let bytes = std::fs::read(&file).unwrap();
        for needle in &needles {
            assert!(!holds(&bytes, needle), "{} holds a canary", file.display());
        }
    }
}
