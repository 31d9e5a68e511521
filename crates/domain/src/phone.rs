//! Phone numbers: what people type becomes E.164 or a reason why not.
//!
//! The parsing itself is libphonenumber's metadata; here are the readings that matter to us: one
//! canonical form per person for the countries where WhatsApp's id and the dialled number differ, and
//! which +1 numbers belong to the United States, to whom marketing is never delivered (pricing.md §6).

mod line;
mod plan;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::WaId;

pub use line::Line;

/// A valid phone number in E.164, with its `+`. Hidden in `Debug`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhoneNumber(String);

/// ISO 3166-1 alpha-2 code of a country, upper case: where a national number is read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Region([u8; 2]);

impl Region {
    /// Reads two letters in any case.
    pub fn parse(text: &str) -> Option<Self> {
        let mut it = text.trim().bytes();
        match (it.next(), it.next(), it.next()) {
            (Some(a), Some(b), None) if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Some(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }

    /// Whether there is such a country or territory with phone numbers of its own.
    pub fn has_numbers(&self) -> bool {
        phonenumber::metadata::DATABASE.by_id(self.as_str()).is_some()
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("ZZ")
    }
}

/// Why a text is not a phone number that can be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PhoneError {
    /// Nothing but blanks.
    #[error("there is no number")]
    Empty,
    /// A spreadsheet turned the number into `4.41E+11`: digits are gone.
    #[error("a spreadsheet cut the digits off (scientific notation); export the column as text")]
    Scientific,
    /// More digits than any number has, or as many as a spreadsheet keeps before it writes zeros.
    #[error("it has more digits than a number of its country; a spreadsheet may have changed the last ones to zeros")]
    TooLong,
    /// `+44******456`.
    #[error("the number is masked")]
    Masked,
    /// Letters or other characters that no number has.
    #[error("it contains characters that no phone number has")]
    Characters,
    /// A national number without a country to read it in.
    #[error("it has no country code, and no country was chosen for such numbers")]
    NoCountry,
    /// Digits, but not a number that exists in its country's plan.
    #[error("no such number exists in its country's numbering plan")]
    Invalid,
}

impl PhoneNumber {
    /// Reads a number as people write it; national forms are read in `region`.
    ///
    /// # Errors
    /// [`PhoneError`] says why it is not a number that can be sent to.
    pub fn parse_in(text: &str, region: Option<Region>) -> Result<Self, PhoneError> {
        let cleaned = clean(text)?;
        if plan::is_surely_valid(&cleaned) {
            return Ok(Self(cleaned));
        }
        if let Some(e164) = region.and_then(|r| plan::surely_national(&cleaned, r)) {
            return Ok(Self(e164));
        }
        let read = if plan::is_surely_invalid(&cleaned) {
            Err(PhoneError::Invalid)
        } else {
            Self::parse_by_library(&cleaned, region)
        };
        read.map_err(|e| match e {
            // Spreadsheets keep fifteen digits; no country has numbers of as many.
            PhoneError::Invalid | PhoneError::NoCountry if cleaned.bytes().filter(u8::is_ascii_digit).count() >= 15 => {
                PhoneError::TooLong
            }
            e => e,
        })
    }

    fn parse_by_library(cleaned: &str, region: Option<Region>) -> Result<Self, PhoneError> {
        // Given a country, the library strips that country's prefix from the numbers of all others as well.
        let country = region
            .filter(|_| !cleaned.starts_with('+'))
            .and_then(|r| r.as_str().parse::<phonenumber::country::Id>().ok());
        let parsed = phonenumber::parse(country, cleaned).map_err(|e| match e {
            phonenumber::ParseError::InvalidCountryCode if !cleaned.starts_with('+') => PhoneError::NoCountry,
            _ => PhoneError::Invalid,
        })?;
        if !phonenumber::is_valid(&parsed) {
            return Err(PhoneError::Invalid);
        }
        Ok(Self(parsed.format().mode(phonenumber::Mode::E164).to_string()))
    }

    /// Reads what the store kept: E.164 with `+`, trusted to have been parsed once.
    pub fn from_stored(e164: impl Into<String>) -> Self {
        Self(e164.into())
    }

    /// From WhatsApp's digits without `+`. They need not be a valid number in libphonenumber's eyes
    /// (`wa_id` is WhatsApp's own form, webhooks.md §9), so nothing is checked but that they are digits.
    pub fn from_wa_id(wa_id: &WaId) -> Option<Self> {
        let digits = wa_id.as_str().trim_start_matches('+');
        (!digits.is_empty() && digits.len() <= 20 && digits.bytes().all(|b| b.is_ascii_digit()))
            .then(|| Self(format!("+{digits}")))
    }

