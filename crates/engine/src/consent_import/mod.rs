//! Importing an opt-in list: look at the file, judge every row, write it in chunks.
//!
//! Nothing is written before the operator confirms. A preview keeps two bytes a row in memory and reads rows again
//! from the file when they are asked for; a commit is chunks of one short transaction each, with its cursor in the
//! same transaction, so that it can be cancelled, survives a crash and goes on where it stopped. The same file again
//! changes nothing.

mod attest;
mod choices;
mod commit;
mod inspect;
mod judging;
mod left_out;
mod number_list;
mod preview;
mod roles;
mod shown;
mod source;
mod summary;
mod tally;
mod twice;
mod undo;
mod workbook_out;
mod write;

use switchboard_bridge::changes::Progress;
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::{Store, StoreError};
use tokio::sync::broadcast;

use crate::EngineError;

pub use commit::{Confirmed, cancel, commit, recover, resume};
pub use inspect::inspect;
pub use left_out::save_left_out;
pub use number_list::keep_number_list;
pub use preview::{preview, rows};
pub use summary::list;
pub use undo::undo;

/// What an import works with.
#[derive(Clone, Debug)]
pub struct ImportContext {
    /// The store of the profile.
    pub store: Store,
    /// Key of its consent ledger.
    pub ledger: LedgerKey,
    /// Who wants to know how far it is.
    pub progress: broadcast::Sender<Progress>,
}

impl ImportContext {
    fn report(&self, job: &str, phase: &str, done: u64, total: Option<u64>) {
        // Nobody listening is fine.
        drop(self.progress.send(Progress { job: job.to_owned(), phase: phase.to_owned(), done, total }));
    }
}

