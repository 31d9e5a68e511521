//! Practice mode, shared by the window and the command line.
//!
//! The simulator and a relay run as libraries in this process, on loopback ports and in a folder of the
//! practice profile; the console talks to them exactly as it would to Meta and to a real relay. This crate
//! exists so that the shell and the command line start practice in one way; nothing else depends on it.

mod account;
pub mod phone;
pub mod rehearsal;

pub use account::{PracticeAccount, PracticeOptions};
