#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;

use super::super::event::{Purposes, Via};
use super::*;

fn event(n: u8, kind: EventKind, via: Via, at_ms: i64) -> ConsentEvent {
    ConsentEvent {
        id: ConsentEventId::from_bytes([n; 16]),
        kind,
        via,
        purposes: Purposes::GENERAL,
        at: UnixMillis::new(at_ms),
        precision: Precision::Exact,
        recorded_at: UnixMillis::new(at_ms),
        decides: None,
    }
}

fn undated(n: u8, kind: EventKind, via: Via, recorded_ms: i64) -> ConsentEvent {
    ConsentEvent { precision: Precision::Unknown, ..event(n, kind, via, recorded_ms) }
}

#[test]
fn a_stop_ends_an_opt_in_and_a_start_by_the_person_begins_a_new_one() {
    let yes = event(1, EventKind::OptIn, Via::Import, 100);
    let stop = event(2, EventKind::OptOut, Via::Chat, 200);
    let start = event(3, EventKind::OptIn, Via::Chat, 300);
    let stopped = fold(&[yes.clone(), stop.clone()]);
    assert_eq!(stopped.opted_out.unwrap().event, stop.id);
    assert!(stopped.marketing.is_none());
    let again = fold(&[yes, stop, start.clone()]);
    assert!(again.opted_out.is_none());
    assert_eq!(again.marketing.unwrap().by.event, start.id);
}

#[test]
fn an_entry_of_a_file_that_was_taken_back_counts_no_more_and_nothing_else_can_be_taken_back() {
    let undone = |n: u8, of: &ConsentEvent| ConsentEvent {
        decides: Some(of.id),
        ..event(n, EventKind::Undone, Via::Operator, 900)
    };
    let yes = event(1, EventKind::OptIn, Via::Import, 100);
    let no = event(2, EventKind::OptOut, Via::Import, 200);
    assert_eq!(fold(&[yes.clone(), undone(3, &yes)]), ConsentState::default());
    let lifted = fold(&[yes.clone(), no.clone(), undone(3, &no)]);
    assert!(lifted.opted_out.is_none() && lifted.marketing.is_some(), "the yes before it stands again");
    for via in [Via::Chat, Via::Button, Via::Operator, Via::Platform, Via::Merge] {
        let stop = event(4, EventKind::OptOut, via, 300);
        assert!(fold(&[yes.clone(), stop.clone(), undone(5, &stop)]).opted_out.is_some(), "{via:?}");
    }
    let by_a_list = ConsentEvent { via: Via::Import, ..undone(6, &no) };
    assert!(fold(&[no, by_a_list]).opted_out.is_some(), "no list takes anything back");
}

#[test]
fn a_start_for_utility_alone_does_not_bring_marketing_back() {
    let mut start = event(3, EventKind::OptIn, Via::Chat, 300);
    start.purposes = Purposes::UTILITY;
    let s = fold(&[event(1, EventKind::OptIn, Via::Import, 100), event(2, EventKind::OptOut, Via::Chat, 200), start]);
    assert!(s.opted_out.is_none() && s.marketing.is_none() && s.utility.is_some());
}

#[test]
fn a_late_import_of_a_newer_yes_does_not_lift_a_stop() {
    let s = fold(&[event(1, EventKind::OptOut, Via::Chat, 100), event(2, EventKind::OptIn, Via::Import, 900)]);
    assert!(s.opted_out.is_some());
}

#[test]
fn a_documented_dated_opt_in_by_the_operator_lifts_an_opt_out_and_an_undated_one_does_not() {
    let stop = event(1, EventKind::OptOut, Via::Chat, 100);
    assert!(fold(&[stop.clone(), event(2, EventKind::OptIn, Via::Operator, 200)]).opted_out.is_none());
    assert!(fold(&[stop, undated(3, EventKind::OptIn, Via::Operator, 900)]).opted_out.is_some());
}

