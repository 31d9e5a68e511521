//! The shapes that cross. Times are integer milliseconds UTC (`*_at_ms`), money is a decimal text with its
//! currency, ids are text. Each answers one screen's question; none is a table row.

mod account;
mod app;
mod audience;
mod campaigns;
mod contacts;
mod diagnostics;
mod import;
mod inbox;
mod practice;
mod preflight;
mod rates;
mod rehearsal;
mod report;
mod rights;
mod templates;
mod unknown;
mod webhooks;

pub use crate::changes::Changes;
pub use account::*;
pub use app::*;
pub use audience::*;
pub use campaigns::*;
pub use contacts::*;
pub use diagnostics::*;
pub use import::*;
pub use inbox::*;
pub use practice::*;
pub use preflight::*;
pub use rates::*;
pub use rehearsal::*;
pub use report::*;
pub use rights::*;
pub use templates::*;
pub use unknown::*;
pub use webhooks::*;

use crate::macros::shapes;

shapes! {
    /// No input, or no answer beyond "done".
    #[derive(Default)]
    pub struct Nothing {}

    /// One thing by its id.
    pub struct ById {
        /// The id as a list showed it.
        pub id: String,
    }

    /// A file that was written, or is there to be read.
    pub struct SavedFile {
        /// Full path.
        pub path: String,
        /// Rows in it, if it is a table.
        pub rows: Option<u64>,
    }

    /// One value on a table: what it is about and how often.
    pub struct CountedReason {
        /// Machine word.
        pub code: String,
        /// The sentence a person reads.
        pub sentence: String,
        /// What to do about it, if anything.
        pub remedy: Option<String>,
        /// How many.
        pub count: u64,
    }
}
