//! Which time zones a country has, from the tz database's own list.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::tz::TimeZone;

use crate::phone::Region;

static LIST: &str = include_str!("../../data/zones.tsv");

fn book() -> &'static BTreeMap<Region, Vec<&'static str>> {
    static BOOK: OnceLock<BTreeMap<Region, Vec<&'static str>>> = OnceLock::new();
    BOOK.get_or_init(|| {
        LIST.lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| {
                let (country, zones) = line.split_once('\t')?;
                Some((Region::parse(country)?, zones.split_whitespace().collect()))
            })
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn every_zone_of_the_list_is_known() {
        for (region, names) in book() {
            assert!(!names.is_empty());
            for name in names {
                assert!(zone(name).is_some(), "{} {name}", region.as_str());
            }
        }
        assert!(book().len() > 240);
    }

    #[test]
    fn canada_has_several_zones_and_kenya_one() {
        assert!(zones_of(Region::parse("CA").unwrap()).len() > 10);
        assert_eq!(zones_of(Region::parse("KE").unwrap()).len(), 1);
        assert!(zones_of(Region::parse("ZZ").unwrap()).is_empty());
    }
}
