#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::send::OutboxState;
use crate::time::UnixMillis;

const NOW: UnixMillis = UnixMillis::new(1_795_305_600_000);

fn person() -> Facts {
    Facts {
        contact_id: ContactId::from_bytes([1; 16]),
        tags: BTreeSet::from([tag_key("Regular")]),
        attributes: BTreeMap::from([
            ("City".to_owned(), "Toronto".to_owned()),
            ("Orders".to_owned(), "12".to_owned()),
            ("Last order".to_owned(), "2026-08-01".to_owned()),
        ]),
        consent: ConsentWord::OptedIn,
        imports: BTreeSet::new(),
        lists: BTreeSet::new(),
        campaigns: BTreeMap::new(),
        contacted_at: None,
        wrote_at: None,
        added_at: NOW,
    }
}

fn is(test: Condition) -> Item {
    Item { not: false, test }
}

fn is_not(test: Condition) -> Item {
    Item { not: true, test }
}

fn all(items: Vec<Item>) -> Filter {
    Filter::new(Group { join: Join::All, items })
}

fn tag(tag: &str) -> Condition {
    Condition::Tag { tags: vec![tag.to_owned()] }
}

fn city(value: ValueTest) -> Condition {
    Condition::Attribute { name: "City".to_owned(), value }
}

#[test]
fn a_filter_that_says_nothing_is_for_nobody() {
    assert!(!all(vec![]).holds(&person(), NOW));
    let empty = Condition::Group { group: Group::default() };
    assert!(!all(vec![is(empty.clone())]).holds(&person(), NOW));
    assert!(!all(vec![is_not(empty.clone())]).holds(&person(), NOW), "nothing turned around is still nothing");
    assert!(all(vec![is(tag("regular")), is_not(empty)]).holds(&person(), NOW), "an empty group is passed over");
}

#[test]
fn words_are_compared_without_case_and_spacing_but_with_their_signs() {
    let same = |text: &str| city(ValueTest::Is { values: vec![text.to_owned()] });
    assert!(all(vec![is(same("  TORONTO "))]).holds(&person(), NOW));
    assert!(!all(vec![is(same("Toronto+"))]).holds(&person(), NOW));
    assert!(all(vec![is(city(ValueTest::Contains { text: "RON".to_owned() }))]).holds(&person(), NOW));
    assert!(all(vec![is(tag("REGULAR"))]).holds(&person(), NOW));
}

#[test]
fn somebody_without_a_value_meets_no_test_of_it_but_its_opposite() {
    let nobody = Facts { attributes: BTreeMap::new(), ..person() };
    let toronto = city(ValueTest::Is { values: vec!["Toronto".to_owned()] });
    assert!(!all(vec![is(toronto.clone())]).holds(&nobody, NOW));
    assert!(all(vec![is_not(toronto)]).holds(&nobody, NOW));
    let blank = Facts { attributes: BTreeMap::from([("City".to_owned(), "  ".to_owned())]), ..person() };
    assert!(!all(vec![is(city(ValueTest::Present))]).holds(&blank, NOW));
}

#[test]
fn numbers_and_days_are_compared_as_what_they_are() {
    let orders = |value| Condition::Attribute { name: "Orders".to_owned(), value };
    assert!(all(vec![is(orders(ValueTest::AtLeast { number: "9".to_owned() }))]).holds(&person(), NOW));
    assert!(!all(vec![is(orders(ValueTest::AtMost { number: "9".to_owned() }))]).holds(&person(), NOW));
    let last = |value| Condition::Attribute { name: "Last order".to_owned(), value };
    assert!(all(vec![is(last(ValueTest::Before { day: "2026-08-02".to_owned() }))]).holds(&person(), NOW));
    assert!(all(vec![is(last(ValueTest::Since { day: "2026-08-01".to_owned() }))]).holds(&person(), NOW));
    assert!(!all(vec![is(city(ValueTest::AtLeast { number: "1".to_owned() }))]).holds(&person(), NOW));
}

