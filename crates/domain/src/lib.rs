//! The rules and words of Switchboard.
//!
//! No IO, no async, no clock of its own: everything here is a value or a pure function of its
//! arguments, so that a rule is tested by calling it and the store, the engine, the import and the
//! window's explanations share one implementation of it.

pub mod audience;
pub mod campaign;
pub mod consent;
pub mod file_name;
pub mod ids;
pub mod import;
pub mod market;
pub mod money;
pub mod opt_out_words;
pub mod phone;
pub mod redact;
pub mod rules;
pub mod send;
pub mod template;
pub mod text_fold;
pub mod time;
pub mod value_format;
pub mod window;
