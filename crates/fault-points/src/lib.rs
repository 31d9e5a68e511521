//! Named places in the way of a message where a test may end the process, or step in between two steps.
//!
//! Without the feature `armed` there is nothing here: [`reach`] is empty, no name of a point is in the program, and
//! ids are random. The chaos suite builds with it and then decides in one of two ways:
//! - *truth runs* start a program with `SWITCHBOARD_FAULT_POINT=claim.committed:3`: at the third time that this point
//!   is reached the process says so on stderr and kills itself (SIGKILL), so that nothing is flushed or released;
//! - *width runs* install a hook in their own process, which may write to the store at a point, or never return: then
//!   everything in memory is dropped, as a death would.

/// A place that can be reached. The order is that of a message's way.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "armed", derive(Debug))]
pub enum Point {
    /// A part of an audience is in the outbox.
    EnqueueCommitted,
    /// Rows are claimed and their attempts written; nothing was started.
    ClaimCommitted,
    /// The last look at suppression was taken for the next few requests.
    LookTaken,
    /// A request is about to be written.
    WireStarted,
    /// Its answer is here and not recorded.
    AnswerReceived,
    /// Outcomes are recorded.
    RecordCommitted,
    /// The relay has an event on its disk and did not answer yet.
    RelayAppended,
    /// The relay handed entries to a console.
    RelayHanded,
    /// Entries are applied here, and the relay was not told.
    PullCommitted,
    /// The relay was told.
    PullAcked,
}

#[cfg(all(feature = "armed", not(debug_assertions)))]
compile_error!("fault points belong into no release: only the chaos suite of a debug build has them");

#[cfg(feature = "armed")]
mod armed;

#[cfg(feature = "armed")]
pub use armed::{HookGuard, Verdict, id_bytes, install, reach, seed_ids};

/// Passes a point: nothing happens.
#[cfg(not(feature = "armed"))]
#[inline(always)]
pub async fn reach(_: Point) {}

/// Bytes for an id that a test wants to be the same in every run: none.
#[cfg(not(feature = "armed"))]
#[inline(always)]
pub const fn id_bytes() -> Option<[u8; 16]> {
    None
}
