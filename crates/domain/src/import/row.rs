//! One row: who it is, what was repaired, what it proves.

use crate::consent::Purposes;
use crate::ids::Bsuid;
use crate::phone::{Line, PhoneError, PhoneNumber, Region};
use crate::text_fold::fold;
use crate::time::UnixMillis;

use super::columns::{ColumnRole, Mapping};
use super::dates::{DateColumn, DateProblem, WhenGiven};
use super::phones::{ReadPhone, read_phone};
use super::why::{Flag, NotTaken, UnprovenWhy};
use super::words::{OptOutSaid, Said, mentions_opting_out, opt_out_said, purposes_said, said, says_opted_out};

/// How rows of one file are read.
#[derive(Clone, Debug)]
pub struct RowRules {
    /// What the columns mean.
    pub mapping: Mapping,
    /// Country of national numbers.
    pub region: Option<Region>,
    /// How the date column writes its dates.
    pub dates: DateColumn,
    /// The list is one of people who opted out: every row of it is an opt-out, whatever its columns say.
    pub all_opted_out: bool,
    /// What a yes is for where the row names no purpose: the columns may speak of marketing alone.
    pub named: Purposes,
    /// Now; a consent of the future is none.
    pub now: UnixMillis,
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

/// A row as judged by itself; what is known of the person already is looked at later.
#[derive(Clone)]
pub struct Judged {
    /// The number.
    pub phone: Option<PhoneNumber>,
    /// The user id.
    pub bsuid: Option<Bsuid>,
    /// What was repaired, one sentence.
    pub repaired: Option<&'static str>,
    /// Other numbers of the same person, kept beside the one that was taken.
    pub alternates: Vec<PhoneNumber>,
    /// What was noticed.
    pub flag: Option<Flag>,
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
    let main = of(ColumnRole::Phone);
    let others =
        rules.mapping.columns(ColumnRole::OtherPhone).filter_map(&cell).map(str::trim).filter(|t| !t.is_empty());
    let mut alternates = Vec::new();
    let (phone, repaired, not_taken) = match read_phone(main, others, of(ColumnRole::Country), rules.region) {
        Ok(ReadPhone { phone, repaired, alternates: more }) => {
            alternates = more;
            (Some(phone), repaired, None)
        }
        Err(_) if bsuid.is_some() => (None, None, None),
        Err(why) => (None, None, Some(why)),
    };
    let not_taken = match not_taken {
        Some(NotTaken::Nobody | NotTaken::Phone(PhoneError::Empty | PhoneError::Characters)) if is_sum(&cell) => {
            Some(NotTaken::Subtotal)
        }
        why => why,
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
        heard if rules.all_opted_out => {
            let dated = || rules.dates.read(of(ColumnRole::ConsentAt).unwrap_or_default(), rules.now).ok();
            (RowConsent::OptedOut { given: heard.ok().flatten().flatten().or_else(dated) }, None)
        }
        Ok(Some(given)) => (RowConsent::OptedOut { given }, None),
        heard => {
            let elsewhere = || other_consent(rules.mapping.columns(ColumnRole::OtherConsent).filter_map(&cell));
            let consent = consent_of(rules, of, elsewhere);
            let doubt = match (&consent, heard) {
                (RowConsent::OptedOut { .. }, _) => None,
                (_, Err(why)) => Some(why),
                _ => unheard_opt_out(rules, &consent, &cell),
            };
            (consent, doubt)
        }
    };
    let flag = flag_of(phone.as_ref(), [of(ColumnRole::FullName), of(ColumnRole::FirstName), of(ColumnRole::LastName)]);
    Judged { phone, bsuid, repaired, alternates, flag, not_taken: not_taken.or(doubt), consent }
}

fn flag_of(phone: Option<&PhoneNumber>, names: [Option<&str>; 3]) -> Option<Flag> {
    let is_test = |name: &str| {
        name.len() < 40
            && ["test", "test test", "dummy", "testkunde", "asdf", "max mustermann"].contains(&fold(name).as_str())
    };
    if names.into_iter().flatten().any(is_test) {
        Some(Flag::Test)
    } else if phone.is_some_and(|p| p.line() == Line::Fixed) {
        Some(Flag::Landline)
    } else {
        phone.is_some_and(PhoneNumber::is_fictional).then_some(Flag::Fictional)
    }
}

/// Words that begin a sum in the first cell that holds anything.
const SUMS: &[&str] = &[
    "total",
    "totals",
    "subtotal",
    "sub total",
    "grand total",
    "sum",
    "count",
    "summe",
    "gesamt",
    "gesamtsumme",
    "zwischensumme",
    "anzahl",
    "somme",
    "sous total",
    "total general",
    "suma",
    "subtotale",
    "totale",
    "totaal",
    "итого",
    "всего",
    "合计",
    "小计",
];

fn is_sum<'a>(cell: &impl Fn(usize) -> Option<&'a str>) -> bool {
    let mut cells = (0usize..).map_while(cell).map(str::trim).filter(|t| !t.is_empty());
    cells.next().is_some_and(|first| {
        first.len() <= 60 && {
            let folded = fold(first.split([':', '=']).next().unwrap_or_default());
            let words = folded.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
            SUMS.contains(&words) || SUMS.iter().any(|s| !s.is_ascii() && fold(s) == words)
        }
    })
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
            None
            | Some(
                R::Attribute
                | R::ConsentWording
                | R::OtherPhone
                | R::ConsentLanguage
                | R::ConsentBusiness
                | R::ConsentConfirmed
                | R::ConsentIp,
            ) if says_opted_out(text) => {
                return Some(NotTaken::OptOutElsewhere);
            }
            Some(R::ConsentState | R::ConsentQuestion | R::ConsentAt | R::ConsentSource | R::ConsentPurpose)
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

/// What a row is worth whose columns say nothing of WhatsApp, but perhaps of e-mail, SMS or a legal basis.
fn other_consent<'a>(cells: impl Iterator<Item = &'a str>) -> UnprovenWhy {
    let mut why = UnprovenWhy::NothingSaid;
    for text in cells {
        match said(&text.replace('_', " ")) {
            Said::OptedOut => return UnprovenWhy::RefusedElsewhere,
            Said::Empty | Said::No => {}
            Said::Yes | Said::Unclear => why = UnprovenWhy::OtherChannel,
        }
    }
    why
}

