//! What a person, or a court, may ask for: whether the consent ledger holds, what is on record, and to be erased.

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
        /// Short mark of the key that seals proofs from here.
        pub proof_mark: String,
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

    /// What an erasure would take away.
    pub struct ErasurePreview {
        /// The person.
        pub id: String,
        /// Their name as it is shown, to be typed.
        pub name: String,
        /// Numbers and user ids.
        pub identifiers: u64,
        /// Messages of both sides.
        pub messages: u64,
        /// Files that they sent.
        pub media: u64,
        /// Messages that wait to be sent to them.
        pub waiting: u64,
        /// Campaigns that they were in: their figures stay.
        pub campaigns: u64,
        /// Entries of the consent ledger: they stay and lose what they say about the person.
        pub entries: u64,
    }

    /// Erase a person.
    pub struct ContactErase {
        /// The person.
        pub id: String,
        /// Their name, as it is shown.
        pub typed: String,
        /// Why, kept as typed: it should name nobody.
        pub note: String,
    }

    /// What an erasure took away.
    pub struct ErasureDone {
        /// Messages of both sides.
        pub messages: u64,
        /// Files.
        pub media: u64,
        /// Messages that waited and will not leave.
        pub waiting: u64,
        /// Entries of the consent ledger that lost their evidence.
        pub evidence: u64,
        /// Rows of imported lists and notices of Meta that named them.
        pub elsewhere: u64,
        /// Files that could not be removed yet; nobody can read them, and the next start tries again.
        pub files_left: u64,
    }

    /// Save the proof of a person's consent.
    pub struct ConsentProve {
        /// The person.
        pub id: String,
        /// `csv` or `json`.
        pub format: String,
        /// Full path; a file that is there is replaced.
        pub path: String,
    }

    /// Save everything that is on record about a person, as a zip.
    pub struct ContactExport {
        /// The person.
        pub id: String,
        /// Full path; a file that is there is replaced.
        pub path: String,
    }

    /// Record a documented, dated opt-in of one person; it lifts an older opt-out.
    pub struct ContactOptIn {
        /// The person.
        pub id: String,
        /// When they agreed.
        pub at_ms: i64,
        /// To what wording.
        pub wording: String,
        /// Where: a form, a letter, a call.
        pub source: String,
        /// `marketing`, `utility`; none = both.
        pub purposes: Vec<String>,
    }

    /// Save everybody who opted out, as a table.
    pub struct SuppressionExport {
        /// Full path; a file that is there is replaced.
        pub path: String,
    }

    /// Read a list of people who opted out.
    pub struct SuppressionImport {
        /// Full path of a table or of one number a line.
        pub path: String,
        /// Country in which national numbers are read, two letters.
        pub region: Option<String>,
        /// Where the list comes from, kept as typed.
        pub note: String,
    }

    /// What a list of opt-outs did.
    pub struct SuppressionImported {
        /// People who are opted out now and were not before.
        pub added: u64,
        /// People who had opted out before.
        pub known: u64,
        /// Rows without a number that can be read.
        pub unreadable: u64,
    }
}
