//! Launching a large campaign: how long its audience takes to be in the outbox, what that costs in memory, whether a
//! window stays quick meanwhile, and whether a claim grows dearer with the outbox.
//!
//! Each size is a process of its own: a fresh encrypted store, an imported list, the launch as the window presses it,
//! then the chunks of the launch as the background runs them. Two probes run beside them: the query behind the live
//! view, and a short write of the most urgent kind, as an opt-out is one. A claim is timed inside its transaction,
//! which is then rolled back, so that each sees the same rows.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use switchboard_bridge::dto::{
    Audience, AudienceKind, ById, CampaignDraft, CampaignLaunch, ValueSource, VariableValue,
};
use switchboard_domain::ids::{CampaignId, PhoneNumberId};
use switchboard_engine::campaigns::{self, Upkeep};
use switchboard_engine::sender::{ClaimRequest, claim};
use switchboard_engine::{Console, api};
use switchboard_store::tables::meta;
use switchboard_store::{Priority, StoreError};

use crate::campaign::child;
use crate::desk::{import, open_console, plain};
use crate::figure::{Aim, Figure, Report};
use crate::memory;

const NUMBER: &str = "106540352242922";
const TEMPLATE: &str = "594425479261596";
/// The size beside which the large one must not be slow.
const SMALL: usize = 10_000;
/// Rows of a claim; a real one takes fewer.
const CLAIMED: u32 = 1_000;
/// A claim is timed so often.
const CLAIMS: usize = 15;
/// Pause of a probe between two looks.
const EVERY: Duration = Duration::from_millis(40);

/// What one size found.
#[derive(Serialize, Deserialize)]
struct Run {
    review_s: f64,
    enqueue_s: f64,
    /// Peak while it enqueued beyond what was resident before.
    growth_mib: Option<f64>,
    peak_mib: Option<f64>,
    query_p50_ms: f64,
    query_max_ms: f64,
    write_p50_ms: f64,
    write_max_ms: f64,
    claim_ms: f64,
}

/// Measures and prints.
pub fn run(report: &mut Report, people: usize) -> anyhow::Result<()> {
    let of = |people: usize| child::<Run>(&["launch-once".to_owned(), "--people".to_owned(), people.to_string()]);
    let (small, large) = (of(SMALL)?, of(people)?);
    let case = format!("n={people}");
    let mut print = |metric, unit, value: f64, aim, beside: Option<(&str, f64)>| {
        let beside = beside.map(|(name, value)| (name, [value]));
        report.print(&Figure {
            bench: "launch",
            case: &case,
            metric,
            unit,
            values: &[value],
            baseline: beside.as_ref().map(|(name, value)| (*name, value.as_slice())),
            aim,
            rss_peak_mib: large.peak_mib,
            durability: "full",
        });
    };
    print("enqueue", "s", large.enqueue_s, Aim::AtMost(20.0), None);
    print("review", "s", large.review_s, Aim::None, None);
    if let (Some(growth), Some(of_small)) = (large.growth_mib, small.growth_mib) {
        print("rss_growth", "MiB", growth, Aim::None, Some(("n=10000", of_small)));
    }
    print("query_p50", "ms", large.query_p50_ms, Aim::None, None);
    print("query_max", "ms", large.query_max_ms, Aim::None, None);
    print("urgent_write_p50", "ms", large.write_p50_ms, Aim::None, None);
    print("urgent_write_max", "ms", large.write_max_ms, Aim::None, None);
    print("claim_of_1000", "ms", large.claim_ms, Aim::RatioAtMost(1.3), Some(("n=10000", small.claim_ms)));
    Ok(())
}

