//! How a value of a list is written into a message: as it is, with capitals, as a number, an amount or a date in a
//! language. What cannot be read as what it should be is an error and never a guess: "1.234" may be one or a thousand.

use icu_datetime::DateTimeFormatter;
use icu_datetime::fieldsets::YMD;
use icu_datetime::input::Date;
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_locale_core::Locale;
use serde::{Deserialize, Serialize};

use crate::import::read_any_day;
use crate::send::words;

words! {
    /// How a value is written.
    FormatKind {
        /// As it stands in the list.
        AsIs = "as_is",
        /// Each word with a capital letter: "ANA PROVA" and "ana prova" become "Ana Prova".
        Capitalised = "capitalised",
        /// The first word alone, with a capital letter.
        FirstWord = "first_word",
        /// In capital letters.
        Upper = "upper",
        /// A number as a language writes it.
        Number = "number",
        /// An amount of money as a language writes it.
        Currency = "currency",
        /// A date with the month in words: "24 December 2026".
        DateLong = "date_long",
        /// A short date: "24 Dec 2026".
        DateMedium = "date_medium",
    }
}

/// How a value is written, in which language and currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueFormat {
    /// How.
    pub kind: FormatKind,
    /// Language code as templates have them (`en_US`); none = the template's.
    #[serde(default)]
    pub language: Option<String>,
    /// ISO 4217, for amounts.
    #[serde(default)]
    pub currency: Option<String>,
}

impl Default for ValueFormat {
    fn default() -> Self {
        Self { kind: FormatKind::AsIs, language: None, currency: None }
    }
}

/// What a value was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No number, or one that can be read in two ways.
    #[error("cannot be read as a number")]
    Number,
    /// No date, or one that can be read in two ways.
    #[error("cannot be read as a date")]
    Date,
}

impl ValueFormat {
    /// Writes a value. `language` is the template's.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn apply(&self, value: &str, language: &str) -> Result<String, Unreadable> {
        let language = self.language.as_deref().filter(|l| !l.trim().is_empty()).unwrap_or(language);
        Ok(match self.kind {
            FormatKind::AsIs => value.to_owned(),
            FormatKind::Capitalised => capitalised(value),
            FormatKind::FirstWord => capitalised(value.split_whitespace().next().unwrap_or_default()),
            FormatKind::Upper => value.to_uppercase(),
            FormatKind::Number => in_language(&read_number(value).ok_or(Unreadable::Number)?, language)?,
            FormatKind::Currency => amount(value, self.currency.as_deref().unwrap_or_default(), language)?,
            FormatKind::DateLong => date(value, language, true)?,
            FormatKind::DateMedium => date(value, language, false)?,
        })
    }
}

/// Every word with one capital letter; words that mix both already ("McKay", "iPhone") stay as they are.
fn capitalised(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(capitalised_word).collect();
    words.join(" ")
}

fn capitalised_word(word: &str) -> String {
    let (upper, lower) = (word.chars().any(char::is_uppercase), word.chars().any(char::is_lowercase));
    if upper && lower {
        return word.to_owned();
    }
    let mut out = String::with_capacity(word.len());
    let mut at_start = true;
    for c in word.chars() {
        if at_start && c.is_alphabetic() {
            out.extend(c.to_uppercase());
            at_start = false;
        } else {
            out.extend(c.to_lowercase());
            // "anne-marie", "o'neil": the part behind is a name of its own; "dad's" is not.
            at_start = matches!(c, '-' | '\u{2010}') || (matches!(c, '\'' | '\u{2019}') && out.chars().count() == 2);
        }
    }
    out
}

/// Characters that group digits and say nothing else.
const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '\u{2019}')
}

/// The number that a text is, as plain decimal text. A currency sign or code around it is passed over. `None` where it
/// is none, or where one separator before exactly three digits may group them or begin the decimals.
pub fn read_number(text: &str) -> Option<String> {
    let text = text.trim();
    let signs = |c: char| c.is_alphabetic() || is_space(c) || "$€£¥₹₽₺₩₪₫฿₦₱₴%".contains(c);
    let core = text.trim_matches(signs);
    let around = text.chars().filter(|c| c.is_alphabetic()).count();
    if around > 3 {
        return None;
    }
    let (negative, core) = match core.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest.trim_start_matches(signs)),
        None => (false, core.strip_prefix('+').unwrap_or(core)),
    };
    let digits_only: String = core.chars().filter(|c| !is_space(*c)).collect();
    if digits_only.is_empty() || !digits_only.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',') {
        return None;
    }
    if !digits_only.starts_with(|c: char| c.is_ascii_digit()) || digits_only.len() > 24 {
        return None;
    }
    let plain = plain_decimal(&digits_only)?;
    Some(if negative { format!("-{plain}") } else { plain })
}

