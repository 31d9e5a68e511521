//! The chain of the consent ledger: how an entry is sealed, and where the chain ends (P7).
//!
//! `hash` of an entry = MAC(key, hash of the entry before || public part || commitment to the personal part). The end is
//! kept beside the entries under a MAC of its own, and the console anchors it in the keychain: a cut tail leaves entries
//! that all hold, so only what is kept elsewhere can tell. [`super::ledger_verify`] walks the chain.

use hmac::{Hmac, KeyInit, Mac};
use rusqlite::{Connection, OptionalExtension};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::meta;
use crate::{DbKey, StoreError, WriteTx};

/// Key of the chain, derived from the database key. Hidden in `Debug`.
#[derive(Clone)]
pub struct LedgerKey {
    bytes: Zeroizing<[u8; 32]>,
    /// Keyed once: a walk over millions of entries would spend a third of its time on keying.
    keyed: Hmac<Sha256>,
}

impl LedgerKey {
    /// From the bytes that the console derived for it.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self { keyed: keyed(&bytes), bytes: Zeroizing::new(bytes) }
    }

    /// The ledger key of a database.
    pub fn derive(database: &DbKey) -> Self {
        Self::new(hmac(database.bytes(), &[b"switchboard consent ledger v1"]))
    }

    fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.keyed.clone();
        for p in parts {
            mac.update(p);
        }
        mac.finalize().into_bytes().into()
    }

    /// A key of its own for another use beside the ledger, named by `label`.
    pub(super) fn for_use(&self, label: &[u8]) -> Self {
        Self::new(hmac(self.bytes.as_slice(), &[label]))
    }

    /// What stands for a value that must be recognised and not be kept.
    pub(super) fn mark(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.mac(parts)
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

impl LedgerHead {
    /// The head of a ledger without entries.
    pub const EMPTY: Self = Self { seq: 0, hash: [0; 32] };

    /// As `number:hash`, for a keychain entry or a backup.
    pub fn to_text(&self) -> String {
        format!("{}:{}", self.seq, hex::encode(self.hash))
    }

    /// Reads that back.
    pub fn parse(text: &str) -> Option<Self> {
        let (seq, hash) = text.split_once(':')?;
        let mut bytes = [0u8; 32];
        hex::decode_to_slice(hash, &mut bytes).ok()?;
        Some(Self { seq: seq.parse().ok()?, hash: bytes })
    }

    fn seal(&self, key: &LedgerKey) -> [u8; 32] {
        key.mac(&[b"head", &self.seq.to_be_bytes(), &self.hash])
    }
}

const HEAD: &str = "ledger_head";

/// What the database keeps of the end of its ledger, beside the entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptHead {
    /// Written by this program, under the key.
    Sealed(LedgerHead),
    /// Written by a version that did not seal it yet.
    Unsealed(LedgerHead),
    /// Nothing is kept.
    Absent,
    /// Not written by this program.
    Forged,
}

/// The head as the entries themselves say.
///
/// # Errors
/// [`StoreError`].
pub fn head(connection: &Connection) -> Result<LedgerHead, StoreError> {
    Ok(connection
        .prepare_cached("SELECT seq, hash FROM consent_events ORDER BY seq DESC LIMIT 1")?
        .query_row([], |r| {
            // A hash of the wrong length was not written here; as none it fits nothing, and verifying names the entry.
            Ok(LedgerHead { seq: r.get(0)?, hash: r.get::<_, Vec<u8>>(1)?.try_into().unwrap_or([0; 32]) })
        })
        .optional()?
        .unwrap_or(LedgerHead::EMPTY))
}

/// The head as it is kept beside the entries.
///
/// # Errors
/// [`StoreError`].
pub fn kept_head(connection: &Connection, key: &LedgerKey) -> Result<KeptHead, StoreError> {
    let Some(text) = meta::get(connection, HEAD)? else { return Ok(KeptHead::Absent) };
    if let Some(head) = LedgerHead::parse(&text) {
        return Ok(KeptHead::Unsealed(head));
    }
    let sealed = text.rsplit_once(':').and_then(|(head, seal)| {
        let head = LedgerHead::parse(head)?;
        (hex::encode(head.seal(key)) == seal).then_some(head)
    });
    Ok(sealed.map_or(KeptHead::Forged, KeptHead::Sealed))
}

/// Where the next entry goes on. After a cut tail that is the kept head, not what is left of the entries: the gap must
/// not close by itself.
pub(super) fn head_to_extend(connection: &Connection, key: &LedgerKey) -> Result<LedgerHead, StoreError> {
    let last = head(connection)?;
    Ok(match kept_head(connection, key)? {
        KeptHead::Sealed(kept) if kept.seq > last.seq => kept,
        _ => last,
    })
}

pub(super) fn keep_head(tx: &WriteTx<'_>, key: &LedgerKey, head: &LedgerHead) -> Result<(), StoreError> {
    meta::put(tx, HEAD, &format!("{}:{}", head.to_text(), hex::encode(head.seal(key))))
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
        self.hash_with(&mut Vec::with_capacity(256), key, prev_hash, commitment)
    }

    /// [`PublicPart::hash`] with a buffer that is used again.
    pub(super) fn hash_with(
        &self,
        bytes: &mut Vec<u8>,
        key: &LedgerKey,
        prev_hash: &[u8; 32],
        commitment: &[u8; 32],
    ) -> [u8; 32] {
        bytes.clear();
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
        key.mac(&[prev_hash, bytes, commitment])
    }
}

/// Binds an entry to its personal part without revealing it once the salt is gone.
pub(super) fn commitment(salt: &[u8], personal: &str) -> [u8; 32] {
    hmac(salt, &[personal.as_bytes()])
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = keyed(key);
    for p in parts {
        mac.update(p);
    }
    mac.finalize().into_bytes().into()
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    // A key that is longer than a block is hashed first (RFC 2104); HMAC takes every length, so the error case does not
    // exist, and a MAC under the empty key would fit nothing that was sealed.
    Hmac::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&Default::default()))
}
