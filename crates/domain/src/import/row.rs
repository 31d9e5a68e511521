//! One row: who it is, what was repaired, what it proves.

use serde::{Deserialize, Serialize};

use crate::consent::Purposes;
use crate::ids::Bsuid;
use crate::phone::{PhoneError, PhoneNumber, Region};
use crate::send::words;
use crate::text_fold::fold;
use crate::time::UnixMillis;

use super::columns::{ColumnRole, Mapping};
use super::dates::{DateColumn, DateProblem, WhenGiven};
use super::words::{OptOutSaid, Said, mentions_opting_out, opt_out_said, purposes_said, said, says_opted_out};

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

/// How rows of one file are read.
#[derive(Clone, Debug)]
pub struct RowRules {
    /// What the columns mean.
    pub mapping: Mapping,
    /// Country of national numbers.
    pub region: Option<Region>,
    /// How the date column writes its dates.
    pub dates: DateColumn,
    /// Now; a consent of the future is none.
    pub now: UnixMillis,
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
            Self::OtherChannel => "Consent to SMS or e-mail does not allow WhatsApp messages.",
        }
    }
}

/// What a row says about consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowConsent {
    /// Documented: dated, with wording or source.
    Proven {
        /// When.
        given: WhenGiven,
        /// For what.
        purposes: Purposes,
    },
    /// Nothing that counts.
    Unproven(UnprovenWhy),
    /// The person did not agree.
    Declined {
        /// When, if the row says so.
        given: Option<WhenGiven>,
    },
    /// The person opted out.
    OptedOut {
        /// When, if the row says so.
        given: Option<WhenGiven>,
    },
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
}

impl NotTaken {
    /// Whether the operator could still decide about it.
    pub const fn verdict(self) -> RowVerdict {
        match self {
            Self::TwoReadings
            | Self::OptOutElsewhere
            | Self::OptOutUnclear
            | Self::OptOutMentioned
            | Self::Phone(PhoneError::Scientific | PhoneError::NoCountry) => RowVerdict::Quarantined,
            _ => RowVerdict::Rejected,
        }
    }

    /// Machine word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Phone(PhoneError::Empty) | Self::Nobody => "no_phone",
            Self::Phone(PhoneError::Scientific) => "phone_scientific",
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
        }
    }

    /// What to do about it.
    pub const fn remedy(self) -> Option<&'static str> {
        match self {
            Self::Phone(PhoneError::Scientific) => {
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

/// A row as judged by itself; what is known of the person already is looked at later.
#[derive(Clone)]
pub struct Judged {
    /// The number.
    pub phone: Option<PhoneNumber>,
    /// The user id.
    pub bsuid: Option<Bsuid>,
    /// What was repaired, one sentence.
    pub repaired: Option<&'static str>,
    /// Why it is not taken.
    pub not_taken: Option<NotTaken>,
    /// What it says about consent.
    pub consent: RowConsent,
}

impl std::fmt::Debug for Judged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Judged")
            .field("not_taken", &self.not_taken)
            .field("consent", &self.consent)
            .finish_non_exhaustive()
    }
}

/// Judges one row. `cell` gives the text of a column.
pub fn judge<'a>(rules: &RowRules, cell: impl Fn(usize) -> Option<&'a str>) -> Judged {
    let of = |role: ColumnRole| rules.mapping.column(role).and_then(&cell).map(str::trim).filter(|t| !t.is_empty());
    let bsuid = of(ColumnRole::Bsuid).filter(|t| is_bsuid(t)).map(Bsuid::new);
    let (phone, repaired, not_taken) = match of(ColumnRole::Phone) {
        None if bsuid.is_some() => (None, None, None),
        None => (None, None, Some(NotTaken::Nobody)),
        Some(text) => match read_phone(text, of(ColumnRole::Country), rules.region) {
            Ok((phone, repaired)) => (Some(phone), repaired, None),
            Err(_) if bsuid.is_some() => (None, None, None),
            Err(e) => (None, None, Some(e)),
        },
    };
    let one_line = [
        ColumnRole::Phone,
        ColumnRole::Country,
        ColumnRole::FirstName,
        ColumnRole::LastName,
        ColumnRole::FullName,
        ColumnRole::ConsentState,
        ColumnRole::ConsentAt,
    ];
    let not_taken = if one_line.into_iter().filter_map(of).any(|t| t.contains('\n')) {
        Some(NotTaken::OpenQuote)
    } else {
        not_taken
    };
    let (consent, doubt) = match opt_out_columns(rules, &cell) {
        Ok(Some(given)) => (RowConsent::OptedOut { given }, None),
        heard => {
            let consent = consent_of(rules, of);
            let doubt = match (&consent, heard) {
                (RowConsent::OptedOut { .. }, _) => None,
                (_, Err(why)) => Some(why),
                _ => unheard_opt_out(rules, &consent, &cell),
            };
            (consent, doubt)
        }
    };
    Judged { phone, bsuid, repaired, not_taken: not_taken.or(doubt), consent }
}

