//! One message of a desk's stream: some consecutive entries, and where the log stands after them.
//!
//! A message can be read by itself: how the log stands is found by reading its last message, however many there are.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use switchboard_relay_api::{Entry, RelaySeq};

/// A message of the stream. `docs/relay-format.md` has the shape.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Page {
    /// The first entry's number; the next one to be given if there is none.
    #[n(0)]
    pub(crate) first: RelaySeq,
    /// Consecutive entries. Empty where only the state of the log was to be kept.
    #[n(1)]
    pub(crate) entries: Vec<Entry>,
    /// The last note or lease of the log, these entries included.
    #[n(2)]
    pub(crate) notes: RelaySeq,
    /// The last roster that a mark began, these entries included.
    #[n(3)]
    pub(crate) roster: u64,
    /// Which attempt to append this is; nobody else's has the same.
    #[n(4)]
    pub(crate) id: String,
}

/// Where a desk's log ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Tail {
    /// Sequence of the last message in the stream.
    pub(crate) at: u64,
    /// The last entry.
    pub(crate) head: RelaySeq,
    /// The last note or lease.
    pub(crate) notes: RelaySeq,
    /// The last roster that a mark began.
    pub(crate) roster: u64,
}

impl Page {
    /// The number after the last entry.
    pub(crate) fn end(&self) -> u64 {
        self.first.get().saturating_add(self.entries.len() as u64)
    }

    /// How the log stands if this is the message at `at`.
    pub(crate) fn tail(&self, at: u64) -> Tail {
        let head = RelaySeq::new(self.end().saturating_sub(1));
        Tail { at, head, notes: self.notes, roster: self.roster }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        // Writing to a Vec cannot fail, and every field is ours.
        minicbor::to_vec(self).unwrap_or_default()
    }

    /// None for what is no page.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let page: Self = minicbor::decode(bytes).ok()?;
        let numbers = page.entries.iter().map(|entry| entry.seq.get());
        (page.first.get()..page.end()).eq(numbers).then_some(page)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn entry(seq: u64) -> Entry {
        let kind = switchboard_relay_api::EntryKind::Roster;
        let seq = RelaySeq::new(seq);
        Entry { seq, kind, received_ms: 1, epoch: 0, nonce: vec![], sealed: vec![1], note_id: vec![] }
    }

    #[test]
    fn a_page_is_read_back_and_says_where_the_log_ends() {
        let (first, notes) = (RelaySeq::new(7), RelaySeq::new(3));
        let page = Page { first, entries: vec![entry(7), entry(8)], notes, roster: 2, id: "a".to_owned() };
        assert_eq!(Page::decode(&page.encode()).unwrap(), page);
        assert_eq!(page.tail(5), Tail { at: 5, head: RelaySeq::new(8), notes, roster: 2 });
        let empty = Page { entries: vec![], ..page };
        assert_eq!(empty.tail(6).head, RelaySeq::new(6));
    }

    #[test]
    fn what_does_not_count_on_is_no_page() {
        let page = Page {
            first: RelaySeq::new(7),
            entries: vec![entry(7), entry(9)],
            notes: RelaySeq::START,
            roster: 0,
            id: String::new(),
        };
        assert_eq!(Page::decode(&page.encode()), None);
        assert_eq!(Page::decode(b"garbage"), None);
    }
}
