//! The webhook reader beside bare `serde_json::Value` on the same bytes.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use switchboard_cloud_api::webhooks::reader;

use crate::figure::{Aim, Figure, Report};
use crate::people::phone;

/// Updates of the batch, Meta's limit for one body.
const UPDATES: usize = 1_000;
/// Readings of a run; subject and baseline take turns at each.
const READINGS: u32 = 300;

/// Measures and prints.
pub fn run(report: &mut Report, runs: u32) -> anyhow::Result<()> {
    let body = batch(UPDATES)?;
    let events = reader::read(&body).context("reading the batch")?.len();
    ensure!(events == UPDATES, "the reader found {events} events in a batch of {UPDATES}");
    let megabytes = body.len() as f64 / 1e6;
    let (mut subject, mut baseline) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let (mut ours, mut bare) = (Duration::ZERO, Duration::ZERO);
        for _ in 0..READINGS {
            let began = Instant::now();
            drop(black_box(reader::read(black_box(&body)))?);
            ours += began.elapsed();
            let began = Instant::now();
            drop(black_box(serde_json::from_slice::<Value>(black_box(&body)))?);
            bare += began.elapsed();
        }
        subject.push(f64::from(READINGS) / ours.as_secs_f64());
        baseline.push(f64::from(READINGS) / bare.as_secs_f64());
    }
    let case = format!("updates={UPDATES}");
    for (metric, unit, each) in [("throughput", "MB/s", megabytes), ("rate", "events/s", UPDATES as f64)] {
        let of = |readings: &[f64]| readings.iter().map(|r| r * each).collect::<Vec<_>>();
        report.print(&Figure {
            bench: "parse",
            case: &case,
            metric,
            unit,
            values: &of(&subject),
            baseline: Some(("serde_json_value", &of(&baseline))),
            aim: Aim::RatioAtLeast(1.0),
            rss_peak_mib: crate::memory::peak_mib(),
            durability: "none",
        });
    }
    Ok(())
}

/// A batch as Meta sends it in a busy hour: mostly statuses, every fourth update a text with a name that is escaped.
fn batch(updates: usize) -> anyhow::Result<Vec<u8>> {
    let changes: Vec<Value> = (0..updates)
        .map(|i| {
            let digits = phone(i).trim_start_matches('+').to_owned();
            let metadata = json!({ "display_phone_number": "14165550100", "phone_number_id": "106540352242922" });
            let value = if i % 4 == 0 {
                json!({
                    "messaging_product": "whatsapp", "metadata": metadata,
                    "contacts": [{ "profile": { "name": "Zoë Bücher 🌱" }, "wa_id": digits, "user_id": format!("CA.{i:016}") }],
                    "messages": [{
                        "from": digits, "from_user_id": format!("CA.{i:016}"), "id": format!("wamid.IN{i:024}"),
                        "timestamp": (1_795_305_600 + i).to_string(), "type": "text",
                        "text": { "body": "Merci beaucoup, à bientôt! When do you open on Saturday?" },
                    }],
                })
            } else {
                let status = match i % 4 { 1 => "sent", 2 => "delivered", _ => "read" };
                json!({
                    "messaging_product": "whatsapp", "metadata": metadata,
                    "statuses": [{
                        "id": format!("wamid.OUT{i:023}"), "status": status, "timestamp": (1_795_305_600 + i).to_string(),
                        "recipient_id": digits, "recipient_user_id": format!("CA.{i:016}"),
                        "biz_opaque_callback_data": format!("01938f00-0000-7000-8000-{i:012x}"),
                        "pricing": { "billable": true, "pricing_model": "PMP", "type": "regular", "category": "marketing" },
                    }],
                })
            };
            json!({ "field": "messages", "value": value })
        })
        .collect();
    let body = json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "102290129340398", "time": 1_795_305_600, "changes": changes }],
    });
    Ok(escaped(&serde_json::to_string(&body).context("writing the batch")?).into_bytes())
}

/// Everything beyond ASCII as `\uXXXX`, as Meta writes it (webhooks.md §1).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut units = [0u16; 2];
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}
