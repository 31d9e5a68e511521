//! Copying the write-ahead log back into the database beside the writer instead of within its turns.
//!
//! The writer tells how long the log is; a thread with a connection of its own copies while the writer goes on. Under
//! steady writing such a copy never catches up with the end of the log, so past [`LONGEST_LOG_PAGES`] the writer
//! copies the little that is left itself and starts the log anew.

use std::cell::Cell;
use std::sync::mpsc;
use std::thread::JoinHandle;

use rusqlite::Connection;
use rusqlite::hooks::Wal;

use crate::StoreError;

/// From this length on the log is copied back by the thread: 8 MiB.
const COPY_FROM_PAGES: i32 = 2_000;
/// At this length the writer finishes the copy and starts the log anew: 64 MiB.
const LONGEST_LOG_PAGES: i32 = 16_000;

thread_local! {
    /// Length of the log after the newest commit of this thread, which is the writer's.
    static LOG_PAGES: Cell<i32> = const { Cell::new(0) };
}

/// The thread that copies. It ends when this is dropped.
pub(crate) struct Checkpoints {
    ask: Option<mpsc::SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    /// Takes a connection for the thread.
    pub(crate) fn start(connection: Connection) -> Result<Self, StoreError> {
        // One request may wait: it stands for everything that is written until its turn.
        let (ask, asked) = mpsc::sync_channel::<()>(1);
        let thread = std::thread::Builder::new()
            .name("store-checkpoint".to_owned())
            .spawn(move || {
                for () in asked {
                    let copied = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
                    if let Err(error) = copied {
                        tracing::warn!(%error, "copying the log back; the next try copies it all");
                    }
                }
            })
            .map_err(|source| StoreError::Io { what: "a thread for checkpoints", source })?;
        Ok(Self { ask: Some(ask), thread: Some(thread) })
    }

    /// Takes over from the writing connection, whose own turns copied so far.
    pub(crate) fn watch(writing: &Connection) {
        writing.wal_hook(Some(note_length));
    }

    /// To be called by the writer's thread after each commit.
    pub(crate) fn after_commit(&self) {
        if LOG_PAGES.get() >= COPY_FROM_PAGES
            && let Some(ask) = &self.ask
            && let Err(mpsc::TrySendError::Disconnected(())) = ask.try_send(())
        {
            tracing::error!("the checkpoint thread is gone; the log is copied by the writer alone");
        }
    }
}

fn note_length(wal: &Wal, pages: i32) -> rusqlite::Result<()> {
    LOG_PAGES.set(pages);
    // The commit stands, whatever becomes of the copy: a log that stays long is no error of it.
    if pages >= LONGEST_LOG_PAGES
        && let Err(error) = wal.checkpoint()
    {
        tracing::warn!(%error, "copying the log back; the next commit tries again");
    }
    Ok(())
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.ask = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the checkpoint thread ended by a panic");
        }
    }
}
