//! What the sender makes of the clock: plans across a change of the clocks, and a clock that is wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::time::Duration;

use rstest::rstest;
use switchboard_bridge::dto::{CampaignRules, CampaignSchedule, LateKind};
use switchboard_domain::campaign::CampaignState;
use switchboard_domain::time::{Clock, UnixMillis};

use super::rig::Rig;
use super::rule_tests::{drafted, launched, run, sent, state, toronto};
use crate::campaigns;

fn at(text: &str) -> UnixMillis {
    UnixMillis::new(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

fn forward_to(rig: &Rig, moment: UnixMillis) {
    rig.advance(moment.since(rig.clock.now()));
}

#[rstest]
// In Toronto the clocks go from 02:00 to 03:00 on 14 March 2027 and from 02:00 to 01:00 on 7 November 2027.
#[case::a_time_that_is_left_out("2027-03-14T02:30", "2027-03-14T07:30:00Z", true)]
#[case::the_morning_after_a_short_night("2027-03-14T09:00", "2027-03-14T13:00:00Z", false)]
#[case::a_time_that_comes_twice("2027-11-07T01:30", "2027-11-07T05:30:00Z", true)]
#[case::the_morning_after_a_long_night("2027-11-07T09:00", "2027-11-07T14:00:00Z", false)]
#[tokio::test]
async fn a_plan_keeps_its_time_on_the_wall_across_a_change_of_the_clocks(
    #[case] local: &str,
    #[case] moment: &str,
    #[case] told: bool,
) {
    let rig = Rig::new().await;
    rig.people(1).await;
    let schedule = CampaignSchedule { start: toronto(local), late: LateKind::Ask, late_hours: 3 };
    let id = drafted(&rig, CampaignRules { schedule: Some(schedule), ..CampaignRules::default() }).await;
    let review = campaigns::review(&rig.console, id).await.unwrap();
    assert_eq!((review.starts_at_ms, review.clocks_change), (at(moment).as_ms(), told));
    assert_eq!(review.warnings.iter().any(|w| w.code == "clocks_change"), told);
    rig.press_launch(id, "press").await.unwrap();
    rig.enqueue().await;
    forward_to(&rig, at(moment).minus(Duration::from_secs(60)));
    run(&rig).await;
    assert_eq!(sent(&rig), 0, "a minute before");
    forward_to(&rig, at(moment));
    run(&rig).await;
    assert_eq!((sent(&rig), state(&rig, id).await.0), (1, CampaignState::Done));
}

#[rstest]
#[case::set_back_a_day(86_400_000, "24 hours behind the relay's")]
#[case::set_ahead(-3 * 3_600_000, "3 hours ahead of the relay's")]
#[tokio::test]
async fn with_a_clock_that_is_wrong_campaigns_wait_and_say_so_until_it_is_right(
    #[case] offset_ms: i64,
    #[case] words: &str,
) {
    let rig = Rig::new().await;
    rig.people(2).await;
    let id = launched(&rig, CampaignRules::default()).await;
    rig.relay_clock(Some(offset_ms));
    run(&rig).await;
    assert_eq!((sent(&rig), state(&rig, id).await.0), (0, CampaignState::Running));
    let stall = campaigns::get(&rig.console, id).await.unwrap().stall.unwrap();
    assert!(stall.sentence.contains(words) && stall.remedy.unwrap().contains("Set the clock"), "{}", stall.sentence);
    rig.relay_clock(Some(0));
    run(&rig).await;
    assert_eq!((sent(&rig), state(&rig, id).await.0), (2, CampaignState::Done), "nobody was lost");
}