    /// E.164 with `+`, as the API wants it (messages.md §1: without `+` Meta prepends the sender's country code).
    pub fn as_e164(&self) -> &str {
        &self.0
    }

    /// Digits without `+`.
    pub fn digits(&self) -> &str {
        self.0.strip_prefix('+').unwrap_or(&self.0)
    }

    /// One form for all spellings of one person's number: Brazil's ninth digit, Mexico's `1` and
    /// Argentina's `9` and `15` differ between what is dialled and `wa_id` (webhooks.md §9). For comparing only.
    pub fn canonical(&self) -> CanonicalPhone {
        let d = self.digits();
        let folded = if let Some(rest) = d.strip_prefix("521").filter(|r| r.len() == 10) {
            format!("52{rest}")
        } else if let Some(rest) = d.strip_prefix("549").filter(|r| r.len() == 10) {
            format!("54{rest}")
        } else if let Some(rest) = d.strip_prefix("55").filter(|r| r.len() == 11) {
            match (rest.get(..2), rest.get(2..3), rest.get(3..)) {
                (Some(area), Some("9"), Some(line)) => format!("55{area}{line}"),
                _ => d.to_owned(),
            }
        } else {
            d.to_owned()
        };
        CanonicalPhone(folded)
    }

    /// The country this number belongs to, where its plan tells.
    pub fn region(&self) -> Option<Region> {
        let parsed = phonenumber::parse(None, &self.0).ok()?;
        parsed.country().id().and_then(|id| Region::parse(id.as_ref()))
    }

    /// Whether this is a United States number: `+1` with an area code that is neither Canadian, Caribbean nor
    /// a US territory's own market. Marketing to these is not delivered (templates.md §9).
    pub fn is_united_states(&self) -> bool {
        let Some(rest) = self.digits().strip_prefix('1').filter(|r| r.len() == 10) else { return false };
        let area = rest.get(..3).unwrap_or_default();
        !NOT_US_AREA_CODES.contains(&area)
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(hidden)")
    }
}

/// The comparing form of a number, see [`PhoneNumber::canonical`]. Digits only; not for sending.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CanonicalPhone(String);

impl CanonicalPhone {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CanonicalPhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CanonicalPhone(hidden)")
    }
}

/// Normalises look-alike digits and takes off what spreadsheets put around a number.
fn clean(text: &str) -> Result<String, PhoneError> {
    let t = text.trim().trim_start_matches(['\'', '=', '\u{feff}']).trim_matches('"').trim();
    let t = t.strip_prefix("p:").unwrap_or(t);
    if t.is_empty() {
        return Err(PhoneError::Empty);
    }
    if t.contains('*') || t.to_ascii_lowercase().contains("xxx") {
        return Err(PhoneError::Masked);
    }
    if is_scientific(t) {
        return Err(PhoneError::Scientific);
    }
    let mut out = String::with_capacity(t.len());
    for c in t.chars() {
        match c {
            '0'..='9' => out.push(c),
            '+' | '\u{ff0b}' if out.is_empty() => out.push('+'),
            '\u{0660}'..='\u{0669}' => out.push(digit(c, 0x0660)),
            '\u{06f0}'..='\u{06f9}' => out.push(digit(c, 0x06f0)),
            '\u{0966}'..='\u{096f}' => out.push(digit(c, 0x0966)),
            '\u{ff10}'..='\u{ff19}' => out.push(digit(c, 0xff10)),
            ' '
            | '\t'
            | '-'
            | '.'
            | '('
            | ')'
            | '/'
            | '\u{a0}'
            | '\u{202f}'
            | '\u{2010}'..='\u{2014}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}' => {}
            _ => return Err(PhoneError::Characters),
        }
    }
    if out.is_empty() || out == "+" {
        return Err(PhoneError::Empty);
    }
    match out.strip_prefix("00") {
        Some(rest) if !rest.is_empty() => Ok(format!("+{rest}")),
        _ => Ok(out),
    }
}

