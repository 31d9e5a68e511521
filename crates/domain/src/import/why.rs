//! The verdicts a row can get, and why: each reason with a machine word, a sentence, and what to do about it.

use serde::{Deserialize, Serialize};

use crate::phone::PhoneError;
use crate::send::words;

words! {
    /// What a row is worth.
    RowVerdict {
        /// Taken as it is.
        Accepted = "accepted",
        /// Taken after the one repair that was possible.
        Repaired = "repaired",
        /// The person stands on another row, or is known with the same or newer evidence.
        Duplicate = "duplicate",
        /// Held for a decision.
        Quarantined = "quarantined",
        /// Cannot be taken.
        Rejected = "rejected",
    }
}

/// Why a row that names a person proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnprovenWhy {
    /// The file has no consent column, or the cell is empty.
    NothingSaid,
    /// The consent cell says something that is neither yes nor no.
    Unclear,
    /// It says yes, but not when.
    NoDate,
    /// The date could be read two ways.
    AmbiguousDate,
    /// The date is no date of the past since 2009.
    BadDate,
    /// It says yes and when, but neither where nor to what.
    NoSource,
    /// The purpose is not one that we know.
    UnknownPurpose,
    /// SMS or e-mail consent.
    OtherChannel,
    /// The person said no to SMS or e-mail: no answer about WhatsApp, but nothing that anybody could attest against.
    RefusedElsewhere,
}

impl UnprovenWhy {
    /// Machine word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NothingSaid => "no_consent_said",
            Self::Unclear => "consent_unclear",
            Self::NoDate => "consent_undated",
            Self::AmbiguousDate => "consent_date_ambiguous",
            Self::BadDate => "consent_date_unreadable",
            Self::NoSource => "consent_without_source",
            Self::UnknownPurpose => "consent_purpose_unknown",
            Self::OtherChannel => "consent_for_other_channel",
            Self::RefusedElsewhere => "consent_refused_elsewhere",
        }
    }

    /// One sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NothingSaid => "The row does not say that the person agreed.",
            Self::Unclear => "The consent column says neither yes nor no.",
            Self::NoDate => "It says yes, but not when.",
            Self::AmbiguousDate => "The consent date could be read two ways (day or month first).",
            Self::BadDate => "The consent date is not a date of the past.",
            Self::NoSource => "It says yes and when, but neither where nor to what wording.",
            Self::UnknownPurpose => "The purpose of the consent is not one that WhatsApp messages have.",
            Self::OtherChannel => "Consent to SMS or e-mail, or a legal basis, does not allow WhatsApp messages.",
            Self::RefusedElsewhere => "The person said no to SMS or e-mail, which is no yes to WhatsApp.",
        }
    }
}

impl UnprovenWhy {
    /// Whether somebody may attest that the person agreed all the same.
    pub const fn may_be_attested(self) -> bool {
        !matches!(self, Self::RefusedElsewhere)
    }
}

/// What is noticed about a row that is taken all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flag {
    /// A number that rarely has WhatsApp.
    Landline,
    /// Looks like somebody's test.
    Test,
    /// A number kept for films and tests.
    Fictional,
}

impl Flag {
    /// Machine word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Landline => "landline",
            Self::Test => "looks_like_a_test",
            Self::Fictional => "fictional_number",
        }
    }

    /// One sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Landline => "This is a landline, which rarely has WhatsApp; it is taken all the same.",
            Self::Test => "This looks like a test entry; it is taken all the same.",
            Self::Fictional => "This number is one kept for films and tests; it is taken all the same.",
        }
    }
}

/// Why a row is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotTaken {
    /// The number is none.
    Phone(PhoneError),
    /// Neither a number nor a user id.
    Nobody,
    /// The number has two valid readings.
    TwoReadings,
    /// The record has another number of cells than the header.
    Broken,
    /// A name or number holds a line break: a quotation mark that was never closed swallowed the lines after it.
    OpenQuote,
    /// A column that is not marked for it says that the person opted out.
    OptOutElsewhere,
    /// The opt-out column says neither yes nor no.
    OptOutUnclear,
    /// The consent columns speak of an opt-out, but not plainly.
    OptOutMentioned,
    /// A sum or a number of rows, as spreadsheets write under a table.
    Subtotal,
    /// The names of the columns once more.
    HeaderAgain,
    /// Another table begins here, or began above: its columns need not mean the same.
    OtherTable,
    /// A row that the tool made to try its form.
    TestRow,
}

