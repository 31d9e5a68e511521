//! From entries of the relay's log to the store, a few at a time.

use switchboard_cloud_api::webhooks::{Event, reader};
use switchboard_domain::ids::RelaySeq;
use switchboard_domain::time::UnixMillis;
use switchboard_relay_api::{Entry, Payload};
use switchboard_store::tables::relay_notes::DeskNote;
use switchboard_store::tables::{raw_events, relay};
use switchboard_store::{Priority, Store, StoreError, WriteTx};

use super::notes;
use crate::inbound::{Applied, Arrival, InboundRules, NotApplied, apply_event, may_be_opt_out};

/// Events of one transaction, more or less: about 50 ms of writing (P9). An entry is never divided.
const EVENTS_AT_ONCE: usize = 500;
/// Kept raw events of older versions that are read again at a start.
const READ_AGAIN: u32 = 1_000;
/// What this program calls itself beside a raw event: after an upgrade such events are read again.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What one transaction did.
#[derive(Clone, Debug)]
pub struct BatchOutcome {
    /// The newest entry that is applied now.
    pub upto: RelaySeq,
    /// What it brought.
    pub applied: Applied,
}

/// An entry, read before the transaction begins.
enum Read {
    /// A webhook: body and events.
    Webhook { body: Vec<u8>, events: Vec<Event> },
    /// A stretch that the relay no longer had.
    Gap { missing: u64 },
    /// Nothing that this version understands; kept as it came.
    Raw { bytes: Vec<u8>, reason: String },
    /// What a console of the desk tells the others.
    Note { id: Vec<u8>, note: DeskNote },
    /// Who sends changed: the link's state says it.
    Lease,
    /// A console was let in or removed.
    Roster,
}

struct Piece {
    arrival: Arrival,
    read: Read,
}

/// Applies entries in order, in transactions of moderate size; `committed` is called after each.
///
/// # Errors
/// [`StoreError`]: what was committed until then stays, the rest comes again from the relay.
pub async fn apply_entries(
    store: &Store,
    entries: Vec<Entry>,
    rules: &InboundRules,
    mut committed: impl FnMut(&BatchOutcome),
) -> Result<(), StoreError> {
    // Reading megabytes of JSON is work for another thread than the one that answers the relay's pings.
    let pieces = tokio::task::spawn_blocking(move || entries.into_iter().map(read).collect::<Vec<Piece>>())
        .await
        .map_err(|_| StoreError::Closed)?;
    let mut chunk: Vec<Piece> = Vec::new();
    let mut events = 0usize;
    let mut pieces = pieces.into_iter().peekable();
    while let Some(piece) = pieces.next() {
        if let Read::Webhook { events: found, .. } = &piece.read {
            events = events.saturating_add(found.len());
        }
        chunk.push(piece);
        if events >= EVENTS_AT_ONCE || pieces.peek().is_none() {
            let outcome = apply_chunk(store, std::mem::take(&mut chunk), rules.clone()).await?;
            events = 0;
            committed(&outcome);
        }
    }
    Ok(())
}

fn read(entry: Entry) -> Piece {
    let arrival = Arrival { seq: RelaySeq(entry.seq.get()), received_at: UnixMillis::new(entry.received_ms) };
    let read = match entry.open() {
        Ok(Payload::Webhook(webhook)) => match reader::read(&webhook.body) {
            Ok(events) => Read::Webhook { body: webhook.body, events },
            Err(error) => Read::Raw { reason: error.to_string(), bytes: webhook.body },
        },
        Ok(Payload::Gap(gap)) => Read::Gap { missing: gap.to.since(gap.from).saturating_add(1) },
        Ok(Payload::Note(payload)) => match serde_json::from_slice(&payload) {
            Ok(note) => Read::Note { id: entry.note_id, note },
            Err(error) => Read::Raw { reason: format!("a note: {error}"), bytes: payload },
        },
        Ok(Payload::Lease(_)) => Read::Lease,
        Ok(Payload::Roster(_)) => Read::Roster,
        Ok(Payload::Unknown(kind)) => Read::Raw { reason: format!("an entry of kind {kind}"), bytes: entry.sealed },
        Err(error) => Read::Raw { reason: error.to_string(), bytes: entry.sealed },
    };
    Piece { arrival, read }
}

async fn apply_chunk(store: &Store, pieces: Vec<Piece>, rules: InboundRules) -> Result<BatchOutcome, StoreError> {
    let urgent = pieces.iter().any(|piece| match &piece.read {
        Read::Webhook { events, .. } => events.iter().any(may_be_opt_out),
        Read::Note { .. } => true,
        _ => false,
    });
    let priority = if urgent { Priority::OptOut } else { Priority::Inbound };
    store
        .write(priority, move |tx| {
            let cursor = relay::get(tx)?.map_or(RelaySeq(0), |row| row.cursor);
            let mut applied = Applied::default();
            let mut upto = cursor;
            // Handed over again after a crash between commit and acknowledgement: passed over.
            for piece in pieces.iter().filter(|piece| piece.arrival.seq > cursor) {
                apply_piece(tx, piece, &rules, &mut applied)?;
                upto = upto.max(piece.arrival.seq);
            }
            relay::advance(tx, upto, applied.events, applied.gaps)?;
            if applied.gaps > 0 {
                tx.touch("relay")?;
            }
            Ok::<_, StoreError>(BatchOutcome { upto, applied })
        })
        .await
}

