#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use rstest::rstest;

use super::super::test_support::fixture;
use super::*;

fn found(f: &super::super::test_support::Fixture, typed: &str) -> Vec<String> {
    let filter = ListFilter { search: Some(typed.to_owned()), ..ListFilter::default() };
    let rows = f.read(|c| list(c, &filter, 0, 50));
    assert_eq!(f.read(|c| count(c, &filter)), rows.len() as u64);
    rows.into_iter().map(|r| r.display_name).collect()
}

#[rstest]
#[case("garcia", &["José García"])]
#[case("JOSE", &["José García"])]
#[case("osé gar", &["José García"])]
#[case("garcía josé", &["José García"])]
#[case("416 555-01", &["José García", "Zoë Ångström"])]
#[case("+1 (416) 555-0123", &["José García"])]
#[case("angstrom", &["Zoë Ångström"])]
#[case("'; DROP TABLE contacts; --", &[])]
#[case("%", &["José García", "Zoë Ångström"])]
#[case("nobody", &[])]
fn people_are_found_by_any_part_of_name_or_number(#[case] typed: &str, #[case] want: &[&str]) {
    let f = fixture();
    f.person("+14165550145", "Zoë Ångström");
    f.person("+14165550123", "José García");
    assert_eq!(found(&f, typed), want);
}

#[test]
fn lists_are_sorted_by_name_whatever_its_case_and_accents() {
    let f = fixture();
    for (n, name) in ["zoe", "Émile", "adam", "Bob"].into_iter().enumerate() {
        f.person(&format!("+1416555010{n}"), name);
    }
    let names: Vec<String> =
        f.read(|c| list(c, &ListFilter::default(), 1, 2)).into_iter().map(|r| r.display_name).collect();
    assert_eq!(names, ["Bob", "Émile"]);
}

#[test]
fn what_a_webhook_tells_later_fills_gaps_and_overwrites_nothing() {
    let f = fixture();
    let id = f.person("+14165550123", "");
    assert_eq!(f.read(|c| get(c, id)).unwrap().display_name, "+14165550123");
    f.person("+14165550123", "Ana");
    assert_eq!(f.read(|c| get(c, id)).unwrap().display_name, "Ana");
    f.person("+14165550123", "~ana~ ✨");
    assert_eq!(f.read(|c| get(c, id)).unwrap().display_name, "Ana");
}

#[test]
fn lists_searches_and_counts_read_the_one_index() {
    let f = fixture();
    for filter in [
        ListFilter::default(),
        ListFilter { search: Some("ana".to_owned()), ..ListFilter::default() },
        ListFilter { consent: vec!["opted_out"], ..ListFilter::default() },
        ListFilter { may_market: true, ..ListFilter::default() },
    ] {
        let (conditions, bind) = filter.sql();
        let sql = format!("EXPLAIN QUERY PLAN SELECT count(*) FROM contacts c {} WHERE {conditions}", filter.hint());
        let plan: String =
            f.read(|c| Ok(c.prepare(&sql)?.query_row(rusqlite::params_from_iter(bind.iter()), |r| r.get("detail"))?));
        assert!(plan.contains("COVERING INDEX contacts_by_search"), "{plan}");
    }
}
