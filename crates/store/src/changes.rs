//! The change feed: a number that grows with every commit that touched something.

use switchboard_domain::ids::ChangeSeq;
use tokio::sync::watch;

/// Watches the newest change number of this process's commits. Commits of other processes are found by
/// asking the `changes` table.
#[derive(Clone)]
pub struct ChangeFeed {
    newest: watch::Sender<ChangeSeq>,
}

impl ChangeFeed {
    pub(crate) fn new(seq: ChangeSeq) -> Self {
        Self { newest: watch::Sender::new(seq) }
    }

    /// The newest number.
    pub fn newest(&self) -> ChangeSeq {
        *self.newest.borrow()
    }

    /// A receiver that wakes on every newer number.
    pub fn subscribe(&self) -> watch::Receiver<ChangeSeq> {
        self.newest.subscribe()
    }

    pub(crate) fn publish(&self, seq: ChangeSeq) {
        self.newest.send_if_modified(|s| {
            let newer = seq > *s;
            if newer {
                *s = seq;
            }
            newer
        });
    }
}