#[test]
fn resume_lifts_only_metas_own_stop() {
    let native = event(1, EventKind::MarketingStop, Via::Platform, 100);
    let keyword = event(2, EventKind::OptOut, Via::Chat, 110);
    let resume = event(3, EventKind::MarketingResume, Via::Platform, 200);
    let s = fold(&[native, keyword, resume]);
    assert!(s.marketing_stopped.is_none());
    assert!(s.opted_out.is_some());
}

#[test]
fn an_old_resume_that_arrives_late_does_not_beat_a_newer_stop() {
    let resume = event(1, EventKind::MarketingResume, Via::Platform, 100);
    let stop = event(2, EventKind::MarketingStop, Via::Platform, 200);
    assert!(fold(&[stop, resume]).marketing_stopped.is_some());
}

#[test]
fn a_start_never_lifts_metas_own_stop() {
    let s = fold(&[event(1, EventKind::MarketingStop, Via::Platform, 100), event(2, EventKind::OptIn, Via::Chat, 200)]);
    assert!(s.marketing_stopped.is_some());
}

#[test]
fn an_undated_yes_never_beats_a_no() {
    let no = event(1, EventKind::Declined, Via::Import, 100);
    let s = fold(&[no, undated(2, EventKind::OptIn, Via::Import, 900)]);
    assert!(s.marketing.is_none() && s.declined.is_some());
}

#[test]
fn between_two_lists_the_newer_dated_evidence_wins() {
    let no = event(1, EventKind::Declined, Via::Import, 100);
    let yes = event(2, EventKind::OptIn, Via::Import, 200);
    assert!(fold(&[no.clone(), yes]).marketing.is_some());
    assert!(fold(&[no, event(3, EventKind::OptIn, Via::Import, 50)]).marketing.is_none());
}

#[test]
fn a_no_in_a_list_does_not_undo_what_the_person_said_in_the_chat() {
    let s = fold(&[event(1, EventKind::OptIn, Via::Chat, 100), event(2, EventKind::Declined, Via::Import, 900)]);
    assert!(s.marketing.is_some());
}

#[test]
fn a_day_without_a_time_zone_is_read_the_strict_way() {
    let day_ms = 86_400_000;
    let mut yes = event(1, EventKind::OptIn, Via::Operator, 100 * day_ms);
    yes.precision = Precision::Day;
    // A stop ten hours before that day began in UTC may have come after the yes somewhere on earth.
    let stop = event(2, EventKind::OptOut, Via::Chat, 100 * day_ms - 10 * 3_600_000);
    assert!(fold(&[yes.clone(), stop]).opted_out.is_some());
    let earlier = event(3, EventKind::OptOut, Via::Chat, 99 * day_ms);
    assert!(fold(&[yes, earlier]).opted_out.is_none());
}

#[test]
fn documented_evidence_stands_before_an_attestation() {
    let s = fold(&[event(1, EventKind::OptIn, Via::Import, 100), event(2, EventKind::Attested, Via::Import, 900)]);
    assert!(!s.marketing.unwrap().attested);
}

#[test]
fn a_probable_opt_out_waits_until_it_is_decided() {
    let probable = event(1, EventKind::ProbableOptOut, Via::Chat, 100);
    assert_eq!(fold(std::slice::from_ref(&probable)).summary(), Summary::ToDecide);
    let mut was_none = event(2, EventKind::NotAnOptOut, Via::Operator, 200);
    was_none.decides = Some(probable.id);
    assert!(fold(&[probable.clone(), was_none]).probable_opt_out.is_none());
    let mut was_one = event(3, EventKind::OptOut, Via::Operator, 200);
    was_one.decides = Some(probable.id);
    let s = fold(&[probable, was_one]);
    assert!(s.probable_opt_out.is_none() && s.opted_out.is_some());
}

#[test]
fn an_erasure_is_lifted_only_by_the_person_in_the_chat() {
    let erased = event(1, EventKind::Erased, Via::Operator, 100);
    assert!(fold(&[erased.clone(), event(2, EventKind::OptIn, Via::Operator, 200)]).erased.is_some());
    assert!(fold(&[erased.clone(), event(3, EventKind::OptIn, Via::Import, 200)]).erased.is_some());
    assert!(fold(&[erased, event(4, EventKind::OptIn, Via::Chat, 200)]).erased.is_none());
}

