#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::consent::Precision;
use crate::import::RowVerdict;

const NOW: UnixMillis = UnixMillis::new(1_795_305_600_000);

fn rules(roles: &[ColumnRole], region: Option<&str>) -> RowRules {
    RowRules {
        mapping: Mapping::new(roles.iter().copied().enumerate().collect()),
        region: region.and_then(Region::parse),
        dates: DateColumn::default(),
        all_opted_out: false,
        named: Purposes::GENERAL,
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

#[test]
fn a_column_that_asks_about_marketing_names_that_purpose_unless_the_row_says_another() {
    let r = RowRules { named: Purposes::MARKETING, ..rules(FULL, None) };
    let of = |purpose: &str| match judged(&r, &["+14165550123", "yes", "2026-05-03", "form", "", purpose]).consent {
        RowConsent::Proven { purposes, .. } => purposes,
        other => panic!("{other:?}"),
    };
    assert_eq!(of(""), Purposes::MARKETING);
    assert_ne!(of("utility"), Purposes::MARKETING);
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

const WITH_OPT_OUT: &[ColumnRole] = &[
    ColumnRole::Phone,
    ColumnRole::OptedOut,
    ColumnRole::ConsentState,
    ColumnRole::ConsentAt,
    ColumnRole::ConsentSource,
    ColumnRole::Attribute,
];

#[rstest]
#[case("yes")]
#[case("TRUE")]
#[case("1")]
#[case("STOP")]
#[case("unsubscribed")]
#[case("03/04/2026")]
#[case("2031-01-01")]
fn a_yes_in_an_opt_out_column_is_an_opt_out_whatever_else_the_row_says(#[case] said: &str) {
    let j = judged(&rules(WITH_OPT_OUT, None), &["+14165550123", said, "yes", "2026-05-03", "web form"]);
    assert_eq!((j.not_taken, &j.consent), (None, &RowConsent::OptedOut { given: None }), "{j:?}");
}

#[test]
fn a_date_in_an_opt_out_column_is_the_day_of_the_opt_out() {
    let j = judged(&rules(WITH_OPT_OUT, None), &["+14165550123", "2026-06-01", "yes", "2026-05-03", "web form"]);
    let RowConsent::OptedOut { given: Some(given) } = j.consent else { panic!("{j:?}") };
    assert_eq!(given.at.to_rfc3339().get(..10), Some("2026-06-01"));
}

#[rstest]
#[case("no")]
#[case("FALSE")]
#[case("")]
#[case("subscribed")]
fn a_no_in_an_opt_out_column_proves_nothing_by_itself(#[case] said: &str) {
    let alone = rules(&[ColumnRole::Phone, ColumnRole::OptedOut], None);
    let j = judged(&alone, &["+14165550123", said]);
    assert_eq!((j.not_taken, &j.consent), (None, &RowConsent::Unproven(UnprovenWhy::NothingSaid)));
    // Beside a documented yes it does not stand in the way.
    let j = judged(&rules(WITH_OPT_OUT, None), &["+14165550123", said, "yes", "2026-05-03", "web form"]);
    assert!(matches!(j.consent, RowConsent::Proven { .. }), "{j:?}");
}

#[test]
fn one_of_several_opt_out_columns_is_enough() {
    let r = rules(&[ColumnRole::Phone, ColumnRole::OptedOut, ColumnRole::OptedOut], None);
    assert!(matches!(judged(&r, &["+14165550123", "no", "yes"]).consent, RowConsent::OptedOut { .. }));
    assert!(matches!(judged(&r, &["+14165550123", "yes", "hm"]).consent, RowConsent::OptedOut { .. }));
    assert_eq!(judged(&r, &["+14165550123", "no", "hm"]).not_taken, Some(NotTaken::OptOutUnclear));
}

/// Rows that speak of an opt-out where it is not heard.
#[rstest]
#[case(&["+14165550123", "", "yes", "2026-05-03", "web form", "unsubscribed"], NotTaken::OptOutElsewhere)]
#[case(&["+14165550123", "", "yes", "2026-05-03", "web form", "", "STOP"], NotTaken::OptOutElsewhere)]
#[case(&["+14165550123", "", "", "", "", "Customer opted out"], NotTaken::OptOutElsewhere)]
#[case(&["+14165550123", "hm", "yes", "2026-05-03", "web form"], NotTaken::OptOutUnclear)]
#[case(&["+14165550123", "", "yes, later unsubscribed", "2026-05-03", "web form"], NotTaken::OptOutMentioned)]
#[case(&["+14165550123", "", "STOP by phone", "2026-05-03", "web form"], NotTaken::OptOutMentioned)]
#[case(&["+14165550123", "", "yes", "2026-05-03", "unsubscribe page"], NotTaken::OptOutMentioned)]
#[case(&["+14165550123", "", "yes", "unsubscribed 3 May", "web form"], NotTaken::OptOutMentioned)]
fn an_opt_out_that_nothing_hears_waits_for_a_decision(#[case] cells: &[&str], #[case] want: NotTaken) {
    let why = judged(&rules(WITH_OPT_OUT, None), cells).not_taken;
    assert_eq!(why, Some(want));
    assert_eq!(want.verdict(), RowVerdict::Quarantined);
    assert!(want.remedy().is_some());
}

#[test]
fn a_column_that_was_left_out_and_the_wording_itself_may_speak_of_opting_out() {
    let wording = &["+14165550123", "yes", "2026-05-03", "form", "Reply STOP to opt out at any time", ""];
    assert!(matches!(judged(&rules(FULL, None), wording).consent, RowConsent::Proven { .. }));
    let r = rules(&[ColumnRole::Phone, ColumnRole::Ignore], None);
    assert_eq!(judged(&r, &["+14165550123", "unsubscribed"]).not_taken, None);
}

#[rstest]
#[case("'+14165550123", None, "+14165550123", true)]
#[case("=\"+14165550123\"", None, "+14165550123", true)]
#[case("+14165550123", None, "+14165550123", false)]
#[case("447911123456", None, "+447911123456", true)]
#[case("07911 123456", Some("GB"), "+447911123456", false)]
#[case("7911123456", Some("GB"), "+447911123456", true)]
#[case("+44 (0)7911 123456", None, "+447911123456", true)]
#[case("+55 11 6123-4567", None, "+5511961234567", true)]
#[case("551161234567", None, "+5511961234567", true)]
#[case("+52 1 55 1234 5678", None, "+525512345678", true)]
#[case("11 6123-4567", Some("BR"), "+5511961234567", true)]
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
#[case("91981234567800000", RowVerdict::Quarantined, "phone_too_long")]
#[case("{\"city\": \"Toronto\"}", RowVerdict::Rejected, "no_phone")]
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

#[rstest]
#[case("unsubscribed", UnprovenWhy::RefusedElsewhere)]
#[case("opt-out", UnprovenWhy::RefusedElsewhere)]
#[case("subscribed", UnprovenWhy::OtherChannel)]
#[case("Freely given consent from contact", UnprovenWhy::OtherChannel)]
#[case("NEVER_SUBSCRIBED", UnprovenWhy::NothingSaid)]
#[case("", UnprovenWhy::NothingSaid)]
fn consent_to_another_channel_proves_nothing(#[case] said: &str, #[case] want: UnprovenWhy) {
    let j = judged(&rules(&[ColumnRole::Phone, ColumnRole::OtherConsent], None), &["+14165550123", said]);
    assert_eq!((j.not_taken, j.consent), (None, RowConsent::Unproven(want)));
    assert_eq!(want.may_be_attested(), want != UnprovenWhy::RefusedElsewhere);
}

#[test]
fn a_mobile_number_beside_a_landline_is_the_better_one() {
    let r = rules(&[ColumnRole::Phone, ColumnRole::OtherPhone], Some("AU"));
    let j = judged(&r, &["02 5550 0118", "0491 570 156"]);
    assert_eq!(j.phone.as_ref().map(PhoneNumber::as_e164), Some("+61491570156"));
    assert_eq!(j.alternates.first().map(PhoneNumber::as_e164), Some("+61255500118"));
    assert!(j.repaired.is_some());
    let landline = judged(&r, &["02 5550 0118", ""]);
    assert_eq!((landline.flag, landline.not_taken), (Some(Flag::Landline), None));
}

#[test]
fn in_a_list_of_opt_outs_every_row_is_one() {
    let r = RowRules { all_opted_out: true, ..rules(FULL, None) };
    let j = judged(&r, &["+14165550123", "yes", "2026-05-03", "web form"]);
    assert!(matches!(j.consent, RowConsent::OptedOut { given: Some(_) }));
    assert!(matches!(judged(&r, &["+14165550123"]).consent, RowConsent::OptedOut { given: None }));
}

#[rstest]
#[case(&["Total", "3"], NotTaken::Subtotal)]
#[case(&["Zwischensumme: 12", ""], NotTaken::Subtotal)]
#[case(&["<test lead: dummy data for phone_number>", ""], NotTaken::TestRow)]
fn rows_that_are_nobody_are_told_apart(#[case] cells: &[&str], #[case] want: NotTaken) {
    let j = judged(&rules(&[ColumnRole::Phone, ColumnRole::FullName], None), cells);
    assert_eq!(j.not_taken, Some(want));
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
        prop_assert!(j.not_taken.is_some() || j.phone.is_some() || j.bsuid.is_some());
    }

    #[test]
    fn no_row_that_says_opted_out_becomes_an_opt_in(
        word in proptest::sample::select(vec!["unsubscribed", "STOP", "Opted out", "opt-out", "Do not contact"]),
        at in 1usize..7,
        roles in proptest::collection::vec(proptest::sample::select(ColumnRole::ALL), 6),
    ) {
        // Names are names, and a column that was left out by hand was decided about. Who left a list of e-mails is no
        // opt-out here, and cannot be attested for.
        let heard = !matches!(
            roles[at - 1],
            ColumnRole::Ignore | ColumnRole::FirstName | ColumnRole::LastName | ColumnRole::FullName
                | ColumnRole::Username | ColumnRole::Country | ColumnRole::Bsuid | ColumnRole::Phone
                | ColumnRole::OtherConsent
        );
        let mut mapping = vec![ColumnRole::Phone];
        mapping.extend(roles.iter().copied().filter(|r| *r != ColumnRole::Phone));
        prop_assume!(heard && mapping.len() == 7);
        let mut cells = vec!["+14165550123", "yes", "yes", "yes", "yes", "yes", "yes"];
        cells[at] = word;
        let j = judged(&rules(&mapping, None), &cells);
        prop_assert!(
            j.not_taken.is_some() || matches!(j.consent, RowConsent::OptedOut { .. } | RowConsent::Declined { .. }),
            "{:?} {:?}", mapping, j
        );
    }
}
