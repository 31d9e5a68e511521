//! kill -9 at random moments under 64 connections: every answered 200 is delivered once and in order, none is invented.
//!
//! `make test` does a few rounds, `make test-long` many.
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

use std::sync::Arc;

use common::load::{Load, Post, check};
use common::nats::{NatsServer, section};
use common::process::{Site, random_ms, rounds};
use common::*;
use switchboard_relay_api::{ClientOptions, EntryKind, RelayEvent, RelayLink, RelaySeq};
use tokio::time::timeout;

/// What a console that stays through all the rounds was handed.
struct Reader {
    link: Arc<RelayLink>,
    collected: tokio::task::JoinHandle<(Vec<u64>, Vec<String>)>,
    upto: tokio::sync::watch::Sender<Option<u64>>,
}

impl Reader {
    fn start(endpoint: switchboard_relay_api::RelayEndpoint) -> Self {
        let (link, mut events) = RelayLink::start(endpoint, RelaySeq::START, ClientOptions::default());
        let (upto, mut wanted) = tokio::sync::watch::channel(None);
        let link = Arc::new(link);
        let acks = Arc::clone(&link);
        let collected = tokio::spawn(async move {
            let (mut seqs, mut came) = (Vec::new(), Vec::new());
            loop {
                let is_done =
                    wanted.borrow_and_update().is_some_and(|upto| seqs.last().is_some_and(|seq| *seq >= upto));
                if is_done {
                    return (seqs, came);
                }
                tokio::select! {
                    event = events.recv() => if let Some(RelayEvent::Batch(entries)) = event {
                        let last = entries.last().map(|entry| entry.seq);
                        for entry in entries {
                            seqs.push(entry.seq.get());
                            if entry.kind == EntryKind::Webhook {
                                came.extend(bodies(&[entry]));
                            }
                        }
                        last.into_iter().for_each(|last| acks.ack(last));
                    },
                    _ = wanted.changed() => {}
                }
            }
        });
        Self { link, collected, upto }
    }
}

async fn kill_rounds(site: Site, rounds: usize) {
    let desks = [DESK.to_owned()];
    let mut process = site.serve().await;
    let store = site.desks().await;
    let console = site.pair(store.as_ref(), DESK).await;
    drop(store);
    let reader = Reader::start(console);
    let mut posts: Vec<Post> = Vec::new();
    for round in 0..rounds {
        let load = Load::start(vec![site.url()], &desks, CONNECTIONS, round * CONNECTIONS);
        load.until_answered(10).await;
        tokio::time::sleep(random_ms(0, 700)).await;
        process.kill().await;
        posts.extend(load.stop().await);
        process = site.serve().await;
        reader.link.reconnect_now();
    }
    let head = process.metric(&http(), "switchboard_relay_head{").await;
    reader.upto.send_replace(Some(head));
    let (seqs, delivered) = timeout(PATIENCE, reader.collected).await.expect("all arrives").unwrap();
    assert_eq!(seqs, (1..=head).collect::<Vec<_>>(), "gapless, each once");
    let answered = check(&posts.iter().collect::<Vec<_>>(), &delivered);
    println!("{rounds} rounds: {} posted, {answered} answered 200, {} delivered", posts.len(), delivered.len());
    assert!(answered >= rounds * 10, "there was load: {answered}");
    Arc::into_inner(reader.link).expect("nobody else holds it").stop().await;
    process.kill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_moments_the_embedded_log_keeps_what_was_answered() {
    kill_rounds(Site::new(&[DESK.to_owned()], ""), rounds(3, 100)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_moments_the_log_in_nats_keeps_what_was_answered() {
    let Some(server) = NatsServer::start() else { return };
    let keys = tempfile::tempdir().unwrap();
    let log = section(keys.path(), &[server.url()], 1);
    kill_rounds(Site::new(&[DESK.to_owned()], &log), rounds(3, 100)).await;
}