/// What can go wrong with an import, beyond what is wrong with single rows.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("the file cannot be read")]
    Unreadable(#[source] std::io::Error),
    /// The file has no records.
    #[error("the file is empty")]
    Empty,
    /// The file breaks the rules of its own format.
    #[error("the file is damaged: {what}")]
    Damaged {
        /// What is wrong with it.
        what: &'static str,
    },
    /// The file opens with a password only.
    #[error("the file is protected by a password")]
    Locked,
    /// The file holds more than is read at once.
    #[error("the file is too large to be read as it is")]
    TooLarge,
    /// An archive with several tables of which none says what it is.
    #[error("the archive holds several tables")]
    ManyTables,
    /// The list may be one of people or of opt-outs.
    #[error("it was not said what the list is")]
    MeaningUnknown,
    /// The file is something else, whatever its name says.
    #[error("this is {what}, not a list of people")]
    NotATable {
        /// What it is.
        what: &'static str,
    },
    /// No column names a person.
    #[error("no column holds a phone number")]
    NoPhoneColumn,
    /// The file changed between preview and commit, or is gone.
    #[error("the file is not the one that was looked at")]
    Changed,
    /// The preview is not known any more.
    #[error("this preview is no longer there")]
    NoPreview,
    /// The import is not known.
    #[error("there is no such import")]
    NoImport,
    /// The import is not in a state for this.
    #[error("the import is not under way")]
    WrongState,
    /// The import cannot be taken back now.
    #[error("the import is being written, or was taken back already")]
    NotUndoable,
    /// The attestation misses something.
    #[error("the attestation is not complete: {what}")]
    Attestation {
        /// What is missing.
        what: &'static str,
    },
    /// The file with the rows that were left out cannot be written.
    #[error("the file cannot be written")]
    Unwritable(#[source] std::io::Error),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ImportError> for UiError {
    fn from(error: ImportError) -> Self {
        let file = |message: String, remedy: &str| UiError::new(UiErrorCode::ImportFile, message, remedy);
        match error {
            ImportError::Unreadable(e) if e.kind() == std::io::ErrorKind::NotFound => {
                file("There is no file at this path.".to_owned(), "Choose the file again.")
            }
            ImportError::Unreadable(e) if e.kind() == std::io::ErrorKind::InvalidData => file(
                format!("The file was not read to its end: {e}."),
                "Open it in a spreadsheet, look for a quotation mark that stands alone, and save it as CSV again.",
            ),
            ImportError::Unreadable(e) if e.kind() == std::io::ErrorKind::FileTooLarge => file(
                format!("The file was not read: {e}."),
                "If it really is a list of people, unpack it and choose the table itself.",
            ),
            ImportError::Damaged { what } => file(
                format!("The file was not read to its end: {what}."),
                "Export the list again from the program it comes from, or save it there as CSV, and choose that file.",
            ),
            ImportError::Unreadable(e) => file(
                format!("The file could not be read ({}).", e.kind()),
                "Check that it is still there and that you may open it, then choose it again.",
            ),
            ImportError::Empty => file(
                "The file is empty: there is no row in it.".to_owned(),
                "Export the list again and check that it contains rows.",
            ),
            ImportError::NotATable { what } => file(
                format!("The file was not imported: it is {what}, whatever its name says."),
                "Open it in the program it comes from and save it as CSV (comma separated, UTF-8).",
            ),
            ImportError::Locked => file(
                "The file is protected by a password, so nothing in it could be read.".to_owned(),
                "Open it in the program it comes from, take the password away or save it as CSV, and choose that file.",
            ),
            ImportError::TooLarge => file(
                "The file holds more than can be read from its format at once.".to_owned(),
                "Open it in a spreadsheet, save the sheet with the people as CSV and choose that file.",
            ),
            ImportError::ManyTables => file(
                "The archive holds several tables, and it cannot be told which of them is the list.".to_owned(),
                "Unpack it and choose the table with the people.",
            ),
            ImportError::MeaningUnknown => UiError::new(
                UiErrorCode::InvalidInput,
                "This list has nothing but numbers: it may be people to write to, or people who must not be written to.",
                "Say whether these people opted out.",
            )
            .with_details(serde_json::json!({ "field": "meaning" })),
            ImportError::NoPhoneColumn => UiError::new(
                UiErrorCode::InvalidInput,
                "No column is marked as the phone number, so nobody could be recognised.",
                "Choose the column with the phone numbers.",
            )
            .with_details(serde_json::json!({ "field": "mapping" })),
            ImportError::Changed => file(
                "The file changed since it was looked at; nothing of the new content was imported.".to_owned(),
                "Choose the file again to look at it as it is now.",
            ),
            ImportError::NoPreview => {
                UiError::new(UiErrorCode::WrongState, "This preview is no longer there.", "Choose the file again.")
            }
            ImportError::NoImport => {
                UiError::new(UiErrorCode::NotFound, "There is no such import.", "Choose one from the list of imports.")
            }
            ImportError::WrongState => UiError::new(
                UiErrorCode::WrongState,
                "This import is not under way, so there is nothing to cancel.",
                "What it wrote stays; the list of imports shows it.",
            ),
            ImportError::NotUndoable => UiError::new(
                UiErrorCode::WrongState,
                "This import is still being written, or was taken back already, so nothing was taken back now.",
                "Stop it first if it is under way; the list of imports shows how it stands.",
            ),
            ImportError::Attestation { what } => UiError::new(
                UiErrorCode::InvalidInput,
                format!("The attestation is not complete: {what}."),
                "Fill it in, or take these people along without marketing.",
            )
            .with_details(serde_json::json!({ "field": "attestation" })),
            ImportError::Unwritable(e) => UiError::new(
                UiErrorCode::Disk,
                format!("The file with the rows that were left out could not be written ({}).", e.kind()),
                "Choose another folder and try again; the rows are kept.",
            ),
            ImportError::Store(e) => EngineError::Store(e).into(),
        }
    }
}

/// Runs work on a thread that may block; a panic there is a fault of ours and not of the caller.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ImportError> + Send + 'static,
) -> Result<T, ImportError> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(ImportError::Store(StoreError::Closed)))
}

#[cfg(test)]
mod tests;

/// Why a row about somebody who was erased is not taken.
fn erased_sentence(at: switchboard_domain::time::UnixMillis) -> String {
    let day = jiff::Timestamp::from_millisecond(at.as_ms())
        .map(|t| t.strftime("%-d %B %Y").to_string())
        .unwrap_or_else(|_| "an earlier day".to_owned());
    format!("This person was erased here on {day}. A list does not bring them back; they can write to you themselves.")
}
