//! Walking the consent ledger: the first entry that does not hold is found, and what was done to it is named (P7).
//!
//! An entry carries the hash of the one before it, so any stretch can be checked by itself: stretches are walked beside
//! each other, and none needs more memory than one entry. What a cut tail leaves behind holds together; the ends tell.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Row};

use super::ledger_chain::{self, KeptHead, LedgerHead, LedgerKey, PublicPart};
use crate::StoreError;

/// What was done to the first entry that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// What it says in the clear was changed: who, what, when, by what.
    Altered,
    /// Its evidence was changed.
    EvidenceAltered,
    /// Its evidence was taken away although nobody erased the person.
    EvidenceRemoved,
    /// It is missing.
    Deleted,
    /// It was put in by somebody else.
    Inserted,
    /// It was written at another place.
    Moved,
    /// It and everything after it is missing.
    TailCut,
    /// What is kept of the ledger's end was changed.
    EndForged,
    /// The ledger up to here is another one than the keychain remembers.
    Rewritten,
}

impl Fault {
    /// One word for machines.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Altered => "altered",
            Self::EvidenceAltered => "evidence_altered",
            Self::EvidenceRemoved => "evidence_removed",
            Self::Deleted => "deleted",
            Self::Inserted => "inserted",
            Self::Moved => "moved",
            Self::TailCut => "tail_cut",
            Self::EndForged => "end_forged",
            Self::Rewritten => "rewritten",
        }
    }

    /// What was found, in a sentence about the entry with this number.
    pub fn sentence(self, seq: u64) -> String {
        match self {
            Self::Altered => format!("Entry {seq} was changed after it was written."),
            Self::EvidenceAltered => format!("The evidence of entry {seq} was changed after it was written."),
            Self::EvidenceRemoved => {
                format!("The evidence of entry {seq} was taken away, although nobody erased the person.")
            }
            Self::Deleted => format!("Entry {seq} was deleted."),
            Self::Inserted => format!("Entry {seq} was put in from outside; Switchboard did not write it."),
            Self::Moved => format!("Entry {seq} was moved here from another place."),
            Self::TailCut => format!("The end is cut off: entry {seq} and what came after it are missing."),
            Self::EndForged => {
                format!("The record of where the ledger ends was changed; entries from {seq} on may be missing.")
            }
            Self::Rewritten => format!("The ledger up to entry {seq} is not the one that the keychain remembers."),
        }
    }
}

/// The first entry that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its number, or the number where one is missing.
    pub seq: u64,
    /// What was done.
    pub fault: Fault,
}

/// What a walk over the whole ledger found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Entries that hold, up to the first that does not.
    pub entries: u64,
    /// That one, if any.
    pub broken: Option<Broken>,
}

/// People whose personal parts may be gone: those with an erasure on record. Checked with the entries themselves, since
/// an erasure that was put in breaks the chain.
///
/// # Errors
/// [`StoreError`].
pub fn erased_people(connection: &Connection) -> Result<HashSet<[u8; 16]>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT contact_id FROM contacts WHERE erased_at_ms IS NOT NULL")?;
    let people = statement.query_map([], |r| r.get::<_, [u8; 16]>(0))?.collect::<Result<HashSet<_>, _>>()?;
    let mut kept = HashSet::with_capacity(people.len());
    let mut erased =
        connection.prepare_cached("SELECT 1 FROM consent_events WHERE contact_id = ?1 AND kind = 'erased' LIMIT 1")?;
    for person in people {
        if erased.exists([person.as_slice()])? {
            kept.insert(person);
        }
    }
    Ok(kept)
}

const ENTRY: &str = "SELECT seq, event_id, contact_id, kind, purposes, at_ms, at_precision, recorded_at_ms, via, import_id, \
     row_number, decides, wording_sha256, change_seq, commitment, prev_hash, hash, salt, personal FROM consent_events";

/// An entry as it lies in the file, borrowed from the row.
struct Entry<'r> {
    public: PublicPart<'r>,
    commitment: &'r [u8; 32],
    prev_hash: &'r [u8; 32],
    hash: &'r [u8; 32],
    salt: Option<&'r [u8]>,
    personal: Option<&'r str>,
}

