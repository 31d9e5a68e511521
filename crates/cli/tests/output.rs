//! Where standard output goes is the caller's business: a reader that has gone, a disk that is full.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

fn explain(arguments: &[&str], out: impl Into<Stdio>) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_switchboard-cli"))
        .args(arguments)
        .args(["webhook", "explain", "-"])
        .stdin(Stdio::piped())
        .stdout(out)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(br#"{"object":"whatsapp_business_account","entry":[]}"#).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_reader_that_is_gone_ends_it_quietly() {
    for arguments in [&["--json"][..], &[]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = explain(arguments, writer);
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_document_that_cannot_be_written_is_a_failure() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = explain(&["--json"], full);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot be written"), "{output:?}");
}
