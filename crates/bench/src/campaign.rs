//! A whole campaign with the send ledger on, beside a bare reqwest loop with the same messages.
//!
//! Each run is a process of its own: fresh store, fresh practice account, memory that is this run's alone. The
//! subject's time goes from the first claim to the last answer that is recorded, which includes the claims, the
//! attempts, the outcomes, the threads and all their syncs. The baseline has its requests ready and keeps nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use switchboard_bridge::dto::TemplateRow;
use switchboard_store::StoreError;
use tokio::task::JoinSet;

use crate::desk::Desk;
use crate::figure::{Aim, Figure, Report};
use crate::people::phone;
use crate::sdk::Sdk;

/// Requests at the same time, as many as the sender has in flight at most.
const CONCURRENCY: usize = 128;
/// How many times as large the campaign is whose memory is held against that of the measured one: by then the caches
/// of the database, which are bounded, are full in both.
const LARGER: usize = 4;
/// The larger campaign may take this much more memory.
const FLAT: f64 = 1.2;

/// What one run found.
#[derive(Serialize, Deserialize)]
struct Run {
    subject_per_second: f64,
    baseline_per_second: f64,
    rss_peak_mib: Option<f64>,
    kapso_per_second: Option<f64>,
    pywa_per_second: Option<f64>,
}

/// Measures and prints.
pub fn run(report: &mut Report, runs: u32, people: usize) -> anyhow::Result<()> {
    let mut done = Vec::new();
    for i in 0..runs {
        done.push(in_own_process(people, i % 2 == 1)?);
    }
    let of = |value: fn(&Run) -> f64| done.iter().map(value).collect::<Vec<f64>>();
    let peaks: Vec<f64> = done.iter().filter_map(|r| r.rss_peak_mib).collect();
    let peak = peaks.iter().copied().reduce(f64::max);
    let case = format!("n={people}");
    let baseline = of(|r| r.baseline_per_second);
    let subject = of(|r| r.subject_per_second);
    let rate = Figure {
        bench: "campaign",
        case: &case,
        metric: "rate",
        unit: "msg/s",
        values: &subject,
        baseline: Some(("bare_reqwest", &baseline)),
        aim: Aim::AtLeast(6_000.0),
        rss_peak_mib: peak,
        durability: "full",
    };
    report.print(&rate);
    report.print(&Figure { aim: Aim::RatioAtLeast(0.2), ..rate });
    let kapso: Vec<f64> = done.iter().filter_map(|r| r.kapso_per_second).collect();
    let pywa: Vec<f64> = done.iter().filter_map(|r| r.pywa_per_second).collect();
    for (name, values) in [("kapso_whatsapp_cloud_api", kapso), ("pywa", pywa)] {
        if values.is_empty() {
            eprintln!("switchboard-bench: {name} is not installed (scripts/bench.sh setup)");
        } else {
            report.print(&Figure { baseline: Some((name, &values)), aim: Aim::RatioAtLeast(2.5), ..rate });
        }
    }
    let larger = in_own_process(people.saturating_mul(LARGER), false)?;
    if let Some(large) = larger.rss_peak_mib {
        let shares: Vec<f64> = peaks.iter().map(|p| large / p).collect();
        report.print(&Figure {
            bench: "campaign",
            case: &format!("n={} beside n={people}", people.saturating_mul(LARGER)),
            metric: "rss_peak_growth",
            unit: "times",
            values: &shares,
            baseline: None,
            aim: Aim::AtMost(FLAT),
            rss_peak_mib: larger.rss_peak_mib,
            durability: "full",
        });
    }
    Ok(())
}

fn in_own_process(people: usize, baseline_first: bool) -> anyhow::Result<Run> {
    let mut arguments = vec!["campaign-once".to_owned(), "--people".to_owned(), people.to_string()];
    if baseline_first {
        arguments.push("--baseline-first".to_owned());
    }
    child(&arguments)
}

/// Runs this program with these arguments and reads its last line.
pub fn child<T: serde::de::DeserializeOwned>(arguments: &[String]) -> anyhow::Result<T> {
    let program = std::env::current_exe().context("the program's own path")?;
    let output = std::process::Command::new(program)
        .args(arguments)
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("starting a run")?;
    ensure!(output.status.success(), "a run failed");
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(text.lines().last().unwrap_or_default()).context("reading what a run found")
}

