//! The console's store: one encrypted SQLite file, one writer, many readers.
//!
//! Every write is one immediate transaction on the one writer thread, queued by urgency, so that an
//! opt-out never waits behind an import and two writers never meet. Readers are `query_only`
//! connections, so that a stray write fails instead of happening. `synchronous=FULL`: what was
//! committed survives a power cut, which the send ledger and the opt-outs rest on (P2, P3, P4).
//!
//! Table functions live in [`tables`], one module per table; they are synchronous and take a
//! connection or a [`WriteTx`]. Use cases in the engine open the transactions.

mod changes;
mod checkpoints;
mod error;
mod functions;
mod key;
mod open;
mod readers;
mod writer;

pub mod columns;
pub mod tables;

pub use changes::ChangeFeed;
pub use error::StoreError;
pub use key::DbKey;
pub use open::{OpenStore, SCHEMA_VERSION, Store};
pub use writer::{Priority, WriteTx};

/// What table functions work on when they only read; a [`WriteTx`] dereferences to it.
pub use rusqlite::{Connection, OptionalExtension};
