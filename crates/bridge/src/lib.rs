//! The contract between the core and whoever shows it: the window and the command line.
//!
//! One list of commands ([`for_each_command`]), the shapes that cross ([`dto`]), one error
//! ([`UiError`]) and the tags by which a window learns that something changed ([`ChangeTag`]).
//! It depends on the domain alone: the engine answers in these shapes, the shell only carries them,
//! and `ui/src/ipc/generated.ts` is written from here, so that the two sides cannot drift apart.

mod macros;

pub mod changes;
pub mod commands;
pub mod dto;
pub mod error;
pub mod typescript;

pub use changes::ChangeTag;
pub use error::{UiError, UiErrorCode};
