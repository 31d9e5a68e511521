//! Dropping what is old: first the log's floor moves up, for all relays; then the messages below it go.

use std::sync::atomic::Ordering;

use switchboard_relay_api::RelaySeq;

use super::Desk;
use super::desk::{DeskLog, unreachable};
use super::writer::Contents;
use crate::log::{Age, LogError};

/// Most entries that one call looks at.
const MAX_PURGE: u64 = 20_000;

pub(super) async fn purge(desk: &Desk, upto: RelaySeq, age: Age) -> Result<u64, LogError> {
    let log = &desk.log;
    let floor = desk.shared.floor().await?;
    log.floor.fetch_max(floor.get(), Ordering::Relaxed);
    let upto = upto.min(log.tail().head);
    let cut = if upto < floor { None } else { last_old(log, floor, upto, age).await? };
    let Some(cut) = cut else { return Ok(0) };
    if cut == log.tail().head {
        // How the log stands is read from its last message: an empty one keeps that when all others go.
        desk.submit(Contents::Keep).await?;
    }
    let raised = desk.shared.raise_floor(cut.next()).await?;
    log.floor.fetch_max(raised.get(), Ordering::Relaxed);
    // Everything before the message with the first entry that stays; a message that is partly old stays with it.
    // The last message stays whatever it is: without it nobody would know how the log stands.
    let first_kept = log.locate(raised).await?.min(log.tail().at);
    // To JetStream, "everything before the first" means everything.
    if first_kept > 1 {
        log.stream.purge().sequence(first_kept).await.map_err(|e| unreachable(&e))?;
    }
    Ok(cut.next().since(floor))
}

/// The last entry of those from `floor` to `upto` that are old enough, up to the first that is not.
async fn last_old(log: &DeskLog, floor: RelaySeq, upto: RelaySeq, age: Age) -> Result<Option<RelaySeq>, LogError> {
    let mut cut = None;
    let mut at = log.locate(floor).await?;
    let last = log.tail().at;
    while at <= last {
        let entries = log.page(at).await?.map(|page| page.entries).unwrap_or_default();
        for entry in entries.iter().filter(|entry| entry.seq >= floor) {
            if entry.seq > upto {
                return Ok(cut);
            }
            match age.is_old(entry.received_ms) {
                Some(true) => cut = Some(entry.seq),
                Some(false) => return Ok(cut),
                None => {}
            }
            // Entries of an unknown age are passed over until one tells.
            if cut.is_some() && entry.seq.since(floor) >= MAX_PURGE {
                return Ok(cut);
            }
        }
        at = at.saturating_add(1);
    }
    Ok(cut)
}