fn plain_decimal(text: &str) -> Option<String> {
    let dots = text.matches('.').count();
    let commas = text.matches(',').count();
    let decimal = match (dots, commas) {
        (0, 0) => return Some(text.to_owned()),
        // Both: the last one begins the decimals.
        (1.., 1..) => {
            let last = text.rfind(['.', ','])?;
            let sign = text.get(last..)?.chars().next()?;
            if text.matches(sign).count() > 1 {
                return None;
            }
            Some(sign)
        }
        (1, 0) | (0, 1) => {
            let (whole, after) = text.split_once(['.', ','])?;
            if after.len() == 3 && whole != "0" {
                return None;
            }
            Some(if dots == 1 { '.' } else { ',' })
        }
        _ => None,
    };
    let (whole, after) = match decimal {
        Some(sign) => text.split_once(sign)?,
        None => (text, ""),
    };
    let groups: Vec<&str> = whole.split(['.', ',']).collect();
    let (first, rest) = groups.split_first()?;
    // Groups of three, or of two as in India.
    if !rest.is_empty() && (first.is_empty() || first.len() > 3 || rest.iter().any(|g| g.len() != 3 && g.len() != 2)) {
        return None;
    }
    if rest.last().is_some_and(|g| g.len() != 3) || (decimal.is_some() && after.is_empty()) {
        return None;
    }
    let whole = groups.concat();
    Some(if after.is_empty() { whole } else { format!("{whole}.{after}") })
}

/// The day that a text names, where it can be read in one way only.
pub fn read_day(text: &str) -> Option<jiff::civil::Date> {
    read_any_day(text)
}

fn locale(language: &str) -> Locale {
    language.replace('_', "-").parse().unwrap_or(Locale::UNKNOWN)
}

fn in_language(plain: &str, language: &str) -> Result<String, Unreadable> {
    let number: Decimal = plain.parse().map_err(|_| Unreadable::Number)?;
    let formatter =
        DecimalFormatter::try_new(locale(language).into(), Default::default()).map_err(|_| Unreadable::Number)?;
    Ok(formatter.format(&number).to_string())
}

