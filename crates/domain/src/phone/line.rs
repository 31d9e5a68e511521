//! Whether a number can have WhatsApp at all: mobile or landline, where the country's plan tells by the first digits.

use super::{PhoneNumber, Region};

/// What kind of line a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Line {
    /// A mobile number.
    Mobile,
    /// A landline, a short or premium number: rarely on WhatsApp.
    Fixed,
    /// The plan does not tell, as in North America.
    Unknown,
}

/// Country code, and how national numbers of mobiles begin. Only plans in which that is certain; a test holds the
/// table against libphonenumber's examples.
#[rustfmt::skip]
const MOBILE: &[(&str, &[&str])] = &[
    ("27", &["6", "7", "8"]), ("31", &["6"]), ("32", &["4"]), ("33", &["6", "7"]), ("34", &["6", "7"]), ("351", &["9"]),
    ("353", &["8"]), ("358", &["4", "50"]), ("39", &["3"]), ("40", &["7"]), ("41", &["7"]), ("420", &["6", "7"]),
    ("43", &["6"]), ("44", &["7"]), ("46", &["7"]), ("47", &["4", "9"]), ("49", &["15", "16", "17"]), ("61", &["4"]),
    ("64", &["2"]), ("90", &["5"]),
];

impl PhoneNumber {
    /// What kind of line this is.
    pub fn line(&self) -> Line {
        let digits = self.digits();
        match MOBILE.iter().find_map(|(code, begins)| digits.strip_prefix(code).map(|rest| (rest, begins))) {
            Some((rest, begins)) if begins.iter().any(|b| rest.starts_with(b)) => Line::Mobile,
            Some(_) => Line::Fixed,
            None => Line::Unknown,
        }
    }

    /// Whether it is one of the numbers that are kept for films and tests in North America: `555-01xx`.
    pub fn is_fictional(&self) -> bool {
        self.digits().strip_prefix('1').is_some_and(|n| n.len() == 10 && n.get(3..8) == Some("55501"))
    }
}

impl Region {
    /// What is dialled before national numbers inside the country (`0` in most of Europe), if anything.
    pub fn trunk_prefix(&self) -> Option<&'static str> {
        phonenumber::metadata::DATABASE.by_id(self.as_str())?.national_prefix()
    }

    /// The code of the country without `+`.
    pub fn dialling_code(&self) -> Option<String> {
        phonenumber::metadata::DATABASE.by_id(self.as_str()).map(|m| m.country_code().to_string())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_table_agrees_with_the_examples_of_every_plan_in_it() {
        for (code, _) in MOBILE {
            let region = phonenumber::metadata::DATABASE.region(&code.parse::<u16>().unwrap()).unwrap();
            let meta = phonenumber::metadata::DATABASE.by_id(*region.first().unwrap()).unwrap();
            let number = |d: Option<&phonenumber::metadata::Descriptor>| {
                d.and_then(|d| d.example()).map(|e| PhoneNumber::from_stored(format!("+{code}{e}")))
            };
            let kinds = meta.descriptors();
            assert_eq!(number(kinds.mobile()).unwrap().line(), Line::Mobile, "{code}");
            assert_eq!(number(kinds.fixed_line()).unwrap().line(), Line::Fixed, "{code}");
        }
        assert_eq!(PhoneNumber::from_stored("+14165550123").line(), Line::Unknown);
        assert!(PhoneNumber::from_stored("+14165550123").is_fictional());
    }
}
