//! The whole console without a window: use cases and background tasks.
//!
//! [`Console`] is an open profile: its store, clock, secrets and Graph client. The use cases are plain
//! functions in one module per subject; [`api`] has one function per command of the contract and is what
//! the window and the command line call. Background tasks are steps that tests can call, with small loops
//! around them ([`background`]).

pub mod account;
pub mod api;
pub mod audience;
pub mod background;
pub mod campaigns;
pub mod clock;
pub mod consent_import;
pub mod consent_ledger;
pub mod console;
pub mod contacts;
pub mod erasure;
pub mod error;
pub mod inbound;
pub mod inbox;
mod install_mark;
mod keychain;
pub mod keys;
pub mod ledger_check;
pub mod listening;
pub mod media;
pub mod number_limits;
pub mod operator_rules;
pub mod pacing;
pub mod profile;
pub mod proof;
pub mod rates;
pub mod relay_pull;
pub mod role;
pub mod secrets;
pub mod sender;
pub mod settings;
pub mod silence;
pub mod status_audit;
pub mod subject_access;
pub mod suppression_list;
pub mod table_file;
pub mod take_contacts;
pub mod template_sync;
pub mod templates;
pub mod today;
pub mod unknown_sends;

pub use console::{Console, OpenConsole};
pub use error::EngineError;

/// Reads the newest position of the change log, with [`switchboard_store::Store::read`].
pub use switchboard_store::tables::changes::newest as newest_change;
