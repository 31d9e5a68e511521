//! What the rows of an opt-in list are worth: what columns mean, what a row proves, what was wrong with it.
//!
//! Consent is read per row. A missing consent column means "no evidence", never yes; e-mail or SMS consent is not
//! WhatsApp consent; nothing is guessed: a value with two readings is held back with its reason.

mod columns;
mod countries;
mod dates;
mod exports;
mod headers;
mod phones;
mod row;
mod why;
mod words;

pub use columns::{ColumnRole, Mapping, guess_role, is_any_date, purposes_named, values_decide};
pub use dates::{DateColumn, DateOrder, DateProblem, WhenGiven, read_any_day};
pub use exports::{Export, recognise, roles_of};
pub use row::{Judged, RowConsent, RowRules, judge};
pub use why::{Flag, NotTaken, RowVerdict, UnprovenWhy};
pub use words::{OptOutSaid, Said, mentions_opting_out, opt_out_said, purposes_said, said, says_opted_out};
