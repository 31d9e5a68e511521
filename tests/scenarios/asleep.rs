//! A console that slept for a week while its desk was busy.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use switchboard_testkit::{Desk, DeskOptions, numbers, opt_in_list};

use crate::hostile::memory_mib;

/// Events that arrive during the week.
const EVENTS: usize = 100_000;
/// Updates in one POST of Meta's.
const IN_ONE_POST: usize = 8;
const WEEK_MS: i64 = 7 * 86_400_000;
/// Memory that the console may take at most, catching up or not.
const MEMORY_MIB: u64 = 250;

/// The relay's clock; 0 is the system's.
static RELAY_MS: AtomicI64 = AtomicI64::new(0);

fn system_ms() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

fn relay_ms() -> i64 {
    match RELAY_MS.load(Ordering::Relaxed) {
        0 => system_ms(),
        simulated => simulated,
    }
}

/// One update of the week, and the part of a webhook's value it stands in.
struct Update {
    list: &'static str,
    json: Value,
}

fn status(wamid: &str, word: &str, at_ms: i64) -> Update {
    let json =
        json!({"id": wamid, "status": word, "timestamp": (at_ms / 1000).to_string(), "recipient_id": "14165550199"});
    Update { list: "statuses", json }
}

fn text(from: &str, id: String, body: &str, at_ms: i64) -> Update {
    let json = json!({"from": from, "id": id, "timestamp": (at_ms / 1000).to_string(), "type": "text", "text": {"body": body}});
    Update { list: "messages", json }
}

/// The week in the order of its arrival: three ticks of each known message, statuses of messages that another program
/// sent, what customers wrote, and at the very end those who wrote STOP.
fn the_week(known: &[String], customers: &[String], stopped: &[String], began_ms: i64) -> Vec<Update> {
    let mut week = Vec::with_capacity(EVENTS);
    let body = EVENTS - stopped.len();
    for i in 0..body {
        let at_ms = began_ms + WEEK_MS / i64::try_from(EVENTS).unwrap() * i64::try_from(i).unwrap();
        let update = match (i / known.len(), i % 5) {
            // Not in their order: Meta promises none.
            (turn @ 0..3, _) => status(&known[i % known.len()], ["delivered", "sent", "read"][turn], at_ms),
            (_, 0) => {
                let from = customers[i % customers.len()].trim_start_matches('+');
                text(from, format!("wamid.in.{i}"), "And another question", at_ms)
            }
            (_, word) => {
                status(&format!("wamid.of.another.{}", i / 5), ["sent", "delivered", "read", "sent"][word - 1], at_ms)
            }
        };
        week.push(update);
    }
    for (i, person) in stopped.iter().enumerate() {
        week.push(text(person.trim_start_matches('+'), format!("wamid.stop.{i}"), "STOP", began_ms + WEEK_MS));
    }
    week
}

fn webhook(desk: &Desk, updates: &[Update]) -> Vec<u8> {
    let mut lists: HashMap<&str, Vec<&Value>> = HashMap::new();
    for update in updates {
        lists.entry(update.list).or_default().push(&update.json);
    }
    let mut value = json!({"messaging_product": "whatsapp", "metadata": {
        "display_phone_number": "14165550100", "phone_number_id": desk.account["phone_number_id"]}});
    for (list, items) in lists {
        value[list] = json!(items);
    }
    let entry = json!({"id": desk.account["waba_id"], "changes": [{"field": "messages", "value": value}]});
    json!({"object": "whatsapp_business_account", "entry": [entry]}).to_string().into_bytes()
}

