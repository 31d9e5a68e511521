//! Webhooks: their values, their exact bytes, and their delivery until the callback says 200.

pub(crate) mod chats;
pub(crate) mod deliver;
pub(crate) mod groups;
pub(crate) mod handshake;
pub(crate) mod queue;
pub(crate) mod serialise;
pub(crate) mod values;
