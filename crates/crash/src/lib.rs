//! What a crash of our programs leaves behind: where it happened, and nothing of what was in memory (promise P6).
//!
//! The message of a panic quotes whatever the code tripped over (the standard library prints the text whose slice was
//! wrong), and a core file is the whole memory. Either would carry tokens, keys and customers' words to a disk or a
//! terminal. Every program that holds them calls [`contain`] first of all.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::Write;
use std::panic::PanicHookInfo;

/// Takes care that a crash of this process tells its place and no contents: no core file, and panics are reported to
/// the log and to standard error without their message. Processes started from here, the web view's among them, write
/// no core file either.
pub fn contain(program: &'static str) {
    no_core_file();
    std::panic::set_hook(Box::new(move |panic| report(program, panic)));
    #[cfg(debug_assertions)]
    fault::watch();
}

fn no_core_file() {
    // Windows and macOS keep crash reports of the system, which hold stacks and no heap.
    #[cfg(unix)]
    if let Err(error) = rlimit::setrlimit(rlimit::Resource::CORE, 0, 0) {
        drop(writeln!(std::io::stderr(), "core files could not be switched off: {error}"));
    }
}

fn report(program: &str, panic: &PanicHookInfo<'_>) {
    let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let thread = std::thread::current();
    let thread = thread.name().unwrap_or("without a name");
    // Names of functions only; there is one when RUST_BACKTRACE asks for it.
    let trace = Backtrace::capture();
    let trace = if trace.status() == BacktraceStatus::Captured { format!("\n{trace}") } else { String::new() };
    // `eprintln!` would panic within the panic if nobody reads standard error any more, which ends the process.
    drop(writeln!(
        std::io::stderr(),
        "{program} made a mistake at {place} (thread {thread}). What it was working on is not shown: it may be personal. Please report the place.{trace}"
    ));
    tracing::error!(place, thread, "panicked");
}

/// Debug builds only: a mistake on request, with contents that must not be seen again.
#[cfg(debug_assertions)]
mod fault {
    use std::path::PathBuf;
    use std::time::Duration;

    /// Names a file; once it is there, its text becomes the message of a panic.
    const VARIABLE: &str = "SWITCHBOARD_FAULT_PANIC";

    #[expect(clippy::panic, reason = "this is what it is for")]
    pub(super) fn watch() {
        let Some(file) = std::env::var_os(VARIABLE).map(PathBuf::from) else { return };
        std::thread::spawn(move || {
            loop {
                if let Ok(text) = std::fs::read_to_string(&file) {
                    std::panic::panic_any(text);
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        });
    }
}
