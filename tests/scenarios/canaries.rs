//! Secrets and people stay where they belong: put through a whole flow, then looked for everywhere, before and after
//! a crash. The window's own places are searched by the journey `canaries` in `tests/e2e`.

use std::process::Command;

use switchboard_testkit::programs::start;
use switchboard_testkit::{Canaries, Desk, DeskOptions, opt_in_list};

const NAME: &str = "Zyxwindra";
const NUMBER: &str = "+14165550177";
const TEXT: &str = "quixotic-jabberwock-message";

/// Meta's side and its secret files. The relay's folder is searched: what it keeps is sealed.
const NOT_OURS: [&str; 4] = ["simulator", "app-secret", "verify-token", "control-token"];

fn canaries(desk: &Desk) -> Canaries {
    let secret_of = |file: &str| std::fs::read_to_string(desk.path(file)).unwrap().trim().to_owned();
    let secrets: serde_json::Value =
        serde_json::from_slice(&std::fs::read(desk.path("secrets.json")).unwrap()).unwrap();
    let token_file = desk.account["access_token_file"].as_str().unwrap();
    let mut canaries = Canaries::default();
    canaries.watch("token", std::fs::read_to_string(token_file).unwrap().trim());
    canaries.watch("app secret", &secret_of("app-secret"));
    for (name, secret) in secrets.as_object().unwrap() {
        // The install mark is no secret: it stands in the database as well.
        if name != "install_mark" {
            canaries.watch(name, secret.as_str().unwrap());
        }
    }
    canaries.watch_key("database_key", secrets["database_key"].as_str().unwrap());
    canaries.watch("name", NAME);
    canaries.watch_number("number", NUMBER);
    canaries.watch("text", TEXT);
    canaries
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_and_people_are_found_nowhere_but_in_their_keepers() {
    let desk = Desk::open(DeskOptions { auto: false, ..DeskOptions::default() }).await;
    let list = opt_in_list(&[NUMBER.to_owned()]).replace("First0", NAME);
    desk.import(&list);
    std::fs::remove_file(desk.path("list.csv")).unwrap();
    let canaries = canaries(&desk);

    // Core files are allowed where this test runs, so that it is the console that does without one.
    let fault = desk.path("fault");
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -c $(ulimit -H -c) && exec \"$0\" \"$@\""]).current_dir(desk.dir());
    let console = desk.cli();
    command.arg(console.get_program()).args(console.get_args()).arg("run");
    command.env("SWITCHBOARD_FAULT_PANIC", &fault).env("RUST_BACKTRACE", "1");
    let mut console = start(command, desk.dir(), "console");

    desk.launch("thank_you_note", 1);
    desk.until("the message", async || (!desk.ledger().await.is_empty()).then_some(())).await;
    desk.customer_writes(NUMBER, TEXT).await;
    desk.until("the answer to arrive", async || {
        let threads = desk.cli_ok(&["inbox", "list"]);
        threads["items"].as_array().is_some_and(|l| l.iter().any(|t| t["unread"] != 0)).then_some(())
    })
    .await;

    let pid = console.0.id();
    assert_eq!(canaries.search_process(pid), Vec::<String>::new());
    let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let cores = limits.lines().find(|l| l.starts_with("Max core file size")).unwrap();
    assert_eq!(cores.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{cores}");

    // A mistake whose message is all of it at once, then the end that leaves a core file where one is allowed.
    let everything = desk.path("simulator").join("everything");
    let secrets = std::fs::read_to_string(desk.path("secrets.json")).unwrap();
    std::fs::write(&everything, format!("{NAME} {NUMBER} {TEXT} {secrets}")).unwrap();
    std::fs::rename(&everything, &fault).unwrap();
    desk.until("the mistake to be told", async || {
        std::fs::read_to_string(desk.path("console.err")).unwrap().contains("made a mistake at").then_some(())
    })
    .await;
    std::fs::remove_file(&fault).unwrap();
    drop(Command::new("kill").arg("-ABRT").arg(pid.to_string()).status());
    drop(console.0.wait());

    let (found, searched) = canaries.search_folder(desk.dir(), &[&NOT_OURS[..], &["secrets.json"]].concat());
    assert_eq!(found, Vec::<String>::new());
    for expected in ["console.db", "console.err"] {
        assert!(searched.iter().any(|f| f.ends_with(expected)), "{expected} was not searched");
    }
    let core = searched.iter().find(|f| f.file_name().is_some_and(|n| n.to_string_lossy().starts_with("core")));
    assert_eq!(core, None, "a crash left a core file");

    // The search does find what lies about.
    std::fs::write(desk.path("left-lying"), list).unwrap();
    let (found, _) = canaries.search_folder(desk.dir(), &NOT_OURS);
    for expected in ["left-lying: name", "left-lying: number", "secrets.json: token", "secrets.json: database_key"] {
        assert!(found.iter().any(|f| f.starts_with(expected)), "{expected} is not among {found:?}");
    }
}
