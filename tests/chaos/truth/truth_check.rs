//! What must hold between the console's counts and the practice account's ledger.

use switchboard_testkit::{Desk, count, counted, nobody_twice};

/// A claim is at most 250 ms of sends at 20 messages/s: no more can have been under way.
const MOST_UNDER_WAY: u64 = 10;

/// Waits until the campaign is at its end and everything the practice account told has arrived; then both sides agree:
/// nobody twice, nobody skipped, each message as far as its statuses. What was claimed and never written has no status
/// to come: it stays unknown, and Meta does not have it.
pub async fn both_sides_agree(desk: &Desk, campaign: &str, people: usize, when: &str) {
    let counts = desk
        .until(&format!("{when}: both sides to agree"), async || {
            let (counts, ledger) = (desk.counts(campaign), desk.ledger().await);
            nobody_twice(&ledger, when);
            let at_meta = |status: &str| ledger.iter().filter(|e| e["status"] == status).count() as u64;
            let ours = |key: &str| count(&counts, key);
            let told = ["sent", "delivered", "read", "held"].iter().all(|s| ours(s) == at_meta(s));
            let failed = ours("failed") + ours("withheld") >= at_meta("failed");
            let waits = ours("queued") + ours("sending") + ours("accepted");
            (told && failed && waits == 0 && ours("audience") > 0).then_some(counts)
        })
        .await;
    let all = counted(&counts);
    assert_eq!((count(&counts, "audience"), all), (people as u64, people as u64), "{when}: {counts}");
    assert!(count(&counts, "unknown") <= MOST_UNDER_WAY, "{when}: more unknown than were under way: {counts}");
}
