//! The chaos suite: what the send engine promises, under every trouble that a seed can think of.
//!
//! [`width`] runs the engine in this process over a simulated clock and an in-memory Meta, thousands of times, each
//! replayed exactly from its seed. [`truth`] runs the real programs with real sockets and kills them for real. See
//! `docs/chaos.md`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unreachable,
    reason = "tests"
)]

mod truth;
mod width;
