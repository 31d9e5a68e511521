//! The chain of the consent ledger: how an entry is sealed, and how a broken one is found and named (P7).

use hmac::{Hmac, KeyInit, Mac};
use rusqlite::{Connection, OptionalExtension};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::meta;
use crate::{DbKey, StoreError, WriteTx};

/// Key of the chain, derived from the database key. Hidden in `Debug`.
#[derive(Clone)]
pub struct LedgerKey(Zeroizing<[u8; 32]>);

impl LedgerKey {
    /// From the bytes that the console derived for it.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The ledger key of a database.
    pub fn derive(database: &DbKey) -> Self {
        Self(Zeroizing::new(hmac(database.bytes(), &[b"switchboard consent ledger v1"])))
    }
}

impl std::fmt::Debug for LedgerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LedgerKey(hidden)")
    }
}

/// The newest entry: its number and hash. An empty ledger has number 0 and a zero hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerHead {
    /// Number of the newest entry.
    pub seq: u64,
    /// Its hash.
    pub hash: [u8; 32],
}

const HEAD: &str = "ledger_head";

/// The head as the entries themselves say.
pub(super) fn head(connection: &Connection) -> Result<LedgerHead, StoreError> {
    Ok(connection
        .prepare_cached("SELECT seq, hash FROM consent_events ORDER BY seq DESC LIMIT 1")?
        .query_row([], |r| Ok(LedgerHead { seq: r.get(0)?, hash: r.get(1)? }))
        .optional()?
        .unwrap_or(LedgerHead { seq: 0, hash: [0; 32] }))
}

pub(super) fn keep_head(tx: &WriteTx<'_>, head: &LedgerHead) -> Result<(), StoreError> {
    meta::put(tx, HEAD, &format!("{}:{}", head.seq, hex::encode(head.hash)))
}

/// What of an entry is hashed in the clear.
pub(super) struct PublicPart<'a> {
    pub seq: u64,
    pub event_id: &'a [u8; 16],
    pub contact_id: Option<&'a [u8; 16]>,
    pub kind: &'a str,
    pub purposes: &'a str,
    pub at_ms: i64,
    pub at_precision: &'a str,
    pub recorded_at_ms: i64,
    pub via: &'a str,
    pub import_id: Option<&'a [u8; 16]>,
    pub row_number: Option<i64>,
    pub decides: Option<&'a [u8; 16]>,
    pub wording: Option<&'a [u8]>,
    pub change_seq: u64,
}

impl PublicPart<'_> {
    pub(super) fn hash(&self, key: &LedgerKey, prev_hash: &[u8; 32], commitment: &[u8; 32]) -> [u8; 32] {
        let mut bytes = Vec::with_capacity(256);
        // Every part carries its length, so that no two entries can read the same.
        let mut part = |b: Option<&[u8]>| {
            let len = b.map_or(u32::MAX, |b| u32::try_from(b.len()).unwrap_or(u32::MAX));
            bytes.extend_from_slice(&len.to_be_bytes());
            bytes.extend_from_slice(b.unwrap_or_default());
        };
        part(Some(&self.seq.to_be_bytes()));
        part(Some(self.event_id));
        part(self.contact_id.map(<[u8; 16]>::as_slice));
        part(Some(self.kind.as_bytes()));
        part(Some(self.purposes.as_bytes()));
        part(Some(&self.at_ms.to_be_bytes()));
        part(Some(self.at_precision.as_bytes()));
        part(Some(&self.recorded_at_ms.to_be_bytes()));
        part(Some(self.via.as_bytes()));
        part(self.import_id.map(<[u8; 16]>::as_slice));
        part(self.row_number.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice));
        part(self.decides.map(<[u8; 16]>::as_slice));
        part(self.wording);
        part(Some(&self.change_seq.to_be_bytes()));
        hmac(key.0.as_slice(), &[prev_hash, &bytes, commitment])
    }
}

