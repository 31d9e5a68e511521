//! An opt-in list through the import as the window does it, beside bare prepared inserts of the same fields.
//!
//! The import writes for each row a person with names and number, a chained consent event with its wording, the folded
//! consent state, and the import's own books; the baseline writes one row into one table whose only index is that a
//! number stands in it once (without it, the same file twice would be everybody twice). Both use
//! the same SQLCipher, WAL, `synchronous=FULL` and chunks of the same size.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::campaign::child;
use crate::desk::{import, open_console};
use crate::figure::{Aim, Figure, Report};
use crate::people::{CONSENT_AT, WORDING, phone, write_list};

/// Rows of one transaction of the baseline.
const CHUNK_ROWS: usize = 2_000;
/// How many times as long the list is whose memory is held against that of the measured one: by then the caches of
/// the database, which are bounded, are full in both.
const LARGER: usize = 4;
/// The longer list may take this much more memory.
const FLAT: f64 = 1.2;

/// What one run found.
#[derive(Serialize, Deserialize)]
struct Run {
    commit_per_second: f64,
    whole_per_second: f64,
    baseline_per_second: f64,
    rss_peak_mib: Option<f64>,
}

/// Measures and prints.
pub fn run(report: &mut Report, runs: u32, rows: usize) -> anyhow::Result<()> {
    let mut done = Vec::new();
    for i in 0..runs {
        done.push(in_own_process(rows, i % 2 == 1)?);
    }
    let of = |value: fn(&Run) -> f64| done.iter().map(value).collect::<Vec<f64>>();
    let peaks: Vec<f64> = done.iter().filter_map(|r| r.rss_peak_mib).collect();
    let peak = peaks.iter().copied().reduce(f64::max);
    let baseline = of(|r| r.baseline_per_second);
    for (what, values, aim) in [
        ("commit", of(|r| r.commit_per_second), Aim::RatioAtLeast(1.0 / 6.0)),
        ("inspect, preview and commit", of(|r| r.whole_per_second), Aim::None),
    ] {
        report.print(&Figure {
            bench: "import",
            case: &format!("n={rows} {what}"),
            metric: "rate",
            unit: "rows/s",
            values: &values,
            baseline: Some(("bare_prepared_inserts", &baseline)),
            aim,
            rss_peak_mib: peak,
            durability: "full",
        });
    }
    let larger = in_own_process(rows.saturating_mul(LARGER), false)?;
    if let Some(large) = larger.rss_peak_mib {
        let shares: Vec<f64> = peaks.iter().map(|p| large / p).collect();
        report.print(&Figure {
            bench: "import",
            case: &format!("n={} beside n={rows}", rows.saturating_mul(LARGER)),
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

fn in_own_process(rows: usize, baseline_first: bool) -> anyhow::Result<Run> {
    let mut arguments = vec!["import-once".to_owned(), "--rows".to_owned(), rows.to_string()];
    if baseline_first {
        arguments.push("--baseline-first".to_owned());
    }
    child(&arguments)
}

/// One run; prints a line for [`run`].
pub async fn once(rows: usize, baseline_first: bool) -> anyhow::Result<()> {
    let dir = tempfile::Builder::new().prefix("switchboard-bench-").tempdir().context("making a folder")?;
    let list = dir.path().join("people.csv");
    write_list(&list, rows)?;
    let beside = dir.path().join("bare.db");
    let mut bare = Duration::ZERO;
    if baseline_first {
        bare = bare_inserts(&beside, rows)?;
    }
    let console = open_console(dir.path()).await?;
    let (looked, wrote) = import(&console, &list, rows).await?;
    let rss_peak_mib = crate::memory::peak_mib();
    console.close().await;
    drop(console);
    if !baseline_first {
        bare = bare_inserts(&beside, rows)?;
    }
    let rate = |took: Duration| rows as f64 / took.as_secs_f64();
    let run = Run {
        commit_per_second: rate(wrote),
        whole_per_second: rate(looked + wrote),
        baseline_per_second: rate(bare),
        rss_peak_mib,
    };
    println!("{}", serde_json::to_string(&run)?);
    Ok(())
}

/// The fields of every row into one encrypted table; how long it took.
fn bare_inserts(path: &Path, rows: usize) -> anyhow::Result<Duration> {
    let key = hex::encode(rand::random::<[u8; 32]>());
    let mut connection = Connection::open(path).context("opening the bare database")?;
    connection.pragma_update(None, "key", format!("x'{key}'"))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -64_000)?;
    connection.execute_batch(
        "CREATE TABLE people (phone TEXT NOT NULL UNIQUE, first_name TEXT NOT NULL, last_name TEXT NOT NULL, \
         consent TEXT NOT NULL, consent_at TEXT NOT NULL, consent_source TEXT NOT NULL, wording TEXT NOT NULL) STRICT",
    )?;
    let people: Vec<[String; 3]> = (0..rows).map(|i| [phone(i), format!("First{i}"), format!("Last{i}")]).collect();
    let began = Instant::now();
    for chunk in people.chunks(CHUNK_ROWS) {
        let tx = connection.transaction()?;
        {
            let mut insert = tx.prepare_cached("INSERT INTO people VALUES (?1, ?2, ?3, 'yes', ?4, 'web form', ?5)")?;
            for [phone, first, last] in chunk {
                insert.execute((phone, first, last, CONSENT_AT, WORDING))?;
            }
        }
        tx.commit()?;
    }
    Ok(began.elapsed())
}
