//! Daily log files, kept 14 days. Never a secret, a number, a name or a text: types that hold them print nothing.

use std::path::Path;

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