/// Binds an entry to its personal part without revealing it once the salt is gone.
pub(super) fn commitment(salt: &[u8], personal: &str) -> [u8; 32] {
    hmac(salt, &[personal.as_bytes()])
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of every length, so the error case does not exist.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    for p in parts {
        mac.update(p);
    }
    mac.finalize().into_bytes().into()
}

/// What a walk over the whole ledger found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Entries that hold.
    pub entries: u64,
    /// The first one that does not, if any.
    pub broken: Option<Broken>,
}

/// The first broken entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its number, or the number where one is missing.
    pub seq: u64,
    /// What is wrong, for a sentence.
    pub what: &'static str,
}

/// Walks the chain from its first entry to the kept head.
///
/// # Errors
/// [`StoreError`].
pub fn verify(connection: &Connection, key: &LedgerKey) -> Result<Verified, StoreError> {
    let mut statement = connection.prepare(
        "SELECT seq, event_id, contact_id, kind, purposes, at_ms, at_precision, recorded_at_ms, via, import_id, row_number,
                decides, wording_sha256, change_seq, commitment, prev_hash, hash, salt, personal
         FROM consent_events ORDER BY seq",
    )?;
    let mut rows = statement.query([])?;
    let mut at = LedgerHead { seq: 0, hash: [0; 32] };
    while let Some(r) = rows.next()? {
        let seq: u64 = r.get(0)?;
        let event_id: [u8; 16] = r.get(1)?;
        let contact_id: Option<[u8; 16]> = r.get(2)?;
        let import_id: Option<[u8; 16]> = r.get(9)?;
        let decides: Option<[u8; 16]> = r.get(11)?;
        let wording: Option<Vec<u8>> = r.get(12)?;
        let commitment_kept: [u8; 32] = r.get(14)?;
        let prev_hash: [u8; 32] = r.get(15)?;
        let hash_kept: [u8; 32] = r.get(16)?;
        let salt: Option<Vec<u8>> = r.get(17)?;
        let personal: Option<String> = r.get(18)?;
        let expected = at.seq.saturating_add(1);
        let what = if seq != expected {
            Some("an entry is missing before this one")
        } else if prev_hash != at.hash {
            Some("it does not follow the entry before it")
        } else {
            let public = PublicPart {
                seq,
                event_id: &event_id,
                contact_id: contact_id.as_ref(),
                kind: r.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?,
                purposes: r.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?,
                at_ms: r.get(5)?,
                at_precision: r.get_ref(6)?.as_str().map_err(rusqlite::Error::from)?,
                recorded_at_ms: r.get(7)?,
                via: r.get_ref(8)?.as_str().map_err(rusqlite::Error::from)?,
                import_id: import_id.as_ref(),
                row_number: r.get(10)?,
                decides: decides.as_ref(),
                wording: wording.as_deref(),
                change_seq: r.get(13)?,
            };
            if public.hash(key, &at.hash, &commitment_kept) != hash_kept {
                Some("its content was changed")
            } else {
                // Without salt the personal part was erased, and the commitment alone stands for it.
                let kept = salt.as_deref().map(|s| commitment(s, personal.as_deref().unwrap_or_default()));
                kept.is_some_and(|c| c != commitment_kept).then_some("its evidence was changed")
            }
        };
        if let Some(what) = what {
            let seq = if seq == expected { seq } else { expected };
            return Ok(Verified { entries: at.seq, broken: Some(Broken { seq, what }) });
        }
        at = LedgerHead { seq, hash: hash_kept };
    }
    let kept = meta::get(connection, HEAD)?.unwrap_or_else(|| format!("0:{}", hex::encode([0u8; 32])));
    let broken = (kept != format!("{}:{}", at.seq, hex::encode(at.hash)))
        .then(|| Broken { seq: at.seq.saturating_add(1), what: "entries are missing at the end" });
    Ok(Verified { entries: at.seq, broken })
}

#[cfg(test)]
#[path = "ledger_chain_tests.rs"]
mod tests;
