//! What is recognised, mapped, repaired, held back and why, for every export, every damage and every hard file.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write as _;

use switchboard_bridge::UiError;
use switchboard_bridge::dto::{self, ColumnRole};

use super::super::{inspect, preview};
use super::fixtures::{Fixture, damages, exports, exports_of_tools, hard_files};
use super::rig::{Rig, asking, rig};

async fn told(rig: &Rig, fixture: &Fixture) -> String {
    let mut out = format!("== {} ({})\n", fixture.name, fixture.file);
    let path = rig.file(&fixture.file, &fixture.bytes);
    let seen = match inspect(&rig.context.store, asking(&path)).await {
        Ok(seen) => seen,
        Err(error) => {
            let error = UiError::from(error);
            writeln!(out, "refused: {} {}", error.message, error.remedy).unwrap();
            return out;
        }
    };
    let word =
        seen.recognised_word.as_deref().unwrap_or(if seen.recognised_as.is_some() { "by its columns" } else { "no" });
    writeln!(
        out,
        "recognised: {word}; {} rows, {}{}",
        seen.rows,
        seen.encoding,
        if seen.encoding_is_sure { "" } else { " (guessed)" }
    )
    .unwrap();
    let role = |r: ColumnRole| serde_json::to_value(r).unwrap().as_str().unwrap().to_owned();
    let columns: Vec<String> = seen
        .columns
        .iter()
        .filter(|c| !matches!(c.role, ColumnRole::Attribute | ColumnRole::Ignore))
        .map(|c| format!("{}={}", c.header, role(c.role)))
        .collect();
    writeln!(out, "columns: {}", columns.join(", ")).unwrap();
    for note in &seen.notes {
        writeln!(out, "note: {note}").unwrap();
    }
    if !seen.encoding_samples.is_empty() {
        writeln!(out, "letters: {}", seen.encoding_samples.join(" | ")).unwrap();
    }
    if seen.asks_meaning {
        writeln!(out, "asks: people or opt-outs? ({:?})", seen.suggested_meaning).unwrap();
    }
    if let Some(date) = &seen.ambiguous_date {
        writeln!(out, "asks: how is {} meant?", date.written).unwrap();
    }
    let request = dto::ImportPreviewRequest {
        path: seen.path.clone(),
        mapping: seen.columns.iter().map(|c| dto::ColumnMapping { index: c.index, role: c.role }).collect(),
        region: fixture.region.map(str::to_owned),
        has_header: seen.has_header,
        sheet: None,
        encoding: None,
        meaning: seen.asks_meaning.then_some(seen.suggested_meaning),
        date_order: None,
    };
    match preview(&rig.context, request).await {
        Err(error) => {
            let error = UiError::from(error);
            writeln!(out, "refused: {} {}", error.message, error.remedy).unwrap();
        }
        Ok(judged) => {
            let counted: u64 = judged.verdicts.iter().map(|v| v.count).sum();
            assert_eq!(counted, seen.rows, "{}: every record has one verdict", fixture.name);
            for row in &judged.first_rows {
                let verdict = serde_json::to_value(row.verdict).unwrap().as_str().unwrap().to_owned();
                let reason = if row.reason.is_empty() { String::new() } else { format!(" [{}]", row.reason) };
                let consent = if row.consent.is_empty() { String::new() } else { format!(" {}", row.consent) };
                writeln!(out, "{verdict}: {} {}{reason}{consent}", row.phone, row.name.replace('\n', "⏎")).unwrap();
            }
        }
    }
    out
}

async fn table(fixtures: Vec<Fixture>) -> String {
    let rig = rig();
    let mut out = String::new();
    for fixture in fixtures {
        out.push_str(&told(&rig, &fixture).await);
    }
    out
}

#[tokio::test]
async fn every_export_is_recognised_and_explained() {
    insta::assert_snapshot!(table(exports()).await);
}

#[tokio::test]
async fn every_export_of_a_tool_is_recognised_and_explained() {
    insta::assert_snapshot!(table(exports_of_tools()).await);
}

#[tokio::test]
async fn every_damage_is_repaired_in_one_way_or_held_back() {
    insta::assert_snapshot!(table(damages()).await);
}

#[tokio::test]
async fn hard_files_end_in_verdicts_or_a_sentence() {
    insta::assert_snapshot!(table(hard_files()).await);
}
