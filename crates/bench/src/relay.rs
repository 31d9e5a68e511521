//! The relay as shops run it: signed webhooks a second, stored durably and sealed, beside the same handler without
//! storage (the ceiling) and beside the receiver that most people would write; latency from Meta's POST to the console;
//! draining a long absence; start and memory; and the same load with the log in NATS JetStream.
//!
//! Every program is a process of its own, and so is the load (`wrk`, bodies signed beforehand), so that they share the
//! machine as they would in life.

mod installed;
mod load;
pub mod nats;
mod receivers;

use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use switchboard_relay_api::{ClientOptions, RelayClient, RelayEvent, RelaySeq};

use crate::figure::{Aim, Figure, Report};
use installed::Installed;
use load::{Bodies, Load, Outcome};
use receivers::Receiver;
pub use receivers::ceiling;

/// How long each rate is measured.
const MEASURED: Duration = Duration::from_secs(5);
/// The load before it counts: connections, caches, the first epoch.
const WARM_UP: Duration = Duration::from_secs(1);
/// Entries between two acknowledgements of the draining console.
const ACK_EVERY: u64 = 2_000;

/// One point of the load.
#[derive(Clone, Copy)]
struct Point {
    connections: u32,
    body_bytes: usize,
    rate: Aim,
    p99: Aim,
}

/// Small bodies at one, few and many connections, larger ones at many: the aims are those of the small ones.
const POINTS: [Point; 4] = [
    Point { connections: 64, body_bytes: 600, rate: Aim::AtLeast(30_000.0), p99: Aim::AtMost(10.0) },
    Point { connections: 16, body_bytes: 600, rate: Aim::AtLeast(20_000.0), p99: Aim::None },
    Point { connections: 1, body_bytes: 600, rate: Aim::AtLeast(2_000.0), p99: Aim::None },
    Point { connections: 64, body_bytes: 1_200, rate: Aim::None, p99: Aim::None },
];

/// What the runs of one point gave.
#[derive(Default)]
struct Measured {
    relay: Vec<Outcome>,
    ceiling: Vec<Outcome>,
    express: Vec<Outcome>,
}

/// Measures and prints.
pub async fn run(report: &mut Report, runs: u32, drained: u64) -> anyhow::Result<()> {
    let mut measured: Vec<Measured> = POINTS.iter().map(|_| Measured::default()).collect();
    let (mut starts, mut memory) = (Vec::new(), 0.0_f64);
    for _ in 0..runs {
        for (point, into) in POINTS.iter().zip(&mut measured) {
            let bodies = Bodies::make(point.body_bytes)?;
            // Subject and baselines one after the other, each alone on the machine with its load.
            let mut relay = Installed::new(&bodies)?;
            starts.push(relay.start()?.as_secs_f64() * 1_000.0);
            let console = relay.pair().await?;
            into.relay.push(Load::new(&bodies, &relay.callback(), point.connections).measure()?);
            memory = memory.max(relay.memory_mib().unwrap_or_default());
            drop(console);
            relay.stop()?;
            into.ceiling.push(Receiver::ceiling(&bodies)?.measure(&bodies, point.connections)?);
            match Receiver::express(&bodies)? {
                Some(express) => into.express.push(express.measure(&bodies, point.connections)?),
                None => eprintln!("switchboard-bench: the Express receiver is not installed (scripts/bench.sh setup)"),
            }
        }
    }
    for (point, measured) in POINTS.iter().zip(&measured) {
        print_point(report, point, measured, memory);
    }
    report.print(&Figure { aim: Aim::AtMost(100.0), ..plain("start, empty log", "start", "ms", &starts) });
    report.print(&Figure { aim: Aim::AtMost(40.0), ..plain("after the load", "resident memory", "MiB", &[memory]) });
    latency(report).await?;
    drain(report, drained).await?;
    nats::run(report, runs).await
}

fn plain<'a>(case: &'a str, metric: &'a str, unit: &'a str, values: &'a [f64]) -> Figure<'a> {
    Figure {
        bench: "relay",
        case,
        metric,
        unit,
        values,
        baseline: None,
        aim: Aim::None,
        rss_peak_mib: None,
        durability: "full",
    }
}

