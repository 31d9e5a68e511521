//! Importing an opt-in list: inspect, preview with a verdict per row, commit.

use crate::macros::{shapes, words};

words! {
    /// What a row is worth (import-formats.md).
    pub enum RowVerdict {
        /// Taken as it is.
        Accepted,
        /// Taken after exactly one possible repair, which is named.
        Repaired,
        /// The same person stands on another row, or is known with newer evidence.
        Duplicate,
        /// Held for a decision: nothing is guessed.
        Quarantined,
        /// Cannot be taken.
        Rejected,
    }

    /// What a column means.
    pub enum ColumnRole {
        /// The phone number.
        Phone,
        /// Country of the number, if the number is national.
        Country,
        /// First name.
        FirstName,
        /// Last name.
        LastName,
        /// Whole name.
        FullName,
        /// Business-scoped user id.
        Bsuid,
        /// WhatsApp username.
        Username,
        /// Whether the person agreed.
        ConsentState,
        /// Whether the person opted out: a yes is an opt-out, a no proves nothing.
        OptedOut,
        /// When.
        ConsentAt,
        /// Where (form, shop, paper …).
        ConsentSource,
        /// To what wording.
        ConsentWording,
        /// For what: marketing, utility.
        ConsentPurpose,
        /// Kept as an attribute for template variables.
        Attribute,
        /// Left out.
        Ignore,
    }

    /// What to do with rows that prove nothing.
    pub enum UnprovenChoice {
        /// The operator attests, with wording, place, dates and purpose.
        Attest,
        /// Take the people along without any consent: they get no marketing and no campaign.
        WithoutMarketing,
        /// Leave these rows out.
        Leave,
    }

    /// How an import stands.
    pub enum ImportState {
        /// Being written.
        Committing,
        /// Finished.
        Committed,
        /// Stopped by the operator; what was written stays.
        Cancelled,
        /// Interrupted; opening it again goes on where it stopped.
        Interrupted,
    }
}

