//! Templates keep the newest word on each aspect, whichever of webhook and sync brought it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::tables::test_support::{Fixture, fixture};

fn seen(id: &str, name: &str) -> SeenTemplate {
    SeenTemplate {
        template_id: TemplateId::new(id),
        waba_id: WabaId::new("200"),
        name: name.to_owned(),
        language: "en_US".to_owned(),
        category: "marketing".to_owned(),
        correct_category: None,
        status: "APPROVED".to_owned(),
        quality: Some("GREEN".to_owned()),
        rejected_reason: None,
        parameter_format: "POSITIONAL".to_owned(),
        components: "[]".to_owned(),
    }
}

fn at(ms: i64) -> UnixMillis {
    UnixMillis::new(ms)
}

fn sync(f: &Fixture, template: SeenTemplate, when: i64) -> Vec<Changed> {
    f.write(move |tx, _| put_seen(tx, &template, at(when)))
}

fn status(f: &Fixture, id: &str) -> String {
    let id = TemplateId::new(id);
    f.read(|c| get(c, &id)).unwrap().status
}

#[test]
fn a_sync_that_began_before_a_webhook_does_not_undo_it() {
    let f = fixture();
    sync(&f, seen("1", "sale"), 1_000);
    let paused = f.write(|tx, _| set_status(tx, &TemplateId::new("1"), "PAUSED", Some("FIRST_PAUSE"), at(5_000)));
    assert_eq!(paused.as_deref(), Some("APPROVED"));
    assert_eq!(sync(&f, seen("1", "sale"), 4_000), vec![]);
    assert_eq!(status(&f, "1"), "PAUSED");
    assert_eq!(sync(&f, seen("1", "sale"), 6_000), vec![Changed::Status("PAUSED".to_owned())]);
}

#[test]
fn an_older_webhook_never_overrides_a_newer_one_and_a_repeat_changes_nothing() {
    let f = fixture();
    sync(&f, seen("1", "sale"), 1_000);
    let set = |word: &'static str, when: i64| {
        f.write(move |tx, _| set_status(tx, &TemplateId::new("1"), word, None, at(when)))
    };
    assert!(set("DISABLED", 9_000).is_some());
    assert!(set("APPROVED", 8_000).is_none());
    assert!(set("DISABLED", 9_000).is_none());
    assert_eq!(status(&f, "1"), "DISABLED");
}

#[test]
fn what_a_complete_list_no_longer_has_is_gone_and_may_come_back() {
    let f = fixture();
    sync(&f, seen("1", "sale"), 1_000);
    sync(&f, seen("2", "news"), 1_000);
    sync(&f, seen("1", "sale"), 2_000);
    let gone = f.write(|tx, _| remove_unseen(tx, &WabaId::new("200"), at(2_000)));
    assert_eq!(gone, vec![TemplateId::new("2")]);
    assert_eq!(f.read(list).len(), 1);
    assert_eq!(sync(&f, seen("2", "news"), 3_000), vec![Changed::Appeared]);
    assert_eq!(f.read(list).len(), 2);
}

#[test]
fn a_template_made_anew_under_its_old_name_replaces_the_old_one() {
    let f = fixture();
    sync(&f, seen("1", "sale"), 1_000);
    sync(&f, seen("9", "sale"), 2_000);
    let now: Vec<String> = f.read(list).into_iter().map(|t| t.template_id.into_inner()).collect();
    assert_eq!(now, vec!["9"]);
}

#[test]
fn the_same_event_stands_in_the_history_once() {
    let f = fixture();
    sync(&f, seen("1", "sale"), 1_000);
    for _ in 0..2 {
        f.write(|tx, _| append_event(tx, &TemplateId::new("1"), at(5), "status", "Paused.", Some("k")));
    }
    assert_eq!(f.read(|c| history(c, &TemplateId::new("1"), 10)).len(), 1);
}
