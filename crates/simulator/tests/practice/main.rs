//! The practice account from outside: over its own wire, as a client and a callback see it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod account;
mod chats;
mod codes;
mod control;
mod direct_send;
mod faults;
mod groups;
mod harness;
mod media;
mod numbers;
mod openapi;
mod openapi_spec;
mod process;
mod restart;
mod sending;
mod templates;
mod versions;
mod webhooks;
