//! The people on the other side: what becomes of a message, and what they answer.

pub(crate) mod draw;
pub(crate) mod fate;
pub(crate) mod inbound;
pub(crate) mod names;
pub(crate) mod pictures;
pub(crate) mod task;
pub(crate) mod texts;