impl NotTaken {
    /// Whether the operator could still decide about it.
    pub const fn verdict(self) -> RowVerdict {
        match self {
            Self::OtherTable
            | Self::TwoReadings
            | Self::OptOutElsewhere
            | Self::OptOutUnclear
            | Self::OptOutMentioned
            | Self::Phone(PhoneError::Scientific | PhoneError::TooLong | PhoneError::NoCountry) => {
                RowVerdict::Quarantined
            }
            _ => RowVerdict::Rejected,
        }
    }

    /// Whether the row is held for a decision instead of being of no use.
    pub(super) const fn verdict_is_open(self) -> bool {
        matches!(self.verdict(), RowVerdict::Quarantined)
    }

    /// Machine word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Phone(PhoneError::Empty) | Self::Nobody => "no_phone",
            Self::Phone(PhoneError::Scientific) => "phone_scientific",
            Self::Phone(PhoneError::TooLong) => "phone_too_long",
            Self::Phone(PhoneError::Masked) => "phone_masked",
            Self::Phone(PhoneError::Characters) => "phone_characters",
            Self::Phone(PhoneError::NoCountry) => "phone_without_country",
            Self::Phone(PhoneError::Invalid) => "phone_invalid",
            Self::TwoReadings => "phone_two_readings",
            Self::Broken => "row_broken",
            Self::OpenQuote => "open_quote",
            Self::OptOutElsewhere => "opt_out_elsewhere",
            Self::OptOutUnclear => "opt_out_unclear",
            Self::OptOutMentioned => "opt_out_mentioned",
            Self::Subtotal => "subtotal",
            Self::HeaderAgain => "header_again",
            Self::OtherTable => "other_table",
            Self::TestRow => "test_row",
        }
    }

    /// One sentence.
    pub fn sentence(self) -> String {
        match self {
            Self::Nobody | Self::Phone(PhoneError::Empty) => "There is no phone number in this row.".to_owned(),
            Self::Phone(e) => format!("The phone number cannot be used: {e}."),
            Self::TwoReadings => "The number is valid both with a lost plus sign and as a national number.".to_owned(),
            Self::Broken => "The record is broken: its cells do not match the columns.".to_owned(),
            Self::OpenQuote => {
                "A quotation mark is not closed here, so that this row holds the lines after it as well.".to_owned()
            }
            Self::OptOutElsewhere => {
                "A column that is not marked for it says that this person opted out, so nothing was taken.".to_owned()
            }
            Self::OptOutUnclear => "The opt-out column says neither yes nor no, so nothing was taken.".to_owned(),
            Self::OptOutMentioned => {
                "The consent columns speak of an opt-out, but not plainly, so nothing was taken.".to_owned()
            }
            Self::Subtotal => "This is a sum under the table and nobody's row.".to_owned(),
            Self::HeaderAgain => "These are the names of the columns once more.".to_owned(),
            Self::OtherTable => "Another table begins here; its columns may mean something else.".to_owned(),
            Self::TestRow => "The tool made this row to try its form.".to_owned(),
        }
    }

    /// What to do about it.
    pub const fn remedy(self) -> Option<&'static str> {
        match self {
            Self::OtherTable => Some("Save that table as a file of its own and import it."),
            Self::Phone(PhoneError::Scientific | PhoneError::TooLong) => {
                Some("Format the column as text in the spreadsheet and export it again.")
            }
            Self::Phone(PhoneError::NoCountry) => Some("Choose the country of numbers without a country code."),
            Self::Phone(PhoneError::Masked) => Some("Export the list with full numbers."),
            Self::TwoReadings => Some("Write these numbers with + and country code."),
            Self::Broken => Some("Repair the row in the saved file and import that file."),
            Self::OpenQuote => {
                Some("Close the quotation mark in the file and import it again: rows after it are missing.")
            }
            Self::OptOutElsewhere => Some(
                "Mark that column as “Opted out or not” to record it, or as “Leave out” if it is about something else.",
            ),
            Self::OptOutUnclear => Some("Write yes or no there in the saved file and import that file."),
            Self::OptOutMentioned => {
                Some("Write in the saved file plainly whether they agreed or opted out, and import that file.")
            }
            _ => None,
        }
    }
}