impl<'r> Entry<'r> {
    /// `None` for a row that this program cannot have written.
    fn read(r: &'r Row<'_>) -> Option<Self> {
        let fixed = |i| <&[u8; 16]>::try_from(r.get_ref(i).ok()?.as_blob().ok()?).ok();
        let optional = |i| match r.get_ref(i).ok()?.as_blob_or_null().ok()? {
            Some(bytes) => <&[u8; 16]>::try_from(bytes).ok().map(Some),
            None => Some(None),
        };
        let hash = |i| <&[u8; 32]>::try_from(r.get_ref(i).ok()?.as_blob().ok()?).ok();
        let text = |i| r.get_ref(i).ok()?.as_str().ok();
        Some(Self {
            public: PublicPart {
                seq: r.get(0).ok()?,
                event_id: fixed(1)?,
                contact_id: optional(2)?,
                kind: text(3)?,
                purposes: text(4)?,
                at_ms: r.get(5).ok()?,
                at_precision: text(6)?,
                recorded_at_ms: r.get(7).ok()?,
                via: text(8)?,
                import_id: optional(9)?,
                row_number: r.get(10).ok()?,
                decides: optional(11)?,
                wording: r.get_ref(12).ok()?.as_blob_or_null().ok()?,
                change_seq: r.get(13).ok()?,
            },
            commitment: hash(14)?,
            prev_hash: hash(15)?,
            hash: hash(16)?,
            salt: r.get_ref(17).ok()?.as_blob_or_null().ok()?,
            personal: r.get_ref(18).ok()?.as_str_or_null().ok()?,
        })
    }

    /// The number under which it was written, looked for near the one it has.
    fn written_as(mut self, key: &LedgerKey) -> Option<u64> {
        let here = self.public.seq;
        let mut buffer = Vec::with_capacity(256);
        let near = (0..=1_000u64).flat_map(|d| [here.checked_add(d), here.checked_sub(d)]).flatten();
        for seq in near {
            self.public.seq = seq;
            if self.public.hash_with(&mut buffer, key, self.prev_hash, self.commitment) == *self.hash {
                return Some(seq);
            }
        }
        None
    }
}

/// Walks the entries `from..=to`; `to` must not lie behind the last one.
///
/// # Errors
/// [`StoreError`].
pub fn stretch(
    connection: &Connection,
    key: &LedgerKey,
    from: u64,
    to: u64,
    erased: &HashSet<[u8; 16]>,
) -> Result<Option<Broken>, StoreError> {
    let before = from.saturating_sub(1);
    let Some(mut prev_hash) = hash_of(connection, before)? else {
        return Ok(Some(Broken { seq: before, fault: Fault::Deleted }));
    };
    let mut statement = connection.prepare_cached(&format!("{ENTRY} WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq"))?;
    let mut rows = statement.query([from, to])?;
    let mut buffer = Vec::with_capacity(320);
    let mut expected = from;
    while let Some(row) = rows.next()? {
        let found: u64 = row.get(0)?;
        let holds = Entry::read(row).filter(|e| {
            found == expected
                && *e.prev_hash == prev_hash
                && e.public.hash_with(&mut buffer, key, e.prev_hash, e.commitment) == *e.hash
        });
        let Some(entry) = holds else {
            return Ok(Some(Broken { seq: expected, fault: what_happened(connection, key, expected)? }));
        };
        let fault = match (entry.salt, entry.personal) {
            (Some(salt), Some(personal)) => {
                (ledger_chain::commitment(salt, personal) != *entry.commitment).then_some(Fault::EvidenceAltered)
            }
            // An erasure takes both; then the commitment alone stands for them.
            (None, None) if entry.public.contact_id.is_some_and(|c| erased.contains(c)) => None,
            _ => Some(Fault::EvidenceRemoved),
        };
        if let Some(fault) = fault {
            return Ok(Some(Broken { seq: expected, fault }));
        }
        prev_hash = *entry.hash;
        expected = expected.saturating_add(1);
    }
    Ok((expected <= to).then_some(Broken { seq: expected, fault: Fault::Deleted }))
}

fn hash_of(connection: &Connection, seq: u64) -> Result<Option<[u8; 32]>, StoreError> {
    if seq == 0 {
        return Ok(Some(LedgerHead::EMPTY.hash));
    }
    let found: Option<Vec<u8>> = connection
        .prepare_cached("SELECT hash FROM consent_events WHERE seq = ?1")?
        .query_row([seq], |r| r.get(0))
        .optional()?;
    Ok(found.and_then(|h| h.try_into().ok()))
}

