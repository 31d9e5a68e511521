use proptest::prelude::*;

use super::super::fold::OptIn;
use super::*;
use crate::ids::ConsentEventId;

const NOW: UnixMillis = UnixMillis::new(1_795_305_600_000);
const BY: Decided = Decided { event: ConsentEventId::from_bytes([1; 16]), at: UnixMillis::new(1_777_766_400_000) };
const AGREED: OptIn = OptIn { by: BY, attested: false };

fn agreed() -> ConsentState {
    ConsentState { marketing: Some(AGREED), utility: Some(AGREED), ..ConsentState::default() }
}

#[test]
fn an_opt_in_allows_campaigns_and_names_its_day() {
    let v = may_receive(&agreed(), Category::Marketing, &GateContext::at(NOW));
    assert!(v.allows(SendMode::Campaign));
    assert_eq!(v.sentence(), "Agreed to marketing on 3 May 2026.");
    assert_eq!(v.remedy(), None);
}

#[test]
fn an_opt_out_forbids_every_category_both_ways() {
    let state = ConsentState { opted_out: Some(BY), ..agreed() };
    for c in [Category::Marketing, Category::Utility, Category::Authentication] {
        let v = may_receive(&state, c, &GateContext { last_inbound_at: Some(NOW), ..GateContext::at(NOW) });
        assert_eq!((v.may_receive, v.reason), (MayReceive::No, Reason::OptedOut));
        assert_eq!(v.decided_by, Some(BY));
    }
}

#[test]
fn metas_own_stop_forbids_marketing_alone() {
    let state = ConsentState { marketing_stopped: Some(BY), ..agreed() };
    assert_eq!(may_receive(&state, Category::Marketing, &GateContext::at(NOW)).reason, Reason::MarketingStopped);
    assert!(may_receive(&state, Category::Utility, &GateContext::at(NOW)).allows(SendMode::Campaign));
}

#[test]
fn who_wrote_lately_may_get_one_utility_template_but_no_campaign() {
    let context = GateContext { last_inbound_at: Some(NOW.minus(FOLLOW_UP / 2)), ..GateContext::at(NOW) };
    let v = may_receive(&ConsentState::default(), Category::Utility, &context);
    assert!(v.allows(SendMode::OneToOne) && !v.allows(SendMode::Campaign));
    let context = GateContext { last_inbound_at: Some(NOW.minus(FOLLOW_UP)), ..context };
    assert_eq!(may_receive(&ConsentState::default(), Category::Utility, &context).may_receive, MayReceive::No);
    assert_eq!(may_receive(&ConsentState::default(), Category::Marketing, &context).reason, Reason::NoEvidence);
}

#[test]
fn codes_go_one_to_one_and_need_a_phone() {
    let v = may_receive(&agreed(), Category::Authentication, &GateContext::at(NOW));
    assert_eq!(v.may_receive, MayReceive::OneToOne);
    let no_phone = GateContext { has_phone: false, has_bsuid: true, ..GateContext::at(NOW) };
    assert_eq!(may_receive(&agreed(), Category::Authentication, &no_phone).reason, Reason::NeedsPhone);
    assert!(may_receive(&agreed(), Category::Marketing, &no_phone).allows(SendMode::Campaign));
}

#[test]
fn united_states_numbers_get_no_marketing_unless_switched_on() {
    let us = GateContext { is_us: true, ..GateContext::at(NOW) };
    assert_eq!(may_receive(&agreed(), Category::Marketing, &us).reason, Reason::UsMarketing);
    assert!(may_receive(&agreed(), Category::Utility, &us).allows(SendMode::Campaign));
    let on = GateContext { us_marketing_allowed: true, ..us };
    assert!(may_receive(&agreed(), Category::Marketing, &on).allows(SendMode::Campaign));
}

#[test]
fn what_meta_held_back_keeps_marketing_away_until_its_time_is_over() {
    let held = |until| GateContext {
        reachability: Reachability { withheld_until: Some(until), unreachable_until: None },
        ..GateContext::at(NOW)
    };
    let v = may_receive(&agreed(), Category::Marketing, &held(NOW.plus(WITHHELD_FOR)));
    assert_eq!((v.may_receive, v.reason), (MayReceive::No, Reason::WithheldRecently));
    assert!(may_receive(&agreed(), Category::Marketing, &held(NOW)).allows(SendMode::Campaign));
    assert!(may_receive(&agreed(), Category::Utility, &held(NOW.plus(WITHHELD_FOR))).allows(SendMode::Campaign));
    assert!(withheld_for(3) > withheld_for(1));
}

#[test]
fn an_unreachable_person_is_left_out_of_campaigns_alone() {
    let context = GateContext {
        reachability: Reachability { unreachable_until: Some(NOW.plus(WITHHELD_FOR)), withheld_until: None },
        ..GateContext::at(NOW)
    };
    let v = may_receive(&agreed(), Category::Utility, &context);
    assert_eq!((v.may_receive, v.reason), (MayReceive::OneToOne, Reason::Unreachable));
}

proptest! {
    #[test]
    fn nothing_but_an_opt_in_ever_lets_a_campaign_through(
        bits in 0u16..512, us in any::<bool>(), phone in any::<bool>(), wrote in any::<bool>()
    ) {
        let set = |i: u16| bits & (1 << i) != 0;
        let state = ConsentState {
            marketing: set(0).then_some(AGREED),
            utility: set(1).then_some(OptIn { attested: true, ..AGREED }),
            declined: set(2).then_some(BY),
            opted_out: set(3).then_some(BY),
            marketing_stopped: set(4).then_some(BY),
            probable_opt_out: set(5).then_some(BY),
            blocked: set(6).then_some(BY),
            erased: set(7).then_some(BY),
            last_event_at: None,
        };
        let context = GateContext {
            is_us: us, has_phone: phone, has_bsuid: set(8), last_inbound_at: wrote.then_some(NOW), ..GateContext::at(NOW)
        };
        for c in [Category::Marketing, Category::Utility, Category::Authentication] {
            let v = may_receive(&state, c, &context);
            if v.allows(SendMode::Campaign) {
                prop_assert!(state.opt_in(c).is_some());
                prop_assert!(state.opted_out.is_none() && state.erased.is_none() && state.blocked.is_none());
                prop_assert!(c != Category::Marketing
                    || (state.marketing_stopped.is_none() && state.probable_opt_out.is_none() && !us));
            }
            prop_assert!(v.allows(SendMode::OneToOne) || !v.allows(SendMode::Campaign));
            prop_assert!(!v.sentence().is_empty());
            prop_assert_eq!(v.remedy().is_none(), v.may_receive == MayReceive::Yes);
        }
    }
}
