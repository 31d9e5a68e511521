//! `switchboard-bench`: one subcommand per benchmark, one JSON line per figure on stdout.
//!
//! Subject and baseline alternate within one run. `value` is the median of the runs. A missed aim is part of the
//! figure and ends the program with 0; with `STRICT=1` in the environment it ends with 1.

mod audience;
mod campaign;
mod consent;
mod desk;
mod figure;
mod import;
mod ingest;
mod launch;
mod level;
mod memory;
mod parse;
mod people;
mod relay;
mod sdk;
mod window;

use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};

use figure::Report;

/// Measures Switchboard against the simplest program that does the same work.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// How often each figure is measured; the median counts.
    #[arg(long, default_value_t = 3, global = true)]
    runs: u32,
    #[command(subcommand)]
    bench: Option<Bench>,
}

#[derive(Subcommand)]
enum Bench {
    /// Every benchmark, one after the other.
    All,
    /// Messages per second of a campaign with the send ledger on, beside a bare reqwest loop.
    Campaign {
        /// People of the campaign.
        #[arg(long, default_value_t = 10_000)]
        people: usize,
    },
    /// One run of the campaign in a process of its own, so that its memory is its own.
    #[command(hide = true)]
    CampaignOnce {
        #[arg(long)]
        people: usize,
        #[arg(long)]
        baseline_first: bool,
    },
    /// Rows per second of an opt-in list, beside bare prepared inserts into an equally encrypted table.
    Import {
        /// Rows of the list.
        #[arg(long, default_value_t = 100_000)]
        rows: usize,
    },
    /// One run of the import in a process of its own.
    #[command(hide = true)]
    ImportOnce {
        #[arg(long)]
        rows: usize,
        #[arg(long)]
        baseline_first: bool,
    },
    /// Status events per second from the relay's callback to the store, beside the webhook reader alone.
    Ingest {
        /// Events of one run, three for each message.
        #[arg(long, default_value_t = 6_000)]
        events: usize,
    },
    /// The live count of an audience, and going through it a page at a time.
    Audience {
        /// People of the address book.
        #[arg(long, default_value_t = 1_000_000)]
        people: usize,
    },
    /// Launching a large campaign: time, memory, a window's queries meanwhile, and claims beside those of a small one.
    Launch {
        /// People of the campaign.
        #[arg(long, default_value_t = 1_000_000)]
        people: usize,
    },
    /// One size of the launch in a process of its own.
    #[command(hide = true)]
    LaunchOnce {
        #[arg(long)]
        people: usize,
    },
    /// A campaign at Meta's levels of 80 and 1,000 messages a second while a fifth of the traffic comes in.
    Level,
    /// One level in a process of its own.
    #[command(hide = true)]
    LevelOnce {
        #[arg(long)]
        level: u32,
    },
    /// What comes in beside a campaign, posted evenly until standard input ends.
    #[command(hide = true)]
    Inbound {
        #[arg(long)]
        callback: String,
        #[arg(long)]
        per_second: f64,
        #[arg(long)]
        people: usize,
        #[arg(long)]
        waba: String,
        #[arg(long)]
        number: String,
        /// File with the app secret.
        #[arg(long)]
        app_secret_file: std::path::PathBuf,
    },
    /// The walk over the whole consent ledger, the proof of one person, the count of a segment.
    Consent {
        /// People of the address book, five entries each.
        #[arg(long, default_value_t = 1_000_000)]
        people: usize,
    },
    /// The webhook reader on a batch of 1,000 updates, beside bare `serde_json::Value`.
    Parse,
    /// Signed webhooks per second stored durably and sealed, beside the ceiling and an Express receiver; latency, start,
    /// memory, draining a long absence, and the same load with the log in NATS JetStream.
    Relay {
        /// Entries that wait for the console that was away.
        #[arg(long, default_value_t = 1_000_000)]
        drained: u64,
    },
    /// The same load with the relay's log in NATS JetStream, on one server and on three, beside its own file.
    RelayNats,
    /// Signature check and 200, nothing kept: what storing is measured against.
    #[command(hide = true)]
    Ceiling {
        /// File with the app secret.
        app_secret_file: std::path::PathBuf,
    },
    /// First frame, first content, resident memory and idle CPU of the real window.
    Window,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut report = Report::default();
    match run(&arguments, &mut report).await {
        Ok(()) if report.missed && std::env::var_os("STRICT").is_some_and(|v| v == "1") => ExitCode::FAILURE,
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("switchboard-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments, report: &mut Report) -> anyhow::Result<()> {
    let runs = arguments.runs.max(1);
    match arguments.bench.as_ref().unwrap_or(&Bench::All) {
        Bench::All => {
            parse::run(report, runs)?;
            import::run(report, runs, 100_000)?;
            campaign::run(report, runs, 10_000)?;
            level::run(report, runs)?;
            launch::run(report, 1_000_000)?;
            ingest::run(report, runs, 6_000).await?;
            relay::run(report, runs, 1_000_000).await?;
            window::run(report, runs)
        }
        Bench::Campaign { people } => campaign::run(report, runs, *people),
        Bench::CampaignOnce { people, baseline_first } => campaign::once(*people, *baseline_first).await,
        Bench::Import { rows } => import::run(report, runs, *rows),
        Bench::ImportOnce { rows, baseline_first } => import::once(*rows, *baseline_first).await,
        Bench::Launch { people } => launch::run(report, *people),
        Bench::LaunchOnce { people } => launch::once(*people).await,
        Bench::Level => level::run(report, runs),
        Bench::LevelOnce { level } => level::once(*level).await,
        Bench::Inbound { callback, per_second, people, waba, number, app_secret_file } => {
            let app_secret = std::fs::read_to_string(app_secret_file).context("reading the app secret")?;
            let inbound = level::Inbound {
                callback: callback.clone(),
                per_second: *per_second,
                people: *people,
                waba: waba.clone(),
                number: number.clone(),
                app_secret: app_secret.trim().to_owned(),
            };
            level::inbound(&inbound).await
        }
        Bench::Ingest { events } => ingest::run(report, runs, *events).await,
        Bench::Relay { drained } => relay::run(report, runs, *drained).await,
        Bench::RelayNats => relay::nats::run(report, runs).await,
        Bench::Ceiling { app_secret_file } => relay::ceiling(app_secret_file).await,
        Bench::Audience { people } => audience::run(report, runs, *people),
        Bench::Consent { people } => consent::run(report, runs, *people).await,
        Bench::Parse => parse::run(report, runs),
        Bench::Window => window::run(report, runs),
    }
}
