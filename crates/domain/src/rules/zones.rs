//! Where somebody is, as far as a number or a user id tells: the time zones of area codes and of countries, from lists
//! that are data beside the sources.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use jiff::tz::TimeZone;

use crate::phone::{PhoneNumber, Region};

static COUNTRIES: &str = include_str!("../../data/zones.tsv");
static NUMBERS: &str = include_str!("../../data/phone-zones.tsv");

/// Digits of the longest prefix of the list.
const LONGEST_PREFIX: usize = 8;

fn lines(list: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    list.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

fn book() -> &'static BTreeMap<Region, Vec<&'static str>> {
    static BOOK: OnceLock<BTreeMap<Region, Vec<&'static str>>> = OnceLock::new();
    BOOK.get_or_init(|| {
        lines(COUNTRIES)
            .filter_map(|(country, zones)| Some((Region::parse(country)?, zones.split_whitespace().collect())))
            .collect()
    })
}

fn prefixes() -> &'static HashMap<&'static str, &'static str> {
    static PREFIXES: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    PREFIXES.get_or_init(|| {
        lines(NUMBERS)
            .flat_map(|(zones, prefixes)| prefixes.split_whitespace().map(move |prefix| (prefix, zones)))
            .collect()
    })
}

/// A zone by its name in the tz database, such as `America/Toronto`. `None` if this machine and this program know none
/// of that name.
pub fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

/// The zones of a country; empty for a code that no country has.
pub fn zones_of(region: Region) -> Vec<TimeZone> {
    book().get(&region).map(|names| names.iter().filter_map(|name| zone(name)).collect()).unwrap_or_default()
}

/// Where a person is, as far as it can be told. Many people share one, so what follows from it is worked out once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// In the zones of an area code (names, separated by blanks).
    Area(&'static str),
    /// Somewhere in a country.
    Country(Region),
    /// Nothing tells.
    Unknown,
}

impl Place {
    /// By the number's area code where it is known, otherwise by its country. A number that moved with its owner says
    /// where it comes from.
    pub fn of_phone(phone: &PhoneNumber) -> Self {
        let digits = phone.digits();
        (1..=LONGEST_PREFIX)
            .rev()
            .filter_map(|length| digits.get(..length))
            .find_map(|prefix| prefixes().get(prefix).copied())
            .map_or_else(|| phone.region().map_or(Self::Unknown, Self::Country), Self::Area)
    }

    /// By the country of a user id.
    pub fn of_country(region: Option<Region>) -> Self {
        region.map_or(Self::Unknown, Self::Country)
    }

    /// The zones in which they may be; empty = nothing is known.
    pub fn zones(self) -> Vec<TimeZone> {
        match self {
            Self::Area(names) => names.split_whitespace().filter_map(zone).collect(),
            Self::Country(region) => zones_of(region),
            Self::Unknown => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]
    use super::*;
    use rstest::rstest;

    #[test]
    fn every_zone_of_the_lists_is_known() {
        let named = lines(NUMBERS).map(|(zones, _)| zones).chain(lines(COUNTRIES).map(|(_, zones)| zones));
        for name in named.flat_map(str::split_whitespace) {
            assert!(zone(name).is_some(), "{name}");
        }
        assert!(book().len() > 240);
    }

    #[test]
    fn no_prefix_stands_twice_or_is_longer_than_what_is_looked_for() {
        let all: Vec<&str> = lines(NUMBERS).flat_map(|(_, prefixes)| prefixes.split_whitespace()).collect();
        assert!(all.len() > 1900);
        assert_eq!(all.len(), prefixes().len());
        assert!(all.iter().all(|p| p.len() <= LONGEST_PREFIX && p.bytes().all(|b| b.is_ascii_digit())));
    }

    #[test]
    fn canada_has_several_zones_and_kenya_one() {
        assert!(zones_of(Region::parse("CA").unwrap()).len() > 10);
        assert_eq!(zones_of(Region::parse("KE").unwrap()).len(), 1);
        assert!(zones_of(Region::parse("ZZ").unwrap()).is_empty());
    }

    #[rstest]
    #[case::toronto("+14165550123", Place::Area("America/Toronto"))]
    #[case::vancouver("+16045550145", Place::Area("America/Vancouver"))]
    #[case::montreal("+15145550110", Place::Area("America/Toronto"))]
    #[case::an_area_in_two_zones("+17095550110", Place::Area("America/Halifax America/St_Johns"))]
    #[case::winnipeg("+12045550110", Place::Area("America/Winnipeg"))]
    #[case::an_area_of_brazil("+5511987654321", Place::Area("America/Sao_Paulo"))]
    fn the_area_code_tells_the_zone(#[case] phone: &str, #[case] place: Place) {
        assert_eq!(Place::of_phone(&PhoneNumber::from_stored(phone)), place);
    }

    #[test]
    fn a_number_of_no_area_goes_by_its_country_and_of_no_country_by_nothing() {
        let place = |phone| Place::of_phone(&PhoneNumber::from_stored(phone));
        let country = |code| Place::Country(Region::parse(code).unwrap());
        // One of Canada's codes for no area, and mobile networks that tell no place.
        assert_eq!(place("+16225550123"), country("CA"));
        assert_eq!((place("+61412345678"), place("+254712345678")), (country("AU"), country("KE")));
        assert!(country("AU").zones().len() > 1);
        assert_eq!(place("+88213333333").zones().len(), 0);
        assert_eq!(Place::of_country(Region::parse("KE")).zones().len(), 1);
    }

    #[test]
    fn every_area_code_of_canada_is_in_canada_s_zones() {
        let canada = &book()[&Region::parse("CA").unwrap()];
        for area in [
            "403", "587", "780", "825", "236", "250", "604", "672", "778", "204", "431", "506", "709", "902", "226",
            "249", "289", "343", "365", "416", "437", "519", "548", "613", "647", "705", "807", "905", "418", "438",
            "450", "514", "579", "581", "819", "873", "306", "639", "867",
        ] {
            let place = Place::of_phone(&PhoneNumber::from_stored(format!("+1{area}5550123")));
            let Place::Area(names) = place else { panic!("{area}: {place:?}") };
            assert!(names.split_whitespace().all(|name| canada.contains(&name)), "{area}: {names}");
        }
    }
}
