//! A figure and how it is printed (`docs/benchmarks.md` explains the fields).

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// What a figure should reach.
#[derive(Clone, Copy, Debug)]
pub enum Aim {
    /// Only told.
    None,
    /// At least this value.
    AtLeast(f64),
    /// At most this value.
    AtMost(f64),
    /// At least this share of the baseline.
    RatioAtLeast(f64),
    /// At most so many times the baseline.
    RatioAtMost(f64),
}

impl Aim {
    fn word(self) -> Option<String> {
        match self {
            Self::None => None,
            Self::AtLeast(n) => Some(format!("value>={n}")),
            Self::AtMost(n) => Some(format!("value<={n}")),
            Self::RatioAtLeast(n) => Some(format!("ratio>={n:.3}")),
            Self::RatioAtMost(n) => Some(format!("ratio<={n:.3}")),
        }
    }

    fn met(self, value: f64, ratio: Option<f64>) -> bool {
        match self {
            Self::None => true,
            Self::AtLeast(n) => value >= n,
            Self::AtMost(n) => value <= n,
            Self::RatioAtLeast(n) => ratio.is_some_and(|r| r >= n),
            Self::RatioAtMost(n) => ratio.is_some_and(|r| r <= n),
        }
    }
}

/// The values of the runs of one figure, and of the baseline beside it.
#[derive(Clone, Copy)]
pub struct Figure<'a> {
    /// Benchmark.
    pub bench: &'a str,
    /// What exactly was done.
    pub case: &'a str,
    /// What was measured.
    pub metric: &'a str,
    /// Unit of the values.
    pub unit: &'a str,
    /// One value per run.
    pub values: &'a [f64],
    /// Name of the baseline and its value per run.
    pub baseline: Option<(&'a str, &'a [f64])>,
    /// What it should reach.
    pub aim: Aim,
    /// Greatest resident memory of the subject's process, in MiB.
    pub rss_peak_mib: Option<f64>,
    /// `full` where every commit of subject and baseline is synced; `quorum` where NATS JetStream wrote it on a quorum
    /// of its servers, which sync later; `none` where nothing is stored.
    pub durability: &'a str,
}

/// What was printed so far.
#[derive(Default)]
pub struct Report {
    /// Some aim was missed.
    pub missed: bool,
}

impl Report {
    /// Prints a figure.
    pub fn print(&mut self, figure: &Figure<'_>) {
        let (value, min, max) = summary(figure.values);
        let baseline_value = figure.baseline.map(|(_, values)| summary(values).0);
        let ratio = baseline_value.filter(|b| *b > 0.0).map(|b| value / b);
        let met = figure.aim.met(value, ratio);
        self.missed |= !met;
        let line = json!({
            "v": 1, "bench": figure.bench, "case": figure.case, "metric": figure.metric, "unit": figure.unit,
            "value": tidy(value), "min": tidy(min), "max": tidy(max), "runs": figure.values.len(),
            "baseline": figure.baseline.map(|(name, _)| name), "baseline_value": baseline_value.map(tidy),
            "ratio": ratio.map(tidy), "aim": figure.aim.word(), "met": met,
            "rss_peak_mib": figure.rss_peak_mib.map(tidy), "durability": figure.durability, "commit": commit(),
        });
        println!("{line}");
    }
}

/// Median, least and greatest.
fn summary(values: &[f64]) -> (f64, f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |i: usize| sorted.get(i).copied().unwrap_or_default();
    let middle = sorted.len() / 2;
    let median = if sorted.len().is_multiple_of(2) && middle > 0 {
        f64::midpoint(at(middle - 1), at(middle))
    } else {
        at(middle)
    };
    (median, at(0), at(sorted.len().saturating_sub(1)))
}

/// Three decimals are more than any of these figures is worth.
fn tidy(value: f64) -> Value {
    json!((value * 1000.0).round() / 1000.0)
}

/// The commit that was built, as far as the source folder knows.
fn commit() -> String {
    Command::new("git")
        .args(["rev-parse", "--short=12", "HEAD"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|o| o.status.success())
        .map_or_else(|| "unknown".to_owned(), |o| String::from_utf8_lossy(&o.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::float_cmp, reason = "tests")]

    use super::*;

    #[test]
    fn the_value_is_the_median() {
        assert_eq!(summary(&[3.0, 1.0, 2.0]), (2.0, 1.0, 3.0));
        assert_eq!(summary(&[4.0, 1.0]), (2.5, 1.0, 4.0));
        assert_eq!(summary(&[7.0]), (7.0, 7.0, 7.0));
        assert_eq!(summary(&[]), (0.0, 0.0, 0.0));
    }

    #[test]
    fn an_aim_by_ratio_needs_a_baseline() {
        assert!(Aim::RatioAtLeast(0.5).met(1.0, Some(0.5)));
        assert!(!Aim::RatioAtLeast(0.5).met(1.0, None));
        assert!(Aim::RatioAtMost(1.3).met(1.0, Some(1.2)) && !Aim::RatioAtMost(1.3).met(1.0, None));
        assert!(Aim::AtMost(2.0).met(1.0, None));
        assert!(!Aim::AtLeast(2.0).met(1.0, None));
    }
}
