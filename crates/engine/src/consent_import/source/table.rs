//! Where a table begins: under titles and remarks, at the row that names columns.

use std::collections::BTreeSet;

use switchboard_domain::import::{ColumnRole, guess_role, recognise};
use switchboard_domain::phone::PhoneNumber;

/// Records looked at.
pub(super) const LOOKED_AT: usize = 60;
/// A title block is not longer than this.
const LONGEST_LEAD: usize = 30;

/// How much a record looks like names of columns: one for each different meaning that is known, much for an export
/// that we know.
pub(super) fn header_score(cells: &[String]) -> usize {
    if cells.iter().any(|c| is_number(c)) {
        return 0;
    }
    let known: BTreeSet<&str> = cells
        .iter()
        .filter(|c| !c.trim().is_empty() && c.len() <= 120)
        .map(|c| guess_role(c, &[]))
        .filter(|r| !matches!(r, ColumnRole::Attribute | ColumnRole::Ignore))
        .map(ColumnRole::as_str)
        .collect();
    if known.is_empty() {
        return 0;
    }
    known.len() + if recognise(cells).is_some() { 100 } else { 0 }
}

/// Whether the first record is a header: it names columns that we know, and no cell of it is a number.
pub(in super::super) fn has_header(first: &[String]) -> bool {
    let no_number = !first.iter().any(|c| is_number(c));
    let known = first.iter().any(|c| !c.trim().is_empty() && !matches!(guess_role(c, &[]), ColumnRole::Attribute));
    no_number && (known || first.iter().all(|c| !c.trim().is_empty()))
}

fn is_number(cell: &str) -> bool {
    PhoneNumber::parse_in(cell, None).is_ok() || cell.chars().filter(char::is_ascii_digit).count() >= 7
}

fn filled(cells: &[String]) -> usize {
    cells.iter().filter(|c| !c.trim().is_empty()).count()
}

/// How many records stand above the table. None are passed over unless they are plainly shorter than the table and a
/// record below names columns.
pub(super) fn lead_of(records: &[Vec<String>]) -> usize {
    let usual = records.iter().map(|r| filled(r)).max().unwrap_or(0);
    let Some(first) = records.first() else { return 0 };
    if usual < 2 || header_score(first) >= 2 || filled(first) * 2 > usual {
        return 0;
    }
    let best = records
        .iter()
        .take(LONGEST_LEAD)
        .enumerate()
        .filter(|(_, r)| filled(r) * 2 > usual)
        .map(|(i, r)| (header_score(r), i))
        .max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
    match best {
        Some((score, at)) if score > 0 => at,
        _ => 0,
    }
}
