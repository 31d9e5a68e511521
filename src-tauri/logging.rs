//! Daily log files, kept 14 days. Never a secret, a number, a name or a text: types that hold them print nothing.

use std::path::Path;

use switchboard_bridge::dto::WindowFault;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::EnvFilter;

/// Days of logs that are kept.
const KEPT_FILES: usize = 14;

/// Starts logging into `DATA_DIR/logs`; also to the terminal when `SWITCHBOARD_LOG` is set. The guard flushes at the end.
pub(crate) fn start(data_dir: &Path) -> Option<WorkerGuard> {
    let filter = || {
        EnvFilter::try_from_env("SWITCHBOARD_LOG").unwrap_or_else(|_| EnvFilter::new("info,hyper=warn,reqwest=warn"))
    };
    let appender = Builder::new()
        .rotation(Rotation::DAILY)
        .filename_prefix("switchboard")
        .filename_suffix("log")
        .max_log_files(KEPT_FILES)
        .build(data_dir.join("logs"));
    if std::env::var_os("SWITCHBOARD_LOG").is_some() {
        tracing_subscriber::fmt().with_env_filter(filter()).with_writer(std::io::stderr).init();
        return None;
    }
    let (writer, guard) = tracing_appender::non_blocking(appender.ok()?);
    tracing_subscriber::fmt().with_env_filter(filter()).with_ansi(false).with_writer(writer).init();
    Some(guard)
}

/// Letters of a fault that the log takes.
const LONGEST_FAULT: usize = 4_000;

/// Keeps the trace of a part of the window that could not be drawn.
pub(crate) fn note_fault(fault: &WindowFault) {
    let components = fault.components.lines().map(component).filter(|c| !c.is_empty()).collect::<Vec<_>>().join(" < ");
    tracing::error!(
        place = plain(&fault.place, 80),
        error = plain(&fault.error, 80),
        components = plain(&components, LONGEST_FAULT),
        "a part of the window could not be drawn"
    );
}

/// The component of one line of a stack, with the place in our bundle: `at Name (tauri://…/x.js:1:2)` or `Name@…`.
fn component(line: &str) -> String {
    let line = line.trim();
    let line = line.strip_prefix("at ").unwrap_or(line);
    let (name, address) = line.split_once(['@', '(']).unwrap_or((line, ""));
    let file = address.rsplit('/').next().unwrap_or_default().trim_end_matches(')');
    format!("{} {file}", name.trim()).trim().to_owned()
}

/// Characters of names and addresses alone: whatever else might have slipped in stays out of the log.
fn plain(text: &str, longest: usize) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || " _$./-:<>".contains(*c)).take(longest).collect()
}