/// Whether the ledger has this very entry at its number.
///
/// # Errors
/// [`StoreError`].
pub fn contains(connection: &Connection, head: &LedgerHead) -> Result<bool, StoreError> {
    Ok(hash_of(connection, head.seq)? == Some(head.hash))
}

/// Names what was done at the first place that does not hold, from what lies there and behind it.
fn what_happened(connection: &Connection, key: &LedgerKey, at: u64) -> Result<Fault, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{ENTRY} WHERE seq = ?1"))?;
    let mut written_as = |seq: u64| -> Result<Option<Option<u64>>, StoreError> {
        let mut rows = statement.query([seq])?;
        Ok(rows.next()?.map(|row| Entry::read(row).and_then(|e| e.written_as(key))))
    };
    let Some(here) = written_as(at)? else { return Ok(Fault::Deleted) };
    let behind = written_as(at.saturating_add(1))?;
    Ok(match (here, behind) {
        // What lies behind belongs here: this one was pushed in before it.
        (None, Some(Some(next))) if next == at => Fault::Inserted,
        (None, _) => Fault::Altered,
        // It says itself that it is this entry, but follows another one than lies before it.
        (Some(was), _) if was == at => Fault::Altered,
        (Some(_), Some(Some(next))) if next == at => Fault::Moved,
        // Everything moved up by as much: one is missing, and the numbers were closed up.
        (Some(was), Some(Some(next))) if was > at && next > was => Fault::Deleted,
        (Some(was), None) if was > at => Fault::Deleted,
        (Some(_), _) => Fault::Moved,
    })
}

/// Whether the ledger ends where the database and the keychain say.
///
/// # Errors
/// [`StoreError`].
pub fn ends(
    connection: &Connection,
    key: &LedgerKey,
    anchor: Option<LedgerHead>,
) -> Result<Option<Broken>, StoreError> {
    let last = ledger_chain::head(connection)?;
    let next = last.seq.saturating_add(1);
    let against = |kept: LedgerHead| match kept.seq.cmp(&last.seq) {
        std::cmp::Ordering::Greater => Some(Broken { seq: next, fault: Fault::TailCut }),
        std::cmp::Ordering::Equal if kept.hash == last.hash => None,
        _ => Some(Broken { seq: kept.seq.saturating_add(1).min(next), fault: Fault::EndForged }),
    };
    let forged = Some(Broken { seq: next, fault: Fault::EndForged });
    let by_kept = match ledger_chain::kept_head(connection, key)? {
        KeptHead::Sealed(kept) => against(kept),
        // Written by a version that had no anchor either: where there is one, the seal was taken off.
        KeptHead::Unsealed(kept) => {
            if anchor.is_some() {
                forged
            } else {
                against(kept)
            }
        }
        KeptHead::Absent if last.seq == 0 && anchor.is_none() => None,
        KeptHead::Absent | KeptHead::Forged => forged,
    };
    let by_anchor = match anchor {
        Some(a) if a.seq > last.seq => Some(Broken { seq: next, fault: Fault::TailCut }),
        Some(a) if hash_of(connection, a.seq)? != Some(a.hash) => Some(Broken { seq: a.seq, fault: Fault::Rewritten }),
        _ => None,
    };
    Ok(match (by_anchor, by_kept) {
        // The keychain knows better than the file what is missing.
        (Some(a), Some(b)) if b.seq < a.seq => Some(b),
        (Some(a), _) => Some(a),
        (None, b) => b,
    })
}

/// Walks the whole chain on one connection, and looks at its end.
///
/// # Errors
/// [`StoreError`].
pub fn verify(connection: &Connection, key: &LedgerKey, anchor: Option<LedgerHead>) -> Result<Verified, StoreError> {
    let last = ledger_chain::head(connection)?;
    let broken = match last.seq {
        0 => None,
        to => stretch(connection, key, 1, to, &erased_people(connection)?)?,
    };
    let broken = match broken {
        Some(broken) => Some(broken),
        None => ends(connection, key, anchor)?,
    };
    let entries = broken.map_or(last.seq, |b| b.seq.saturating_sub(1).min(last.seq));
    Ok(Verified { entries, broken })
}

#[cfg(test)]
#[path = "ledger_verify_tests.rs"]
mod tests;
