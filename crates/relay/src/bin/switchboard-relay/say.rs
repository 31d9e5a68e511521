//! What the program says: lines on standard output, a last sentence on standard error, and a log that fits where it goes.

use std::io::{ErrorKind, IsTerminal, Write};

use tracing_subscriber::EnvFilter;

/// Whoever read standard output has gone (`… | head`): there is nobody left to say anything to.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads standard output any more")]
pub struct NobodyReads;

/// Prints lines.
///
/// # Errors
/// [`NobodyReads`], or why standard output cannot be written.
pub fn lines(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(NobodyReads.into()),
        Err(error) => Err(anyhow::anyhow!("standard output cannot be written ({error}); check where it goes")),
    }
}

/// The last sentence of a program that failed.
pub fn failure(error: &anyhow::Error) {
    // Standard error may be gone too; there is nowhere else to say it.
    drop(writeln!(std::io::stderr(), "switchboard-relay: {}", sentence(error)));
}

/// An error with its causes, each said once: many sentences hold their cause already.
pub fn sentence(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if said.contains(&cause) {
            continue;
        }
        if !said.is_empty() {
            said.push_str(": ");
        }
        said.push_str(&cause);
    }
    said
}

/// Logs to standard error, by `RUST_LOG`; coloured on a terminal alone, and not if `NO_COLOR` is set.
pub fn log() {
    let wanted = std::env::var("RUST_LOG").unwrap_or_default();
    let filter = EnvFilter::try_new(with_nats_once(&wanted)).unwrap_or_else(|_| EnvFilter::new(with_nats_once("")));
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal() && !no_color)
        // A log that nobody reads any more is no reason to stop.
        .log_internal_errors(false)
        .with_writer(std::io::stderr)
        .init();
}

/// The NATS client tells of its connection by itself what the relay says in its own words.
fn with_nats_once(wanted: &str) -> String {
    match wanted.trim() {
        "" => "info,async_nats=warn".to_owned(),
        wanted if wanted.contains("async_nats") => wanted.to_owned(),
        wanted => format!("{wanted},async_nats=warn"),
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn a_cause_is_said_once() {
        let cause = || std::io::Error::new(ErrorKind::NotFound, "no such file");
        let held = anyhow::Error::new(cause()).context("cannot read x (no such file); make it");
        assert_eq!(sentence(&held), "cannot read x (no such file); make it");
        let chained: anyhow::Result<()> = Err(cause()).context("reading x");
        assert_eq!(chained.map_err(|e| sentence(&e)), Err("reading x: no such file".to_owned()));
    }

    #[test]
    fn the_nats_client_says_nothing_twice_unless_asked_to() {
        assert_eq!(with_nats_once(""), "info,async_nats=warn");
        assert_eq!(with_nats_once("debug"), "debug,async_nats=warn");
        assert_eq!(with_nats_once("info,async_nats=debug"), "info,async_nats=debug");
    }
}
