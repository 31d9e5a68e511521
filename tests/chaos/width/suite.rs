//! The runs as tests, and the long run of `make chaos`.

use std::io::Write as _;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use switchboard_testkit::programs::Running;

use super::run::{Report, run};

/// Seeds that are run with every change: some of any kind, and some that once found something.
const FIXED: &[u64] =
    &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1007, 1009, 1017, 1034, 1119, 1134, 1147, 1183, 1530, 3111, 3171, 3197];
/// New seeds with every change: a few, so that a change is not held up by what it did not bring. Many are `make chaos`.
const NEW_SEEDS: u32 = 6;

/// What to type to see a breach again.
fn replay(seed: u64) -> String {
    format!("make chaos SEED={seed}")
}

fn loud() -> bool {
    std::env::var_os("SWITCHBOARD_CHAOS_TRACE").is_some()
}

fn hold(report: &Report) {
    let (seed, again) = (report.seed, replay(report.seed));
    assert!(report.breaches.is_empty(), "seed {seed}: {:#?}\nreplay it with: {again}", report.breaches);
}

#[test]
fn every_promise_holds_on_the_fixed_seeds() {
    for seed in FIXED {
        hold(&run(*seed, loud()));
    }
}

#[test]
fn every_promise_holds_on_new_seeds() {
    for _ in 0..NEW_SEEDS {
        let seed = u64::from(rand::random::<u32>());
        eprintln!("seed {seed}");
        hold(&run(seed, false));
    }
}

#[test]
fn a_seed_replays_exactly() {
    for seed in [3, 11, 17, 1_000_003] {
        let (a, b) = (run(seed, false), run(seed, false));
        assert_eq!((&a.trace, a.requests, a.steps), (&b.trace, b.requests, b.steps), "seed {seed}");
    }
}

/// `make chaos`: `SWITCHBOARD_CHAOS_SEEDS=FROM..TO`, progress on stderr, one line of JSON into
/// `SWITCHBOARD_CHAOS_SUMMARY`. Each core runs its part in a process of its own: fault points are a process's.
#[test]
#[ignore = "run by make chaos"]
fn many_seeds() {
    let range = std::env::var(SEEDS).unwrap_or_else(|_| "1..200".to_owned());
    let (from, to) = range.split_once("..").expect("FROM..TO");
    let seeds = from.parse::<u64>().unwrap()..to.parse::<u64>().unwrap();
    let began = Instant::now();
    let parts = std::thread::available_parallelism().map_or(1, |n| u64::try_from(n.get()).unwrap());
    let summary = if std::env::var_os(PART).is_some() || loud() || seeds.end - seeds.start < 2 * parts {
        in_this_process(seeds)
    } else {
        in_parts(&seeds, parts)
    };
    let line = summary.line(began.elapsed());
    match std::env::var_os(SUMMARY) {
        Some(path) => writeln!(std::fs::File::create(path).unwrap(), "{line}").unwrap(),
        None => eprintln!("{line}"),
    }
    let breached = summary.list("breached_seeds").len();
    assert_eq!(breached, 0, "{breached} seeds breached a promise");
}

const SEEDS: &str = "SWITCHBOARD_CHAOS_SEEDS";
const SUMMARY: &str = "SWITCHBOARD_CHAOS_SUMMARY";
const PART: &str = "SWITCHBOARD_CHAOS_PART";

fn in_this_process(seeds: std::ops::Range<u64>) -> Summary {
    let mut told = Instant::now();
    let mut summary = Summary::new();
    let all = seeds.end - seeds.start;
    for seed in seeds {
        let report = run(seed, loud());
        summary.add(&report);
        for breach in &report.breaches {
            eprintln!("seed {seed}: {breach}\n  replay it with: {}", replay(seed));
        }
        if told.elapsed() > Duration::from_secs(10) {
            told = Instant::now();
            eprintln!("{} of {all} runs, {} breached", summary.count("runs"), summary.list("breached_seeds").len());
        }
        if loud() {
            eprintln!("seed {seed}: trace {}", report.trace);
        }
    }
    summary
}

fn in_parts(seeds: &std::ops::Range<u64>, parts: u64) -> Summary {
    let folder = tempfile::tempdir().unwrap();
    let size = (seeds.end - seeds.start).div_ceil(parts);
    let children: Vec<_> = (0..parts)
        .map(|i| {
            let from = seeds.start + i * size;
            let summary = folder.path().join(i.to_string());
            let child = std::process::Command::new(std::env::current_exe().unwrap())
                .args(["--ignored", "--exact", "width::suite::many_seeds", "--nocapture"])
                .env(SEEDS, format!("{from}..{}", (from + size).min(seeds.end).max(from)))
                .env(PART, i.to_string())
                .env(SUMMARY, &summary)
                .stdout(std::process::Stdio::null())
                .spawn()
                .unwrap();
            (Running(child), summary)
        })
        .collect();
    let mut all = Summary::new();
    for (mut child, summary) in children {
        child.0.wait().unwrap();
        let text = std::fs::read_to_string(summary).expect("each part ends with a summary");
        all.join(&serde_json::from_str(&text).unwrap());
    }
    all
}

/// What runs came to, in the form of the line that is printed.
struct Summary(Map<String, Value>);

impl Summary {
    fn new() -> Self {
        let empty = json!({
            "v": 1, "chaos": "width", "runs": 0, "breaches": 0, "breached_seeds": [], "faults": {}, "points_reached": {},
            "requests": 0, "accepted": 0,
        });
        Self(empty.as_object().unwrap().clone())
    }

    fn add(&mut self, report: &Report) {
        let breached = if report.breaches.is_empty() { vec![] } else { vec![report.seed] };
        let one = json!({
            "runs": 1, "breaches": report.breaches.len(), "breached_seeds": breached, "faults": report.faults,
            "points_reached": report.points, "requests": report.requests, "accepted": report.accepted,
        });
        self.join(one.as_object().unwrap());
    }

    /// Figures are added, lists appended.
    fn join(&mut self, other: &Map<String, Value>) {
        for (key, value) in other.iter().filter(|(key, _)| !matches!(key.as_str(), "v" | "chaos" | "seconds")) {
            join(self.0.entry(key).or_insert(Value::Null), value);
        }
    }

    fn count(&self, key: &str) -> u64 {
        self.0[key].as_u64().unwrap()
    }

    fn list(&self, key: &str) -> &Vec<Value> {
        self.0[key].as_array().unwrap()
    }

    fn line(&self, took: Duration) -> Value {
        let mut line = self.0.clone();
        line.insert("seconds".to_owned(), json!(took.as_secs()));
        Value::Object(line)
    }
}

fn join(into: &mut Value, from: &Value) {
    match (&mut *into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                join(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (Value::Array(into), Value::Array(from)) => into.extend(from.iter().cloned()),
        (Value::Number(a), Value::Number(b)) => *into = json!(a.as_u64().unwrap() + b.as_u64().unwrap()),
        _ => *into = from.clone(),
    }
}
