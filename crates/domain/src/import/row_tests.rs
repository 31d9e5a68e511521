#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::consent::Precision;

const NOW: UnixMillis = UnixMillis::new(1_795_305_600_000);

fn rules(roles: &[ColumnRole], region: Option<&str>) -> RowRules {
    RowRules {
        mapping: Mapping::new(roles.iter().copied().enumerate().collect()),
        region: region.and_then(Region::parse),
        dates: DateColumn::default(),
        now: NOW,
    }
}

fn judged(rules: &RowRules, cells: &[&str]) -> Judged {
    judge(rules, |i| cells.get(i).copied())
}

const FULL: &[ColumnRole] = &[
    ColumnRole::Phone,
    ColumnRole::ConsentState,
    ColumnRole::ConsentAt,
    ColumnRole::ConsentSource,
    ColumnRole::ConsentWording,
    ColumnRole::ConsentPurpose,
];

#[test]
fn a_dated_yes_with_a_source_proves_and_names_its_purpose() {
    let j = judged(&rules(FULL, None), &["+14165550123", "yes", "2026-05-03", "web form", "", "marketing"]);
    let RowConsent::Proven { given, purposes } = j.consent else { panic!("{j:?}") };
    assert_eq!((given.precision, purposes), (Precision::Day, Purposes::MARKETING));
    assert!(j.not_taken.is_none() && j.repaired.is_none());
}

#[rstest]
#[case(&["+14165550123", "", "2026-05-03", "form", "", ""], UnprovenWhy::NothingSaid)]
#[case(&["+14165550123", "maybe", "2026-05-03", "form", "", ""], UnprovenWhy::Unclear)]
#[case(&["+14165550123", "yes", "", "form", "", ""], UnprovenWhy::NoDate)]
#[case(&["+14165550123", "yes", "03/04/2026", "form", "", ""], UnprovenWhy::AmbiguousDate)]
#[case(&["+14165550123", "yes", "2031-01-01", "form", "", ""], UnprovenWhy::BadDate)]
#[case(&["+14165550123", "yes", "2026-05-03", "", "", ""], UnprovenWhy::NoSource)]
#[case(&["+14165550123", "yes", "2026-05-03", "SMS", "", ""], UnprovenWhy::OtherChannel)]
#[case(&["+14165550123", "yes", "2026-05-03", "form", "", "e-mail"], UnprovenWhy::UnknownPurpose)]
fn a_yes_that_proves_nothing_says_why(#[case] cells: &[&str], #[case] want: UnprovenWhy) {
    assert_eq!(judged(&rules(FULL, None), cells).consent, RowConsent::Unproven(want));
}

#[test]
fn a_name_that_swallowed_the_next_line_is_not_taken() {
    let rules = rules(&[ColumnRole::Phone, ColumnRole::FirstName], None);
    let j = judged(&rules, &["+14165550123", "unclosed\n+16045550145,Bo\n"]);
    assert_eq!(j.not_taken, Some(NotTaken::OpenQuote));
}

#[test]
fn a_missing_consent_column_is_never_a_yes() {
    let j = judged(&rules(&[ColumnRole::Phone, ColumnRole::ConsentSource], None), &["+14165550123", "web form"]);
    assert_eq!(j.consent, RowConsent::Unproven(UnprovenWhy::NothingSaid));
}

#[test]
fn no_and_opted_out_are_told_apart() {
    let r = rules(FULL, None);
    assert!(matches!(judged(&r, &["+14165550123", "no"]).consent, RowConsent::Declined { given: None }));
    assert!(matches!(
        judged(&r, &["+14165550123", "UNSUBSCRIBED", "2026-05-03"]).consent,
        RowConsent::OptedOut { given: Some(_) }
    ));
}

#[rstest]
#[case("'+14165550123", None, "+14165550123", true)]
#[case("=\"+14165550123\"", None, "+14165550123", true)]
#[case("+14165550123", None, "+14165550123", false)]
#[case("447911123456", None, "+447911123456", true)]
#[case("07911 123456", Some("GB"), "+447911123456", false)]
#[case("7911123456", Some("GB"), "+447911123456", false)]
#[case("+1 416 555 0123 / +1 604 555 0145", None, "+14165550123", true)]
#[case("+44 20 7946 0018 x12", None, "+442079460018", true)]
fn numbers_are_read_and_repairs_are_marked(
    #[case] text: &str,
    #[case] region: Option<&str>,
    #[case] want: &str,
    #[case] repaired: bool,
) {
    let j = judged(&rules(&[ColumnRole::Phone], region), &[text]);
    assert_eq!(j.phone.as_ref().map(PhoneNumber::as_e164), Some(want), "{j:?}");
    assert_eq!(j.repaired.is_some(), repaired);
}

#[rstest]
#[case("4.41E+11", RowVerdict::Quarantined, "phone_scientific")]
#[case("4,41E+11", RowVerdict::Quarantined, "phone_scientific")]
#[case("+44******456", RowVerdict::Rejected, "phone_masked")]
#[case("", RowVerdict::Rejected, "no_phone")]
#[case("hello", RowVerdict::Rejected, "phone_characters")]
#[case("12345", RowVerdict::Quarantined, "phone_without_country")]
fn numbers_that_are_none_say_why(#[case] text: &str, #[case] verdict: RowVerdict, #[case] code: &str) {
    let why = judged(&rules(&[ColumnRole::Phone], None), &[text]).not_taken.unwrap();
    assert_eq!((why.verdict(), why.code()), (verdict, code));
    assert!(!why.sentence().is_empty());
}

#[test]
fn a_country_column_makes_national_numbers_whole() {
    let r = rules(&[ColumnRole::Country, ColumnRole::Phone], None);
    assert_eq!(judged(&r, &["91", "98765 43210"]).phone.unwrap().as_e164(), "+919876543210");
    assert_eq!(judged(&r, &["CA", "416 555 0123"]).phone.unwrap().as_e164(), "+14165550123");
}

#[test]
fn a_person_without_a_number_is_taken_by_user_id() {
    let j = judged(&rules(&[ColumnRole::Phone, ColumnRole::Bsuid], None), &["", "CA.13491208655302741918"]);
    assert!(j.not_taken.is_none() && j.phone.is_none() && j.bsuid.is_some());
}

proptest! {
    #[test]
    fn any_row_gets_a_verdict(cells in proptest::collection::vec("\\PC{0,30}", 0..8), region in proptest::option::of("[A-Z]{2}")) {
        let j = judge(&rules(FULL, region.as_deref()), |i| cells.get(i).map(String::as_str));
        prop_assert_eq!(j.not_taken.is_none(), j.phone.is_some() || j.bsuid.is_some());
    }
}
