//! What the practice account consists of: people, templates, numbers, the account itself.

pub(crate) mod account;
pub(crate) mod compiled;
pub(crate) mod customer;
pub(crate) mod group;
pub(crate) mod template;