/// Digits behind the point of a currency, where they are not two (ISO 4217).
fn decimals_of(currency: &str) -> usize {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND" | "VUV"
        | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// The sign that people write for a currency; else its code.
fn sign_of(currency: &str) -> &str {
    match currency {
        "USD" | "CAD" | "AUD" | "NZD" | "MXN" | "SGD" | "HKD" | "ARS" | "CLP" | "COP" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "JPY" => "¥",
        "INR" => "₹",
        "BRL" => "R$",
        "TRY" => "₺",
        "KRW" => "₩",
        "ILS" => "₪",
        "NGN" => "₦",
        "PHP" => "₱",
        "VND" => "₫",
        other => other,
    }
}

/// Languages that write the sign behind the amount.
const SIGN_BEHIND: &[&str] = &[
    "de", "fr", "es", "it", "pt_PT", "ru", "uk", "pl", "cs", "sk", "sv", "da", "fi", "nb", "ro", "hu", "bg", "el",
    "hr", "sl", "sr", "lt", "lv", "et", "ca", "vi", "ka", "kk", "az", "uz", "be", "sq", "mk",
];
/// Places of those languages that write it before, as their neighbours do.
const SIGN_BEFORE: &[&str] = &["de_AT", "de_CH", "es_MX", "es_AR", "es_CO", "es_CL", "es_PE", "es_EC", "es_UY"];

fn amount(value: &str, currency: &str, language: &str) -> Result<String, Unreadable> {
    let plain = read_number(value).ok_or(Unreadable::Number)?;
    let (negative, plain) = match plain.strip_prefix('-') {
        Some(rest) => (true, rest.to_owned()),
        None => (false, plain),
    };
    let currency = currency.trim().to_ascii_uppercase();
    let places = decimals_of(&currency);
    let (whole, after) = plain.split_once('.').unwrap_or((&plain, ""));
    // More digits than the currency has would have to be rounded, and an amount is not ours to round.
    if after.trim_end_matches('0').len() > places {
        return Err(Unreadable::Number);
    }
    let after: String = after.chars().chain(std::iter::repeat('0')).take(places).collect();
    let written = in_language(&if places == 0 { whole.to_owned() } else { format!("{whole}.{after}") }, language)?;
    let minus = if negative { "-" } else { "" };
    let sign = sign_of(&currency);
    if sign.is_empty() {
        return Ok(format!("{minus}{written}"));
    }
    let base = language.split(['_', '-']).next().unwrap_or_default();
    let tag = language.replace('-', "_");
    let behind =
        SIGN_BEHIND.contains(&tag.as_str()) || (SIGN_BEHIND.contains(&base) && !SIGN_BEFORE.contains(&tag.as_str()));
    Ok(match behind {
        true => format!("{minus}{written} {sign}"),
        false if sign.chars().all(|c| c.is_ascii_alphabetic()) => format!("{minus}{sign} {written}"),
        false => format!("{minus}{sign}{written}"),
    })
}

fn date(value: &str, language: &str, long: bool) -> Result<String, Unreadable> {
    let day = read_day(value).ok_or(Unreadable::Date)?;
    let (month, of_month) = (u8::try_from(day.month()).unwrap_or(1), u8::try_from(day.day()).unwrap_or(1));
    let input = Date::try_new_iso(i32::from(day.year()), month, of_month).map_err(|_| Unreadable::Date)?;
    let fields = if long { YMD::long() } else { YMD::medium() };
    let formatter = DateTimeFormatter::try_new(locale(language).into(), fields).map_err(|_| Unreadable::Date)?;
    Ok(formatter.format(&input).to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn with(kind: FormatKind, language: &str, currency: &str, value: &str) -> Result<String, Unreadable> {
        ValueFormat { kind, language: None, currency: Some(currency.to_owned()) }.apply(value, language)
    }

    #[rstest]
    #[case("ANA PROVA", "Ana Prova")]
    #[case("anne-marie o'neil", "Anne-Marie O'Neil")]
    #[case("McKay", "McKay")]
    #[case("émile", "Émile")]
    fn capitals_are_set_as_names_have_them(#[case] typed: &str, #[case] written: &str) {
        assert_eq!(with(FormatKind::Capitalised, "en", "", typed).unwrap(), written);
    }

    #[rstest]
    #[case("1234.5", Some("1234.5"))]
    #[case("1,234.50", Some("1234.50"))]
    #[case("1.234,50", Some("1234.50"))]
    #[case("1 234,5", Some("1234.5"))]
    #[case("$ 25", Some("25"))]
    #[case("25,00 €", Some("25.00"))]
    #[case("-3", Some("-3"))]
    #[case("0.125", Some("0.125"))]
    #[case("1,23,456.00", Some("123456.00"))]
    #[case("1.234", None)]
    #[case("1,234", None)]
    #[case("1,234,567", Some("1234567"))]
    #[case("twelve", None)]
    #[case("12 loaves", None)]
    #[case("1.2.3", None)]
    #[case("", None)]
    fn a_number_is_read_where_it_can_be_read_in_one_way(#[case] typed: &str, #[case] read: Option<&str>) {
        assert_eq!(read_number(typed).as_deref(), read);
    }

    #[test]
    fn numbers_amounts_and_dates_are_written_as_the_language_does() {
        assert_eq!(with(FormatKind::Number, "de", "", "1234567.5").unwrap(), "1.234.567,5");
        assert_eq!(with(FormatKind::Currency, "en_US", "CAD", "1234.5").unwrap(), "$1,234.50");
        assert_eq!(with(FormatKind::Currency, "de", "EUR", "1234.5").unwrap(), "1.234,50 €");
        assert_eq!(with(FormatKind::Currency, "en", "SEK", "10").unwrap(), "SEK 10.00");
        assert_eq!(with(FormatKind::Currency, "en", "JPY", "10.00").unwrap(), "¥10");
        assert_eq!(with(FormatKind::Currency, "en", "USD", "10.005"), Err(Unreadable::Number));
        assert_eq!(with(FormatKind::DateLong, "en_US", "", "2026-12-24").unwrap(), "December 24, 2026");
        assert_eq!(with(FormatKind::DateLong, "de", "", "24.12.2026").unwrap(), "24. Dezember 2026");
        assert_eq!(with(FormatKind::DateMedium, "es_ES", "", "2026-12-24").unwrap(), "24 dic 2026");
        assert_eq!(with(FormatKind::DateLong, "en", "", "05/06/2026"), Err(Unreadable::Date));
    }

    #[test]
    fn a_language_of_its_own_goes_before_the_templates() {
        let format = ValueFormat { kind: FormatKind::DateLong, language: Some("fr".to_owned()), currency: None };
        assert_eq!(format.apply("2026-08-01", "en").unwrap(), "1 août 2026");
    }

    proptest! {
        #[test]
        fn nothing_that_people_type_makes_a_format_fall(text in "\\PC{0,40}", language in "\\PC{0,8}") {
            for kind in FormatKind::ALL {
                let _ = with(*kind, &language, "EUR", &text);
            }
        }

        #[test]
        fn what_is_read_as_a_number_is_one(text in "[0-9.,' $-]{0,14}") {
            if let Some(read) = read_number(&text) {
                prop_assert!(read.parse::<f64>().is_ok(), "{text} {read}");
            }
        }
    }
}
