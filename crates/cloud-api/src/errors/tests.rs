//! Every code of errors.md has an entry, and its class, scope and consequence are the documented ones.

use std::time::Duration;

use super::ErrorClass::{AccountStop, Fix, Never, Transient, Wait};
use super::*;
use rstest::rstest;

/// Sections 2 to 9 of errors.md: code and class. Sections 7 and parts of 8 are subcodes and listed below.
const DOCUMENTED: &[(i64, ErrorClass)] = &[
    (0, AccountStop),
    (3, AccountStop),
    (10, AccountStop),
    (104, AccountStop),
    (190, AccountStop),
    (200, AccountStop),
    (203, AccountStop),
    (299, AccountStop),
    (2500, AccountStop),
    (368, AccountStop),
    (130_497, Never),
    (131_031, AccountStop),
    (131_064, AccountStop),
    (139_200, AccountStop),
    (4, Transient),
    (80_007, Transient),
    (130_429, Transient),
    (131_048, AccountStop),
    (131_056, Transient),
    (133_016, Wait),
    (613, Transient),
    (1, Transient),
    (2, Transient),
    (33, Fix),
    (100, Fix),
    (130_403, Never),
    (130_472, Never),
    (131_000, Transient),
    (131_005, AccountStop),
    (131_008, Fix),
    (131_009, Fix),
    (131_016, Transient),
    (131_021, Fix),
    (131_026, Never),
    (131_030, Fix),
    (131_037, AccountStop),
    (131_042, AccountStop),
    (131_044, AccountStop),
    (131_045, AccountStop),
    (131_047, Fix),
    (131_049, Wait),
    (131_050, Never),
    (131_051, Fix),
    (131_052, Never),
    (131_053, Fix),
    (131_055, Fix),
    (131_057, Transient),
    (131_059, Fix),
    (131_060, Never),
    (131_062, Fix),
    (131_063, Fix),
    (134_011, AccountStop),
    (134_100, Fix),
    (134_101, Wait),
    (134_102, AccountStop),
    (134_103, Fix),
    (135_000, Fix),
    (137_000, Never),
    (138_000, Fix),
    (138_006, Fix),
    (138_018, Fix),
    (470, Fix),
    (1026, Never),
    (132_000, Fix),
    (132_001, AccountStop),
    (132_005, Fix),
    (132_007, Fix),
    (132_008, Fix),
    (132_012, Fix),
    (132_015, AccountStop),
    (132_016, AccountStop),
    (132_018, Fix),
    (132_068, AccountStop),
    (132_069, Wait),
    (141_002, AccountStop),
    (141_010, AccountStop),
    (200_005, Fix),
    (200_006, Fix),
    (200_007, Fix),
    (133_000, Fix),
    (133_004, Transient),
    (133_005, Fix),
    (133_006, Fix),
    (133_008, Wait),
    (133_009, Wait),
    (133_010, AccountStop),
    (133_015, Wait),
    (136_024, Wait),
    (2_593_107, Wait),
    (2_593_108, Fix),
    (1_752_041, Fix),
    (147_001, Fix),
    (147_002, Fix),
    (147_003, Fix),
    (147_004, Fix),
    (147_005, Fix),
    (139_100, Fix),
    (139_101, Fix),
    (139_102, Transient),
    (139_103, Transient),
    (139_000, Fix),
    (139_004, Fix),
    (131_020, Fix),
    (131_041, Fix),
    (131_201, Fix),
    (131_202, Fix),
    (131_204, Fix),
    (131_207, Never),
    (131_208, Transient),
    (131_209, Fix),
    (131_210, Fix),
    (131_211, Fix),
    (131_212, Fix),
    (131_213, Fix),
    (131_214, AccountStop),
    (131_215, Fix),
];

const DOCUMENTED_SUBCODES: &[i64] = &[
    2_388_019, 2_388_039, 2_388_040, 2_388_047, 2_388_072, 2_388_073, 2_388_293, 2_388_299, 2_388_023, 2_388_024,
    200_005, 200_006, 200_007, 2_388_001, 2_388_012, 2_388_091, 2_388_093, 2_388_103, 2_494_100, 2_593_079, 2_593_085,
    2_593_107, 2_593_108, 1_752_041, 2_494_164, 2_494_165, 2_494_166, 2_494_167, 2_494_168, 2_494_176, 2_494_177,
    2_494_179,
];

