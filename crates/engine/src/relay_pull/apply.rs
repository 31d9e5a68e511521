//! From entries of the relay's log to the store, a few at a time.

use switchboard_cloud_api::webhooks::{Event, reader};
use switchboard_domain::ids::RelaySeq;
use switchboard_domain::time::UnixMillis;
use switchboard_fault_points::{Point, reach};
use switchboard_relay_api::{Entry, EntryKind, Payload};
use switchboard_store::tables::raw_events::{NewRawEvent, RawEvent};
use switchboard_store::tables::relay_notes::DeskNote;
use switchboard_store::tables::{raw_events, relay};
use switchboard_store::{Priority, Store, StoreError, WriteTx};

use super::notes;
use crate::inbound::{Applied, Arrival, InboundRules, NotApplied, apply_event, may_be_opt_out};

/// Events of one transaction, more or less: about 50 ms of writing (P9). An entry is never divided.
const EVENTS_AT_ONCE: usize = 500;
/// Kept raw events of older versions that are read again at a start.
const READ_AGAIN: u32 = 1_000;
/// What this reader calls itself beside a raw event: an upgrade reads such events again. The number behind the
/// program's own is raised by whoever teaches the reader something within one version.
const READER: &str = concat!(env!("CARGO_PKG_VERSION"), "+1");

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
    Raw { field: &'static str, note_id: Vec<u8>, bytes: Vec<u8>, reason: String },
    /// What a console of the desk tells the others.
    Note { id: Vec<u8>, bytes: Vec<u8>, note: DeskNote },
    /// Who sends changed: the link's state says it.
    Lease,
    /// A console was let in or removed.
    Roster,
}

struct Piece {
    arrival: Arrival,
    kind: EntryKind,
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
            reach(Point::PullCommitted).await;
            committed(&outcome);
            reach(Point::PullAcked).await;
        }
    }
    Ok(())
}

