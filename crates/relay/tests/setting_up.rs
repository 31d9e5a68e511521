//! Setting a relay up as people do: what is typed wrongly, run as the wrong user, or piped elsewhere.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use common::process::{PROGRAM, Site};
use common::*;

/// An app secret like Meta's.
const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn run_with(arguments: &[&str], folder: &Path, input: &str) -> Output {
    let mut child = Command::new(PROGRAM)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may refuse without reading.
    drop(std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()));
    child.wait_with_output().unwrap()
}

fn run(arguments: &[&str], folder: &Path) -> Output {
    run_with(arguments, folder, "")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn add(folder: &Path, name: &str, more: &[&str]) -> Output {
    let arguments = ["desk", "add", name, "--data-dir", "data", "--app-secret-file", "-"];
    run_with(&[&arguments, more].concat(), folder, SECRET)
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_public_address_that_meta_cannot_use_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    for url in ["relay.example.com", "http://relay.example.com", "https://relay.example.com/hooks/shop"] {
        let refused = add(folder.path(), DESK, &["--public-url", url]);
        assert!(!refused.status.success() && said(&refused).contains("--public-url cannot be used"), "{refused:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{url}");
    }
}

#[test]
fn the_public_address_in_force_is_said_and_never_changed_by_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let first = said(&add(folder, DESK, &[]));
    assert!(first.contains("public_url is not set") && first.contains("works on this machine only"), "{first}");
    let config = folder.join("relay.toml");
    std::fs::write(&config, format!("# kept by hand\n{}", std::fs::read_to_string(&config).unwrap())).unwrap();

    let second = add(folder, "branch", &["--public-url", "https://relay.example.com/"]);
    assert!(said(&second).contains("callback URL      https://relay.example.com/hooks/branch"), "{}", said(&second));
    let text = std::fs::read_to_string(&config).unwrap();
    assert!(
        text.starts_with("# kept by hand") && text.contains("public_url = \"https://relay.example.com\""),
        "{text}"
    );

    let third = add(folder, "third", &["--public-url", "https://other.example.com"]);
    assert!(!third.status.success() && said(&third).contains("\"https://relay.example.com\""), "{}", said(&third));
    assert_eq!(std::fs::read_to_string(&config).unwrap(), text);
    assert!(add(folder, "fourth", &[]).status.success(), "without the flag the one that is there holds");
}

#[test]
fn an_app_secret_that_cannot_be_metas_is_pointed_out_and_an_empty_one_refused() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["desk", "add", DESK, "--data-dir", "data", "--app-secret-file", "-"];
    let empty = run_with(&arguments, folder.path(), "\n");
    assert!(!empty.status.success() && said(&empty).contains("App settings > Basic"), "{}", said(&empty));
    let odd = run_with(&arguments, folder.path(), "a secret of a practice account\n");
    assert!(odd.status.success() && said(&odd).contains("not like Meta's"), "{}", said(&odd));
    assert!(!said(&odd).contains("a secret of a practice"), "{}", said(&odd));
    let right = add(folder.path(), "branch", &["--public-url", "https://relay.example.com"]);
    assert!(!said(&right).contains("app secret of branch"), "{}", said(&right));
}

#[test]
fn a_name_that_looks_like_an_option_is_refused_for_a_new_desk_and_still_served() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["-x", "x-", "_x", "x."] {
        let arguments = ["desk", "add", "--data-dir", "data", "--", name];
        let refused = run(&arguments, folder.path());
        assert!(!refused.status.success() && said(&refused).contains("between them"), "{name}: {}", said(&refused));
    }
    let before = Site::new(&["-x".to_owned()], "");
    let check = run(&["serve", "--check-config"], before.folder.path());
    assert!(check.status.success(), "{}", said(&check));
    assert!(said(&run(&["desk", "link", "--", "-x"], before.folder.path())).contains("switchboard://pair?"));
}

