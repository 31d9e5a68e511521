//! Whole flows without a window: the real programs, real sockets, real kills.
//!
//! They need the workspace's programs built (`cargo build --workspace --bins`); `make test` sees to it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod asleep;
mod audit;
mod bad_input;
mod canaries;
mod crash;
mod hostile;
mod opt_out;
mod pairing;
mod preflight;
mod two_consoles;
mod webhooks;
