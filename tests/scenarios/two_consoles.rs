//! Two consoles of one desk: what one records the other heeds, one sends at a time, and who was removed reads nothing
//! that comes after.

use std::time::{Duration, Instant};

use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use switchboard_relay::desks::{DeskStore, SqliteDesks};
use switchboard_relay::log::ReadLimit;
use switchboard_relay_api::{DeviceKey, Entry, EntryKind, EpochKey, EpochSecret, RelaySeq};
use switchboard_testkit::{Desk, DeskOptions, count, nobody_twice, numbers, opt_in_list};

/// What was claimed before the note came may still be on its way; on a machine that also builds it takes its time.
const HEEDED_WITHIN_MS: i64 = 3_000;

/// When the relay took each note, in order.
async fn notes(desk: &Desk) -> Vec<i64> {
    let limit = ReadLimit { entries: 100_000, bytes: u64::MAX };
    let entries = desk.relay().log().read("shop", RelaySeq::START, limit).await.unwrap();
    entries.iter().filter(|e| e.kind == EntryKind::Note).map(|e| e.received_ms).collect()
}

async fn slow_answers(desk: &Desk, ms: u64) {
    let fault = json!({ "match": { "endpoint": "messages" }, "action": { "delay": ms }, "times": 0 });
    desk.control(Method::POST, "faults", Some(fault)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opt_out_by_one_console_stops_the_campaign_of_the_other() {
    let desk = Desk::open(DeskOptions::default()).await;
    let people = numbers(500);
    let list = opt_in_list(&people);
    desk.import(&list);
    let _first = desk.run_console("first");
    let (second, _running) = desk.second_console("office").await;
    second.import(&list);

    // The campaign lasts long enough for five commands, however busy the machine is.
    slow_answers(&desk, 4_000).await;
    let campaign = desk.launch("thank_you_note", people.len());
    desk.until("the campaign to start", async || (desk.ledger().await.len() >= 5).then_some(())).await;
    let reached: Vec<String> =
        desk.ledger().await.iter().map(|e| e["recipient"].as_str().unwrap().to_owned()).collect();
    // From the end of the queue, one after the other while the first console sends.
    let late: Vec<&String> =
        people.iter().rev().filter(|p| !reached.contains(&p.trim_start_matches('+').to_owned())).take(5).collect();
    for person in &late {
        let answer = second.run(&["consent", "opt-out", "-", "--note", "asked at the counter"], person);
        assert_eq!(answer["ok"], true, "{answer}");
    }
    let notes = desk
        .until("the relay to have what the second console recorded", async || {
            let notes = notes(&desk).await;
            (notes.len() == late.len()).then_some(notes)
        })
        .await;
    let sent_meanwhile = desk.ledger().await.len();
    let counts = desk
        .until("the rest to be sent", async || {
            let counts = desk.counts(&campaign);
            (count(&counts, "queued") + count(&counts, "sending") == 0).then_some(counts)
        })
        .await;
    assert!(sent_meanwhile < people.len() - late.len(), "the campaign was over too soon to mean anything");
    let ledger = desk.ledger().await;
    for (person, told_at) in late.iter().zip(notes) {
        let person = person.trim_start_matches('+');
        let left_at = ledger.iter().find(|e| e["recipient"] == person).map(|e| e["accepted_at_ms"].as_i64().unwrap());
        assert!(left_at.is_none_or(|at| at <= told_at + HEEDED_WITHIN_MS), "{left_at:?} is after {told_at}");
    }
    assert_eq!(ledger.len(), people.len() - late.len(), "they were at the end of the queue: {counts}");
    let why = desk.cli_run(&["consent", "why", "-", "--category", "utility"], late[0]);
    assert_eq!(why["data"]["reason"], "opted_out", "{why}");

    // And the other way round: the second console holds what the first records, so it is ready to send.
    desk.cli_run(&["consent", "opt-out", "-"], &people[0]);
    desk.until("the second console to have it", async || {
        let why = second.run(&["consent", "why", "-", "--category", "utility"], &people[0]);
        (why["data"]["reason"] == "opted_out").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_is_taken_over_after_what_was_in_flight_and_by_one_console_only() {
    // Nobody's statuses come: what is in flight is settled by its answer alone.
    let desk = Desk::open(DeskOptions { auto: false, ..DeskOptions::default() }).await;
    let people = numbers(250);
    desk.import(&opt_in_list(&people));
    let _first = desk.run_console("first");
    let (second, _running) = desk.second_console("office").await;
    assert_eq!(second.ok(&["relay", "status"])["sender"], "elsewhere", "pairing takes nothing over");

    slow_answers(&desk, 5_000).await;
    let campaign = desk.launch("thank_you_note", people.len());
    desk.until("sends on their way", async || (count(&desk.counts(&campaign), "sending") >= 3).then_some(())).await;
    let asked = second.ok(&["relay", "take-over", "--wait", "0"]);
    assert_ne!(asked["sender"], "here", "answers of the first console are still on their way: {asked}");
    let mut waited_for_answers = false;
    let began = Instant::now();
    loop {
        // Looked at in this order: what is in flight now was so when the second one held the lease, if it did.
        let holds = second.ok(&["relay", "status"])["sender"] == "here";
        let in_flight = count(&desk.counts(&campaign), "sending");
        if holds {
            assert_eq!(in_flight, 0, "the lease changed hands while answers were on their way");
            break;
        }
        waited_for_answers |= in_flight > 0;
        assert!(began.elapsed() < Duration::from_secs(60), "the lease never came");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(waited_for_answers, "nothing was in flight, so nothing was waited for");
    let sent = desk.ledger().await.len();
    assert!(sent < people.len(), "all was sent before the lease changed hands");
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(desk.ledger().await.len(), sent, "the first console sent without the lease");
    assert_eq!(desk.cli_ok(&["relay", "status"])["sender"], "elsewhere");

    // Back again: the campaign ends, and nobody got it twice.
    let back = desk.cli_ok(&["relay", "take-over", "--wait", "30"]);
    assert_eq!(back["sender"], "here", "{back}");
    desk.control(Method::DELETE, "faults", None).await;
    desk.until("the campaign to end", async || {
        let counts = desk.counts(&campaign);
        (count(&counts, "queued") + count(&counts, "sending") == 0).then_some(())
    })
    .await;
    let ledger = desk.ledger().await;
    nobody_twice(&ledger, "with two consoles");
    assert_eq!(ledger.len(), people.len());
}

/// All that a device can do with the relay's whole disk in its hands: the entries it can open.
async fn readable(desk: &Desk, device: &str, key: &DeviceKey) -> Vec<u64> {
    let store = SqliteDesks::open(&desk.path("relay")).unwrap();
    let mut keys: Vec<EpochSecret> = Vec::new();
    for number in 1..=store.last_epoch("shop").await.unwrap() {
        for wrapped in store.epoch("shop", number).await.unwrap().unwrap().keys {
            // Its own and everybody else's, under its own name and theirs.
            let epoch = EpochKey { epoch: number, wrapped: hex::decode(&wrapped.wrapped).unwrap() };
            for name in [device, wrapped.device.as_str()] {
                keys.extend(key.unwrap_epoch("shop", name, &epoch));
            }
        }
    }
    let limit = ReadLimit { entries: 10_000, bytes: u64::MAX };
    let entries = desk.relay().log().read("shop", RelaySeq::START, limit).await.unwrap();
    let opens = |entry: &Entry| {
        // Every key it ever had, not only the one of the entry's epoch.
        keys.iter().any(|key| {
            let mut sealed = entry.sealed.clone();
            key.open("shop", entry.kind, &entry.nonce, &mut sealed).is_ok()
        })
    };
    entries.iter().filter(|e| e.kind == EntryKind::Webhook && opens(e)).map(|e| e.seq.get()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_console_reads_nothing_that_comes_after_and_says_so() {
    let desk = Desk::open(DeskOptions { auto: false, ..DeskOptions::default() }).await;
    let _first = desk.run_console("first");
    let (second, running) = desk.second_console("office").await;
    desk.customer_writes("+14165550123", "Before").await;
    let has = |chats: &Value, text: &str| chats["items"].to_string().contains(text);
    desk.until("the second console to have it", async || has(&second.ok(&["inbox", "list"]), "Before").then_some(()))
        .await;
    let before = desk.relay().log().extent("shop").unwrap().head;

    let devices = desk.cli_ok(&["relay", "devices"]);
    let office = devices["items"].as_array().unwrap().iter().find(|d| d["name"] == "office").unwrap();
    let id = office["id"].as_str().unwrap().to_owned();
    desk.cli_ok(&["relay", "remove", &id]);
    desk.customer_writes("+14165550123", "Afterwards").await;
    desk.until("the first console to have it", async || {
        has(&desk.cli_ok(&["inbox", "list"]), "Afterwards").then_some(())
    })
    .await;

    let status = desk
        .until("the second console to say so", async || {
            let status = second.ok(&["relay", "status"]);
            (status["state"] == "refused").then_some(status)
        })
        .await;
    let trouble = status["trouble"].as_str().unwrap();
    assert!(trouble.contains("removed") && trouble.contains("pair it again"), "{trouble}");
    assert!(!has(&second.ok(&["inbox", "list"]), "Afterwards"));
    let over = second.run(&["relay", "take-over", "--wait", "1"], "");
    assert_eq!(over["ok"], false, "{over}");
    // After it ended, too: a removal does not pass.
    drop(running);
    assert_eq!(second.ok(&["relay", "status"])["state"], "refused");

    let key = DeviceKey::from_secret(&SecretString::from(second.secret("relay_device_key"))).unwrap();
    let can_read = readable(&desk, &id, &key).await;
    assert!(!can_read.is_empty(), "what came while it belonged to the desk was for it too");
    assert!(can_read.iter().all(|seq| *seq <= before.get()), "{can_read:?} beyond {before:?}");
    let after = desk.relay().log().extent("shop").unwrap().head;
    assert!(after > before);
}