fn consent_of<'a>(
    rules: &RowRules,
    of: impl Fn(ColumnRole) -> Option<&'a str>,
    elsewhere: impl Fn() -> UnprovenWhy,
) -> RowConsent {
    let state = of(ColumnRole::ConsentState).or_else(|| of(ColumnRole::ConsentQuestion));
    let asks = [ColumnRole::ConsentState, ColumnRole::ConsentQuestion];
    let has_state_column = asks.into_iter().any(|r| rules.mapping.column(r).is_some());
    let given = rules.dates.read(of(ColumnRole::ConsentAt).unwrap_or_default(), rules.now);
    let spoken = match state {
        Some(text) => said(&text.replace('_', " ")),
        None if has_state_column => Said::Empty,
        // No such column, but the day and the wording or the form of an opt-in: that is one.
        None if of(ColumnRole::ConsentAt).is_some() => Said::Yes,
        None => Said::Empty,
    };
    match spoken {
        Said::OptedOut => return RowConsent::OptedOut { given: given.ok() },
        Said::No => return RowConsent::Declined { given: given.ok() },
        Said::Empty => return RowConsent::Unproven(elsewhere()),
        Said::Unclear => return RowConsent::Unproven(UnprovenWhy::Unclear),
        Said::Yes => {}
    }
    let source = of(ColumnRole::ConsentSource);
    if source.is_some_and(|s| matches!(fold(s).as_str(), "sms" | "email" | "e mail" | "mail")) {
        return RowConsent::Unproven(UnprovenWhy::OtherChannel);
    }
    let purposes = match of(ColumnRole::ConsentPurpose) {
        None => rules.named,
        Some(text) => match purposes_said(text) {
            Some(purposes) => purposes,
            None => return RowConsent::Unproven(UnprovenWhy::UnknownPurpose),
        },
    };
    match given {
        Ok(given)
            if source.is_some()
                || of(ColumnRole::ConsentWording).is_some()
                || of(ColumnRole::ConsentQuestion).is_some() =>
        {
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
