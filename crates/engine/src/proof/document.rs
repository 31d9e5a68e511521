//! What a proof says: the person, what they may receive today and why, and every entry that led there.

use serde_json::{Value, json};
use switchboard_bridge::dto::ConsentVerdict;
use switchboard_domain::ids::ContactId;
use switchboard_domain::time::UnixMillis;
use switchboard_store::Connection;
use switchboard_store::tables::ledger_chain;
use switchboard_store::tables::proofs::{self, ProofRow};

use super::{FORMAT, VERSION};
use crate::EngineError;

/// The document without its seal.
pub(super) fn of(
    c: &Connection,
    id: ContactId,
    now: UnixMillis,
    business: Option<String>,
    practice: bool,
) -> Result<Value, EngineError> {
    let person = crate::contacts::detail(c, id, now)?;
    let id = ContactId::parse(&person.row.id).unwrap_or(id);
    let head = ledger_chain::head(c)?;
    let entries = proofs::of_person(c, id)?;
    let sentences: std::collections::HashMap<&str, &str> =
        person.timeline.iter().map(|e| (e.id.as_str(), e.text.as_str())).collect();
    Ok(json!({
        "format": FORMAT,
        "version": VERSION,
        "made_at": now.to_rfc3339(),
        "business": business,
        "practice": practice,
        "person": {
            "id": person.row.id,
            "name": person.row.name,
            "identifiers": person.identifiers.iter().map(|i| json!({
                "kind": i.kind, "value": i.value, "known_since": UnixMillis::new(i.since_ms).to_rfc3339(),
            })).collect::<Vec<_>>(),
        },
        "may_receive": person.may_receive.iter().map(verdict).collect::<Vec<_>>(),
        "entries": entries.iter().map(|e| entry(e, &sentences)).collect::<Vec<_>>(),
        "ledger": { "last_entry": head.seq, "last_hash": hex::encode(head.hash) },
    }))
}

fn verdict(v: &ConsentVerdict) -> Value {
    json!({
        "category": v.category,
        "answer": v.may_receive,
        "reason": v.reason,
        "sentence": v.sentence,
        "decided_by": v.event_id,
    })
}

/// An id as people see it elsewhere, from the bytes of its column.
fn id_text(hex_digits: &str) -> String {
    uuid::Uuid::parse_str(hex_digits).map_or_else(|_| hex_digits.to_owned(), |id| id.to_string())
}

fn entry(e: &ProofRow, sentences: &std::collections::HashMap<&str, &str>) -> Value {
    let id = id_text(&e.event_id);
    let time = |ms: i64| UnixMillis::new(ms).to_rfc3339();
    let json_or_null = |text: &str| serde_json::from_str::<Value>(text).unwrap_or(Value::Null);
    json!({
        "entry": e.seq,
        "sentence": sentences.get(id.as_str()),
        "id": id,
        "recorded_for": e.contact_id.as_deref().map(id_text),
        "kind": e.kind,
        "purposes": json_or_null(&e.purposes),
        "at": time(e.at_ms),
        "at_precision": e.at_precision,
        "recorded_at": time(e.recorded_at_ms),
        "via": e.via,
        "decides": e.decides.as_deref().map(id_text),
        "evidence": e.personal.as_deref().map(json_or_null),
        "wording": e.wording_sha256.as_ref().map(|sha256| json!({
            "text": e.wording, "language": e.wording_language, "sha256": sha256,
        })),
        "file": e.file_name.as_ref().map(|name| json!({
            "name": name,
            "sha256": e.file_sha256,
            "row": e.row_number,
            "imported_at": e.imported_at_ms.map(time),
            "attestation": e.attestation.as_deref().map(json_or_null).filter(|_| e.kind == "attested"),
        })),
        "chain": {
            "commitment": e.commitment,
            "opening": e.salt.as_ref().map(|salt| json!({ "salt": salt, "committed_to": e.personal })),
            "previous_hash": e.prev_hash,
            "hash": e.hash,
        },
    })
}

/// The entries of a document.
pub(super) fn entries(document: &Value) -> Vec<&Value> {
    document.pointer("/proof/entries").and_then(Value::as_array).map(|a| a.iter().collect()).unwrap_or_default()
}

/// A text of a document, empty where there is none; numbers print.
pub(super) fn text(value: &Value, pointer: &str) -> String {
    match value.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(Value::Array(items)) => {
            items.iter().map(|i| i.as_str().map_or_else(|| i.to_string(), str::to_owned)).collect::<Vec<_>>().join(", ")
        }
        Some(other) => other.to_string(),
    }
}