/// Posts the week to the relay in order, each fiftieth POST twice, while the relay's clock goes through it.
async fn post(desk: &Desk, week: &[Update], began_ms: i64) -> usize {
    let secret = std::fs::read(desk.path("app-secret")).unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url: Arc<str> = desk.relay().callback_url("shop").into();
    let posts: Vec<&[Update]> = week.chunks(IN_ONE_POST).collect();
    let mut posted = 0;
    // So many at once that the relay's group commit has something to do; the log's order is what counts.
    for (round, bodies) in posts.chunks(32).enumerate() {
        let share = i64::try_from(round * 32).unwrap() * WEEK_MS / i64::try_from(posts.len()).unwrap();
        RELAY_MS.store(began_ms + share, Ordering::Relaxed);
        let mut under_way = tokio::task::JoinSet::new();
        for (i, updates) in bodies.iter().enumerate() {
            let body = webhook(desk, updates);
            let mac = Hmac::<sha2::Sha256>::new_from_slice(&secret).unwrap().chain_update(&body);
            let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
            let (http, url) = (http.clone(), Arc::clone(&url));
            let times = if (round * 32 + i).is_multiple_of(50) { 2 } else { 1 };
            posted += times;
            under_way.spawn(async move {
                for _ in 0..times {
                    let request = http.post(&*url).header("content-type", "application/json").body(body.clone());
                    assert_eq!(request.header("X-Hub-Signature-256", &signature).send().await.unwrap().status(), 200);
                }
            });
        }
        while let Some(done) = under_way.join_next().await {
            done.unwrap();
        }
    }
    RELAY_MS.store(0, Ordering::Relaxed);
    posted
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_asleep_for_a_week_and_a_hundred_thousand_events_catches_up() {
    let began_ms = system_ms() - WEEK_MS;
    let desk =
        Desk::open(DeskOptions { auto: false, relay: |config| config.clock = relay_ms, ..DeskOptions::default() })
            .await;
    let people = numbers(300);
    desk.import(&opt_in_list(&people[..200]));
    let before = desk.launch("thank_you_note", 200);
    let mut console = desk.run_console("before");
    desk.until("the first campaign to be sent", async || {
        let counts = desk.counts(&before);
        (counts["accepted"] == 200).then_some(())
    })
    .await;
    console.stop();
    // From here on the relay lives through the week. While a console sends, the clocks of the two must agree.
    RELAY_MS.store(began_ms, Ordering::Relaxed);
    // What waits to be sent when it wakes.
    desk.import(&opt_in_list(&people));
    let waiting = desk.launch("thank_you_note", 300);
    let known: Vec<String> = desk.ledger().await.iter().map(|e| e["wamid"].as_str().unwrap().to_owned()).collect();
    let sent_before = known.len();

    let stopped = &people[..60];
    let week = the_week(&known, &people, stopped, began_ms);
    assert_eq!(week.len(), EVENTS);
    let posts = post(&desk, &week, began_ms).await;
    let head = desk.relay().log().extent("shop").unwrap().head.get();

    let began = Instant::now();
    let console = desk.run_console("after");
    let mut peak = 0;
    loop {
        peak = peak.max(memory_mib(console.0.id(), "VmRSS:").unwrap_or(0));
        let status = desk.cli_ok(&["relay", "status"]);
        if status["state"] == "connected" && status["cursor"].as_str().unwrap().parse::<u64>().unwrap() >= head {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(180), "not caught up: {status}");
    }
    let took = began.elapsed().as_secs_f64();
    peak = memory_mib(console.0.id(), "VmHWM:").unwrap_or(peak);
    #[expect(clippy::print_stdout, reason = "the figures are what the scenario is run for")]
    {
        println!(
            "caught up with {EVENTS} events in {posts} webhooks in {took:.1} s: {:.0} events/s, {peak} MiB at most",
            EVENTS as f64 / took
        );
    }
    assert!(peak < MEMORY_MIB, "the console held {peak} MiB");

    desk.until("the waiting campaign to be sent", async || {
        let counts = desk.counts(&waiting);
        (counts["queued"] == 0 && counts["sending"] == 0).then_some(())
    })
    .await;
    let ledger = desk.ledger().await;
    let sent: Vec<&str> = ledger[sent_before..].iter().map(|e| e["recipient"].as_str().unwrap()).collect();
    assert!(stopped.iter().all(|p| !sent.contains(&p.trim_start_matches('+'))), "a message left after STOP");
    assert_eq!(sent.len(), people.len() - stopped.len());
    drop(console);

    let db = desk.database();
    let number = |sql: &str| -> i64 { db.query_row(sql, [], |row| row.get(0)).unwrap() };
    // Each exactly once: of what was posted twice nothing is there twice, and nothing is missing.
    let written = week.iter().filter(|u| u.list == "messages").count();
    assert_eq!(number("SELECT count(*) FROM messages WHERE direction = 'in'"), i64::try_from(written).unwrap());
    assert_eq!(number("SELECT coalesce(sum(unread), 0) FROM threads"), i64::try_from(written).unwrap());
    let ticked = "SELECT count(*) FROM outbox WHERE delivery_rank = 3 AND sent_at_ms > 0 AND delivered_at_ms > 0";
    assert_eq!(number(ticked), 200, "every known message was sent, delivered and read");
    let of_others: std::collections::HashSet<(String, String)> = week
        .iter()
        .filter(|u| u.list == "statuses" && u.json["id"].as_str().unwrap().starts_with("wamid.of.another"))
        .map(|u| (u.json["id"].to_string(), u.json["status"].to_string()))
        .collect();
    assert_eq!(number("SELECT count(*) FROM early_statuses"), i64::try_from(of_others.len()).unwrap());
    assert_eq!(number("SELECT count(*) FROM raw_events"), 0);
    assert_eq!(number("SELECT gaps FROM relay"), 0);
    // In order: what came later was written later. Posted are 32 webhooks at once, so neighbours may have changed places.
    let mut rows = db.prepare("SELECT wamid, recorded_at_ms FROM messages WHERE wamid LIKE 'wamid.in.%'").unwrap();
    let mut written: BTreeMap<usize, (i64, i64)> = BTreeMap::new();
    let each = rows.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))).unwrap();
    for (wamid, at) in each.map(Result::unwrap) {
        let place = wamid.trim_start_matches("wamid.in.").parse::<usize>().unwrap() / 1_000;
        let (first, last) = written.entry(place).or_insert((at, at));
        (*first, *last) = ((*first).min(at), (*last).max(at));
    }
    let written: Vec<(i64, i64)> = written.into_values().collect();
    assert!(written.len() > 90 && written.windows(3).all(|w| w[0].1 <= w[2].0), "applied in another order");
    // Nothing was claimed before the last STOP was applied.
    let claimed = "SELECT min(a.claimed_at_ms) FROM attempts a JOIN outbox o ON o.outbox_id = a.outbox_id
        WHERE o.campaign_id = (SELECT campaign_id FROM campaigns ORDER BY launched_at_ms DESC LIMIT 1)";
    let applied = "SELECT max(recorded_at_ms) FROM messages WHERE wamid LIKE 'wamid.stop.%'";
    assert!(number(claimed) >= number(applied), "a campaign claimed before the week was applied");
}