/// `4.41E+11`, `4,41e11`: one letter E between digits, and few digits after it.
fn is_scientific(text: &str) -> bool {
    let Some((before, after)) = text.split_once(['E', 'e']) else { return false };
    let number = |s: &str, also: &str| {
        s.bytes().any(|b| b.is_ascii_digit()) && s.chars().all(|c| c.is_ascii_digit() || also.contains(c))
    };
    number(before, "+-., ") && number(after, "+") && after.len() <= 3
}

fn digit(c: char, zero: u32) -> char {
    char::from_digit((c as u32).saturating_sub(zero), 10).unwrap_or('0')
}

/// Area codes under +1 outside the fifty states: Canada, the Caribbean and Pacific members of the plan.
/// Data of the North American Numbering Plan; a code missing here counts as US, the cautious side for marketing.
const NOT_US_AREA_CODES: &[&str] = &[
    "204", "226", "236", "249", "250", "257", "263", "289", "306", "343", "354", "365", "367", "368", "382", "403",
    "416", "418", "428", "431", "437", "438", "450", "468", "474", "506", "514", "519", "548", "579", "581", "584",
    "587", "600", "604", "613", "622", "639", "647", "672", "683", "705", "709", "742", "753", "778", "780", "782",
    "807", "819", "825", "867", "873", "879", "902", "905", "942", // Canada
    "242", "246", "264", "268", "284", "345", "441", "473", "649", "658", "664", "721", "758", "767", "784", "787",
    "809", "829", "849", "868", "869", "876", "939", // Caribbean
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("+1 416 555 0123", None, "+14165550123")]
    #[case("'+1 (604) 555-0145", None, "+16045550145")]
    #[case("416.555.0123", Some("CA"), "+14165550123")]
    #[case("=\"+15145550110\"", None, "+15145550110")]
    #[case("001 416 555 0123", None, "+14165550123")]
    #[case("p:+14165550123", None, "+14165550123")]
    #[case("\u{ff0b}١٤١٦٥٥٥٠١٢٣", None, "+14165550123")]
    #[case("+44 (0)7911 123456", None, "+447911123456")]
    fn what_people_write_becomes_e164(#[case] text: &str, #[case] region: Option<&str>, #[case] want: &str) {
        let got = PhoneNumber::parse_in(text, region.and_then(Region::parse)).unwrap();
        assert_eq!(got.as_e164(), want);
    }

    #[test]
    fn the_country_of_a_list_changes_nothing_about_a_number_with_a_country_code() {
        // 1 is the prefix of long distance calls in Canada, and how German mobile numbers begin.
        let text = "+49 1512 3456789";
        let canada = Region::parse("CA");
        assert_eq!(PhoneNumber::parse_in(text, canada).unwrap().as_e164(), "+4915123456789");
        assert_eq!(PhoneNumber::parse_by_library("+4915123456789", canada).unwrap().as_e164(), "+4915123456789");
    }

    /// Every shape of number that the metadata gives as an example, and its neighbours.
    #[test]
    fn the_quick_answer_is_the_library_s_around_every_example_of_every_country() {
        let (mut surely, mut surely_not, mut within) = (0, 0, 0);
        for meta in phonenumber::metadata::DATABASE.iter() {
            let d = meta.descriptors();
            let all = [d.mobile(), d.fixed_line(), d.voip(), d.toll_free(), d.premium_rate(), d.uan(), d.pager()];
            for example in all.into_iter().flatten().filter_map(|kind| kind.example()) {
                let whole = format!("+{}{example}", meta.country_code());
                let shorter = whole.get(..whole.len() - 1).unwrap().to_owned();
                let others = (0..10).map(|d| format!("{shorter}{d}"));
                let firsts = (0..10).map(|d| format!("+{}{d}{}", meta.country_code(), example.get(1..).unwrap()));
                let region = Region::parse(meta.id());
                let national = |text: &str| text.strip_prefix(&format!("+{}", meta.country_code())).map(str::to_owned);
                for text in others.chain(firsts).chain([shorter.clone(), format!("{whole}0"), whole.clone()]) {
                    if plan::is_surely_valid(&text) {
                        surely += 1;
                        let slow = PhoneNumber::parse_by_library(&text, None);
                        assert_eq!(slow.as_ref().map(PhoneNumber::as_e164), Ok(text.as_str()));
                    } else if plan::is_surely_invalid(&text) {
                        surely_not += 1;
                        assert!(PhoneNumber::parse_by_library(&text, None).is_err(), "{text}");
                    }
                    let (Some(region), Some(national)) = (region, national(&text)) else { continue };
                    for dialled in [national.clone(), format!("0{national}"), format!("1{national}")] {
                        if let Some(quick) = plan::surely_national(&dialled, region) {
                            within += 1;
                            let slow = PhoneNumber::parse_by_library(&dialled, Some(region));
                            assert_eq!(slow.as_ref().map(PhoneNumber::as_e164), Ok(quick.as_str()), "{dialled}");
                        }
                    }
                }
            }
        }
        assert!(surely > 5_000, "the quick way is hardly ever taken: {surely}");
        assert!(surely_not > 2_000, "the quick no is hardly ever given: {surely_not}");
        assert!(within > 3_000, "the quick way within a country is hardly ever taken: {within}");
    }

    #[rstest]
    #[case("", PhoneError::Empty)]
    #[case("  ", PhoneError::Empty)]
    #[case("1.41656E+10", PhoneError::Scientific)]
    #[case("+1416***0123", PhoneError::Masked)]
    #[case("O416 555 0123", PhoneError::Characters)]
    #[case("416 555 0123", PhoneError::NoCountry)]
    #[case("+1 555 555 0123", PhoneError::Invalid)]
    #[case("+12", PhoneError::Invalid)]
    fn what_is_not_a_number_says_why(#[case] text: &str, #[case] want: PhoneError) {
        assert_eq!(PhoneNumber::parse_in(text, None).unwrap_err(), want);
    }

    #[rstest]
    #[case("+5511987654321", "+551187654321")]
    #[case("+5215512345678", "+525512345678")]
    #[case("+5491123456789", "+541123456789")]
    fn spellings_of_one_number_compare_equal(#[case] a: &str, #[case] b: &str) {
        assert_eq!(PhoneNumber::from_stored(a).canonical(), PhoneNumber::from_stored(b).canonical());
    }

    #[test]
    fn only_area_codes_of_the_fifty_states_are_united_states() {
        assert!(PhoneNumber::from_stored("+12125550123").is_united_states());
        assert!(!PhoneNumber::from_stored("+14165550123").is_united_states());
        assert!(!PhoneNumber::from_stored("+18765550123").is_united_states());
        assert!(!PhoneNumber::from_stored("+447911123456").is_united_states());
    }

    #[rstest]
    #[case("+882100000000")]
    #[case("+883510000000000")]
    #[case("+80012345678")]
    #[case("+870773111632")]
    fn numbers_of_no_country_are_left_to_the_library(#[case] text: &str) {
        assert!(!plan::is_surely_valid(text));
    }

    proptest! {
        #[test]
        fn the_quick_answer_is_the_library_s(digits in "[1-9][0-9]{5,14}") {
            let text = format!("+{digits}");
            if plan::is_surely_valid(&text) {
                let slow = PhoneNumber::parse_by_library(&text, None);
                prop_assert_eq!(slow.as_ref().map(PhoneNumber::as_e164), Ok(text.as_str()));
            } else if plan::is_surely_invalid(&text) {
                prop_assert!(PhoneNumber::parse_by_library(&text, None).is_err());
            }
        }

        #[test]
        fn the_quick_answer_within_a_country_is_the_library_s(digits in "0{0,2}[0-9]{5,13}", at in 0usize..300) {
            let regions: Vec<Region> =
                phonenumber::metadata::DATABASE.iter().filter_map(|m| Region::parse(m.id())).collect();
            let common = ["DE", "GB", "FR", "CA", "US", "IN", "NL", "ES", "IT", "CH", "AT", "AU", "BR", "MX", "ZA", "ID"];
            let region = match common.get(at) {
                Some(r) => Region::parse(r).unwrap(),
                None => regions[at % regions.len()],
            };
            if let Some(quick) = plan::surely_national(&digits, region) {
                let slow = PhoneNumber::parse_by_library(&digits, Some(region));
                prop_assert_eq!(slow.as_ref().map(PhoneNumber::as_e164), Ok(quick.as_str()), "{} in {:?}", digits, region);
            }
        }

        #[test]
        fn any_text_is_a_number_or_a_reason(text in "\\PC{0,40}") {
            let _ = PhoneNumber::parse_in(&text, Region::parse("CA"));
        }

        #[test]
        fn a_parsed_number_parses_to_itself(line in 100u32..199) {
            let a = PhoneNumber::parse_in(&format!("+1416555{:04}", line), None).unwrap();
            prop_assert_eq!(PhoneNumber::parse_in(a.as_e164(), None).unwrap(), a);
        }
    }
}
