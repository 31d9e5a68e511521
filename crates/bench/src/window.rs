//! The real window on a screen of its own. The measuring is done by `tests/e2e/window-bench.mjs`, which has the
//! desktop, the driver and the page at hand; here its figures are printed beside the budgets.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;
use serde::Deserialize;

use crate::figure::{Aim, Figure, Report};

/// Budgets of the window.
const FIRST_FRAME_MS: f64 = 500.0;
const FIRST_CONTENT_MS: f64 = 1_000.0;
const IDLE_CPU_PERCENT: f64 = 1.0;

/// One start of the window.
#[derive(Deserialize)]
struct Start {
    first_frame_ms: f64,
    first_content_ms: f64,
    resident_mib: f64,
    app_resident_mib: f64,
    idle_cpu_percent: f64,
}

/// Measures and prints.
pub fn run(report: &mut Report, runs: u32) -> anyhow::Result<()> {
    let here = std::env::current_exe().context("the program's own path")?;
    let app = here.with_file_name(format!("switchboard{}", std::env::consts::EXE_SUFFIX));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let script = root.join("tests/e2e/window-bench.mjs");
    for needed in [&app, &script, &root.join("tests/e2e/node_modules")] {
        if !needed.exists() {
            eprintln!("switchboard-bench: window skipped, {} is not there; `make bench` makes it", needed.display());
            return Ok(());
        }
    }
    let idle_seconds = if std::env::var_os("QUICK").is_some_and(|v| v == "1") { 20 } else { 60 };
    let mut starts: Vec<Start> = Vec::new();
    for i in 0..runs {
        // A minute of idling is the same at every start: the last run alone waits for it in full.
        let seconds = if i + 1 == runs { idle_seconds } else { 5 };
        let output = Command::new("node")
            .arg(&script)
            .arg(seconds.to_string())
            .current_dir(&root)
            .env("SWITCHBOARD_APP", &app)
            .stderr(Stdio::inherit())
            .output()
            .context("starting node")?;
        anyhow::ensure!(output.status.success(), "measuring the window failed");
        let text = String::from_utf8_lossy(&output.stdout);
        starts.push(serde_json::from_str(text.lines().last().unwrap_or_default()).context("reading the figures")?);
    }
    let of = |value: fn(&Start) -> f64| starts.iter().map(value).collect::<Vec<f64>>();
    let idle = starts.last().map(|s| s.idle_cpu_percent).into_iter().collect::<Vec<f64>>();
    for (metric, unit, values, aim) in [
        ("first_frame", "ms", of(|s| s.first_frame_ms), Aim::AtMost(FIRST_FRAME_MS)),
        ("first_content", "ms", of(|s| s.first_content_ms), Aim::AtMost(FIRST_CONTENT_MS)),
        ("resident_app_and_web_views", "MiB", of(|s| s.resident_mib), Aim::None),
        ("resident_app", "MiB", of(|s| s.app_resident_mib), Aim::None),
        ("idle_cpu", "percent of a core", idle, Aim::AtMost(IDLE_CPU_PERCENT)),
    ] {
        report.print(&Figure {
            bench: "window",
            case: if metric == "idle_cpu" && idle_seconds == 20 { "practice, 20 s" } else { "practice" },
            metric,
            unit,
            values: &values,
            baseline: None,
            aim,
            rss_peak_mib: None,
            durability: "full",
        });
    }
    Ok(())
}