fn apply_piece(
    tx: &mut WriteTx<'_>,
    piece: &Piece,
    rules: &InboundRules,
    applied: &mut Applied,
) -> Result<(), StoreError> {
    match &piece.read {
        Read::Webhook { body, events } => {
            let not = apply_events(tx, events, piece.arrival, rules, applied)?;
            if let Some((field, reasons)) = not {
                keep_raw(tx, piece.arrival, &field, body, &reasons)?;
                applied.kept_raw = applied.kept_raw.saturating_add(1);
            }
        }
        Read::Gap { missing } => applied.gaps = applied.gaps.saturating_add(*missing),
        Read::Raw { bytes, reason } => {
            keep_raw(tx, piece.arrival, "entry", bytes, reason)?;
            applied.kept_raw = applied.kept_raw.saturating_add(1);
        }
        Read::Note { id, note } => match notes::apply(tx, id, note, &rules.ledger)? {
            notes::Outcome::Applied => applied.sends = true,
            notes::Outcome::Ours => {}
            notes::Outcome::NotUnderstood(reason) => {
                let raw = serde_json::to_vec(note).unwrap_or_default();
                keep_raw(tx, piece.arrival, "note", &raw, &reason)?;
                applied.kept_raw = applied.kept_raw.saturating_add(1);
            }
        },
        Read::Lease => {}
        Read::Roster => tx.touch("relay")?,
    }
    Ok(())
}

/// Applies the events of one webhook, each on its own: one that fails leaves no trace and costs no sibling. Returns the
/// first field and all reasons if something was not applied.
fn apply_events(
    tx: &mut WriteTx<'_>,
    events: &[Event],
    arrival: Arrival,
    rules: &InboundRules,
    applied: &mut Applied,
) -> Result<Option<(String, String)>, StoreError> {
    let mut field: Option<String> = None;
    let mut reasons: Vec<String> = Vec::new();
    for event in events {
        savepoint(tx, "SAVEPOINT event")?;
        match apply_event(tx, event, arrival, rules, applied) {
            Ok(()) => applied.events = applied.events.saturating_add(1),
            Err(error) => {
                if !matches!(error, NotApplied::Partly(_)) {
                    savepoint(tx, "ROLLBACK TO event")?;
                }
                let reason = match error {
                    // A full or damaged disk is no fault of the event: the whole batch waits.
                    NotApplied::Store(
                        error @ (StoreError::DiskFull
                        | StoreError::Damaged
                        | StoreError::Busy
                        | StoreError::Closed
                        | StoreError::WrongKey),
                    ) => return Err(error),
                    NotApplied::Store(error) => {
                        tracing::error!(%error, field = %event.envelope.field, "an event could not be applied");
                        "the database refused it".to_owned()
                    }
                    NotApplied::NotUnderstood(reason) | NotApplied::Partly(reason) => reason.into_owned(),
                };
                field.get_or_insert_with(|| event.envelope.field.clone());
                if !reasons.contains(&reason) {
                    reasons.push(reason);
                }
            }
        }
        savepoint(tx, "RELEASE event")?;
    }
    Ok(field.map(|field| (field, reasons.join("; "))))
}

fn savepoint(tx: &WriteTx<'_>, sql: &str) -> Result<(), StoreError> {
    tx.prepare_cached(sql)?.execute([])?;
    Ok(())
}

fn keep_raw(tx: &WriteTx<'_>, arrival: Arrival, field: &str, raw: &[u8], reason: &str) -> Result<(), StoreError> {
    raw_events::keep(tx, arrival.seq, field, raw, reason, arrival.received_at, VERSION)
}

/// Reads webhooks again that an older version kept raw. Applying them once more as a whole is harmless: what was
/// applied then changes nothing now. Returns how many are understood at last.
///
/// # Errors
/// [`StoreError`].
pub async fn read_again(store: &Store, rules: &InboundRules) -> Result<u64, StoreError> {
    let rules = rules.clone();
    let mut understood = 0u64;
    loop {
        let kept = store.read(|conn| raw_events::to_read_again(conn, VERSION, READ_AGAIN)).await?;
        if kept.is_empty() {
            return Ok(understood);
        }
        let rules = rules.clone();
        understood = understood.saturating_add(
            store
                .write(Priority::Inbound, move |tx| {
                    let mut resolved = 0u64;
                    for raw in &kept {
                        let arrival = Arrival { seq: raw.relay_seq, received_at: raw.received_at };
                        let left = match reader::read(&raw.raw) {
                            Ok(events) => {
                                let mut applied = Applied::default();
                                apply_events(tx, &events, arrival, &rules, &mut applied)?.is_some()
                            }
                            Err(_) => true,
                        };
                        if left {
                            raw_events::tried_by(tx, raw.id, VERSION)?;
                        } else {
                            let now = tx.now();
                            raw_events::resolve(tx, raw.id, now)?;
                            resolved = resolved.saturating_add(1);
                        }
                    }
                    Ok::<_, StoreError>(resolved)
                })
                .await?,
        );
    }
}

#[cfg(test)]
#[path = "apply_tests.rs"]
mod tests;