fn read(entry: Entry) -> Piece {
    let arrival = Arrival { seq: RelaySeq(entry.seq.get()), received_at: UnixMillis::new(entry.received_ms) };
    let kind = entry.kind;
    let raw = |field, bytes, reason: String| Read::Raw { field, note_id: Vec::new(), bytes, reason };
    let read = match entry.open() {
        Ok(Payload::Webhook(webhook)) => match reader::read(&webhook.body) {
            Ok(events) => Read::Webhook { body: webhook.body, events },
            Err(error) => raw("entry", webhook.body, error.to_string()),
        },
        Ok(Payload::Gap(gap)) => Read::Gap { missing: gap.to.since(gap.from).saturating_add(1) },
        Ok(Payload::Note(payload)) => match serde_json::from_slice(&payload) {
            Ok(note) => Read::Note { id: entry.note_id, bytes: payload, note },
            Err(error) => {
                let reason = format!("a note: {error}");
                Read::Raw { field: "note", note_id: entry.note_id, bytes: payload, reason }
            }
        },
        Ok(Payload::Lease(_)) => Read::Lease,
        Ok(Payload::Roster(_)) => Read::Roster,
        Ok(Payload::Unknown(code)) => raw("entry", entry.sealed, format!("an entry of kind {code}")),
        Err(error) => raw("entry", entry.sealed, error.to_string()),
    };
    Piece { arrival, kind, read }
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
            let mut came = Vec::new();
            // Handed over again after a crash between commit and acknowledgement: passed over.
            for piece in pieces.iter().filter(|piece| piece.arrival.seq > cursor) {
                apply_piece(tx, piece, &rules, &mut applied)?;
                upto = upto.max(piece.arrival.seq);
                if piece.kind == EntryKind::Webhook {
                    came.push(piece.arrival.received_at);
                }
            }
            relay::webhooks_came(tx, &came)?;
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
                keep_raw(tx, piece, &field, (&[], body), &reasons)?;
                applied.kept_raw = applied.kept_raw.saturating_add(1);
            }
        }
        Read::Gap { missing } => applied.gaps = applied.gaps.saturating_add(*missing),
        Read::Raw { field, note_id, bytes, reason } => {
            keep_raw(tx, piece, field, (note_id, bytes), reason)?;
            applied.kept_raw = applied.kept_raw.saturating_add(1);
        }
        Read::Note { id, bytes, note } => match notes::apply(tx, id, note, piece.arrival.received_at, &rules.ledger)? {
            notes::Outcome::Applied => applied.sends = true,
            notes::Outcome::Ours => {}
            notes::Outcome::NotUnderstood(reason) => {
                keep_raw(tx, piece, "note", (id, bytes), &reason)?;
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
                    NotApplied::Erased => {
                        savepoint(tx, "RELEASE event")?;
                        continue;
                    }
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

/// Keeps what came, with the id of a note.
fn keep_raw(
    tx: &WriteTx<'_>,
    piece: &Piece,
    field: &str,
    (note_id, raw): (&[u8], &[u8]),
    reason: &str,
) -> Result<(), StoreError> {
    let event = NewRawEvent {
        relay_seq: piece.arrival.seq,
        kind: piece.kind.code(),
        note_id,
        field,
        raw,
        reason,
        received_at: piece.arrival.received_at,
        read_by: READER,
    };
    raw_events::keep(tx, &event)
}

/// Reads again what an older version kept raw. Applying a webhook once more as a whole is harmless: what was applied
/// then changes nothing now. Returns how many are understood at last.
///
/// # Errors
/// [`StoreError`].
pub async fn read_again(store: &Store, rules: &InboundRules) -> Result<u64, StoreError> {
    read_again_as(store, rules, READER).await
}

async fn read_again_as(store: &Store, rules: &InboundRules, reader: &'static str) -> Result<u64, StoreError> {
    let mut understood = 0u64;
    loop {
        let kept = store.read(move |conn| raw_events::to_read_again(conn, reader, READ_AGAIN)).await?;
        if kept.is_empty() {
            return Ok(understood);
        }
        let rules = rules.clone();
        let resolved = store.write(Priority::Inbound, move |tx| {
            let mut resolved = 0u64;
            for raw in &kept {
                if understand(tx, raw, &rules)? {
                    let now = tx.now();
                    raw_events::resolve(tx, raw.id, now)?;
                    resolved = resolved.saturating_add(1);
                } else {
                    raw_events::tried_by(tx, raw.id, reader)?;
                }
            }
            Ok::<_, StoreError>(resolved)
        });
        understood = understood.saturating_add(resolved.await?);
    }
}

/// Applies something kept, as what it was; `false` if this version does not understand it either.
fn understand(tx: &mut WriteTx<'_>, raw: &RawEvent, rules: &InboundRules) -> Result<bool, StoreError> {
    let arrival = Arrival { seq: raw.relay_seq, received_at: raw.received_at };
    // Kept before kinds were: webhooks, and notes under their own word.
    let is_note = raw.kind.map_or(raw.field == "note", |code| EntryKind::from_code(code) == EntryKind::Note);
    if is_note {
        let Ok(note) = serde_json::from_slice::<DeskNote>(&raw.raw) else { return Ok(false) };
        let id = raw.note_id.clone().unwrap_or_else(|| raw.relay_seq.0.to_be_bytes().to_vec());
        return Ok(!matches!(
            notes::apply(tx, &id, &note, raw.received_at, &rules.ledger)?,
            notes::Outcome::NotUnderstood(_)
        ));
    }
    if raw.kind.is_some_and(|code| EntryKind::from_code(code) != EntryKind::Webhook) {
        return Ok(false);
    }
    match reader::read(&raw.raw) {
        Ok(events) => Ok(apply_events(tx, &events, arrival, rules, &mut Applied::default())?.is_none()),
        Err(_) => Ok(false),
    }
}

#[cfg(test)]
#[path = "apply_tests.rs"]
mod tests;
