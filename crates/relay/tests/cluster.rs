//! Three real NATS servers, two relays, 200 desks, load; one server and one relay are killed under it. Everything that
//! was answered 200 is delivered exactly once and in order, and the service goes on answering.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "tests"
)]

mod common;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use common::load::{Load, Post, check};
use common::nats::{NatsCluster, section};
use common::process::{Site, random_ms, rounds};
use common::*;
use futures::{StreamExt, stream};
use switchboard_relay_api::RelayEndpoint;
use tokio::time::timeout;

/// How many of the posts that began in a time were answered 200.
fn answered(posts: &[Post], from: Instant, to: Instant) -> (usize, usize) {
    let within: Vec<&Post> = posts.iter().filter(|post| post.begun >= from && post.begun < to).collect();
    (within.iter().filter(|post| post.status == Some(200)).count(), within.len())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes; make test-long"]
async fn one_server_and_one_relay_are_killed_under_load_and_nothing_is_lost() {
    let Some(mut cluster) = NatsCluster::start() else { return };
    let desks: Vec<String> = (1..=200).map(|n| format!("desk-{n}")).collect();
    let keys = tempfile::tempdir().unwrap();
    let log = section(keys.path(), &cluster.urls(), 3);
    let (site_a, site_b) = (Site::new(&desks, &log), Site::new(&desks, &log));
    let begun = Instant::now();
    let mut a = site_a.serve().await;
    println!("200 streams of three replicas made in {:?}", begun.elapsed());
    let b = site_b.serve().await;
    let store = site_a.desks().await;
    let pairing = stream::iter(&desks).map(|desk| {
        let (site, store) = (&site_a, &store);
        async move { (desk.clone(), site.pair(store.as_ref(), desk).await) }
    });
    let consoles: HashMap<String, RelayEndpoint> = pairing.buffer_unordered(4).collect().await;
    println!("200 consoles paired, {:?} since the start", begun.elapsed());

    let load = Load::start(vec![site_a.url(), site_b.url()], &desks, CONNECTIONS, 0);
    let calm = Duration::from_secs(rounds(5, 10) as u64);
    let started = Instant::now();
    tokio::time::sleep(calm).await;
    let victim = (random_ms(0, 3).as_millis() % 3) as usize;
    cluster.servers[victim].kill();
    let server_killed = Instant::now();
    tokio::time::sleep(Duration::from_secs(30)).await;
    a.kill().await;
    let relay_killed = Instant::now();
    *load.urls.lock().unwrap() = vec![site_b.url()];
    tokio::time::sleep(calm).await;
    // The server comes back and catches up while the load goes on.
    cluster.servers[victim].run();
    cluster.servers[victim].wait_until_ready();
    let back = Instant::now();
    tokio::time::sleep(calm * 2).await;
    let ended = Instant::now();
    let posts = load.stop().await;

    let settled = Duration::from_secs(15);
    for (what, from, to) in [
        ("before", started, server_killed),
        ("after a server was killed, first 15 s", server_killed, server_killed + settled),
        ("after a server was killed, then", server_killed + settled, relay_killed),
        ("after a relay was killed", relay_killed, back),
        ("after the server came back", back, ended),
    ] {
        let (good, all) = answered(&posts, from, to);
        println!("{what}: {good} of {all} answered 200, {:.0}/s", good as f64 / (to - from).as_secs_f64());
    }
    let goes_on = |from, to, what: &str| {
        let (good, all) = answered(&posts, from, to);
        assert!(good > 0 && good * 100 >= all * 95, "{what}: {good} of {all}");
    };
    goes_on(server_killed + settled, relay_killed, "two of three servers answer");
    // Requests that were under way to the killed relay itself have no answer; what follows has.
    goes_on(relay_killed + Duration::from_secs(1), back, "one of two relays answers");

    let mut total = 0;
    let mut by_desk: HashMap<usize, Vec<&Post>> = HashMap::new();
    posts.iter().for_each(|post| by_desk.entry(post.desk).or_default().push(post));
    assert_eq!(by_desk.len(), desks.len(), "every desk had load");
    for (desk, posts) in by_desk {
        let name = &desks[desk];
        total += check(&posts, &whole_log(&consoles[name], &b.url, name).await);
    }
    println!("{total} answered 200 at 200 desks, each delivered once and in order");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quorum_is_enough_and_less_is_503() {
    let Some(mut cluster) = NatsCluster::start() else { return };
    let keys = tempfile::tempdir().unwrap();
    let site = Site::new(&[DESK.to_owned()], &section(keys.path(), &cluster.urls(), 3));
    let relay = site.serve().await;
    let store = site.desks().await;
    let console = site.pair(store.as_ref(), DESK).await;
    let http = http();
    let post = async |number: usize| {
        let body = event(number);
        let request = http.post(format!("{}/hooks/{DESK}", relay.url)).header("content-type", "application/json");
        let request = request.header("X-Hub-Signature-256", sign(APP_SECRET, body.as_bytes())).body(body);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(post(1).await, 200);
    cluster.servers[0].kill();
    assert_eq!(post(2).await, 200, "two of three are a quorum; a new leader is waited for");
    cluster.servers[1].kill();
    assert_eq!(post(3).await, 503, "one is none: Meta tries again");
    cluster.servers[0].run();
    cluster.servers[0].wait_until_ready();
    let mut number = 4;
    let again = async {
        while post(number).await != 200 {
            number += 1;
        }
    };
    timeout(PATIENCE, again).await.expect("200 again with a quorum");
    let came = whole_log(&console, &relay.url, DESK).await;
    assert_eq!(came[..2], [event(1), event(2)]);
    assert!(came.contains(&event(number)), "{came:?}");
    let once: std::collections::HashSet<&String> = came.iter().collect();
    assert_eq!(once.len(), came.len(), "nothing twice");
}
