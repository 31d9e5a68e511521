//! A campaign at Meta's own levels, 80 and 1,000 messages a second, while a fifth of the traffic comes in.
//!
//! The level counts both ways (account.md §9). What comes in is posted to the relay's callback by a process of its own,
//! evenly; what goes out is taken from the attempts, at the moment at which each request was started. Both are held
//! against the level in every sliding second. The processor time is that of the console and of the relay beside it in
//! one process, from the first start to the last.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use serde_json::json;
use switchboard_store::{Priority, StoreError};

use crate::campaign::child;
use crate::desk::Desk;
use crate::figure::{Aim, Figure, Report};
use crate::ingest::{post, signature};
use crate::memory;
use crate::people::phone;

/// The share of the level that comes in.
const INBOUND: f64 = 0.2;
/// Messages come in this long before the campaign starts: the ten seconds of undo, and what a launch takes.
const BEFORE: Duration = Duration::from_secs(10);
/// How long a campaign is to last.
const LASTS: Duration = Duration::from_secs(15);

/// What one level found.
#[derive(Serialize, Deserialize)]
struct Run {
    most_in_a_second: f64,
    mean: f64,
    cpu_percent: f64,
    peak_mib: Option<f64>,
}

/// Measures and prints.
pub fn run(report: &mut Report, runs: u32) -> anyhow::Result<()> {
    for (level, cpu) in [(80u32, 3.0), (1_000, 30.0)] {
        let mut done = Vec::new();
        for _ in 0..runs {
            done.push(child::<Run>(&["level-once".to_owned(), "--level".to_owned(), level.to_string()])?);
        }
        let of = |value: fn(&Run) -> f64| done.iter().map(value).collect::<Vec<f64>>();
        let case = format!("level={level} inbound=20%");
        let mut print = |metric, unit, values: &[f64], aim| {
            report.print(&Figure {
                bench: "level",
                case: &case,
                metric,
                unit,
                values,
                baseline: None,
                aim,
                rss_peak_mib: done.iter().filter_map(|r| r.peak_mib).reduce(f64::max),
                durability: "full",
            });
        };
        let level = f64::from(level);
        // The worst of the runs counts.
        let most = of(|r| r.most_in_a_second).into_iter().fold(0.0, f64::max);
        print("most_in_a_sliding_second", "msg", &[most], Aim::AtMost(level));
        print("mean_in_and_out", "msg/s", &of(|r| r.mean), Aim::AtLeast(level * 0.98));
        print("cpu", "% of a core", &of(|r| r.cpu_percent), Aim::AtMost(cpu));
    }
    Ok(())
}

/// One level; prints a line for [`run`].
pub async fn once(level: u32) -> anyhow::Result<()> {
    let per_second = f64::from(level) * INBOUND;
    let people = (f64::from(level) * (1.0 - INBOUND) * LASTS.as_secs_f64()) as usize;
    let desk = Desk::open().await?;
    desk.import_people(people).await?;
    let template = desk.template().await?;
    desk.console.set_rate_override(None);
    let word = if level > 80 { "HIGH" } else { "STANDARD" };
    desk.console
        .store()
        .write(Priority::Claim, move |tx| {
            tx.execute("UPDATE phone_numbers SET throughput_level = ?1", [word]).map_err(StoreError::from)
        })
        .await?;
    let times = desk.path("inbound.txt");
    let mut inbound = Command::new(std::env::current_exe().context("the program's own path")?)
        .args(["inbound", "--callback", &desk.callback, "--per-second", &per_second.to_string()])
        .args(["--people", &people.to_string()])
        .args(["--waba", desk.text("waba_id")?, "--number", desk.text("phone_number_id")?])
        .args(["--app-secret-file".as_ref(), desk.path("app-secret").as_os_str()])
        .stdout(std::fs::File::create(&times).context("a file for what came in")?)
        .stdin(Stdio::piped())
        .spawn()
        .context("starting what comes in")?;
    desk.launch(&template).await?;
    tokio::time::sleep(BEFORE).await;
    let (began, cpu) = (Instant::now(), memory::cpu_seconds());
    desk.until_done(people).await?;
    let (lasted, spent) = (began.elapsed(), memory::cpu_seconds().zip(cpu).map(|(now, then)| now - then));
    // It ends with its input.
    drop(inbound.stdin.take());
    ensure!(inbound.wait().context("what comes in")?.success(), "what comes in failed");
    let out: Vec<i64> = desk
        .console
        .store()
        .read(|c| {
            let mut all = c.prepare("SELECT started_at_ms FROM attempts ORDER BY started_at_ms")?;
            let rows = all.query_map([], |r| r.get(0))?;
            rows.collect::<Result<_, _>>().map_err(StoreError::from)
        })
        .await?;
    ensure!(out.len() == people, "{} attempts for {people} people", out.len());
    let came = std::fs::read_to_string(&times).context("reading what came in")?;
    let came: Vec<i64> = came.lines().map(str::parse).collect::<Result<_, _>>().context("reading what came in")?;
    let (first, last) = (out.first().copied().unwrap_or(0), out.last().copied().unwrap_or(0));
    let mut both: Vec<i64> = came.into_iter().filter(|at| (first..=last).contains(at)).chain(out).collect();
    both.sort_unstable();
    let seconds = (last - first) as f64 / 1e3;
    let run = Run {
        most_in_a_second: fullest_second(&both) as f64,
        mean: both.len() as f64 / seconds,
        cpu_percent: spent.unwrap_or(f64::INFINITY) / lasted.as_secs_f64() * 100.0,
        peak_mib: memory::peak_mib(),
    };
    desk.close().await?;
    println!("{}", serde_json::to_string(&run)?);
    Ok(())
}