/// One size; prints a line for [`run`].
pub async fn once(people: usize) -> anyhow::Result<()> {
    let dir = tempfile::Builder::new().prefix("switchboard-bench-").tempdir().context("making a folder")?;
    let console = open_console(dir.path()).await?;
    furnish(&console).await?;
    add_people(&console, dir.path(), people).await?;
    let (id, review_s) = press_launch(&console).await?;
    memory::forget_peak();
    let before = memory::resident_mib();
    let stop = Arc::new(AtomicBool::new(false));
    let (queries, writes) = (probe_query(&console, &id, &stop), probe_write(&console, &stop));
    let began = Instant::now();
    // As the background does it.
    while matches!(campaigns::step(&console).await?, Upkeep::Worked(_)) {
        tokio::task::yield_now().await;
    }
    let enqueue_s = began.elapsed().as_secs_f64();
    let peak = memory::peak_mib();
    stop.store(true, Ordering::SeqCst);
    let (queries, writes) = (Spread::of(queries.await??), Spread::of(writes.await??));
    let waiting: u64 = console
        .store()
        .read(|c| {
            c.query_row("SELECT COUNT(*) FROM outbox WHERE state = 'queued'", [], |r| r.get(0))
                .map_err(StoreError::from)
        })
        .await?;
    ensure!(waiting == people as u64, "{waiting} of {people} people wait in the outbox");
    let claim_ms = time_claims(&console, &id).await?;
    let run = Run {
        review_s,
        enqueue_s,
        growth_mib: peak.zip(before).map(|(peak, before)| peak - before),
        peak_mib: peak,
        query_p50_ms: queries.median,
        query_max_ms: queries.most,
        write_p50_ms: writes.median,
        write_max_ms: writes.most,
        claim_ms,
    };
    console.close().await;
    println!("{}", serde_json::to_string(&run)?);
    Ok(())
}

/// Median and greatest of some times, in milliseconds.
struct Spread {
    median: f64,
    most: f64,
}

impl Spread {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |i: usize| times.get(i).map_or(0.0, |t| t.as_secs_f64() * 1e3);
        Self { median: at(times.len() / 2), most: at(times.len().saturating_sub(1)) }
    }
}

