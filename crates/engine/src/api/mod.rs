//! One function per command of the contract (`crates/bridge/src/commands.rs`), for the window and the command line.
//!
//! A function decodes nothing and knows no window: request in, answer or [`switchboard_bridge::UiError`] out.
//! Commands that concern the program rather than a profile (opening profiles, the pretend phone, closing the
//! window) are the shell's own.

mod account;
mod app;
mod audience;
mod campaigns;
mod contacts;
mod imports;
mod inbox;
mod rates;
mod relay;
mod templates;
mod today;
mod unknown;

pub use account::*;
pub use app::*;
pub use audience::*;
pub use campaigns::*;
pub use contacts::*;
pub use imports::*;
pub use inbox::*;
pub use rates::*;
pub use relay::*;
pub use templates::*;
pub use today::*;
pub use unknown::*;
