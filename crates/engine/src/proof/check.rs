//! Checking a proof without the database that it came from.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use switchboard_store::tables::proofs::opens;

use super::document::{entries, text};
use super::{FORMAT, VERSION, seal, table};

/// What a look at a proof found.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// The seal fits, every evidence is the one that was committed to, and the file shows what the document says.
    pub holds: bool,
    /// What does not, as sentences.
    pub problems: Vec<String>,
    /// Short mark of the key that sealed it, to be compared with the one that the business shows.
    pub mark: Option<String>,
    /// When it was made.
    pub made_at: String,
    /// The business, as it called itself.
    pub business: String,
    /// It speaks of the practice account, where nobody is real.
    pub practice: bool,
    /// Entries in it.
    pub entries: u64,
    /// Entries whose evidence was opened and fits.
    pub opened: u64,
    /// Number of the newest entry of the ledger when it was made.
    pub ledger_entries: u64,
    /// What the person may receive, as the document says.
    pub may_receive: Vec<String>,
}

/// Checks a proof in any of its formats. `None` if the bytes are none.
pub fn check(bytes: &[u8]) -> Option<Checked> {
    let (document, shown_as_said) = if let Ok(document) = serde_json::from_slice::<Value>(bytes) {
        (document, true)
    } else {
        table::document_in(bytes)?
    };
    if text(&document, "/proof/format") != FORMAT {
        return None;
    }
    let mut problems = Vec::new();
    if document.pointer("/proof/version").and_then(Value::as_u64) != Some(VERSION) {
        problems.push("It was made by a newer version; check it with that one.".to_owned());
    }
    let mark = seal::opened(&document);
    if mark.is_none() {
        problems.push("The seal does not fit: the document was changed after it was made.".to_owned());
    }
    if !shown_as_said {
        problems.push("The table shows something else than the sealed document in it.".to_owned());
    }
    let all = entries(&document);
    let last = document.pointer("/proof/ledger/last_entry").and_then(Value::as_u64).unwrap_or_default();
    let opened = all.iter().filter(|e| look_at(e, &mut problems)).count() as u64;
    follow_each_other(&all, last, &mut problems);
    let sentences = document.pointer("/proof/may_receive").and_then(Value::as_array);
    Some(Checked {
        holds: problems.is_empty(),
        problems,
        mark,
        made_at: text(&document, "/proof/made_at"),
        business: text(&document, "/proof/business"),
        practice: document.pointer("/proof/practice").and_then(Value::as_bool).unwrap_or_default(),
        entries: all.len() as u64,
        opened,
        ledger_entries: last,
        may_receive: sentences.map(|v| v.iter().map(|s| text(s, "/sentence")).collect()).unwrap_or_default(),
    })
}

/// Opens the commitment and the wording of an entry; whether there was evidence, and it fits.
fn look_at(entry: &Value, problems: &mut Vec<String>) -> bool {
    let number = text(entry, "/entry");
    if let Some(wording) = entry.pointer("/wording/text").and_then(Value::as_str)
        && hex::encode(Sha256::digest(wording)) != text(entry, "/wording/sha256")
    {
        problems.push(format!("The wording of entry {number} is not the one that was agreed to."));
    }
    let Some(personal) = entry.pointer("/chain/opening/committed_to").and_then(Value::as_str) else { return false };
    let bytes = |pointer: &str| hex::decode(text(entry, pointer)).unwrap_or_default();
    if !opens(&bytes("/chain/commitment"), &bytes("/chain/opening/salt"), personal) {
        problems.push(format!("The evidence of entry {number} is not the one that was recorded."));
        return false;
    }
    // What is shown of the evidence must be what was committed to.
    if serde_json::from_str::<Value>(personal).ok().as_ref() != entry.pointer("/evidence") {
        problems.push(format!("Entry {number} shows other evidence than was recorded."));
        return false;
    }
    true
}

/// Numbers grow, none lies behind the ledger's end, and neighbours hang together.
fn follow_each_other(all: &[&Value], last: u64, problems: &mut Vec<String>) {
    let mut before: Option<(u64, String)> = None;
    for entry in all {
        let number = entry.pointer("/entry").and_then(Value::as_u64).unwrap_or_default();
        let in_order = before.as_ref().is_none_or(|(n, _)| number > *n) && number <= last;
        let linked = match &before {
            Some((n, hash)) if number == n.saturating_add(1) => text(entry, "/chain/previous_hash") == *hash,
            _ => true,
        };
        if !in_order || !linked {
            problems.push(format!("Entry {number} does not follow the one before it."));
        }
        before = Some((number, text(entry, "/chain/hash")));
    }
}
