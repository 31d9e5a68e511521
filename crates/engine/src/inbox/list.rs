//! The list of threads.

use switchboard_bridge::dto::{Direction, ThreadFilter, ThreadListRequest, ThreadPage, ThreadRow, ThreadSort};
use switchboard_domain::redact::Personal;
use switchboard_domain::time::UnixMillis;
use switchboard_domain::window;
use switchboard_store::tables::threads::{self, Order, Thread, Which};
use switchboard_store::{Connection, StoreError};

use super::{LONGEST_PAGE, ticks};

/// A page of the list.
///
/// # Errors
/// [`StoreError`].
pub fn list(conn: &Connection, request: &ThreadListRequest, now: UnixMillis) -> Result<ThreadPage, StoreError> {
    let which = match request.filter {
        ThreadFilter::All => Which::All,
        ThreadFilter::Unread => Which::Unread,
        ThreadFilter::Open => Which::Open,
    };
    let order = match request.sort {
        ThreadSort::Newest => Order::Newest,
        ThreadSort::ClosingSoonest => Order::ClosingSoonest,
    };
    let limit = request.limit.min(LONGEST_PAGE);
    let (rows, total) = threads::list(conn, which, order, request.search.as_deref(), now, request.offset, limit)?;
    Ok(ThreadPage { rows: rows.into_iter().map(row).collect(), total })
}

/// A stored thread as the list shows it.
pub(super) fn row(thread: Thread) -> ThreadRow {
    ThreadRow {
        contact_id: thread.contact_id.to_string(),
        name: thread.name.into_inner(),
        last_line: thread.last_line.into_inner(),
        last_direction: if thread.last_inbound { Direction::In } else { Direction::Out },
        last_ticks: thread.last_sending.as_ref().filter(|_| !thread.last_inbound).map(ticks),
        last_at_ms: thread.last_at.as_ms(),
        unread: thread.unread,
        window_closes_at_ms: thread.last_inbound_at.map(|at| window::closes_at(at).as_ms()),
        opted_out: thread.opted_out,
    }
}

/// A thread with nobody's words in it yet.
pub(super) fn empty_row(contact_id: &str, name: Personal, opted_out: bool, at: UnixMillis) -> ThreadRow {
    ThreadRow {
        contact_id: contact_id.to_owned(),
        name: name.into_inner(),
        last_line: String::new(),
        last_direction: Direction::Out,
        last_ticks: None,
        last_at_ms: at.as_ms(),
        unread: 0,
        window_closes_at_ms: None,
        opted_out,
    }
}
