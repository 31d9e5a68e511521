//! What must hold between a campaign's counts and the practice account's ledger.

use std::collections::HashMap;

use serde_json::Value;

/// Every state in which a campaign counts people: together they are its audience.
const STATES: [&str; 12] = [
    "excluded",
    "queued",
    "sending",
    "unknown",
    "held",
    "accepted",
    "sent",
    "delivered",
    "read",
    "failed",
    "withheld",
    "cancelled",
];

/// How many people `counts` has under `key`.
pub fn count(counts: &Value, key: &str) -> u64 {
    counts[key].as_u64().unwrap_or_else(|| panic!("no count {key} in {counts}"))
}

/// People in all states together.
pub fn counted(counts: &Value) -> u64 {
    STATES.iter().map(|state| count(counts, state)).sum()
}

/// Nobody got two messages; `when` is said in the failure.
pub fn nobody_twice(ledger: &[Value], when: &str) {
    let mut per_person: HashMap<&str, u32> = HashMap::new();
    for entry in ledger {
        *per_person.entry(entry["recipient"].as_str().unwrap()).or_default() += 1;
    }
    let twice = per_person.values().filter(|messages| **messages > 1).count();
    assert_eq!(twice, 0, "{when}: {twice} people got more than one message");
}
