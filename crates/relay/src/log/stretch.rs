//! Consecutive entries as a read collects them, and the gap entries for what is missing between.

use switchboard_relay_api::payload::encode_gap;
use switchboard_relay_api::{Entry, EntryKind, GapPayload, RelaySeq};

use super::ReadLimit;

/// Entries after one place of a log, in order.
pub(super) struct Stretch {
    entries: Vec<Entry>,
    last: RelaySeq,
    bytes: u64,
    limit: ReadLimit,
}

impl Stretch {
    /// Nothing yet, after `after`.
    pub(super) fn new(after: RelaySeq, limit: ReadLimit) -> Self {
        Self { entries: Vec::new(), last: after, bytes: 0, limit }
    }

    /// The last number that is covered.
    pub(super) fn last(&self) -> RelaySeq {
        self.last
    }

    /// Adds the next entry that is there; what was skipped becomes a gap.
    pub(super) fn push(&mut self, entry: Entry) {
        if entry.seq > self.last.next() {
            let to = RelaySeq::new(entry.seq.get().saturating_sub(1));
            self.entries.push(gap(self.last.next(), to, entry.received_ms));
        }
        self.last = entry.seq;
        self.bytes = self.bytes.saturating_add(entry.wire_bytes());
        self.entries.push(entry);
    }

    /// Whether the limit is reached.
    pub(super) fn is_full(&self) -> bool {
        self.bytes >= self.limit.bytes || self.entries.len() >= self.limit.entries as usize
    }

    /// The entries; what is missing up to `reached` is a gap at the end.
    pub(super) fn finish(mut self, reached: RelaySeq) -> Vec<Entry> {
        if self.last < reached {
            let received_ms = self.entries.last().map_or(0, |entry| entry.received_ms);
            self.entries.push(gap(self.last.next(), reached, received_ms));
        }
        self.entries
    }
}

fn gap(from: RelaySeq, to: RelaySeq, received_ms: i64) -> Entry {
    Entry {
        seq: to,
        kind: EntryKind::Gap,
        received_ms,
        epoch: 0,
        nonce: Vec::new(),
        sealed: encode_gap(&GapPayload { from, to }),
        note_id: Vec::new(),
    }
}