fn error(code: i64) -> GraphError {
    GraphError { code, http_status: Some(400), ..GraphError::default() }
}

#[test]
fn every_documented_code_has_its_class_a_sentence_and_a_remedy() {
    for (code, class) in DOCUMENTED {
        let entry = look_up_code(*code).unwrap_or_else(|| panic!("{code} has no entry"));
        assert_eq!(entry.class, *class, "{code}");
        assert_eq!(error(*code).advice(), entry, "{code}");
        for text in [entry.sentence, entry.remedy] {
            assert!(text.ends_with('.') && text.chars().next().is_some_and(char::is_uppercase), "{code}: {text}");
        }
    }
}

#[test]
fn every_documented_subcode_is_found_under_code_100() {
    for subcode in DOCUMENTED_SUBCODES {
        let e = GraphError { subcode: Some(*subcode), ..error(100) };
        assert_eq!((e.advice().code, e.advice().by_subcode), (*subcode, true));
    }
}

#[test]
fn no_code_has_two_entries() {
    let mut seen = std::collections::HashSet::new();
    for e in all_entries() {
        assert!(seen.insert((e.code, e.by_subcode)), "{} twice", e.code);
    }
}

#[test]
fn exactly_the_documented_codes_may_be_repeated_by_themselves() {
    let mut safe: Vec<i64> = all_entries().filter(|e| e.safe_to_repeat()).map(|e| e.code).collect();
    safe.sort_unstable();
    // errors.md §11, and the group rate limit, which is refused before processing as well.
    assert_eq!(safe, [4, 613, 80_007, 130_429, 131_048, 131_056, 131_057, 131_208, 133_004]);
    let mut unclear: Vec<i64> = all_entries().filter(|e| e.after_send == AfterSend::Unclear).map(|e| e.code).collect();
    unclear.sort_unstable();
    assert_eq!(unclear, [1, 2, 131_000, 131_016]);
}

#[rstest]
#[case(130_429, 0, Some(1))]
#[case(130_429, 3, Some(8))]
#[case(130_429, 20, Some(60))]
#[case(131_056, 2, Some(16))]
#[case(131_048, 0, None)]
#[case(133_016, 0, Some(259_200))]
#[case(131_049, 0, Some(86_400))]
#[case(134_101, 5, Some(600))]
#[case(131_026, 0, None)]
fn waits_are_the_documented_ones(#[case] code: i64, #[case] attempt: u32, #[case] seconds: Option<u64>) {
    assert_eq!(error(code).advice().backoff.wait(attempt), seconds.map(Duration::from_secs));
}

#[rstest]
#[case(131_056, ErrorScope::Pair)]
#[case(131_026, ErrorScope::Recipient)]
#[case(130_472, ErrorScope::Message)]
#[case(130_429, ErrorScope::Number)]
#[case(132_015, ErrorScope::Template)]
#[case(131_042, ErrorScope::Account)]
fn scopes_are_the_documented_ones(#[case] code: i64, #[case] scope: ErrorScope) {
    assert_eq!(error(code).advice().scope, scope);
}

#[test]
fn an_unknown_code_is_ours_to_fix_unless_it_says_that_it_passes() {
    assert_eq!(error(999_999).class(), Fix);
    assert_eq!(GraphError { is_transient: true, ..error(999_999) }.class(), Transient);
    assert_eq!(GraphError { http_status: Some(503), ..error(999_999) }.class(), Transient);
    assert_eq!(GraphError { http_status: None, ..error(999_999) }.class(), Fix);
    assert_eq!(GraphError { is_transient: true, ..error(131_009) }.class(), Transient);
    assert_eq!(GraphError { is_transient: true, ..error(190) }.class(), AccountStop);
}

#[test]
fn code_100_about_direct_send_says_so() {
    let e = GraphError { details: Some("Direct Send is not enabled".into()), ..error(100) };
    assert!(e.advice().sentence.contains("Direct Send"));
    assert!(!error(100).advice().sentence.contains("Direct Send"));
}

