//! Taking the engine role: what was on its way when the last process ended has an unknown outcome now.
//!
//! An attempt is written and synced before its request starts, and its end is written afterwards. An attempt
//! without an end may therefore have left; nothing on this side can tell, so its row becomes `Unknown` and only a
//! status with its attempt id settles it (P3). No row that never left is caught needlessly for long: a claim is
//! never larger than the free places in flight and its requests start at once, so open attempts are at most what
//! was in flight.

use std::time::Duration;

use switchboard_domain::send::AttemptOutcome;
use switchboard_store::tables::{attempts, early_statuses, outbox};
use switchboard_store::{StoreError, WriteTx};

/// After this long without a status an unknown send is called unresolved (P3): Meta tells for 7 days.
pub const UNRESOLVED_AFTER: Duration = Duration::from_secs(8 * 86_400);

/// Turns open attempts into `Unknown`. Runs before anything else under the engine role. Returns how many.
///
/// # Errors
/// [`StoreError`].
pub fn recover(tx: &mut WriteTx<'_>) -> Result<u64, StoreError> {
    let open = attempts::open(tx)?;
    let mut unknown = 0;
    for (attempt_id, outbox_id) in &open {
        attempts::finish(
            tx,
            *attempt_id,
            &attempts::Finished {
                outcome: AttemptOutcome::Unknown,
                started_seq: None,
                started_at: None,
                finished_at: tx.now(),
                wamid: None,
                graph_code: None,
                detail: Some("the program ended while it was on its way"),
            },
        )?;
        if outbox::mark_unknown(
            tx,
            *outbox_id,
            "interrupted",
            "Outcome unknown: Switchboard ended while this was on its way. A status from Meta settles it.",
        )? {
            unknown += 1;
        }
    }
    if !open.is_empty() {
        tx.touch("campaigns")?;
        tx.touch("inbox")?;
    }
    Ok(unknown)
}

/// Names what no status settled in time, and forgets early statuses that nobody claimed.
///
/// # Errors
/// [`StoreError`].
pub fn name_unresolved(tx: &mut WriteTx<'_>) -> Result<usize, StoreError> {
    let older_than = tx.now().minus(UNRESOLVED_AFTER);
    let named = outbox::mark_unresolved(
        tx,
        older_than,
        "No status arrived within 8 days: unresolved. It is not sent again by itself.",
    )?;
    early_statuses::forget_old(tx, older_than)?;
    if named > 0 {
        tx.touch("campaigns")?;
    }
    Ok(named)
}