#[tokio::test]
async fn what_it_makes_is_for_its_own_user_alone() {
    let folder = tempfile::tempdir().unwrap();
    assert!(add(folder.path(), DESK, &[]).status.success());
    let config = folder.path().join("relay.toml");
    assert_eq!(mode(&config), 0o600);
    std::fs::set_permissions(&config, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(add(folder.path(), "branch", &[]).status.success());
    assert_eq!(mode(&config), 0o640, "as its keeper set it");

    let site = Site::new(&[DESK.to_owned()], "");
    let mut process = site.serve().await;
    let data = std::fs::read_dir(site.folder.path().join("data")).unwrap().map(|file| file.unwrap().path());
    let open: Vec<_> = data.filter(|file| mode(file) & 0o077 != 0).collect();
    assert!(open.is_empty(), "others could read {open:?}");
    process.kill().await;
}

#[test]
fn everything_that_is_wrong_with_a_configuration_is_said_at_once() {
    let site = Site::new(
        &[DESK.to_owned()],
        "public_url = \"relay.example.com\"\n[tls]\ncertificate = \"cert.pem\"\nkey = \"key.pem\"",
    );
    let config = std::fs::read_to_string(site.config()).unwrap();
    std::fs::write(site.config(), config.replace("127.0.0.1", "nowhere.invalid")).unwrap();
    std::fs::remove_file(site.folder.path().join("app-secret")).unwrap();
    for arguments in [&["serve", "--check-config"][..], &["serve"], &["doctor"]] {
        let output = run(arguments, site.folder.path());
        assert_eq!(output.status.code(), Some(1));
        for part in
            ["listen: ", "public_url: ", "cert.pem cannot be used", "key.pem cannot be used", "app secret: cannot read"]
        {
            assert_eq!(said(&output).matches(part).count(), 1, "{part} in {}", said(&output));
        }
    }
}

/// A pipe whose reader is gone before the program says anything.
fn nobody_reads() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

#[test]
fn a_reader_that_is_gone_ends_it_quietly() {
    let folder = tempfile::tempdir().unwrap();
    assert!(add(folder.path(), DESK, &[]).status.success());
    for arguments in [&["desk", "link", DESK][..], &["desk", "devices", DESK], &["desk", "add", "b"], &["--help"]] {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(folder.path()).stdout(nobody_reads()).stderr(Stdio::piped());
        let output = command.output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {output:?}");
    }
    let mut nobody = Command::new(PROGRAM);
    nobody.args(["desk", "link", "none"]).current_dir(folder.path()).stdout(Stdio::null()).stderr(nobody_reads());
    assert_eq!(nobody.status().unwrap().code(), Some(1), "no panic while failing either");
}

#[tokio::test]
async fn a_log_that_goes_to_a_file_has_no_colours() {
    let site = Site::new(&[DESK.to_owned()], "");
    let mut process = site.serve().await;
    site.pair(site.desks().await.as_ref(), DESK).await;
    process.kill().await;
    assert!(site.said().contains("a console was introduced") && !site.said().contains('\u{1b}'), "{:?}", site.said());
}

#[test]
fn root_leaves_nothing_behind_in_another_users_folders() {
    let site = Site::new(&[DESK.to_owned()], "");
    let data = site.folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    if chown(&data, Some(65_534), Some(65_534)).is_err() {
        eprintln!("SKIPPED: only root can be root where another user's relay lives");
        return;
    }
    let all = [
        &["serve"][..],
        &["serve", "--check-config"],
        &["doctor"],
        &["desk", "add", "branch"],
        &["desk", "link", DESK],
        &["desk", "devices", DESK],
        &["desk", "revoke", DESK, "console-1"],
    ];
    for arguments in all {
        let refused = run(arguments, site.folder.path());
        assert_eq!(refused.status.code(), Some(1), "{arguments:?}: {}", said(&refused));
        assert_eq!(said(&refused).matches("sudo -u ").count(), 1, "{arguments:?}: {}", said(&refused));
    }
    assert_eq!(std::fs::read_dir(&data).unwrap().count(), 0);
}

#[test]
fn an_error_says_its_cause_once_and_what_to_do() {
    let site = Site::new(&[DESK.to_owned()], "");
    let folder = site.folder.path();
    let missing = said(&run(&["serve", "--config", "none.toml"], folder));
    assert_eq!(missing.matches("No such file").count(), 1, "{missing}");
    let nobody = said(&run(&["desk", "revoke", DESK, "console-9"], folder));
    assert!(nobody.contains("desk devices shop"), "{nobody}");
    std::fs::write(folder.join("app-secret"), "").unwrap();
    let empty = said(&run(&["serve"], folder));
    assert!(empty.contains("is empty; put it there"), "{empty}");
    let occupied = Site::new(&[DESK.to_owned()], "");
    std::fs::write(occupied.folder.path().join("data"), "no folder").unwrap();
    let data = said(&run(&["desk", "link", DESK], occupied.folder.path()));
    assert!(data.contains("data_dir") && data.matches("os error").count() == 1, "{data}");
}
