//! Records that have to be made out of something else, by a thread that stays a little ahead of whoever reads them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::super::ImportError;
use super::damaged;

/// Records handed over together.
const BATCH: usize = 500;
/// Batches that may wait.
const AHEAD: usize = 2;

type Batch = Result<Vec<csv::StringRecord>, ImportError>;

/// The reading end.
pub(super) struct Made {
    batches: Receiver<Batch>,
    batch: std::vec::IntoIter<csv::StringRecord>,
}

impl Made {
    /// Starts the thread. What it answers with, also a panic of a library over a crafted file, ends the records.
    pub(super) fn by(
        work: impl FnOnce(&mut Push) -> Result<(), ImportError> + Send + 'static,
    ) -> Result<Self, ImportError> {
        let (sender, batches) = sync_channel::<Batch>(AHEAD);
        let thread = move || {
            let mut push = Push { sender, batch: Vec::with_capacity(BATCH) };
            let ended = contained(AssertUnwindSafe(|| work(&mut push)));
            push.flush();
            if let Err(error) = ended {
                // Nobody reads any more: then nobody needs to know.
                drop(push.sender.send(Err(error)));
            }
        };
        std::thread::Builder::new().name("list-reader".to_owned()).spawn(thread).map_err(ImportError::Unreadable)?;
        Ok(Self { batches, batch: Vec::new().into_iter() })
    }

    /// The next record; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<csv::StringRecord>, ImportError> {
        loop {
            if let Some(record) = self.batch.next() {
                return Ok(Some(record));
            }
            match self.batches.recv() {
                Ok(batch) => self.batch = batch?.into_iter(),
                Err(_) => return Ok(None),
            }
        }
    }
}

/// The writing end.
pub(super) struct Push {
    sender: SyncSender<Batch>,
    batch: Vec<csv::StringRecord>,
}

impl Push {
    /// Hands a record over; `false` when nobody reads any more.
    pub(super) fn row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> bool {
        self.batch.push(cells.into_iter().collect());
        self.batch.len() < BATCH || self.flush()
    }

    fn flush(&mut self) -> bool {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        batch.is_empty() || self.sender.send(Ok(batch)).is_ok()
    }
}

/// Runs a library over bytes from outside; a panic there is a damaged file and no fault of the program.
pub(super) fn contained<T>(work: AssertUnwindSafe<impl FnOnce() -> Result<T, ImportError>>) -> Result<T, ImportError> {
    catch_unwind(work).unwrap_or_else(|_| Err(damaged("it is damaged inside")))
}