/// What the opt-out columns say together: one yes is enough, and beats what cannot be read.
fn opt_out_columns<'a>(
    rules: &RowRules,
    cell: &impl Fn(usize) -> Option<&'a str>,
) -> Result<Option<Option<WhenGiven>>, NotTaken> {
    let mut unclear = false;
    let mut opted_out = None;
    for text in rules.mapping.columns(ColumnRole::OptedOut).filter_map(cell) {
        match opt_out_said(text) {
            OptOutSaid::OptedOut => opted_out = opted_out.or(Some(None)),
            OptOutSaid::Not | OptOutSaid::Empty => {}
            // A date alone is the day of the opt-out, even one that cannot be.
            OptOutSaid::Unclear => match rules.dates.read(text, rules.now) {
                Ok(given) => opted_out = Some(Some(given)),
                Err(DateProblem::Unreadable | DateProblem::Missing) => unclear = true,
                Err(_) => opted_out = opted_out.or(Some(None)),
            },
        }
    }
    match opted_out {
        None if unclear => Err(NotTaken::OptOutUnclear),
        found => Ok(found),
    }
}

/// Words of an opt-out where nothing would hear them: such a row must not become an opt-in, and somebody decides.
fn unheard_opt_out<'a>(
    rules: &RowRules,
    consent: &RowConsent,
    cell: &impl Fn(usize) -> Option<&'a str>,
) -> Option<NotTaken> {
    use ColumnRole as R;
    let mut index = 0usize;
    while let Some(text) = cell(index) {
        match rules.mapping.role(index) {
            None | Some(R::Attribute | R::ConsentWording) if says_opted_out(text) => {
                return Some(NotTaken::OptOutElsewhere);
            }
            Some(R::ConsentState | R::ConsentAt | R::ConsentSource | R::ConsentPurpose)
                if mentions_opting_out(text) && !matches!(consent, RowConsent::Declined { .. }) =>
            {
                return Some(NotTaken::OptOutMentioned);
            }
            _ => {}
        }
        index = index.saturating_add(1);
    }
    None
}

/// `CC.` and up to 128 letters and digits (messages.md §3).
fn is_bsuid(text: &str) -> bool {
    text.split_once('.').is_some_and(|(cc, id)| {
        cc.len() == 2
            && cc.bytes().all(|b| b.is_ascii_uppercase())
            && (1..=128).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.')
    })
}

fn read_phone(
    text: &str,
    country: Option<&str>,
    default: Option<Region>,
) -> Result<(PhoneNumber, Option<&'static str>), NotTaken> {
    let dialled = country
        .map(|c| c.trim().trim_start_matches('+'))
        .filter(|c| (1..=3).contains(&c.len()) && c.bytes().all(|b| b.is_ascii_digit()));
    let region = country.and_then(Region::parse).or(default);
    match read_one(text, dialled, region) {
        Ok(read) => Ok(read),
        // Several numbers in one cell: the first that is one.
        Err(e) => {
            let parts: Vec<&str> =
                text.split([',', ';', '|', '/']).flat_map(|p| p.split(":::")).map(str::trim).collect();
            let extension = text.find(" x").or_else(|| text.find(" ext")).and_then(|i| text.get(..i));
            let first = parts.iter().filter(|p| parts.len() > 1 && !p.is_empty()).copied().chain(extension);
            first
                .filter_map(|p| read_one(p, dialled, region).ok())
                .map(|(phone, _)| {
                    (phone, Some("Several numbers, or an extension, in one cell: the first number was taken."))
                })
                .next()
                .ok_or(e)
        }
    }
}