shapes! {
    /// Look at a file before anything is decided. Nothing is written.
    pub struct ImportInspect {
        /// Full path.
        pub path: String,
    }

    /// A column with what it seems to be.
    pub struct ImportColumn {
        /// Position from 0.
        pub index: u32,
        /// Header text, or `Column 3` if there is none.
        pub header: String,
        /// Suggested role.
        pub role: ColumnRole,
        /// First few values.
        pub samples: Vec<String>,
    }

    /// What a file is.
    pub struct ImportInspection {
        /// Full path.
        pub path: String,
        /// File name.
        pub file_name: String,
        /// SHA-256 of the file, hex.
        pub sha256: String,
        /// Size.
        pub size_bytes: u64,
        /// Records after the header.
        pub rows: u64,
        /// Encoding that was read.
        pub encoding: String,
        /// `,`, `;`, tab …
        pub delimiter: String,
        /// Whether the first record is a header.
        pub has_header: bool,
        /// Columns.
        pub columns: Vec<ImportColumn>,
        /// "This looks like …", one sentence, if it was recognised.
        pub recognised_as: Option<String>,
        /// This very file was imported before, at this time.
        pub imported_before_at_ms: Option<i64>,
        /// Country suggested for national numbers, ISO alpha-2.
        pub suggested_region: Option<String>,
    }

    /// Columns as the operator decided, index and role.
    pub struct ColumnMapping {
        /// Position from 0.
        pub index: u32,
        /// Its role.
        pub role: ColumnRole,
    }

    /// Judge every row. Nothing is written.
    pub struct ImportPreviewRequest {
        /// Full path.
        pub path: String,
        /// What the columns mean.
        pub mapping: Vec<ColumnMapping>,
        /// Country for national numbers, ISO alpha-2.
        pub region: Option<String>,
        /// Whether the first record is a header.
        pub has_header: bool,
    }

    /// How many rows got a verdict.
    pub struct VerdictCount {
        /// The verdict.
        pub verdict: RowVerdict,
        /// Rows.
        pub count: u64,
    }

    /// A preview, kept until it is committed or replaced.
    pub struct ImportPreview {
        /// For the calls that follow.
        pub preview_id: String,
        /// Rows by verdict.
        pub verdicts: Vec<VerdictCount>,
        /// Why rows are not plainly accepted, grouped.
        pub reasons: Vec<super::CountedReason>,
        /// Rows that carry a consent with wording or source and a date.
        pub proven: u64,
        /// Rows that would be taken but prove nothing.
        pub unproven: u64,
        /// Rows that say no, or carry an opt-out.
        pub opted_out: u64,
        /// People here already who opted out; an import never lifts that.
        pub suppressed: u64,
        /// People new here.
        pub new_contacts: u64,
        /// What these rows prove, one sentence.
        pub proof_sentence: String,
        /// First rows, see [`ImportRowsPage`].
        pub first_rows: Vec<ImportRow>,
    }

    /// One row as judged.
    pub struct ImportRow {
        /// Record number in the file, header not counted, from 1.
        pub row: u64,
        /// The number as read, or as written if it is none.
        pub phone: String,
        /// Name.
        pub name: String,
        /// Verdict.
        pub verdict: RowVerdict,
        /// Why, one sentence; empty for plainly accepted rows.
        pub reason: String,
        /// What it proves, for example "marketing, web form, 3 May 2026", or that it proves nothing.
        pub consent: String,
        /// Whether it proves consent.
        pub proven: bool,
    }

    /// Asks for rows of a preview.
    pub struct ImportRowsRequest {
        /// As in [`ImportPreview::preview_id`].
        pub preview_id: String,
        /// Only these.
        pub verdict: Option<RowVerdict>,
        /// Only rows that prove nothing.
        pub unproven_only: bool,
        /// First row of the page, from 0.
        pub offset: u64,
        /// Rows wanted, at most 500.
        pub limit: u32,
    }

    /// A page of rows.
    pub struct ImportRowsPage {
        /// Rows.
        pub rows: Vec<ImportRow>,
        /// Rows in all.
        pub total: u64,
    }

    /// What the operator attests for rows without evidence. Kept as typed, always shown as "attested".
    pub struct Attestation {
        /// The wording people agreed to.
        pub wording: String,
        /// Where (shop, form, event).
        pub place: String,
        /// First day, ISO date.
        pub date_from: String,
        /// Last day, ISO date.
        pub date_to: String,
        /// `marketing`, `utility` or both.
        pub purposes: Vec<String>,
    }

    /// Write it.
    pub struct ImportCommit {
        /// As in [`ImportPreview::preview_id`].
        pub preview_id: String,
        /// Rows that prove nothing.
        pub unproven: UnprovenChoice,
        /// Needed for [`UnprovenChoice::Attest`].
        pub attestation: Option<Attestation>,
    }

    /// What an import did.
    pub struct ImportSummary {
        /// The import.
        pub import_id: String,
        /// How it stands.
        pub state: ImportState,
        /// File name.
        pub file_name: String,
        /// When.
        pub at_ms: i64,
        /// Rows by verdict.
        pub verdicts: Vec<VerdictCount>,
        /// People new here.
        pub contacts_added: u64,
        /// Consents recorded.
        pub consents_recorded: u64,
        /// Opt-outs recorded.
        pub opt_outs_recorded: u64,
        /// Rows not taken; they can be saved as a file.
        pub rows_left_out: u64,
        /// In the answer to a commit: this very file was imported before with the same choices, nothing changed now.
        pub already_imported: bool,
    }

    /// All imports, newest first.
    pub struct ImportList {
        /// Imports.
        pub items: Vec<ImportSummary>,
    }

    /// Save the rows that were not taken, in the original form with a reason column.
    pub struct ImportRejectedSave {
        /// The import.
        pub import_id: String,
        /// Where to; none = beside the original, with `-left-out` in its name.
        pub path: Option<String>,
    }
}
