//! One module per table: its row, its reads on a [`crate::Connection`], its writes on a [`crate::WriteTx`].

pub mod account;
pub mod account_events;
pub mod changes;
pub mod checklist;
pub mod media_files;
pub mod messages;
pub mod meta;
pub mod phone_numbers;
pub mod raw_events;
pub mod reactions;
pub mod relay;
pub mod settings;
pub mod tasks;
pub mod templates;
pub mod threads;