#[test]
fn a_merge_carries_over_what_the_events_in_one_row_would_lift() {
    let stop = event(1, EventKind::OptOut, Via::Chat, 100);
    let start_of_the_other = event(2, EventKind::OptIn, Via::Chat, 200);
    let a = fold(std::slice::from_ref(&stop));
    let b = fold(std::slice::from_ref(&start_of_the_other));
    let together = fold(&[stop.clone(), start_of_the_other]);
    assert_eq!(carried_over_by_merge(&a, &b, &together), vec![(EventKind::OptOut, stop.id)]);
    assert!(carried_over_by_merge(&a, &a, &a).is_empty());
}

fn any_event() -> impl Strategy<Value = ConsentEvent> {
    (
        any::<[u8; 16]>(),
        0..EventKind::ALL.len(),
        0..Via::ALL.len(),
        0..4usize,
        0i64..400_000_000,
        0..Precision::ALL.len(),
        0i64..400_000_000,
    )
        .prop_map(|(id, kind, via, p, at, precision, later)| ConsentEvent {
            id: ConsentEventId::from_bytes(id),
            kind: EventKind::ALL[kind],
            via: Via::ALL[via],
            purposes: [
                Purposes::GENERAL,
                Purposes::MARKETING,
                Purposes::UTILITY,
                Purposes::GENERAL.with("marketing").with("utility"),
            ][p],
            at: UnixMillis::new(at),
            precision: Precision::ALL[precision],
            recorded_at: UnixMillis::new(at + later),
            decides: None,
        })
}

proptest! {
    #[test]
    fn the_state_does_not_depend_on_the_order_of_recording(
        events in proptest::collection::vec(any_event(), 0..12).prop_shuffle(), seed in any::<u64>()
    ) {
        let mut other = events.clone();
        other.sort_by_key(|e| (e.id.as_bytes().iter().map(|b| u64::from(*b)).sum::<u64>()).wrapping_mul(seed | 1));
        prop_assert_eq!(fold(&events), fold(&other));
    }

    #[test]
    fn no_sequence_of_imports_lifts_a_prohibition(
        before in proptest::collection::vec(any_event(), 0..8),
        imports in proptest::collection::vec(any_event(), 0..8),
    ) {
        let was = fold(&before);
        let mut all = before;
        all.extend(imports.into_iter().map(|mut e| {
            e.via = Via::Import;
            if !matches!(e.kind, EventKind::OptIn | EventKind::Attested | EventKind::Declined | EventKind::OptOut) {
                e.kind = EventKind::OptIn;
            }
            e
        }));
        let now = fold(&all);
        prop_assert!(was.opted_out.is_none() || now.opted_out.is_some());
        prop_assert!(was.marketing_stopped.is_none() || now.marketing_stopped.is_some());
        prop_assert!(was.erased.is_none() || now.erased.is_some());
        prop_assert!(was.blocked.is_none() || now.blocked.is_some());
        prop_assert!(was.probable_opt_out.is_none() || now.probable_opt_out.is_some());
    }

    #[test]
    fn an_opt_out_that_is_the_newest_event_always_holds(
        before in proptest::collection::vec(any_event(), 0..10), via in 0..Via::ALL.len()
    ) {
        let mut all = before;
        all.push(event(7, EventKind::OptOut, Via::ALL[via], 900_000_000_000));
        prop_assert!(fold(&all).opted_out.is_some());
    }

    #[test]
    fn an_undated_yes_changes_nothing_for_a_person_with_a_no(
        before in proptest::collection::vec(any_event(), 0..8), recorded in 0i64..900_000_000
    ) {
        let was = fold(&before);
        let mut all = before;
        all.push(undated(9, EventKind::OptIn, Via::Import, recorded));
        let now = fold(&all);
        if was.opted_out.is_some() || was.erased.is_some() || was.declined.is_some() {
            prop_assert_eq!(now.marketing.is_some(), was.marketing.is_some());
        }
        prop_assert_eq!(now.opted_out, was.opted_out);
    }
}
