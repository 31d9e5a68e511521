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
        /// Another number of the same person, for when the first is missing or a landline.
        OtherPhone,
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
        /// A form's question about agreeing: the header is the wording, the cell the answer.
        ConsentQuestion,
        /// Consent to e-mail or SMS, or a legal basis: never consent to WhatsApp messages.
        OtherConsent,
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
        /// In what language the wording was shown.
        ConsentLanguage,
        /// Which business was named to the person.
        ConsentBusiness,
        /// That, or when, the person confirmed a second time (double opt-in).
        ConsentConfirmed,
        /// From which network address the person agreed.
        ConsentIp,
        /// Kept as an attribute for template variables.
        Attribute,
        /// Left out.
        Ignore,
    }

    /// What a list is.
    pub enum ImportMeaning {
        /// People, with what each row says about consent.
        People,
        /// People who opted out: every row forbids messages, and none brings anybody else's consent.
        OptOuts,
    }

    /// In which order day and month stand where a file does not tell.
    pub enum DateOrder {
        /// 3/4 is the third of April.
        DayFirst,
        /// 3/4 is the fourth of March.
        MonthFirst,
    }

    /// What a file is.
    pub enum ImportKind {
        /// A table in text form.
        Text,
        /// A workbook.
        Workbook,
        /// vCards.
        Vcard,
        /// JSON.
        Json,
        /// A zip archive with tables in it.
        Archive,
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
        /// Being taken back.
        Undoing,
        /// Taken back: what it recorded counts no more.
        Undone,
    }
}

shapes! {
    /// Look at a file before anything is decided. Nothing is written.
    pub struct ImportInspect {
        /// Full path.
        pub path: String,
        /// Sheet of a workbook; none = the one that looks most like a list of people.
        #[serde(default)]
        pub sheet: Option<String>,
        /// Name of the encoding of a text; none = what it looks like.
        #[serde(default)]
        pub encoding: Option<String>,
    }

    /// A sheet of a workbook.
    pub struct ImportSheet {
        /// Its name.
        pub name: String,
        /// Hidden in the workbook.
        pub hidden: bool,
        /// Whether it is the one that is read.
        pub taken: bool,
    }

    /// A date that can be read in two ways, with nothing in its column that tells.
    pub struct AmbiguousDate {
        /// As it is written.
        pub written: String,
        /// With the day first, Unix milliseconds UTC.
        pub day_first_ms: i64,
        /// With the month first.
        pub month_first_ms: i64,
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
        /// What it is.
        pub kind: ImportKind,
        /// Size.
        pub size_bytes: u64,
        /// Records after the header.
        pub rows: u64,
        /// Encoding that was read.
        pub encoding: String,
        /// Whether the bytes leave no other encoding; otherwise the names are worth a look.
        pub encoding_is_sure: bool,
        /// A few texts with letters beyond ASCII, as they were read.
        pub encoding_samples: Vec<String>,
        /// `,`, `;`, tab …; empty for what is no text.
        pub delimiter: String,
        /// Sheets of a workbook.
        pub sheets: Vec<ImportSheet>,
        /// What was noticed about the file, one sentence each.
        pub notes: Vec<String>,
        /// Whether the first record is a header.
        pub has_header: bool,
        /// Columns.
        pub columns: Vec<ImportColumn>,
        /// "This looks like …", one sentence, if it was recognised.
        pub recognised_as: Option<String>,
        /// Machine word of the tool that it comes from.
        pub recognised_word: Option<String>,
        /// Which columns were understood as what, one sentence.
        pub understood: String,
        /// Whether the list may be one of people or of opt-outs, so that somebody has to say which.
        pub asks_meaning: bool,
        /// The likelier of the two.
        pub suggested_meaning: ImportMeaning,
        /// A consent date that can be read in two ways; how it is meant has to be said.
        pub ambiguous_date: Option<AmbiguousDate>,
        /// This very file was imported before, at this time.
        pub imported_before_at_ms: Option<i64>,
        /// What that import did.
        pub imported_before: Option<ImportSummary>,
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
        /// As in [`ImportInspect::sheet`].
        #[serde(default)]
        pub sheet: Option<String>,
        /// As in [`ImportInspect::encoding`].
        #[serde(default)]
        pub encoding: Option<String>,
        /// What the list is; needed where [`ImportInspection::asks_meaning`].
        #[serde(default)]
        pub meaning: Option<ImportMeaning>,
        /// How dates are meant that can be read in two ways.
        #[serde(default)]
        pub date_order: Option<DateOrder>,
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
        /// Rows whose consent is not on record yet in this or a newer form.
        pub proven_new: u64,
        /// Rows that prove nothing, of people who are new here.
        pub unproven_new: u64,
        /// Rows that prove nothing, of people for whom an attestation would add something.
        pub unproven_attestable: u64,
        /// Opt-outs and refusals that are not on record yet.
        pub opted_out_new: u64,
        /// Rows of people who are known already and about whom there is nothing new but perhaps names and fields.
        pub known: u64,
        /// This file with these columns was imported before: what that did. Importing it again with the same choice
        /// about rows that prove nothing changes nothing.
        pub imported_before: Option<ImportSummary>,
        /// What that choice was.
        pub imported_before_choice: Option<UnprovenChoice>,
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
        /// Whether it can be taken back.
        pub can_undo: bool,
        /// What taking it back did.
        pub undone: Option<ImportUndone>,
    }

    /// What taking an import back did.
    pub struct ImportUndone {
        /// Entries of the consent ledger that count no more.
        pub entries: u64,
        /// People who were there because of the import alone, and are gone.
        pub people_removed: u64,
        /// People who stay: known before, written to, or changed since.
        pub people_kept: u64,
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