/// One run; prints a line for [`run`].
pub async fn once(people: usize, baseline_first: bool) -> anyhow::Result<()> {
    let desk = Desk::open().await?;
    desk.import_people(people).await?;
    let template = desk.template().await?;
    let mut baseline = 0.0;
    if baseline_first {
        baseline = bare_loop(&desk, &template, people).await?;
    }
    let subject = campaign(&desk, &template, people).await?;
    let rss_peak_mib = crate::memory::peak_mib();
    if !baseline_first {
        baseline = bare_loop(&desk, &template, people).await?;
    }
    let sdk = |sdk: Sdk| tokio::task::block_in_place(|| sdk.measure(&desk, people, CONCURRENCY));
    let (kapso_per_second, pywa_per_second) = (sdk(Sdk::Kapso)?, sdk(Sdk::Pywa)?);
    desk.close().await?;
    let run = Run {
        subject_per_second: subject,
        baseline_per_second: baseline,
        rss_peak_mib,
        kapso_per_second,
        pywa_per_second,
    };
    println!("{}", serde_json::to_string(&run)?);
    Ok(())
}

/// Sends the campaign; messages per second from the first claim to the last recorded answer.
async fn campaign(desk: &Desk, template: &TemplateRow, people: usize) -> anyhow::Result<f64> {
    desk.launch(template).await?;
    desk.until_done(people).await?;
    let (attempts, first, last): (u64, i64, i64) = desk
        .console
        .store()
        .read(|c| {
            // The campaign is done with the claim after the last recorded outcome, so that its end is never too early.
            c.query_row(
                "SELECT COUNT(*), MIN(claimed_at_ms), (SELECT MAX(finished_at_ms) FROM campaigns) FROM attempts",
                [],
                |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)),
            )
            .map_err(StoreError::from)
        })
        .await?;
    ensure!(attempts == people as u64, "{attempts} attempts for {people} people");
    let took = Duration::from_millis(u64::try_from(last - first).unwrap_or(0).max(1));
    Ok(people as f64 / took.as_secs_f64())
}

/// The same messages by a loop that only sends; messages per second.
async fn bare_loop(desk: &Desk, template: &TemplateRow, people: usize) -> anyhow::Result<f64> {
    let bodies: Vec<Vec<u8>> =
        (0..people).map(|i| serde_json::to_vec(&message(template, i))).collect::<Result<_, _>>()?;
    let url = format!("{}/v26.0/{}/messages", desk.text("graph")?, desk.text("phone_number_id")?);
    let token = desk.access_token()?;
    let client = reqwest::Client::builder().http1_only().no_proxy().build().context("a client")?;
    let (bodies, next) = (Arc::new(bodies), Arc::new(AtomicUsize::new(0)));
    let began = Instant::now();
    let mut workers = JoinSet::new();
    for _ in 0..CONCURRENCY {
        let (client, url, token) = (client.clone(), url.clone(), token.clone());
        let (bodies, next) = (Arc::clone(&bodies), Arc::clone(&next));
        workers.spawn(async move {
            while let Some(body) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
                let answer = client
                    .post(&url)
                    .bearer_auth(&token)
                    .header("content-type", "application/json")
                    .body(body.clone())
                    .send()
                    .await?;
                let status = answer.status();
                let text = answer.bytes().await?;
                if !status.is_success() {
                    bail!("the practice account answered {status}: {}", String::from_utf8_lossy(&text));
                }
            }
            Ok(())
        });
    }
    while let Some(ended) = workers.join_next().await {
        ended.context("a worker of the bare loop")??;
    }
    Ok(people as f64 / began.elapsed().as_secs_f64())
}

/// The message to the `index`-th person, as the sender writes it.
fn message(template: &TemplateRow, index: usize) -> Value {
    let parameters = |place: &str| -> Vec<Value> {
        template
            .variables
            .iter()
            .filter_map(|key| key.strip_prefix(place)?.strip_prefix('.'))
            .map(|name| {
                if name.parse::<u32>().is_ok() {
                    json!({ "type": "text", "text": format!("First{index}") })
                } else {
                    json!({ "type": "text", "parameter_name": name, "text": format!("First{index}") })
                }
            })
            .collect()
    };
    let components: Vec<Value> = ["header", "body"]
        .into_iter()
        .map(|place| (place, parameters(place)))
        .filter(|(_, p)| !p.is_empty())
        .map(|(place, p)| json!({ "type": place, "parameters": p }))
        .collect();
    json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": phone(index), "type": "template",
        "template": { "name": template.name, "language": { "code": template.language }, "components": components },
        "biz_opaque_callback_data": format!("01938f00-0000-7000-8000-{index:012x}"),
    })
}
