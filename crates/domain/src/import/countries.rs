//! Countries as a column names them: two letters, a dialling code, or a name in one of the languages of our users.

use crate::phone::Region;
use crate::text_fold::fold;

/// What a country cell says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Country {
    /// A country.
    Region(Region),
    /// The digits that stand before national numbers.
    Dialled(String),
}

#[rustfmt::skip]
const NAMES: &[(&str, &[&str])] = &[
    ("AE", &["united arab emirates", "uae", "vereinigte arabische emirate"]), ("AR", &["argentina", "argentinien", "argentine"]),
    ("AT", &["austria", "osterreich", "autriche"]), ("AU", &["australia", "australien", "australie"]),
    ("BE", &["belgium", "belgien", "belgique", "belgie", "belgica"]), ("BR", &["brazil", "brasil", "brasilien", "bresil", "brasile"]),
    ("CA", &["canada", "kanada"]), ("CH", &["switzerland", "schweiz", "suisse", "svizzera", "suiza"]), ("CL", &["chile"]),
    ("CO", &["colombia", "kolumbien", "colombie"]), ("CZ", &["czech republic", "czechia", "tschechien", "cesko"]),
    ("DE", &["germany", "deutschland", "allemagne", "alemania", "germania", "alemanha", "duitsland", "brd"]),
    ("DK", &["denmark", "danemark", "danmark"]), ("EG", &["egypt", "agypten"]), ("ES", &["spain", "spanien", "espana", "espagne", "spagna", "espanha"]),
    ("FI", &["finland", "finnland", "suomi"]), ("FR", &["france", "frankreich", "francia", "franca", "frankrijk"]),
    ("GB", &["united kingdom", "great britain", "england", "scotland", "wales", "uk", "grossbritannien", "vereinigtes konigreich", "royaume uni", "reino unido", "regno unito"]),
    ("GR", &["greece", "griechenland"]), ("HK", &["hong kong"]), ("HU", &["hungary", "ungarn"]), ("ID", &["indonesia", "indonesien"]),
    ("IE", &["ireland", "irland", "irlande", "irlanda"]), ("IL", &["israel"]), ("IN", &["india", "indien", "inde", "bharat"]),
    ("IT", &["italy", "italien", "italia", "italie"]), ("JP", &["japan", "japon", "日本"]), ("KE", &["kenya", "kenia"]),
    ("KR", &["south korea", "sudkorea"]), ("LU", &["luxembourg", "luxemburg"]), ("MA", &["morocco", "marokko", "maroc"]),
    ("MX", &["mexico", "mexiko", "mexique"]), ("MY", &["malaysia"]), ("NG", &["nigeria"]),
    ("NL", &["netherlands", "the netherlands", "niederlande", "nederland", "pays bas", "paises bajos", "paesi bassi", "holland"]),
    ("NO", &["norway", "norwegen", "norge"]), ("NZ", &["new zealand", "neuseeland"]), ("PE", &["peru"]), ("PH", &["philippines"]),
    ("PK", &["pakistan"]), ("PL", &["poland", "polen", "polska"]), ("PT", &["portugal"]), ("RO", &["romania", "rumanien"]),
    ("SA", &["saudi arabia", "saudi arabien"]), ("SE", &["sweden", "schweden", "sverige"]), ("SG", &["singapore", "singapur"]),
    ("TH", &["thailand"]), ("TR", &["turkey", "turkiye", "turkei"]), ("UA", &["ukraine"]),
    ("US", &["united states", "united states of america", "usa", "vereinigte staaten", "etats unis", "estados unidos", "stati uniti"]),
    ("ZA", &["south africa", "sudafrika"]),
];

/// Reads a country cell; `None` for what is none.
pub(super) fn country_said(cell: &str) -> Option<Country> {
    let bare = cell.trim().trim_start_matches(['\'', '=', '"']).trim_matches('"');
    let digits = bare.strip_prefix('+').or_else(|| bare.strip_prefix("00")).unwrap_or(bare);
    if (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Country::Dialled(digits.to_owned()));
    }
    if let Some(region) = Region::parse(bare) {
        // The usual wrong code of the United Kingdom.
        let region = if region.as_str() == "UK" { Region::parse("GB")? } else { region };
        return Some(Country::Region(region));
    }
    let folded = fold(bare);
    let named = NAMES.iter().find(|(_, names)| names.iter().any(|n| *n == folded || (!n.is_ascii() && *n == bare)))?;
    Region::parse(named.0).map(Country::Region)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("de", "DE")]
    #[case("UK", "GB")]
    #[case("Österreich", "AT")]
    #[case("United Kingdom", "GB")]
    #[case("España", "ES")]
    fn countries_are_known_by_code_and_name(#[case] cell: &str, #[case] want: &str) {
        assert_eq!(country_said(cell), Some(Country::Region(Region::parse(want).unwrap())));
    }

    #[rstest]
    #[case("91")]
    #[case("+91")]
    #[case("'0091")]
    fn dialling_codes_are_read(#[case] cell: &str) {
        assert_eq!(country_said(cell), Some(Country::Dialled("91".to_owned())));
    }

    #[test]
    fn anything_else_is_no_country() {
        assert_eq!(country_said("somewhere"), None);
        assert_eq!(country_said(""), None);
    }
}
