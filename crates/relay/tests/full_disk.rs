//! A disk without room: 503, then 200 again once there is some, and nothing that was answered 200 is lost.
//!
//! Two ways to come by one without rights on the machine: a small file system of its own (a user namespace, as
//! `unshare` makes them; containers that forbid it are told of with a loud line), and a limit on the size of files, which
//! every Linux has and which fails writes in the midst of a page.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "tests"
)]

mod common;

use std::path::PathBuf;
use std::time::Duration;

use common::load::{Load, Post, check};
use common::process::{PROGRAM, Process, Site};
use common::*;
use switchboard_relay_api::{ClientOptions, RelayClient, RelayEndpoint, RelaySeq};
use tokio::process::Command;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(60);

/// Large enough that a small disk is full soon.
fn big(number: usize) -> String {
    format!("{}{}", " ".repeat(30_000), event(number))
}

async fn post(http: &reqwest::Client, url: &str, body: &str) -> Option<u16> {
    let request = http.post(format!("{url}/hooks/{DESK}")).header("content-type", "application/json");
    let request = request.header("X-Hub-Signature-256", sign(APP_SECRET, body.as_bytes())).body(body.to_owned());
    request.send().await.ok().map(|answer| answer.status().as_u16())
}

/// Posts large events until one is refused. Gives those that were stored.
async fn until_full(process: &Process) -> Vec<String> {
    let http = http();
    let mut stored = Vec::new();
    loop {
        let body = big(9_000_000 + stored.len());
        match post(&http, &process.url, &body).await {
            Some(200) => stored.push(body),
            refused => {
                assert_eq!(refused, Some(503), "a full disk is told as such");
                return stored;
            }
        }
        assert!(stored.len() < 10_000, "the disk is never full");
    }
}

async fn everything(console: &RelayEndpoint, process: &Process) -> Vec<String> {
    let head = process.metric(&http(), "switchboard_relay_head{").await as usize;
    let mut client = RelayClient::connect(console, RelaySeq::START, &ClientOptions::default()).await.unwrap();
    let entries = timeout(PATIENCE, read(&mut client, head)).await.unwrap();
    assert_eq!(seqs(&entries), (1..=head as u64).collect::<Vec<_>>(), "gapless");
    bodies(&entries)
}

/// Fills the disk, posts on for a while, makes room, posts again, kills, starts again, and looks.
async fn fills_up_and_recovers(process: &Process, make_room: impl AsyncFnOnce(&Process)) -> (Vec<Post>, Vec<String>) {
    let desks = [DESK.to_owned()];
    let filled = until_full(process).await;
    assert!(filled.len() > 5, "{} events fitted", filled.len());
    let load = Load::start(vec![process.url.clone()], &desks, 16, 0);
    load.until_refused(32).await;
    let mut posts = load.stop().await;
    assert!(posts.iter().any(|post| post.status == Some(503)), "still full");
    let ready = http().get(format!("{}/readyz", process.url)).send().await.unwrap();
    assert_eq!(ready.status().as_u16(), 503);
    make_room(process).await;
    let http = http();
    let again = async {
        let mut number = 8_000_000;
        while post(&http, &process.url, &event(number)).await != Some(200) {
            number += 1;
        }
    };
    timeout(PATIENCE, again).await.expect("200 again, without a restart");
    let load = Load::start(vec![process.url.clone()], &desks, 16, 100);
    load.until_answered(64).await;
    let after = load.stop().await;
    assert!(after.iter().all(|post| post.status == Some(200)), "and stays so");
    posts.extend(after);
    (posts, filled)
}

fn check_all(posts: &[Post], filled: &[String], delivered: Vec<String>) {
    let (own, others): (Vec<String>, Vec<String>) =
        delivered.into_iter().partition(|body| body.starts_with(' ') || body.contains("\"80000"));
    let kept: Vec<&String> = own.iter().filter(|body| body.starts_with(' ')).collect();
    assert_eq!(kept[..filled.len()], filled.iter().collect::<Vec<_>>()[..], "what filled the disk is there, in order");
    let answered = check(&posts.iter().collect::<Vec<_>>(), &others);
    println!("{} events filled the disk, {answered} of {} more were answered 200", filled.len(), posts.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_file_system_is_503_and_then_200_again() {
    let site = Site::new(&[DESK.to_owned()], "");
    let mut process = site.serve().await;
    let console = site.pair(site.desks().await.as_ref(), DESK).await;
    process.kill().await;
    let data = site.folder.path().join("data");
    let stage = site.folder.path().join("stage");
    std::fs::create_dir(&stage).unwrap();
    let mount = |then: &str| {
        format!(
            "cp -a \"$0/.\" {stage:?} && mount -t tmpfs -o size=24m tmpfs \"$0\" && cp -a {stage:?}/. \"$0\" && {then}",
            stage = stage.to_str().unwrap()
        )
    };
    let namespace = |then: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &mount(then)]).arg(&data);
        command
    };
    if !namespace("true").output().await.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: this machine lets nobody mount a file system of their own (unshare --user --mount)");
        return;
    }
    // The ballast is what somebody else put on the disk.
    let mut command = namespace("head -c 18000000 /dev/zero > \"$0/ballast\" && exec \"$@\"");
    command.arg(PROGRAM);
    let mut process = site.serve_by(command).await;
    let inside = |process: &Process| {
        let pid = process.child.id().unwrap();
        PathBuf::from(format!("/proc/{pid}/root{}", data.display()))
    };
    let make_room = async |process: &Process| std::fs::remove_file(inside(process).join("ballast")).unwrap();
    let (posts, filled) = fills_up_and_recovers(&process, make_room).await;
    check_all(&posts, &filled, everything(&console, &process).await);
    // What is on the disk is whole too: a relay that starts on a copy of it says the same.
    let copy = Site::new(&[DESK.to_owned()], "");
    std::fs::create_dir(copy.folder.path().join("data")).unwrap();
    let from = inside(&process);
    process.pause();
    for file in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        std::fs::copy(file.path(), copy.folder.path().join("data").join(file.file_name())).unwrap();
    }
    process.kill().await;
    let process = copy.serve().await;
    let console = console.moved_to(switchboard_relay_api::RelayAddress::new(&process.url, DESK).unwrap());
    check_all(&posts, &filled, everything(&console, &process).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_that_fail_half_way_are_503_and_then_200_again() {
    let site = Site::new(&[DESK.to_owned()], "");
    // Ignored signals stay ignored in what is run: the limit fails the write instead of ending the program.
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh", PROGRAM]);
    let mut process = site.serve_by(command).await;
    let console = site.pair(site.desks().await.as_ref(), DESK).await;
    limit(&process, "1500000").await;
    let make_room = async |process: &Process| limit(process, "unlimited").await;
    let (posts, filled) = fills_up_and_recovers(&process, make_room).await;
    check_all(&posts, &filled, everything(&console, &process).await);
    process.kill().await;
    let process = site.serve().await;
    check_all(&posts, &filled, everything(&console, &process).await);
}

/// Sets how large a file of the process may become; only the limit that is in force, so that it can be lifted.
async fn limit(process: &Process, bytes: &str) {
    let pid = process.child.id().unwrap().to_string();
    let output = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={bytes}:")]).output().await.unwrap();
    assert!(output.status.success(), "{output:?}");
}
