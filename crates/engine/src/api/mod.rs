//! One function per command of the contract (`crates/bridge/src/commands.rs`), for the window and the command line.
//!
//! A function decodes nothing and knows no window: request in, answer or [`switchboard_bridge::UiError`] out.
//! Commands that concern the program rather than a profile (opening profiles, the pretend phone, closing the
//! window) are the shell's own.

mod app;
mod campaigns;

pub use app::*;
pub use campaigns::*;
