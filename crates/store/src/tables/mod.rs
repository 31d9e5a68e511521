//! One module per table: its row, its reads on a [`crate::Connection`], its writes on a [`crate::WriteTx`].

pub mod changes;
pub mod meta;
pub mod settings;
