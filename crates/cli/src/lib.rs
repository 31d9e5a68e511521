//! The same engine without a window: one document on standard output, logs and progress on standard error.
//!
//! Secrets come by file, descriptor or standard input, never as arguments; personal data comes as ids or on
//! standard input (`-`). The interface is written down in `docs/cli.md` and versioned by `"v"` in every document.

mod arguments;
mod commands;
mod output;
mod session;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;

/// Runs one command of the command line.
pub async fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are answers; everything else is a usage error, exit status 2.
            let code = if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
            if error.print().is_err() {
                return ExitCode::FAILURE;
            }
            return code;
        }
    };
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("SWITCHBOARD_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()))
        // A log that nobody reads any more is no reason to stop.
        .log_internal_errors(false)
        .with_writer(std::io::stderr)
        .init();
    let json = arguments.json;
    let command = arguments.command.name();
    let result = commands::run(arguments).await;
    output::print(&command, result, json)
}
