//! Whatever bytes come: a verdict for every record, each once, or a sentence; never a panic.
#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use switchboard_bridge::dto::{self, ColumnRole as Role};

use super::super::*;
use super::fixtures::{Fixture, damages, exports, exports_of_tools, hard_files};
use super::rig::{Rig, asking, rig};

const PAGE: u32 = 500;

fn sum(counts: &[dto::VerdictCount]) -> u64 {
    counts.iter().map(|c| c.count).sum()
}

/// Looks, previews, pages through and commits; whatever comes in between ends in a sentence.
async fn goes_through(rig: &Rig, name: &str, content: &[u8]) {
    let path = rig.file(name, content);
    let seen = match inspect(&rig.context.store, asking(&path)).await {
        Ok(seen) => seen,
        Err(error) => return assert!(!UiError::from(error).message.is_empty()),
    };
    let mut mapping: Vec<_> =
        seen.columns.iter().map(|c| dto::ColumnMapping { index: c.index, role: c.role }).collect();
    if !seen.columns.iter().any(|c| matches!(c.role, Role::Phone | Role::Bsuid)) {
        mapping.insert(0, dto::ColumnMapping { index: 0, role: Role::Phone });
    }
    let request = dto::ImportPreviewRequest {
        path: path.to_string_lossy().into_owned(),
        mapping,
        region: None,
        has_header: seen.has_header,
        sheet: None,
        encoding: None,
        meaning: Some(seen.suggested_meaning),
        date_order: None,
    };
    let p = match preview(&rig.context, request).await {
        Ok(p) => p,
        Err(error) => {
            assert!(matches!(error, ImportError::Empty), "{error}");
            return assert_eq!(seen.rows, 0);
        }
    };
    assert_eq!(sum(&p.verdicts), seen.rows, "every record has one verdict");
    let mut numbers = Vec::new();
    loop {
        let request = dto::ImportRowsRequest {
            preview_id: p.preview_id.clone(),
            verdict: None,
            unproven_only: false,
            offset: numbers.len() as u64,
            limit: PAGE,
        };
        let page = rows(&rig.context.store, request).await.unwrap();
        assert_eq!(page.total, seen.rows);
        if page.rows.is_empty() {
            break;
        }
        numbers.extend(page.rows.iter().map(|r| r.row));
    }
    assert_eq!(numbers, (1..=seen.rows).collect::<Vec<_>>(), "every record is shown once, in order");
    let done = rig.commit(&p, dto::UnprovenChoice::WithoutMarketing).await;
    if !done.already_imported {
        assert_eq!(sum(&done.verdicts), seen.rows, "what was written is what was judged");
        assert_eq!(done.contacts_added, p.new_contacts);
        let left: u64 = p
            .verdicts
            .iter()
            .filter(|v| matches!(v.verdict, dto::RowVerdict::Quarantined | dto::RowVerdict::Rejected))
            .map(|v| v.count)
            .sum();
        assert_eq!(done.rows_left_out, left, "what was not taken is kept to be saved");
    }
}

/// Runs a property with one store for all of its cases: opening one costs more than a case.
fn for_any<S: Strategy>(cases: u32, of: &S, check: impl AsyncFn(&Rig, S::Value)) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let rig = rig();
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    runner
        .run(of, |value| {
            runtime.block_on(check(&rig, value));
            Ok(())
        })
        .unwrap();
    rig.is_sound();
}

#[test]
fn any_bytes_give_verdicts_or_a_sentence_and_every_record_once() {
    let head = prop_oneof![
        Just("phone,name,opt-in,opt-in date,source\n".to_owned()),
        Just(String::new()),
        Just("Telefon;Name\n".to_owned()),
        Just("BEGIN:VCARD\n".to_owned()),
        Just("[{\"phone\":\"+14165550123\"},".to_owned()),
        Just("sep=;\n".to_owned()),
    ];
    let body = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..400),
        "(\\+1416555[0-9]{4},[a-z]{0,5},(yes|no|),2026-0[1-9]-1[0-9],[a-z]{0,4}\n){0,12}".prop_map(String::into_bytes),
        "\\PC{0,200}".prop_map(String::into_bytes),
    ];
    for_any(96, &(head, body), async |rig, (head, body)| {
        let mut content = head.into_bytes();
        content.extend(body);
        goes_through(rig, "any.csv", &content).await;
    });
}

/// A place in a file and what happens there.
#[derive(Clone, Debug)]
enum Hurt {
    Cut,
    Flip(u8),
    Drop(usize),
    Again(usize),
    Insert(Vec<u8>),
}

fn hurt(bytes: &mut Vec<u8>, place: prop::sample::Index, how: &Hurt) {
    let at = if bytes.is_empty() { 0 } else { place.index(bytes.len()) };
    let end = |n: &usize| at.saturating_add(*n).min(bytes.len());
    match how {
        Hurt::Cut => bytes.truncate(at),
        Hurt::Flip(mask) => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= mask;
            }
        }
        Hurt::Drop(n) => drop(bytes.drain(at..end(n))),
        Hurt::Again(n) => {
            let part = bytes.get(at..end(n)).unwrap_or_default().to_vec();
            bytes.splice(at..at, part);
        }
        Hurt::Insert(more) => drop(bytes.splice(at..at, more.iter().copied())),
    }
}

#[test]
fn files_of_real_tools_that_were_damaged_anywhere_end_in_verdicts_or_a_sentence() {
    let mut all: Vec<Fixture> = exports();
    all.extend(exports_of_tools());
    all.extend(damages());
    all.extend(hard_files());
    all.retain(|f| f.bytes.len() < 1024 * 1024);
    let how = prop_oneof![
        Just(Hurt::Cut),
        (1u8..).prop_map(Hurt::Flip),
        (1usize..40).prop_map(Hurt::Drop),
        (1usize..200).prop_map(Hurt::Again),
        proptest::collection::vec(
            prop_oneof![Just(b'"'), Just(b'\n'), Just(b','), Just(b';'), Just(0u8), any::<u8>()],
            1..20
        )
        .prop_map(Hurt::Insert),
    ];
    let hurts = proptest::collection::vec((any::<prop::sample::Index>(), how), 1..4);
    for_any(160, &(any::<prop::sample::Index>(), hurts), async |rig, (which, hurts)| {
        let fixture = which.get(&all);
        let mut content = fixture.bytes.clone();
        for (place, how) in &hurts {
            hurt(&mut content, *place, how);
        }
        goes_through(rig, &fixture.file, &content).await;
    });
}

#[test]
fn every_record_that_a_program_writes_is_counted_once() {
    let cell = prop_oneof![Just(String::new()), "[a-zé\",;\n ]{1,6}", "\\+1416555[0-9]{4}"];
    let records = proptest::collection::vec(proptest::collection::vec(cell, 3), 0..30);
    for_any(64, &records, async |rig, records| {
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(["phone", "name", "note"]).unwrap();
        for record in &records {
            out.write_record(record).unwrap();
        }
        let content = out.into_inner().unwrap();
        let filled = records.iter().filter(|r| r.iter().any(|c| !c.trim().is_empty())).count();
        let path = rig.file("written.csv", &content);
        assert_eq!(inspect(&rig.context.store, asking(&path)).await.unwrap().rows, filled as u64);
        goes_through(rig, "written.csv", &content).await;
    });
}
