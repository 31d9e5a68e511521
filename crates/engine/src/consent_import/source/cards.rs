//! vCards (2.1, 3.0, 4.0): one record for each card, its mobile number first.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::super::ImportError;
use super::made::{Made, Push};
use super::text::{Decoding, TextShape};

/// Names of the columns that cards become.
const HEADER: [&str; 12] = [
    "Full name",
    "First name",
    "Last name",
    "Mobile phone",
    "Phone 2",
    "Phone 3",
    "Email",
    "Organisation",
    "Job title",
    "Birthday",
    "Categories",
    "Note",
];
/// A property that goes on for longer is a picture.
const LONGEST_PROPERTY_BYTES: usize = 64 * 1024;

/// The cards as records, with a header.
pub(super) fn records(path: &Path, shape: &TextShape) -> Result<Made, ImportError> {
    let file = File::open(path).map_err(ImportError::Unreadable)?;
    let mut lines = BufReader::new(Decoding::new(BufReader::new(file), shape.encoding));
    Made::by(move |push| {
        if !push.row(HEADER) {
            return Ok(());
        }
        let mut reading = Reading { push, card: None };
        let mut property = String::new();
        let mut line = Vec::new();
        loop {
            line.clear();
            let n = lines.read_until(b'\n', &mut line).map_err(ImportError::Unreadable)?;
            let text = String::from_utf8_lossy(&line);
            // Old Macs end lines with a carriage return alone.
            for part in text.trim_end_matches(['\r', '\n']).split('\r') {
                if n > 0 && continues(&property, part) {
                    if property.len() < LONGEST_PROPERTY_BYTES {
                        join(&mut property, part);
                    }
                    continue;
                }
                if !reading.property(&property) {
                    return Ok(());
                }
                property.clear();
                property.push_str(part);
            }
            // A card without its end counts as well: it is a record of the file.
            if n == 0 {
                reading.property(&property);
                reading.end();
                return Ok(());
            }
            lines.get_mut().begin_record();
        }
    })
}

/// Whether a line belongs to the property before it: folded, or after a soft line break.
fn continues(property: &str, line: &str) -> bool {
    !property.is_empty()
        && (line.starts_with([' ', '\t']) || (is_quoted_printable(property) && property.ends_with('=')))
}

fn join(property: &mut String, line: &str) {
    if is_quoted_printable(property) && property.ends_with('=') {
        property.pop();
        property.push_str(line.trim_start_matches([' ', '\t']));
    } else {
        property.push_str(line.get(1..).unwrap_or_default());
    }
}

fn is_quoted_printable(property: &str) -> bool {
    let head = property.split(':').next().unwrap_or_default();
    head.len() < 200 && head.to_ascii_uppercase().contains("QUOTED-PRINTABLE")
}

#[derive(Default)]
struct Card {
    full: String,
    first: String,
    last: String,
    phones: Vec<(u8, String)>,
    email: String,
    organisation: String,
    title: String,
    birthday: String,
    categories: String,
    note: String,
}

struct Reading<'a> {
    push: &'a mut Push,
    card: Option<Card>,
}

