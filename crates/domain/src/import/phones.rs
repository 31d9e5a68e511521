//! The number of a row: which column, which of several numbers, and the one repair that is possible.

use crate::phone::{Line, PhoneError, PhoneNumber, Region};

use super::countries::{Country, country_said};
use super::why::NotTaken;

/// Names under which attributes in JSON keep a number (listmonk).
const JSON_KEYS: &[&str] = &[
    "phone",
    "whatsapp",
    "mobile",
    "phone_number",
    "whatsapp_number",
    "cell",
    "tel",
    "telephone",
    "telefon",
    "handy",
    "number",
];

const SEVERAL: &str = "Several numbers, or an extension, in one cell: the first mobile number was taken.";
const QUOTED: &str = "What a spreadsheet put around the number was taken off.";
const PLUS: &str = "The lost plus sign was put back.";
const ZERO: &str = "The lost leading zero was put back.";
const TRUNK: &str = "The zero that is dialled only inside the country was taken off.";
const COUNTRY: &str = "The country code came from its own column.";
const RESPELLED: &str = "An old spelling of the number was put into the one that is dialled today.";
const OTHER: &str = "The number came from the column with other numbers.";

/// A number that was read, and how.
pub(super) struct ReadPhone {
    pub phone: PhoneNumber,
    pub repaired: Option<&'static str>,
    /// Other numbers of the same person.
    pub alternates: Vec<PhoneNumber>,
}

