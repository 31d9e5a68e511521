//! Kills of console and relay at every point, and of two starts at once.

use rstest::rstest;
use switchboard_testkit::programs::{Running, program};
use switchboard_testkit::{Desk, DeskOptions, nobody_twice, numbers, opt_in_list};

use super::truth_check::both_sides_agree;

const POINT: &str = "SWITCHBOARD_FAULT_POINT";
const PEOPLE: usize = 48;

/// The programs must have been built together with these tests: only then they have fault points.
fn have_points(name: &str) {
    let bytes = std::fs::read(program(name)).unwrap();
    let wanted = POINT.as_bytes();
    assert!(
        bytes.windows(wanted.len()).any(|w| w == wanted),
        "{name} was built without fault points: build it together with the tests, `cargo build --workspace --bins --tests`"
    );
}

fn died_at(desk: &Desk, name: &str, program: &mut Running, point: &str) {
    assert_eq!(program.ended(), Some(true), "{name} was to be killed at {point}");
    let said = std::fs::read_to_string(desk.path(&format!("{name}.err"))).unwrap();
    let (at, hit) = point.split_once(':').unwrap();
    assert!(said.contains(&format!("fault point {at}, hit {hit}")), "{name} died of something else: {said}");
    eprintln!("{name} was killed at {at}, hit {hit}");
}

async fn console_dies_at(point: &str) {
    have_points("switchboard-cli");
    let desk = Desk::open(DeskOptions::default()).await;
    let people = numbers(PEOPLE);
    desk.import(&opt_in_list(&people));
    let mut first = desk.run_console_with("first", &[(POINT, point)]);
    let campaign = desk.launch("thank_you_note", people.len());
    died_at(&desk, "first", &mut first, point);
    nobody_twice(&desk.ledger().await, "after the kill");

    // Three start at once: one gets the role, the others say that the profile is in use.
    let mut three = ["second", "third", "fourth"].map(|name| desk.run_console(name));
    both_sides_agree(&desk, &campaign, people.len(), point).await;
    let alive = three.iter_mut().map(|r| r.0.try_wait().unwrap()).filter(Option::is_none).count();
    assert_eq!(alive, 1, "{alive} consoles run the same profile");
}

#[rstest]
#[case::claimed_and_nothing_started("claim.committed:3")]
#[case::answered_and_not_recorded("answer.received:5")]
#[case::applied_and_not_acknowledged("pull.committed:4")]
#[tokio::test(flavor = "multi_thread")]
async fn a_console_killed_at_a_point_sends_nobody_twice_and_skips_nobody(#[case] point: &str) {
    console_dies_at(point).await;
}

#[rstest]
#[case("enqueue.committed:1")]
#[case("claim.committed:1")]
#[case("claim.committed:9")]
#[case("look.taken:2")]
#[case("wire.started:1")]
#[case("wire.started:17")]
#[case("answer.received:1")]
#[case("answer.received:30")]
#[case("record.committed:2")]
#[case("record.committed:11")]
#[case("pull.committed:1")]
#[case("pull.committed:12")]
#[case("pull.acked:1")]
#[case("pull.acked:7")]
#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: the same at every other point"]
async fn a_console_killed_anywhere_sends_nobody_twice_and_skips_nobody(#[case] point: &str) {
    console_dies_at(point).await;
}

async fn relay_dies_at(point: &str) {
    have_points("switchboard-relay");
    let mut desk = Desk::open(DeskOptions::default()).await;
    let people = numbers(PEOPLE);
    desk.import(&opt_in_list(&people));
    let address = desk.hand_over_relay().await;
    let mut first = desk.run_relay("relay-1", &address, &[(POINT, point)]).await;
    let _console = desk.run_console("console");
    let campaign = desk.launch("thank_you_note", people.len());
    died_at(&desk, "relay-1", &mut first, point);
    let _relay = desk.run_relay("relay-2", &address, &[]).await;
    both_sides_agree(&desk, &campaign, people.len(), point).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_killed_before_its_answer_loses_no_webhook_and_applies_none_twice() {
    relay_dies_at("relay.appended:6").await;
}

#[rstest]
#[case("relay.appended:1")]
#[case("relay.appended:40")]
#[case("relay.handed:1")]
#[case("relay.handed:9")]
#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: the same at other points"]
async fn a_relay_killed_anywhere_loses_no_webhook_and_applies_none_twice(#[case] point: &str) {
    relay_dies_at(point).await;
}