fn read_one(
    text: &str,
    dialled: Option<&str>,
    region: Option<Region>,
) -> Result<(PhoneNumber, Option<&'static str>), NotTaken> {
    let bare = text.trim();
    let quoted =
        bare.starts_with(['\'', '=', '"']).then_some("What a spreadsheet put around the number was taken off.");
    if bare.contains('+') || bare.contains('\u{ff0b}') || bare.trim_start_matches(['\'', '"', '=']).starts_with("00") {
        return PhoneNumber::parse_in(text, None).map(|p| (p, quoted)).map_err(NotTaken::Phone);
    }
    if let Some(code) = dialled {
        return PhoneNumber::parse_in(&format!("+{code} {}", bare.trim_start_matches(['\'', '0'])), None)
            .map(|p| (p, quoted))
            .map_err(NotTaken::Phone);
    }
    let national = PhoneNumber::parse_in(text, region);
    let digits: String = bare.chars().filter(char::is_ascii_digit).collect();
    let may_have_lost_plus = digits.len() >= 10 && !digits.starts_with('0');
    let with_plus = if may_have_lost_plus { PhoneNumber::parse_in(&format!("+{digits}"), None).ok() } else { None };
    match (national, with_plus) {
        (Ok(n), Some(p)) if region.is_some() && n != p => Err(NotTaken::TwoReadings),
        (Ok(n), _) if region.is_some() => Ok((n, quoted)),
        // Without a plus and without a country only one reading is left, if it is one.
        (Err(e), Some(p)) if !matches!(e, PhoneError::Characters | PhoneError::Masked | PhoneError::Scientific) => {
            Ok((p, Some("The lost plus sign was put back.")))
        }
        (Ok(n), _) => Ok((n, quoted)),
        (Err(e), _) => Err(NotTaken::Phone(e)),
    }
}

fn consent_of<'a>(rules: &RowRules, of: impl Fn(ColumnRole) -> Option<&'a str>) -> RowConsent {
    let state = of(ColumnRole::ConsentState);
    let given = rules.dates.read(of(ColumnRole::ConsentAt).unwrap_or_default(), rules.now);
    let spoken = match state {
        Some(text) => said(&text.replace('_', " ")),
        None if rules.mapping.column(ColumnRole::ConsentState).is_some() => Said::Empty,
        // No such column, but the day and the wording or the form of an opt-in: that is one.
        None if of(ColumnRole::ConsentAt).is_some() => Said::Yes,
        None => Said::Empty,
    };
    match spoken {
        Said::OptedOut => return RowConsent::OptedOut { given: given.ok() },
        Said::No => return RowConsent::Declined { given: given.ok() },
        Said::Empty => return RowConsent::Unproven(UnprovenWhy::NothingSaid),
        Said::Unclear => return RowConsent::Unproven(UnprovenWhy::Unclear),
        Said::Yes => {}
    }
    let source = of(ColumnRole::ConsentSource);
    if source.is_some_and(|s| matches!(fold(s).as_str(), "sms" | "email" | "e mail" | "mail")) {
        return RowConsent::Unproven(UnprovenWhy::OtherChannel);
    }
    let Some(purposes) = purposes_said(of(ColumnRole::ConsentPurpose).unwrap_or_default()) else {
        return RowConsent::Unproven(UnprovenWhy::UnknownPurpose);
    };
    match given {
        Ok(given) if source.is_some() || of(ColumnRole::ConsentWording).is_some() => {
            RowConsent::Proven { given, purposes }
        }
        Ok(_) => RowConsent::Unproven(UnprovenWhy::NoSource),
        Err(DateProblem::Missing) => RowConsent::Unproven(UnprovenWhy::NoDate),
        Err(DateProblem::Ambiguous) => RowConsent::Unproven(UnprovenWhy::AmbiguousDate),
        Err(_) => RowConsent::Unproven(UnprovenWhy::BadDate),
    }
}

#[cfg(test)]
#[path = "row_tests.rs"]
mod tests;
