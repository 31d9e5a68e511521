//! The consent ledger at five million entries: walking all of it, and the proof of one person; and the count of a segment
//! beside it, in an address book of a million.

use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use switchboard_domain::audience::{Audience, Condition, ConsentWord, Filter, Group, Item, Join};
use switchboard_domain::consent::{EventKind, Via};
use switchboard_domain::ids::ContactId;
use switchboard_domain::time::{Clock, UnixMillis};
use switchboard_engine::clock::SystemClock;
use switchboard_engine::ledger_check::{Watch, walk};
use switchboard_engine::proof;
use switchboard_store::tables::audience;
use switchboard_store::tables::consent_events::{Appender, Evidence, NewEvent};
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::{DbKey, OpenStore, Priority, Store, StoreError};

use crate::figure::{Aim, Figure, Report};

/// People written in one transaction.
const CHUNK: usize = 2_000;
/// Entries of one person.
const EACH: usize = 5;

/// Measures and prints.
pub async fn run(report: &mut Report, runs: u32, people: usize) -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("making a folder")?;
    let key = DbKey::new([7; 32]);
    let store = Store::open(OpenStore {
        path: folder.path().join("console.db"),
        key: key.clone(),
        clock: Arc::new(SystemClock::new()),
        readers: 4,
    })?;
    let ledger = LedgerKey::derive(&key);
    let began = Instant::now();
    let now = SystemClock::new().now();
    fill(&store, &ledger, people, now)?;
    let entries = people * EACH;
    eprintln!("switchboard-bench: {entries} entries written in {:.1} s", began.elapsed().as_secs_f64());

    let mut rates = Vec::new();
    for _ in 0..runs {
        let began = Instant::now();
        let found = walk(&store, &ledger, None, &Watch::default()).await?.context("nobody ended it")?;
        anyhow::ensure!(
            found.broken.is_none() && found.entries == entries as u64,
            "the ledger does not hold: {found:?}"
        );
        rates.push(entries as f64 / began.elapsed().as_secs_f64());
    }
    let head = format!("people={people}, entries={entries}");
    let figure = |case: String, metric, unit, values: &[f64], aim, report: &mut Report| {
        report.print(&Figure {
            bench: "consent",
            case: &case,
            metric,
            unit,
            values,
            baseline: None,
            aim,
            rss_peak_mib: crate::memory::peak_mib(),
            durability: "full",
        });
    };
    figure(head.clone(), "verify", "entries/s", &rates, Aim::AtLeast(500_000.0), report);

    let someone = contact(now, people / 2);
    let mut proofs = Vec::new();
    for _ in 0..runs {
        let began = Instant::now();
        let sealed = store.read_blocking(|c| proof::in_store(c, someone, now, &[7; 32]))?;
        proofs.push(began.elapsed().as_secs_f64() * 1000.0);
        anyhow::ensure!(sealed.pointer("/proof/entries/4").is_some(), "the proof lacks entries");
    }
    figure(format!("{head}, one person"), "proof", "ms", &proofs, Aim::AtMost(50.0), report);

    let test = Condition::Consent { any_of: vec![ConsentWord::OptedIn] };
    let segment =
        Audience::Filter { filter: Filter::new(Group { join: Join::All, items: vec![Item { not: false, test }] }) };
    let (mut counts, mut found) = (Vec::new(), 0);
    for _ in 0..runs {
        let began = Instant::now();
        found = store.read_blocking(|c| audience::count(c, &segment, now))?.people;
        counts.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    figure(
        format!("{head}, everybody who opted in ({found})"),
        "segment_count",
        "ms",
        &counts,
        Aim::AtMost(50.0),
        report,
    );
    Ok(())
}

fn contact(now: UnixMillis, n: usize) -> ContactId {
    ContactId::in_order(now, u64::try_from(n).unwrap_or_default(), [1, 2, 3, 4])
}

fn fill(store: &Store, ledger: &LedgerKey, people: usize, now: UnixMillis) -> anyhow::Result<()> {
    let mut at = 0;
    while at < people {
        let (from, to, ledger) = (at, people.min(at + CHUNK), ledger.clone());
        store.write_blocking(Priority::Bulk, move |tx| {
            let mut appender = Appender::begin(tx, &ledger)?;
            for n in from..to {
                let id = contact(now, n);
                tx.prepare_cached(
                    "INSERT INTO contacts (contact_id, name, phone, display_name, search_text, consent, may_market,
                         created_at_ms, updated_at_ms) VALUES (?1, ?2, ?3, ?2, ?2, 'opted_in', 1, ?4, ?4)",
                )?
                .execute(rusqlite::params![
                    id.as_bytes(),
                    format!("person {n}"),
                    format!("+1416{n:07}"),
                    now.as_ms()
                ])?;
                for nth in 0..EACH {
                    let event = NewEvent {
                        evidence: Evidence {
                            source: Some("web form of the shop".to_owned()),
                            raw_row: Some(vec![format!("person {n}"), format!("+1416{n:07}"), format!("{nth}")]),
                            ..Evidence::default()
                        },
                        ..NewEvent::now(id, EventKind::OptIn, Via::Operator, now)
                    };
                    appender.append(tx, &event)?;
                }
            }
            appender.finish(tx)?;
            Ok::<_, StoreError>(())
        })?;
        at = to;
    }
    Ok(())
}