/// A row of errors.md: its codes and the letters of its class.
struct Row {
    section: u32,
    codes: std::ops::RangeInclusive<i64>,
    class: String,
}

/// The rows of errors.md §2 to §9; `None`, with a loud line, when the shared folder is not there.
fn documented_rows() -> Option<Vec<Row>> {
    let root = std::env::var_os("SWITCHBOARD_SHARED").map_or_else(
        || std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        std::path::PathBuf::from,
    );
    let path = root.join("cloud-api/errors.md");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: errors.md is not at {}; set SWITCHBOARD_SHARED to run this", path.display());
        return None;
    };
    let mut rows = Vec::new();
    let (mut section, mut class_column) = (0, None);
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            section = heading.split('.').next().and_then(|n| n.parse().ok()).unwrap_or(0);
            class_column = None;
        }
        if !(2..=9).contains(&section) {
            continue;
        }
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        if let Some(column) = cells.iter().position(|cell| *cell == "Class") {
            class_column = Some(column);
        }
        let class = class_column.and_then(|c| cells.get(c)).map_or_else(String::new, |c| (*c).to_owned());
        // Section 9 is prose: every long number in it is a code.
        let source = if line.starts_with('|') {
            cells[0]
        } else if section == 9 {
            line
        } else {
            continue;
        };
        let numbers: Vec<(i64, bool)> = numbers_of(source, if section == 9 { 6 } else { 1 });
        let mut at = 0;
        while let Some((first, to_next)) = numbers.get(at).copied() {
            let last = if to_next { numbers[at + 1].0 } else { first };
            rows.push(Row { section, codes: first..=last, class: class.clone() });
            at += if to_next { 2 } else { 1 };
        }
    }
    Some(rows)
}

/// Numbers of at least so many digits, and whether a dash leads to the next one.
fn numbers_of(text: &str, digits: usize) -> Vec<(i64, bool)> {
    let mut out: Vec<(i64, bool)> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let from = &rest[start..];
        let end = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
        let dash =
            from[end..].starts_with('–') && from[end + '–'.len_utf8()..].starts_with(|c: char| c.is_ascii_digit());
        if end >= digits {
            out.push((from[..end].parse().unwrap(), dash));
        }
        rest = &from[end..];
    }
    out
}

#[test]
fn every_code_of_errors_md_has_an_entry_of_its_class_and_a_test() {
    let Some(rows) = documented_rows() else { return };
    assert!(rows.len() > 130, "only {} rows were understood", rows.len());
    let letter = |class: ErrorClass| match class {
        Fix => 'F',
        Transient => 'T',
        Wait => 'W',
        Never => 'N',
        AccountStop => 'A',
    };
    let mut wrong = Vec::new();
    for row in &rows {
        let ends = [*row.codes.start(), *row.codes.end()];
        for code in ends {
            if !DOCUMENTED.iter().any(|(known, _)| *known == code) && !DOCUMENTED_SUBCODES.contains(&code) {
                wrong.push(format!("§{} {code} is not in the lists of this test", row.section));
            }
        }
        for code in row.codes.clone() {
            let entry = look_up_code(code).or_else(|| all_entries().find(|e| e.by_subcode && e.code == code));
            let Some(entry) = entry else {
                wrong.push(format!("§{} {code} has no entry", row.section));
                continue;
            };
            let letters: Vec<char> = row.class.chars().filter(|c| "FTWNA".contains(*c)).collect();
            if !letters.is_empty() && !letters.contains(&letter(entry.class)) {
                wrong.push(format!("§{} {code} is {:?}, documented as {}", row.section, entry.class, row.class));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    eprintln!("{} rows of errors.md", rows.len());
}

proptest::proptest! {
    #[test]
    fn any_bytes_give_a_value(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        let _ = GraphError::read(400, &bytes);
    }

    #[test]
    fn any_code_has_advice(code in proptest::prelude::any::<i64>(), sub in proptest::option::of(proptest::prelude::any::<i64>()), transient: bool) {
        let e = GraphError { code, subcode: sub, is_transient: transient, ..GraphError::default() };
        proptest::prop_assert!(!e.advice().sentence.is_empty());
        let _ = e.to_string();
    }
}