/// The most moments within any second.
fn fullest_second(times_ms: &[i64]) -> usize {
    let mut most = 0;
    let mut from = 0;
    for (i, at) in times_ms.iter().enumerate() {
        while times_ms.get(from).is_some_and(|first| at - first >= 1_000) {
            from += 1;
        }
        most = most.max(i + 1 - from);
    }
    most
}

/// What comes in.
pub struct Inbound {
    /// Where it is posted.
    pub callback: String,
    /// Messages per second.
    pub per_second: f64,
    /// They come from so many people.
    pub people: usize,
    /// Account.
    pub waba: String,
    /// The number that they are written to.
    pub number: String,
    /// Signs them.
    pub app_secret: String,
}

/// Posts messages evenly until standard input ends; prints when each was posted, in Unix milliseconds.
pub async fn inbound(inbound: &Inbound) -> anyhow::Result<()> {
    let http = reqwest::Client::builder().no_proxy().build().context("a client")?;
    let ended = tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
    let mut ticks = tokio::time::interval(Duration::from_secs_f64(1.0 / inbound.per_second));
    let mut out = std::io::stdout().lock();
    let mut n = 0usize;
    while !ended.is_finished() {
        ticks.tick().await;
        n += 1;
        let at_ms = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
        let who = phone(n % inbound.people.max(1));
        let body = serde_json::to_vec(&json!({
            "object": "whatsapp_business_account",
            "entry": [{ "id": inbound.waba, "time": at_ms / 1_000, "changes": [{ "field": "messages", "value": {
                "messaging_product": "whatsapp",
                "metadata": { "display_phone_number": "14165550100", "phone_number_id": inbound.number },
                "contacts": [{ "wa_id": who.trim_start_matches('+') }],
                "messages": [{ "id": format!("wamid.in.{n}"), "from": who.trim_start_matches('+'),
                    "timestamp": (at_ms / 1_000).to_string(), "type": "text", "text": { "body": "Is it green tea?" } }],
            }}]}],
        }))?;
        let signature = signature(&inbound.app_secret, &body)?;
        writeln!(out, "{at_ms}").context("telling what came in")?;
        let (http, callback) = (http.clone(), inbound.callback.clone());
        tokio::spawn(async move {
            if let Err(error) = post(&http, &callback, &body, &signature).await {
                eprintln!("switchboard-bench: {error:#}");
            }
        });
    }
    out.flush().context("telling what came in")
}

#[cfg(test)]
mod tests {
    use super::fullest_second;

    #[test]
    fn the_fullest_second_slides() {
        assert_eq!(fullest_second(&[0, 900, 999, 1_000, 1_899, 5_000]), 4);
        assert_eq!(fullest_second(&[]), 0);
    }
}
