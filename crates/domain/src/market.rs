//! Which market of Meta's price list a person belongs to (pricing.md §6): by the longest calling code of the number, or
//! by the country of a user id. The lists are dated data beside the sources.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::phone::Region;

static LIST: &str = include_str!("../data/markets-2026-10-01.tsv");

/// Where nothing else fits.
pub const OTHER: &str = "Other";

fn prefixes() -> &'static HashMap<&'static str, &'static str> {
    static PREFIXES: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    PREFIXES.get_or_init(|| {
        LIST.lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('\t'))
            .flat_map(|(market, codes)| codes.split_whitespace().map(move |code| (code, market)))
            .collect()
    })
}

/// The market of a number, E.164 with or without `+`.
pub fn of_phone(e164: &str) -> &'static str {
    let digits = e164.strip_prefix('+').unwrap_or(e164);
    (1..=4)
        .rev()
        .filter_map(|length| digits.get(..length))
        .find_map(|prefix| prefixes().get(prefix).copied())
        .unwrap_or(OTHER)
}

/// The market of a country, for people known by user id only.
pub fn of_region(region: Region) -> &'static str {
    match region.as_str() {
        // Countries that share a calling code with others.
        "CA" | "US" => return "North America",
        "DO" | "JM" | "PR" => return "Rest of Latin America",
        "KZ" => return "Kazakhstan",
        _ => {}
    }
    match phonenumber::metadata::DATABASE.by_id(region.as_str()).map(phonenumber::Metadata::country_code) {
        // The rest of the North American plan is listed by area code alone.
        None | Some(1) => OTHER,
        Some(code) => prefixes().get(code.to_string().as_str()).copied().unwrap_or(OTHER),
    }
}

/// One spelling for the names of markets, so that cards of different days and hands agree.
pub fn key_of(name: &str) -> String {
    let plain: String =
        name.to_lowercase().replace('&', " and ").chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    match words.join(" ").as_str() {
        "uk" => "united kingdom".to_owned(),
        "uae" => "united arab emirates".to_owned(),
        "turkiye" | "türkiye" => "turkey".to_owned(),
        "rest of apac" => "rest of asia pacific".to_owned(),
        "rest of cee" => "rest of central and eastern europe".to_owned(),
        "rest of latam" => "rest of latin america".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("+14165550123", "North America")]
    #[case("+18765550123", "Rest of Latin America")]
    #[case("+12425550123", "Other")]
    #[case("+77015550123", "Kazakhstan")]
    #[case("+79015550123", "Russia")]
    #[case("+254712345678", "Rest of Africa")]
    #[case("+447911123456", "United Kingdom")]
    #[case("+88213333333", "Other")]
    fn the_longest_calling_code_decides(#[case] phone: &str, #[case] market: &str) {
        assert_eq!(of_phone(phone), market);
    }

    #[rstest]
    #[case("CA", "North America")]
    #[case("JM", "Rest of Latin America")]
    #[case("BS", "Other")]
    #[case("KZ", "Kazakhstan")]
    #[case("RU", "Russia")]
    #[case("DE", "Germany")]
    #[case("KE", "Rest of Africa")]
    #[case("ZZ", "Other")]
    fn a_user_id_s_country_leads_to_the_market_of_its_numbers(#[case] region: &str, #[case] market: &str) {
        assert_eq!(of_region(Region::parse(region).unwrap()), market);
    }

    #[test]
    fn spellings_of_a_market_are_one() {
        for (a, b) in [("Rest of Central & Eastern Europe", "rest of CEE"), ("UK", "United Kingdom")] {
            assert_eq!(key_of(a), key_of(b));
        }
    }
}