impl Reading<'_> {
    /// Takes one whole property; `false` when nobody reads any more.
    fn property(&mut self, property: &str) -> bool {
        let Some((head, raw)) = split_head(property) else { return true };
        let mut parts = head.split(';');
        let name = parts.next().unwrap_or_default().rsplit('.').next().unwrap_or_default().trim().to_ascii_uppercase();
        let parameters: Vec<String> = parts.map(str::to_ascii_uppercase).collect();
        match name.as_str() {
            // An address book inside an address book: the outer card goes on.
            "BEGIN" if raw.trim().eq_ignore_ascii_case("VCARD") => {
                let more = self.end();
                self.card = Some(Card::default());
                return more;
            }
            "END" if raw.trim().eq_ignore_ascii_case("VCARD") => return self.end(),
            _ => {}
        }
        let Some(card) = &mut self.card else { return true };
        let value = || decoded(raw, &parameters);
        let once = |place: &mut String, text: String| {
            if place.is_empty() {
                *place = text;
            }
        };
        match name.as_str() {
            "FN" => once(&mut card.full, plain(&value())),
            "N" => {
                let value = value();
                let mut parts = split_unescaped(&value, ';').into_iter().map(|p| plain(&p));
                once(&mut card.last, parts.next().unwrap_or_default());
                once(&mut card.first, parts.next().unwrap_or_default());
            }
            "TEL" => {
                let value = plain(&value());
                let number = value.strip_prefix("tel:").or_else(|| value.strip_prefix("TEL:")).unwrap_or(&value);
                let number = number.split(";ext=").next().unwrap_or_default().trim().to_owned();
                let is = |what: &str| parameters.iter().any(|p| p.contains(what));
                let rank = match () {
                    () if is("FAX") || is("PAGER") => 3,
                    () if is("CELL") || is("MOBILE") || is("IPHONE") => 0,
                    () if is("PREF") => 1,
                    () => 2,
                };
                if !number.is_empty() {
                    card.phones.push((rank, number));
                }
            }
            "EMAIL" => once(&mut card.email, plain(&value())),
            "ORG" => once(
                &mut card.organisation,
                split_unescaped(&value(), ';').iter().map(|p| plain(p)).collect::<Vec<_>>().join(" ").trim().to_owned(),
            ),
            "TITLE" => once(&mut card.title, plain(&value())),
            "BDAY" => once(&mut card.birthday, plain(&value())),
            "CATEGORIES" => once(&mut card.categories, plain(&value())),
            "NOTE" => once(&mut card.note, plain(&value())),
            _ => {}
        }
        true
    }

    fn end(&mut self) -> bool {
        let Some(mut card) = self.card.take() else { return true };
        card.phones.sort_by_key(|(rank, _)| *rank);
        let mut phones = card.phones.iter().map(|(_, n)| n.as_str());
        let (first, second) = (phones.next().unwrap_or_default(), phones.next().unwrap_or_default());
        let rest = phones.collect::<Vec<_>>().join(", ");
        // A card without anything that we keep is a record all the same, and rejected as one.
        let full = if [&card.full, &card.first, &card.last].iter().all(|n| n.is_empty()) && first.is_empty() {
            "(card without name and number)"
        } else {
            card.full.as_str()
        };
        self.push.row([
            full,
            card.first.as_str(),
            card.last.as_str(),
            first,
            second,
            rest.as_str(),
            card.email.as_str(),
            card.organisation.as_str(),
            card.title.as_str(),
            card.birthday.as_str(),
            card.categories.as_str(),
            card.note.as_str(),
        ])
    }
}

/// Name with parameters, and value: cut at the first colon outside quotation marks.
fn split_head(property: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let at = property.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == ':' && !quoted
    });
    at.and_then(|(i, _)| property.split_at_checked(i)).map(|(head, rest)| (head, rest.get(1..).unwrap_or_default()))
}

fn decoded(raw: &str, parameters: &[String]) -> String {
    if !parameters.iter().any(|p| p.contains("QUOTED-PRINTABLE")) {
        return raw.to_owned();
    }
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.as_bytes();
    while let Some((b, after)) = rest.split_first() {
        let hex = (*b == b'=').then(|| after.get(..2)).flatten().and_then(|h| std::str::from_utf8(h).ok());
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*b);
                rest = after;
            }
        }
    }
    let named =
        parameters.iter().find_map(|p| p.strip_prefix("CHARSET=")).and_then(|c| Encoding::for_label(c.as_bytes()));
    let encoding = named.unwrap_or(if std::str::from_utf8(&bytes).is_ok() { UTF_8 } else { WINDOWS_1252 });
    encoding.decode(&bytes).0.into_owned()
}

fn split_unescaped(text: &str, separator: char) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut escaped = false;
    for c in text.chars() {
        if c == separator && !escaped {
            out.push(String::new());
        } else if let Some(last) = out.last_mut() {
            last.push(c);
        }
        escaped = c == '\\' && !escaped;
    }
    out
}

/// Takes the escapes of a value away.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut escaped = false;
    for c in text.trim().chars() {
        match (escaped, c) {
            (false, '\\') => escaped = true,
            (true, 'n' | 'N') => {
                out.push(' ');
                escaped = false;
            }
            _ => {
                out.push(c);
                escaped = false;
            }
        }
    }
    out
}
