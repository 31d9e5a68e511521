//! The client against servers that misbehave in every way that matters, and the reader against what machines send.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "tests"
)]

mod account;
mod corpus;
mod media;
mod samples;
mod samples_answers;
mod send;
mod support;
mod templates;
mod templates_write;
mod tools;
mod webhooks;
