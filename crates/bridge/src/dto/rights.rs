//! What a person, or a court, may ask for: whether the consent ledger holds.

use crate::macros::shapes;

shapes! {
    /// What a walk over the whole consent ledger found.
    pub struct LedgerVerification {
        /// Entries that hold, up to the first that does not.
        pub entries: u64,
        /// Every entry holds, and none is missing at the end.
        pub holds: bool,
        /// The walk was ended early; nothing is known then.
        pub cancelled: bool,
        /// The first entry that does not hold.
        pub broken: Option<LedgerBreak>,
        /// Entries whose person was erased: they hold, and no longer say of whom they spoke.
        pub erased: u64,
        /// Hash of the newest entry, hex.
        pub head: String,
        /// Newest entry that the keychain remembered before this walk.
        pub anchored_entry: Option<u64>,
        /// Why the keychain could not be asked.
        pub anchor_problem: Option<String>,
        /// When it was walked.
        pub verified_at_ms: i64,
        /// How long it took.
        pub took_ms: u64,
    }

    /// The first entry that does not hold.
    pub struct LedgerBreak {
        /// Its number, or the number where one is missing.
        pub entry: u64,
        /// `altered`, `evidence_altered`, `evidence_removed`, `deleted`, `inserted`, `moved`, `tail_cut`, `end_forged`, `rewritten`.
        pub fault: String,
        /// What was found.
        pub sentence: String,
    }
}