/// Reads the number of a row out of its main cell, else out of the cells with other numbers.
pub(super) fn read_phone<'a>(
    main: Option<&'a str>,
    others: impl Iterator<Item = &'a str>,
    country: Option<&str>,
    default: Option<Region>,
) -> Result<ReadPhone, NotTaken> {
    let (dialled, named) = match country.and_then(country_said) {
        Some(Country::Dialled(code)) => (Some(code), None),
        Some(Country::Region(region)) => (None, Some(region)),
        None => (None, None),
    };
    let place = Place { dialled, region: named.or(default) };
    let first = main.map(|text| place.cell(text));
    let settled = matches!(&first, Some(Ok(read)) if read.phone.line() != Line::Fixed);
    // Nothing beside it: the usual row of a large file.
    let mut found: Vec<(PhoneNumber, Option<&'static str>)> = Vec::new();
    for text in others {
        if let Ok(read) = place.cell(text) {
            found.push((read.phone, read.repaired));
            found.extend(read.alternates.into_iter().map(|p| (p, None)));
        }
    }
    if settled || found.is_empty() {
        return match first {
            Some(Ok(mut read)) => {
                read.alternates.extend(found.into_iter().map(|(p, _)| p));
                read.alternates.retain(|p| *p != read.phone);
                read.alternates.dedup();
                Ok(read)
            }
            Some(Err(e)) => Err(e),
            None => Err(NotTaken::Nobody),
        };
    }
    // The main number is missing, unusable or a landline: a mobile one beside it is the better.
    let mobile = found.iter().position(|(p, _)| p.line() != Line::Fixed);
    match (first, mobile) {
        (Some(Err(e)), _) if e.verdict_is_open() => Err(e),
        (Some(Ok(mut read)), Some(at)) => {
            let (phone, _) = found.remove(at);
            let landline = std::mem::replace(&mut read.phone, phone);
            read.alternates.push(landline);
            read.alternates.extend(found.into_iter().map(|(p, _)| p));
            read.repaired = Some(OTHER);
            Ok(read)
        }
        (Some(Ok(mut read)), None) => {
            read.alternates.extend(found.into_iter().map(|(p, _)| p));
            Ok(read)
        }
        (_, at) => {
            let (phone, _) = found.remove(at.unwrap_or(0));
            Ok(ReadPhone { phone, repaired: Some(OTHER), alternates: found.into_iter().map(|(p, _)| p).collect() })
        }
    }
}

/// Where national numbers are read.
struct Place {
    dialled: Option<String>,
    region: Option<Region>,
}

impl Place {
    fn cell(&self, text: &str) -> Result<ReadPhone, NotTaken> {
        let in_json = match text.starts_with('{').then(|| in_attributes(text)) {
            // Attributes without a number among them.
            Some(None) => return Err(NotTaken::Nobody),
            found => found.flatten(),
        };
        let text = in_json.as_deref().unwrap_or(text);
        if text.starts_with("<test lead") {
            return Err(NotTaken::TestRow);
        }
        let read = self.one(text).or_else(|e| self.respelled(text).map(|p| (p, Some(RESPELLED))).ok_or(e));
        match read {
            Ok((phone, repaired)) => Ok(ReadPhone { phone, repaired, alternates: Vec::new() }),
            Err(e) => self.several(text).ok_or(e),
        }
    }

    /// Several numbers in one cell: the first that is a mobile one, else the first that is one.
    fn several(&self, text: &str) -> Option<ReadPhone> {
        let parts: Vec<&str> = text
            .split([',', ';', '|', '/', '\n'])
            .flat_map(|p| p.split(":::"))
            .flat_map(|p| p.split(" or "))
            .map(str::trim)
            .filter(|p| !p.is_empty())
            .collect();
        let lower = text.to_ascii_lowercase();
        let extension = [" x", " ext", ";ext", "#", " durchwahl", " dw "]
            .iter()
            .filter_map(|mark| lower.find(mark))
            .min()
            .and_then(|i| text.get(..i))
            .filter(|t| !t.trim().is_empty());
        let cut = |part: &'_ str| -> Option<PhoneNumber> { self.one(part).ok().map(|(p, _)| p) };
        let mut all: Vec<PhoneNumber> =
            if parts.len() > 1 { parts.iter().filter_map(|p| cut(p)).collect() } else { Vec::new() };
        if all.is_empty() {
            all.extend(extension.and_then(cut));
        }
        if all.is_empty() {
            return None;
        }
        let at = all.iter().position(|p| p.line() != Line::Fixed).unwrap_or(0);
        let phone = all.remove(at);
        all.retain(|p| *p != phone);
        Some(ReadPhone { phone, repaired: Some(SEVERAL), alternates: all })
    }

    /// Spellings that WhatsApp and older lists use and that nobody can dial any more: Brazil's mobile numbers before
    /// their ninth digit, Mexico's with the 1 of before 2019.
    fn respelled(&self, text: &str) -> Option<PhoneNumber> {
        let shown = text.trim().trim_start_matches(['\'', '"', '=', ' ', '+']).trim_end_matches('"');
        if !shown.chars().all(|c| c.is_ascii_digit() || " -.()\u{a0}".contains(c)) {
            return None;
        }
        let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
        let digits = digits.strip_prefix("00").unwrap_or(&digits);
        let brazilian = |d: &str| {
            let (area, line) = d.split_at_checked(2)?;
            let mobile = line.len() == 8 && line.starts_with(['6', '7', '8', '9']);
            mobile.then(|| PhoneNumber::parse_in(&format!("+55{area}9{line}"), None).ok()).flatten()
        };
        if let Some(national) = digits.strip_prefix("521").filter(|n| n.len() == 10) {
            return PhoneNumber::parse_in(&format!("+52{national}"), None).ok();
        }
        match digits.strip_prefix("55").filter(|n| n.len() == 10) {
            Some(national) => brazilian(national),
            None if self.region.is_some_and(|r| r.as_str() == "BR") => brazilian(digits),
            None => None,
        }
    }

    fn one(&self, text: &str) -> Result<(PhoneNumber, Option<&'static str>), NotTaken> {
        let bare = text.trim();
        let quoted = bare.starts_with(['\'', '=', '"']).then_some(QUOTED);
        let shown = bare.trim_start_matches(['\'', '"', '=', ' ']);
        if bare.contains('+') || bare.contains('\u{ff0b}') || shown.starts_with("00") {
            return match PhoneNumber::parse_in(text, None) {
                Ok(p) => {
                    let digits = bare.bytes().filter(u8::is_ascii_digit).count();
                    let trunk = !shown.starts_with("00") && digits == p.digits().len() + 1;
                    Ok((p, quoted.or(trunk.then_some(TRUNK))))
                }
                Err(e) if !matches!(e, PhoneError::Invalid | PhoneError::TooLong) => Err(NotTaken::Phone(e)),
                Err(e) => match without_trunk_zero(shown) {
                    Some(p) => Ok((p, Some(TRUNK))),
                    None => Err(NotTaken::Phone(e)),
                },
            };
        }
        if let Some(code) = &self.dialled {
            let digits = shown.trim_start_matches('0');
            let joined = PhoneNumber::parse_in(&format!("+{code} {digits}"), None);
            // The number may carry the code already.
            let whole = digits
                .strip_prefix(code.as_str())
                .and_then(|_| PhoneNumber::parse_in(&format!("+{digits}"), None).ok());
            return match (joined, whole) {
                (Ok(a), Some(b)) if a != b => Err(NotTaken::TwoReadings),
                (Ok(p), _) | (Err(_), Some(p)) => Ok((p, quoted.or(Some(COUNTRY)))),
                (Err(e), None) => Err(NotTaken::Phone(e)),
            };
        }
        let national = PhoneNumber::parse_in(text, self.region);
        let digits: String = bare.chars().filter(char::is_ascii_digit).collect();
        let may_have_lost_plus = digits.len() >= 10 && !digits.starts_with('0');
        let with_plus = if may_have_lost_plus { PhoneNumber::parse_in(&format!("+{digits}"), None).ok() } else { None };
        match (national, with_plus) {
            (Ok(n), Some(p)) if self.region.is_some() && n != p => Err(NotTaken::TwoReadings),
            (Ok(n), with_plus) if self.region.is_some() => {
                let lost = if with_plus.is_some() {
                    Some(PLUS)
                } else {
                    let zero = self.region.and_then(|r| r.trunk_prefix()) == Some("0");
                    (zero && !digits.starts_with('0')).then_some(ZERO)
                };
                Ok((n, quoted.or(lost)))
            }
            // Without a plus and without a country only one reading is left, if it is one.
            (Err(e), Some(p)) if !matches!(e, PhoneError::Characters | PhoneError::Masked | PhoneError::Scientific) => {
                Ok((p, Some(PLUS)))
            }
            (Ok(n), _) => Ok((n, quoted)),
            (Err(e), _) => Err(NotTaken::Phone(e)),
        }
    }
}

/// `+49 0171 …`: the zero after the country code, dropped where the rest is a number.
fn without_trunk_zero(text: &str) -> Option<PhoneNumber> {
    let digits: String = text.trim_start_matches('+').chars().filter(char::is_ascii_digit).collect();
    (1..=3).find_map(|n| {
        let (code, rest) = digits.split_at_checked(n)?;
        let national = rest.strip_prefix('0')?;
        PhoneNumber::parse_in(&format!("+{code}{national}"), None).ok()
    })
}

/// The number that attributes in JSON hold.
fn in_attributes(text: &str) -> Option<String> {
    let map: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).ok()?;
    let value =
        JSON_KEYS.iter().find_map(|key| map.iter().find(|(k, _)| k.eq_ignore_ascii_case(key)).map(|(_, v)| v))?;
    match value {
        serde_json::Value::String(s) => Some(s.clone()),
        serde_json::Value::Number(n) => Some(n.to_string()),
        _ => None,
    }
}
