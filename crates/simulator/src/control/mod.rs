//! How a test, the pretend phone and the tour steer the practice account: the same things by
//! Rust ([`handle`]) and by HTTP below `/practice/v1` ([`http`]).

pub(crate) mod account;
pub(crate) mod chats;
pub(crate) mod given;
pub(crate) mod groups;
pub(crate) mod handle;
pub(crate) mod http;
pub(crate) mod openapi;
pub(crate) mod phone;
pub(crate) mod stage;