fn print_point(report: &mut Report, point: &Point, measured: &Measured, memory: f64) {
    let case = format!("connections={} body={}", point.connections, point.body_bytes);
    let of = |outcomes: &[Outcome], pick: fn(&Outcome) -> f64| outcomes.iter().map(pick).collect::<Vec<_>>();
    let rates = of(&measured.relay, |o| o.per_second);
    let ceiling = of(&measured.ceiling, |o| o.per_second);
    let express = of(&measured.express, |o| o.per_second);
    let rate = Figure { rss_peak_mib: Some(memory), ..plain(&case, "rate", "webhooks/s", &rates) };
    // One connection at a time shares no sync with another, so that these two are asked of many only.
    let many = point.connections == 64;
    let ratio = |least| if many { Aim::RatioAtLeast(least) } else { Aim::None };
    report.print(&Figure { aim: point.rate, ..rate });
    report.print(&Figure { baseline: Some(("ceiling", &ceiling)), aim: ratio(0.5), ..rate });
    if !express.is_empty() {
        report.print(&Figure { baseline: Some(("express", &express)), aim: ratio(5.0), ..rate });
    }
    let p50 = of(&measured.relay, |o| o.p50_ms);
    let p99 = of(&measured.relay, |o| o.p99_ms);
    report.print(&plain(&case, "p50", "ms", &p50));
    report.print(&Figure { aim: point.p99, ..plain(&case, "p99", "ms", &p99) });
}

/// From the first byte of a POST until the console holds the opened entry.
async fn latency(report: &mut Report) -> anyhow::Result<()> {
    for (case, load) in [("idle", 0), ("while 16 connections post", 16)] {
        let bodies = Bodies::make(600)?;
        let mut relay = Installed::new(&bodies)?;
        relay.start()?;
        let endpoint = relay.pair().await?;
        let under_load =
            if load > 0 { Some(Load::new(&bodies, &relay.callback(), load).lasting(20).spawn()?) } else { None };
        let taken = load::probe(&relay, &endpoint, &bodies, 200).await;
        if let Some(mut child) = under_load {
            drop(child.kill());
            drop(child.wait());
        }
        let mut taken: Vec<f64> = taken?.iter().map(|d| d.as_secs_f64() * 1_000.0).collect();
        taken.sort_by(f64::total_cmp);
        let at = |share: f64| taken.get((taken.len() as f64 * share) as usize).copied().unwrap_or_default();
        report.print(&plain(case, "POST to console, p50", "ms", &[at(0.5)]));
        report.print(&plain(case, "POST to console, p99", "ms", &[at(0.99)]));
        relay.stop()?;
    }
    Ok(())
}

/// A console that was away reads everything that waits, opened, and acknowledges it.
async fn drain(report: &mut Report, wanted: u64) -> anyhow::Result<()> {
    let bodies = Bodies::make(600)?;
    let mut relay = Installed::new(&bodies)?;
    relay.start()?;
    let endpoint = relay.pair().await?;
    let mut stored = 0;
    while stored < wanted {
        stored += Load::new(&bodies, &relay.callback(), 64).lasting(10).measure()?.answered;
    }
    relay.stop()?;
    let restart = relay.start()?;
    report.print(&Figure {
        aim: Aim::AtMost(100.0),
        ..plain(&format!("start, {stored} entries"), "start", "ms", &[restart.as_secs_f64() * 1_000.0])
    });
    let before = relay.memory_mib().unwrap_or_default();
    let began = Instant::now();
    let mut console = RelayClient::connect(&endpoint, RelaySeq::new(0), &ClientOptions::default())
        .await
        .context("connecting the console")?;
    let (mut got, mut acked, mut last) = (0_u64, 0_u64, 0_u64);
    while got < wanted {
        match console.next_event().await {
            RelayEvent::Batch(entries) => {
                for entry in &entries {
                    ensure!(last == 0 || entry.seq.get() == last + 1, "entry {} after {last}", entry.seq.get());
                    last = entry.seq.get();
                    entry.open().context("opening an entry")?;
                    got += 1;
                }
                if got - acked >= ACK_EVERY {
                    acked = got;
                    console.ack(RelaySeq::new(last)).await.map_err(|e| anyhow::anyhow!("acknowledging: {e}"))?;
                }
            }
            RelayEvent::Closed(reason) => bail!("the relay ended the connection: {reason}"),
            _ => {}
        }
    }
    let rate = got as f64 / began.elapsed().as_secs_f64();
    let memory = relay.memory_mib().unwrap_or_default();
    relay.stop()?;
    report.print(&Figure {
        aim: Aim::AtLeast(50_000.0),
        rss_peak_mib: Some(memory),
        ..plain(&format!("drain, {got} entries"), "rate", "entries/s", &[rate])
    });
    report.print(&plain("drain, above the start", "resident memory", "MiB", &[memory - before]));
    Ok(())
}