#[test]
fn who_read_a_campaign_and_did_not_answer_can_be_asked_for() {
    let campaign_id = CampaignId::from_bytes([7; 16]);
    let asked = all(vec![is(Condition::Campaign { campaign_id, part: CampaignPart::ReadNotReplied })]);
    let accepted_at = Some(UnixMillis::new(NOW.as_ms() - 10_000));
    let read = CampaignFacts { state: OutboxState::Accepted, rank: 3, accepted_at };
    let mut who = Facts { campaigns: BTreeMap::from([(campaign_id, read)]), ..person() };
    assert!(asked.holds(&who, NOW));
    who.wrote_at = Some(UnixMillis::new(NOW.as_ms() - 20_000));
    assert!(asked.holds(&who, NOW), "what they wrote before is no answer");
    who.wrote_at = Some(NOW);
    assert!(!asked.holds(&who, NOW));
    assert!(!asked.holds(&person(), NOW), "who was not in it");
    assert_eq!(asked.campaigns(), vec![campaign_id]);
}

#[test]
fn what_is_not_finished_is_named() {
    let problem = |items| all(items).check().unwrap_err().to_string();
    assert_eq!(problem(vec![is(tag(" "))]), "a condition is not finished: which tag");
    assert_eq!(problem(vec![is(Condition::Wrote { within_days: Some(0) })]), "days go from 1 to 3650");
    let day = city(ValueTest::Before { day: "soon".to_owned() });
    assert_eq!(problem(vec![is(day)]), "“soon” is not a date such as 2026-11-22");
    let mut deep = Group { join: Join::Any, items: vec![is(tag("x"))] };
    for _ in 0..MOST_DEPTH {
        deep = Group { join: Join::All, items: vec![is(Condition::Group { group: deep })] };
    }
    assert_eq!(Filter::new(deep).check(), Err(FilterProblem::TooDeep));
    assert_eq!(Filter { v: 2, ..all(vec![]) }.check(), Err(FilterProblem::Newer));
    assert_eq!(all(vec![is(tag("x")); MOST_CONDITIONS + 1]).check(), Err(FilterProblem::TooLong));
}

#[test]
fn what_was_written_stays_readable() {
    let old = r#"{"kind":"imports","import_ids":["01940000-0000-7000-8000-000000000001"]}"#;
    assert!(matches!(serde_json::from_str(old), Ok(Audience::Imports { .. })));
    let filter = r#"{"kind":"filter","filter":{"v":1,"group":{"join":"all","items":[
        {"test":{"kind":"tag","tags":["Regular"]}},
        {"not":true,"test":{"kind":"group","group":{"join":"any","items":[
            {"test":{"kind":"wrote","within_days":30}},
            {"test":{"kind":"attribute","name":"City","value":{"op":"is","values":["Oslo"]}}}]}}}]}}}"#;
    let kept: Audience = serde_json::from_str(filter).unwrap();
    let as_expected =
        matches!(&kept, Audience::Filter { filter } if filter.check().is_ok() && filter.holds(&person(), NOW));
    assert!(as_expected, "{kept:?}");
}

#[test]
fn tags_of_a_cell_are_told_apart_and_come_once() {
    assert_eq!(tags_in(" VIP, vip;early  bird |,"), vec!["VIP", "early bird"]);
}

proptest! {
    #[test]
    fn a_value_and_itself_meet_and_its_key_is_settled(text in "\\PC{0,150}") {
        prop_assert_eq!(value_key(&value_key(&text)), value_key(&text));
    }

    #[test]
    fn not_any_is_all_not(a in any::<bool>(), b in any::<bool>(), person_has in any::<bool>()) {
        let word = |mine: bool| if mine { "regular" } else { "other" };
        let who = if person_has { person() } else { Facts { tags: BTreeSet::new(), ..person() } };
        let any = Group { join: Join::Any, items: vec![is(tag(word(a))), is(tag(word(b)))] };
        let not_any = all(vec![is_not(Condition::Group { group: any })]);
        let all_not = all(vec![is_not(tag(word(a))), is_not(tag(word(b)))]);
        prop_assert_eq!(not_any.holds(&who, NOW), all_not.holds(&who, NOW));
    }
}
