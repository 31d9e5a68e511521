//! The window's program: `switchboard [--practice] [--data-dir DIR] [FILE]`.

// A console window behind the real one helps nobody on Windows.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    switchboard_app::main()
}