/// Account, number and template, as a connected account has them; nothing is sent here.
async fn furnish(console: &Console) -> anyhow::Result<()> {
    console
        .store()
        .write(Priority::Bulk, |tx| {
            tx.execute(
                "INSERT INTO account (id, waba_id, graph_url, graph_version, default_phone_number_id, connected_at_ms, \
                 updated_at_ms) VALUES (1, 'waba', 'http://127.0.0.1:9', 'v26.0', ?1, 0, 0)",
                [NUMBER],
            )?;
            tx.execute(
                "INSERT INTO phone_numbers (phone_number_id, waba_id, display_phone_number, status, updated_at_ms) \
                 VALUES (?1, 'waba', '+1 416 555 0100', 'CONNECTED', 0)",
                [NUMBER],
            )?;
            tx.execute(
                "INSERT INTO templates (template_id, waba_id, name, language, category, status, components, \
                 updated_at_ms, seen_at_ms) VALUES (?1, 'waba', 'offer', 'en_US', 'marketing', 'APPROVED', ?2, 0, 0)",
                (TEMPLATE, r#"[{"type":"BODY","text":"Hello {{1}}, new tea is here."}]"#),
            )?;
            tx.execute("INSERT INTO relay (id, url, desk, device) VALUES (1, 'ws://127.0.0.1:1', 'd', 'c')", [])?;
            Ok::<_, StoreError>(())
        })
        .await?;
    Ok(())
}

async fn add_people(console: &Console, dir: &Path, people: usize) -> anyhow::Result<()> {
    let list = dir.join("people.csv");
    crate::people::write_list(&list, people)?;
    import(console, &list, people).await?;
    std::fs::remove_file(&list).context("removing the list")
}

/// Drafts, reviews and launches to everybody; the campaign and how long its review took.
async fn press_launch(console: &Console) -> anyhow::Result<(String, f64)> {
    let draft = CampaignDraft {
        id: None,
        name: "Benchmark".to_owned(),
        template_id: Some(TEMPLATE.to_owned()),
        phone_number_id: Some(NUMBER.to_owned()),
        audience: Audience {
            kind: AudienceKind::Everybody,
            import_ids: Vec::new(),
            contact_ids: Vec::new(),
            filter: None,
        },
        values: vec![VariableValue {
            key: "body.1".to_owned(),
            source: ValueSource::FirstName,
            value: String::new(),
            fallback: Some("there".to_owned()),
            format: None,
        }],
        rules: Default::default(),
    };
    let id = api::campaign_draft_save(console, draft).await.map_err(plain)?.row.id;
    let began = Instant::now();
    let review = api::campaign_review(console, ById { id: id.clone() }).await.map_err(plain)?;
    let review_s = began.elapsed().as_secs_f64();
    let launch = CampaignLaunch {
        id: id.clone(),
        typed_number: Some(review.will_receive),
        template_hash: review.template_hash.clone(),
        idempotency_key: hex::encode(rand::random::<[u8; 16]>()),
    };
    api::campaign_launch(console, launch).await.map_err(plain)?;
    Ok((id, review_s))
}

type Probe = tokio::task::JoinHandle<anyhow::Result<Vec<Duration>>>;

/// The query of the live view.
fn probe_query(console: &Console, id: &str, stop: &Arc<AtomicBool>) -> Probe {
    let (console, id, stop) = (console.clone(), id.to_owned(), Arc::clone(stop));
    tokio::spawn(async move {
        let mut took = Vec::new();
        while !stop.load(Ordering::SeqCst) {
            let began = Instant::now();
            api::campaign_get(&console, ById { id: id.clone() }).await.map_err(plain)?;
            took.push(began.elapsed());
            tokio::time::sleep(EVERY).await;
        }
        Ok(took)
    })
}

/// A short write that goes before everything else.
fn probe_write(console: &Console, stop: &Arc<AtomicBool>) -> Probe {
    let (console, stop) = (console.clone(), Arc::clone(stop));
    tokio::spawn(async move {
        let mut took = Vec::new();
        while !stop.load(Ordering::SeqCst) {
            let began = Instant::now();
            let write = console.store().write(Priority::OptOut, |tx| meta::put(tx, "bench_probe", "1"));
            write.await?;
            took.push(began.elapsed());
            tokio::time::sleep(EVERY).await;
        }
        Ok(took)
    })
}

/// Milliseconds of the median claim of a thousand rows.
async fn time_claims(console: &Console, id: &str) -> anyhow::Result<f64> {
    let campaign = CampaignId::parse(id).context("the campaign's id")?;
    console
        .store()
        .write(Priority::Claim, move |tx| {
            tx.execute(
                "UPDATE campaigns SET state = 'running', starts_at_ms = 0 WHERE campaign_id = ?1",
                [campaign.as_bytes()],
            )?;
            Ok::<_, StoreError>(())
        })
        .await?;
    let mut took = Vec::new();
    for _ in 0..CLAIMS {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let request = ClaimRequest {
            places: CLAIMED,
            tokens: [(PhoneNumberId::new(NUMBER), CLAIMED)].into(),
            campaign_rows: CLAIMED,
            ..ClaimRequest::default()
        };
        let rolled_back = console
            .store()
            .write(Priority::Claim, move |tx| {
                let began = Instant::now();
                let claimed = claim(tx, &request)?;
                sender.send((claimed.claimed.len(), began.elapsed())).map_err(|_| StoreError::Closed)?;
                Err::<(), _>(StoreError::Busy)
            })
            .await;
        ensure!(matches!(rolled_back, Err(StoreError::Busy)), "the claim was not rolled back");
        let (rows, time) = receiver.await.context("a claim")?;
        ensure!(rows == CLAIMED as usize, "a claim took {rows} rows");
        took.push(time);
    }
    Ok(Spread::of(took).median)
}
